"""The thin edges to Kafka: records out of topics, and the topics themselves. Topics are named without the operator's prefix."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, TopicAlreadyExistsError, for_code

from schemas.topics import Topic, config_of
from schemas.word import UtcMs
from streams.live.settings import Settings
from streams.pipeline.line import Record

Ends = Mapping[TopicPartition, int]

APPEND_TIME = 1
_POLL_MS = 200
_HASTE_MS = 20
"""A fetch that waits at the end of one partition holds up all others: whoever reads to the end waits for nothing new."""

_MOST_REPLICAS = 3
_BATCH_BYTES = 1_000_000

T = TypeVar("T")


class Applied(NamedTuple):
    """What `apply` did, and what it found that it must not touch."""

    created: tuple[str, ...]
    differences: tuple[str, ...]


class TopicState(NamedTuple):
    """One topic as the broker has it. `config` holds what was set on the topic itself or differs by the broker's default."""

    partitions: int
    config: Mapping[str, str]


def as_record(record: ConsumerRecord[bytes, bytes], topic: str) -> Record:
    """The broker's record as rooms see it. A header without a value, which Kafka allows, has an empty one."""
    headers = tuple([header if header[1] else (header[0], b"") for header in record.headers])
    return Record(topic, record.partition, record.offset, record.timestamp, record.key, record.value, headers)


async def read(
    settings: Settings, *topics: Topic, since: UtcMs | None = None, partition: int | None = None, last: int | None = None
) -> AsyncIterator[Record]:
    """Every committed record up to the end as it is now, in order within a partition.

    From the beginning; from append time `since`; or only those among the `last` offsets, the marks of transactions counted too.
    """
    async with _reader(settings, fetch_max_wait_ms=_HASTE_MS) as consumer:
        wanted = [p for topic in topics for p in _partitions(settings, topic, partition)]
        ends = await _placed(consumer, wanted, since)
        for p in wanted if last is not None else ():
            consumer.seek(p, max(await consumer.position(p), ends[p] - (last or 0)))
        while left := [p for p in wanted if await consumer.position(p) < ends[p]]:
            for p, records in (await consumer.getmany(*left, timeout_ms=_POLL_MS)).items():
                for record in records:
                    if record.offset < ends[p]:
                        yield as_record(record, p.topic.removeprefix(settings.prefix))


async def ends(settings: Settings, *topics: Topic) -> Ends:
    """Where each partition ends now: what is said after this comes later."""
    async with _reader(settings) as consumer:
        wanted = [p for topic in topics for p in _partitions(settings, topic, None)]
        consumer.assign(wanted)
        found: Ends = await consumer.end_offsets(wanted)
        return found


async def begins(settings: Settings, *topics: Topic) -> Ends:
    """Where each partition begins by now: what stood before has been deleted."""
    async with _reader(settings) as consumer:
        wanted = [p for topic in topics for p in _partitions(settings, topic, None)]
        consumer.assign(wanted)  # Of topics that it does not know yet it would ask one after the other.
        found: Ends = await consumer.beginning_offsets(wanted)
        return found


async def record_at(settings: Settings, topic: Topic, partition: int, offset: int) -> Record | None:
    """One committed record; None when there is none at that offset."""
    async with _reader(settings) as consumer:
        (place,) = _partitions(settings, topic, partition)
        ends = await _placed(consumer, [place], None)
        consumer.seek(place, offset)
        while await consumer.position(place) < ends[place]:
            for record in (await consumer.getmany(place, timeout_ms=_POLL_MS)).get(place, ()):
                return as_record(record, topic.name) if record.offset == offset else None
    return None


async def follow(settings: Settings, *topics: Topic, since: UtcMs | None = None, after: Ends | None = None) -> AsyncGenerator[Record, None]:
    """Every committed record from the beginning, from append time `since`, or after those `ends`, for ever."""
    async with _reader(settings) as consumer:
        await _placed(consumer, [p for topic in topics for p in _partitions(settings, topic, None)], since)
        for p, offset in (after or {}).items():
            consumer.seek(p, offset)
        while True:
            for p, records in (await consumer.getmany(timeout_ms=_POLL_MS)).items():
                for record in records:
                    yield as_record(record, p.topic.removeprefix(settings.prefix))


async def started(consumer: AIOKafkaConsumer) -> AIOKafkaConsumer:
    """The same consumer, started; or stopped, where it cannot be."""
    try:
        await consumer.start()
    except BaseException:
        await consumer.stop()
        raise
    return consumer


async def patiently(ask: Callable[[], Awaitable[T]], *, pause_seconds: float = 1.0) -> T:
    """Ask until Kafka answers. How long it may stay away is for the pulse to say."""
    while True:
        try:
            return await ask()
        except (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError):
            await asyncio.sleep(pause_seconds)


