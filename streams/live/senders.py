"""SENDERS: attempts in; `begun` receipts, and then, through a Faust channel per kind of endpoint, mails, webhooks and lines out.

A seat reads the attempts and commits `begun` for as many as there are free slots. Only what is committed may be sent, by this process and
nobody else, with the delivery's own id; how it went is written to DELIVERY's inbox by an idempotent producer.
"""

import asyncio
import time
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import faust
import msgspec
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from handlers.channel import Channel, Result
from handlers.sign import Links, Seal
from schemas import codec
from schemas.delivery import Attempt, Receipt, ReceiptKind
from schemas.policy import Retry
from schemas.topics import ATTEMPTS, DELIVERY_INBOX, partition_of
from schemas.word import Stamp, UtcMs, Word
from streams.live.app import release
from streams.live.library import Library
from streams.live.seat import Hosting
from streams.live.settings import Settings
from streams.live.turn import Committed
from streams.live.voice import Voice
from streams.pipeline.line import NOTHING, Entry, Record, Room, Said, Step

log = structlog.get_logger()

DAY_MS = 86_400_000
LINK_DAYS = 7
"""How long the link of a message opens the page; an escalation that is older than this has been re-armed many times."""


def step(_: Mapping[str, Entry], record: Record, __: None) -> Step:
    """An attempt: say that it has begun. Its execution waits for the commit."""
    attempt = codec.decode(record.value or b"")
    if not isinstance(attempt, Attempt):
        return NOTHING
    stamp = Stamp(record.header("policy"), record.header("roster"))
    return Step(words=(Said(DELIVERY_INBOX, attempt.delivery.to.receiver, _receipt(attempt, ReceiptKind.BEGUN), stamp),))


SENDERS = Room("senders", (ATTEMPTS,), step, msgspec.json.encode, msgspec.json.decode)


class Job(NamedTuple):
    """An attempt that this process must now execute, the broker's clock when it began, and the monotonic second it must end by."""

    attempt: Attempt
    record: Record
    begun_at: UtcMs
    ends: float


Rendered = Callable[[Attempt, Links, UtcMs], Any]
"""An attempt, its reader's links and the broker's instant in; what the channel sends out."""


class Way(NamedTuple):
    """One kind of endpoint: how a message for it is rendered, what sends it, and how many at once."""

    rendered: Rendered
    channel: Channel[Any]
    slots: int


