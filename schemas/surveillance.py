"""What SURVEILLANCE concludes: alerts with their reasons, and the situation as far as it is known, ready to be told.

A `Situation` is what a reader needs and nothing else. Each kind of situation is a struct of its own, told apart by `picture` on the wire;
the letters know how to speak of each. Whatever the facts, a situation stays small: names are cut to what a letter prints, and of many
parties the first are kept with how many more there are.
"""

from enum import StrEnum
from types import MappingProxyType

from schemas.ids import digest
from schemas.ledger import Origin, Place
from schemas.word import Part, UtcMs, Word


class Rule(StrEnum):
    """The rules and guards that raise alerts or that a reason rests on, by their number in the domain; law 2 raises one too.

    R4 raises two that must not be taken for one another: the reminder, and `R4b`, a silence after bad news.
    """

    SEVERITY = "R12"
    FILING = "R11"
    REFUSED = "G5"
    HELD = "G8"
    COUNTED = "R1"
    WARNING = "R2"
    PROPOSAL = "R3"
    REMINDER = "R4"
    SILENCE_AFTER = "R4b"
    CONCEALED = "R5"
    CLUSTER = "R7"
    ESTATE_OUTBREAK = "R8"
    OVERDUE = "R15"
    RESPONSE = "R19"
    SILENT = "R20"
    UNPROVEN = "G1"
    BRAKE = "G2"
    OBJECTION = "G3"
    UNDECIDED = "law2"


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
    SENT_BACK = "sent_back"
    NOTHING_SENT_BACK = "nothing_sent_back"
    UNRESOLVED = "unresolved"
    COUNTED = "counted"
    NOT_REPORTED = "not_reported"
    NOT_YET_REPORTED = "not_yet_reported"
    IN_A_ROW = "in_a_row"
    WITHIN_A_MONTH = "within_a_month"
    AFTER_CONFIRMED = "after_confirmed"
    REPEATED = "repeated"
    MISMATCH = "mismatch"
    DISPUTED = "disputed"
    ANSWERED = "answered"
    NOT_ACCUSED = "not_accused"
    CONFIRMED = "confirmed"
    SOURCE_SILENT = "source_silent"
    SPEAKS_AGAIN = "speaks_again"
    NOT_PROVEN = "not_proven"
    PROVEN = "proven"
    REPORT_REFUSED = "report_refused"
    ANOTHER_NAME = "another_name"
    TOO_MANY_ABSENT = "too_many_absent"
    FEWER_ABSENT = "fewer_absent"
    NOBODY_ABSENT = "nobody_absent"
    VOUCHED_TOO_EARLY = "vouched_too_early"
    SILENT_AFTER_POSITIVES = "silent_after_positives"
    HEARD_AGAIN = "heard_again"
    FEWER_THAN_KNOWN = "fewer_than_known"
    AS_KNOWN = "as_known"
    CLUSTER_SUSPECTED = "cluster_suspected"
    CLUSTER_CONFIRMED = "cluster_confirmed"
    CLUSTER_LARGE = "cluster_large"
    ATTACK_RATE = "attack_rate"
    CLUSTER_CLOSED = "cluster_closed"
    NO_CLUSTER = "no_cluster"
    FIRMS_WITH_CLUSTERS = "firms_with_clusters"
    CASES_IN_ESTATE = "cases_in_estate"
    OVERDUE_REPORT = "overdue_report"
    NOT_COORDINATED = "not_coordinated"
    NO_ACTION = "no_action"
    RESPONDED = "responded"


