"""Outcome: a duty in, what became of each of its periods out. Knows no tick and no alert.

Everything derives from the set of what was said, so that the order of arrival leaves no trace (law 4).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from schemas.obligations import LOOK_BACK_DAYS, Obligation
from schemas.policy import Deadlines
from schemas.reports import ReportState
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, following, local_day, window
from streams.pipeline.surveillance.cluster.memory import Informed
from streams.pipeline.surveillance.reporting.memory import Duty, Submission, Unheard
from streams.pipeline.surveillance.reporting.sanctions import Decided, Outcome

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MOST_UNHEARD = 20
MOST_SUBMISSIONS = 8
"""For one period, and some thirty periods are kept: 40 KB of an entry."""
_OVER = ("revoked", "ended")


class Sight(NamedTuple):
    """What a duty is judged by beside itself: the policy, when something of its firm could not be read, what was excused for all.

    unheard: while its permit was thought to be another firm's. known: the confirmed cases that the firm was told of (R5).
    """

    deadlines: Deadlines
    doubts: tuple[UtcMs, ...] = ()
    excused: frozenset[str] = frozenset()
    unheard: tuple[Unheard, ...] = ()
    known: tuple[Informed, ...] = ()

    def doubts_of(self, period: Period) -> bool:
        """Whether a report may have been refused, or have been sent in another's name."""
        until = self.decides_at(period)
        return self.refused_in(period) or any(each.since < until and period.opens_at < each.until for each in self.unheard)

    def refused_in(self, period: Period) -> bool:
        """Whether something of the firm was refused while it could report."""
        return any(period.opens_at <= doubt < self.decides_at(period) for doubt in self.doubts)

    def decides_at(self, period: Period) -> UtcMs:
        """The end of the grace."""
        return period.due_at + self.deadlines.grace_hours * HOUR_MS


def joined(known: tuple[Unheard, ...], more: Iterable[Unheard]) -> tuple[Unheard, ...]:
    """These times and those; where there are too many, one that covers them all."""
    unheard = tuple(sorted({*known, *more}, key=lambda each: (each.since, each.until)))
    return unheard if len(unheard) <= MOST_UNHEARD else (Unheard(unheard[0].since, max(each.until for each in unheard)),)


def is_over(duty: Duty) -> bool:
    """Whether nothing more can fall due of a duty, as far as the register knows."""
    ended = bool(duty.held) and duty.held[-1].state in _OVER and duty.held[-1].since <= duty.decided_through
    return ended or all(b.until is not None and b.until <= duty.decided_through for b in duty.bound)


class Heard(NamedTuple):
    """What was said of one period: the submissions, whether there were more, and the acts of people."""

    submissions: tuple[Submission, ...] = ()
    acts: frozenset[str] = frozenset()
    more: bool = False


_NOTHING = Heard()


def heard(duty: Duty) -> Mapping[str, Heard]:
    """What was said of each period, by its day."""
    submissions: dict[str, list[Submission]] = {}
    acts: dict[str, set[str]] = {}
    for submission in duty.submissions:
        submissions.setdefault(submission.day, []).append(submission)
    for ruling in duty.rulings:
        acts.setdefault(ruling.day, set()).add(ruling.act)
    crowded = dict(duty.crowded)
    return {day: Heard(tuple(submissions.get(day, ())), frozenset(acts.get(day, ())), day in crowded) for day in {*submissions, *acts}}


def received_at(submissions: Iterable[Submission]) -> UtcMs | None:
    """When the earliest report for a period was received that has not been withdrawn; None when none was.

    Who corrects a report is not late by it; who withdraws the correction withdraws the report.
    """
    return min([s.received_at for s in valid(submissions)], default=None)


def positives_of(submissions: Iterable[Submission]) -> int | None:
    """How many positive cases were stated last of a period, in what has not been withdrawn; None where nobody stated any number."""
    stated = [(s.received_at, s.source, s.id, s.positives) for s in valid(submissions) if s.positives is not None]
    return max(stated)[-1] if stated else None


def valid(submissions: Iterable[Submission]) -> list[Submission]:
    """Those that have not been withdrawn."""
    said = {(s.source, s.id): s for s in submissions}
    withdrawn = {key for s in said.values() if s.state == ReportState.WITHDRAWN for key in _chain(s, said)}
    return [s for key, s in said.items() if key not in withdrawn]


