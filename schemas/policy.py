"""Policy and roster: what to decide, and who holds which position, as dated, immutable data.

Every number has its unit in its name. Sources of numbers stand in the TOML revision beside each table (`source`, `unverified`).
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.intake import Grade, Id, Name
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


class Surveilling(Sourced):
    """What SURVEILLANCE remembers, and for how long.

    forget_days: after its last fact. refused_grade: the grade of a refused bulletin at the desk. newest_facts: facts of one incident that
    are remembered; beyond them, facts_each of each of so many parties, those of the highest rank.
    """

    forget_days: Threshold
    refused_grade: Grade
    newest_facts: Threshold
    facts_each: Threshold
    parties: Threshold


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
    """Budgets, coalescing, retries and breakers of law 11 and design §6."""

    bucket: Threshold
    refill_minutes: Threshold
    coalesce_minutes: Minutes
    mail: Retry
    webhook: Retry
    file: Retry
    breaker_after: Threshold
    breaker_seconds: Seconds
    tolerance_seconds: Seconds

    def retry(self, channel: str) -> Retry:
        """The schedule of a channel."""
        return {"mail": self.mail, "webhook": self.webhook, "file": self.file}[channel]


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
    severity: Severity
    filing: Filing
    surveillance: Surveilling
    escalation: Escalating
    delivery: Delivering


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
