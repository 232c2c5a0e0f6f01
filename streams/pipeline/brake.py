"""Brake: counts of an obligation in, the periods of which too many are absent to be believed out (guard G2). Knows no ticks.

A period is judged on the first counts that every seat has given, braked later too if more turn out absent than would have passed, and held
until a person lifts it. The last eight periods of an obligation are remembered, and beside them those that are held or not yet judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from schemas.ledger import Count, Silence
from schemas.policy import Deadlines
from schemas.word import Part

MOST_PERIODS = 8
MOST_HELD = 100
"""A year of two deadlines a week that nobody has looked at: whoever counted among the first of them is long past being warned."""
HISTORY = 4


class SeatCount(Part, frozen=True, array_like=True):
    """What one seat counted last."""

    seat: str
    due: int
    absent: int
    undecided: int


class Period(Part, frozen=True, array_like=True):
    """One period as all seats have counted it.

    allowed: how many absences would have passed when it was judged; None before that. fallen: no more than those are absent by now;
    emptied: none at all, so that there is nothing to release.
    lifted_at: the number of the last tick before a person lifted the brake. silence: that of its source, shortly before the deadline.
    """

    name: str
    seats: tuple[SeatCount, ...] = ()
    allowed: int | None = None
    braked: bool = False
    fallen: bool = False
    lifted_at: int | None = None
    silence: Silence | None = None
    emptied: bool = False

    @property
    def due(self) -> int:
        """How many subjects owe it."""
        return sum(seat.due for seat in self.seats)

    @property
    def absent(self) -> int:
        """How many of them are absent."""
        return sum(seat.absent for seat in self.seats)

    @property
    def is_held(self) -> bool:
        """Whether it waits for a person."""
        return self.braked and self.lifted_at is None


class Obligation(Part, frozen=True, array_like=True, tag="obligation"):
    """The last periods of one obligation, in the order of their names."""

    name: str
    periods: tuple[Period, ...] = ()

    def brakes(self, tick: int) -> tuple[str, ...]:
        """The periods that are held back on a tick of that number, as ticks name them."""
        held = (period for period in self.periods if period.braked and (period.lifted_at is None or tick <= period.lifted_at))
        return tuple(f"{self.name}/{period.name}" for period in held)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The periods of which nothing has been decided."""
        return tuple(period.name for period in self.periods if period.allowed is None)

    def held(self, name: str) -> Period | None:
        """The period of that name, if it waits for a person."""
        return next((period for period in self.periods if period.name == name and period.is_held), None)


class Judged(NamedTuple):
    """An obligation of which no period is unjudged; and of what the desk is to hear: periods just braked, fallen, or risen again."""

    obligation: Obligation
    news: tuple[Period, ...]


def counted(known: Obligation, count: Count) -> Obligation:
    """The obligation with a seat's latest count."""
    seat = SeatCount(f"{count.room}/{count.partition}", count.due, count.absent, count.undecided)
    before = next((period for period in known.periods if period.name == count.period), Period(count.period))
    seats = (*(other for other in before.seats if other.seat != seat.seat), seat)
    period = msgspec.structs.replace(before, seats=tuple(sorted(seats, key=lambda each: each.seat)))
    return _with(known, period)


def lifted(known: Obligation, period: Period, tick: int) -> Obligation:
    """The obligation with a brake off for every tick after that one."""
    return _with(known, msgspec.structs.replace(period, lifted_at=tick))


def _with(known: Obligation, period: Period) -> Obligation:
    periods = sorted((*(other for other in known.periods if other.name != period.name), period), key=lambda each: each.name)
    return _kept(known.name, periods, period.name)


def _kept(name: str, periods: Sequence[Period], changed: str = "") -> Obligation:
    """What waits for a judgement or a person, what has just changed, and the last few."""
    held = [each.name for each in periods if each.is_held][-MOST_HELD:]
    unjudged = (each.name for each in periods if each.allowed is None)
    kept = {*held, *unjudged, changed, *(each.name for each in periods[-MOST_PERIODS:])}
    return Obligation(name, tuple(each for each in periods if each.name in kept))


def judged(obligation: Obligation, deadlines: Deadlines, silences: Mapping[str, Silence]) -> Judged:
    """Every period that has not been judged yet, by what those before it were like; the others by what they were judged by.

    Later counts put a brake on, until a person has lifted it, and lift none: one that came and went with every late report would be none.
    silences: by the name of the period, how long its source was silent shortly before the deadline.
    """
    periods: list[Period] = []
    for period in obligation.periods:
        after = _judge(period, silences.get(period.name), periods, deadlines) if period.allowed is None else _risen(period)
        fallen = after.is_held and after.absent <= (after.allowed or 0)
        periods.append(msgspec.structs.replace(after, fallen=fallen, emptied=after.is_held and not after.absent))
    pairs = zip(periods, obligation.periods, strict=True)
    news = tuple(period for period, before in pairs if period.is_held and _says(period) != _says(before))
    return Judged(_kept(obligation.name, periods), news)


def _says(period: Period) -> tuple[bool, bool, bool]:
    """What the desk is told of, and told again when it changes."""
    return period.braked, period.fallen, period.emptied


def _risen(period: Period) -> Period:
    """Braked if by now more are absent than would have passed."""
    risen = period.lifted_at is None and period.absent > (period.allowed or 0)
    return msgspec.structs.replace(period, braked=period.braked or risen)


def _judge(period: Period, silence: Silence | None, before: Iterable[Period], deadlines: Deadlines) -> Period:
    """Braked if more are absent than the share of those who owe it, and than a multiple of what is usual; or after a silence.

    No history: the share alone.
    What is held back itself is not usual, or one night on which a system failed would let the next pass.
    """
    by_share = period.due * deadlines.brake_percent // 100
    allowed = max(by_share, _median([each.absent for each in before if not each.is_held][-HISTORY:], deadlines.brake_times_median))
    return msgspec.structs.replace(period, allowed=allowed, silence=silence, braked=period.absent > allowed or silence is not None)


def _median(absent: list[int], times: int) -> int:
    """So many times the median, rounded down; whole numbers throughout."""
    if not absent:
        return 0
    ordered, middle = sorted(absent), len(absent) // 2
    doubled = 2 * ordered[middle] if len(ordered) % 2 else ordered[middle - 1] + ordered[middle]
    return times * doubled // 2
