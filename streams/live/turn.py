"""One transaction in the making: a room is stepped, and what it answers is held until the commit. Knows no consumer and no offsets.

Memory is never touched here: changes lie in an overlay, and whoever commits merges it afterwards.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import PurePath
from typing import Any, NamedTuple

import structlog

from schemas.codec import encode
from schemas.ledger import Origin, Parked, Progress
from schemas.topics import PARKED, PROGRESS, Topic, partition_of
from schemas.word import Stamp, UtcMs
from streams.live.outbox import LARGEST_ROW_BYTES, Outbox, Place, Row
from streams.live.voice import OFFSET, OWN, Headers, Voice
from streams.pipeline.dues import Dues
from streams.pipeline.line import NOTHING, Due, Entry, Record, Room, Said, Step

log = structlog.get_logger()

DUE_AT, DUE_WALL, STEPPED, TICK_NUMBER = "due-at", "due-wall", "stepped", "tick"
"""Headers in the changelog: when an entry is due, the offset of the tick in hand if that has been to it; and the last tick committed."""

_LONGEST_KEY = 200
_LARGE_ENTRY_BYTES = 64 * 1024
_UNCHANGED = object()


class Committed(NamedTuple):
    """A word of the room, the record it answered, and when the broker appended it."""

    said: Said
    record: Record
    appended_at: UtcMs


class Memory(Mapping[str, Entry]):
    """What a room sees: the seat's memory through the changes of this turn."""

    __slots__ = ("changes", "kept")

    def __init__(self, kept: Mapping[str, Entry]) -> None:
        self.kept = kept
        self.changes: dict[str, Entry | None] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The entry as it is now."""
        entry = self.changes.get(name, _UNCHANGED)
        if entry is _UNCHANGED:
            return self.kept.get(name, default)
        return default if entry is None else entry

    def __getitem__(self, name: str) -> Entry:
        if (entry := self.get(name, _UNCHANGED)) is _UNCHANGED:
            raise KeyError(name)
        return entry

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name, _UNCHANGED) is not _UNCHANGED

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self.kept if name not in self.changes)
        yield from (name for name, entry in self.changes.items() if entry is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Task(NamedTuple):
    """What a seat was given to do, the same in every turn. `inbox` begins every cause; `keep` asks for the words again after the commit."""

    inbox: bytes
    room: Room
    policy_of: Callable[[Record], Any]
    changelog: Topic
    partition: int
    voice: Voice
    keep: bool = False


class Turn:
    """Records stepped, not yet committed. `stepped` are the entries that the tick in hand has been to, in this and earlier turns."""

    def __init__(self, task: Task, memory: Mapping[str, Entry], dues: Dues, outbox: Outbox, tick: int) -> None:
        self.seen = Memory(memory)
        self.outbox = outbox
        self.records: list[Record] = []
        self.swept = 0
        self.tick = tick
        self._task = task
        self._dues = dues
        self._words: list[tuple[Said, Record, Place]] = []
        self._step = task.room.step
        self._policy_of = task.policy_of
        self._headers = task.voice.headers

    def step(self, record: Record) -> None:
        """Give the record to the room."""
        self.records.append(record)
        self._answer(record, ("cause", b"%b/%d" % (self._task.inbox, record.offset)))

    def sweep(self, record: Record, entry: str, stepped: set[str]) -> None:
        """Give the tick to the room for one entry that is due."""
        self.swept += 1
        stepped.add(entry)
        cause = ("cause", b"%b/%d/%b" % (self._task.inbox, record.offset, entry.encode()))
        spoke = self._answer(record._replace(key=entry.encode()), cause, entry)
        if spoke and entry not in self.seen.changes:
            # Written although unchanged, so that a restart in mid-tick knows that this entry has been stepped.
            self.seen.changes[entry] = self.seen.get(entry)

    def park(self, record: Record, error: Exception) -> None:
        """Set a record aside that the seat itself cannot understand."""
        self.records.append(record)
        cause = ("cause", b"%b/%d" % (self._task.inbox, record.offset))
        self.outbox.add(self._parked(record, error, cause))

    def report(self, progress: Progress, coordinates: str) -> None:
        """Tell CLOCK how far this seat has come."""
        said = Said(PROGRESS, f"{progress.room}/{progress.topic}/{progress.partition}", progress, Stamp("", ""), partition=0)
        self.outbox.add(self._row(said, ("cause", f"{coordinates}/{OWN}".encode()), 0))

    def finish_tick(self, record: Record, number: int) -> None:
        """The tick has been to everything that was due."""
        self.records.append(record)
        self.tick = number

    def keep_entries(self, offset: int, stepped: AbstractSet[str]) -> None:
        """Write what changed, and the place in the inbox beside it."""
        at = b"%d" % offset
        for name, entry in self.seen.changes.items():
            self._keep(name, entry, [(STEPPED, at)] if name in stepped else [])
        self._write(OFFSET, at, [(TICK_NUMBER, b"%d" % self.tick)])

    def committed(self) -> list[Committed]:
        """The room's words with the broker's times; only for whoever asked to keep them."""
        return [Committed(said, record, self.outbox.appended_at(place)) for said, record, place in self._words]

    def _answer(self, record: Record, cause: tuple[str, bytes], entry: str | None = None) -> bool:
        """Step the room, and take what it says. The one place where a room may break: what it broke on is parked, alone."""
        step: Step
        try:
            step = self._step(self.seen, record, self._policy_of(record))
            rows = [self._row(said, cause, n) for n, said in enumerate(step.words)] if step.words else []
        except Exception as error:  # noqa: BLE001  law 2: a room that breaks on a record parks it and goes on
            step, rows = self._forgotten(entry), [self._parked(record, error, cause)]
        if step.changes:
            self._take(step)
        for row in rows:
            self.outbox.add(row)
        if self._task.keep:
            self._words += [(said, record, self.outbox.place_of(row)) for said, row in zip(step.words, rows, strict=False)]
        return bool(rows)

    def _take(self, step: Step) -> None:
        changes, due = step.changes, step.due
        self.seen.changes.update(changes)
        for name, entry in changes.items():
            self._dues.set(name, due.get(name) if due and entry is not None else None)

    def _forgotten(self, entry: str | None) -> Step:
        """An entry whose tick broke loses its due: it would break on every tick, and CLOCK would hurry for it without end."""
        return Step(changes={entry: self.seen.get(entry)}) if entry else NOTHING

    def _row(self, said: Said, cause: tuple[str, bytes], n: int) -> Row:
        topic, key, word, stamp, partition = said
        value = encode(word)
        if len(value) > LARGEST_ROW_BYTES:
            raise ValueError("a word is larger than a record may be")
        number = partition_of(key, topic) if partition is None else range(topic.partitions)[partition]
        return topic, number, key.encode(), value, self._headers(word, stamp, cause, n)

    def _parked(self, record: Record, error: Exception, cause: tuple[str, bytes]) -> Row:
        key = (record.key or b"")[:_LONGEST_KEY].decode("utf-8", "replace")
        because = _place_of(error)
        log.warning(
            "record.parked",
            room=self._task.room.name,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            because=because,
        )
        word = Parked(self._task.room.name, key, because, Origin(record.topic, record.partition, record.offset))
        return self._row(Said(PARKED, key, word, Stamp(record.header("policy"), record.header("roster"))), cause, 0)

    def _keep(self, name: str, entry: Entry | None, stepped: Headers) -> None:
        if entry is None:
            self._write(name, None, [])
            return
        value = self._task.room.pack(entry)
        if len(value) > _LARGE_ENTRY_BYTES:
            log.warning("entry.large", room=self._task.room.name, bytes=len(value))
        self._write(name, value, _due_headers(self._dues.of(name)) + stepped)

    def _write(self, name: str, value: bytes | None, headers: Headers) -> None:
        self.outbox.add((self._task.changelog, self._task.partition, name.encode(), value, headers))


def _due_headers(due: Due) -> Headers:
    headers: Headers = []
    if due.at is not None:
        headers.append((DUE_AT, b"%d" % due.at))
    if due.wall is not None:
        headers.append((DUE_WALL, b"%d" % due.wall))
    return headers


def _place_of(error: Exception) -> str:
    """What broke and where. Not the message: it may quote the record, and personal data stays out (law 12)."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{where}"
