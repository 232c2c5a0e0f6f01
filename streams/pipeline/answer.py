"""Answer: what a room answers to a record, signed and ready to be written; the same for every driver.

In: a room's memory and a record, at a tick also the entry that is due. Out: entries, dues, and words as rows. The one guard is here: a
record on which a room breaks is parked, alone (law 2). Memory is only looked at: whoever drives merges what has changed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.codec import decode, encode
from schemas.ledger import Origin, Parked, Progress, Tick
from schemas.topics import PARKED, PROGRESS, Topic, partition_of
from schemas.word import Stamp, UtcMs
from streams.pipeline.dues import Least, reached_by
from streams.pipeline.line import Due, Entry, NotInstalledError, Record, Room, Said, Step, UnstampedError
from streams.pipeline.voice import OWN, TICK, Header, Headers, Voice, by_of

LARGEST_ROW_BYTES = 900_000
"""Brokers refuse records above 1 MB, and a refusal would end the worker: nothing larger may come that far."""

POSTPONED_MS = 3_600_000
"""An entry on whose tick the room broke is due again after an hour: never forgotten, and never due at every tick."""

_LONGEST_KEY = 200
_NONE: Mapping[str, bytes | None] = {}

Row = tuple[Topic, int, bytes, bytes | None, Headers]
"""One record to be written: topic, partition, key, value, headers. Plain, because a busy seat makes 100,000 a second."""


class TooLargeError(ValueError):
    """A word or an entry is larger than a record may be."""


class Answered(msgspec.Struct, frozen=True, gc=False):
    """What became of a record. `packed`: the changed entries as they are kept, None for a closed one; `rows` are the `words`, written.

    because: where the room broke, if it did.
    """

    changes: Mapping[str, Entry | None]
    packed: Mapping[str, bytes | None]
    due: Mapping[str, Due]
    words: Sequence[Said]
    rows: Sequence[Row]
    because: str = ""


class Speaker:
    """One room at one partition of an inbox, as it speaks. `policy_of` gives step's third argument."""

    __slots__ = ("_headers", "_inbox", "_inbox_name", "_pack", "_policy_of", "_step", "obeys_ticks", "partition", "room")

    def __init__(self, room: Room, policy_of: Callable[[Record], Any], inbox: Topic, partition: int, release: str) -> None:
        self.room, self.partition = room, partition
        self.obeys_ticks = "clock" in inbox.writers
        self._inbox_name = inbox.name
        self._inbox = f"{inbox.name}/{partition}".encode()
        self._step, self._pack, self._policy_of = room.step, room.pack, policy_of
        self._headers = Voice(by_of(room, inbox, partition), release).headers

    def answer(self, memory: Mapping[str, Entry], record: Record) -> Answered:
        """What the room answers to a record that is no tick."""
        return self._answer(memory, record, ("cause", b"%b/%d" % (self._inbox, record.offset)))

    def answer_tick(self, memory: Mapping[str, Entry], record: Record, entry: str, due: Due) -> Answered:
        """What the room answers to a tick for one entry that is due. One that it breaks on is due again later."""
        key = entry.encode()
        answered = self._answer(memory, record._replace(key=key), ("cause", b"%b/%d/%b" % (self._inbox, record.offset, key)))
        return self._postponed(answered, memory, record, entry, due) if answered.because else answered

    def park(self, record: Record, error: Exception) -> Answered:
        """A record that the driver itself cannot understand."""
        return self._parked(record, ("cause", b"%b/%d" % (self._inbox, record.offset)), error)

    def add(self, said: Said, record: Record, n: int) -> Row:
        """A word that the seat's edge says later because of the same record."""
        return self._row(said, ("cause", b"%b/%d" % (self._inbox, record.offset)), n)

    def report(self, tick: int, least: Least, coordinates: str) -> Row:
        """How far this seat has come, in its own name. Without a stamp: CLOCK must not take it for INTAKE's word on what is in force."""
        room, inbox, partition = self.room.name, self._inbox_name, self.partition
        word = Progress(room, inbox, partition, tick=tick, due_at=least.at, due_wall=least.wall, due_proven=least.proven)
        said = Said(PROGRESS, f"{room}/{inbox}/{partition}", word, Stamp("", ""), partition=0)
        return self._row(said, ("cause", f"{coordinates}/{OWN}".encode()), 0)

    def _answer(self, memory: Mapping[str, Entry], record: Record, cause: Header) -> Answered:
        try:
            policy = self._policy_of(record)
        except UnstampedError as error:
            return self._parked(record, cause, error)
        try:
            return self._signed(self._step(memory, record, policy), cause)
        except NotInstalledError:
            raise
        except Exception as error:  # noqa: BLE001  law 2: a room that breaks on a record parks it and goes on
            return self._broken(memory, record, policy, self._parked(record, cause, error))

    def _broken(self, memory: Mapping[str, Entry], record: Record, policy: Any, parked: Answered) -> Answered:
        """The parked word, and whatever the room does about a record that it broke on."""
        if self.room.broken is None:
            return parked
        try:
            step = self.room.broken(memory, record, policy)
            cause = next(header for header in parked.rows[0][4] if header[0] == "cause")
            more = self._signed(step, cause, len(parked.rows))
        except NotInstalledError:
            raise
        except Exception:  # noqa: BLE001  it broke again: the record is parked, and that is all
            return parked
        return replace(more, words=(*parked.words, *more.words), rows=[*parked.rows, *more.rows], because=parked.because)

    def _signed(self, step: Step, cause: Header, first: int = 0) -> Answered:
        changes, words, due = step
        packed = self._packed(changes) if changes else _NONE
        rows = [self._row(said, cause, n) for n, said in enumerate(words, first)] if words else []
        return Answered(changes, packed, due, words, rows)

    def _packed(self, changes: Mapping[str, Entry | None]) -> dict[str, bytes | None]:
        """Packed at every step, not once at the commit: which record made an entry too large is known only now."""
        packed: dict[str, bytes | None] = {}
        for name, entry in changes.items():
            packed[name] = value = None if entry is None else self._pack(entry)
            if value is not None and len(value) > LARGEST_ROW_BYTES:
                raise TooLargeError
        return packed

    def _row(self, said: Said, cause: Header, n: int) -> Row:
        topic, key, word, stamp, partition = said
        value = encode(word)
        if len(value) > LARGEST_ROW_BYTES:
            raise TooLargeError
        number = partition_of(key, topic) if partition is None else range(topic.partitions)[partition]
        return topic, number, key.encode(), value, self._headers(word, stamp, cause, n)

    def _parked(self, record: Record, cause: Header, error: Exception) -> Answered:
        key = (record.key or b"")[:_LONGEST_KEY].decode("utf-8", "replace")
        because = place_of(error)
        word = Parked(self.room.name, key, because, Origin(record.topic, record.partition, record.offset))
        said = Said(PARKED, key, word, Stamp(record.header("policy"), record.header("roster")))
        return Answered({}, {}, {}, (said,), [self._row(said, cause, 0)], because)

    def _postponed(self, answered: Answered, memory: Mapping[str, Entry], record: Record, entry: str, due: Due) -> Answered:
        """The same, with the entry due again; unless the room has closed it."""
        kept = answered.changes[entry] if entry in answered.changes else memory.get(entry)
        if kept is None:
            return answered
        tick = tick_of(record)
        assert isinstance(tick, Tick)  # noqa: S101  whoever asked has found what is due by it
        return replace(
            answered,
            changes={**answered.changes, entry: kept},
            packed={**answered.packed, entry: answered.packed.get(entry) or self._pack(kept)},
            due={**answered.due, entry: postponed(due, tick)},
        )


