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
from streams.pipeline.calendar import Period, end_of


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
    """What is proposed to officials: reached by a regime at the period due on `day`, on the misses of `evidence`."""

    step: Step
    day: date
    ground: Ground
    evidence: tuple[date, ...]
    regime: str


class Standing(NamedTuple):
    """Where a permit stands: every missed period, the proposals that nobody has confirmed yet, and those that officials have."""

    warned: tuple[Warned, ...]
    proposals: tuple[Proposal, ...]
    confirmed: tuple[Proposal, ...] = ()


def standing(
    decided: Iterable[Decided], confirmed: Iterable[Confirmed] = (), mismatches: Iterable[date] = (), earlier: Iterable[Proposal] = ()
) -> Standing:
    """Where a permit stands. Counters begin anew with each regime, and with each step that officials have confirmed.

    earlier: proposals that rest on periods of which nothing is known any more. Who confirms what was never proposed confirms nothing.
    """
    record = _Record(tuple(sorted(decided, key=lambda each: each.period.day)), tuple(mismatches), tuple(earlier))
    settled: list[Confirmed] = []
    for one in sorted(confirmed, key=lambda one: (one.at, one.day, one.step)):
        if one.at >= end_of(one.day) and any((one.step, one.day) == (p.step, p.day) for p in _proposals(record, settled)):
            settled.append(one)
    known = {(one.step, one.day) for one in settled}
    proposals = _proposals(record, settled)
    return Standing(
        tuple(miss.warned for _, _, misses in _counts(record, settled) for miss in misses),
        tuple(each for each in proposals if (each.step, each.day) not in known),
        tuple(each for each in proposals if (each.step, each.day) in known),
    )


class _Record(NamedTuple):
    """What is known of a permit, its periods in order."""

    periods: tuple[Decided, ...]
    mismatches: tuple[date, ...]
    earlier: tuple[Proposal, ...]


_Count = tuple[str, int]
"""Periods of one regime between two confirmed steps are counted together."""


def _counts(record: _Record, settled: Sequence[Confirmed]) -> Iterator[tuple[_Count, Sequence[Confirmed], "list[_Miss]"]]:
    """The misses that are counted together, and what was confirmed before them."""
    for count, group in groupby(record.periods, key=lambda each: _count(each.period.regime.version, each.period.due_at, settled)):
        yield count, settled[: count[1]], _misses(list(group))


def _count(regime: str, due_at: UtcMs, settled: Sequence[Confirmed]) -> _Count:
    return regime, sum(one.at < due_at for one in settled)


def _proposals(record: _Record, settled: Sequence[Confirmed]) -> list[Proposal]:
    """Everything that was ever proposed, confirmed or not."""
    found = list(record.earlier)
    begun = {(_count(each.regime, end_of(each.day), settled), each.step) for each in found}
    for count, confirmed, misses in _counts(record, settled):
        found += _proposed(misses, confirmed, {step for counted, step in begun if counted == count})
    known = {(each.step, each.day) for each in found}
    return [*found, *(each for each in _mismatched(record) if (each.step, each.day) not in known)]


class _Miss(NamedTuple):
    """A missed period, and the run that it ends."""

    period: Period
    run: tuple[date, ...]

    @property
    def warned(self) -> Warned:
        return Warned(self.period.day, len(self.run))


def _misses(periods: Sequence[Decided]) -> list[_Miss]:
    misses: list[_Miss] = []
    run: tuple[date, ...] = ()
    for period, outcome in periods:
        run = (*run, period.day) if outcome in WARNED else ()
        if run:
            misses.append(_Miss(period, run))
        if outcome is Outcome.ANSWERED:
            run = ()
    return misses


def _proposed(misses: Sequence[_Miss], confirmed: Sequence[Confirmed], proposed: set[Step]) -> Iterator[Proposal]:
    """What the misses lead to; a step that is proposed already is not proposed again."""
    days = [miss.period.day for miss in misses]
    for position, miss in enumerate(misses):
        is_next = bool(confirmed) and miss.period.opens_at <= confirmed[-1].at < miss.period.due_at
        for rule in miss.period.regime.proposals:
            found = _after(rule, miss, confirmed) if rule.after and is_next else _met(rule, miss, days[: position + 1], confirmed)
            if found and found.step not in proposed:
                proposed.add(found.step)
                yield found


def _after(rule: Proposing, miss: _Miss, confirmed: Sequence[Confirmed]) -> Proposal | None:
    """The first period that was due after a step had been confirmed is missed too."""
    return _proposal(rule, miss, Ground.AFTER_CONFIRMED, (miss.period.day,)) if confirmed[-1].step is rule.after else None


def _met(rule: Proposing, miss: _Miss, days: Sequence[date], confirmed: Sequence[Confirmed]) -> Proposal | None:
    """So many in a row, or within a month; for the first time, or once more after it was confirmed."""
    if rule.repeats and all(one.step is not rule.repeats for one in confirmed):
        return None
    ground = Ground.REPEATED if rule.repeats else None
    if rule.in_a_row and len(miss.run) >= rule.in_a_row:
        return _proposal(rule, miss, ground or Ground.IN_A_ROW, miss.run[-rule.in_a_row :])
    if rule.within_a_month and len(days) >= rule.within_a_month and days[-1] <= _a_month_after(days[-rule.within_a_month]):
        return _proposal(rule, miss, ground or Ground.WITHIN_A_MONTH, tuple(days[-rule.within_a_month :]))
    return None


def _proposal(rule: Proposing, miss: _Miss, ground: Ground, evidence: tuple[date, ...]) -> Proposal:
    return Proposal(rule.proposes, miss.period.day, ground, evidence, miss.period.regime.version)


def _a_month_after(day: date) -> date:
    """The same day of the next month, or its last one."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _mismatched(record: _Record) -> Iterator[Proposal]:
    """A statement that a named position found untrue, judged by the regime of its period."""
    regimes = {each.period.day: each.period.regime for each in record.periods}
    for day in sorted(set(record.mismatches) & regimes.keys()):
        rules = (rule for rule in regimes[day].proposals if rule.on_mismatch)
        yield from (Proposal(rule.proposes, day, Ground.MISMATCH, (day,), regimes[day].version) for rule in rules)
