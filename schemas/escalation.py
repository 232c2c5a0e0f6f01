"""What ESCALATION hears and says: acts admitted, escalations, verdicts on acts, and the deliveries it asks for."""

from enum import StrEnum

from schemas.ledger import Origin, Place
from schemas.surveillance import AnySituation, Certainty, Deadline, Numbers, Proven, Reason, Subject
from schemas.word import Part, UtcMs, Word


class AdmittedAct(Word, frozen=True):
    """An operator's act, admitted: `act` is its word (`acknowledge`, `stand_down`, `excuse`), the rest is what the person stated.

    It is on an escalation at a revision; or on a period of an obligation: of one firm's permit, or of all firms where `firm` is empty.
    step: what was proposed and is confirmed. digest: of what was stated (law 5). action: what was asked and is done.
    to: to whom it is handed over. until: when a silence ends.
    """

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
    firm: str = ""
    permit: str = ""
    obligation: str = ""
    period: str = ""
    step: str = ""
    digest: str = ""
    action: str = ""
    to: str = ""
    until: UtcMs | None = None


class Judged(StrEnum):
    """ESCALATION's answer to an act."""

    TAKEN = "taken"
    TAKEN_IN_PART = "taken_in_part"
    RECORDED = "recorded"
    PASSED_ON = "passed_on"
    HANDED_OVER = "handed_over"
    SILENCED = "silenced"
    TOO_GRAVE = "too_grave"
    TOO_LONG = "too_long"
    OUTDATED = "outdated"
    REPEATED = "repeated"
    UNKNOWN_ESCALATION = "unknown_escalation"
    UNKNOWN_POSITION = "unknown_position"
    NOT_TOLD = "not_told"
    NOT_TAKEN = "not_taken"
    NOT_ASKED = "not_asked"
    HOLDS_IT = "holds_it"
    CLOSED = "closed"
    CLOCK_OPEN = "clock_open"
    NOT_ENTITLED = "not_entitled"
    UNKNOWN_PERIOD = "unknown_period"
    NOT_YET_DUE = "not_yet_due"


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
    MATTER = "matter"
    REARMED = "rearmed"
    UNREACHED = "unreached"
    RAISED = "raised"
    FALLBACK = "fallback"
    HANDED_OVER = "handed_over"
    UNDELIVERED = "undelivered"
    DIGEST = "digest"
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


class Addressee(Part, frozen=True):
    """Whom a message goes to: one receiver of a position, by the title that it has and the person who held it when addressed.

    batch: a system that passes on, and not a person: it gets lists, page by page.
    """

    receiver: str
    channel: str
    address: str
    position: str
    title_id: str
    title_en: str
    holder: str
    role: Role = Role.ACT
    batch: bool = False


class Told(Part, frozen=True):
    """A position that has been told, at which level, and who held it then."""

    position: str
    level: int
    at: UtcMs
    holder: str = ""
    role: Role = Role.ACT


class Taken(Part, frozen=True):
    """An acknowledgement: who, for which position, on which revision. `stops`: it counts towards stopping the ladder (G4).

    shown: the revision as outsiders count, where they do (law 12).
    """

    position: str
    name: str
    at: UtcMs
    revision: int
    stops: bool = True
    shown: int = 0


class Declined(Part, frozen=True):
    """Who said that it is not theirs, on which revision; `shown` as for `Taken`. Why, the act itself says."""

    position: str
    name: str
    at: UtcMs
    revision: int
    shown: int = 0


class Finished(Part, frozen=True):
    """Something that was asked of a position and is done, as somebody said."""

    position: str
    name: str
    action: str
    at: UtcMs


class Handed(Part, frozen=True):
    """What one position was asked it has handed over to another."""

    position: str
    name: str
    to: str
    at: UtcMs


