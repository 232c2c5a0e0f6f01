"""The words of the ledger and of time: admitted facts, refusals, watermarks read, ticks, and the two quarantines."""

from enum import StrEnum

import msgspec

from schemas.word import Part, UtcMs, Word


class Origin(Part, frozen=True):
    """Where a fact was published: topic (without prefix), partition, offset."""

    topic: str
    partition: int
    offset: int


class Place(Part, frozen=True):
    """Where a fact belongs, as the registry had it at `occurred_at`. Ids are empty where nobody could say.

    `estate` is a real estate id, or `regency:<code>` for a firm outside every estate, or `desk` when not even the regency is known.
    """

    firm: str
    firm_name: str
    plant: str = ""
    plant_name: str = ""
    estate: str = "desk"
    estate_name: str = ""
    regency: str = ""
    regency_name: str = ""
    province: str = ""
    province_name: str = ""
    zone: str = "Asia/Jakarta"


class Registered(Part, frozen=True):
    """What else the registry had.

    filing_connected: a labour inspection of the province publishes the reports that it receives (R11). workers: of the firm, as it is
    registered. regency_rate: new confirmed cases in the regency in 14 days, among a million inhabitants (R7).
    """

    filing_connected: bool = False
    workers: int | None = None
    regency_rate: int | None = None


class Doubt(StrEnum):
    """Why a fact that was taken in must be looked at by a person (G5)."""

    UNKNOWN_FIRM = "unknown_firm"
    UNKNOWN_PLANT = "unknown_plant"
    UNKNOWN_ESTATE = "unknown_estate"
    UNKNOWN_REGENCY = "unknown_regency"
    UNKNOWN_SOURCE = "unknown_source"
    UNKNOWN_KIND = "unknown_kind"
    PLANT_OF_ANOTHER_FIRM = "plant_of_another_firm"
    CONTRADICTORY_ESTATE = "contradictory_estate"
    CONTRADICTORY_TIME = "contradictory_time"
    CONTRADICTORY_SPLIT = "contradictory_split"
    CONTRADICTORY_REPLACEMENT = "contradictory_replacement"
    NO_BULLETIN = "no_bulletin"
    RETRACTION_OF_NOTHING = "retraction_of_nothing"
    TIME_IN_THE_FUTURE = "time_in_the_future"
    UNKNOWN_STATUS = "unknown_status"
    STATUS_OF_ANOTHER_TIME = "status_of_another_time"
    UNDATED_CASE = "undated_case"


class Admitted(Word, frozen=True):
    """A fact, with everything that a later reader could not know (law 1).

    at: the instant of law and policy (accepted_at in production, recordedtime in a story). received_at: of a report, by the clock of its
    source where the registry trusts it, else of the broker (G1). rank: what the source counts as after the
    registry was asked. unresolved: why a person must look (G5). moved_away: the fact now belongs elsewhere, and
    what it replaces here is taken back. fact: the fact's own data, byte for byte.
    """

    kind: str
    source: str
    id: str
    digest: str
    at: UtcMs
    accepted_at: UtcMs
    origin: Origin
    fact: msgspec.Raw
    recorded_at: UtcMs | None = None
    received_at: UtcMs | None = None
    occurred_at: UtcMs | None = None
    subject: str = ""
    incident: str = ""
    rank: str = ""
    registry: int = 0
    exercise: bool = False
    moved_away: bool = False
    unresolved: tuple[Doubt, ...] = ()
    place: Place | None = None
    registered: Registered = Registered()


class Refusal(Word, frozen=True):
    """A fact that was refused, told to the ledger of the firm or source it concerns (law 2, G5).

    received_at: when its source says that it received it, where that can be read and the registry trusts it (G1).
    """

    kind: str
    source: str
    reason: str
    field: str
    subject: str
    at: UtcMs
    origin: Origin
    exercise: bool = False
    received_at: UtcMs | None = None


class Bound(Part, frozen=True):
    """An obligation that binds a permit, from when and until when. `agreed_with`: where it was assigned by name, with which government."""

    obligation: str
    since: UtcMs
    until: UtcMs | None = None
    agreed_with: str = ""


class StateSince(Part, frozen=True):
    """The state of a permit from an instant on: what officials decided, or `ended`."""

    since: UtcMs
    state: str
    decided_by: str = ""


class PlaceSince(Part, frozen=True):
    """Where the plant of a permit stands from an instant on."""

    since: UtcMs
    place: Place


class Enrolled(Word, frozen=True):
    """A permit in the hands of a firm, with its whole history as of one record of the registry: whoever reads it replaces what they had.

    Written by the registry's own seat alone (law 1). The histories begin when the permit came into the hands of that firm, oldest first.
    at: when the line heard of it. registry: the revision of the registry. origin: the record that changed something. taken_over: since when
    this firm has it of which, until that record, another firm was thought to have it: what was reported in between bears that one's name.
    """

    permit: str
    firm: str
    subject: str
    holder: str
    obligations: tuple[Bound, ...]
    states: tuple[StateSince, ...]
    places: tuple[PlaceSince, ...]
    at: UtcMs
    registry: int
    origin: Origin
    exercise: bool = False
    taken_over: UtcMs | None = None


class Connection(Part, frozen=True):
    """From an instant on, whose a source is, what it publishes, and after how long its silence is an alarm (R20)."""

    since: UtcMs
    owner: str
    topics: tuple[str, ...] = ()
    silent_after_minutes: int | None = None
    ended: bool = False


