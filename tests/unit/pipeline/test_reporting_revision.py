"""A policy revision that moves, adds or takes away days on which reports fall due: nobody is accused by a calendar nobody could have known."""

from datetime import date

import pytest

from schemas.ledger import Count
from schemas.obligations import Obligation, Weekly
from schemas.policy import Policy
from schemas.surveillance import Alert
from schemas.topics import LEDGER
from streams.pipeline.line import InForce
from streams.pipeline.surveillance import SURVEILLANCE
from streams.replay.dry_run import Desk, Hosted
from tests.deadlines import BEGINS, DAY, FRI, GRACE, HOUR, TUE, TUE2, Deadlines, due
from tests.iomki import IOMKI
from tests.story import POLICY, ROSTER

WED, SAT, WED2 = (date(2021, 8, day) for day in (4, 7, 11))
WARNED, OF_WED = "R2 iomki/2021-08-03/P-1", "R2 iomki/2021-08-04/P-1"
ADDED = date(2021, 8, 2)


def revision(number: int, *obligations: Obligation) -> Policy:
    """A policy with other obligations; those of the same id are replaced."""
    others = tuple(one for one in POLICY.obligations if one.id not in ("iomki", *(each.id for each in obligations)))
    return POLICY.model_copy(update={"revision": f"2026-11-24.{number}", "obligations": (*obligations, *others)})


def due_on(*days: str, first: date) -> Obligation:
    """IOMKI, due on other days of the week from the first of them on."""
    regime = IOMKI.regimes[3].model_copy(
        update={"version": "V2c", "due": Weekly(days=days), "announced": ADDED, "effective_from": ADDED, "first_due": first}
    )
    return IOMKI.model_copy(update={"regimes": (*IOMKI.regimes[:4], regime, *IOMKI.regimes[4:])})


MOVED = revision(1, due_on("wednesday", "saturday", first=WED))
FEWER = revision(2, due_on("wednesday", first=WED))
WITHOUT = revision(3)


class Revised(Deadlines):
    """A seat whose policy changes."""

    def __init__(self, policy: Policy = POLICY) -> None:
        super().__init__()
        self.policy = policy
        self.desk = Desk(Hosted(SURVEILLANCE, lambda _: InForce(self.policy, ROSTER)), LEDGER, 0)

    def told(self, period: str) -> dict[str, int]:
        return dict(self.alerts[f"R1 {period}/0"].share.numbers)


@pytest.fixture
def seat() -> Revised:
    seat = Revised()
    seat.enrol()
    return seat


