"""One transaction in the making: a room is stepped, and what it answers is held until the commit. Knows no consumer and no offsets.

Memory is never touched here: changes lie in an overlay, and whoever commits merges it afterwards.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import structlog

from schemas.topics import Topic
from schemas.word import UtcMs, Word
from streams.live.outbox import Outbox, Place
from streams.pipeline.answer import Answered, Speaker
from streams.pipeline.dues import Dues, Least
from streams.pipeline.line import Due, Entry, Record, Said
from streams.pipeline.voice import Headers

log = structlog.get_logger()

OFFSET = "~offset"
"""The changelog key under which a seat keeps its place in the inbox. No entry of a room may have it."""

DUE_AT, DUE_WALL, DUE_PROVEN, STEPPED, TICK_NUMBER = "due-at", "due-wall", "due-proven", "stepped", "tick"
"""Headers in the changelog: when an entry is due, the offset of the tick in hand if that has been to it; and the last tick committed."""

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
    """What a seat was given to do, the same in every turn. `keep` asks for the words again after the commit, `counted` for these kinds."""

    speaker: Speaker
    changelog: Topic
    keep: bool
    counted: frozenset[type[Word]] = frozenset()


class Turn:
    """One transaction being filled."""

    def __init__(self, task: Task, kept: Mapping[str, Entry], dues: Dues, outbox: Outbox, tick: int) -> None:
        """`kept` and `dues` are the seat's; `tick` is the last one that is done."""
        self.outbox = outbox
        self.records: list[Record] = []
        self.counted: list[Word] = []
        self.seen = Memory(kept)
        self.swept = 0
        self.tick = tick
        self._task = task
        self._dues = dues
        self._packed: dict[str, bytes | None] = {}
        self._words: list[tuple[Said, Record, Place]] = []
        self._answer, self._add, self._changes = task.speaker.answer, outbox.add, self.seen.changes

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been said or changed, and no tick has been finished."""
        return not self._packed and not self.outbox.bytes_held

    def step(self, record: Record) -> None:
        """Give the record to the room."""
        self.records.append(record)
        self._take(record, self._answer(self.seen, record))

    def sweep(self, record: Record, entry: str, stepped: set[str]) -> None:
        """Give the tick to the room for one entry that is due."""
        self.swept += 1
        stepped.add(entry)
        answered = self._task.speaker.answer_tick(self.seen, record, entry, self._dues.of(entry))
        self._take(record, answered)
        if answered.rows and entry not in self.seen.changes:
            # Written although unchanged, so that a restart in mid-tick knows that this entry has been stepped.
            unchanged = self.seen.changes[entry] = self.seen.get(entry)
            self._packed[entry] = None if unchanged is None else self._task.speaker.room.pack(unchanged)

    def park(self, record: Record, error: Exception) -> None:
        """Set a record aside that the seat itself cannot understand."""
        self.records.append(record)
        self._take(record, self._task.speaker.park(record, error))

    def report(self, least: Least, coordinates: str) -> None:
        """Tell CLOCK how far this seat has come."""
        self.outbox.add(self._task.speaker.report(self.tick, least, coordinates))

    def finish_tick(self, record: Record, number: int) -> None:
        """The tick has been to everything that was due."""
        self.records.append(record)
        self.tick = number

    def keep_entries(self, offset: int, stepped: AbstractSet[str]) -> None:
        """Write what changed, and the place in the inbox beside it."""
        at = b"%d" % offset
        for name, value in self._packed.items():
            self._keep(name, value, [(STEPPED, at)] if name in stepped else [])
        self._write(OFFSET, at, [(TICK_NUMBER, b"%d" % self.tick)])

    def committed(self) -> list[Committed]:
        """The room's words with the broker's times; only for whoever asked to keep them."""
        return [Committed(said, record, self.outbox.appended_at(place)) for said, record, place in self._words]

    def _take(self, record: Record, answered: Answered) -> None:
        if answered.because:
            self._log_parked(record, answered.because)
        if changes := answered.changes:
            self._changes.update(changes)
            self._packed.update(answered.packed)
            if (due := answered.due) or self._dues:
                for name, entry in changes.items():
                    self._dues.set(name, due.get(name) if entry is not None else None)
        if self._task.counted:
            self.counted += (said.word for said in answered.words if type(said.word) in self._task.counted)
        if self._task.keep:
            self._keep_words(record, answered)
        else:
            for row in answered.rows:
                self._add(row)

    def _keep_words(self, record: Record, answered: Answered) -> None:
        for said, row in zip(answered.words, answered.rows, strict=True):
            self._add(row)
            self._words.append((said, record, self.outbox.place_of(row)))

    def _log_parked(self, record: Record, because: str) -> None:
        room = self._task.speaker.room.name
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        log.warning("record.parked", room=room, **where, because=because)

    def _keep(self, name: str, value: bytes | None, stepped: Headers) -> None:
        if value is None:
            self._write(name, None, [])
            return
        if len(value) > _LARGE_ENTRY_BYTES:
            log.warning("entry.large", room=self._task.speaker.room.name, bytes=len(value))
        self._write(name, value, _due_headers(self._dues.of(name)) + stepped)

    def _write(self, name: str, value: bytes | None, headers: Headers) -> None:
        self.outbox.add((self._task.changelog, self._task.speaker.partition, name.encode(), value, headers))


def _due_headers(due: Due) -> Headers:
    headers: Headers = []
    if due.at is not None:
        headers.append((DUE_AT, b"%d" % due.at))
    if due.wall is not None:
        headers.append((DUE_WALL, b"%d" % due.wall))
    if due.proven is not None:
        gate, instant = due.proven
        headers.append((DUE_PROVEN, b"%d %b" % (instant, gate.encode())))
    return headers
