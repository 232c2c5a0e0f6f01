"""The seats of one room at one inbox in this process: a consumer, who holds what, and the poll loop. The loop waits for no seat."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple, NoReturn

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition

from schemas.topics import PARKED, PROGRESS, Topic, changelog
from streams.live import clock, kafka, process
from streams.live.seat import MOST_RECORDS, Hosting, Seat, State, group_of
from streams.live.settings import Settings

log = structlog.get_logger()

_SESSION_MS = 6_000
_HEARTBEAT_MS = 500
_REBALANCE_MS = 15_000
_POLL_MS = 100
_FETCH_BYTES = 2_000_000
_LEAVE_SECONDS = 3
_POLLED_WITHIN_SECONDS = 10.0
"""A loop that polls ten times a second and waits for no seat has stopped when it has not for so long."""


class SeatStatus(NamedTuple):
    """One seat as an operator sees it. `lag` is None until the broker has told where the partition ends."""

    room: str
    topic: str
    partition: int
    state: State
    next: int
    lag: int | None
    entries: int
    tick: int


class Seats(ConsumerRebalanceListener):
    """`run` until `stop`. What must end the process goes through `end`."""

    def __init__(
        self, settings: Settings, hosting: Hosting, inbox: Topic, *, release: str = "", end: Callable[[str], NoReturn] = process.end
    ) -> None:
        self.hosting = hosting
        self.inbox = inbox
        self.held: Mapping[int, Seat] = {}
        self._settings = settings
        self._release = release
        self._end = end
        self._topic = settings.prefix + inbox.name
        self._stopping = asyncio.Event()
        self._rejoin = asyncio.Event()
        self._joining: asyncio.Future[None] | None = None
        self._opening: asyncio.Future[list[int]] | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._asker: AIOKafkaConsumer | None = None
        self._asking = asyncio.Lock()
        self._polled_at: float | None = None
        self._has_its_seats = False

    async def run(self) -> None:
        """Hold seats until `stop` is called."""
        if wrong := await self._wrong_topics():
            self._end("; ".join(wrong))
        while not self._stopping.is_set():
            await self._hold()

    def stop(self) -> None:
        """Make `run` close the seats after the batch in hand, and return. Joining a group or opening seats is broken off."""
        self._stopping.set()
        for waiting in (self._joining, self._opening):
            if waiting:
                waiting.cancel()

    def doubt(self) -> None:
        """Kafka was away: let every seat look whether its last transaction hangs."""
        for seat in self.held.values():
            seat.doubt()

    def status(self) -> tuple[SeatStatus, ...]:
        """What is held here."""
        room = self.hosting.room.name
        return tuple(
            SeatStatus(room, self.inbox.name, number, seat.state, seat.next, self._lag(seat), seat.entries, seat.tick)
            for number, seat in sorted(self.held.items())
        )

    def unwell(self) -> str:
        """Why records are not read here, in a line; nothing while they are. Whoever others have left no partition is well."""
        name = f"{self.hosting.room.name} at {self.inbox.name}"
        if self._polled_at is None:
            return f"{name} has not joined its group yet"
        if (silent := clock.elapsed() - self._polled_at) > _POLLED_WITHIN_SECONDS:
            return f"{name} has not polled for {silent:.0f} s"
        opening = [number for number, seat in self.held.items() if seat.state is not State.WORKING]
        if opening or not self._has_its_seats:
            return f"{name} is still opening its seats"
        return ""

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Close what is held. aiokafka swallows what is raised here, and would leave a partition standing still."""
        try:
            await self._close()
        except Exception as error:  # noqa: BLE001
            self._end(f"closing seats of {self._topic} failed: {error!r}")

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Open a seat for each partition."""
        try:
            await self._open(list(assigned))
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
        except Exception as error:  # noqa: BLE001
            self._end(f"opening seats of {self._topic} failed: {error}")

    async def _wrong_topics(self) -> tuple[str, ...]:
        return await kafka.differences(self._settings, (self.inbox, changelog(self.hosting.room.name, self.inbox), PROGRESS, PARKED))

    async def _hold(self) -> None:
        """One membership in the group, until the end or until a seat was fenced."""
        self._rejoin.clear()
        consumer = self._consumer = self._make_consumer()
        consumer.subscribe([self._topic], listener=self)
        try:
            await self._join(consumer)
            while not self._is_leaving():
                self._polled_at = clock.elapsed()
                self._share_out(await consumer.getmany(timeout_ms=_POLL_MS, max_records=MOST_RECORDS))
        finally:
            self._polled_at = None
            await self._close()
            await self._leave_group(consumer)
            await self._dismiss_asker()

    async def _join(self, consumer: AIOKafkaConsumer) -> None:
        """Start the consumer. It waits for every member of the group, and one may be frozen."""
        joining = self._joining = asyncio.ensure_future(kafka.patiently(consumer.start))
        await asyncio.wait({joining})
        self._joining = None
        if not joining.cancelled():
            joining.result()

    async def _leave_group(self, consumer: AIOKafkaConsumer) -> None:
        """Leave; aiokafka first finishes a rebalance in progress, and may take seconds over it; who ends does not wait for that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_SECONDS if self._stopping.is_set() else None):
                await consumer.stop()

    async def _first_offset(self, tp: TopicPartition) -> int:
        """Where a partition begins by now. Asked by a client of its own: behind a fetch of the group's consumer the question would wait."""
        async with self._asking:
            return await kafka.patiently(partial(self._ask_where_it_begins, tp))

    async def _ask_where_it_begins(self, tp: TopicPartition) -> int:
        if self._asker is None:
            self._asker = await kafka.started(AIOKafkaConsumer(**self._settings.kafka_options(), enable_auto_commit=False))
        return int((await self._asker.beginning_offsets([tp]))[tp])

    async def _dismiss_asker(self) -> None:
        asker, self._asker = self._asker, None
        if asker:
            await asker.stop()

    def _is_leaving(self) -> bool:
        return self._stopping.is_set() or self._rejoin.is_set()

    def _make_consumer(self) -> AIOKafkaConsumer:
        group = group_of(self._settings, self.hosting.room, self.inbox)
        return AIOKafkaConsumer(
            **self._settings.kafka_options(),
            group_id=group,
            group_instance_id=f"{group}.{self._settings.instance}" if self._settings.instance else None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",  # "none" raises before the listener has had its chance to seek.
            session_timeout_ms=_SESSION_MS,
            heartbeat_interval_ms=_HEARTBEAT_MS,
            rebalance_timeout_ms=_REBALANCE_MS,
            max_partition_fetch_bytes=_FETCH_BYTES,
        )

    def _share_out(self, polled: Mapping[TopicPartition, list[ConsumerRecord[bytes, bytes]]]) -> None:
        for tp, records in polled.items():
            seat = self.held.get(tp.partition)
            if seat is None:
                continue  # Polled before the seek: it comes again after it.
            seat.offer(records)
            if seat.full and self._consumer:
                self._consumer.pause(tp)

    async def _open(self, assigned: list[TopicPartition]) -> None:
        """Register first, then seek. The other way round, the loop may take a batch for a seat that is not there, and lose it."""
        if self._is_leaving():
            return
        consumer = self._consumer
        assert consumer  # noqa: S101  there is one while there is a group
        consumer.pause(*assigned)  # Opening takes a second, in which the loop would fetch much for nobody.
        seats = {tp: self._seat(tp.partition) for tp in assigned}
        try:
            offsets = await self._open_all(list(seats.values()))
        except BaseException:
            await asyncio.gather(*(seat.close() for seat in seats.values()), return_exceptions=True)
            raise
        self.held = {tp.partition: seat for tp, seat in seats.items()}
        for tp, offset in zip(seats, offsets, strict=True):
            consumer.seek(tp, offset)
        consumer.resume(*assigned)
        self._has_its_seats = True
        log.info("seats.held", room=self.hosting.room.name, topic=self.inbox.name, next={s.partition: s.next for s in seats.values()})

    async def _open_all(self, seats: list[Seat]) -> list[int]:
        self._opening = asyncio.gather(*(seat.open() for seat in seats))
        try:
            return await self._opening
        finally:
            self._opening = None

    async def _close(self) -> None:
        held, self.held = self.held, {}
        self._has_its_seats = False
        await asyncio.gather(*(seat.close() for seat in held.values()))

    def _seat(self, partition: int) -> Seat:
        return Seat(
            self._settings,
            self.hosting,
            self.inbox,
            partition,
            release=self._release,
            wanted=lambda: self._resume(partition),
            fenced=lambda: self._leave(partition),
            end=self._end,
            first_offset=self._first_offset,
        )

    def _resume(self, partition: int) -> None:
        if partition in self.held and self._consumer:
            self._consumer.resume(TopicPartition(self._topic, partition))

    def _leave(self, partition: int) -> None:
        """A fenced seat that is still held here means the group moved on without us: join it anew."""
        if partition in self.held:
            self._rejoin.set()

    def _lag(self, seat: Seat) -> int | None:
        end: int | None = self._consumer.last_stable_offset(seat.tp) if self._consumer and seat.tp in self._consumer.assignment() else None
        return None if end is None else max(0, end - seat.next)
