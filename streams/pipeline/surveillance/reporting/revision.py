"""Revision: the calendar of the policy in force in; out, the duties of which the one before said something else, and what they carry over.

A day that no longer falls due asks nothing of anybody. What was said of it is said of the day that it was moved to, if that is certain: the
same one of as many in its week or month. Else, and of what now fell due in the past, nobody is accused: it is undecided.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import takewhile

from msgspec.structs import replace

from schemas.ledger import Tick
from schemas.obligations import WEEKDAYS, Obligation
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, find, local_day, periods, window
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.surveillance.reporting.enrolment import hear_permit
from streams.pipeline.surveillance.reporting.memory import NEVER, RULED, Duty, Excused, Ruled, Unbound, Unheard, excused_name
from streams.pipeline.surveillance.reporting.outcome import HOUR_MS, joined, reach
from streams.pipeline.surveillance.reporting.restate import Case, due_of, restated, step_of
from streams.pipeline.surveillance.reporting.tally import Told
from streams.pipeline.surveillance.rulebook import Rulebook

ASKED_EVERY_HOURS = 12
"""An entry that is due every hour would make a seat step through each hour of a quiet year."""


def revised(entries: Mapping[str, Entry], at: UtcMs, book: Rulebook) -> Step:
    """What a policy changes that was not in force when anything was last heard; what was said before it took effect changes nothing."""
    known = entries.get(RULED)
    if known is not None and (known.policy == book.policy.revision or at < known.at):
        return NOTHING
    ruled = Ruled(book.policy.revision, at, tuple((one.id, one.model_dump_json()) for one in book.policy.obligations))
    step, now = _asked_again(ruled, at), dict(ruled.obligations)
    for id, text in known.obligations if known else ():
        if now.get(id) != text:
            step = and_then(step, _moved(entries, Obligation.model_validate_json(text), at, book))
    if known and now.keys() - dict(known.obligations).keys():
        step = and_then(step, _bound(entries, at, book))
    return step


def tick(_: Mapping[str, Entry], ruled: Ruled, now: Tick, __: Rulebook) -> Step:
    """A revision is noticed within half a day, though nothing falls due and nobody says anything."""
    return _asked_again(ruled, now.at)


def _asked_again(ruled: Ruled, at: UtcMs) -> Step:
    return Step({RULED: ruled}, due={RULED: Due(at=at + ASKED_EVERY_HOURS * HOUR_MS)})


def and_then(step: Step, more: Step) -> Step:
    """One step after another."""
    return Step({**step.changes, **more.changes}, (*step.words, *more.words), {**step.due, **more.due})


def _bound(entries: Mapping[str, Entry], at: UtcMs, book: Rulebook) -> Step:
    """The permits of which something is asked that the policy has come to know: from now on, and of nothing that was due before (G6)."""
    step = NOTHING
    for unbound in [entry for entry in entries.values() if isinstance(entry, Unbound)]:
        word = replace(unbound.said, at=max(unbound.said.at, at), taken_over=None)
        step = and_then(step, hear_permit(ChainMap(dict(step.changes), dict(entries)), word, book))
    return step


def _moved(entries: Mapping[str, Entry], old: Obligation, at: UtcMs, book: Rulebook) -> Step:
    """Every duty of an obligation with what it carries over; each is judged anew at the next tick."""
    duties = [entry for entry in entries.values() if isinstance(entry, Duty) and entry.obligation == old.id]
    new = book.policy.obligation(old.id)
    if new is None:
        case = Case(entries, old, book)
        return step_of(entries, (restated(case, replace(duty, bound=()), Told(at)) for duty in duties if duty.enrolled_at != NEVER), book)
    carry = _Carry(old, new)
    carried = [carry.duty(duty, reach(duty, book.policy.deadlines)) for duty in duties]
    changes: dict[str, Entry | None] = {duty.name: duty for duty in carried}
    excused = entries.get(excused_name(old.id))
    if isinstance(excused, Excused):
        periods = {carry.day(day): at for day, at in reversed(excused.periods)}
        changes[excused.name] = replace(excused, periods=tuple(sorted(periods.items())))
    return Step(changes, due={duty.name: due_of(duty, book) for duty in carried})


class _Carry:
    """What one calendar says becomes of what was said by another."""

    def __init__(self, old: Obligation, new: Obligation) -> None:
        self._old, self._new = old, new

    def duty(self, duty: Duty, since: UtcMs) -> Duty:
        """The duty with everything that was said of it, and with what nobody can tell any more."""
        said = {*(s.day for s in duty.submissions), *(r.day for r in duty.rulings), *(i.day for i in duty.inspected)}
        lost = (period for day in said if self.day(day) == day and (period := self._gone(day)))
        unheard = {*self._over(duty, since), *(doubt for period in lost for doubt in self._during(period))}
        return replace(
            duty,
            submissions=tuple(replace(each, day=self.day(each.day)) for each in duty.submissions),
            rulings=tuple(replace(each, day=self.day(each.day)) for each in duty.rulings),
            inspected=tuple(replace(each, day=self.day(each.day)) for each in duty.inspected),
            unheard=joined(duty.unheard, unheard),
            crowded=tuple(sorted((self.day(day), count) for day, count in duty.crowded)),
            revised=duty.enrolled_at != NEVER,
        )

    def day(self, day: str) -> str:
        """The day that one was moved to; the same where it was not, or nobody can tell."""
        period = self._gone(day)
        to = self._same_place(period) if period else None
        return to.day.isoformat() if to else day

    def _gone(self, day: str) -> Period | None:
        on = date.fromisoformat(day)
        return find(self._old, on) if find(self._new, on) is None else None

    def _same_place(self, period: Period) -> Period | None:
        """The period that has the same place among as many in its week, or in the same month of the same months."""
        due = period.regime.due
        if due.every == "week":
            first = period.day - timedelta(days=period.day.weekday())
            near = window(self._new, first, first + timedelta(days=6))
        else:
            first = period.day.replace(day=1)
            near = tuple(one for one in window(self._new, first, first + timedelta(days=30)) if one.day.month == first.month)
        return next((one for one in near if self._is_added(one) and _place(one) == _place(period)), None)

    def _is_added(self, period: Period) -> bool:
        return find(self._old, period.day) is None

    def _over(self, duty: Duty, since: UtcMs) -> Iterator[Unheard]:
        """What was decided at another day, or at none."""
        past = window(self._new, local_day(max(since, 0)), local_day(max(duty.decided_through, 0)))
        return (_doubt(period) for period in past if period.due_at <= duty.decided_through and self._is_added(period))

    def _during(self, gone: Period) -> Iterator[Unheard]:
        """Of which periods a report may have been that named one that is gone."""
        near = takewhile(lambda period: period.opens_at < gone.due_at, periods(self._new, local_day(gone.opens_at)))
        return (_doubt(period) for period in near if self._is_added(period))


def _place(period: Period) -> tuple[object, ...]:
    due = period.regime.due
    if due.every == "month":
        return due.months, period.day.year, period.day.month
    weekdays = sorted(WEEKDAYS.index(name) for name in due.days)
    return len(weekdays), weekdays.index(period.day.weekday())


def _doubt(period: Period) -> Unheard:
    """Within this period, and no other."""
    return Unheard(period.due_at - 1, period.due_at)
