"""Clusters of a plant: windows over onsets, levels, links, and how they end (R6, R7, R9)."""

import pytest

from schemas.ledger import Odd, Oddity, Registered
from schemas.surveillance import AlertState, Because, Linked, Rule
from tests.clinic import CLUSTERS, DAY, HOUR, Ward, day, end, noon, notice, place


@pytest.fixture
def ward() -> Ward:
    return Ward()


def told(ward: Ward) -> tuple[str, str, Because] | None:
    """(state, grade, first reason) of the last word."""
    last = ward.last()
    return (last.state, last.grade, last.reasons[0].because) if last else None


class TestLevels:
    @pytest.mark.parametrize(
        ("cases", "grade", "because"),
        [
            pytest.param(["confirmed"], None, None, id="one case is no cluster"),
            pytest.param(["probable"], None, None, id="one probable"),
            pytest.param(["probable", "probable"], "C1", Because.CLUSTER_SUSPECTED, id="two probable"),
            pytest.param(["confirmed", "probable"], "C1", Because.CLUSTER_SUSPECTED, id="one confirmed and one probable"),
            pytest.param(["confirmed", "confirmed"], "C2", Because.CLUSTER_CONFIRMED, id="two confirmed"),
            pytest.param(["confirmed"] * 9, "C2", Because.CLUSTER_CONFIRMED, id="nine"),
            pytest.param(["confirmed"] * 10, "C3", Because.CLUSTER_LARGE, id="ten"),
            pytest.param(["confirmed", "suspect", "close_contact", "discarded"], None, None, id="what counts nothing"),
            pytest.param(["confirmed", "otg", "odp", "pdp"], None, None, id="nor by its earlier name"),
        ],
    )
    def test_a_level(self, ward, cases, grade, because):
        ward.hears(*(notice(f"k{n}", status, area="hall-1") for n, status in enumerate(cases)))
        assert told(ward) == ((AlertState.FIRING, grade, because) if grade else None)

    @pytest.mark.parametrize(("workers", "grade"), [(40, "C3"), (41, "C2"), (None, "C2")])
    def test_five_percent_of_the_workers_are_large(self, ward, workers, grade):
        ward.hears(*(notice(f"k{n}", area="hall-1", registered=Registered(workers=workers)) for n in range(2)))
        assert ward.last().grade == grade

    def test_what_is_told(self, ward):
        """The window's counts, when, where, where they live, and what is recommended for a large one."""
        live = ["32.16", "31.75"]
        ward.hears(*(notice(f"k{n}", onset=n % 3, area="hall-1", residence=live[n % 2], at=noon(3)) for n in range(10)))
        ward.hears(notice("p", "probable", 3), notice("d", "discarded", 3))
        said = ward.last().situation
        assert (said.level, said.confirmed, said.probable, said.discarded, said.firms) == ("large", 10, 1, 1, 1)
        assert (said.first_day, said.last_day) == (day(0).isoformat(), day(3).isoformat())
        assert (said.areas, said.residences, said.close_days) == (("hall-1",), ("31.75",), 14)
        assert ward.last().peak == 10
        assert dict(ward.last().deadlines)["isolation_end"] == end(2) + 14 * DAY


class TestWindows:
    @pytest.mark.parametrize(("onsets", "fires"), [((0, 13), True), ((0, 14), False), ((13, 0), True), ((14, 0), False)])
    def test_fourteen_days_by_onset_in_any_order_of_arrival(self, ward, onsets, fires):
        ward.hears(*(notice(f"k{n}", onset=onset, area="a", at=noon(15)) for n, onset in enumerate(onsets)))
        assert bool(ward.firing()) == fires

    def test_an_asymptomatic_case_counts_by_its_specimen(self, ward):
        """R6: the day of the specimen stands for that of onset."""
        ward.hears(notice("k1", onset=0, area="a", at=noon(15)))
        ward.hears(notice("k2", onset=None, specimen=day(13).isoformat(), asymptomatic=True, area="a", at=noon(15)))
        assert ward.last().situation.last_day == day(13).isoformat()

    def test_an_undated_case_counts_by_the_day_on_which_it_was_said(self, ward):
        ward.hears(notice("k1", onset=2, area="a"), notice("k2", onset=None, area="a", at=noon(3), unresolved=("undated_case",)))
        assert ward.last().situation.last_day == day(3).isoformat()
        assert ward.last().situation.unresolved == ("undated_case",)

    def test_an_onset_in_the_future_keeps_no_cluster_open(self, ward):
        ward.hears(notice("k1", onset=0, area="a"), notice("k2", onset=4000, area="a", at=noon(1)))
        assert ward.last().situation.last_day == day(1).isoformat()