RULE_OF = MappingProxyType(
    {
        Because.DEAD: Rule.SEVERITY,
        Because.DEAD_OR_MISSING: Rule.SEVERITY,
        Because.INJURED: Rule.SEVERITY,
        Because.COMMUNITY: Rule.SEVERITY,
        Because.OFF_SITE_DEATH: Rule.SEVERITY,
        Because.MISSING: Rule.SEVERITY,
        Because.HOSPITALISED: Rule.SEVERITY,
        Because.OFF_SITE_HOSPITALISED: Rule.SEVERITY,
        Because.TOXIC_EXPOSURE: Rule.SEVERITY,
        Because.SERIOUS_INJURY: Rule.SEVERITY,
        Because.CONTAINMENT_LOST: Rule.SEVERITY,
        Because.EXPLOSION: Rule.SEVERITY,
        Because.LONG_FIRE: Rule.SEVERITY,
        Because.COST: Rule.SEVERITY,
        Because.ANY_INJURY: Rule.SEVERITY,
        Because.SHORT_FIRE: Rule.SEVERITY,
        Because.NO_HARM: Rule.SEVERITY,
        Because.HELD: Rule.HELD,
        Because.FILING_DUE_SOON: Rule.FILING,
        Because.FILING_OVERDUE: Rule.FILING,
        Because.FILING_UNKNOWN: Rule.FILING,
        Because.FILED: Rule.FILING,
        Because.ALL_RETRACTED: Rule.HELD,
        Because.REFUSED_AT_INTAKE: Rule.REFUSED,
        Because.SENT_BACK: Rule.REFUSED,
        Because.NOTHING_SENT_BACK: Rule.REFUSED,
        Because.UNRESOLVED: Rule.REFUSED,
        Because.COUNTED: Rule.COUNTED,
        Because.NOT_REPORTED: Rule.WARNING,
        Because.NOT_YET_REPORTED: Rule.REMINDER,
        Because.IN_A_ROW: Rule.PROPOSAL,
        Because.WITHIN_A_MONTH: Rule.PROPOSAL,
        Because.AFTER_CONFIRMED: Rule.PROPOSAL,
        Because.REPEATED: Rule.PROPOSAL,
        Because.MISMATCH: Rule.PROPOSAL,
        Because.DISPUTED: Rule.PROPOSAL,
        Because.ANSWERED: Rule.WARNING,
        Because.NOT_ACCUSED: Rule.WARNING,
        Because.CONFIRMED: Rule.PROPOSAL,
        Because.SOURCE_SILENT: Rule.SILENT,
        Because.SPEAKS_AGAIN: Rule.SILENT,
        Because.NOT_PROVEN: Rule.UNPROVEN,
        Because.PROVEN: Rule.UNPROVEN,
        Because.REPORT_REFUSED: Rule.UNDECIDED,
        Because.ANOTHER_NAME: Rule.UNDECIDED,
        Because.TOO_MANY_ABSENT: Rule.BRAKE,
        Because.FEWER_ABSENT: Rule.BRAKE,
        Because.NOBODY_ABSENT: Rule.BRAKE,
        Because.VOUCHED_TOO_EARLY: Rule.UNPROVEN,
        Because.SILENT_AFTER_POSITIVES: Rule.REMINDER,
        Because.HEARD_AGAIN: Rule.REMINDER,
        Because.FEWER_THAN_KNOWN: Rule.CONCEALED,
        Because.AS_KNOWN: Rule.CONCEALED,
        Because.CLUSTER_SUSPECTED: Rule.CLUSTER,
        Because.CLUSTER_CONFIRMED: Rule.CLUSTER,
        Because.CLUSTER_LARGE: Rule.CLUSTER,
        Because.ATTACK_RATE: Rule.CLUSTER,
        Because.CLUSTER_CLOSED: Rule.CLUSTER,
        Because.NO_CLUSTER: Rule.CLUSTER,
        Because.FIRMS_WITH_CLUSTERS: Rule.ESTATE_OUTBREAK,
        Because.CASES_IN_ESTATE: Rule.ESTATE_OUTBREAK,
        Because.OVERDUE_REPORT: Rule.OVERDUE,
        Because.NOT_COORDINATED: Rule.RESPONSE,
        Because.NO_ACTION: Rule.RESPONSE,
        Because.RESPONDED: Rule.RESPONSE,
    }
)
"""The rule or guard behind each reason."""


class Reason(Part, frozen=True):
    """One reason: the figure that met the threshold, and where the threshold comes from (`design` or an instrument)."""

    because: Because
    figure: int | None = None
    threshold: int | None = None
    source: str = "design"


