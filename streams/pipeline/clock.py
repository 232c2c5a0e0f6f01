"""CLOCK: the progress of every seat in, ticks out. It alone moves time (law 3).

In production `at` is the broker's clock; in a story it is the least watermark of the publisher. Rooms are chained: ESCALATION gets tick T
when every seat of SURVEILLANCE has committed T, DELIVERY when every seat of ESCALATION has, or after the patience has run out.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from schemas import codec
from schemas.ledger import Progress, Tick
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, INTAKE_TOPICS, LEDGER, PROGRESS, Topic
from schemas.word import Part, Stamp, UtcMs
from streams.pipeline.line import NOTHING, Entry, Record, Room, Said, Step

HOUR_MS = 3_600_000
CLOCK_ENTRY = "clock"
CHAIN: tuple[tuple[str, Topic], ...] = (("surveillance", LEDGER), ("escalation", ESCALATION_INBOX), ("delivery", DELIVERY_INBOX))
IDLE = len(CHAIN)
_SOURCES = tuple(f"intake/{topic.name}/{partition}" for topic in INTAKE_TOPICS for partition in range(topic.partitions))
_SEATS = tuple(tuple(f"{room}/{inbox.name}/{partition}" for partition in range(inbox.partitions)) for room, inbox in CHAIN)


class Pace(NamedTuple):
    """How CLOCK goes: by a story's watermarks or by the broker's clock, and how long a room may keep the next one waiting."""

    story_time: bool
    patience_ms: int


class SeatSeen(Part, frozen=True, array_like=True, tag="seat"):
    """What one seat last reported."""

    tick: int = 0
    through: UtcMs | None = None
    watermark: UtcMs | None = None
    due_at: UtcMs | None = None
    due_wall: UtcMs | None = None


class Now(Part, frozen=True, array_like=True, tag="now"):
    """The last tick, and the stage of the chain that works on it (`IDLE` when all have)."""

    number: int = 0
    at: UtcMs = 0
    wall: UtcMs = 0
    complete_through: UtcMs = 0
    complete: bool = True
    stage: int = IDLE
    issued_wall: UtcMs = 0
    policy: str = ""
    roster: str = ""


class _View(NamedTuple):
    """All seats as last reported, the one that has just spoken included."""

    entries: Mapping[str, Entry]
    name: str
    seen: SeatSeen

    def of(self, name: str) -> SeatSeen:
        return self.seen if name == self.name else self.entries.get(name) or SeatSeen()


def step(entries: Mapping[str, Entry], record: Record, pace: Pace) -> Step:
    """One report of progress."""
    word = codec.decode(record.value or b"")
    if not isinstance(word, Progress):
        return NOTHING
    name = f"{word.room}/{word.topic}/{word.partition}"
    view = _View(entries, name, _merged(entries.get(name) or SeatSeen(), word))
    now = entries.get(CLOCK_ENTRY) or Now()
    if word.room == "intake" and record.header("policy"):
        now = msgspec.structs.replace(now, policy=record.header("policy"), roster=record.header("roster"))
    now, words = _advance(now, view, record.timestamp, pace)
    if now.policy and now.stage == IDLE and (time := _due(now, view, record.timestamp, pace)):
        now = _next(now, time, record.timestamp)
        words += _ticks(now)
    return Step(changes={name: view.seen, CLOCK_ENTRY: now}, words=words)


def _merged(seen: SeatSeen, word: Progress) -> SeatSeen:
    if word.room == "intake":
        watermark = min((through for _, through in word.sources), default=None)
        return SeatSeen(through=_latest(word.through, seen.through), watermark=_latest(watermark, seen.watermark))
    return SeatSeen(tick=max(word.tick, seen.tick), due_at=word.due_at, due_wall=word.due_wall)


def _latest(one: UtcMs | None, other: UtcMs | None) -> UtcMs | None:
    return max((instant for instant in (one, other) if instant is not None), default=None)


def _advance(now: Now, view: _View, wall: UtcMs, pace: Pace) -> tuple[Now, tuple[Said, ...]]:
    """Hand the tick on along the chain, as far as the rooms have come or patience has run out."""
    words: tuple[Said, ...] = ()
    while now.stage < IDLE:
        committed = all(view.of(seat).tick >= now.number for seat in _SEATS[now.stage])
        if not committed and wall - now.issued_wall <= pace.patience_ms:
            break
        now = msgspec.structs.replace(now, stage=now.stage + 1, complete=now.complete and committed, issued_wall=wall)
        words += _ticks(now)
    return now, words


class _Time(NamedTuple):
    at: UtcMs
    complete_through: UtcMs


def _due(now: Now, view: _View, wall: UtcMs, pace: Pace) -> _Time | None:
    """The time of the next tick, if one is due: an entry waits for it, a story has moved, or an hour has passed."""
    time = _time(now, view, wall, pace)
    if time is None:
        return None
    seats = [view.of(seat) for seats in _SEATS for seat in seats]
    waited_for = any(_past(seat.due_at, time.at) or _past(seat.due_wall, wall) for seat in seats)
    moved = pace.story_time and time.at > now.at
    return time if waited_for or moved or wall - now.wall >= HOUR_MS else None


def _past(due: UtcMs | None, instant: UtcMs) -> bool:
    return due is not None and due <= instant


def _time(now: Now, view: _View, wall: UtcMs, pace: Pace) -> _Time | None:
    sources = [view.of(source) for source in _SOURCES]
    if pace.story_time:
        watermarks = [source.watermark for source in sources]
        if any(watermark is None for watermark in watermarks):
            return None
        at = max(now.at, min(w for w in watermarks if w is not None))
        return _Time(at, at)
    throughs = [source.through for source in sources]
    complete = 0 if any(t is None for t in throughs) else min(t for t in throughs if t is not None)
    return _Time(max(now.at, wall), max(now.complete_through, complete))


def _next(now: Now, time: _Time, wall: UtcMs) -> Now:
    return Now(
        number=now.number + 1,
        at=time.at,
        wall=max(now.wall, wall),
        complete_through=time.complete_through,
        stage=0,
        issued_wall=wall,
        policy=now.policy,
        roster=now.roster,
    )


def _ticks(now: Now) -> tuple[Said, ...]:
    return tuple(_tick_words(now)) if now.stage < IDLE else ()


def _tick_words(now: Now) -> Iterator[Said]:
    _, inbox = CHAIN[now.stage]
    tick = Tick(number=now.number, at=now.at, wall=now.wall, complete_through=now.complete_through, complete=now.complete)
    for partition in range(inbox.partitions):
        yield Said(inbox, "", tick, Stamp(now.policy, now.roster), partition)


_unpack = msgspec.json.Decoder(SeatSeen | Now).decode

CLOCK = Room("clock", (PROGRESS,), step, msgspec.json.encode, _unpack)