def with_submission(duty: Duty, said: Submission) -> Duty:
    """The duty with one more; of a period of which too much was said, with the first and the last, the earliest that counts, and a count.

    Of such a period nobody can tell any more that nothing was reported.
    """
    others = tuple(each for each in duty.submissions if each.day != said.day)
    of_day = sorted((*(each for each in duty.submissions if each.day == said.day), said), key=lambda each: (each.received_at, each.id))
    if len(of_day) <= MOST_SUBMISSIONS:
        return replace(duty, submissions=(*duty.submissions, said))
    first = received_at(of_day)
    half = MOST_SUBMISSIONS // 2
    counting = [each for each in of_day if each.received_at == first][:1]
    kept = tuple(each for each in of_day if each in (*of_day[:half], *counting, *of_day[-half:]))
    crowded = dict(duty.crowded)
    crowded[said.day] = crowded.get(said.day, 0) + len(of_day) - len(kept)
    return replace(duty, submissions=(*others, *kept), crowded=tuple(sorted(crowded.items())))


def _chain(submission: Submission, said: Mapping[tuple[str, str], Submission]) -> Iterator[tuple[str, str]]:
    """The submission and everything that it replaced, one after the other; a circle is walked once."""
    seen: set[tuple[str, str]] = set()
    key = (submission.source, submission.id)
    while key in said and key not in seen:
        seen.add(key)
        yield key
        key = (submission.source, said[key].replaces)


def is_bound(duty: Duty, obligation: Obligation, period: Period) -> bool:
    """Whether a report was owed: by a permit that held from the period's opening to its end, and that the line knew of by then (G6).

    A permit granted, ended or bound in mid-period owes nothing for it: of two readings, the one that sanctions fewer.
    """
    if duty.enrolled_at > period.due_at or period.day < obligation.in_service_since:
        return False
    if not any(b.since <= period.opens_at and (b.until is None or b.until >= period.due_at) for b in duty.bound):
        return False
    first = duty.state_at(period.opens_at)
    during = (held.state for held in duty.held if period.opens_at < held.since < period.due_at)
    return bool(first) and all(state not in _OVER for state in (first, *during))


def outcome_of(said: Heard, period: Period, sight: Sight) -> Outcome:
    """What became of a period that is over, by what was said of it.

    While a refusal is unresolved, or another was thought to hold the permit, nobody is accused; the report that resolves it, however late,
    is warned of by nobody (law 2).
    """
    decides_at = sight.decides_at(period)
    received = received_at(said.submissions)
    if received is not None and received < period.due_at:
        return Outcome.ON_TIME
    if period.day.isoformat() in sight.excused or "excuse" in said.acts:
        return Outcome.EXCUSED
    doubted = said.more or sight.doubts_of(period)
    if received is not None and (doubted or received < decides_at):
        return Outcome.LATE
    if "waive" in said.acts:
        return Outcome.WAIVED
    if received is not None:
        return Outcome.ANSWERED
    return Outcome.UNDECIDED if doubted else Outcome.MISSED


def decided(duty: Duty, obligation: Obligation, sight: Sight) -> tuple[Decided, ...]:
    """Every period that was owed and has been decided, as far back as one on which something may yet be proposed rests."""
    since = max(reach(duty, sight.deadlines) - LOOK_BACK_DAYS * DAY_MS, duty.enrolled_at)
    said = heard(duty)
    over = (p for p in window(obligation, local_day(since), local_day(duty.decided_through)) if p.due_at <= duty.decided_through)
    owed = (period for period in over if is_bound(duty, obligation, period))
    return tuple(Decided(period, outcome_of(said.get(period.day.isoformat(), _NOTHING), period, sight)) for period in owed)


def settles_at_of(obligation: Obligation, period: Period, deadlines: Deadlines) -> UtcMs:
    """When nothing can change a period any more: a later one has been decided that puts it out of reach, or the duty is forgotten."""
    late = deadlines.lateness_days * DAY_MS
    after = following(obligation, period.due_at + late)
    decided_at = after.due_at + deadlines.grace_hours * HOUR_MS if after else 0
    return max(decided_at, period.due_at + late + LOOK_BACK_DAYS * DAY_MS)


def reach(duty: Duty, deadlines: Deadlines) -> UtcMs:
    """The earliest deadline of which a late report, or an officer, still changes what was decided."""
    return duty.decided_through - deadlines.lateness_days * DAY_MS
