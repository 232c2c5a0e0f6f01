"""A seat: one room at one inbox partition, with one transactional producer and one memory (design.md §6). It knows nothing of alerts.

Order of opening: fence, end what hangs, restore, take the offset from the changelog; its holder then registers it, and only then seeks.
Order of work: step onto an overlay, write words and changed entries and offset in one transaction, and merge the overlay when the commit
has returned.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import ProducerFenced

from schemas.ledger import Tick
from schemas.topics import Topic, changelog
from schemas.word import UtcMs, Word
from streams.live import clock, hanging, kafka
from streams.live.changelog import Kept, restore
from streams.live.kafka import APPEND_TIME, as_record
from streams.live.metrics import COUNTED, Metrics, Transaction
from streams.live.outbox import BATCH_BYTES, Outbox
from streams.live.settings import Settings
from streams.live.turn import Committed, Task, Turn
from streams.pipeline.answer import Speaker, tick_of
from streams.pipeline.dues import Least, is_sooner, reached_by
from streams.pipeline.line import Entry, Record, Room

log = structlog.get_logger()

MOST_RECORDS = 8_000
"""At most so many records in one transaction: from 2,000 to 8,000 the rate doubles, and beyond it does not grow."""

FULL_RECORDS = 2 * MOST_RECORDS
MOST_SWEPT = 500
_MOST_BYTES = 16_000_000
_LONG_SECONDS = 1.0
_BREATH_SECONDS = 0.05
_GATHER_SECONDS = (0.03, 0.15)
"""So long after a commit no small transaction begins: at least while the broker still writes the markers of the last one, and would refuse
it; at most when everything is so busy that the last one took as long."""

_SETTLE_SECONDS = 1.0
"""How far behind the group's offset may be, and the place of a seat that only had records that lead to nothing."""

_MANY_RECORDS = 500
_TRANSACTION_MS = 10_000
_OPENING_TRIES = 10

BeforeBatch = Callable[[Sequence[Record]], Awaitable[int | None]]
"""Awaited before records are stepped. Answers how many of them to take (at least one is taken), or None for all."""

LetGo = Callable[[Sequence[Record]], None]
"""Called when the records that `before_batch` let through are done with: committed, or not."""

AfterCommit = Callable[[Sequence[Record], Sequence[Committed]], Awaitable[None]]
"""Awaited when a transaction is committed, with its records and the room's words. The seat takes nothing new meanwhile."""


WakesAt = Callable[[Mapping[str, Entry]], UtcMs | None]
"""The broker's time at which a room wants to be woken, by its memory; None if nothing is due."""

FirstOffset = Callable[[TopicPartition], Awaitable[int]]
"""Where a partition begins by now."""


class Hosting(NamedTuple):
    """A room, and what its seats need beside it. `policy_of` gives step's third argument."""

    room: Room
    policy_of: Callable[[Record], Any]
    before_batch: BeforeBatch | None = None
    after_commit: AfterCommit | None = None
    wakes_at: WakesAt | None = None
    let_go: LetGo | None = None
    metrics: Metrics | None = None


class State(StrEnum):
    """Where a seat is in its life."""

    OPENING = "opening"
    WORKING = "working"
    FENCED = "fenced"
    CLOSED = "closed"


