"""A transaction whose markers were not all written: the next holder of the seat ends it the way it was decided."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas import codec
from schemas.ledger import Progress
from schemas.topics import PARKED, PROGRESS, changelog, partition_of
from streams.live import hanging, kafka
from streams.live.broker import Broker
from streams.live.hanging import Decided
from streams.live.settings import Settings
from streams.live.turn import OFFSET
from tests.live.counting import INBOX, OUT, ROOM, Count
from tests.live.test_seat import held, publish, until

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SEAT = "siaga.counting.counting-inbox.0"
KEPT = changelog(ROOM.name, INBOX)
PLACE = {KEPT: 0, OUT: partition_of("a", OUT)}
"""Where the memory and the words of record `a` go."""


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Kafka that lets a partition into a transaction which its coordinator knows nothing of: it will get no marker, as in a restart."""

    async def be_lenient(bootstrap: str) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        resource = ConfigResource(ConfigResourceType.BROKER, "1", {"transaction.partition.verification.enable": "false"})
        *_, answer = await admin.alter_configs([resource])
        assert [code for code, *_ in answer.resources] == [0]
        await admin.close()

    with Broker(Path(tmp_path_factory.mktemp("lenient"))) as broker:
        asyncio.run(be_lenient(broker.bootstrap))
        yield broker.bootstrap


@pytest.fixture
async def settings(lenient: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """The counting room's topics, under a prefix that no other test has."""
    settings = Settings.load(kafka=lenient, prefix=f"exercise.{request.node.name.translate(str.maketrans('[] ', '...'))}.", state=tmp_path)
    assert (await kafka.apply(settings, (INBOX, OUT, KEPT, PROGRESS, PARKED), audit_days=1)).differences == ()
    return settings


async def leave_hanging(settings: Settings, decided: Decided, *without_markers: TopicPartition) -> None:
    """What the seat's holder had done of the second record when the broker went: all of it, with markers at some partitions only."""
    producer = AIOKafkaProducer(**settings.kafka_options(), transactional_id=settings.prefix + SEAT, acks="all")
    await producer.start()
    await producer.begin_transaction()
    producer._txn_manager._txn_partitions |= set(without_markers)
    name = settings.prefix + KEPT.name
    await producer.send_and_wait(name, ROOM.pack(Count(2)), key=b"a", partition=0)
    await producer.send_and_wait(name, b"2", key=OFFSET.encode(), partition=0)
    word = codec.encode(Progress("counting", INBOX.name, 0, 1, tick=2))
    await producer.send_and_wait(settings.prefix + OUT.name, word, partition=PLACE[OUT])
    await producer.send_and_wait(settings.prefix + PARKED.name, b"knows", partition=0)
    await (producer.commit_transaction() if decided is Decided.COMMIT else producer.abort_transaction())
    await producer.stop()


async def counted(settings: Settings) -> list[int]:
    """The counts that anybody can read by now."""
    return sorted([codec.decode(record.value or b"").tick async for record in kafka.read(settings, OUT)])


@pytest.mark.parametrize("where", [(KEPT, OUT), (KEPT,), (OUT,)], ids=["memory and words", "memory", "words"])
@pytest.mark.parametrize("decided", [Decided.COMMIT, Decided.ABORT])
async def test_every_record_counts_once(settings: Settings, decided: Decided, where: Any) -> None:
    """However it was decided and wherever the markers are missing: nothing is lost, and no word is said twice."""
    await publish(settings, [("a", b"")])
    async with held(settings) as seats:
        await until(lambda: seats.held[0].next == 1)
    await publish(settings, [("a", b"")])
    await leave_hanging(settings, decided, *(TopicPartition(settings.prefix + topic.name, PLACE[topic]) for topic in where))
    async with held(settings) as seats:
        await until(lambda: seats.held[0].next == 2)
        assert await counted(settings) == [1, 2]
        await publish(settings, [("a", b"")])
        await until(lambda: seats.held[0].next == 3)
    assert await counted(settings) == [1, 2, 3]


async def test_a_decision_that_was_forgotten_is_an_abort(settings: Settings) -> None:
    """A producer was started after it, and came no further: the records are done again, and nothing is lost."""
    await publish(settings, [("a", b"")])
    async with held(settings) as seats:
        await until(lambda: seats.held[0].next == 1)
    await publish(settings, [("a", b"")])
    hung = [TopicPartition(settings.prefix + topic.name, PLACE[topic]) for topic in (KEPT, OUT)]
    await leave_hanging(settings, Decided.COMMIT, *hung)
    opener = AIOKafkaProducer(**settings.kafka_options(), transactional_id=settings.prefix + SEAT)
    await opener.start()
    await opener.stop()
    async with hanging.asker(settings) as asks:
        assert await asks.decided(settings.prefix + SEAT) is Decided.NOTHING
    async with held(settings) as seats:
        await until(lambda: seats.held[0].next == 2)
    assert await counted(settings) == [1, 2]


async def test_what_was_committed_is_readable_again_when_kafka_is_back(settings: Settings) -> None:
    """The holder has not changed, and has nothing to write that would end it."""
    await publish(settings, [("a", b"")])
    async with held(settings) as seats:
        await until(lambda: seats.held[0].next == 1)
        producer = seats.held[0]._producer
        assert producer
        producer._txn_manager._txn_partitions.add(TopicPartition(settings.prefix + OUT.name, PLACE[OUT]))
        await publish(settings, [("a", b"")])
        await until(lambda: seats.held[0].next == 2)
        assert await counted(settings) == [1]
        seats.doubt()
        async with asyncio.timeout(20):
            while await counted(settings) != [1, 2]:
                await asyncio.sleep(0.1)
        await publish(settings, [("a", b"")])
        await until(lambda: seats.held[0].next == 3)
    assert await counted(settings) == [1, 2, 3]
