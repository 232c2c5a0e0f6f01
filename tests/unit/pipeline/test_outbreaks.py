"""Outbreaks of an estate (R8): three firms with confirmed clusters, or twenty cases among five firms, within 14 days."""

import msgspec
import pytest

from schemas.surveillance import AlertState, Because, Rule
from streams.pipeline.surveillance import SURVEILLANCE
from tests.clinic import DAY, Ward, case_id, end, noon, notice, place


@pytest.fixture
def ward() -> Ward:
    return Ward()


def struck(ward: Ward, cases: dict[str, int], *, onset: int = 0, estate: str = "mm2100") -> None:
    """So many confirmed cases at each of these firms."""
    for firm, number in cases.items():
        ward.hears(*(notice(f"{firm}-{onset}-{n}", onset=onset, place=place(firm, estate=estate)) for n in range(number)))


def outbreak(ward: Ward):
    """The last word of R8."""
    return ward.last(Rule.ESTATE_OUTBREAK)


class TestThresholds:
    @pytest.mark.parametrize(
        ("cases", "because"),
        [
            pytest.param({"a": 2, "b": 2}, None, id="two firms"),
            pytest.param({"a": 2, "b": 2, "c": 1}, None, id="one case is no cluster"),
            pytest.param({"a": 2, "b": 2, "c": 2}, Because.FIRMS_WITH_CLUSTERS, id="three firms"),
            pytest.param({"a": 16, "b": 1, "c": 1, "d": 1}, None, id="four firms"),
            pytest.param({"a": 15, "b": 1, "c": 1, "d": 1, "e": 1}, None, id="nineteen cases"),
            pytest.param({"a": 16, "b": 1, "c": 1, "d": 1, "e": 1}, Because.CASES_IN_ESTATE, id="twenty among five"),
        ],
    )
    def test_a_threshold(self, ward, cases, because):
        struck(ward, cases)
        found = outbreak(ward)
        assert (found.reasons[0].because if found else None) == because
        assert found is None or (found.grade, found.estate, found.situation.firms) == ("C4", "mm2100", len(cases))

    def test_only_within_14_days(self, ward):
        struck(ward, {"a": 2, "b": 2})
        struck(ward, {"c": 2}, onset=14)
        assert outbreak(ward) is None

    def test_a_firms_own_cases_too(self, ward):
        struck(ward, {"a": 2, "b": 2, "c": 1})
        struck(ward, {"c": 1}, onset=14)
        assert outbreak(ward) is None

    @pytest.mark.parametrize("estate", ["regency:32.16", "desk"])
    def test_firms_outside_every_estate_make_none(self, ward, estate):
        struck(ward, {"a": 3, "b": 3, "c": 3}, estate=estate)
        assert outbreak(ward) is None
        assert not any(name.startswith("estate:") for name in ward.seat.entries)


class TestCourse:
    @pytest.fixture
    def open_(self, ward) -> Ward:
        struck(ward, {"a": 2, "b": 2, "c": 2})
        return ward

    def test_closes_28_days_after_the_last_onset(self, open_):
        open_.tick(end(28))
        assert (outbreak(open_).state, outbreak(open_).at) == (AlertState.RESOLVED, end(28))

    def test_is_withdrawn_when_a_case_is_discarded(self, open_):
        open_.hears(notice("c-0-1", "discarded", at=noon(1), place=place("c")))
        assert outbreak(open_).state == AlertState.WITHDRAWN

    def test_names_firms_by_number_and_no_case(self, open_):
        """Law 12: what is told of an estate holds no id of a case."""
        said = msgspec.json.encode(outbreak(open_)).decode()
        assert not any(case_id(f"{firm}-0-{n}") in said for firm in "abc" for n in range(2))

    def test_everything_is_forgotten(self, open_):
        open_.tick(noon(0) + 500 * DAY)
        assert (open_.seat.entries, open_.seat.dues) == ({}, {})


def test_one_more_case_changes_as_little_when_there_are_many(ward):
    """The estate's own entries grow with firms and days, and not with cases."""

    def written(number: int) -> int:
        fact = notice(f"n{number}", onset=number % 10, at=noon(10), place=place(f"f{number % 22}"))
        before = len(ward.seat.words)
        ward.hears(fact)
        assert before <= len(ward.seat.words)
        kept = ("estate:mm2100|outbreak", f"estate:mm2100|firm-days|f{number % 22}")
        return sum(len(SURVEILLANCE.pack(ward.seat.entries[name])) for name in kept)

    few = max(written(number) for number in range(440))
    many = max(written(number) for number in range(440, 1320))
    assert many < few * 1.1
