"""Dry-run: the whole line over a list of facts, in memory. It has no channel, so it cannot send; paper senders accept every attempt.

The same rooms as live, with every topic at its declared number of partitions. `wall` is a counter that starts where the caller says:
append times are made up, and decide nothing but transport.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas import codec
from schemas.delivery import Attempt, Receipt, ReceiptKind
from schemas.ledger import Origin, Parked, Progress, Tick
from schemas.topics import ATTEMPTS, DELIVERY_INBOX, INTAKE_TOPICS, PARKED, PROGRESS, REGISTRY, Topic, partition_of
from schemas.word import Stamp, UtcMs
from streams.pipeline.dues import Dues
from streams.pipeline.intake.admit import Admission
from streams.pipeline.line import Entry, Record, Room, Said, Step

Answering = Callable[[Attempt], tuple[Receipt, ...]]


class Hosted(NamedTuple):
    """A room and how it finds the third argument of its step."""

    room: Room
    policy_of: Callable[[Record], Any]


class _Desk:
    """One room at one partition: its memory, and when each entry is due."""

    def __init__(self, hosted: Hosted, inbox: Topic, partition: int) -> None:
        self.hosted, self.inbox, self.partition = hosted, inbox, partition
        self.entries: dict[str, Entry] = {}
        self.dues = Dues()

    def answer(self, record: Record, tick: Tick | None) -> Iterator[Said]:
        """What the room says to a record; a tick is put to each due entry in the order of (due, name)."""
        if tick is None:
            yield from self._merged(self._step(record))
            return
        stepped: set[str] = set()
        for name in self.dues.until(tick.at, tick.wall, stepped):
            stepped.add(name)
            yield from self._merged(self._step(record._replace(key=name.encode()), name))

    def _step(self, record: Record, due: str | None = None) -> Step:
        """The room's answer. What it breaks on is parked, alone; an entry whose tick broke loses its due (law 2)."""
        try:
            return self.hosted.room.step(self.entries, record, self.hosted.policy_of(record))
        except Exception as error:  # noqa: BLE001  the driver's one guard
            return Step({due: self.entries.get(due)} if due else {}, (_parked(self, record, error),))

    def _merged(self, step: Step) -> tuple[Said, ...]:
        room = self.hosted.room
        for name, entry in step.changes.items():
            self.dues.set(name, step.due.get(name))
            if entry is None:
                self.entries.pop(name, None)
            else:
                self.entries[name] = room.unpack(room.pack(entry))
        return step.words

    def progress(self, tick: int) -> Progress:
        """What the seat of this room would report."""
        at, wall = self.dues.least()
        return Progress(room=self.hosted.room.name, topic=self.inbox.name, partition=self.partition, tick=tick, due_at=at, due_wall=wall)