class TestTooLate:
    @pytest.mark.parametrize(("later", "counts"), [(0, True), (1, False)])
    def test_a_notice_after_21_days_is_listed_and_decides_nothing(self, ward, later, counts):
        at = end(0) + CLUSTERS.lateness_days * DAY + later
        ward.hears(notice("k1", area="a"), notice("k2", area="a", at=at))
        assert bool(ward.firing()) == counts
        assert [odd.what for odd in ward.seat.said(Oddity)] == ([] if counts else [Odd.TOO_LATE])

    def test_how_many_came_too_late_is_told(self, ward):
        ward.hears(notice("k0", area="a", at=end(0) + 22 * DAY))
        ward.hears(*(notice(f"k{n}", onset=20, area="a", at=noon(21)) for n in (1, 2)))
        assert ward.last().situation.too_late == 1


class TestLinks:
    def test_without_a_link_it_is_for_the_digest(self, ward):
        ward.hears(notice("k1", area="a"), notice("k2", area="b"))
        assert (ward.last().grade, ward.last().situation.linked) == ("C0", ())

    def test_one_area(self, ward):
        ward.hears(notice("k1", area="a"), notice("k2", area="a"))
        assert ward.last().situation.linked == (Linked.AREA,)

    @pytest.mark.parametrize(("onset", "linked"), [(-3, False), (-2, True), (13, True)])
    def test_a_contact_within_its_window(self, ward, onset, linked):
        """D-2 to D+14 of the case that it is a contact of; the correlation window is 14 days besides."""
        ward.hears(notice("k1", at=noon(14)), notice("k2", onset=onset, contact_of="k1", at=noon(14)))
        assert (Linked.CONTACT in ward.last().situation.linked) == linked

    def test_a_contact_named_before_its_case_is_known(self, ward):
        ward.hears(notice("k2", contact_of="k1"), notice("k1"))
        assert ward.last().situation.linked == (Linked.CONTACT,)

    @pytest.mark.parametrize("between", ["suspect", "close_contact", None])
    def test_two_contacts_of_one_who_is_not_counted(self, ward, between):
        if between:
            ward.hears(notice("s", between))
        ward.hears(notice("k1", contact_of="s"), notice("k2", contact_of="s"))
        assert ward.last().situation.linked == (Linked.CONTACT,)

    def test_a_suspect_between_two_cases_carries_the_link(self, ward):
        ward.hears(notice("k1"), notice("s", "suspect", contact_of="k1"), notice("k2", contact_of="s"))
        assert ward.last().situation.linked == (Linked.CONTACT,)

    @pytest.mark.parametrize(("rate", "grade"), [(0, "C2"), (999, "C2"), (1000, "C0"), (None, "C0")])
    def test_an_attack_rate_above_twice_that_of_the_regency(self, ward, rate, grade):
        """Two among 1,000 workers are 2,000 in a million."""
        ward.hears(*(notice(f"k{n}", registered=Registered(workers=1000, regency_rate=rate)) for n in range(2)))
        assert ward.last().grade == grade
        assert (Because.ATTACK_RATE in {reason.because for reason in ward.last().reasons}) == (grade == "C2")

    def test_two_among_43000_are_no_outbreak(self, ward):
        ward.hears(*(notice(f"k{n}", registered=Registered(workers=43_000, regency_rate=100)) for n in range(2)))
        assert ward.last().grade == "C0"

    @pytest.mark.parametrize(("rate", "grade"), [(None, "C3"), (10_000, "C0")])
    def test_a_large_one_waits_for_no_link_unless_it_is_as_common_around(self, ward, rate, grade):
        ward.hears(*(notice(f"k{n}", registered=Registered(workers=1000, regency_rate=rate)) for n in range(10)))
        assert ward.last().grade == grade


