"""R2 and R3 as tables: what became of each period, written as a row of letters, and where that leaves a permit.

.  on time      l  late, within the grace      x  missed      a  missed, and reported afterwards
u  undecided    e  excused                     w  waived
"""

from datetime import date

import pytest

from schemas.obligations import Step
from streams.pipeline.calendar import end_of, periods
from streams.pipeline.surveillance.reporting.sanctions import Confirmed, Decided, Ground, Outcome, Proposal, Warned, standing
from tests.iomki import IOMKI

LETTERS = dict(
    zip(
        ".lxauew",
        (Outcome.ON_TIME, Outcome.LATE, Outcome.MISSED, Outcome.ANSWERED, Outcome.UNDECIDED, Outcome.EXCUSED, Outcome.WAIVED),
        strict=True,
    )
)
V2, V3, V1 = date(2021, 7, 27), date(2021, 9, 10), date(2020, 5, 3)


def decided(row: str, since: date = V2) -> list[Decided]:
    """The periods from a day on, with what became of each."""
    return [Decided(period, LETTERS[letter]) for letter, period in zip(row.replace(" ", ""), periods(IOMKI, since), strict=False)]


def days(row: str, since: date = V2) -> list[date]:
    return [each.period.day for each in decided(row, since)]


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        pytest.param("....", [], id="who reports is warned of nothing"),
        pytest.param("x.x", [1, 1], id="a report between two misses begins the count anew"),
        pytest.param("xxx", [1, 2, 3], id="in a row they are counted"),
        pytest.param("xlx", [1, 1], id="late within the grace is no miss"),
        pytest.param("xax", [1, 2, 1], id="reported after the warning: it stands, and the run ends"),
        pytest.param("xux", [1, 1], id="an undecided period accuses nobody and joins no run"),
        pytest.param("xex", [1, 1], id="an excused period ends the run"),
        pytest.param("xwx", [1, 1], id="a waived warning counts for nothing"),
    ],
)
def test_misses_are_counted_in_a_row(row, numbers):
    assert [warned.number for warned in standing(decided(row)).warned] == numbers


@pytest.mark.parametrize(
    ("row", "since", "proposed"),
    [
        pytest.param("xx", V2, [], id="two are not three"),
        pytest.param("xxx", V2, [(Step.DEACTIVATION, 2, Ground.IN_A_ROW)], id="three in a row: deactivation"),
        pytest.param("xxxxx", V2, [(Step.DEACTIVATION, 2, Ground.IN_A_ROW)], id="a longer run proposes nothing twice"),
        pytest.param("x.x.x", V2, [(Step.DEACTIVATION, 4, Ground.WITHIN_A_MONTH)], id="three within a month of the first"),
        pytest.param("xaa", V2, [(Step.DEACTIVATION, 2, Ground.WITHIN_A_MONTH)], id="those reported too late count for the month"),
        pytest.param("x...x....x", V2, [(Step.DEACTIVATION, 9, Ground.WITHIN_A_MONTH)], id="27 July to 27 August is a month"),
        pytest.param("x...x.....x", V2, [], id="27 July to 31 August is more"),
        pytest.param("xxw", V2, [], id="a waived one is none of three"),
        pytest.param("xxwx", V2, [(Step.DEACTIVATION, 3, Ground.WITHIN_A_MONTH)], id="a waived one ends the run, not the month"),
        pytest.param("xxuxx", V2, [(Step.DEACTIVATION, 3, Ground.WITHIN_A_MONTH)], id="an undecided one is skipped, not counted"),
        pytest.param("xxx", V3, [(Step.FREEZE, 2, Ground.IN_A_ROW)], id="V3 freezes"),
        pytest.param("x.x.x", V3, [], id="V3: only in a row, the reading that sanctions fewer"),
        pytest.param("xxx", V1, [(Step.REVOCATION, 2, Ground.IN_A_ROW)], id="V1 revokes at once"),
        pytest.param("xx xx", date(2021, 9, 3), [], id="counters begin anew with a regime: two of V2b and two of V3"),
    ],
)
def test_what_is_proposed(row, since, proposed):
    found = standing(decided(row, since)).proposals
    assert [(each.step, days(row, since).index(each.day), each.ground) for each in found] == proposed


def confirmed(row: str, position: int, *, before: int, step: Step = Step.DEACTIVATION) -> Confirmed:
    """An official confirmed what was proposed at one period, an hour before another one was due."""
    return Confirmed(step, days(row)[position], end_of(days(row)[before]) - 3_600_000)


@pytest.mark.parametrize(
    ("row", "confirms", "proposed"),
    [
        pytest.param("xxx", 3, [], id="what is confirmed is not proposed any more"),
        pytest.param("xxxx", 3, [(Step.REVOCATION, 3, Ground.AFTER_CONFIRMED)], id="the next is missed too: revocation"),
        pytest.param("xxx.x", 3, [], id="the next was reported: what is missed later begins anew"),
        pytest.param(
            "xxxxx", 4, [(Step.REVOCATION, 4, Ground.AFTER_CONFIRMED)], id="the next after the confirmation, not after the proposal"
        ),
        pytest.param(
            "xxx. xxx", 3, [(Step.REVOCATION, 6, Ground.REPEATED), (Step.DEACTIVATION, 6, Ground.IN_A_ROW)], id="a second one: revocation"
        ),
    ],
)
def test_only_what_officials_have_confirmed_leads_further(row, confirms, proposed):
    """G3: and the misses before the confirmation count no more."""
    padded = row + "."
    found = standing(decided(row), [confirmed(padded, 2, before=confirms)]).proposals
    assert {(each.step, days(row).index(each.day), each.ground) for each in found} == set(proposed)


def test_without_a_confirmation_a_fourth_miss_proposes_no_revocation():
    """G3: a proposal never feeds the next step of a ladder."""
    assert {each.step for each in standing(decided("xxxxxxxx")).proposals} == {Step.DEACTIVATION}


def test_a_late_report_rolls_the_counters_back():
    before, after = standing(decided("xxx")), standing(decided("x.x"))
    assert before.proposals
    assert after == standing([*decided("x.x")])
    assert after.proposals == ()
    assert after.warned == (Warned(days("xxx")[0], 1), Warned(days("xxx")[2], 1))


def test_a_statement_found_untrue_is_proposed_whatever_was_reported():
    found = standing(decided("..."), mismatches=[days("...")[1]]).proposals
    assert found == (Proposal(Step.REVOCATION, days("...")[1], Ground.MISMATCH, (days("...")[1],), "V2b"),)


def test_the_order_in_which_periods_were_decided_leaves_no_trace():
    row = decided("xx.xaxx")
    assert standing(reversed(row)) == standing(row)
