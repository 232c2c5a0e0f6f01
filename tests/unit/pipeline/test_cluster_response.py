"""What a firm and its task force do about a cluster (R10, R19)."""

import pytest
from msgspec.structs import replace

from schemas.ledger import Doubt
from schemas.surveillance import AlertState, Because, Rule
from tests.clinic import DAY, HOUR, Ward, end, noon, notice, place, response


@pytest.fixture
def ward() -> Ward:
    """A confirmed cluster, told at noon of its first day."""
    ward = Ward()
    ward.hears(notice("k1", area="a"), notice("k2", area="a"))
    return ward


def answer(ward: Ward):
    """The last word of R19: state, grade, reasons."""
    last = ward.last(Rule.RESPONSE)
    return (last.state, last.grade, [reason.because for reason in last.reasons]) if last else None


class TestOwed:
    def test_the_clocks_stand_beside_what_is_asked(self, ward):
        assert dict(ward.last().deadlines) | {"retest": 0, "isolation_end": 0} == {
            "coordinate": noon(1),
            "act": noon(2),
            "retest": 0,
            "isolation_end": 0,
        }

    def test_retest_on_day_10_and_isolation_until_day_14(self, ward):
        deadlines = dict(ward.last().deadlines)
        assert (deadlines["retest"], deadlines["isolation_end"]) == (end(9), end(13))

    def test_nothing_before_24_hours(self, ward):
        ward.tick(noon(1) - 1)
        assert answer(ward) is None

    def test_not_coordinated_within_24_hours_is_one_level_up(self, ward):
        ward.tick(noon(1))
        assert answer(ward) == (AlertState.FIRING, "C3", [Because.NOT_COORDINATED])
        assert ward.last(Rule.RESPONSE).about == ward.last().about

    def test_nor_acted_within_48(self, ward):
        ward.tick(noon(2))
        assert answer(ward) == (AlertState.FIRING, "C3", [Because.NOT_COORDINATED, Because.NO_ACTION])

    @pytest.mark.parametrize("by", ["firm", "estate"])
    def test_what_only_the_firm_says_is_normative(self, ward, by):
        """The seed's own complaint: it must be confirmed by the task force."""
        ward.hears(response("coordinated", by, noon(0) + HOUR))
        assert ward.last().situation.normative
        ward.tick(noon(1))
        assert answer(ward)[2] == [Because.NOT_COORDINATED]

    def test_a_stranger_does_not_speak_for_the_task_force(self, ward):
        """Else whoever is supervised could stop the clock in its name (G4)."""
        ward.hears(replace(response("coordinated", at=noon(0) + HOUR), unresolved=(Doubt.UNKNOWN_SOURCE,)))
        assert ward.last().situation.normative
        ward.tick(noon(1))
        assert answer(ward)[2] == [Because.NOT_COORDINATED]

    @pytest.mark.parametrize("action", ["coordinated", "reported_to_dinkes", "visit"])
    def test_the_task_force_confirms_it(self, ward, action):
        ward.hears(response(action, at=noon(0) + HOUR))
        assert not ward.last().situation.normative
        ward.tick(noon(1) + HOUR)
        assert answer(ward) is None

    @pytest.mark.parametrize("action", ["closure", "isolation", "quarantine", "disinfection"])
    def test_a_measure_by_anybody_is_an_action(self, ward, action):
        ward.hears(response("visit", at=noon(0) + HOUR), response(action, "firm", noon(0) + HOUR))
        ward.tick(noon(3))
        assert answer(ward) is None

    @pytest.mark.parametrize("action", ["reopened", "visit"])
    def test_nothing_else_is(self, ward, action):
        ward.hears(response("visit", at=noon(0) + HOUR), response(action, "firm", noon(0) + HOUR))
        ward.tick(noon(3))
        assert answer(ward)[2] == [Because.NO_ACTION]

    def test_what_is_done_late_ends_it(self, ward):
        ward.tick(noon(2))
        ward.hears(response("visit", at=noon(3)), response("closure", "firm", noon(3) + HOUR))
        assert (answer(ward)[0], answer(ward)[2]) == (AlertState.RESOLVED, [Because.RESPONDED])

    def test_at_another_plant_it_is_not_done_here(self, ward):
        ward.hears(response("visit", at=noon(0) + HOUR, plant="p2", place=place(plant="p2")))
        ward.tick(noon(1))
        assert answer(ward)[2] == [Because.NOT_COORDINATED]

    def test_before_the_cluster_began_it_was_not_for_this_one(self, ward):
        ward.hears(response("visit", at=noon(-3)))
        ward.tick(noon(1))
        assert answer(ward)[2] == [Because.NOT_COORDINATED]

    def test_it_ends_with_the_cluster(self, ward):
        ward.tick(noon(2))
        ward.hears(notice("k2", "discarded", area="a", at=noon(3)))
        assert (answer(ward)[0], answer(ward)[2]) == (AlertState.WITHDRAWN, [Because.NO_CLUSTER])

    def test_it_ends_when_the_cluster_is_only_suspected(self, ward):
        ward.tick(noon(2))
        ward.hears(notice("k2", "probable", area="a", at=noon(3)))
        assert ward.last().grade == "C1"
        assert (answer(ward)[0], answer(ward)[2]) == (AlertState.WITHDRAWN, [Because.NO_CLUSTER])

    def test_it_is_over_when_the_cluster_closes(self, ward):
        ward.tick(end(28))
        assert (answer(ward)[0], answer(ward)[2]) == (AlertState.RESOLVED, [Because.CLUSTER_CLOSED])


class TestShown:
    def test_two_lengths_of_one_closure_are_both_shown(self, ward):
        """MM2100 in August 2020: nine days by the firm's account, fourteen by the task force's."""
        at = noon(0) + HOUR
        ward.hears(response("closure", "firm", at, ends_at=at + 9 * DAY), response("closure", "task_force", at, ends_at=at + 14 * DAY))
        assert [(done.by, (done.ends_at - at) // DAY) for done in ward.last().situation.responses] == [
            (("firm",), 9),
            (("task_force",), 14),
        ]

    def test_one_closure_by_two_accounts_is_one(self, ward):
        at = noon(0) + HOUR
        ward.hears(*(response("closure", by, at, ends_at=at + DAY) for by in ("firm", "task_force")))
        assert [done.by for done in ward.last().situation.responses] == [("firm", "task_force")]

    def test_a_disinfected_room_stays_closed_for_24_hours(self, ward):
        at = noon(0) + HOUR
        ward.hears(response("disinfection", "firm", at, ends_at=at + 2 * HOUR))
        assert dict(ward.last().deadlines)["rooms_open"] == at + 26 * HOUR

    def test_what_was_told_before_the_cases_is_remembered(self):
        ward = Ward()
        ward.hears(response("visit", at=noon(0)), response("closure", "firm", noon(0)), notice("k1", area="a"), notice("k2", area="a"))
        ward.tick(noon(3))
        assert answer(ward) is None