@asynccontextmanager
async def publisher(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """An idempotent producer: without it, records change places while a new topic finds its leader."""
    producer = AIOKafkaProducer(**settings.kafka_options(), enable_idempotence=True, acks="all", max_batch_size=_BATCH_BYTES)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def apply(settings: Settings, topics: Iterable[Topic], *, audit_days: int) -> Applied:
    """Create what is missing; tell, in words, what differs. Nothing that exists is altered."""
    topics = tuple(topics)
    async with _admin(settings) as admin:
        present = await _describe(admin, [settings.prefix + topic.name for topic in topics])
        missing = [topic for topic in topics if settings.prefix + topic.name not in present]
        created = await _create(admin, settings, missing, audit_days)
        present |= await _describe(admin, [settings.prefix + topic.name for topic in missing if topic not in created])
    return Applied(tuple(topic.name for topic in created), _differences(settings, topics, present))


async def differences(settings: Settings, topics: Iterable[Topic]) -> tuple[str, ...]:
    """What a worker must not start with: a topic that is missing, has another count, or does not keep append time."""
    topics = tuple(topics)
    async with _admin(settings) as admin:
        present = await _describe(admin, [settings.prefix + topic.name for topic in topics])
    missing = tuple(
        f"topic {settings.prefix}{t.name} is missing; create it with: siaga topics apply"
        for t in topics
        if settings.prefix + t.name not in present
    )
    return missing + _differences(settings, topics, present)


async def names(settings: Settings) -> tuple[str, ...]:
    """The names of the topics under our prefix, without it."""
    async with _admin(settings) as admin:
        return tuple(name.removeprefix(settings.prefix) for name in await admin.list_topics() if name.startswith(settings.prefix))


async def list_topics(settings: Settings) -> dict[str, TopicState]:
    """The topics under our prefix, by their name without it."""
    async with _admin(settings) as admin:
        ours = [name for name in await admin.list_topics() if name.startswith(settings.prefix)]
        present = await _describe(admin, ours)
    return {name.removeprefix(settings.prefix): state for name, state in sorted(present.items())}


@asynccontextmanager
async def _reader(settings: Settings, **options: Any) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **settings.kafka_options(), **options, isolation_level="read_committed", auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


def _partitions(settings: Settings, topic: Topic, partition: int | None) -> list[TopicPartition]:
    numbers = range(topic.partitions) if partition is None else (partition,)
    return [TopicPartition(settings.prefix + topic.name, number) for number in numbers]


async def _placed(consumer: AIOKafkaConsumer, partitions: list[TopicPartition], since: UtcMs | None) -> dict[TopicPartition, int]:
    """Put the consumer where reading begins; return where each partition ends."""
    consumer.assign(partitions)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
    begins = await consumer.beginning_offsets(partitions)
    if since is not None:
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, since))
        begins = {p: found[p].offset if found[p] else ends[p] for p in partitions}
    for p, offset in begins.items():
        consumer.seek(p, offset)
    return ends


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**settings.kafka_options())
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, settings: Settings, topics: list[Topic], audit_days: int) -> list[Topic]:
    """Those that were created; not those that somebody else created meanwhile."""
    if not topics:
        return []
    replicas = min(_MOST_REPLICAS, len((await admin.describe_cluster())["brokers"]))
    answer = await admin.create_topics(
        [NewTopic(settings.prefix + t.name, t.partitions, replicas, topic_configs=config_of(t, audit_days)) for t in topics]
    )
    errors = {name: for_code(code) for name, code, *_ in answer.topic_errors}
    for name, error in errors.items():
        if error.errno and error is not TopicAlreadyExistsError:
            raise error(f"creating topic {name} failed")
    return [topic for topic in topics if not errors[settings.prefix + topic.name].errno]


async def _describe(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, TopicState]:
    known = set(await admin.list_topics())
    names = [name for name in names if name in known]
    if not names:
        return {}
    partitions = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics(names)}
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    configs = {resource[3]: {entry[0]: entry[1] for entry in resource[4]} for answer in answers for resource in answer.resources}
    return {name: TopicState(partitions[name], configs.get(name, {})) for name in names}


def _differences(settings: Settings, topics: Iterable[Topic], present: Mapping[str, TopicState]) -> tuple[str, ...]:
    states = [(topic, present[settings.prefix + topic.name]) for topic in topics if settings.prefix + topic.name in present]
    return tuple(text for topic, state in states for text in _difference(settings.prefix + topic.name, topic, state))


def _difference(name: str, topic: Topic, state: TopicState) -> Iterable[str]:
    if state.partitions != topic.partitions:
        yield f"topic {name} has {state.partitions} partitions, declared are {topic.partitions}; counts never change"
    kept: Any = state.config.get("message.timestamp.type")
    if kept != "LogAppendTime":
        yield f"topic {name} keeps {kept}, not LogAppendTime: its records carry their publisher's clock"
    policy, wanted = state.config.get("cleanup.policy"), config_of(topic, 0)["cleanup.policy"]
    if policy != wanted:
        yield f"topic {name} has cleanup.policy={policy}, declared is {wanted}"
