"""CLOCK: the progress of every seat in, ticks out. It alone moves time (law 3).

In production `at` is the broker's clock; in a story it is the least watermark of the story's publisher. Rooms are chained: ESCALATION gets
tick T when every seat of SURVEILLANCE has committed T, DELIVERY when every seat of ESCALATION has, or after the patience has run out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from schemas import codec
from schemas.escalation import AdmittedAct
from schemas.ids import COMPLETE, DESK, STORY
from schemas.ledger import Brake, CompletenessBroken, Count, PartitionRead, Progress, Proof, Silence, SourcePublished, Tick
from schemas.policy import Clock, Policy, Roster
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, LEDGER, PROGRESS, REGISTRY, Topic
from schemas.word import Part, Stamp, UtcMs
from streams.pipeline.brake import Obligation, Period, counted, judged, lifted
from streams.pipeline.entitled import period_of, refused
from streams.pipeline.line import NOTHING, Entry, Record, Room, Said, Step
from streams.pipeline.seen import PARTITIONS, PartitionSeen, SeatSeen, View

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000
CLOCK_ENTRY = "clock"
CHAIN: tuple[tuple[str, Topic], ...] = (("surveillance", LEDGER), ("escalation", ESCALATION_INBOX), ("delivery", DELIVERY_INBOX))
IDLE = len(CHAIN)
NUDGED_BY = "clock/nudge"
NUDGE = Progress("clock", PROGRESS.name, 0)
"""What the host of CLOCK writes when something has become due and nothing else would wake it: the broker's time of it is all it says."""

_SEATS = tuple(tuple(f"{room}/{inbox.name}/{partition}" for partition in range(inbox.partitions)) for room, inbox in CHAIN)
_REGISTRY_SEAT = f"intake/{REGISTRY.name}/0"


class Pace(NamedTuple):
    """How CLOCK goes: by a story's watermarks or by the broker's clock, and how it finds the revisions that it stamps."""

    story_time: bool
    policy_of: Callable[[str], Policy]
    roster_of: Callable[[str], Roster]
    exercise: bool = False


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


def step(entries: Mapping[str, Entry], record: Record, pace: Pace) -> Step:
    """One report."""
    match codec.decode(record.value or b""):
        case Progress() as progress:
            return _progress(entries, progress, record, pace)
        case Count() as count:
            name = f"count|{count.obligation}"
            return Step({name: counted(entries.get(name) or Obligation(count.obligation), count)})
        case CompletenessBroken() as broken:
            return _broken(entries, broken, record, pace)
        case AdmittedAct(act="release" | "excuse", firm="") as act:
            return _lifted(entries, act, record, pace)
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
    view = View(entries, name, changes.get(name))
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
        if read.source not in known or (read.through, read.heard_at) > (known[read.source].through, known[read.source].heard_at):
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


def _advance(chain: _Chain, view: View, wall: UtcMs, pace: Pace) -> _Chain:
    """Hand the tick on along the chain, as far as the rooms have come or patience has run out."""
    now, changes, words = chain
    policy = pace.policy_of(now.policy)
    while now.stage < IDLE:
        committed = all(view.seat(seat).tick >= now.number for seat in _SEATS[now.stage])
        if not committed and wall - now.issued_wall <= policy.clock.patience_seconds * SECOND_MS:
            break
        if now.stage == 0:
            obligations, said = _judged(now, view, pace) if committed else (dict(view.obligations()), [])
            changes, words = {**changes, **obligations}, [*words, *said]
        now = msgspec.structs.replace(now, stage=now.stage + 1, complete=now.complete and committed, issued_wall=wall)
        known = dict(view.obligations()) | {name: entry for name, entry in changes.items() if isinstance(entry, Obligation)}
        words = [*words, *_ticks(now, brakes=tuple(brake for entry in known.values() for brake in entry.brakes(now.number)))]
    return _Chain(now, changes, words)


def _judged(now: Now, view: View, pace: Pace) -> tuple[dict[str, Entry | None], list[Said]]:
    """Every obligation with its latest counts; the desk is told of each period that is held back, and whether it still need be."""
    changes: dict[str, Entry | None] = {}
    words: list[Said] = []
    policy = pace.policy_of(now.policy)
    for name, obligation in view.obligations():
        after, news = judged(obligation, policy.deadlines, _silences(obligation, view, policy))
        if after != obligation:
            changes[name] = after
        stamp = Stamp(now.policy, now.roster)
        words += (Said(ESCALATION_INBOX, DESK, _brake(obligation, period, now.at, pace), stamp) for period in news)
    return changes, words


def _silences(obligation: Obligation, view: View, policy: Policy) -> dict[str, Silence]:
    """For each period that is to be judged, the longest silence of its source shortly before the deadline, if there was any."""
    known = policy.obligation(obligation.name)
    silences = tuple(view.silences(known.received_by)) if known else ()
    found: dict[str, Silence] = {}
    for name in obligation.unjudged if silences else ():
        period = period_of(obligation.name, name, policy)
        shortly = [silence for silence in silences if period and _is_shortly_before(silence, period.due_at, policy)]
        if shortly:
            found[name] = max(shortly, key=lambda silence: (silence.until - silence.since, silence.until))
    return found


def _is_shortly_before(silence: Silence, due_at: UtcMs, policy: Policy) -> bool:
    return silence.since < due_at and silence.until > due_at - policy.deadlines.silence_before_hours * HOUR_MS


