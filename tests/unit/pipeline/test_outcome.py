"""What became of a period, by what was said of it: G1's on time, law 2's undecided, permits that begin and end, and late corrections."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger import Bound, Place
from streams.pipeline.calendar import end_of, find
from streams.pipeline.surveillance.reporting.memory import Duty, Held, Ruling, Stood, Submission
from streams.pipeline.surveillance.reporting.outcome import Heard, Sight, decided, heard, is_bound, outcome_of, reach
from streams.pipeline.surveillance.reporting.sanctions import Outcome
from tests.iomki import DEADLINES, IOMKI

HOUR, DAY = 3_600_000, 86_400_000
TUESDAY = date(2021, 8, 3)
PERIOD = find(IOMKI, TUESDAY)
DUE = PERIOD.due_at
SIGHT = Sight(DEADLINES)
PLACE = Place(firm="f1", firm_name="PT F1", estate="mm2100", estate_name="MM2100", regency="32.16")
SIINAS = "https://siinas.example"
LONG_AGO = end_of(date(2021, 1, 1))


def duty(*submissions: Submission, **known) -> Duty:
    usual = {"enrolled_at": LONG_AGO, "bound": (Bound("iomki", LONG_AGO),), "held": (Held(LONG_AGO, "active"),), "decided_through": DUE}
    return Duty("firm:f1", "iomki", "P-1", stood=(Stood(LONG_AGO, PLACE),), submissions=submissions, **{**usual, **known})


def submitted(after_due: int = -HOUR, state: str = "submitted", id: str = "s1", replaces: str = "", day: date = TUESDAY) -> Submission:
    return Submission(day.isoformat(), SIINAS, id, id, state, DUE + after_due, replaces)


def ruled(act: str, day: date = TUESDAY) -> Ruling:
    return Ruling(day.isoformat(), act, DUE + DAY, "dir-perwilayahan")


def became(known: Duty, sight: Sight = SIGHT) -> Outcome:
    return outcome_of(heard(known).get(TUESDAY.isoformat(), Heard()), PERIOD, sight)


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        pytest.param(duty(), Outcome.MISSED, id="nothing came"),
        pytest.param(duty(submitted(-1)), Outcome.ON_TIME, id="received in the last millisecond before 24:00 in Jakarta"),
        pytest.param(duty(submitted(0)), Outcome.LATE, id="received at 24:00 it is late, and within the grace not warned of"),
        pytest.param(duty(submitted(8 * HOUR - 1)), Outcome.LATE, id="the last millisecond of the grace"),
        pytest.param(duty(submitted(8 * HOUR)), Outcome.ANSWERED, id="after the grace the warning stands, and the run ends"),
        pytest.param(duty(submitted(day=date(2021, 7, 30))), Outcome.MISSED, id="a report for another period answers nothing"),
        pytest.param(duty(submitted(state="returned")), Outcome.ON_TIME, id="returned for completion: it was received in time"),
        pytest.param(duty(submitted(), submitted(HOUR, "withdrawn", "s2", "s1")), Outcome.MISSED, id="withdrawn: as if it had never come"),
        pytest.param(duty(submitted(), submitted(9 * HOUR, "corrected", "s2", "s1")), Outcome.ON_TIME, id="who corrects is not late by it"),
        pytest.param(duty(submitted(9 * HOUR, "corrected", "s2", "s1")), Outcome.ANSWERED, id="a correction of nothing that is known"),
        pytest.param(
            duty(submitted(), submitted(-9, "corrected", "s2", "s1"), submitted(-5, "withdrawn", "s3", "s2")),
            Outcome.MISSED,
            id="who withdraws the correction withdraws the report",
        ),
        pytest.param(
            duty(submitted(), submitted(-9, "withdrawn", "s2", "s1"), submitted(-5, id="s3")),
            Outcome.ON_TIME,
            id="withdrawn, and sent anew",
        ),
        pytest.param(
            duty(submitted(replaces="s2"), submitted(-9, "withdrawn", "s2", "s1")), Outcome.MISSED, id="two that replace each other"
        ),
        pytest.param(duty(rulings=(ruled("excuse"),)), Outcome.EXCUSED, id="excused by an officer"),
        pytest.param(duty(rulings=(ruled("waive"),)), Outcome.WAIVED, id="the warning is waived"),
        pytest.param(duty(rulings=(ruled("excuse", date(2021, 7, 30)),)), Outcome.MISSED, id="another period was excused"),
        pytest.param(duty(rulings=(ruled("dispute"),)), Outcome.MISSED, id="a dispute is shown, and changes nothing by itself"),
        pytest.param(duty(submitted(), rulings=(ruled("excuse"),)), Outcome.ON_TIME, id="who reported in time needs no excuse"),
    ],
)
def test_what_became_of_a_period(known, outcome):
    assert became(known) is outcome


@pytest.mark.parametrize(
    ("known", "doubt", "outcome"),
    [
        pytest.param(duty(), DUE - HOUR, Outcome.UNDECIDED, id="a report of the firm was refused: nobody is accused"),
        pytest.param(duty(), DUE + HOUR, Outcome.UNDECIDED, id="refused within the grace"),
        pytest.param(duty(), PERIOD.opens_at - 1, Outcome.MISSED, id="refused in the period before"),
        pytest.param(duty(), DUE + 9 * HOUR, Outcome.MISSED, id="refused after it was decided"),
        pytest.param(duty(submitted(30 * HOUR)), DUE - HOUR, Outcome.LATE, id="the report that resolves a refusal is warned of by nobody"),
        pytest.param(duty(rulings=(ruled("excuse"),)), DUE - HOUR, Outcome.EXCUSED, id="an excuse resolves a refusal"),
    ],
)
def test_while_something_could_not_be_read_nobody_is_accused(known, doubt, outcome):
    """Law 2."""
    assert became(known, SIGHT._replace(doubts=(doubt,))) is outcome


def test_a_period_excused_for_everybody_accuses_nobody():
    assert became(duty(), SIGHT._replace(excused=frozenset({TUESDAY.isoformat()}))) is Outcome.EXCUSED


@pytest.mark.parametrize(
    ("known", "bound"),
    [
        pytest.param({}, True, id="a permit that held all along"),
        pytest.param({"held": (Held(PERIOD.opens_at, "active"),)}, True, id="granted as the period opened"),
        pytest.param({"held": (Held(PERIOD.opens_at + 1, "active"),)}, False, id="granted in mid-period"),
        pytest.param({"held": (Held(LONG_AGO, "active"), Held(DUE - HOUR, "ended"))}, False, id="ended in mid-period"),
        pytest.param({"held": (Held(LONG_AGO, "active"), Held(DUE, "ended"))}, True, id="ended after it was due"),
        pytest.param({"held": (Held(LONG_AGO, "revoked"),)}, False, id="revoked"),
        pytest.param({"held": (Held(LONG_AGO, "frozen"),)}, True, id="frozen: its holder must go on reporting"),
        pytest.param({"enrolled_at": DUE}, True, id="the line knew of it just in time"),
        pytest.param({"enrolled_at": DUE + 1}, False, id="the line heard of it too late to accuse anybody (G6)"),
    ],
)
def test_who_owed_a_report(known, bound):
    assert is_bound(duty(**known), IOMKI, PERIOD) is bound


def test_nothing_is_owed_before_the_obligation_came_into_service():
    """G6: siaga answers for no absence of a time when nobody published to it."""
    later = IOMKI.model_copy(update={"in_service_since": TUESDAY + timedelta(days=1)})
    assert not is_bound(duty(), later, PERIOD)
    assert is_bound(duty(), IOMKI.model_copy(update={"in_service_since": TUESDAY}), PERIOD)


def test_only_what_a_tick_has_decided_is_decided():
    """Law 3: the next period is not over because somebody reported early."""
    known = duty(submitted(day=date(2021, 8, 6)))
    assert [each.period.day for each in decided(known, IOMKI, SIGHT)] == [date(2021, 7, 27), date(2021, 7, 30), TUESDAY]


def test_periods_are_kept_as_long_as_something_may_be_proposed_on_them():
    """A late report changes what was due within the allowed lateness, and a proposal on that looks back a month further."""
    known = duty(decided_through=end_of(date(2021, 12, 31)))
    assert reach(known, DEADLINES) == end_of(date(2021, 12, 31)) - DEADLINES.lateness_days * DAY
    assert decided(known, IOMKI, SIGHT)[0].period.day == date(2021, 9, 24)


SAID = [
    submitted(),
    submitted(HOUR, "corrected", "s2", "s1"),
    submitted(2 * HOUR, "withdrawn", "s3", "s2"),
    submitted(-2 * HOUR, "returned", "s4"),
]


@given(st.permutations(SAID), st.integers(0, 3))
def test_the_order_of_submissions_leaves_no_trace(said, repeated):
    """Law 4, law 5."""
    assert became(duty(*said, said[repeated])) is became(duty(*SAID))