LONGEST_NAME = 60
LARGEST_NAME_BYTES = 100
"""A letter prints 60 columns of a name: 33 Chinese characters are more columns than that, and less than 100 bytes."""


def shown(name: str) -> str:
    """A name as it may stand in a situation: printable, and no longer than a letter prints it."""
    one_line = "".join(char if char.isprintable() else " " for char in name[: LONGEST_NAME + 1])
    raw = one_line.encode("utf-8", "replace")
    if len(one_line) <= LONGEST_NAME and len(raw) <= LARGEST_NAME_BYTES:
        return one_line
    room = LARGEST_NAME_BYTES - len("\u2026".encode())
    return raw[:room].decode("utf-8", "ignore")[: LONGEST_NAME - 1].rstrip() + "\u2026"


class Stated(Part, frozen=True):
    """One party's figure."""

    value: int
    party: str
    rank: str
    asserted_at: UtcMs


class Unlisted(Part, frozen=True):
    """Parties that are not listed: how many, and the least and the greatest figure that they state."""

    parties: int
    least: int
    greatest: int


class Figure(Part, frozen=True):
    """What is known of one count: the headline, and other parties' figures where they differ (R13)."""

    name: str
    headline: Stated
    others: tuple[Stated, ...] = ()
    unlisted: Unlisted | None = None

    @property
    def values(self) -> tuple[int, ...]:
        """All figures stated, as far as the range goes."""
        ends = (self.unlisted.least, self.unlisted.greatest) if self.unlisted else ()
        return (self.headline.value, *(stated.value for stated in self.others), *ends)


class TimeStated(Part, frozen=True):
    """A time of occurrence, and the parties that state it; `more` of them are not listed."""

    occurred_at: UtcMs
    parties: tuple[str, ...]
    more: int = 0


class CauseStated(Part, frozen=True):
    """Who gave an account of the cause, and a digest of it: the text is never a headline, never to be quoted, and stays behind (G8)."""

    party: str
    digest: str


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


Numbers = tuple[tuple[str, int], ...]
"""Figures by name, as they can be compared with what a reader saw before."""


Aspects = tuple[tuple[str, str], ...]
"""Marks by name: equal where what they stand for is."""


class Situation(Part, frozen=True, kw_only=True, tag_field="picture"):
    """What is known at one revision of whatever the alert is about. unresolved: why a person must look (G5)."""

    place: Place = Place(firm="", firm_name="")
    unresolved: tuple[str, ...] = ()
    certainty: Certainty = Certainty.REPORTED

    def numbers(self) -> Numbers:
        """The figures that a change is told by."""
        return ()

    def aspects(self) -> Aspects:
        """What else a change is told by: a mark of each thing that is no figure, so that a reader can be told which of them has changed."""
        return ()


class IncidentSituation(Situation, frozen=True, kw_only=True, tag="incident"):
    """One incident: who says what, since when, with the range where sources differ.

    more_times, more_causes, more_clocks: how many are not listed. newest: who spoke last.
    """

    incident: str
    kind: str
    unit: str = ""
    times: tuple[TimeStated, ...] = ()
    more_times: int = 0
    discovered_at: UtcMs | None = None
    figures: tuple[Figure, ...] = ()
    wni: int | None = None
    wna: int | None = None
    employer: str = ""
    causes: tuple[CauseStated, ...] = ()
    more_causes: int = 0
    clocks: tuple[FilingClock, ...] = ()
    more_clocks: int = 0
    newest: Stated | None = None

    def numbers(self) -> Numbers:
        """The headlines, and how the dead divide."""
        split = (("wni", self.wni), ("wna", self.wna))
        headlines = ((figure.name, figure.headline.value) for figure in self.figures)
        return (*headlines, *((name, value) for name, value in split if value is not None))

    def aspects(self) -> Aspects:
        """What the others say, when it happened, who gave accounts of the cause, the clocks, what is doubted, and how sure it is."""
        sources = [(figure.name, figure.headline.party, figure.headline.rank) for figure in self.figures]
        others = [(figure.name, figure.others, figure.unlisted) for figure in self.figures if figure.others]
        said = {
            "sources": sources,
            "others": others,
            "times": (self.times, self.more_times, self.discovered_at),
            "causes": (self.causes, self.more_causes),
            "clocks": (self.clocks, self.more_clocks),
            "doubts": self.unresolved,
            "certainty": self.certainty,
            "place": (self.place, self.kind, self.unit, self.employer),
        }
        return tuple((name, digest(ascii(value))[:8]) for name, value in said.items())