def _brake(obligation: Obligation, period: Period, at: UtcMs, pace: Pace) -> Brake:
    return Brake(
        obligation.name, period.name, period.due, period.absent, period.allowed or 0, at, silence=period.silence, exercise=pace.exercise
    )


def _lifted(entries: Mapping[str, Entry], act: AdmittedAct, record: Record, pace: Pace) -> Step:
    """A person lifts a brake, from the next tick on: on it every room has heard of the act. What is not on is not lifted in advance."""
    stamp = Stamp(record.header("policy"), record.header("roster"))
    name, now = f"count|{act.obligation}", entries.get(CLOCK_ENTRY) or Now()
    obligation = entries.get(name)
    if not (stamp.policy and stamp.roster and isinstance(obligation, Obligation)):
        return NOTHING
    period = obligation.held(act.period)
    if period is None or refused(act, pace.policy_of(stamp.policy), pace.roster_of(stamp.roster)):
        return NOTHING
    word = msgspec.structs.replace(_brake(obligation, period, act.at, pace), lifted=act.act, lifted_by=act.position)
    return Step({name: lifted(obligation, period, now.number)}, (Said(ESCALATION_INBOX, DESK, word, stamp),))


class _Time(NamedTuple):
    """Where time would stand at the next tick. `proves`: a gate was reached that somebody waits for."""

    at: UtcMs
    complete_through: UtcMs
    proven: tuple[tuple[str, UtcMs], ...] = ()
    proves: bool = False


def _due(now: Now, view: View, wall: UtcMs, pace: Pace) -> _Time | None:
    """The time of the next tick, if one is due: an entry waits for it, a story has moved, or long enough has passed."""
    time = _time(now, view, wall, pace)
    if time is None:
        return None
    seats = [view.seat(seat) for seats in _SEATS for seat in seats]
    time = time._replace(proves=_proves(time, seats, view))
    waited_for = time.proves or any(_past(seat.due_at, time.at) or _past(seat.due_wall, wall) for seat in seats)
    moved = pace.story_time and time.at > now.at
    ticks = waited_for or moved or wall - now.wall >= _every(pace.policy_of(now.policy).clock)
    return time._replace(proven=_gates(time, seats, view)) if ticks else None


def _every(clock: Clock) -> int:
    return clock.tick_every_minutes * MINUTE_MS


def _past(due: UtcMs | None, instant: UtcMs) -> bool:
    return due is not None and due <= instant


def _time(now: Now, view: View, wall: UtcMs, pace: Pace) -> _Time | None:
    partitions = [view.partition(*partition) for partition in PARTITIONS]
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


def _waited_for(seats: Iterable[SeatSeen]) -> dict[str, UtcMs]:
    """Each gate that a seat waits for, and the first instant that it must reach."""
    waited: dict[str, UtcMs] = {}
    for seat in seats:
        for name, instant in seat.due_proven:
            waited[name] = min(instant, waited.get(name, instant))
    return waited


def _proves(time: _Time, seats: Iterable[SeatSeen], view: View) -> bool:
    """Whether a gate has been reached. While it stands still, whoever waits for it causes no tick."""
    return any(_past(instant, _through(name, time.complete_through, view) or 0) for name, instant in _waited_for(seats).items())


def _gates(time: _Time, seats: Iterable[SeatSeen], view: View) -> tuple[tuple[str, UtcMs], ...]:
    """How far every gate has come that a seat waits for, and that of every source that has ever published how far it is."""
    names = sorted({*_waited_for(seats), *view.gates()} - {COMPLETE})
    through = ((name, _through(name, time.complete_through, view)) for name in names)
    return tuple((name, instant) for name, instant in through if instant is not None)


def _through(gate: str, complete_through: UtcMs, view: View) -> UtcMs | None:
    if gate == COMPLETE:
        return complete_through
    topic, _, source = gate.partition("|")
    published = _least(view.partition(name, number).source(source) for name, number in PARTITIONS if name == topic)
    return None if published is None else min(complete_through, published)


def _proof(view: View) -> Proof:
    """What every partition was read up to, and what every source said there."""
    seen = [(topic, number, view.partition(topic, number)) for topic, number in PARTITIONS]
    return Proof(
        tuple(PartitionRead(topic, number, part.offset, part.appended) for topic, number, part in seen if part.offset >= 0),
        tuple(
            SourcePublished(topic, number, read.source, read.through, read.offset) for topic, number, part in seen for read in part.sources
        ),
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


def _broken(entries: Mapping[str, Entry], word: CompletenessBroken, record: Record, pace: Pace) -> Step:
    """The desk is told once an hour of each partition."""
    name = f"broken|{word.topic}/{word.partition}"
    told = entries.get(name)
    if isinstance(told, BrokenSeen) and record.timestamp - told.told_wall < HOUR_MS:
        return NOTHING
    stamp, now = Stamp(record.header("policy"), record.header("roster")), entries.get(CLOCK_ENTRY) or Now()
    word = msgspec.structs.replace(word, at=now.at or record.timestamp, exercise=pace.exercise)
    return Step({name: BrokenSeen(record.timestamp)}, (Said(ESCALATION_INBOX, DESK, word, stamp),))


_unpack = msgspec.json.Decoder(SeatSeen | PartitionSeen | Obligation | BrokenSeen | Now).decode

CLOCK = Room("clock", (PROGRESS,), step, msgspec.json.encode, _unpack)
"""The room; a driver gives it a `Pace`."""
