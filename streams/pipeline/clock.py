"""CLOCK: the progress of every seat in, ticks out. It alone moves time (law 3).

In production `at` is the broker's clock; in a story it is the least watermark of the story's publisher. Rooms are chained: ESCALATION gets
tick T when every seat of SURVEILLANCE has committed T, DELIVERY when every seat of ESCALATION has, or after the patience has run out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from schemas import codec
from schemas.ids import COMPLETE, DESK, STORY
from schemas.ledger import Brake, CompletenessBroken, Count, PartitionRead, Progress, Proof, SourcePublished, SourceRead, Tick
from schemas.policy import Clock, Policy
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, INTAKE_TOPICS, LEDGER, PROGRESS, REGISTRY, Topic
from schemas.word import Part, Stamp, UtcMs
from streams.pipeline.brake import Obligation, counted, judged
from streams.pipeline.line import NOTHING, Entry, Record, Room, Said, Step

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000
CLOCK_ENTRY = "clock"
CHAIN: tuple[tuple[str, Topic], ...] = (("surveillance", LEDGER), ("escalation", ESCALATION_INBOX), ("delivery", DELIVERY_INBOX))
IDLE = len(CHAIN)
NUDGED_BY = "clock/nudge"
NUDGE = Progress("clock", PROGRESS.name, 0)
"""What the host of CLOCK writes when something has become due and nothing else would wake it: the broker's time of it is all it says."""

_PARTITIONS = tuple((topic.name, partition) for topic in INTAKE_TOPICS for partition in range(topic.partitions))
_SEATS = tuple(tuple(f"{room}/{inbox.name}/{partition}" for partition in range(inbox.partitions)) for room, inbox in CHAIN)
_REGISTRY_SEAT = f"intake/{REGISTRY.name}/0"


class Pace(NamedTuple):
    """How CLOCK goes: by a story's watermarks or by the broker's clock, and how it finds the policy that it stamps."""

    story_time: bool
    policy_of: Callable[[str], Policy]


class SeatSeen(Part, frozen=True, array_like=True, tag="seat"):
    """What a seat behind CLOCK last reported."""

    tick: int = 0
    due_at: UtcMs | None = None
    due_wall: UtcMs | None = None
    due_proven: tuple[tuple[str, UtcMs], ...] = ()


class PartitionSeen(Part, frozen=True, array_like=True, tag="partition"):
    """How far a seat of INTAKE last reported to have read, and what sources have said there."""

    offset: int = -1
    appended: UtcMs = 0
    through: UtcMs | None = None
    sources: tuple[SourceRead, ...] = ()

    def source(self, name: str) -> UtcMs | None:
        """How far that source has published here."""
        return next((read.through for read in self.sources if read.source == name), None)


class BrokenSeen(Part, frozen=True, array_like=True, tag="broken"):
    """When the desk was last told that a partition had been vouched for too early."""

    told_wall: UtcMs


class Now(Part, frozen=True, array_like=True, tag="now"):
    """The last tick, and the stage of the chain that works on it (`IDLE` when all have)."""

    number: int = 0
    at: UtcMs = 0
    wall: UtcMs = 0
    complete_through: UtcMs = 0
    complete: bool = True
    stage: int = IDLE
    issued_wall: UtcMs = 0
    proven: tuple[tuple[str, UtcMs], ...] = ()
    policy: str = ""
    roster: str = ""


class _View(NamedTuple):
    """Everything as last reported, what has just been said included."""

    entries: Mapping[str, Entry]
    name: str
    seen: Entry

    def seat(self, name: str) -> SeatSeen:
        found = self.seen if name == self.name else self.entries.get(name)
        return found if isinstance(found, SeatSeen) else SeatSeen()

    def partition(self, topic: str, number: int) -> PartitionSeen:
        name = f"intake/{topic}/{number}"
        found = self.seen if name == self.name else self.entries.get(name)
        return found if isinstance(found, PartitionSeen) else PartitionSeen()

    def obligations(self) -> tuple[tuple[str, Obligation], ...]:
        return tuple((name, entry) for name, entry in sorted(self.entries.items()) if isinstance(entry, Obligation))


def step(entries: Mapping[str, Entry], record: Record, pace: Pace) -> Step:
    """One report."""
    match codec.decode(record.value or b""):
        case Progress() as progress:
            return _progress(entries, progress, record, pace)
        case Count() as count:
            name = f"count|{count.obligation}"
            return Step({name: counted(entries.get(name) or Obligation(count.obligation), count)})
        case CompletenessBroken() as broken:
            return _broken(entries, broken, record)
        case _:
            return NOTHING