class Senders:
    """The senders of one process. `attach` gives them their agents; `hosting` is what their seats run."""

    def __init__(self, settings: Settings, library: Library, seal: Seal, ways: Mapping[str, Way]) -> None:
        self._settings, self._library, self._seal, self._ways = settings, library, seal, ways
        self._free = {kind: way.slots for kind, way in ways.items()}
        self._freed = asyncio.Event()
        self._channels: dict[str, Any] = {}
        self._executing: set[asyncio.Task[None]] = set()
        self._producer: AIOKafkaProducer | None = None
        self._voices: dict[int, Voice] = {}

    @property
    def hosting(self) -> Hosting:
        """What the seats of SENDERS run."""
        return Hosting(SENDERS, lambda _: None, before_batch=self._as_many_as_fit, after_commit=self._hand_over)

    def attach(self, app: faust.App) -> None:
        """One in-memory channel and one agent for each kind of endpoint."""
        for kind in self._ways:
            self._channels[kind] = channel = app.channel(maxsize=0)
            app.agent(channel, name=f"siaga.senders.{kind}")(self._take)

    async def start(self) -> None:
        """Open the producer of outcomes."""
        self._producer = AIOKafkaProducer(**self._settings.kafka_options(), enable_idempotence=True, acks="all")
        await self._producer.start()

    async def stop(self) -> None:
        """Let what has begun end, and close the channels."""
        if self._executing:
            await asyncio.wait(self._executing)
        await asyncio.gather(*(way.channel.close() for way in self._ways.values()))
        if self._producer:
            await self._producer.stop()

    async def _as_many_as_fit(self, records: Sequence[Record]) -> int:
        """How many of the first records find a free slot; waits until the first does."""
        attempts = [_attempt(record) for record in records]
        while attempts[0] is not None and self._free[attempts[0].delivery.to.channel] <= 0:
            self._freed.clear()
            await self._freed.wait()
        free, count = dict(self._free), 0
        for attempt in attempts:
            if attempt is not None:
                free[attempt.delivery.to.channel] -= 1
                if free[attempt.delivery.to.channel] < 0:
                    break
            count += 1
        return count

    async def _hand_over(self, _: Sequence[Record], committed: Sequence[Committed]) -> None:
        """What has been committed as begun is handed to its channel."""
        for word in committed:
            attempt = _attempt(word.record)
            if attempt is None:
                continue
            kind = attempt.delivery.to.channel
            self._free[kind] -= 1
            ends = time.monotonic() + self._retry(word.record, kind).send_seconds
            await self._channels[kind].put(Job(attempt, word.record, word.appended_at, ends))

    def _retry(self, record: Record, kind: str) -> Retry:
        return self._library.in_force(record).policy.delivery.retry(kind)

    async def _take(self, jobs: AsyncIterable[Job]) -> None:
        """The agent: every job in a task of its own, so that a slow receiver holds up nobody."""
        async for job in jobs:
            task = asyncio.create_task(self._execute(job))
            self._executing.add(task)
            task.add_done_callback(self._executing.discard)

    async def _execute(self, job: Job) -> None:
        kind = job.attempt.delivery.to.channel
        try:
            await self._report(job, await self._sent(job))
        except KafkaError:  # DELIVERY hears nothing, waits until this attempt is over, and marks the next as a possible duplicate.
            log.exception("senders.outcome_lost", delivery=job.attempt.delivery.id)
        finally:
            self._free[kind] += 1
            self._freed.set()

    async def _sent(self, job: Job) -> Result:
        """Try once, within the attempt's time by the broker's clock and the send's by the monotonic one."""
        attempt, way = job.attempt, self._ways[job.attempt.delivery.to.channel]
        left = job.ends - time.monotonic()
        if job.begun_at > attempt.not_after or left <= 0:
            return Result(ReceiptKind.EXPIRED, "its time was over before it could be sent")
        try:
            links = self._seal.links(attempt.delivery, job.begun_at + LINK_DAYS * DAY_MS)
            async with asyncio.timeout(left):
                return await way.channel.send(way.rendered(attempt, links, job.begun_at))
        except TimeoutError:
            return Result(ReceiptKind.FAILED, "no answer in time", maybe_delivered=True)
        except Exception as error:  # a message that cannot be rendered is a failed attempt, not a dead process
            log.exception("senders.broke", delivery=attempt.delivery.id)
            return Result(ReceiptKind.FAILED, f"could not be sent: {type(error).__name__}")

    async def _report(self, job: Job, result: Result) -> None:
        receipt = _receipt(job.attempt, result.kind)
        word = msgspec.structs.replace(
            receipt,
            answer=result.answer,
            retry_after=result.retry_after,
            disable=result.disable,
            in_doubt=result.maybe_delivered,
        )
        log.info(
            "senders.done", delivery=word.delivery, receiver=word.receiver, attempt=word.attempt, outcome=word.kind, answer=word.answer
        )
        await self._say(job.record, word, job.attempt.delivery.to.receiver)

    async def _say(self, record: Record, word: Word, receiver: str) -> None:
        assert self._producer  # noqa: S101  start() made it
        voice = self._voices.setdefault(record.partition, Voice(f"{SENDERS.name}/{record.partition}", release()))
        cause = ("cause", f"{record.topic}/{record.partition}/{record.offset}".encode())
        await self._producer.send_and_wait(
            self._settings.prefix + DELIVERY_INBOX.name,
            codec.encode(word),
            key=receiver.encode(),
            partition=partition_of(receiver, DELIVERY_INBOX),
            headers=voice.headers(word, Stamp(record.header("policy"), record.header("roster")), cause, 1),
        )


def _attempt(record: Record) -> Attempt | None:
    try:
        word = codec.decode(record.value or b"")
    except (msgspec.MsgspecError, RecursionError):
        return None
    return word if isinstance(word, Attempt) else None


def _receipt(attempt: Attempt, kind: ReceiptKind) -> Receipt:
    return Receipt(delivery=attempt.delivery.id, receiver=attempt.delivery.to.receiver, attempt=attempt.number, kind=kind)
