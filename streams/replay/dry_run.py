"""Dry-run: the whole line over a list of facts, in memory. It has no channel, so it cannot send; paper senders accept every attempt.

The same rooms as live, with every topic at its declared number of partitions. `wall` is a counter that starts where the caller says:
append times are made up, and decide nothing but transport.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from schemas import codec
from schemas.delivery import Attempt, Receipt, ReceiptKind
from schemas.ledger import Tick
from schemas.topics import ATTEMPTS, REGISTRY, Topic
from schemas.word import UtcMs
from streams.pipeline.answer import Answered, Row, Speaker, tick_of
from streams.pipeline.dues import Dues, Least, is_sooner, reached_by
from streams.pipeline.intake.admit import Admission
from streams.pipeline.line import Entry, Record, Room
from streams.pipeline.senders import SENDERS, receipt, said_of

Answering = Callable[[Attempt], tuple[Receipt, ...]]


class Hosted(NamedTuple):
    """A room and how it finds the third argument of its step."""

    room: Room
    policy_of: Callable[[Record], Any]


class Desk:
    """One room at one partition: its memory, and when each entry is due."""

    def __init__(self, hosted: Hosted, inbox: Topic, partition: int, release: str = "") -> None:
        self.room, self.inbox, self.partition = hosted.room, inbox, partition
        self.entries: dict[str, Entry] = {}
        self.dues = Dues()
        self.tick = -1
        self._speaker = Speaker(hosted.room, hosted.policy_of, inbox, partition, release)
        self._reported = Least()

    def answer(self, record: Record) -> Iterator[Row]:
        """What the seat would write because of a record; a tick is put to each due entry in the order of (due, name)."""
        tick = tick_of(record) if self._speaker.obeys_ticks else None
        if tick is None:
            yield from self._merged(self._speaker.answer(self.entries, record))
        elif isinstance(tick, Tick):
            yield from self._swept(record, tick)
        else:
            yield from self._merged(self._speaker.park(record, tick))
        if self._speaker.obeys_ticks and (isinstance(tick, Tick) or is_sooner(self.dues.least(), self._reported)):
            yield self._report(record)

    def _swept(self, record: Record, tick: Tick) -> Iterator[Row]:
        stepped: set[str] = set()
        for name in self.dues.until(reached_by(tick), stepped):
            stepped.add(name)
            yield from self._merged(self._speaker.answer_tick(self.entries, record, name, self.dues.of(name)))
        self.tick = tick.number

    def _merged(self, answered: Answered) -> Sequence[Row]:
        for name, packed in answered.packed.items():
            self.dues.set(name, answered.due.get(name) if packed is not None else None)
            if packed is None:
                self.entries.pop(name, None)
            else:
                self.entries[name] = self.room.unpack(packed)
        return answered.rows

    def _report(self, record: Record) -> Row:
        self._reported = self.dues.least()
        return self._speaker.report(self.tick, self._reported, f"{record.topic}/{record.partition}/{record.offset}")


class DryRun:
    """The line in memory: `publish` records, `settle`, look at `records`."""

    def __init__(self, rooms: tuple[Hosted, ...], admission: Admission, *, wall: UtcMs, answering: Answering | None = None) -> None:
        self.records: dict[str, list[Record]] = defaultdict(list)
        self.wall = wall
        self._admission, self._answering = admission, answering or accept
        self._desks = {
            (inbox.name, partition): Desk(hosted, inbox, partition)
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
        return {name: entry for desk in self._desks.values() if desk.room.name == room for name, entry in desk.entries.items()}

    def least_due(self) -> UtcMs | None:
        """The least instant of law and policy, or of what has been proven, at which anything waits."""
        leasts = [desk.dues.least() for desk in self._desks.values()]
        waited = [least.at for least in leasts] + [instant for least in leasts for _, instant in least.proven]
        return min((instant for instant in waited if instant is not None), default=None)

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
            self._append_all(desk.answer(record))
        elif record.topic == ATTEMPTS.name:
            self._paper_sender(record)

    def _append_all(self, rows: Iterable[Row]) -> None:
        for topic, partition, key, value, headers in rows:
            self._append(topic, key, value, tuple(headers), partition)

    def _paper_sender(self, record: Record) -> None:
        """What the senders of that kind say, and behind it how the receiver answers on paper."""
        attempt = codec.decode(record.value or b"")
        assert isinstance(attempt, Attempt)  # noqa: S101  the topic holds nothing else
        speaker = Speaker(SENDERS[attempt.delivery.to.channel], lambda _: None, ATTEMPTS, record.partition, "")
        begun = speaker.answer({}, record).rows
        outcomes = [speaker.add(said_of(record, word), record, n) for n, word in enumerate(self._answering(attempt), len(begun))]
        self._append_all((*begun, *outcomes))


def accept(attempt: Attempt) -> tuple[Receipt, ...]:
    """A paper sender's answer: every attempt is accepted."""
    return (receipt(attempt, ReceiptKind.ACCEPTED),)