class Trouble(StrEnum):
    """What must be known of a source: it was refused, is silent (R20), has not proven a deadline (G1), or put on the brake (G2).

    sent_back: what was refused lately, for its owner.
    """

    REJECTED = "rejected"
    SENT_BACK = "sent_back"
    SILENT = "silent"
    UNPROVEN = "unproven"
    BRAKED = "braked"


class SentBack(Part, frozen=True):
    """So many records of one type were refused for one reason at one field, and where the first of them stands. Never what it said."""

    kind: str
    reason: str
    field: str
    count: int
    first: Origin


class SourceSituation(Situation, frozen=True, kw_only=True, tag="source"):
    """One publishing system, by the name that it gives itself. `last`: what was said of it last, as a code.

    sent_back: what was refused since `since`, when it began after a quiet time, and how many refusals are of none of these groups.
    """

    who: str
    what: Trouble
    counts: Numbers = ()
    last: str = ""
    sent_back: tuple[SentBack, ...] = ()
    more_sent_back: int = 0
    since: UtcMs | None = None

    def numbers(self) -> Numbers:
        """The counts."""
        return self.counts


class DutySituation(Situation, frozen=True, kw_only=True, tag="duty"):
    """One permit at one period of an obligation.

    number: how many misses in a row this one makes. step: what is proposed, on the misses due on the days of `evidence`. disputed: the firm
    says that it is not so. received_at: when the report was received, if one was. positives: how many cases the report stated, or, where
    none came, the one before; known: of how many its firm had been told by then. Only those who treat the cases are told numbers (law 12).
    """

    obligation: str
    period: str
    permit: str
    due_at: UtcMs
    number: int = 0
    step: str = ""
    evidence: tuple[str, ...] = ()
    disputed: bool = False
    received_at: UtcMs | None = None
    positives: int | None = None
    known: int | None = None


class Linked(StrEnum):
    """Why cases of one plant are more than a coincidence (R7)."""

    AREA = "area"
    CONTACT = "contact"
    ATTACK_RATE = "attack_rate"


class Responded(Part, frozen=True):
    """One thing that was done, and who says so: `firm`, `estate` or `task_force`."""

    action: str
    by: tuple[str, ...]
    starts_at: UtcMs
    ends_at: UtcMs | None = None


class ClusterSituation(Situation, frozen=True, kw_only=True, tag="cluster"):
    """Cases that belong together: of one plant (R7), or of one estate (R8, which names how many `firms`).

    confirmed, probable: within the window of 14 days up to the latest onset; discarded: of those told before, how many are no cases.
    first_day, last_day: onsets, as days. rate, regency_rate: confirmed cases among a million workers or inhabitants in 14 days, where they
    are known. residences: the regencies where the cases live, but for the firm's own. close_days: the closure that is recommended.
    normative: what was done only by the firm's own account (R19). too_late: notices that came when they could decide nothing any more.
    """

    level: str
    confirmed: int = 0
    probable: int = 0
    discarded: int = 0
    firms: int = 0
    workers: int | None = None
    first_day: str = ""
    last_day: str = ""
    linked: tuple[Linked, ...] = ()
    areas: tuple[str, ...] = ()
    rate: int | None = None
    regency_rate: int | None = None
    residences: tuple[str, ...] = ()
    close_days: int | None = None
    responses: tuple[Responded, ...] = ()
    normative: bool = False
    too_late: int = 0

    def numbers(self) -> Numbers:
        """The counts."""
        return (("confirmed", self.confirmed), ("probable", self.probable), ("firms", self.firms))

    def aspects(self) -> Aspects:
        """How grave, why they belong together, where the cases live, and what was done."""
        said = {"level": self.level, "linked": self.linked, "residences": self.residences, "responses": (self.responses, self.normative)}
        return tuple((name, digest(ascii(value))[:8]) for name, value in said.items())


