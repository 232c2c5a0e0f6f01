"""CLOCK puts on the brake, and takes it off when a person says so: the chained ticks that carry it (G2)."""

import pytest

from schemas import codec
from schemas.escalation import AdmittedAct
from schemas.ledger import Brake, Count, Origin, Progress, Silence, SourceRead
from schemas.topics import ESCALATION_INBOX, INCIDENTS, REPORTS
from streams.pipeline.brake import MOST_HELD, judged
from streams.pipeline.clock import CLOCK, HOUR_MS, NUDGE
from streams.pipeline.line import Record
from tests.story import NOON_2026, POLICY, STAMP, clock
from tests.tower import AT, PATIENCE, REGISTER, Tower


@pytest.fixture
def production() -> Tower:
    return Tower(story=False)


def period(partition: int, due: int, absent: int, name: str = "2026-10", room: str = "surveillance") -> Count:
    return Count(room, partition, "monthly", name, due, absent, 0)


class TestBrake:
    """G2: if more are absent than can be believed, nobody is sanctioned before a person has looked."""

    def night(self, tower: Tower, tick: int, *counts: Count) -> list:
        """SURVEILLANCE says its counts, and then that it has committed the tick."""
        for count in counts:
            assert tower.hears(count) == []
        return tower.room("surveillance", tick)

    @pytest.fixture
    def ticking(self, production) -> Tower:
        production.source(*REGISTER, NOON_2026)
        return production

    def next_tick(self, tower: Tower, number: int) -> None:
        tower.room("escalation", number - 1)
        tower.room("delivery", number - 1)
        tower.room("surveillance", number - 1, due_at=0, partitions=range(1))
        assert max(tower.ticks()) == number

    def test_a_period_of_which_too_many_are_absent_is_braked_and_the_desk_is_told(self, ticking):
        """The counts of all seats together; the word comes before the tick that carries the brake."""
        said = self.night(ticking, 1, period(0, 60, 10), period(1, 40, 31))
        assert said[0] == (ESCALATION_INBOX.name, Brake("monthly", "2026-10", 100, 41, 40, ticking.ticks()[1].at))
        assert [tick.brakes for _, tick in said[1:]] == [("monthly/2026-10",)] * 4
        assert [tick.brakes for _, tick in ticking.room("escalation", 1)] == [("monthly/2026-10",)] * 4
        (desk,) = [said for said in ticking.seat.words if isinstance(said.word, Brake)]
        assert (desk.key, desk.stamp) == ("desk", STAMP)

    def test_as_many_as_the_share_pass(self, ticking):
        assert [tick.brakes for _, tick in self.night(ticking, 1, period(0, 60, 9), period(1, 40, 31))] == [()] * 4

    def test_a_seat_counts_cumulatively(self, ticking):
        """Its latest count is all that it has counted."""
        said = self.night(ticking, 1, period(0, 60, 30), period(0, 100, 40))
        assert [tick.brakes for _, tick in said] == [()] * 4

    def test_it_is_decided_once_on_the_first_counts(self, ticking):
        """A brake that came and went with every late report would be no brake."""
        self.night(ticking, 1, period(0, 100, 50))
        self.next_tick(ticking, 2)
        said = self.night(ticking, 2, period(0, 100, 10))
        assert [tick.brakes for _, tick in said[1:]] == [("monthly/2026-10",)] * 4

    def test_what_is_usual_may_be_more_than_the_share(self, ticking):
        """Twice the median of the last four periods: of 35, 10, 25, 40 first, then of 10, 25, 40, 60."""
        usual = [period(0, 100, absent, f"2026-0{month}") for month, absent in ((2, 90), (3, 35), (4, 10), (5, 25), (6, 40))]
        self.night(ticking, 1, *usual)
        self.next_tick(ticking, 2)
        said = self.night(ticking, 2, period(0, 100, 60, "2026-08"))
        assert "monthly/2026-08" not in said[0][1].brakes
        self.next_tick(ticking, 3)
        said = self.night(ticking, 3, period(0, 100, 80, "2026-09"))
        assert said[0][1] == Brake("monthly", "2026-09", 100, 80, 65, ticking.ticks()[3].at)

    def test_what_is_held_back_is_not_usual(self, ticking):
        """Else one night on which a system failed would let the next pass."""
        self.night(ticking, 1, period(0, 100, 100, "2026-09"))
        self.next_tick(ticking, 2)
        assert "monthly/2026-10" in self.night(ticking, 2, period(0, 100, 100))[1][1].brakes

    def test_counts_that_not_every_seat_has_given_decide_nothing(self, ticking):
        """Patience ran out: no absence fires on that tick, and the whole count comes with the next."""
        ticking.hears(period(0, 100, 90))
        said = ticking.hears(NUDGE, wall=ticking.wall + PATIENCE + 10)
        assert [(name, tick.complete, tick.brakes) for name, tick in said] == [(ESCALATION_INBOX.name, False, ())] * 4

    def test_eight_periods_are_remembered(self, ticking):
        self.night(ticking, 1, *(period(0, 100, 10, f"2025-{month:02}") for month in range(1, 13)))
        assert [each.name for each in ticking.seat.entries["count|monthly"].periods] == [f"2025-{month:02}" for month in range(5, 13)]