class Connected(Word, frozen=True):
    """A source, with its whole history as of one record of the registry: whoever reads it replaces what they had."""

    source: str
    subject: str
    connections: tuple[Connection, ...]
    at: UtcMs
    registry: int
    origin: Origin
    exercise: bool = False


class Rejected(Word, frozen=True):
    """An intake record that was not taken. It holds coordinates and a keyed digest, never the payload (law 12).

    An audit that has not the key of the worker compares everything but `digest`; nobody who has not the key can tell from it what was sent.
    """

    reason: str
    field: str
    correct: str
    digest: str
    origin: Origin
    source: str = ""
    id: str = ""
    kind: str = ""


class Odd(StrEnum):
    """What is odd about something that was understood."""

    OTHER_CONTENT = "other_content"
    WATERMARK_OF_A_STRANGER = "watermark_of_a_stranger"
    WATERMARK_IN_THE_FUTURE = "watermark_in_the_future"
    WATERMARK_BACKWARDS = "watermark_backwards"
    ESTATE_ENDED_WITH_FIRMS = "estate_ended_with_firms"
    ASSIGNED_WITHOUT_PERMIT = "assigned_without_permit"
    COUNTS_OF_A_STRANGER = "counts_of_a_stranger"
    TOO_LATE = "too_late"
    UNKNOWN_POSITION = "unknown_position"


class Oddity(Word, frozen=True):
    """Something was understood and decides nothing: it is listed, for a person to look at.

    other_content: the same `source` and `id` came before, with the content of `first_digest` (law 5). too_late: its period was settled
    longer ago than a late report may change anything.
    """

    what: Odd
    source: str
    id: str
    kind: str
    origin: Origin
    subject: str = ""
    digest: str = ""
    first_digest: str = ""


class Parked(Word, frozen=True):
    """A record that was understood but on which a room failed. The line went on without it, for that key alone (law 2)."""

    room: str
    key: str
    error: str
    origin: Origin


class Silence(Part, frozen=True, array_like=True):
    """A source was not heard for longer than its declared limit: from its last watermark to the next."""

    since: UtcMs
    until: UtcMs


class SourceRead(Part, frozen=True, array_like=True):
    """How far a source says, in one partition, that it has published, and the offset of the record that says so.

    heard_at: when its last watermark was taken in. silences: the last of those that were longer than its limit then, oldest first.
    """

    source: str
    through: UtcMs
    offset: int
    heard_at: UtcMs = 0
    silences: tuple[Silence, ...] = ()


class Progress(Word, frozen=True):
    """How far a seat has come.

    From INTAKE: the watermark it has read last, that is its `offset`, when it was `appended` and the time `through` which it vouches; the
    `sources` whose watermarks it has read; and, as its stamp, the revisions in force. From a room behind CLOCK: the tick it has committed.
    From all: the least instants at which an entry is due, for entries that wait for a proof one for each gate (see `Tick`).
    """

    room: str
    topic: str
    partition: int
    offset: int = -1
    appended: UtcMs | None = None
    through: UtcMs | None = None
    sources: tuple[SourceRead, ...] = ()
    tick: int = -1
    due_at: UtcMs | None = None
    due_wall: UtcMs | None = None
    due_proven: tuple[tuple[str, UtcMs], ...] = ()


class PartitionRead(Part, frozen=True, array_like=True):
    """The last watermark of a partition that INTAKE has read back: everything before it has been read too."""

    topic: str
    partition: int
    offset: int
    appended: UtcMs


class SourcePublished(Part, frozen=True, array_like=True):
    """What a source said in one partition, and in which record."""

    topic: str
    partition: int
    source: str
    through: UtcMs
    offset: int


class Proof(Part, frozen=True):
    """Why a gate was reached: every declared partition as far as it was read, and every source's own word. Anybody may read them again."""

    read: tuple[PartitionRead, ...]
    published: tuple[SourcePublished, ...]


class Tick(Word, frozen=True):
    """A recorded instant that moves time for the room that reads it (law 3). `number` counts ticks from 1.

    at: the time of law and policy. wall: the broker's clock. complete_through: everything up to then has been read. complete: every
    seat before this room had committed the same tick. proven: how far each gate has come: `<topic>|<source>` is
    what has been read of that topic and published by that source in all its partitions. proof: the evidence, if a gate caused the tick.
    brakes: `obligation/period` of which absences are held back (G2).
    """

    number: int
    at: UtcMs
    wall: UtcMs
    complete_through: UtcMs
    complete: bool = True
    proven: tuple[tuple[str, UtcMs], ...] = ()
    proof: Proof | None = None
    brakes: tuple[str, ...] = ()


class Count(Word, frozen=True):
    """How a seat counts the subjects of one obligation and period by now: due, absent, and those of which nobody can tell."""

    room: str
    partition: int
    obligation: str
    period: str
    due: int
    absent: int
    undecided: int


class Brake(Word, frozen=True):
    """More are absent than is believable: a period's absences are held back for a person (G2). `allowed`: so many would have passed.

    silence: that of its source shortly before the deadline, which alone is enough.
    It is said again when no more are absent than may be, which lifts nothing; and when a person has lifted it: by which act, and by whom.
    """

    obligation: str
    period: str
    due: int
    absent: int
    allowed: int
    at: UtcMs
    lifted: str = ""
    lifted_by: str = ""
    silence: Silence | None = None
    exercise: bool = False


class CompletenessBroken(Word, frozen=True):
    """A record came with an append time at or below the time through which its partition had been vouched for.

    at: the instant of law and policy at which CLOCK tells the desk.
    """

    topic: str
    partition: int
    offset: int
    vouched: UtcMs
    appended: UtcMs
    at: UtcMs = 0
    exercise: bool = False