class AlertState(StrEnum):
    """The lifecycle of an alert: it fires; it is resolved when it is over, withdrawn when it should never have been said."""

    FIRING = "firing"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class Subject(Part, frozen=True):
    """One thing that a digest is about: what it is called, whose it is, and what was concluded of it."""

    about: str
    firm: str = ""
    name: str = ""
    because: tuple[Because, ...] = ()
    state: AlertState = AlertState.FIRING


class Proven(Part, frozen=True):
    """Why an absence may be believed (law 6): everything that the source had received up to `through` had been read at `read_at`.

    tick: the number of the tick that carries the watermarks, in so many of all partitions.
    """

    tick: int
    source: str
    through: UtcMs
    read_at: UtcMs
    partitions: int
    of: int


class Deadline(Part, frozen=True):
    """What was due: the obligation by its names in both languages, the instant before which it was, and the instrument that says so."""

    name_id: str
    name_en: str
    due_at: UtcMs
    source: str


class DigestRow(Part, frozen=True):
    """One line of a digest's table, with a figure for each column. The line without a key is that of all others."""

    key: str
    name: str
    counts: tuple[int, ...]


class DigestSituation(Situation, frozen=True, kw_only=True, tag="digest"):
    """Many findings told at once (law 11): a table that adds up, and the first of those it is about.

    before: the totals that its reader was told of the period before, named by `before_period`. deadline: what was due, if anything was.
    page: of a batch receiver's list.
    """

    series: str
    period: str
    closes: UtcMs
    columns: tuple[str, ...]
    rows: tuple[DigestRow, ...]
    totals: tuple[int, ...]
    subjects: tuple[Subject, ...] = ()
    more_subjects: int = 0
    before: Numbers = ()
    before_period: str = ""
    deadline: Deadline | None = None
    proven: Proven | None = None
    page: int = 0

    def numbers(self) -> Numbers:
        """The totals."""
        return tuple(zip(self.columns, self.totals, strict=False))


AnySituation = IncidentSituation | SourceSituation | DutySituation | ClusterSituation | DigestSituation


class Share(Part, frozen=True):
    """What an alert adds to a digest: to that of which period, when that closes, and its numbers.

    deadline: what the period's deadline was. quiet: it completes the sums, and is no reason to write to anybody. settles_at: from when on
    nothing can change it, if that is known.
    """

    period: str
    closes: UtcMs
    numbers: Numbers = ()
    deadline: Deadline | None = None
    quiet: bool = False
    settles_at: UtcMs = 0


class Alert(Word, frozen=True):
    """A finding with a lifecycle. `revision` counts the alert's own changes, from 1; `since` is the date of the first of them.

    at: the instant of law and policy it is dated by. grade: the grade held, by the name that its ladder has; grade_now: what the present
    facts alone give (G8). peak: the figure whose rise is never held back. held_until: when the held grade ends unless something new is
    asserted. deadlines: instants that may stand beside what is asked, by name. open_until: nothing may be stood down before it (R16).
    historic: it occurred so long ago that it interrupts nobody (G6).
    """

    id: str
    rule: Rule
    estate: str
    about: str
    since: UtcMs
    revision: int
    state: AlertState
    at: UtcMs
    grade: str
    grade_now: str
    peak: int
    reasons: tuple[Reason, ...]
    situation: AnySituation
    held_until: UtcMs | None = None
    deadlines: tuple[tuple[str, UtcMs], ...] = ()
    open_until: UtcMs | None = None
    share: Share | None = None
    proven: Proven | None = None
    historic: bool = False
    exercise: bool = False