class TestADayThatHasMoved:
    def test_what_was_reported_for_the_old_day_counts_for_the_new_one(self, seat):
        seat.report(TUE)
        seat.report(FRI)
        seat.policy = MOVED
        seat.passes(WED)
        seat.passes(SAT)
        assert seat.standing == {}
        assert (seat.told("iomki/2021-08-04"), seat.told("iomki/2021-08-07")) == ({"due": 1, "reported": 1, "absent": 0},) * 2

    def test_and_what_was_not_reported_is_still_owed(self, seat):
        seat.policy = MOVED
        seat.passes(WED)
        assert seat.standing == {OF_WED: "firing"}

    def test_who_was_excused_is_excused(self, seat):
        seat.act("excuse", TUE, due(TUE) - DAY)
        seat.enrol("P-2")
        seat.excuse_all(FRI, due(TUE) - DAY)
        seat.policy = MOVED
        seat.passes(WED)
        seat.passes(SAT)
        assert seat.standing == {"R2 iomki/2021-08-04/P-2": "firing"}

    def test_a_warning_of_a_day_that_is_gone_is_withdrawn_at_the_first_tick(self, seat):
        """Law 7: who was told is told, the estate and CLOCK with it."""
        seat.passes(TUE)
        assert seat.standing == {WARNED: "firing"}
        seat.policy = MOVED
        seat.tick(due(TUE) + GRACE + 12 * HOUR)
        seat.tick(due(TUE) + GRACE + 12 * HOUR + 1)
        assert seat.standing == {WARNED: "withdrawn"}
        assert seat.alerts[WARNED].at == due(TUE) + GRACE + 12 * HOUR
        assert seat.told("iomki/2021-08-03") == {"due": 0, "reported": 0, "absent": 0}
        assert [(word.due, word.absent) for _, word in seat.words if isinstance(word, Count)] == [(1, 1), (0, 0)]

    def test_any_record_tells_that_the_policy_has_changed(self, seat):
        seat.passes(TUE)
        seat.policy = MOVED
        seat.report(date(2021, 8, 11), due(TUE) + GRACE + HOUR)
        seat.tick(due(TUE) + GRACE + 2 * HOUR)
        assert seat.standing == {WARNED: "withdrawn"}

    def test_what_it_led_to_is_withdrawn_with_it(self, seat):
        for day in (TUE, FRI, TUE2):
            seat.passes(day)
        assert "R3 iomki/2021-08-10/P-1/deactivation" in seat.standing
        seat.policy = MOVED
        seat.tick(due(TUE2) + GRACE + 12 * HOUR)
        seat.tick(due(TUE2) + GRACE + 12 * HOUR + 1)
        assert set(seat.standing.values()) == {"withdrawn"}

    def test_what_falls_due_in_the_past_only_now_accuses_nobody(self, seat):
        for day in (TUE, FRI):
            seat.passes(day)
        seat.policy = MOVED
        seat.tick(due(FRI) + GRACE + 12 * HOUR)
        seat.tick(due(FRI) + GRACE + 12 * HOUR + 1)
        assert seat.standing == {WARNED: "withdrawn", "R2 iomki/2021-08-06/P-1": "withdrawn"}
        assert seat.told("iomki/2021-08-04")["undecided"] == 1

    def test_where_nobody_can_tell_which_day_was_meant_nobody_is_accused(self, seat):
        """Two a week have become one: of which a report for the first of them is, nobody says."""
        seat.report(TUE)
        seat.policy = FEWER
        seat.passes(WED)
        assert (seat.standing, seat.told("iomki/2021-08-04")["undecided"]) == ({}, 1)
        seat.passes(WED2)
        assert seat.standing == {"R2 iomki/2021-08-11/P-1": "firing"}

    def test_a_policy_with_the_same_calendar_changes_nothing(self, seat):
        seat.passes(TUE)
        seat.policy = revision(4, IOMKI)
        assert seat.tick(due(TUE) + GRACE + 12 * HOUR) == []
        assert seat.standing == {WARNED: "firing"}

    def test_what_was_stamped_before_changes_nothing_back(self, seat):
        """Seats of INTAKE read a new policy one after the other."""
        seat.report(TUE)
        seat.policy = MOVED
        seat.tick(BEGINS + DAY)
        seat.policy = POLICY
        seat.refused(BEGINS + HOUR, firm="f2")
        assert seat.desk.entries["~ruled"].policy == MOVED.revision
        seat.policy = MOVED
        seat.passes(WED)
        assert seat.standing == {}


class TestAnObligation:
    def test_that_is_added_binds_who_is_enrolled_from_then_on(self):
        """Not only once the register speaks of them again; and nothing that was due before."""
        seat = Revised(WITHOUT)
        seat.enrol()
        seat.enrol("P-2", states=(), obligations=())
        seat.tick(due(TUE) + DAY)
        seat.policy = POLICY
        seat.tick(due(TUE) + DAY + 12 * HOUR)
        assert seat.standing == {}
        seat.passes(FRI)
        assert seat.standing == {"R2 iomki/2021-08-06/P-1": "firing"}

    def test_that_is_taken_away_takes_its_warnings_back(self, seat):
        seat.passes(TUE)
        seat.policy = WITHOUT
        seat.tick(due(TUE) + DAY)
        assert [(word.state, word.rule) for word in seat.alerts.values() if isinstance(word, Alert) and word.rule == "R2"] == [
            ("withdrawn", "R2")
        ]