class DryRun:
    """The line in memory: `publish` records, `settle`, look at `records`."""

    def __init__(self, rooms: tuple[Hosted, ...], admission: Admission, *, wall: UtcMs, answering: Answering | None = None) -> None:
        self.records: dict[str, list[Record]] = defaultdict(list)
        self.wall = wall
        self._admission, self._answering = admission, answering or accept
        self._desks = {
            (inbox.name, partition): _Desk(hosted, inbox, partition)
            for hosted in rooms
            for inbox in hosted.room.inboxes
            for partition in range(inbox.partitions)
        }
        self._waiting: deque[Record] = deque()
        self._ends: Counter[tuple[str, int]] = Counter()

    def publish(self, topic: Topic, value: bytes | None, *, headers: tuple[tuple[str, bytes], ...] = (), partition: int = 0) -> Record:
        """Append one record of the outside and take it in at the next `settle`."""
        return self._append(topic, None, value, headers, partition)

    def settle(self) -> None:
        """Work until every room has read everything."""
        while self._waiting:
            self._work(self._waiting.popleft())

    def words(self, topic: Topic) -> Iterator[Any]:
        """The words on one of our own topics so far, in order of appending."""
        return (codec.decode(record.value or b"") for record in self.records[topic.name])

    def entries(self, room: str) -> Mapping[str, Entry]:
        """The memory of a room, all partitions together."""
        return {name: entry for desk in self._desks.values() if desk.hosted.room.name == room for name, entry in desk.entries.items()}

    def least_due(self) -> UtcMs | None:
        """The least instant of law and policy at which anything waits."""
        return min((least.at for desk in self._desks.values() if (least := desk.dues.least()).at is not None), default=None)

    def _append(
        self, topic: Topic, key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...], partition: int
    ) -> Record:
        self.wall += 1
        record = Record(topic.name, partition, self._ends[topic.name, partition], self.wall, key, value, headers)
        self._ends[topic.name, partition] += 1
        self.records[topic.name].append(record)
        self._waiting.append(record)
        return record

    def _work(self, record: Record) -> None:
        if record.topic == REGISTRY.name:
            self._admission.registry.take(record)
        desk = self._desks.get((record.topic, record.partition))
        if desk is not None:
            self._at_desk(desk, record)
        elif record.topic == ATTEMPTS.name:
            self._paper_sender(record)

    def _at_desk(self, desk: _Desk, record: Record) -> None:
        tick = _tick_of(record)
        before = desk.dues.least()
        said = tuple(desk.answer(record, tick))
        for number, word in enumerate(said):
            self._say(desk.hosted.room.name, desk.partition, record, number, word)
        if tick or (desk.inbox not in (*INTAKE_TOPICS, PROGRESS) and desk.dues.least() != before):
            report = desk.progress(tick.number if tick else 0)
            self._say(desk.hosted.room.name, desk.partition, record, len(said), Said(PROGRESS, "", report, Stamp("", "")))

    def _say(self, room: str, partition: int, record: Record, number: int, said: Said) -> None:
        by = f"{room}/{record.topic}/{partition}" if room == "intake" else f"{room}/{partition}"
        cause = f"{record.topic}/{record.partition}/{record.offset}"
        stamps = {"word": codec.name_of(said.word), "by": by, "cause": cause, "n": str(number), **said.stamp._asdict()}
        headers = tuple((name, value.encode()) for name, value in stamps.items())
        partition = partition_of(said.key, said.topic) if said.partition is None else said.partition
        self._append(said.topic, said.key.encode(), codec.encode(said.word), headers, partition)

    def _paper_sender(self, record: Record) -> None:
        attempt = codec.decode(record.value or b"")
        assert isinstance(attempt, Attempt)  # noqa: S101  the topic holds nothing else
        stamp = Stamp(record.header("policy"), record.header("roster"))
        begun = receipt(attempt, ReceiptKind.BEGUN)
        for number, word in enumerate((begun, *self._answering(attempt))):
            self._say("senders", record.partition, record, number, Said(DELIVERY_INBOX, word.receiver, word, stamp))


def receipt(attempt: Attempt, kind: ReceiptKind) -> Receipt:
    """A receipt for an attempt."""
    return Receipt(delivery=attempt.delivery.id, receiver=attempt.delivery.to.receiver, attempt=attempt.number, kind=kind)


def accept(attempt: Attempt) -> tuple[Receipt, ...]:
    """A paper sender's answer: every attempt is accepted."""
    return (receipt(attempt, ReceiptKind.ACCEPTED),)


def _tick_of(record: Record) -> Tick | None:
    if record.header("word") != "tick":
        return None
    word = codec.decode(record.value or b"")
    return word if isinstance(word, Tick) else None


def _parked(desk: _Desk, record: Record, error: Exception) -> Said:
    key = (record.key or b"").decode("utf-8", "replace")
    word = Parked(
        room=desk.hosted.room.name, key=key, error=repr(error)[:300], origin=Origin(record.topic, record.partition, record.offset)
    )
    return Said(PARKED, key, word, Stamp(record.header("policy"), record.header("roster")))
