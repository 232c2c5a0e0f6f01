"""Brake: counts of an obligation in, the periods of which too many are absent to be believed out (guard G2). Knows no ticks.

A period is judged once, on the first counts that every seat has given; the last eight periods of an obligation are remembered.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from schemas.ledger import Count
from schemas.policy import Deadlines
from schemas.word import Part

MOST_PERIODS = 8
HISTORY = 4


class SeatCount(Part, frozen=True, array_like=True):
    """What one seat counted last."""

    seat: str
    due: int
    absent: int
    undecided: int


class Period(Part, frozen=True, array_like=True):
    """One period as all seats have counted it. `allowed`: how many absences would have passed when it was judged; None before that."""

    name: str
    seats: tuple[SeatCount, ...] = ()
    allowed: int | None = None
    braked: bool = False

    @property
    def due(self) -> int:
        """How many subjects owe it."""
        return sum(seat.due for seat in self.seats)

    @property
    def absent(self) -> int:
        """How many of them are absent."""
        return sum(seat.absent for seat in self.seats)


class Obligation(Part, frozen=True, array_like=True, tag="obligation"):
    """The last periods of one obligation, in the order of their names."""

    name: str
    periods: tuple[Period, ...] = ()

    @property
    def brakes(self) -> tuple[str, ...]:
        """The periods that are held back, as ticks name them."""
        return tuple(f"{self.name}/{period.name}" for period in self.periods if period.braked)


class Judged(NamedTuple):
    """An obligation of which no period is unjudged, and the periods that have just been braked."""

    obligation: Obligation
    braked: tuple[Period, ...]


def counted(known: Obligation, count: Count) -> Obligation:
    """The obligation with a seat's latest count."""
    seat = SeatCount(f"{count.room}/{count.partition}", count.due, count.absent, count.undecided)
    before = next((period for period in known.periods if period.name == count.period), Period(count.period))
    seats = (*(other for other in before.seats if other.seat != seat.seat), seat)
    period = msgspec.structs.replace(before, seats=tuple(sorted(seats, key=lambda each: each.seat)))
    others = (other for other in known.periods if other.name != count.period)
    return Obligation(known.name, tuple(sorted((*others, period), key=lambda each: each.name))[-MOST_PERIODS:])


def judged(obligation: Obligation, deadlines: Deadlines) -> Judged:
    """Every period that has not been judged yet, by what those before it were like."""
    periods: list[Period] = []
    for period in obligation.periods:
        periods.append(period if period.allowed is not None else _judge(period, periods, deadlines))
    fresh = tuple(period for period, before in zip(periods, obligation.periods, strict=True) if period.braked and not before.braked)
    return Judged(Obligation(obligation.name, tuple(periods)), fresh)


def _judge(period: Period, before: Iterable[Period], deadlines: Deadlines) -> Period:
    """Braked if more are absent than the share of those who owe it, and than a multiple of what is usual. No history: the share alone."""
    by_share = period.due * deadlines.brake_percent // 100
    allowed = max(by_share, _median([each.absent for each in before][-HISTORY:], deadlines.brake_times_median))
    return msgspec.structs.replace(period, allowed=allowed, braked=period.absent > allowed)


def _median(absent: list[int], times: int) -> int:
    """So many times the median, rounded down; whole numbers throughout."""
    if not absent:
        return 0
    ordered, middle = sorted(absent), len(absent) // 2
    doubled = 2 * ordered[middle] if len(ordered) % 2 else ordered[middle - 1] + ordered[middle]
    return times * doubled // 2
