"""A seat's memory as it lies in its changelog. In: one partition, up to its end. Out: entries, dues and the place in the inbox."""

from collections.abc import Callable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from schemas.topics import Topic
from streams.live import kafka
from streams.live.settings import Settings
from streams.live.turn import DUE_AT, DUE_PROVEN, DUE_WALL, OFFSET, STEPPED, TICK_NUMBER
from streams.pipeline.dues import Dues
from streams.pipeline.line import Due, Entry

_LAST_OFFSETS = (100, 10_000, None)
"""How far back a seat's place is looked for: every transaction ends with it, but many that were given up may come after."""


class Kept:
    """What a seat remembers.

    next: the offset to go on from. tick: the number of the last one committed. stepped: the entries that the tick at `next`, if it is
    one, has already been to. written: where the changelog ended when it was read.
    """

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.dues = Dues()
        self.next = 0
        self.tick = -1
        self.stepped: set[str] = set()
        self.written = 0


async def restore(reader: AIOKafkaConsumer, changelog: TopicPartition, unpack: Callable[[bytes], Entry]) -> Kept:
    """Read the changelog from its beginning to its end. The seat must have been fenced before: then the end stands still."""
    last, end = await _last_of_each_key(reader, changelog)
    place = last.pop(OFFSET.encode(), None)
    if place is None and any(record.value is not None for record in last.values()):
        raise RuntimeError(
            f"{changelog.topic}/{changelog.partition} holds memory without an offset: somebody else wrote there, or it was cut"
        )
    kept = Kept()
    kept.written = end
    if place is not None:
        kept.next, kept.tick = int(place.value), _number(place.headers, TICK_NUMBER, -1)
    for key, record in last.items():
        _remember(kept, key.decode(), record, unpack)
    return kept


async def places(settings: Settings, *changelogs: Topic) -> Mapping[tuple[str, int], int]:
    """How far each seat has come, by the name of its changelog and its partition; a seat that has never committed is not named."""
    found: dict[tuple[str, int], int] = {}
    looked_for = {(topic.name, partition): topic for topic in changelogs for partition in range(topic.partitions)}
    for last in _LAST_OFFSETS:
        topics = dict.fromkeys(topic for where, topic in looked_for.items() if where not in found)
        if topics:
            async for record in kafka.read(settings, *topics, last=last):
                if record.key == OFFSET.encode() and record.value is not None:
                    found[record.topic, record.partition] = int(record.value)
    return found


async def _last_of_each_key(reader: AIOKafkaConsumer, changelog: TopicPartition) -> tuple[dict[bytes, ConsumerRecord[bytes, bytes]], int]:
    reader.assign([changelog])
    end: int = (await reader.end_offsets([changelog]))[changelog]
    reader.seek(changelog, (await reader.beginning_offsets([changelog]))[changelog])
    last: dict[bytes, ConsumerRecord[bytes, bytes]] = {}
    while await reader.position(changelog) < end:
        for record in (await reader.getmany(changelog, timeout_ms=100)).get(changelog, ()):
            last[record.key] = record
    return last, end


def _remember(kept: Kept, name: str, record: ConsumerRecord[bytes, bytes], unpack: Callable[[bytes], Entry]) -> None:
    if record.value is None:
        return
    kept.entries[name] = unpack(record.value)
    if not record.headers:
        return
    kept.dues.set(name, Due(_number(record.headers, DUE_AT, None), _number(record.headers, DUE_WALL, None), _proven(record.headers)))
    if _number(record.headers, STEPPED, -1) == kept.next:
        kept.stepped.add(name)


def _proven(headers: Any) -> tuple[str, int] | None:
    value = next((value for header, value in headers if header == DUE_PROVEN), None)
    if value is None:
        return None
    instant, _, gate = value.decode().partition(" ")
    return gate, int(instant)


def _number(headers: Any, name: str, absent: Any) -> Any:
    return next((int(value) for header, value in headers if header == name), absent)
