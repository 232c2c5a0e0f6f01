"""Sanctions: what became of a permit's periods in; its warnings, and what to propose to officials, out (R2, R3).

Everything derives from the periods as they stand now, so that a report that arrives late, or an official who waives, rolls counters back.
siaga proposes, officials decide: a proposal that nobody has confirmed leads to nothing further (G3).
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from schemas.obligations import Proposing, Step
from schemas.word import UtcMs
from streams.pipeline.calendar import Period


class Outcome(StrEnum):
    """What became of one period of one permit.

    late: received within the grace, recorded and not warned of. answered: warned of, and reported afterwards: the warning stands, the run
    ends. undecided: a report was refused or a record parked, so nobody is accused (law 2). Excused and waived count for nothing.
    """

    ON_TIME = "on_time"
    LATE = "late"
    MISSED = "missed"
    ANSWERED = "answered"
    UNDECIDED = "undecided"
    EXCUSED = "excused"
    WAIVED = "waived"


WARNED = (Outcome.MISSED, Outcome.ANSWERED)


class Decided(NamedTuple):
    """A period that is over, and what became of it."""

    period: Period
    outcome: Outcome


class Confirmed(NamedTuple):
    """An official has confirmed, at an instant, what was proposed at the period due on `day`."""

    step: Step
    day: date
    at: UtcMs


class Warned(NamedTuple):
    """A missed period. `number`: how many in a row it makes, itself included."""

    day: date
    number: int


class Ground(StrEnum):
    """Why something is proposed."""

    IN_A_ROW = "in_a_row"
    WITHIN_A_MONTH = "within_a_month"
    AFTER_CONFIRMED = "after_confirmed"
    REPEATED = "repeated"
    MISMATCH = "mismatch"


class Proposal(NamedTuple):
    """What is proposed to officials: reached at the period due on `day`, on the misses of `evidence`."""

    step: Step
    day: date
    ground: Ground
    evidence: tuple[date, ...]


class Standing(NamedTuple):
    """Where a permit stands: every missed period, and the proposals that nobody has confirmed yet."""

    warned: tuple[Warned, ...]
    proposals: tuple[Proposal, ...]


def standing(decided: Iterable[Decided], confirmed: Iterable[Confirmed] = (), mismatches: Iterable[date] = ()) -> Standing:
    """Where a permit stands. Counters begin anew with each regime, and with each step that officials have confirmed."""
    settled = sorted(confirmed, key=lambda one: one.at)
    periods = sorted(decided, key=lambda each: each.period.day)
    warned: list[Warned] = []
    proposals = list(_mismatched(periods, mismatches))
    for (_, confirmed_before), group in groupby(periods, key=lambda each: _count_of(each, settled)):
        counted = list(group)
        misses = _misses(counted)
        warned += [miss.warned for miss in misses]
        proposals += _proposed(counted, misses, settled[:confirmed_before])
    known = {(one.step, one.day) for one in settled}
    return Standing(tuple(warned), tuple(each for each in proposals if (each.step, each.day) not in known))


def _count_of(decided: Decided, confirmed: Sequence[Confirmed]) -> tuple[str, int]:
    """Periods of one regime between two confirmed steps are counted together."""
    return decided.period.regime.version, sum(one.at < decided.period.due_at for one in confirmed)


class _Miss(NamedTuple):
    """A missed period, and the run that it ends."""

    warned: Warned
    run: tuple[date, ...]
    rules: tuple[Proposing, ...]


def _misses(periods: Sequence[Decided]) -> list[_Miss]:
    misses: list[_Miss] = []
    run: tuple[date, ...] = ()
    for period, outcome in periods:
        run = (*run, period.day) if outcome in WARNED else ()
        if run:
            misses.append(_Miss(Warned(period.day, len(run)), run, period.regime.proposals))
        if outcome is Outcome.ANSWERED:
            run = ()
    return misses


def _proposed(periods: Sequence[Decided], misses: Sequence[_Miss], confirmed: Sequence[Confirmed]) -> Iterator[Proposal]:
    """What the misses lead to; a step that is proposed already is not proposed again."""
    days = [miss.warned.day for miss in misses]
    proposed: set[Step] = set()
    for position, miss in enumerate(misses):
        is_next = bool(confirmed) and miss.warned.day == periods[0].period.day
        for rule in miss.rules:
            found = _after(rule, miss, confirmed) if rule.after and is_next else _met(rule, miss, days[: position + 1], confirmed)
            if found and found.step not in proposed:
                proposed.add(found.step)
                yield found


def _after(rule: Proposing, miss: _Miss, confirmed: Sequence[Confirmed]) -> Proposal | None:
    """The first period that was due after a step had been confirmed is missed too."""
    day = miss.warned.day
    return Proposal(rule.proposes, day, Ground.AFTER_CONFIRMED, (day,)) if confirmed[-1].step is rule.after else None


def _met(rule: Proposing, miss: _Miss, days: Sequence[date], confirmed: Sequence[Confirmed]) -> Proposal | None:
    """So many in a row, or within a month; for the first time, or once more after it was confirmed."""
    if rule.repeats and all(one.step is not rule.repeats for one in confirmed):
        return None
    day, ground = miss.warned.day, Ground.REPEATED if rule.repeats else None
    if rule.in_a_row and miss.warned.number >= rule.in_a_row:
        return Proposal(rule.proposes, day, ground or Ground.IN_A_ROW, miss.run[-rule.in_a_row :])
    if rule.within_a_month and len(days) >= rule.within_a_month and day <= _a_month_after(days[-rule.within_a_month]):
        return Proposal(rule.proposes, day, ground or Ground.WITHIN_A_MONTH, tuple(days[-rule.within_a_month :]))
    return None


def _a_month_after(day: date) -> date:
    """The same day of the next month, or its last one."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _mismatched(periods: Sequence[Decided], mismatches: Iterable[date]) -> Iterator[Proposal]:
    """A statement that a named position found untrue, judged by the regime of its period."""
    for day in sorted(mismatches):
        rules = next((each.period.regime.proposals for each in periods if each.period.day == day), ())
        yield from (Proposal(rule.proposes, day, Ground.MISMATCH, (day,)) for rule in rules if rule.on_mismatch)
