"""Policy and roster: what to decide, and who holds which position, as dated, immutable data.

Every number has its unit in its name. Sources of numbers stand in the TOML revision beside each table (`source`, `unverified`).
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.intake import Grade, Id, Name
from schemas.obligations import Obligation
from schemas.word import Fact

Minutes = Annotated[int, Field(ge=0)]
Seconds = Annotated[int, Field(ge=0)]
Threshold = Annotated[int, Field(ge=1)]


class Sourced(Fact):
    """A table of policy says where its numbers come from; `unverified` ones could not be checked against an instrument."""

    source: str
    unverified: bool = False


class Severity(Sourced):
    """Thresholds of R12 (domain §3.4), by the grade that they give."""

    s5_dead: Threshold
    s5_dead_or_missing: Threshold
    s5_injured: Threshold
    s5_person_hours: Threshold
    s4_hospitalised: Threshold
    s4_toxic_exposed: Threshold
    s3_fire_minutes: Threshold
    s3_cost_usd: Threshold
    held_hours: Threshold
    headline_hours: Threshold


class Filing(Sourced):
    """The accident report's clock (R11)."""

    due_hours: Threshold
    remind_before_hours: Threshold


class Audience(Fact):
    """Who is told at a level: a position, written with `{province}`, `{regency}` or `{estate}` where it has one per place.

    role: asked to act, or informed. regardless: told at the level's time whoever has acknowledged (G4).
    """

    position: str
    role: Literal["act", "inform"] = "act"
    regardless: bool = False


class Level(Fact):
    """One step of a ladder: `after_minutes` from the escalation's start."""

    after_minutes: Minutes
    tell: tuple[Audience, ...]
    all_again: bool = False


class Ladder(Sourced):
    """The ladder of one grade. `stops`: groups of position prefixes; one acknowledgement from each group stops it (G4)."""

    grade: Grade
    levels: tuple[Level, ...]
    stops: tuple[tuple[str, ...], ...]
    urgent: bool


class Escalating(Sourced):
    """What holds for every ladder."""

    ladders: tuple[Ladder, ...]
    supervised: tuple[str, ...]
    signal_asks: tuple[Audience, ...]
    signal_minutes: Minutes
    filing_reminds: tuple[Audience, ...]
    filing_asks: tuple[Audience, ...]
    breach_tells: tuple[Audience, ...]
    desk: tuple[Audience, ...]
    desk_of_last_resort: str
    rearm_hours: Threshold
    history_days: Threshold

    def ladder(self, grade: str) -> Ladder:
        """The ladder of `grade`; every grade has one."""
        return next(ladder for ladder in self.ladders if ladder.grade == grade)


class Retry(Fact):
    """When to try again after a failure, and how long one try may take."""

    after_seconds: tuple[Seconds, ...]
    attempt_seconds: Seconds
    send_seconds: Seconds


class Delivering(Sourced):
    """Budgets, coalescing, retries and breakers of law 11 and design §6. `link_days`: how long a message's link opens the page."""

    bucket: Threshold
    refill_minutes: Threshold
    coalesce_minutes: Minutes
    mail: Retry
    webhook: Retry
    file: Retry
    breaker_after: Threshold
    breaker_seconds: Seconds
    tolerance_seconds: Seconds
    link_days: Threshold

    def retry(self, channel: str) -> Retry:
        """The schedule of a channel."""
        return {"mail": self.mail, "webhook": self.webhook, "file": self.file}[channel]


class Clock(Sourced):
    """What time is proven by, and how it moves.

    tolerance_seconds: how far INTAKE's own watermark vouches behind its append time. patience_seconds: how long a room is waited for
    before the next one is given the tick all the same.
    """

    tolerance_seconds: Seconds
    patience_seconds: Seconds
    tick_every_minutes: Threshold


class Deadlines(Sourced):
    """How a deadline is decided, and when nobody is accused (R1 to R4, G2).

    grace_hours: an absence fires so long after it was due. remind_before_hours: when the firm is reminded. lateness_days: how far back a
    late report still changes what was decided. unproven_after_hours: how long after the grace a deadline may lack its proof before its
    source and the operator are told. silence_before_hours: a source that was silent beyond its limit so shortly before a deadline puts on
    the brake. brake_percent, brake_times_median: more absences than either are not believed without a person. decided_by: the positions
    that confirm, waive, excuse and release.
    """

    grace_hours: Threshold
    remind_before_hours: tuple[Threshold, ...]
    lateness_days: Threshold
    unproven_after_hours: Threshold
    silence_before_hours: Threshold
    brake_percent: Annotated[int, Field(ge=0, le=100)]
    brake_times_median: Threshold
    decided_by: tuple[Name, ...]


class Intake(Sourced):
    """What INTAKE may take in."""

    future_tolerance_minutes: Minutes
    largest_bytes: Threshold


class Policy(Fact):
    """One revision."""

    revision: Name
    describes: str
    audit_days: Threshold
    intake: Intake
    clock: Clock
    deadlines: Deadlines
    severity: Severity
    filing: Filing
    escalation: Escalating
    delivery: Delivering
    obligations: tuple[Obligation, ...] = ()

    def obligation(self, obligation: str) -> Obligation | None:
        """The obligation of that id, if the policy has it."""
        return next((each for each in self.obligations if each.id == obligation), None)


class Receiver(Fact):
    """One configured endpoint. `address`: an e-mail address, a URL, or a file name."""

    id: Id
    channel: Literal["mail", "webhook", "file"]
    address: Annotated[str, Field(min_length=1, max_length=500)]
    fallback: bool = False


class Position(Fact):
    """A position, who holds it, and where they are reached. Titles in both languages; `holder` is recorded when addressed."""

    id: str
    title_id: Name
    title_en: Name
    holder: Name
    receivers: Annotated[tuple[Receiver, ...], Field(min_length=1)]


class Roster(Fact):
    """One dated revision of who is who."""

    revision: Name
    positions: tuple[Position, ...]
    example: bool = False

    def position(self, position: str) -> Position | None:
        """The position of that id, or None."""
        return next((p for p in self.positions if p.id == position), None)
