"""SENDERS' edge: attempts that have begun, through a Faust channel per kind of endpoint, out as mails, webhooks and lines.

A seat commits `begun` for as many attempts as slots could be reserved. Only what is committed may be sent, by this process and nobody else,
with the delivery's own id; how it went is written to DELIVERY's inbox by an idempotent producer.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import faust
import msgspec
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from handlers.channel import Channel, Result
from handlers.sign import Links, Seal
from schemas.delivery import Attempt, Receipt, ReceiptKind
from schemas.policy import Delivering
from schemas.topics import ATTEMPTS
from schemas.word import UtcMs
from streams.live import clock
from streams.live.library import Library
from streams.live.metrics import Metrics
from streams.live.process import release
from streams.live.seat import Hosting
from streams.live.settings import Settings
from streams.live.turn import Committed
from streams.pipeline.answer import Speaker
from streams.pipeline.line import Record, UnstampedError
from streams.pipeline.senders import SENDERS, attempt_in, receipt, said_of

log = structlog.get_logger()

DAY_MS = 86_400_000
OUTCOME_N = 1
"""The outcome is the second word that an attempt leads to; `begun` is the first."""

_MOST_LOOKED_AT = 256
"""Attempts decoded at once before the loop has its turn again: some milliseconds."""


class Reserved(NamedTuple):
    """A slot that is kept for an attempt, what it is decided by, and when its time began to run: before it could be committed as begun."""

    attempt: Attempt
    delivering: Delivering
    since: float


class Job(NamedTuple):
    """An attempt that this process must now execute, and the broker's clock when it began."""

    reserved: Reserved
    record: Record
    begun_at: UtcMs

    @property
    def ends(self) -> float:
        """When nobody may be executing it any more. Between commit and hand-over a process can be stopped for hours: that time counts."""
        return self.reserved.since + self.reserved.delivering.retry(self.reserved.attempt.delivery.to.channel).send_seconds


Rendered = Callable[[Attempt, Links, UtcMs], Any]
"""An attempt, its reader's links and the broker's instant in; what the channel sends out."""

Say = Callable[[Record, Receipt], Awaitable[None]]
"""Writes how an attempt went."""


class Way(NamedTuple):
    """One kind of endpoint: how a message for it is rendered, what sends it, and how many at once."""

    rendered: Rendered
    channel: Channel[Any]
    slots: int