class Standing(Part, frozen=True):
    """Where an escalation stands: who has been told, who has taken it, and what happens next if nothing happens.

    taken, declined: the latest word of each position. held_until: until when the grade is held. unverified: it was told of a signal that
    nobody verified. awaits: for each group of which one must still answer for the ladder to stop, those of it who have been told, or else
    its prefixes (G4). done: what was asked of somebody, and is done. handed: who has handed over to whom.
    """

    told: tuple[Told, ...] = ()
    taken: tuple[Taken, ...] = ()
    held_until: UtcMs | None = None
    next_level_at: UtcMs | None = None
    unverified: bool = False
    awaits: tuple[tuple[str, ...], ...] = ()
    declined: tuple[Declined, ...] = ()
    done: tuple[Finished, ...] = ()
    handed: tuple[Handed, ...] = ()


FACTS = "facts"
"""The matter that an escalation is about in the first place; others, such as a written report, are told beside it."""


class Delivery(Word, frozen=True):
    """Something that one receiver must be told once.

    It ends by being accepted, withdrawn or given up, and never by growing old (law 9).

    id: R16's key. thread: the escalation, or the digest. matter: what of it is told (`facts`, or a matter beside them). rank: how grave it
    is beside other messages, by the policy; peak: the figure whose rise is never held back. standing: where the escalation stands.
    meant_for: whom it, or an earlier one, could not be delivered to, where that is why. instead: of a digest, who is told if it is given
    up, one after the other.
    """

    id: str
    thread: str
    estate: str
    to: Addressee
    matter: str
    revision: int
    level: int
    why: Why
    msg_type: MessageType
    at: UtcMs
    grade: str
    grade_now: str
    rank: int
    peak: int
    certainty: Certainty
    situation: AnySituation
    reasons: tuple[Reason, ...]
    asked: tuple[Asked, ...] = ()
    standing: Standing | None = None
    urgent: bool = False
    exercise: bool = False
    meant_for: Addressee | None = None
    instead: tuple[Addressee, ...] = ()


class Row(Part, frozen=True):
    """A line of a digest, at the level that its reader looks from: an estate, a regency, a province."""

    key: str
    name: str


class Item(Word, frozen=True):
    """What one estate adds to one receiver's digest. A later revision takes the place of an earlier one (law 7).

    thread: the digest. series, period: what it is about, and which time of it. place: where its reader looks from. closes: when it is
    told. subjects: those that it is about, the first of them; of a batch receiver's all of them, page by page. deadline: what was due, if
    anything was. quiet: it completes the sums, and is no reason to write to anybody. instead: who is told if the digest is given up.
    """

    thread: str
    series: str
    period: str
    to: Addressee
    place: Place
    estate: str
    revision: int
    row: Row
    numbers: Numbers
    closes: UtcMs
    at: UtcMs
    matter: str
    rank: int
    subjects: tuple[Subject, ...] = ()
    more_subjects: int = 0
    asked: tuple[Asked, ...] = ()
    proven: Proven | None = None
    page: int = 0
    exercise: bool = False
    deadline: Deadline | None = None
    quiet: bool = False
    instead: tuple[Addressee, ...] = ()


class EscalationState(StrEnum):
    """The lifecycle of an escalation."""

    OPEN = "open"
    TAKEN = "taken"
    STOOD_DOWN = "stood_down"
    ENDED = "ended"


class Escalation(Word, frozen=True):
    """Where an escalation stands: one word for each change, for people, console and explain. `since`: when it was opened.

    shown: of cases, the revision as outsiders count, who are told only of what they may know (law 12); else 0.
    """

    id: str
    estate: str
    about: str
    since: UtcMs
    revision: int
    state: EscalationState
    at: UtcMs
    why: Why | None
    level: int
    grade: str
    grade_now: str
    certainty: Certainty
    reasons: tuple[Reason, ...]
    standing: Standing
    not_told: tuple[str, ...] = ()
    headline: str = ""
    exercise: bool = False
    shown: int = 0
