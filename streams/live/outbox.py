"""One transaction's rows as whole record batches: half the cost of a send for each. In: rows. Out: the broker's word that it has them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from schemas.topics import Topic
from schemas.word import UtcMs
from streams.pipeline.answer import Row

BATCH_BYTES = 1_000_000


class Place(NamedTuple):
    """Where a row went: its lane, and the how-manieth batch of it."""

    lane: "_Lane"
    batch: int


class _Lane:
    """The batches for one partition, in order."""

    __slots__ = ("append", "appended", "batches", "partition", "topic")

    def __init__(self, topic: Topic, partition: int) -> None:
        self.topic = topic
        self.partition = partition
        self.batches: list[BatchBuilder] = []
        self.append: Callable[..., Any]
        self.appended: list[RecordMetadata] = []

    def open(self, batch: BatchBuilder) -> None:
        """From now on rows go into this batch."""
        self.batches.append(batch)
        self.append = batch.append


class Outbox:
    """What one transaction will write."""

    def __init__(self, producer: AIOKafkaProducer, prefix: str) -> None:
        self._producer = producer
        self._prefix = prefix
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._bytes = 0

    @property
    def bytes_held(self) -> int:
        """Roughly what the rows weigh."""
        return self._bytes

    def add(self, row: Row) -> None:
        """Append a row to the newest batch of its partition, or to a fresh one when that is full."""
        topic, partition, key, value, headers = row
        lane = self._lanes.get((topic.name, partition)) or self._open(topic, partition)
        # The timestamp is the broker's to set; naming one saves asking the clock for each row.
        if lane.append(timestamp=0, key=key, value=value, headers=headers) is None:
            lane.open(self._producer.create_batch())
            lane.append(timestamp=0, key=key, value=value, headers=headers)
        if value:
            self._bytes += len(value)

    def place_of(self, row: Row) -> Place:
        """Where a row went that was added just now."""
        lane = self._lanes[row[0].name, row[1]]
        return Place(lane, len(lane.batches) - 1)

    async def send(self) -> None:
        """Hand every batch to the producer, a round over all partitions at a time, and wait until the broker has them."""
        await self._check_partitions()
        lanes = list(self._lanes.values())
        sent: list[tuple[_Lane, Awaitable[RecordMetadata]]] = []
        for turn in range(max((len(lane.batches) for lane in lanes), default=0)):
            sent += [(lane, await self._send(lane, turn)) for lane in lanes if turn < len(lane.batches)]
        for (lane, _), appended in zip(sent, await asyncio.gather(*(future for _, future in sent)), strict=True):
            lane.appended.append(appended)

    def appended_at(self, place: Place) -> UtcMs:
        """The broker's time for a row that has been sent."""
        return int(place.lane.appended[place.batch].timestamp)

    def _open(self, topic: Topic, partition: int) -> _Lane:
        lane = self._lanes[topic.name, partition] = _Lane(topic, partition)
        lane.open(self._producer.create_batch())
        return lane

    async def _send(self, lane: _Lane, turn: int) -> Awaitable[RecordMetadata]:
        batch = lane.batches[turn]
        batch.close()
        future: asyncio.Future[RecordMetadata] = await self._producer.send_batch(
            batch, self._prefix + lane.topic.name, partition=lane.partition
        )
        future.add_done_callback(_look)
        return future

    async def _check_partitions(self) -> None:
        """A topic with another count than declared would scatter its keys."""
        for topic in {lane.topic.name: lane.topic for lane in self._lanes.values()}.values():
            found = len(await self._producer.partitions_for(self._prefix + topic.name))
            if found != topic.partitions:
                raise RuntimeError(f"topic {self._prefix}{topic.name} has {found} partitions, declared are {topic.partitions}")


def _look(future: asyncio.Future[RecordMetadata]) -> None:
    """When one send fails the others are not awaited any more; their errors are looked at here."""
    if not future.cancelled():
        future.exception()