class Outlet:
    """One kind of endpoint in this process: its slots, and what is being sent."""

    def __init__(
        self, kind: str, way: Way, library: Library, seal: Seal, *, say: Say, elapsed: Callable[[], float] = clock.elapsed
    ) -> None:
        self.kind = kind
        self.free = way.slots
        self._way, self._library, self._seal, self._say, self._elapsed = way, library, seal, say, elapsed
        self._freed = asyncio.Event()
        self._reserved: dict[tuple[int, int], Reserved] = {}
        self._executing: set[asyncio.Task[None]] = set()
        self.jobs: Any = None

    @property
    def hosting(self) -> Hosting:
        """What the seats of this kind run."""
        return Hosting(
            SENDERS[self.kind],
            self._library.in_force,
            before_batch=self._as_many_as_fit,
            after_commit=self._hand_over,
            let_go=self._let_go,
        )

    async def take(self, jobs: AsyncIterable[Job]) -> None:
        """The agent: every job in a task of its own, so that a slow receiver holds up nobody."""
        async for job in jobs:
            task = asyncio.create_task(self._execute(job))
            self._executing.add(task)
            task.add_done_callback(self._executing.discard)

    async def close(self) -> None:
        """Let what has begun end, and close the channel."""
        if self._executing:
            await asyncio.wait(self._executing)
        await self._way.channel.close()

    async def _as_many_as_fit(self, records: Sequence[Record]) -> int:
        """Reserve a slot for each of the first records that wants one, while there are any; wait until the first has its own."""
        for count, record in enumerate(records[:_MOST_LOOKED_AT]):
            wanted = self._wanted(record)
            while wanted and self.free <= 0:
                if count:
                    return count
                self._freed.clear()
                await self._freed.wait()
            if wanted:
                self.free -= 1
                self._reserved[record.partition, record.offset] = wanted._replace(since=self._elapsed())
        return min(len(records), _MOST_LOOKED_AT)

    def _wanted(self, record: Record) -> Reserved | None:
        """What a record asks of us; what is none of our own words asks nothing, and is parked by its seat."""
        try:
            attempt = attempt_in(record, self.kind)
            return Reserved(attempt, self._library.in_force(record).policy.delivery, 0.0) if attempt else None
        except (msgspec.MsgspecError, RecursionError, UnstampedError):
            return None

    async def _hand_over(self, _: Sequence[Record], committed: Sequence[Committed]) -> None:
        """What has been committed as begun is handed to its channel, and has its slot until it has ended."""
        for word in committed:
            reserved = self._reserved.pop((word.record.partition, word.record.offset), None)
            if reserved:
                await self.jobs.put(Job(reserved, word.record, word.appended_at))

    def _let_go(self, records: Sequence[Record]) -> None:
        """Whatever of these was not committed will be begun by somebody else, or again."""
        for record in records:
            if self._reserved.pop((record.partition, record.offset), None):
                self._give_back()

    def _give_back(self) -> None:
        self.free += 1
        self._freed.set()

    async def _execute(self, job: Job) -> None:
        try:
            await self._report(job, await self._sent(job))
        except KafkaError:  # DELIVERY hears nothing, waits until this attempt is over, and marks the next as a possible duplicate.
            log.exception("senders.outcome_lost", delivery=job.reserved.attempt.delivery.id)
        finally:
            self._give_back()

    async def _sent(self, job: Job) -> Result:
        """Try once, within the attempt's time by the broker's clock and the send's by the one that measures."""
        attempt, way = job.reserved.attempt, self._way
        left = job.ends - self._elapsed()
        if job.begun_at > attempt.not_after or left <= 0:
            return Result(ReceiptKind.EXPIRED, "its time was over before it could be sent")
        try:
            links = self._seal.links(attempt.delivery, job.begun_at + job.reserved.delivering.link_days * DAY_MS)
            async with asyncio.timeout(left):
                return await way.channel.send(way.rendered(attempt, links, job.begun_at))
        except TimeoutError:
            return Result(ReceiptKind.FAILED, "no answer in time", maybe_delivered=True)
        except Exception as error:  # a message that cannot be rendered is a failed attempt, not a dead process
            log.exception("senders.broke", delivery=attempt.delivery.id)
            return Result(ReceiptKind.FAILED, f"could not be sent: {type(error).__name__}")

    async def _report(self, job: Job, result: Result) -> None:
        word = msgspec.structs.replace(
            receipt(job.reserved.attempt, result.kind),
            answer=result.answer,
            retry_after=result.retry_after,
            disable=result.disable,
            in_doubt=result.maybe_delivered,
        )
        told = log.info if result.kind is ReceiptKind.ACCEPTED else log.warning
        told("senders.done", delivery=word.delivery, receiver=word.receiver, attempt=word.attempt, outcome=word.kind, answer=word.answer)
        await self._say(job.record, word)


class Senders:
    """The senders of one process. `attach` gives them their agents; `hostings` are what their seats run."""

    def __init__(self, settings: Settings, library: Library, seal: Seal, ways: Mapping[str, Way], metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._outlets = tuple(Outlet(kind, way, library, seal, say=self._say_as(kind)) for kind, way in ways.items())
        self._producer: AIOKafkaProducer | None = None

    @property
    def hostings(self) -> tuple[Hosting, ...]:
        """What the seats of SENDERS run, one room for each kind of endpoint."""
        return tuple(outlet.hosting for outlet in self._outlets)

    def attach(self, app: faust.App) -> None:
        """One in-memory channel and one agent for each kind of endpoint."""
        for outlet in self._outlets:
            outlet.jobs = app.channel(maxsize=0)
            app.agent(outlet.jobs, name=f"siaga.senders.{outlet.kind}")(outlet.take)

    async def start(self) -> None:
        """Open the producer of outcomes."""
        self._producer = AIOKafkaProducer(**self._settings.kafka_options(), enable_idempotence=True, acks="all")
        await self._producer.start()

    async def stop(self) -> None:
        """Let what has begun end, and close the channels."""
        await asyncio.gather(*(outlet.close() for outlet in self._outlets))
        if self._producer:
            await self._producer.stop()

    def _say_as(self, kind: str) -> Say:
        speakers = {p: Speaker(SENDERS[kind], lambda _: None, ATTEMPTS, p, release()) for p in range(ATTEMPTS.partitions)}

        async def say(record: Record, word: Receipt) -> None:
            assert self._producer  # noqa: S101  start() made it
            topic, partition, key, value, headers = speakers[record.partition].add(said_of(record, word), record, OUTCOME_N)
            await self._producer.send_and_wait(self._settings.prefix + topic.name, value, key=key, partition=partition, headers=headers)
            self._metrics.heard(SENDERS[kind].name, (word,))

        return say
