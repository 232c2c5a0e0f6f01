"""R1's calendar against an enumeration that knows nothing of regimes: it holds the instruments' own dates, and walks day by day."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from pydantic import ValidationError

from schemas.obligations import Monthly, Obligation, Regime
from streams.pipeline.calendar import end_of, find, following, periods, window
from tests.circulars import due_days, opens_at
from tests.circulars import instant as at
from tests.iomki import IOMKI, V1, V2B, V3


def test_the_calendar_is_that_of_the_circulars():
    found = list(periods(IOMKI, date(2020, 1, 1)))
    assert [period.day for period in found] == due_days()
    assert [period.due_at for period in found] == [at(day, 24) for day in due_days()]
    assert [period.opens_at for period in found] == [opens_at(day) for day in due_days()]
    assert sum(period.regime.version == "V2b" for period in found) == 13


def test_each_day_is_found_and_no_other():
    """Whatever day, whatever window: day by day, from before the first circular to after the last."""
    days, due = [date(2020, 4, 1) + timedelta(days=n) for n in range(1_200)], set(due_days())
    assert {day for day in days if find(IOMKI, day)} == due & set(days)
    for since in days[::37]:
        until = since + timedelta(days=50)
        assert [period.day for period in window(IOMKI, since, until)] == sorted(day for day in due if since <= day <= until)


@pytest.mark.parametrize("version", ["V2a"])
def test_nothing_ever_fell_due_by_days_that_were_corrected_before_they_came(version):
    assert version not in {period.regime.version for period in periods(IOMKI, date(2020, 1, 1))}


def test_following_walks_the_same_periods_one_by_one():
    walked, period = [], following(IOMKI, 0)
    while period:
        walked.append(period.day)
        period = following(IOMKI, period.due_at)
    assert walked == due_days()


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        pytest.param(date(2021, 8, 3), at(date(2021, 7, 31)), id="a Tuesday's opens when the Friday before has ended"),
        pytest.param(date(2021, 7, 27), at(date(2021, 7, 27)), id="the first of a regime opens when the regime took effect"),
        pytest.param(date(2021, 9, 17), at(date(2021, 9, 11)), id="a Friday's opens when the Friday before has ended"),
    ],
)
def test_a_period_opens_when_the_one_before_has_ended(day, opens):
    assert find(IOMKI, day).opens_at == opens


@pytest.mark.parametrize("day", [date(2021, 7, 25), date(2021, 7, 24), date(2021, 9, 14), date(2023, 1, 6), date(2020, 4, 26)])
def test_a_day_on_which_nothing_is_due_has_no_period(day):
    assert find(IOMKI, day) is None


def test_before_twenty_four_hundred_in_jakarta_is_past_midnight_in_morowali_and_weda():
    """23:59:59.999 WIB on Friday is 00:59:59.999 WITA and 01:59:59.999 WIT on Saturday: still on time."""
    due = find(IOMKI, date(2021, 9, 10)).due_at
    assert due == at(date(2021, 9, 11)) == end_of(date(2021, 9, 10))
    assert datetime.fromtimestamp((due - 1) / 1000, UTC) + timedelta(hours=9) == datetime(2021, 9, 11, 1, 59, 59, 999000, tzinfo=UTC)


def monthly(first: date, **due) -> Obligation:
    regime = Regime(
        version="1",
        source="design",
        unverified=True,
        announced=date(2022, 11, 1),
        effective_from=date(2022, 11, 1),
        due=Monthly(**due),
        first_due=first,
    )
    return IOMKI.model_copy(update={"id": "iki", "regimes": (regime,)})


def test_a_window_opens_and_closes_in_its_month():
    """IKI: the 12th to the 23rd of each month (SE Menperin 13/2022)."""
    found = list(islice(periods(monthly(date(2022, 11, 23), day=23, opens_day=12), date(2022, 11, 1)), 3))
    assert [(p.opens_at, p.due_at) for p in found] == [
        (at(date(y, m, 12)), at(date(y, m, 24))) for y, m in ((2022, 11), (2022, 12), (2023, 1))
    ]


def test_the_31st_of_a_shorter_month_is_its_last_day():
    obligation = monthly(date(2022, 11, 30), day=31, months=(2, 4, 11))
    assert [p.day for p in islice(periods(obligation, date(2022, 12, 1)), 5)] == [
        date(2023, 2, 28), date(2023, 4, 30), date(2023, 11, 30), date(2024, 2, 29), date(2024, 4, 30)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"announced": "2021-09-11"}, "before it was announced", id="nobody is bound before they were told"),
        pytest.param({"effective_from": "2021-09-11"}, "before it was announced or took effect", id="nothing is due before it took effect"),
        pytest.param({"first_due": "2021-09-13"}, "no day on which it falls due", id="a first day that is none of its days"),
        pytest.param(
            {"unverified": True, "proposals": [{"proposes": "freeze", "in_a_row": 3}]}, "never sanctions", id="unverified never sanctions"
        ),
        pytest.param({"proposals": [{"proposes": "freeze"}]}, "needs a condition", id="a proposal without a condition"),
    ],
)
def test_a_regime_that_cannot_be_is_refused(changed, why):
    with pytest.raises(ValidationError, match=why):
        Regime.model_validate_json(Regime.model_construct(**(V3.model_dump(mode="json") | changed)).model_dump_json(warnings=False))


def test_regimes_stand_in_the_order_in_which_they_took_effect():
    with pytest.raises(ValidationError, match="order"):
        Obligation.model_validate(IOMKI.model_dump() | {"regimes": (V3, V1)})


@pytest.mark.parametrize(
    "due", [V1.due, V2B.due, V3.due, Monthly(day=23), Monthly(day=31, months=(1, 4, 7, 10)), Monthly(day=29, months=(2,))]
)
def test_the_day_before_the_next_is_the_same_day_again(due):
    for day in (date(2021, 1, 1) + timedelta(days=n) for n in range(800)):
        assert due.on_or_after(due.before(day)) == due.before(day) < day
        assert due.before(due.on_or_after(day) + timedelta(days=1)) == due.on_or_after(day) >= day
        assert due.on_or_after(due.before(day) + timedelta(days=1)) >= day
