"""R5: a report that states fewer positive cases than its firm had been told of is to be verified; nobody is accused or sanctioned by it."""

import msgspec
import pytest

from schemas.ledger import PlaceSince
from schemas.policy import How
from schemas.surveillance import Alert, Because
from streams.pipeline.escalation.routes import route_of
from tests.deadlines import BEGINS, DAY, FRI, GRACE, HOUR, MM2100, TUE, Deadlines, due
from tests.story import POLICY

FEWER = "R5 iomki/2021-08-03/P-1/count"
REPORTED = due(TUE) - 2 * HOUR


def reported(positives: int | None, *told: str) -> Deadlines:
    """A firm that was told of these cases in the period, and then reported so many; the deadline has passed."""
    seat = Deadlines()
    seat.enrol()
    for number, case in enumerate(told):
        seat.told(case, BEGINS + HOUR + number)
    seat.report(TUE, REPORTED, positives=positives)
    seat.passes(TUE)
    return seat


def last(seat: Deadlines) -> Alert | None:
    """The last word of R5."""
    return seat.alerts.get(FEWER)


class TestFewer:
    def test_fewer_than_known_are_to_be_verified(self):
        alert = last(reported(1, "a", "b", "c"))
        assert (alert.state, alert.situation.positives, alert.situation.known) == ("firing", 1, 3)
        assert [(reason.because, reason.figure) for reason in alert.reasons] == [(Because.FEWER_THAN_KNOWN, None)]

    def test_those_who_treat_the_cases_are_asked(self):
        route = route_of(last(reported(1, "a", "b")), POLICY.escalation)
        asked = {one.position: [ask.action for ask in one.asks] for one in route.tell if one.role == "act"}
        assert route.how is How.ONCE
        assert asked == {"satgas:{regency}": ["verify_count"], "dinkes:{regency}": ["verify_count"]}

    def test_nothing_else_follows_from_it(self):
        """Neither a warning nor a proposal, and a truthful count raises none either."""
        for positives in (0, 3, 40):
            assert reported(positives, "a", "b", "c").standing == {}

    @pytest.mark.parametrize("positives", [3, 4, None])
    def test_as_many_or_more_or_no_number_at_all_is_no_ones_business(self, positives):
        assert last(reported(positives, "a", "b", "c")) is None

    @pytest.mark.parametrize("at", [BEGINS - 1, REPORTED, REPORTED + 1, due(TUE), due(TUE) + HOUR])
    def test_what_the_firm_was_told_outside_its_period_or_after_it_reported_is_not_compared(self, at):
        seat = reported(0)
        seat.told("a", at, came=due(TUE) + DAY)
        assert last(seat) is None

    @pytest.mark.parametrize("at", [BEGINS, REPORTED - 1])
    def test_what_it_was_told_within_is_compared_however_late_we_hear_of_it(self, at):
        seat = reported(0)
        seat.told("a", at, came=due(TUE) + DAY)
        assert (last(seat).state, last(seat).at) == ("firing", due(TUE) + DAY)

    @pytest.mark.parametrize("said", [{"status": "probable"}, {"firm_informed_at": None}, {"status": "discarded"}])
    def test_only_confirmed_cases_that_the_firm_was_told_of_count(self, said):
        seat = reported(0)
        seat.told("a", BEGINS + HOUR, came=due(TUE) + DAY, **said)
        assert last(seat) is None

    def test_a_late_report_is_of_its_period(self):
        """What the firm was told after the deadline belongs to the next report."""
        seat = Deadlines()
        seat.enrol()
        seat.told("a", due(TUE) + 1)
        seat.report(TUE, due(TUE) + HOUR, positives=0)
        seat.passes(TUE)
        assert last(seat) is None

    def test_one_case_is_one_whatever_notices_speak_of_it(self):
        seat = reported(1, "a")
        seat.told("a", BEGINS + 2 * HOUR, came=due(TUE) + DAY, id="again")
        assert last(seat) is None

    def test_cases_of_another_plant_are_not_those_of_this_permit(self):
        seat = Deadlines()
        here, there = (msgspec.structs.replace(MM2100, plant=plant, plant_name=plant) for plant in ("p1", "p2"))
        seat.enrol(places=(PlaceSince(BEGINS, here),))
        seat.told("a", BEGINS + HOUR, place=there)
        seat.report(TUE, REPORTED, positives=0)
        seat.passes(TUE)
        assert last(seat) is None


class TestItsEnd:
    def test_the_firm_corrects_its_report(self):
        seat = reported(1, "a", "b")
        seat.report(TUE, due(TUE) + DAY, id="c", state="corrected", replaces=f"P-1/{TUE}", positives=2)
        assert (last(seat).state, last(seat).reasons[0].because) == ("resolved", Because.AS_KNOWN)

    def test_the_notice_is_withdrawn(self):
        seat = reported(1, "a", "b")
        seat.told("b", BEGINS + HOUR, came=due(TUE) + DAY, id="w", withdrawn=True, replaces={"id": "b"})
        assert (last(seat).state, last(seat).reasons[0].because) == ("withdrawn", Because.NOT_ACCUSED)

    def test_the_case_turns_out_to_be_none(self):
        seat = reported(1, "a", "b")
        seat.told("b", BEGINS + HOUR, came=due(TUE) + DAY, id="d", status="discarded")
        assert last(seat).state == "withdrawn"

    def test_a_case_more_is_told_again(self):
        seat = reported(1, "a", "b")
        seat.told("c", BEGINS + 3 * HOUR, came=due(TUE) + DAY)
        assert (last(seat).state, last(seat).revision, last(seat).situation.known) == ("firing", 2, 3)

    def test_the_order_in_which_report_and_notices_arrive_leaves_no_trace(self):
        late = reported(0)
        for case in ("b", "a"):
            late.told(case, BEGINS + HOUR + (case == "b"), came=due(TUE) + GRACE + HOUR)
        early = reported(0, "a", "b")
        assert last(late).situation == last(early).situation
        assert last(late).state == last(early).state == "firing"

    def test_what_is_known_of_the_next_period_is_not_of_this_one(self):
        seat = reported(0)
        seat.told("a", due(TUE) + HOUR)
        seat.report(FRI, positives=0, at=due(FRI) - HOUR)
        seat.passes(FRI)
        assert last(seat) is None
        assert seat.alerts["R5 iomki/2021-08-06/P-1/count"].state == "firing"