NIGHT = "2021-08-03"
MASS = Count("surveillance", 0, "iomki", NIGHT, 100, 50, 0)


def lifting(act: str = "release", position: str = "dir-perwilayahan", period: str = NIGHT, **more: str) -> AdmittedAct:
    """Somebody looked at the mass absence of 3 August 2021."""
    origin = Origin("operator-acts", 0, 1)
    return AdmittedAct(act, "siaga/cli", "a-1", "", 0, position, "N. N.", AT, origin, obligation="iomki", period=period, **more)


class TestLifting:
    """G2: a person lifts a brake, and nobody else."""

    @pytest.fixture
    def held(self, production) -> Tower:
        production.source(*REGISTER, NOON_2026)
        production.hears(MASS)
        production.room("surveillance", 1)
        assert self.brakes(production) == {1: ("iomki/2021-08-03",)}
        return production

    def brakes(self, tower: Tower) -> dict[int, tuple[str, ...]]:
        return {number: tick.brakes for number, tick in tower.ticks(ESCALATION_INBOX).items()}

    def lifts(self, tower: Tower, act: AdmittedAct) -> list[Brake]:
        return [word for _, word in tower.hears(act)]

    def next_tick(self, tower: Tower, number: int) -> None:
        tower.room("escalation", number - 1)
        tower.room("delivery", number - 1, due_at=0)
        tower.room("surveillance", number)

    @pytest.mark.parametrize("act", ["release", "excuse"])
    def test_an_official_lifts_it_from_the_next_tick_on_and_the_desk_is_told(self, held, act):
        (said,) = self.lifts(held, lifting(act))
        assert (said.lifted, said.lifted_by, said.at, said.absent) == (act, "dir-perwilayahan", AT, 50)
        self.next_tick(held, 2)
        assert self.brakes(held)[2] == ()

    def test_the_tick_on_its_way_is_still_held(self, held):
        """SURVEILLANCE has decided it without having heard that the period is excused."""
        self.next_tick(held, 2)
        held.room("escalation", 2)
        held.room("delivery", 2, due_at=0)
        assert max(held.ticks()) == 3
        self.lifts(held, lifting("excuse"))
        held.room("surveillance", 3)
        self.next_tick(held, 4)
        assert {n: bool(brakes) for n, brakes in self.brakes(held).items()} == {1: True, 2: True, 3: True, 4: False}

    @pytest.mark.parametrize(
        "act",
        [
            pytest.param(lifting(position="dinas-perindustrian:72.06"), id="who does not decide"),
            pytest.param(lifting(position="dg-nobody"), id="who is not in the roster"),
            pytest.param(lifting(period="2021-08-06"), id="another period"),
            pytest.param(lifting(period="2021-08-04"), id="no period"),
            pytest.param(lifting("confirm"), id="another act"),
            pytest.param(lifting("excuse", firm="itss", permit="IOMKI/1"), id="one firm alone"),
        ],
    )
    def test_nothing_else_lifts_it(self, held, act):
        assert self.lifts(held, act) == []
        self.next_tick(held, 2)
        assert self.brakes(held)[2] == ("iomki/2021-08-03",)

    def test_it_is_lifted_once_and_not_in_advance(self, held):
        assert len(self.lifts(held, lifting())) == 1
        assert self.lifts(held, lifting()) == []
        assert self.lifts(held, lifting(period="2021-08-06")) == []

    def test_an_act_without_revisions_lifts_nothing(self, held):
        """Nobody could say who was entitled."""
        record = Record("progress", 0, 99, NOON_2026 + 99, b"", codec.encode(lifting()))
        assert CLOCK.step(held.seat.entries, record, held.seat.in_force).changes == {}

    def test_fewer_absences_are_told_and_lift_nothing(self, held):
        """The desk hears of each crossing, once."""
        for tick, absent in ((2, 40), (3, 39), (4, 0), (5, 0), (6, 1), (7, 41), (8, 41)):
            held.hears(Count("surveillance", 0, "iomki", NIGHT, 100, absent, 0))
            self.next_tick(held, tick)
        told = [said.word.absent for said in held.seat.words if isinstance(said.word, Brake)]
        assert told == [50, 40, 0, 1, 41]
        assert set(self.brakes(held).values()) == {("iomki/2021-08-03",)}

    def test_of_a_brake_that_is_off_nobody_is_told_anything(self, held):
        self.lifts(held, lifting())
        before = len([said for said in held.seat.words if isinstance(said.word, Brake)])
        held.hears(Count("surveillance", 0, "iomki", NIGHT, 100, 10, 0))
        self.next_tick(held, 2)
        assert len([said for said in held.seat.words if isinstance(said.word, Brake)]) == before

    def test_a_brake_that_nobody_looked_at_is_not_forgotten_with_its_period(self, held):
        """What it holds back would leave of itself, four weeks later."""
        for day in range(1, 13):
            held.hears(Count("surveillance", 0, "iomki", f"2021-09-{day:02}", 100, 1, 0))
        self.next_tick(held, 2)
        assert self.brakes(held)[2] == ("iomki/2021-08-03",)
        assert len(held.seat.entries["count|iomki"].periods) == 9

    def test_a_hundred_are_held(self, held):
        """Nothing grows without bound."""
        for n in range(MOST_HELD + 10):
            held.hears(Count("surveillance", 0, "iomki", f"{2022 + n // 12}-{1 + n % 12:02}-01", 100, 100, 0))
            held.seat.entries["count|iomki"] = judged(held.seat.entries["count|iomki"], POLICY.deadlines, {}).obligation
        assert MOST_HELD <= len(held.seat.entries["count|iomki"].periods) <= MOST_HELD + 8


