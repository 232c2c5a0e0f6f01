"""Days: ordinals of the calendar in, the instants at which they end in a zone out; and runs of days that belong together (R9)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.word import UtcMs, as_datetime

_LAST = date.max.toordinal() - 2


@lru_cache(maxsize=4096)
def end_of(day: int, zone: str) -> UtcMs:
    """When a day is over."""
    after = date.fromordinal(min(max(day, 1), _LAST) + 1)
    midnight = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))
    return int(midnight.timestamp()) * 1000


def day_of(instant: UtcMs, zone: str) -> int:
    """The day of an instant."""
    return as_datetime(instant).astimezone(ZoneInfo(zone)).toordinal()


def runs(days: Iterable[int], gap: int) -> Iterator[tuple[int, int]]:
    """The first and last day of every run of days, latest run first: within one no more than `gap` days pass from one to the next."""
    first = last = None
    for day in sorted(days, reverse=True):
        if first is not None and last is not None and first - day > gap:
            yield first, last
            first = last = None
        first, last = day, last or day
    if first is not None and last is not None:
        yield first, last