def tick_of(record: Record) -> Tick | Exception | None:
    """The tick that a record is; why it is none, if it only says so; None for every other word."""
    if TICK not in record.headers:
        return None
    try:
        word = decode(record.value or b"")
    except (msgspec.MsgspecError, RecursionError) as error:
        return error
    return word if isinstance(word, Tick) else ValueError()


def postponed(due: Due, tick: Tick) -> Due:
    """An hour later by whichever time has come, of a gate too, which would stay reached; what has not come yet stands."""
    gate, instant = due.proven or ("", None)
    has_come = instant is not None and reached_by(tick).proven.get(gate, instant - 1) >= instant
    at = _later(due.at, tick.at)
    if has_come:
        at = tick.at + POSTPONED_MS if at is None else min(at, tick.at + POSTPONED_MS)
    return Due(at, _later(due.wall, tick.wall), None if has_come else due.proven)


def _later(due: UtcMs | None, now: UtcMs) -> UtcMs | None:
    return now + POSTPONED_MS if due is not None and due <= now else due


def place_of(error: Exception) -> str:
    """What broke and where. Not the message: it may quote the record, and personal data stays out (law 12)."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return type(error).__name__
    code = frame.tb_frame.f_code
    file = code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"{type(error).__name__} at {file}:{frame.tb_lineno} in {code.co_name}"
