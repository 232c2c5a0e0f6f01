"""Calendar: an obligation's regimes in, its periods out. Due means before 24:00 in Jakarta, whatever the zone of the plant (R1)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.obligations import Monthly, Obligation, Regime
from schemas.word import UtcMs, as_datetime

JAKARTA = ZoneInfo("Asia/Jakarta")
_DAY = timedelta(days=1)
_remembered = lru_cache(maxsize=1024)
"""On a deadline thousands ask for the same."""

_NEVER = date.max


class Period(NamedTuple):
    """What one report is about. `day` is its name: the due date in Jakarta. Open from `opens_at`; on time before `due_at`."""

    obligation: str
    regime: Regime
    day: date
    opens_at: UtcMs
    due_at: UtcMs

    @property
    def name(self) -> str:
        """As reports, digests and acts name it."""
        return f"{self.obligation}/{self.day.isoformat()}"


def periods(obligation: Obligation, since: date) -> Iterator[Period]:
    """Every period that falls due on or after a day, in order, as long as the obligation lasts."""
    for regime, until in _in_force(obligation):
        day = regime.due.on_or_after(max(since, regime.first_due))
        while day < until:
            yield Period(obligation.id, regime, day, _opens_at(regime, day), end_of(day))
            day = regime.due.on_or_after(day + _DAY)


@_remembered
def find(obligation: Obligation, day: date) -> Period | None:
    """The period that falls due on that day, if one does."""
    found = next(periods(obligation, day), None)
    return found if found and found.day == day else None


def named(obligation: Obligation, day: date) -> Period:
    """The period of that name, be it one of which a revision says that it never fell due: under the regime of that time."""
    regime = next((one for one in reversed(obligation.regimes) if one.effective_from <= day), obligation.regimes[0])
    return find(obligation, day) or Period(obligation.id, regime, day, _instant(day), end_of(day))


@_remembered
def following(obligation: Obligation, after: UtcMs) -> Period | None:
    """The first period that is due later than `after`; None when the obligation has ended."""
    return next((period for period in periods(obligation, local_day(after)) if period.due_at > after), None)


@_remembered
def window(obligation: Obligation, since: date, until: date) -> tuple[Period, ...]:
    """Every period that falls due on these days, both included."""
    return tuple(takewhile(lambda period: period.day <= until, periods(obligation, since)))


def end_of(day: date) -> UtcMs:
    """24:00 in Jakarta, in UTC milliseconds."""
    return _instant(day + _DAY)


def due_at(day: str) -> UtcMs:
    """Before which instant the period of that name was due."""
    return end_of(date.fromisoformat(day))


def _in_force(obligation: Obligation) -> Iterator[tuple[Regime, date]]:
    """Each regime, and the day from which nothing is due by it any more: its successor has taken effect, or it has ended."""
    superseded = [*(later.effective_from for _, later in pairwise(obligation.regimes)), _NEVER]
    for regime, successor in zip(obligation.regimes, superseded, strict=True):
        yield regime, min(successor, regime.last_due + _DAY if regime.last_due else _NEVER)


def _opens_at(regime: Regime, day: date) -> UtcMs:
    """When a window opens, or when the period before was due; the first of a regime opens when the regime took effect."""
    if isinstance(regime.due, Monthly) and regime.due.opens_day:
        return _instant(day.replace(day=regime.due.opens_day))
    before = regime.due.before(day)
    return _instant(before + _DAY if before >= regime.first_due else regime.effective_from)


def _instant(day: date) -> UtcMs:
    """00:00 in Jakarta."""
    return int(datetime(day.year, day.month, day.day, tzinfo=JAKARTA).timestamp() * 1000)


def local_day(instant: UtcMs) -> date:
    """The day in Jakarta."""
    return as_datetime(instant).astimezone(JAKARTA).date()
