"""Hanging transactions: a seat's producer in; no transaction of it left open, out.

A broker that stops or starts writes no marker to a partition that has no leader at that instant: Apache Kafka 4.3.0 takes it for deleted
(KAFKA-20734) and calls the transaction complete. Its records stay open there; whatever the same producer decides next decides them too. A
seat that restored its memory without them would say its words again, and then commit both. See docs/adr/0003.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, TypeVar

import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError, for_code

from streams.live import clock, kafka
from streams.live.protocol import DescribeProducers, DescribeTransactions
from streams.live.settings import Settings

log = structlog.get_logger()

_TRIES = 40
_PAUSE_SECONDS = 0.5
_MARKERS_SECONDS = 2.0
_NO_SUCH_ID, _NO_SUCH_TOPIC, _MAY_NOT_READ = 105, 3, 29

T = TypeVar("T")


class Decided(StrEnum):
    """What the coordinator last decided about a transactional id's transaction."""

    COMMIT = "commit"
    ABORT = "abort"
    NOTHING = "nothing"


_DECIDED = {
    "PrepareCommit": Decided.COMMIT,
    "CompleteCommit": Decided.COMMIT,
    "Ongoing": Decided.ABORT,  # Whoever starts a producer of that id aborts it.
    "PrepareAbort": Decided.ABORT,
    "CompleteAbort": Decided.ABORT,
    "PrepareEpochFence": Decided.ABORT,
}


class Asker:
    """Asks brokers how transactions stand. Only Kafka before 3.0 cannot say."""

    def __init__(self, client: AIOKafkaClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    async def decided(self, transactional_id: str) -> Decided:
        """What was last decided. Ask before a producer of that id starts: then it is forgotten."""
        return await _insist(lambda: self._decided(transactional_id))

    async def open_partitions(self, producer_id: int) -> tuple[TopicPartition, ...]:
        """Where, under our prefix, a transaction of that producer is open, as far as we may look."""
        return await _insist(lambda: self._open_partitions(producer_id))

    async def _decided(self, transactional_id: str) -> Decided:
        node = await self._client.coordinator_lookup(CoordinationType.TRANSACTION, transactional_id)
        ((code, _, state, *_),) = (await self._client.send(node, DescribeTransactions(transactional_id))).states
        if code == _NO_SUCH_ID:
            return Decided.NOTHING
        _raise(code)
        return _DECIDED.get(state, Decided.NOTHING)

    async def _open_partitions(self, producer_id: int) -> tuple[TopicPartition, ...]:
        found: list[TopicPartition] = []
        for leader, partitions in (await self._by_leader()).items():
            for topic, answers, _ in (await self._client.send(leader, DescribeProducers(partitions))).topics:
                found += [TopicPartition(topic, number) for number, producers in _answered(answers) if _has_open(producers, producer_id)]
        return tuple(found)

    async def _by_leader(self) -> dict[int, dict[str, list[int]]]:
        cluster = await self._client.fetch_all_metadata()
        leaders: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for topic in cluster.topics():
            if topic.startswith(self._prefix):
                for number in cluster.partitions_for_topic(topic):
                    leaders[cluster.leader_for_partition(TopicPartition(topic, number))][topic].append(number)
        return leaders


@asynccontextmanager
async def asker(settings: Settings) -> AsyncIterator[Asker]:
    """An asker, on a connection of its own."""
    client = AIOKafkaClient(**settings.kafka_options())
    try:
        await _insist(client.bootstrap)
        yield Asker(client, settings.prefix)
    finally:
        await client.close()


async def finish(asks: Asker, producer: AIOKafkaProducer, decided: Decided, *, seat: str) -> None:
    """End what hangs the way it was decided. The producer must be started, and in no transaction.

    Where the coordinator has forgotten what it decided, because a producer was started and did not get this far, it is aborted: the seat
    then does the records again, so that nothing is lost.
    """
    if not (hanging := await _lasting(asks, _producer_id(producer))):
        return
    log.error("transaction.hangs", seat=seat, decided=decided, partitions=sorted(f"{tp.topic}/{tp.partition}" for tp in hanging))
    await _end(producer, hanging, decided)
    if left := await _lasting(asks, _producer_id(producer)):
        raise RuntimeError(f"{seat}: a transaction still hangs at {', '.join(f'{tp.topic}/{tp.partition}' for tp in left)}")


async def _lasting(asks: Asker, producer_id: int) -> tuple[TopicPartition, ...]:
    """What stays open. The broker answers a commit before it has written the markers: what is open for a moment does not hang."""
    found = await asks.open_partitions(producer_id)
    until = clock.elapsed() + _MARKERS_SECONDS
    while found and clock.elapsed() < until:
        await asyncio.sleep(_PAUSE_SECONDS)
        found = await asks.open_partitions(producer_id)
    return found


async def _end(producer: AIOKafkaProducer, partitions: Iterable[TopicPartition], decided: Decided) -> None:
    """A transaction without a record, of the same producer: its markers decide what was left open before it."""
    await producer.begin_transaction()
    for tp in partitions:
        producer._txn_manager.maybe_add_partition_to_txn(tp)  # noqa: SLF001  aiokafka offers no other way
    await (producer.commit_transaction() if decided is Decided.COMMIT else producer.abort_transaction())


async def _insist(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer: brokers that have just started do not know yet who leads. Nobody can be reached: that is no answer."""
    for tried in range(_TRIES):
        try:
            return await kafka.patiently(ask, pause_seconds=_PAUSE_SECONDS)
        except IncompatibleBrokerVersion:
            raise
        except (KafkaError, OSError):
            if tried == _TRIES - 1:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
    raise AssertionError


def _answered(answers: Any) -> Iterable[tuple[int, Any]]:
    for number, code, _, producers, _ in answers:
        if code not in (_NO_SUCH_TOPIC, _MAY_NOT_READ):
            _raise(code)
            yield number, producers


def _has_open(producers: Any, producer_id: int) -> bool:
    return any(one[0] == producer_id and one[5] >= 0 for one in producers)


def _raise(code: int) -> None:
    if code:
        raise for_code(code)


def _producer_id(producer: AIOKafkaProducer) -> int:
    return int(producer._txn_manager.producer_id)  # noqa: SLF001  aiokafka offers no other way
