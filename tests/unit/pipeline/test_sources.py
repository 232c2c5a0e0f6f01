"""Sources: one that is silent beyond its limit (R20), and deadlines that one has not proven in time (G1)."""

import pytest

from schemas.ids import COMPLETE, gate
from schemas.ledger import Connected, Connection, Origin, Tick
from schemas.surveillance import Alert, AlertState, Because, Rule, Trouble
from schemas.topics import INCIDENTS, REPORTS
from streams.pipeline.line import Due
from streams.pipeline.surveillance import SURVEILLANCE
from streams.pipeline.surveillance.source import vouching
from tests.story import DAY, HOUR, MINUTE, NOON_2026, Seat, clock

SIINAS = "https://siinas.example"
OURS = gate(REPORTS.name, SIINAS)
HEARTBEAT, VOUCHING = f"source:{SIINAS}|heartbeat", f"source:{SIINAS}|vouching"
START = clock("2021-08-02T08:00:00+07:00")
DUE = clock("2021-08-04T00:00:00+07:00")
LATE = DUE + 9 * HOUR
LIMIT = 120


def connection(since: int = 0, limit: int | None = LIMIT, topics: tuple[str, ...] = (REPORTS.name,), *, ended: bool = False) -> Connection:
    return Connection(since, "Pusdatin", topics, limit, ended)


class Desk(Seat):
    """SURVEILLANCE with one source, which hears only of ticks that its entries wait for."""

    def __init__(self, *connections: Connection) -> None:
        super().__init__(SURVEILLANCE)
        self.through: dict[str, int] = {}
        self.connect(*(connections or (connection(),)))

    def connect(self, *connections: Connection, at: int = START) -> None:
        self.hears(Connected(SIINAS, f"source:{SIINAS}", connections, at, 3, Origin("firm-registry", 0, 1), exercise=True))

    def at(self, at: int, complete_through: int | None = None, **spoke: int) -> list[Alert]:
        """Time moves; each entry that waits for anything that has been reached hears of it."""
        self.through |= {gate(topic, SIINAS): instant for topic, instant in spoke.items()}
        complete = at if complete_through is None else complete_through
        proven = {name: min(complete, instant) for name, instant in self.through.items()}
        tick = Tick(1, at, NOON_2026, complete, proven=tuple(sorted(proven.items())))
        reached, before = {COMPLETE: complete, **proven}, len(self.said(Alert))
        while due := [name for name, due in self.dues.items() if self._is_due(due, at, reached)]:
            for name in due:
                was = self.dues[name]
                self.hears(tick, name)
                assert self.dues[name] != was, "a deadline that has fired is gone"
        return self.said(Alert)[before:]

    def _is_due(self, due: Due, at: int, reached: dict[str, int]) -> bool:
        by_proof = due.proven is not None and due.proven[1] <= reached.get(due.proven[0], -1)
        return by_proof or (due.at is not None and due.at <= at)

    def spoke(self, at: int, through: int | None = None) -> list[Alert]:
        """The source says on its reports how far it is."""
        return self.at(at, **{REPORTS.name: at if through is None else through})


def of(alerts: list[Alert], rule: Rule) -> list[Alert]:
    return [alert for alert in alerts if alert.rule == rule]


