"""Silence after bad news (R4): a firm whose last report stated positive cases and that misses the next; on proof alone (laws 2, 6, 7)."""

import pytest

from schemas.policy import How
from schemas.surveillance import Alert, Because
from streams.pipeline.escalation.routes import route_of
from tests.deadlines import DAY, FRI, GRACE, HOUR, TUE, TUE2, Deadlines, due
from tests.story import POLICY

SILENT = "R4b iomki/2021-08-06/P-1/silence"


@pytest.fixture
def seat() -> Deadlines:
    """A seat that knows a firm which has stated three positive cases in its report due on Tuesday."""
    seat = Deadlines()
    seat.enrol()
    seat.report(TUE, positives=3)
    seat.passes(TUE)
    return seat


def silences(seat: Deadlines) -> dict[str, Alert]:
    """The last word on each."""
    return {name: alert for name, alert in seat.alerts.items() if name.startswith("R4b ")}


class TestSilence:
    def test_who_reported_cases_and_then_nothing_is_asked_after(self, seat):
        seat.passes(FRI)
        alert = seat.alerts[SILENT]
        assert (alert.state, alert.at, alert.situation.positives) == ("firing", due(FRI) + GRACE, 3)
        assert [(reason.because, reason.figure) for reason in alert.reasons] == [(Because.SILENT_AFTER_POSITIVES, None)]
        assert alert.proven is not None
        assert alert.id != seat.alerts["R2 iomki/2021-08-06/P-1"].id

    def test_the_task_force_calls_and_the_industry_office_is_told(self, seat):
        seat.passes(FRI)
        route = route_of(seat.alerts[SILENT], POLICY.escalation)
        assert (route.how, route.matter) == (How.ONCE, "silence-after-positives")
        told = [(one.position, one.role, [ask.action for ask in one.asks]) for one in route.tell if one.role == "act"]
        assert told == [("satgas:{regency}", "act", ["call_the_firm"])]
        assert {one.position for one in route.tell if one.role == "inform"} == {"dinkes:{regency}", "dinas-perindustrian:{regency}"}

    @pytest.mark.parametrize("positives", [0, None])
    def test_silence_after_no_case_is_a_warning_and_nothing_else(self, positives):
        seat = Deadlines()
        seat.enrol()
        seat.report(TUE, positives=positives)
        seat.passes(TUE)
        seat.passes(FRI)
        assert not silences(seat)

    def test_only_the_first_miss_is_a_silence(self, seat):
        seat.passes(FRI)
        seat.passes(TUE2)
        assert list(silences(seat)) == [SILENT]

    def test_without_proof_nobody_is_asked_after(self, seat):
        """However late it is (law 6)."""
        seat.tick(due(FRI) + 10 * DAY, published=due(FRI) - 1)
        assert not silences(seat)

    def test_of_whom_nobody_can_tell_nobody_asks(self, seat):
        """A report was refused (law 2)."""
        seat.refused(due(FRI) - HOUR)
        seat.passes(FRI)
        assert not silences(seat)

    @pytest.mark.parametrize("act", ["excuse", "waive"])
    def test_who_is_excused_is_not_asked_after(self, seat, act):
        seat.act(act, FRI, due(FRI) - HOUR)
        seat.passes(FRI)
        assert not silences(seat)

    def test_a_period_that_is_excused_between_does_not_end_the_bad_news(self, seat):
        seat.act("excuse", FRI, due(FRI) - HOUR)
        seat.passes(FRI)
        seat.passes(TUE2)
        assert list(silences(seat)) == ["R4b iomki/2021-08-10/P-1/silence"]


class TestItsEnd:
    def test_the_report_that_comes_ends_it(self, seat):
        seat.passes(FRI)
        received = due(FRI) + GRACE + HOUR
        seat.report(FRI, received, id="late")
        alert = seat.alerts[SILENT]
        assert (alert.state, alert.reasons[0].because, alert.situation.received_at) == ("resolved", Because.HEARD_AGAIN, received)

    def test_one_that_was_received_in_time_takes_it_back(self, seat):
        seat.passes(FRI)
        seat.report(FRI, due(FRI) - HOUR, came=due(FRI) + DAY)
        assert (seat.alerts[SILENT].state, seat.alerts[SILENT].reasons[0].because) == ("withdrawn", Because.NOT_ACCUSED)

    def test_a_refusal_that_is_heard_late_takes_it_back(self, seat):
        seat.passes(FRI)
        seat.refused(due(FRI) - HOUR)
        assert seat.alerts[SILENT].state == "withdrawn"

    def test_a_count_that_is_corrected_to_nothing_takes_it_back(self, seat):
        seat.passes(FRI)
        seat.report(TUE, due(FRI) + DAY, id="c", state="corrected", replaces=f"P-1/{TUE}", positives=0)
        assert seat.alerts[SILENT].state == "withdrawn"

    def test_a_count_that_is_corrected_is_told(self, seat):
        seat.passes(FRI)
        seat.report(TUE, due(FRI) + DAY, id="c", state="corrected", replaces=f"P-1/{TUE}", positives=7)
        assert (seat.alerts[SILENT].state, seat.alerts[SILENT].revision, seat.alerts[SILENT].situation.positives) == ("firing", 2, 7)

    def test_a_withdrawn_report_was_no_bad_news(self, seat):
        seat.passes(FRI)
        seat.report(TUE, due(FRI) + DAY, id="w", state="withdrawn", replaces=f"P-1/{TUE}")
        assert seat.alerts[SILENT].state == "withdrawn"

    def test_the_order_in_which_both_arrive_leaves_no_trace(self):
        """What was said late of both periods, either first (law 4)."""
        ends = []
        for order in ((TUE, FRI), (FRI, TUE)):
            seat = Deadlines()
            seat.enrol()
            seat.passes(TUE)
            seat.passes(FRI)
            seat.passes(TUE2)
            for day in order:
                seat.report(day, due(day) - HOUR, came=due(TUE2) + DAY, positives=2)
            ends.append(
                {name: (alert.state, alert.situation.positives) for name, alert in silences(seat).items() if alert.state == "firing"}
            )
        assert ends[0] == ends[1] == {"R4b iomki/2021-08-10/P-1/silence": ("firing", 2)}
