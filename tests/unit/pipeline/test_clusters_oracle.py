"""Windows of clusters and outbreaks against an oracle that enumerates every window and every pair from the domain's own text (R6 to R8)."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger import Registered
from schemas.surveillance import Rule
from tests.clinic import Ward, noon, notice, place


class Given(NamedTuple):
    """One case, as somebody made it up."""

    case: str
    status: str
    onset: int
    area: str | None
    contact_of: str | None
    firm: str = "pabrik"


def given_cases(most: int, firms: Sequence[str], onsets: int):
    """A few cases within so many days, so that no cluster closes between two."""
    one = st.builds(
        Given,
        st.integers(0, most).map("k{}".format),
        st.sampled_from(["confirmed", "confirmed", "probable", "suspect"]),
        st.integers(0, onsets),
        st.sampled_from([None, None, "a", "b"]),
        st.sampled_from([None, None, "k0", "k1"]),
        st.sampled_from(firms),
    )
    return st.lists(one, max_size=most, unique_by=lambda each: each.case)


def windows(cases: Sequence[Given]) -> list[list[Given]]:
    """Every stretch of 14 days, with the cases in it."""
    return [[case for case in cases if first <= case.onset < first + 14] for first in range(-14, 50)]


def is_linked(cases: Sequence[Given], everybody: Sequence[Given]) -> bool:
    """Any two of these in one area; or one a contact of the other, or both of a third, within D-2 to D+14 of its onset."""
    known = {case.case: case for case in everybody}

    def near(case: Given, of: str) -> bool:
        return of not in known or known[of].onset - 2 <= case.onset <= known[of].onset + 14

    def names(case: Given, of: str) -> bool:
        return case.contact_of == of and case.case != of and near(case, of)

    def touches(case: Given, centre: str) -> bool:
        """It is the centre's contact; or the centre, not being counted itself, is its."""
        middle = known.get(centre)
        carries = middle is not None and middle.status == "suspect" and middle.contact_of == case.case and case.case != centre
        return names(case, centre) or (carries and near(case, centre))

    centres = set(known) | {case.contact_of for case in everybody if case.contact_of}
    for one, other in combinations(cases, 2):
        if one.area and one.area == other.area:
            return True
        if names(one, other.case) or names(other, one.case):
            return True
        if any(touches(one, centre) and touches(other, centre) for centre in centres):
            return True
    return False


def expected(cases: Sequence[Given], workers: int | None) -> str:
    """The grade by the text of R7, the gravest of all windows."""
    found = [""]
    for window in windows(cases):
        counted = [case for case in window if case.status in {"confirmed", "probable"}]
        confirmed = sum(case.status == "confirmed" for case in counted)
        large = confirmed >= 10 or (workers is not None and confirmed >= 2 and confirmed / workers >= 0.05)
        if large:
            found.append("C3")
        elif confirmed >= 2:
            found.append("C2" if is_linked(counted, cases) else "C0")
        elif len(counted) >= 2:
            found.append("C1" if is_linked(counted, cases) else "C0")
    return max(found)


@given(given_cases(14, ["pabrik"], 27), st.sampled_from([None, 30, 60, 1000]))
def test_the_grade_is_that_of_the_gravest_window(cases, workers):
    """Whatever the order in which they are heard."""
    ward = Ward()
    for case in cases:
        said = {"area": case.area, "contact_of": case.contact_of, "registered": Registered(workers=workers)}
        ward.hears(notice(case.case, case.status, case.onset, **said))
    firing = [alert.grade for alert in ward.firing().values() if alert.rule == Rule.CLUSTER]
    assert "".join(firing) == expected(cases, workers)


def outbreak(cases: Sequence[Given]) -> bool:
    """By the text of R8."""
    for window in windows(cases):
        confirmed = [case for case in window if case.status == "confirmed"]
        firms = [case.firm for case in confirmed]
        if sum(firms.count(firm) >= 2 for firm in set(firms)) >= 3 or (len(firms) >= 20 and len(set(firms)) >= 5):
            return True
    return False


@given(given_cases(30, ["f1", "f2", "f3", "f4", "f5", "f6"], 20))
def test_an_outbreak_is_what_the_windows_of_its_estate_say(cases):
    ward = Ward()
    for case in cases:
        ward.hears(notice(case.case, case.status, case.onset, at=noon(21), place=place(case.firm)))
    firing = [alert for alert in ward.firing().values() if alert.rule == Rule.ESTATE_OUTBREAK]
    assert bool(firing) == outbreak(cases)