class TestSilence:
    def test_a_source_past_its_limit_is_an_alarm_dated_by_the_limit(self):
        desk = Desk()
        assert desk.spoke(START + HOUR) == []
        assert desk.at(START + HOUR + LIMIT * MINUTE - 1) == []
        (alert,) = desk.at(START + 5 * HOUR)
        assert (alert.rule, alert.state, alert.at) == (Rule.SILENT, AlertState.FIRING, START + HOUR + LIMIT * MINUTE)
        assert (alert.estate, alert.about, alert.exercise) == ("desk", SIINAS, True)
        assert (alert.situation.what, alert.situation.who, alert.situation.last) == (Trouble.SILENT, SIINAS, REPORTS.name)
        assert [(r.because, r.threshold) for r in alert.reasons] == [(Because.SOURCE_SILENT, LIMIT)]

    def test_it_is_told_once_and_is_over_when_it_speaks_again(self):
        desk = Desk()
        assert len(desk.at(START + 3 * HOUR)) == 1
        assert desk.at(START + 9 * HOUR) == []
        assert desk.spoke(START + 10 * HOUR, START + 4 * HOUR) == [], "it is still further behind than it may be"
        (over,) = desk.spoke(START + 11 * HOUR)
        assert (over.state, over.revision, [r.because for r in over.reasons]) == (AlertState.RESOLVED, 2, [Because.SPEAKS_AGAIN])
        (again,) = desk.at(START + 14 * HOUR)
        assert (again.state, again.at) == (AlertState.FIRING, START + 13 * HOUR)

    def test_a_source_that_never_spoke_is_silent_since_the_line_knew_of_it(self):
        assert [alert.at for alert in Desk().at(START + 3 * HOUR)] == [START + LIMIT * MINUTE]

    def test_while_we_are_behind_ourselves_nobody_is_silent(self):
        """A source is not to blame that we have not read it."""
        desk = Desk()
        desk.spoke(START + HOUR)
        assert desk.at(START + 9 * HOUR, complete_through=START + 2 * HOUR) == []
        desk.connect(connection())
        assert desk.at(START + 9 * HOUR, complete_through=START + 2 * HOUR) == [], "whatever else wakes its entry"

    def test_each_of_its_topics_counts(self):
        desk = Desk(connection(topics=(REPORTS.name, INCIDENTS.name)))
        (alert,) = desk.spoke(START + 3 * HOUR)
        assert alert.situation.last == INCIDENTS.name
        (over,) = desk.at(START + 3 * HOUR + 1, **{INCIDENTS.name: START + 3 * HOUR})
        assert over.state == AlertState.RESOLVED

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(connection(limit=None), id="none declared"),
            pytest.param(connection(topics=()), id="no topic"),
            pytest.param(connection(ended=True), id="ended"),
            pytest.param(connection(since=START + DAY), id="not yet connected"),
        ],
    )
    def test_without_a_limit_there_is_no_silence(self, said):
        assert of(Desk(said).at(START + 20 * HOUR), Rule.SILENT) == []

    def test_a_limit_takes_effect_when_the_registry_says(self):
        desk = Desk(connection(limit=None), connection(since=START + DAY))
        assert desk.at(START + DAY) == []
        assert [a.at for a in of(desk.at(START + DAY + 3 * HOUR), Rule.SILENT)] == [START + DAY + LIMIT * MINUTE]

    def test_a_source_that_is_disconnected_is_silent_no_more(self):
        desk = Desk()
        desk.at(START + 3 * HOUR)
        desk.connect(connection(), connection(since=START + 4 * HOUR, ended=True), at=START + 4 * HOUR)
        assert [a.state for a in desk.at(START + 4 * HOUR)] == [AlertState.RESOLVED]
        assert desk.at(START + 20 * HOUR) == []


class TestVouching:
    @pytest.fixture
    def desk(self) -> Desk:
        return Desk(connection(limit=None))

    def test_a_deadline_that_is_not_proven_an_hour_after_its_grace_is_told_once(self, desk):
        """Which period, as reports name it, and whose word is missing; dated by when it should have come."""
        desk.spoke(DUE - 1)
        assert desk.at(LATE - 1) == []
        (alert,) = desk.at(LATE + 5 * HOUR)
        assert (alert.rule, alert.state, alert.at) == (Rule.UNPROVEN, AlertState.FIRING, LATE)
        assert (alert.estate, alert.about, alert.exercise) == ("desk", "iomki/2021-08-03", True)
        assert (alert.situation.what, alert.situation.who, alert.situation.last) == (Trouble.UNPROVEN, SIINAS, "iomki/2021-08-03")
        assert desk.at(LATE + 9 * HOUR) == []

    def test_it_is_over_when_it_is_proven(self, desk):
        desk.at(LATE)
        assert desk.spoke(LATE + HOUR, DUE - 1) == []
        (over,) = desk.spoke(LATE + 2 * HOUR, DUE)
        assert (over.state, over.at, [r.because for r in over.reasons]) == (AlertState.RESOLVED, LATE + 2 * HOUR, [Because.PROVEN])
        assert desk.entries[VOUCHING].spoken == ()

    def test_one_that_is_proven_in_time_is_nobodys_trouble(self, desk):
        desk.spoke(LATE - 1, DUE)
        assert desk.at(LATE + DAY) == []

    def test_two_deadlines_in_one_tick_are_two_alerts_each_of_its_date(self, desk):
        """A tick may come late; what was proven in between is not said at all."""
        alerts = desk.at(LATE + 4 * DAY)
        assert [(a.about, a.at) for a in alerts] == [("iomki/2021-08-03", LATE), ("iomki/2021-08-06", LATE + 3 * DAY)]
        assert [a.about for a in desk.spoke(LATE + 4 * DAY + 1, DUE)] == ["iomki/2021-08-03"]

    def test_of_what_was_due_before_the_line_knew_of_it_nothing_is_said(self):
        """Years of history cause no alarm (G6)."""
        assert [a.about for a in Desk(connection(limit=None)).at(LATE)] == ["iomki/2021-08-03"]

    def test_a_source_that_receives_no_reports_vouches_for_none(self):
        assert VOUCHING not in Desk(connection(limit=None, topics=(INCIDENTS.name,))).entries

    def test_the_registry_says_more_of_it_and_nothing_is_asked_again(self, desk):
        desk.at(LATE)
        desk.connect(connection(), at=LATE + HOUR)
        assert of(desk.at(LATE + HOUR), Rule.UNPROVEN) == []

    def test_a_source_that_is_silent_for_years_is_remembered_in_small(self, desk, monkeypatch):
        monkeypatch.setattr(vouching, "MOST_UNPROVEN", 5)
        for week in range(10):
            desk.at(LATE + 7 * DAY * week)
        assert len(desk.entries[VOUCHING].unproven) == 5
        assert len(desk.entries[VOUCHING].spoken) == 5