def wakes_at(entries: Mapping[str, Entry], pace: Pace) -> UtcMs | None:
    """The broker's time at which a tick is due although nobody may report by then; None while a tick is on its way, or nothing is due."""
    now = entries.get(CLOCK_ENTRY) or Now()
    if not now.policy or now.stage < IDLE:
        return None
    seats = [seen for seen in entries.values() if isinstance(seen, SeatSeen)]
    instants = [seat.due_wall for seat in seats] + ([] if pace.story_time else [seat.due_at for seat in seats])
    return min((instant for instant in instants if instant is not None), default=None)


def _progress(entries: Mapping[str, Entry], word: Progress, record: Record, pace: Pace) -> Step:
    name = f"{word.room}/{word.topic}/{word.partition}"
    now = entries.get(CLOCK_ENTRY) or Now()
    changes: dict[str, Entry | None] = {}
    if word.room != CLOCK_ENTRY:
        changes[name] = _read(entries.get(name), word) if word.room == "intake" else _reported(entries.get(name), word)
    if name == _REGISTRY_SEAT and record.header("policy"):  # The register's own seat alone: others may be behind it (law 1).
        now = msgspec.structs.replace(now, policy=record.header("policy"), roster=record.header("roster"))
    view = _View(entries, name, changes.get(name))
    words: list[Said] = []
    if now.stage < IDLE:
        now, changes, words = _advance(_Chain(now, changes, []), view, record.timestamp, pace)
    if now.policy and now.stage == IDLE and (time := _due(now, view, record.timestamp, pace)):
        now = _next(now, time, record.timestamp)
        words += _ticks(now, proof=_proof(view) if time.proves else None)
    return Step(changes={**changes, CLOCK_ENTRY: now}, words=tuple(words))


def _read(seen: Entry | None, word: Progress) -> PartitionSeen:
    """The partition with what its seat reports; a watermark never falls."""
    before = seen if isinstance(seen, PartitionSeen) else PartitionSeen()
    known = {read.source: read for read in before.sources}
    for read in word.sources:
        if read.source not in known or read.through > known[read.source].through:
            known[read.source] = read
    sources = tuple(known[source] for source in sorted(known))
    if word.offset < before.offset:
        return msgspec.structs.replace(before, sources=sources)
    through = max((instant for instant in (word.through, before.through) if instant is not None), default=None)
    return PartitionSeen(word.offset, word.appended or 0, through, sources)


def _reported(seen: Entry | None, word: Progress) -> SeatSeen:
    before = seen if isinstance(seen, SeatSeen) else SeatSeen()
    return SeatSeen(max(word.tick, before.tick), word.due_at, word.due_wall, word.due_proven)


class _Chain(NamedTuple):
    """The tick on its way: what is known of it, what changes, what is said."""

    now: Now
    changes: dict[str, Entry | None]
    words: list[Said]


def _advance(chain: _Chain, view: _View, wall: UtcMs, pace: Pace) -> _Chain:
    """Hand the tick on along the chain, as far as the rooms have come or patience has run out."""
    now, changes, words = chain
    policy = pace.policy_of(now.policy)
    while now.stage < IDLE:
        committed = all(view.seat(seat).tick >= now.number for seat in _SEATS[now.stage])
        if not committed and wall - now.issued_wall <= policy.clock.patience_seconds * SECOND_MS:
            break
        if now.stage == 0:
            obligations, said = _judged(now, view, policy) if committed else (dict(view.obligations()), [])
            changes, words = {**changes, **obligations}, [*words, *said]
        now = msgspec.structs.replace(now, stage=now.stage + 1, complete=now.complete and committed, issued_wall=wall)
        known = dict(view.obligations()) | {name: entry for name, entry in changes.items() if isinstance(entry, Obligation)}
        words = [*words, *_ticks(now, brakes=tuple(brake for entry in known.values() for brake in entry.brakes))]
    return _Chain(now, changes, words)


def _judged(now: Now, view: _View, policy: Policy) -> tuple[dict[str, Entry | None], list[Said]]:
    """Every obligation of which a period has its first counts; the desk is told of each period that is held back."""
    changes: dict[str, Entry | None] = {}
    words: list[Said] = []
    for name, obligation in view.obligations():
        after, braked = judged(obligation, policy.deadlines)
        if after != obligation:
            changes[name] = after
        for period in braked:
            brake = Brake(obligation.name, period.name, period.due, period.absent, period.allowed or 0, now.at)
            words.append(Said(ESCALATION_INBOX, DESK, brake, Stamp(now.policy, now.roster)))
    return changes, words


class _Time(NamedTuple):
    """Where time would stand at the next tick. `proves`: a gate was reached that somebody waits for."""

    at: UtcMs
    complete_through: UtcMs
    proven: tuple[tuple[str, UtcMs], ...] = ()
    proves: bool = False