class Seat:
    """One room at one partition of `inbox`. Its holder offers records; `fenced` is called when another has taken the seat."""

    def __init__(
        self, settings: Settings, hosting: Hosting, inbox: Topic, partition: int, *,
        release: str, wanted: Callable[[], None], fenced: Callable[[], None], end: Callable[[str], NoReturn], first_offset: FirstOffset,
    ) -> None:  # fmt: skip
        self.state = State.OPENING
        self.partition = partition
        self.seen: tuple[UtcMs, float] | None = None
        """The broker's time of the newest record, and the instant at which it came."""
        self.tp = TopicPartition(settings.prefix + inbox.name, partition)
        self.group = group_of(settings, hosting.room, inbox)
        self._name = f"{self.group}.{partition}"
        self._settings = settings
        self._hosting = hosting
        self._inbox = inbox
        self._wanted, self._fenced, self._end, self._first_offset = wanted, fenced, end, first_offset
        self._task_of_turns = _task(hosting, inbox, partition, release)
        self._kept = Kept()
        self._reported = Least()
        self._queue: list[ConsumerRecord[bytes, bytes]] = []
        self._bell = asyncio.Event()
        self._closing = self._in_doubt = False
        self._farewell: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._begun = self._breathes_at = self._committed_at = self._settled_at = 0.0
        self._took = 0.0
        self._is_settled = True
        self._obeys_ticks = self._task_of_turns.speaker.obeys_ticks
        self._producer: AIOKafkaProducer | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def next(self) -> int:
        """The offset that the next record has at least."""
        return self._kept.next

    @property
    def entries(self) -> int:
        """How many entries the memory has."""
        return len(self._kept.entries)

    @property
    def memory(self) -> dict[str, Any]:
        """The committed memory; to look at, not to change."""
        return self._kept.entries

    @property
    def tick(self) -> int:
        """The number of the last tick committed."""
        return self._kept.tick

    @property
    def opened(self) -> int:
        """A number that no other opening of this seat has: where its changelog ended then."""
        return self._kept.written

    @property
    def full(self) -> bool:
        """Whether the partition should be paused."""
        return len(self._queue) >= FULL_RECORDS

    def wakes_at(self) -> UtcMs | None:
        """When the room wants to be woken."""
        return self._hosting.wakes_at(self._kept.entries) if self._hosting.wakes_at else None

    async def open(self) -> int:
        """Fence, end what hangs, restore, begin to work; return the offset to seek."""
        self._producer = AIOKafkaProducer(
            **self._settings.kafka_options(),
            transactional_id=self._name,
            transaction_timeout_ms=_TRANSACTION_MS,
            acks="all",
            max_batch_size=BATCH_BYTES,
        )
        async with hanging.asker(self._settings) as asks:
            decided = await asks.decided(self._name)
            await kafka.patiently(self._producer.start)  # Waits until the previous holder's transaction is decided, and fences it.
            await hanging.finish(asks, self._producer, decided, seat=self._name)
        await self._restore()
        self._task = asyncio.create_task(self._run(), name=self._name)
        return self.next

    def offer(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Take polled records into the queue. Never waits."""
        self._queue += records
        self.seen = (records[-1].timestamp, clock.elapsed())
        self._bell.set()

    def doubt(self) -> None:
        """Kafka was away: look, before anything else, whether the last transaction was left hanging."""
        self._in_doubt = True
        self._bell.set()

    async def close(self) -> None:
        """End after the batch in hand."""
        self._closing = True
        self._bell.set()
        if not self._farewell.done():
            self._farewell.set_result(None)
        if self._task:
            await self._task
        if self._producer:
            await self._producer.stop()
        self.state = State.CLOSED

    async def _restore(self) -> None:
        reader = self._reader()
        await kafka.patiently(reader.start)
        try:
            kept_in = TopicPartition(self._settings.prefix + self._task_of_turns.changelog.name, self.partition)
            self._kept = await restore(reader, kept_in, self._hosting.room.unpack)
            await self._check_offset(reader)
        finally:
            await reader.stop()

    def _reader(self) -> AIOKafkaConsumer:
        options = self._settings.kafka_options()
        return AIOKafkaConsumer(
            **options, isolation_level="read_committed", enable_auto_commit=False, max_partition_fetch_bytes=_MOST_BYTES
        )

    async def _check_offset(self, reader: AIOKafkaConsumer) -> None:
        """The place in the inbox must still be in the log. Asked again for a while: a new leader may not yet know how far it is."""
        for _ in range(_OPENING_TRIES):
            first = (await reader.beginning_offsets([self.tp]))[self.tp]
            last = (await reader.end_offsets([self.tp]))[self.tp]
            if (first <= self.next or self.next == 0) and self.next <= last:
                return
            await asyncio.sleep(0.5)
        raise RuntimeError(
            f"{_name(self.tp)}: offset {self.next} is not in the log, which goes from {first} to {last}; records were lost unread"
        )

    async def _run(self) -> None:
        try:
            await self._commit_opening()
            self.state = State.WORKING
            while records := await self._next_records():
                await self._work(records)
        except ProducerFenced:
            self.state = State.FENCED
            _hush(self._producer)
            self._count(Transaction.FENCED)
            log.warning("seat.fenced", seat=_name(self.tp), room=self._hosting.room.name)
            self._fenced()
        except Exception as error:  # noqa: BLE001  whatever went wrong in a transaction, going on could repeat or lose words
            self._count(Transaction.FAILED)
            self._end(f"{_name(self.tp)} of {self._hosting.room.name}: {error!r}")

    async def _next_records(self) -> list[ConsumerRecord[bytes, bytes]]:
        """What waits, up to a batch; nothing when the seat closes."""
        while not self._closing and (self._in_doubt or not self._queue):
            self._bell.clear()
            if self._in_doubt:
                await self._end_what_hangs()
            elif self._is_settled:
                await self._bell.wait()
            elif not await self._rings_within(_SETTLE_SECONDS):
                await self._write(self._turn(), self.next, self._kept.stepped)
        await self._gather()
        if self._closing:
            return []
        records, was_full = self._queue[:MOST_RECORDS], self.full
        del self._queue[:MOST_RECORDS]
        if was_full and not self.full:
            self._wanted()
        return records

    async def _end_what_hangs(self) -> None:
        """Until then nobody could read what was committed. It was committed, or this seat would have ended."""
        self._in_doubt = False
        assert self._producer  # noqa: S101  open() made it
        async with hanging.asker(self._settings) as asks:
            await hanging.finish(asks, self._producer, hanging.Decided.COMMIT, seat=self._name)

    async def _rings_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._bell.wait()
        return False

    async def _gather(self) -> None:
        """Under load, let records come together: transactions of a few records each would queue behind one another."""
        shortest, longest = _GATHER_SECONDS
        pause = self._committed_at + min(max(self._took, shortest), longest) - time.monotonic()
        if pause > 0 and len(self._queue) < _MANY_RECORDS and not self._closing:
            await asyncio.sleep(pause)

    async def _work(self, polled: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        records = self._fresh(polled)
        if records and records[0].offset > self.next + 1:
            await self._check_gap()
        while records:
            taken = await self._allowed(records)
            try:
                await self._answer(records[:taken])
            finally:
                if self._hosting.let_go:
                    self._hosting.let_go(records[:taken])
            records = [] if self._closing else records[taken:]

    def _fresh(self, polled: Sequence[ConsumerRecord[bytes, bytes]]) -> list[Record]:
        """The records that this seat has not done. A record with its publisher's clock ends the worker."""
        name, following = self._inbox.name, self.next
        if {record.timestamp_type for record in polled} - {APPEND_TIME}:
            raise RuntimeError(f"topic {self.tp.topic} holds records that are not of LogAppendTime")
        return [as_record(record, name) for record in polled if record.offset >= following]

    async def _check_gap(self) -> None:
        """Offsets skip commit markers and aborted records; they must not skip what retention took away unread."""
        first = await self._first_offset(self.tp)
        if first > self.next:
            raise RuntimeError(f"{_name(self.tp)}: offset {self.next} was deleted unread; the log begins at {first}")

    async def _allowed(self, records: Sequence[Record]) -> int:
        """How many records the hook lets through; none when the seat closes while the hook waits."""
        if self._hosting.before_batch is None:
            return len(records)
        asked: asyncio.Future[int | None] = asyncio.ensure_future(self._hosting.before_batch(records))
        either: set[asyncio.Future[Any]] = {asked, self._farewell}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            asked.cancel()
            return 0
        wanted = asked.result()
        return len(records) if wanted is None else max(1, wanted)

    async def _answer(self, records: Sequence[Record]) -> None:
        """Step the records. A long turn is committed on the way; a seat that closes leaves the rest to whoever opens it next."""
        turn = self._turn()
        for record in records:
            tick = tick_of(record) if self._obeys_ticks else None
            if tick is None:
                turn.step(record)
            elif isinstance(tick, Tick):
                turn = await self._tick(turn, record, tick)
            else:
                turn.park(record, tick)
            if time.monotonic() >= self._breathes_at and await self._is_long(turn) and turn.records:
                await self._commit(turn)
                turn = self._turn()
            if self._closing:
                break
        if turn.records:
            await self._commit(turn)

    async def _tick(self, turn: Turn, record: Record, tick: Tick) -> Turn:
        """Step what is due. A long sweep takes several transactions, of which only the last goes past the tick."""
        for entry in self._kept.dues.until(reached_by(tick), self._kept.stepped):
            if turn.swept >= MOST_SWEPT or (time.monotonic() >= self._breathes_at and await self._is_long(turn)):
                await self._write(turn, record.offset, self._kept.stepped)
                turn = self._turn()
                if self._closing:
                    return turn
            turn.sweep(record, entry, self._kept.stepped)
        self._kept.stepped = set()
        turn.finish_tick(record, tick.number)
        self._report(turn, f"{record.topic}/{record.partition}/{record.offset}")
        return turn

    def _turn(self) -> Turn:
        assert self._producer  # noqa: S101  open() made it
        turn = Turn(
            self._task_of_turns, self._kept.entries, self._kept.dues, Outbox(self._producer, self._settings.prefix), self._kept.tick
        )
        self._begun = time.monotonic()
        self._breathes_at = self._begun + _BREATH_SECONDS
        return turn

    async def _is_long(self, turn: Turn) -> bool:
        """Give way to the loop, and say whether the transaction should end here."""
        await asyncio.sleep(0)
        now = time.monotonic()
        self._breathes_at = now + _BREATH_SECONDS
        return self._closing or now - self._begun > _LONG_SECONDS or turn.outbox.bytes_held > _MOST_BYTES

    async def _commit_opening(self) -> None:
        """Before anything else, tell CLOCK what is due here: after a restart nobody else knows."""
        turn = self._turn()
        self._report(turn, f"{self._task_of_turns.changelog.name}/{self.partition}/{self._kept.written}")
        await self._write(turn, self.next, self._kept.stepped)

    async def _commit(self, turn: Turn) -> None:
        """Commit every record of the turn, and tell CLOCK if something is due sooner than it knows.

        Records that lead to nothing may be read again after a restart: they wait for a transaction that is worth it.
        """
        last = turn.records[-1]
        if is_sooner(self._kept.dues.least(), self._reported):
            self._report(turn, f"{last.topic}/{last.partition}/{last.offset}")
        if turn.is_empty and time.monotonic() - self._settled_at < _SETTLE_SECONDS:
            self._kept.next, self._is_settled = last.offset + 1, False
        else:
            await self._write(turn, last.offset + 1, frozenset())

    async def _write(self, turn: Turn, offset: int, stepped: AbstractSet[str]) -> None:
        """One transaction: words, changed entries, the place in the inbox; once a second the group's offset, for those who watch lag."""
        turn.keep_entries(offset, stepped)
        begun = time.monotonic()
        producer, settles = self._producer, begun - self._settled_at >= _SETTLE_SECONDS
        assert producer  # noqa: S101  open() made it
        async with producer.transaction():
            await turn.outbox.send()
            if settles:
                await producer.send_offsets_to_transaction({self.tp: offset}, self.group)
        self._merge(turn, offset)
        self._count(Transaction.COMMITTED, turn.counted)
        self._committed_at, self._is_settled = time.monotonic(), settles
        self._took = self._committed_at - begun
        if settles:
            self._settled_at = self._committed_at
        if self._hosting.after_commit:
            await self._hosting.after_commit(turn.records, turn.committed())

    def _merge(self, turn: Turn, offset: int) -> None:
        """Make the changes true: only now, because memory changed by an abandoned transaction would be poison."""
        entries = self._kept.entries
        for name, entry in turn.seen.changes.items():
            if entry is None:
                entries.pop(name, None)
            else:
                entries[name] = entry
        self._kept.next, self._kept.tick = offset, turn.tick

    def _count(self, outcome: Transaction, words: Sequence[Word] = ()) -> None:
        if metrics := self._hosting.metrics:
            metrics.count("siaga_transactions_total", self._hosting.room.name, outcome)
            metrics.heard(self._hosting.room.name, words)

    def _report(self, turn: Turn, coordinates: str) -> None:
        """Say how far this seat has come, if it obeys ticks. INTAKE itself speaks to CLOCK, by watermarks."""
        if self._obeys_ticks:
            self._reported = self._kept.dues.least()
            turn.report(self._reported, coordinates)


def group_of(settings: Settings, room: Room, inbox: Topic) -> str:
    """The consumer group of a room at an inbox. Never one group over several topics: members would get different partitions of them."""
    return f"{settings.prefix}siaga.{room.name}.{inbox.name}"


def _task(hosting: Hosting, inbox: Topic, partition: int, release: str) -> Task:
    speaker = Speaker(hosting.room, hosting.policy_of, inbox, partition, release)
    counted: frozenset[type[Word]] = COUNTED if hosting.metrics else frozenset()
    return Task(speaker, changelog(hosting.room.name, inbox), hosting.after_commit is not None, counted)


def _name(tp: TopicPartition) -> str:
    return f"seat {tp.topic}/{tp.partition}"


def _hush(producer: AIOKafkaProducer | None) -> None:
    """Look at the errors that aiokafka left in its producer, or Python complains of each when the memory is collected."""
    for waiter in _waiters(producer) if producer else ():
        if waiter.done() and not waiter.cancelled():
            waiter.exception()


def _waiters(producer: AIOKafkaProducer) -> Iterator[asyncio.Future[None]]:
    """What waits for the end of the transaction, and of each batch that was not sent."""
    yield producer._txn_manager._transaction_waiter  # noqa: SLF001  aiokafka offers no other way
    unsent = producer._message_accumulator  # noqa: SLF001  as above
    for batches in (*unsent._batches.values(), unsent._pending_batches):  # noqa: SLF001  as above
        yield from (batch._drain_waiter for batch in batches)  # noqa: SLF001  as above
