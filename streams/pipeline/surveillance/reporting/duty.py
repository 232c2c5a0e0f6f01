"""Duty: all that is remembered of one permit under one obligation, and what became of each of its periods. Knows no tick and no alert.

Everything derives from the set of what was said, so that the order of arrival leaves no trace (law 4).
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from schemas.ledger import Place
from schemas.obligations import Obligation
from schemas.word import Part, UtcMs
from streams.pipeline.calendar import Period, local_day, window
from streams.pipeline.surveillance.reporting.sanctions import Decided, Outcome


class Submitted(StrEnum):
    """What a submission says of a report: `returned` came in and is to be completed; `withdrawn` is as if it had never come."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Submission(Part, frozen=True, array_like=True):
    """One submission for one period, condensed. `received_at`: by the source's clock where the registry trusts it (G1)."""

    day: str
    source: str
    id: str
    digest: str
    state: str
    received_at: UtcMs
    replaces: str = ""
    positives: int | None = None


class Ruling(Part, frozen=True, array_like=True):
    """What a person said about one period: `confirm`, `waive`, `excuse`, `dispute`; the latest word of each kind counts."""

    day: str
    act: str
    at: UtcMs
    position: str


class Held(Part, frozen=True, array_like=True):
    """From an instant on, the permit's state, and where its plant stands."""

    since: UtcMs
    state: str
    place: Place


_OVER = ("revoked", "ended")


class Duty(Part, frozen=True, array_like=True, tag="duty"):
    """One permit under one obligation.

    enrolled_at: when the line first heard of it; nothing due earlier is ever decided. held: the permit's history, oldest first.
    decided_through: the last deadline that a proven tick has decided. doubts: when a report of the firm was refused, or a record parked.
    """

    subject: str
    obligation: str
    permit: str
    enrolled_at: UtcMs
    held: tuple[Held, ...]
    submissions: tuple[Submission, ...] = ()
    doubts: tuple[UtcMs, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    mismatches: tuple[str, ...] = ()
    decided_through: UtcMs = 0
    reminded_through: UtcMs = 0
    exercise: bool = False

    @property
    def name(self) -> str:
        """Its entry in the memory."""
        return f"{self.subject}|duty|{self.obligation}|{self.permit}"

    def held_at(self, instant: UtcMs) -> Held | None:
        """The permit's state and place at an instant; None before it was granted."""
        return next((held for held in reversed(self.held) if held.since <= instant), None)

    def received_at(self, period: Period) -> UtcMs | None:
        """When the earliest report for a period was received that has not been withdrawn; None when none was.

        Who corrects a report is not late by it; who withdraws the correction withdraws the report.
        """
        said = {(s.source, s.id): s for s in self.submissions if s.day == period.day.isoformat()}
        withdrawn = {key for s in said.values() if s.state == Submitted.WITHDRAWN for key in _chain(s, said)}
        return min((s.received_at for key, s in said.items() if key not in withdrawn), default=None)


def _chain(submission: Submission, said: Mapping[tuple[str, str], Submission]) -> Iterator[tuple[str, str]]:
    """The submission and everything that it replaced, one after the other; a circle is walked once."""
    seen: set[tuple[str, str]] = set()
    key = (submission.source, submission.id)
    while key in said and key not in seen:
        seen.add(key)
        yield key
        key = (submission.source, said[key].replaces)


class Bounds(NamedTuple):
    """What the policy in force says about deciding: how long a report may be late unpunished, and how far back anything is re-derived."""

    grace: UtcMs
    lateness: UtcMs


def is_bound(duty: Duty, obligation: Obligation, period: Period) -> bool:
    """Whether a report was owed: by a permit that held from the period's opening to its end, and that the line knew of by then (G6).

    A permit granted or ended in mid-period owes nothing for it: of two readings, the one that sanctions fewer.
    """
    if duty.enrolled_at > period.due_at or period.day < obligation.in_service_since:
        return False
    first = duty.held_at(period.opens_at)
    during = (held for held in duty.held if period.opens_at < held.since < period.due_at)
    return first is not None and all(held.state not in _OVER for held in (first, *during))


def outcome_of(duty: Duty, period: Period, excused: frozenset[str], bounds: Bounds) -> Outcome:
    """What became of a period that is over.

    While a refusal is unresolved nobody is accused; the report that resolves it, however late, is warned of by nobody (law 2).
    """
    day = period.day.isoformat()
    rulings = {ruling.act for ruling in duty.rulings if ruling.day == day}
    received = duty.received_at(period)
    if received is not None and received < period.due_at:
        return Outcome.ON_TIME
    if day in excused or "excuse" in rulings:
        return Outcome.EXCUSED
    doubted = any(period.opens_at <= doubt < period.due_at + bounds.grace for doubt in duty.doubts)
    if received is not None and (doubted or received < period.due_at + bounds.grace):
        return Outcome.LATE
    if "waive" in rulings:
        return Outcome.WAIVED
    if received is not None:
        return Outcome.ANSWERED
    return Outcome.UNDECIDED if doubted else Outcome.MISSED


def decided(duty: Duty, obligation: Obligation, excused: frozenset[str], bounds: Bounds) -> tuple[Decided, ...]:
    """Every period that was owed and has been decided, as far back as a late report still counts."""
    since = local_day(max(duty.decided_through - bounds.lateness, duty.enrolled_at))
    over = (period for period in window(obligation, since, local_day(duty.decided_through)) if period.due_at <= duty.decided_through)
    return tuple(Decided(p, outcome_of(duty, p, excused, bounds)) for p in over if is_bound(duty, obligation, p))
