"""The words of the ledger and of time: admitted facts, refusals, watermarks read, ticks, and the two quarantines."""

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
    """What else the registry had. filing_connected: a labour inspection of the province publishes the reports that it receives (R11)."""

    filing_connected: bool = False


class Admitted(Word, frozen=True):
    """A fact, with everything that a later reader could not know (law 1).

    at: the instant of law and policy (accepted_at in production, recordedtime in a story). rank: what the source counts as after the
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
    occurred_at: UtcMs | None = None
    subject: str = ""
    incident: str = ""
    rank: str = ""
    registry: int = 0
    exercise: bool = False
    moved_away: bool = False
    unresolved: tuple[str, ...] = ()
    place: Place | None = None
    registered: Registered = Registered()


class Refusal(Word, frozen=True):
    """A fact that was refused, told to the ledger of the firm or source it concerns (law 2, G5)."""

    kind: str
    source: str
    reason: str
    field: str
    subject: str
    at: UtcMs
    origin: Origin
    exercise: bool = False


class Rejected(Word, frozen=True):
    """An intake record that cannot be understood. It holds coordinates and a keyed digest, never the payload (law 12)."""

    reason: str
    field: str
    correct: str
    digest: str
    origin: Origin
    source: str = ""
    id: str = ""
    kind: str = ""


class Oddity(Word, frozen=True):
    """The same `source` and `id` came again with other content: listed, and decides nothing (law 5)."""

    source: str
    id: str
    kind: str
    subject: str
    digest: str
    first_digest: str
    origin: Origin


class Parked(Word, frozen=True):
    """A record that was understood but on which a room failed. The line went on without it, for that key alone (law 2)."""

    room: str
    key: str
    error: str
    origin: Origin


class Progress(Word, frozen=True):
    """How far a seat has come.

    From INTAKE: `through` and `offset` of its own watermark, the `sources` whose watermarks it has read, and the revisions in force.
    From a room behind CLOCK: the tick it has committed. From all: the least instants at which an entry is due.
    """

    room: str
    topic: str
    partition: int
    offset: int = -1
    through: UtcMs | None = None
    sources: tuple[tuple[str, UtcMs], ...] = ()
    tick: int = -1
    due_at: UtcMs | None = None
    due_wall: UtcMs | None = None
    counts: tuple[tuple[str, int], ...] = ()


class Tick(Word, frozen=True):
    """A recorded instant that moves time for the room that reads it (law 3). `number` counts ticks from 1.

    at: the time of law and policy. wall: the broker's clock. complete_through: everything up to then has been read. complete: every
    seat before this room had committed the same tick.
    """

    number: int
    at: UtcMs
    wall: UtcMs
    complete_through: UtcMs
    complete: bool = True
    brake: bool = False