class TestOneCase:
    def test_two_notices_of_one_case_are_one_case(self, ward):
        ward.hears(notice("k1", area="a"), notice("k1", area="a", source="https://rs.example"))
        assert ward.last() is None

    def test_the_latest_word_decides_what_it_is(self, ward):
        """Whatever came last: a laboratory's result that was said earlier changes nothing."""
        ward.hears(notice("k1", area="a"), notice("k2", "discarded", area="a", at=noon(3)), notice("k2", area="a", at=noon(2)))
        assert ward.last() is None

    def test_a_probable_case_is_confirmed(self, ward):
        ward.hears(notice("k1", area="a"), notice("k2", "probable", area="a"))
        ward.hears(notice("k2", at=noon(2)))
        assert [alert.grade for alert in ward.alerts()] == ["C1", "C2"]

    def test_a_correction_supersedes_even_of_another_token(self, ward):
        ward.hears(notice("k1", area="a"), notice("kx", area="a", id="n"))
        ward.hears(notice("k1", area="a", replaces={"id": "n"}, at=noon(1)))
        assert told(ward) == (AlertState.WITHDRAWN, "C2", Because.NO_CLUSTER)

    def test_taken_back(self, ward):
        ward.hears(notice("k1", area="a"), notice("k2", area="a", id="n"))
        ward.hears(notice("k2", withdrawn=True, replaces={"id": "n"}, onset=None, at=noon(1)))
        assert told(ward) == (AlertState.WITHDRAWN, "C2", Because.NO_CLUSTER)

    def test_taken_back_before_it_was_heard(self, ward):
        ward.hears(notice("k1", area="a"), notice("k2", withdrawn=True, replaces={"id": "n"}, onset=None, at=noon(1)))
        ward.hears(notice("k2", area="a", id="n"))
        assert ward.last() is None

    def test_notices_that_replace_one_another_take_nothing_back(self, ward):
        ward.hears(notice("k1", area="a"))
        ward.hears(notice("k2", area="a", id="x", replaces={"id": "y"}), notice("k3", area="a", id="y", replaces={"id": "x"}))
        assert ward.last().situation.confirmed == 3
        assert ward.last().situation.unresolved == ("contradictory_replacement",)

    def test_the_same_id_with_other_content_is_listed(self, ward):
        ward.seat.hears(notice("k1", area="a", id="n"))
        ward.seat.hears(notice("k2", area="a", id="n"))
        assert [odd.what for odd in ward.seat.said(Oddity)] == [Odd.OTHER_CONTENT]
        assert ward.last() is None

    def test_a_case_that_moved_to_another_firm_counts_there_alone(self, ward):
        """Law 1: the correction goes to both."""
        other = place("lain", "q1")
        ward.hears(notice("k1", area="a"), notice("k2", area="a", id="n"), notice("k9", area="b", place=other))
        ward.hears(notice("k2", area="b", place=other, replaces={"id": "n", "firm": "pabrik"}, at=noon(1), id="m"))
        ward.hears(notice("k2", area="b", replaces={"id": "n", "firm": "pabrik"}, at=noon(1), id="m", moved_away=True))
        assert {alert.about for alert in ward.firing().values()} == {"cluster/lain/q1"}
        assert ward.last().state == AlertState.WITHDRAWN

    def test_plants_of_one_firm_are_apart(self, ward):
        ward.hears(notice("k1", area="a"), notice("k2", area="a", place=place(plant="p2")))
        assert ward.last() is None


class TestCourse:
    @pytest.fixture
    def open_(self, ward) -> Ward:
        ward.hears(notice("k1", area="a"), notice("k2", area="a", id="n2"))
        return ward

    def test_closes_28_days_after_the_last_onset(self, open_):
        closes = end(28)
        open_.tick(closes - 1)
        assert open_.last().state == AlertState.FIRING
        open_.tick(closes)
        assert told(open_) == (AlertState.RESOLVED, "C2", Because.CLUSTER_CLOSED)
        assert open_.last().at == closes

    def test_a_new_onset_keeps_it_open(self, open_):
        open_.hears(notice("k3", onset=28))
        open_.tick(end(28) + DAY)
        assert open_.last().state == AlertState.FIRING
        assert (open_.last().grade, open_.last().situation.confirmed) == ("C2", 1)

    def test_a_single_case_afterwards_opens_nothing(self, open_):
        open_.tick(end(28))
        open_.hears(notice("k3", onset=30, area="a"))
        assert open_.last().state == AlertState.RESOLVED

    def test_two_afterwards_do(self, open_):
        open_.tick(end(28))
        open_.hears(*(notice(f"m{n}", onset=30, area="a") for n in range(2)))
        assert open_.last().state == AlertState.FIRING
        assert open_.last().situation.first_day == day(30).isoformat()

    def test_it_changes_its_mind_once_in_24_hours(self, open_):
        """Discarded at once; confirmed again an hour later waits for a tick; what is graver than ever waits for nothing."""
        open_.hears(notice("k2", "discarded", area="a", at=noon(1)))
        assert told(open_) == (AlertState.WITHDRAWN, "C2", Because.NO_CLUSTER)
        open_.hears(notice("k2", area="a", at=noon(1) + HOUR))
        assert open_.last().state == AlertState.WITHDRAWN
        open_.tick(noon(2) - 1)
        assert open_.last().state == AlertState.WITHDRAWN
        open_.tick(noon(2))
        assert (open_.last().state, open_.last().at) == (AlertState.FIRING, noon(2))

    def test_what_is_graver_waits_for_nothing(self, open_):
        open_.hears(notice("k2", "discarded", area="a", at=noon(1)))
        open_.hears(*(notice(f"m{n}", onset=1, area="a", at=noon(1) + HOUR) for n in range(10)))
        assert (open_.last().state, open_.last().grade) == (AlertState.FIRING, "C3")

    def test_of_what_occurred_long_ago_nobody_is_interrupted(self, open_):
        """G6."""
        assert not open_.last().historic
        open_.hears(notice("k2", withdrawn=True, replaces={"id": "n2"}, onset=None, at=end(0) + 31 * DAY))
        assert open_.alerts()[0].exercise

    def test_everything_is_forgotten(self, open_):
        open_.tick(noon(0) + 500 * DAY)
        assert (open_.seat.entries, open_.seat.dues) == ({}, {})


def test_a_suspected_one_is_not_asked_for_an_answer(ward):
    ward.hears(notice("k1", area="a"), notice("k2", "probable", area="a"))
    ward.tick(noon(5))
    assert ward.alerts(Rule.RESPONSE) == []