def _due(now: Now, view: _View, wall: UtcMs, pace: Pace) -> _Time | None:
    """The time of the next tick, if one is due: an entry waits for it, a story has moved, or long enough has passed."""
    time = _time(now, view, wall, pace)
    if time is None:
        return None
    seats = [view.seat(seat) for seats in _SEATS for seat in seats]
    time = _with_gates(time, seats, view)
    waited_for = time.proves or any(_past(seat.due_at, time.at) or _past(seat.due_wall, wall) for seat in seats)
    moved = pace.story_time and time.at > now.at
    return time if waited_for or moved or wall - now.wall >= _every(pace.policy_of(now.policy).clock) else None


def _every(clock: Clock) -> int:
    return clock.tick_every_minutes * MINUTE_MS


def _past(due: UtcMs | None, instant: UtcMs) -> bool:
    return due is not None and due <= instant


def _time(now: Now, view: _View, wall: UtcMs, pace: Pace) -> _Time | None:
    partitions = [view.partition(*partition) for partition in _PARTITIONS]
    if pace.story_time:
        through = _least(partition.source(STORY) for partition in partitions)
        at = max(now.at, through or 0)
        return None if through is None else _Time(at, at)
    complete = _least(partition.through for partition in partitions)
    return _Time(max(now.at, wall), max(now.complete_through, complete or 0))


def _least(instants: Iterable[UtcMs | None]) -> UtcMs | None:
    """The least of all; none at all if one is missing."""
    found = list(instants)
    known = [instant for instant in found if instant is not None]
    return min(known, default=None) if len(known) == len(found) else None


def _with_gates(time: _Time, seats: Iterable[SeatSeen], view: _View) -> _Time:
    """How far each gate has come that a seat waits for. While a gate stands still, whoever waits for it causes no tick."""
    waited: dict[str, UtcMs] = {}
    for seat in seats:
        for gate, instant in seat.due_proven:
            waited[gate] = min(instant, waited.get(gate, instant))
    through = {gate: _through(gate, time.complete_through, view) for gate in sorted(waited)}
    proven = tuple((gate, instant) for gate, instant in through.items() if gate != COMPLETE and instant is not None)
    return time._replace(proven=proven, proves=any(_past(instant, through[gate] or 0) for gate, instant in waited.items()))


def _through(gate: str, complete_through: UtcMs, view: _View) -> UtcMs | None:
    if gate == COMPLETE:
        return complete_through
    topic, _, source = gate.partition("|")
    published = _least(view.partition(name, number).source(source) for name, number in _PARTITIONS if name == topic)
    return None if published is None else min(complete_through, published)


def _proof(view: _View) -> Proof:
    """What every partition was read up to, and what every source said there."""
    seen = [(topic, number, view.partition(topic, number)) for topic, number in _PARTITIONS]
    return Proof(
        tuple(PartitionRead(topic, number, part.offset, part.appended) for topic, number, part in seen if part.offset >= 0),
        tuple(SourcePublished(topic, number, *msgspec.structs.astuple(read)) for topic, number, part in seen for read in part.sources),
    )


def _next(now: Now, time: _Time, wall: UtcMs) -> Now:
    return Now(
        number=now.number + 1,
        at=time.at,
        wall=max(now.wall, wall),
        complete_through=time.complete_through,
        stage=0,
        issued_wall=wall,
        proven=time.proven,
        policy=now.policy,
        roster=now.roster,
    )


def _ticks(now: Now, *, proof: Proof | None = None, brakes: tuple[str, ...] = ()) -> Iterator[Said]:
    """A tick for every partition of the room whose turn it is. Only that of the first room carries the proof: there it decides."""
    if now.stage == IDLE:
        return
    _, inbox = CHAIN[now.stage]
    tick = Tick(now.number, now.at, now.wall, now.complete_through, now.complete, now.proven, proof, brakes)
    for partition in range(inbox.partitions):
        yield Said(inbox, "", tick, Stamp(now.policy, now.roster), partition)


def _broken(entries: Mapping[str, Entry], word: CompletenessBroken, record: Record) -> Step:
    """The desk is told once an hour of each partition."""
    name = f"broken|{word.topic}/{word.partition}"
    told = entries.get(name)
    if isinstance(told, BrokenSeen) and record.timestamp - told.told_wall < HOUR_MS:
        return NOTHING
    stamp = Stamp(record.header("policy"), record.header("roster"))
    return Step({name: BrokenSeen(record.timestamp)}, (Said(ESCALATION_INBOX, DESK, word, stamp),))


_unpack = msgspec.json.Decoder(SeatSeen | PartitionSeen | Obligation | BrokenSeen | Now).decode

CLOCK = Room("clock", (PROGRESS,), step, msgspec.json.encode, _unpack)
"""The room; a driver gives it a `Pace`."""
