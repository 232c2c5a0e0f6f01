"""What ESCALATION hears and says: acts admitted, escalations, verdicts on acts, and the deliveries it asks for."""

from enum import StrEnum

from schemas.ledger import Origin
from schemas.surveillance import AnySituation, Certainty, Reason
from schemas.word import Part, UtcMs, Word


class AdmittedAct(Word, frozen=True):
    """An operator's act, admitted: `act` is its word (`acknowledge`, `verify`, `stand_down`), the rest is what the person stated."""

    act: str
    source: str
    id: str
    escalation: str
    revision: int
    position: str
    name: str
    at: UtcMs
    origin: Origin
    verdict: str = ""
    reason: str = ""
    exercise: bool = False


class Judged(StrEnum):
    """ESCALATION's answer to an act."""

    TAKEN = "taken"
    TAKEN_IN_PART = "taken_in_part"
    RECORDED = "recorded"
    OUTDATED = "outdated"
    REPEATED = "repeated"
    UNKNOWN_ESCALATION = "unknown_escalation"
    UNKNOWN_POSITION = "unknown_position"
    NOT_TOLD = "not_told"
    NOT_TAKEN = "not_taken"
    CLOSED = "closed"
    CLOCK_OPEN = "clock_open"
    NOT_ENTITLED = "not_entitled"


class Answer(Word, frozen=True):
    """What became of an act, for the page or command that waits for it. `act_id` is the act's own id, `revision` the one in force."""

    act: str
    act_id: str
    escalation: str
    judged: Judged
    revision: int
    at: UtcMs
    position: str
    name: str


class MessageType(StrEnum):
    """CAP's message types, as far as we send them."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class Why(StrEnum):
    """Why this receiver is told now."""

    FIRST_NOTICE = "first_notice"
    GRADE_ROSE = "grade_rose"
    FACTS_CHANGED = "facts_changed"
    UNANSWERED = "unanswered"
    INFORMED_REGARDLESS = "informed_regardless"
    UNVERIFIED_UNANSWERED = "unverified_unanswered"
    FILING = "filing"
    REARMED = "rearmed"
    FALLBACK = "fallback"
    CANCELLED = "cancelled"
    STOOD_DOWN = "stood_down"


class Role(StrEnum):
    """Whether a receiver is asked to act or merely informed (G4)."""

    ACT = "act"
    INFORM = "inform"


class Asked(Part, frozen=True):
    """One thing asked of the reader, by its code, with its deadline if it has one."""

    action: str
    due: UtcMs | None = None


class Told(Part, frozen=True):
    """A position that has been told, at which level, through which receiver, and who held the position then."""

    position: str
    level: int
    at: UtcMs
    receivers: tuple[str, ...] = ()
    holder: str = ""
    role: Role = Role.ACT


class Taken(Part, frozen=True):
    """An acknowledgement: who, for which position, on which revision. `stops`: it counts towards stopping the ladder (G4)."""

    position: str
    name: str
    at: UtcMs
    revision: int
    stops: bool = True


class Delivery(Word, frozen=True):
    """Something that one receiver must be told once.

    It ends by being accepted, withdrawn or given up, and never by growing old (law 9).

    id: R16's key. topic: what tells two messages of one revision apart (`facts`, or a rule's own matter such as `filing`).
    """

    id: str
    escalation: str
    estate: str
    revision: int
    level: int
    receiver: str
    channel: str
    address: str
    position: str
    title_id: str
    title_en: str
    holder: str
    role: Role
    why: Why
    topic: str
    msg_type: MessageType
    at: UtcMs
    grade: str
    grade_now: str
    certainty: Certainty
    situation: AnySituation
    reasons: tuple[Reason, ...]
    asked: tuple[Asked, ...] = ()
    told: tuple[Told, ...] = ()
    taken: tuple[Taken, ...] = ()
    held_until: UtcMs | None = None
    next_level_at: UtcMs | None = None
    urgent: bool = False
    unverified: bool = False
    exercise: bool = False


class EscalationState(StrEnum):
    """The lifecycle of an escalation."""

    OPEN = "open"
    TAKEN = "taken"
    STOOD_DOWN = "stood_down"
    ENDED = "ended"


class Escalation(Word, frozen=True):
    """Where an escalation stands: one word for each change, for people, console and explain."""

    id: str
    estate: str
    about: str
    revision: int
    state: EscalationState
    at: UtcMs
    why: Why | None
    level: int
    grade: str
    grade_now: str
    certainty: Certainty
    reasons: tuple[Reason, ...]
    told: tuple[Told, ...]
    taken: tuple[Taken, ...]
    not_told: tuple[str, ...] = ()
    next_level_at: UtcMs | None = None
    headline: str = ""
    exercise: bool = False
