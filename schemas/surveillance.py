"""What SURVEILLANCE concludes: alerts with their reasons, and the situation as far as it is known, ready to be told.

A `Situation` is what a reader needs and nothing else: who says what, since when, with the range where sources differ.
"""

from enum import StrEnum

from schemas.ledger import Place
from schemas.word import Part, UtcMs, Word


class Because(StrEnum):
    """Why a decision was made: printed in messages, counted in metrics, compared in audits."""

    DEAD = "dead"
    DEAD_OR_MISSING = "dead_or_missing"
    INJURED = "injured"
    COMMUNITY = "community"
    OFF_SITE_DEATH = "off_site_death"
    MISSING = "missing"
    HOSPITALISED = "hospitalised"
    OFF_SITE_HOSPITALISED = "off_site_hospitalised"
    TOXIC_EXPOSURE = "toxic_exposure"
    SERIOUS_INJURY = "serious_injury"
    CONTAINMENT_LOST = "containment_lost"
    EXPLOSION = "explosion"
    LONG_FIRE = "long_fire"
    COST = "cost"
    ANY_INJURY = "any_injury"
    SHORT_FIRE = "short_fire"
    NO_HARM = "no_harm"
    HELD = "held"
    FILING_DUE_SOON = "filing_due_soon"
    FILING_OVERDUE = "filing_overdue"
    FILING_UNKNOWN = "filing_unknown"
    FILED = "filed"
    ALL_RETRACTED = "all_retracted"
    REFUSED_AT_INTAKE = "refused_at_intake"
    UNRESOLVED = "unresolved"


class Reason(Part, frozen=True):
    """One reason: the figure that met the threshold, and where the threshold comes from (`design` or an instrument)."""

    because: Because
    figure: int | None = None
    threshold: int | None = None
    source: str = "design"


class Stated(Part, frozen=True):
    """One party's figure."""

    value: int
    party: str
    rank: str
    asserted_at: UtcMs


class Figure(Part, frozen=True):
    """What is known of one count: the headline, and every party's figure where they differ (R13)."""

    name: str
    headline: Stated
    others: tuple[Stated, ...] = ()


class TimeStated(Part, frozen=True):
    """A time of occurrence, and the parties that state it."""

    occurred_at: UtcMs
    parties: tuple[str, ...]


class CauseStated(Part, frozen=True):
    """One party's account of the cause: never a headline, never to be quoted (G8)."""

    party: str
    text: str
    asserted_at: UtcMs


class FilingClock(Part, frozen=True):
    """The statutory 48 hours of the accident report: reminded on the earliest time stated, counted on the latest (R11).

    opened_by: `occurrence`, or the outcome declared. filed_at: when the inspection received the report.
    """

    opened_by: str
    due_first: UtcMs
    due_last: UtcMs
    filed_at: UtcMs | None = None
    received_by: str = ""


class Certainty(StrEnum):
    """How sure (G7): a signal is unverified; an official party reported it; two parties, or a verification, agree."""

    SIGNAL = "signal"
    REPORTED = "reported"
    VERIFIED = "verified"


class Situation(Part, frozen=True):
    """One incident as it is known at one revision."""

    kind: str
    place: Place
    incident: str
    unit: str = ""
    times: tuple[TimeStated, ...] = ()
    discovered_at: UtcMs | None = None
    figures: tuple[Figure, ...] = ()
    wni: int | None = None
    wna: int | None = None
    employer: str = ""
    causes: tuple[CauseStated, ...] = ()
    clocks: tuple[FilingClock, ...] = ()
    unresolved: tuple[str, ...] = ()
    newest: Stated | None = None
    certainty: Certainty = Certainty.REPORTED


class AlertState(StrEnum):
    """The lifecycle of an alert."""

    FIRING = "firing"
    RESOLVED = "resolved"


class Rule(StrEnum):
    """The rules that raise alerts, by their number in the domain."""

    SEVERITY = "R12"
    FILING = "R11"
    REFUSED = "G5"


class Alert(Word, frozen=True):
    """A finding with a lifecycle. `revision` counts the alert's own changes, from 1.

    at: the instant of law and policy it is dated by. grade: the grade held; grade_now: what the present facts alone give (G8).
    held_until: when the held grade ends unless something new is asserted. historic: it
    occurred so long ago that it interrupts nobody (G6).
    """

    id: str
    rule: Rule
    estate: str
    about: str
    revision: int
    state: AlertState
    at: UtcMs
    grade: str
    grade_now: str
    reasons: tuple[Reason, ...]
    situation: Situation
    held_until: UtcMs | None = None
    historic: bool = False
    exercise: bool = False