class TestSilence:
    """G2: a source that was silent beyond its limit shortly before the deadline puts on the brake, however few are absent."""

    DUE = clock("2021-08-04T00:00:00+07:00")
    FEW = Count("surveillance", 0, "iomki", NIGHT, 100, 2, 0)

    def judged(self, tower: Tower, silence: Silence, source: str = "https://siinas.example", topic: str = REPORTS.name) -> list[Brake]:
        """A source says that it was silent, and the night's first counts come."""
        tower.source(*REGISTER, NOON_2026)
        read = SourceRead(source, self.DUE, 4, self.DUE, (Silence(1, 2), silence))
        tower.hears(Progress("intake", topic, 1, offset=1, appended=NOON_2026, through=NOON_2026, sources=(read,)))
        tower.hears(self.FEW)
        tower.room("surveillance", 1)
        return [said.word for said in tower.seat.words if isinstance(said.word, Brake)]

    @pytest.mark.parametrize(
        ("silence", "braked"),
        [
            pytest.param(Silence(DUE - 5 * HOUR_MS, DUE - 2 * HOUR_MS), True, id="shortly before"),
            pytest.param(Silence(DUE - HOUR_MS, DUE + HOUR_MS), True, id="over the deadline"),
            pytest.param(Silence(DUE - 48 * HOUR_MS, DUE - 23 * HOUR_MS), True, id="into the day before"),
            pytest.param(Silence(DUE - 48 * HOUR_MS, DUE - 24 * HOUR_MS), False, id="over by the day before"),
            pytest.param(Silence(DUE, DUE + HOUR_MS), False, id="after it"),
        ],
    )
    def test_a_silence_shortly_before_the_deadline(self, production, silence, braked):
        said = self.judged(production, silence)
        assert [(word.silence, word.absent) for word in said] == ([(silence, 2)] if braked else [])

    def test_of_another_source_or_topic_nobody_asks(self, production):
        silence = Silence(self.DUE - 5 * HOUR_MS, self.DUE - 2 * HOUR_MS)
        assert self.judged(production, silence, source="https://oss.example") == []
        assert self.judged(production, silence, topic=INCIDENTS.name) == []

    def test_few_absences_are_no_news_where_it_was_the_silence(self, production):
        """They did not put it on; and still only a person lifts it."""
        assert len(self.judged(production, Silence(self.DUE - 2, self.DUE - 1))) == 1
        for room in ("escalation", "delivery"):
            production.room(room, 1, due_at=0)
        production.room("surveillance", 2)
        assert [tick.brakes for tick in production.ticks(ESCALATION_INBOX).values()] == [("iomki/2021-08-03",)] * 2
        assert len([said for said in production.seat.words if isinstance(said.word, Brake)]) == 1
