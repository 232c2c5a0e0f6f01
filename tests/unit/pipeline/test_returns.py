"""What a source's owner is told of its refusals: in groups, at most one message in ten minutes, with coordinates and no content (G5)."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from schemas.escalation import Delivery, Escalation
from schemas.ledger import Origin, Refusal
from schemas.reports import ReportSubmission
from schemas.surveillance import Alert, AlertState, Because, Rule, SourceSituation, Trouble
from schemas.topics import REPORTS
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.surveillance import SURVEILLANCE
from streams.pipeline.surveillance.source.returns import MOST_GROUPS
from tests.story import DAY, HOUR, MINUTE, POLICY, Seat, clock
from tests.trials import SIINAS

AT = clock("2021-08-02T08:00:00+07:00")
FORGET = POLICY.surveillance.forget_days * DAY
ENTRY = f"source:{SIINAS}|returns"


def refusal(offset: int = 1, at: int = AT, *, field: str = "workers", who: str = SIINAS, partition: int = 0) -> Refusal:
    """A report that was refused."""
    return Refusal(ReportSubmission.type, SIINAS, "wrong_value", field, f"source:{who}", at, Origin(REPORTS.name, partition, offset), True)


@pytest.fixture
def seat() -> Seat:
    return Seat(SURVEILLANCE)


def groups(alert: Alert) -> list[tuple[str, int, int]]:
    return [(group.field, group.count, group.first.offset) for group in alert.situation.sent_back]


class TestGroups:
    def test_what_is_refused_within_minutes_is_one_alert_with_counts_and_the_first_of_each(self, seat):
        """By type, reason and field; dated by when it had been gathered."""
        for offset, field in ((7, "workers"), (5, "workers"), (9, "nik"), (8, "workers")):
            seat.hears(refusal(offset, AT + offset, field=field))
        assert seat.tick(AT + 5 + 5 * MINUTE - 1) == ()
        seat.tick(AT + 5 * MINUTE + HOUR)
        (alert,) = seat.said(Alert)
        assert (alert.rule, alert.state, alert.estate, alert.at) == (Rule.REFUSED, AlertState.FIRING, "desk", AT + 5 + 5 * MINUTE)
        assert [(r.because, r.figure) for r in alert.reasons] == [(Because.SENT_BACK, 4)]
        assert groups(alert) == [("nik", 1, 9), ("workers", 3, 5)]
        assert isinstance(alert.situation, SourceSituation)
        assert (alert.situation.who, alert.situation.what, alert.exercise) == (SIINAS, Trouble.SENT_BACK, True)

    def test_a_refusal_every_second_is_told_every_ten_minutes(self, seat):
        """For two hours: each is in a message within ten minutes. Whoever reads the last message alone, when a relay was down, has all."""
        for second in range(2 * 3600):
            at = AT + second * 1000
            seat.tick_through(at)
            seat.hears(refusal(second, at))
        seat.tick_through(AT + 2 * HOUR + 10 * MINUTE)
        alerts = seat.said(Alert)
        assert [later.at - earlier.at for earlier, later in pairwise(alerts)] == [10 * MINUTE] * (len(alerts) - 1)
        told = [0, *(alert.situation.sent_back[0].count for alert in alerts)]
        assert told[-1] == 2 * 3600
        assert max(alert.at - (AT + before * 1000) for alert, before in zip(alerts, told, strict=False)) <= 10 * MINUTE
        assert {(alert.situation.since, alert.situation.sent_back[0].first.offset) for alert in alerts} == {(AT, 0)}

    @pytest.mark.parametrize("wait", [0, 1, 5, 9, 10, 30])
    def test_whenever_one_more_is_refused_it_is_told_within_ten_minutes(self, seat, wait):
        seat.hears(refusal(1))
        seat.tick_through(AT + 5 * MINUTE)
        again = AT + (5 + wait) * MINUTE + 1
        seat.hears(refusal(2, again))
        seat.tick_through(again + 10 * MINUTE)
        first, second = seat.said(Alert)
        assert second.at == max(first.at + 10 * MINUTE, again + 5 * MINUTE)
        assert second.at - again <= 10 * MINUTE

    def test_when_nothing_is_refused_any_more_that_is_said_once(self, seat):
        seat.hears(refusal(1))
        seat.tick_through(AT + HOUR - 1)
        assert len(seat.said(Alert)) == 1
        seat.tick_through(AT + 20 * HOUR)
        _, over = seat.said(Alert)
        assert (over.state, over.revision, over.at) == (AlertState.RESOLVED, 2, AT + HOUR)
        assert [r.because for r in over.reasons] == [Because.NOTHING_SENT_BACK]
        seat.hears(refusal(2, AT + DAY))
        seat.tick_through(AT + DAY + 5 * MINUTE)
        (again,) = seat.said(Alert)[2:]
        assert (again.state, again.revision, again.situation.since) == (AlertState.FIRING, 3, AT + DAY)
        assert groups(again) == [("workers", 1, 2)]

    def test_it_is_forgotten(self, seat):
        seat.hears(refusal(1))
        seat.tick_through(AT + FORGET - 1)
        assert set(seat.entries) == {ENTRY}
        seat.tick_through(AT + FORGET)
        assert (seat.entries, seat.dues) == ({}, {})

    def test_however_many_fields_are_made_up_it_stays_small(self, seat):
        """The rest is counted."""
        for number in range(500):
            seat.hears(refusal(number, field=f"made up {number}"))
        seat.tick_through(AT + 5 * MINUTE)
        (alert,) = seat.said(Alert)
        assert (len(alert.situation.sent_back), alert.situation.more_sent_back) == (MOST_GROUPS, 500 - MOST_GROUPS)
        seat.tick_through(AT + DAY)
        assert (seat.entries[ENTRY].groups, seat.entries[ENTRY].more) == ((), 0)

    def test_a_type_that_nobody_knows_is_not_repeated(self, seat):
        """Whatever a publisher wrote there: it goes by its topic."""
        for number in range(3):
            seat.hears(replace(refusal(number), kind=f"gossip about canary {number}"))
        seat.tick_through(AT + 5 * MINUTE)
        ((group,),) = (alert.situation.sent_back for alert in seat.said(Alert))
        assert (group.kind, group.count) == (REPORTS.name, 3)

    @pytest.mark.parametrize("topic", ["report-submissions", "smelter-incidents"])
    def test_what_no_registered_source_has_published_has_no_owner(self, seat, topic):
        seat.hears(refusal(who=topic))
        assert f"source:{topic}|returns" not in seat.entries

    def test_the_order_of_partitions_leaves_no_trace(self):
        """Law 4."""
        said = [refusal(3, AT + 2, partition=1), refusal(3, AT + 1), refusal(4, AT, field="nik")]
        told = []
        for order in (said, said[::-1]):
            seat = Seat(SURVEILLANCE)
            for one in order:
                seat.hears(one)
            seat.tick_through(AT + HOUR)
            told.append(seat.said(Alert))
        assert told[0] == told[1]

    def test_a_refused_bulletin_is_the_desks_at_once_and_its_owners_too(self, seat):
        seat.hears(replace(refusal(), kind="siaga.incident-bulletin.v1", origin=Origin("smelter-incidents", 0, 1)))
        assert [a.situation.what for a in seat.said(Alert)] == [Trouble.REJECTED]
        seat.tick_through(AT + 5 * MINUTE)
        assert [a.situation.what for a in seat.said(Alert)] == [Trouble.REJECTED, Trouble.SENT_BACK]


def told_by(*refusals: Refusal, until: int) -> Seat:
    """ESCALATION, with what SURVEILLANCE says of these."""
    seat, estate = Seat(SURVEILLANCE), Seat(ESCALATION)
    for one in refusals:
        estate.hears_all(seat.tick_through(one.at))
        estate.hears_all(seat.hears(one))
    estate.hears_all(seat.tick_through(until))
    return estate


class TestWhoIsTold:
    def test_the_owner_and_nobody_else(self):
        """First of what was refused, and in the same thread that there is no more."""
        estate = told_by(refusal(), until=AT + 2 * HOUR)
        heard = estate.said(Delivery)
        assert [d.to.position for d in heard] == [f"source:{SIINAS}"] * 2
        assert len({d.thread for d in heard}) == 1
        assert [[ask.action for ask in d.asked] for d in heard] == [["correct_records"], []]
        assert [word.state for word in estate.said(Escalation)] == ["open", "ended"]

    def test_where_the_roster_has_no_owner_the_desk_is_not_woken(self):
        assert told_by(refusal(who="https://unknown.example"), until=AT + 2 * HOUR).said(Delivery) == []
