"""A history that was made in memory, put onto Kafka as if seats had written it there: same offsets and times, and each seat's place."""

import os
import subprocess
import sys
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.topics import ALL, INBOXES, changelog
from streams.live import kafka
from streams.live.settings import Settings
from streams.live.turn import OFFSET
from streams.pipeline.line import Record

_KEPT = {"message.timestamp.type": "CreateTime", "message.timestamp.after.max.ms": str(1 << 62), "retention.ms": "-1"}


async def put_down(settings: Settings, records: Iterable[Record]) -> None:
    """All records, each in its place; afterwards every seat has come to the end of its inbox."""
    admin = AIOKafkaAdminClient(**settings.kafka_options())
    await admin.start()
    try:
        await admin.create_topics([NewTopic(settings.prefix + t.name, t.partitions, 1, topic_configs=_KEPT) for t in ALL])
    finally:
        await admin.close()
    ends: dict[tuple[str, int], int] = {}
    async with kafka.publisher(settings) as producer:
        for topic, partition, offset, timestamp, key, value, headers in records:
            assert offset == ends.get((topic, partition), 0), "a gap would move everything behind it"
            ends[topic, partition] = offset + 1
            where = {"partition": partition, "timestamp_ms": timestamp}
            await producer.send(settings.prefix + topic, value, key=key, headers=list(headers), **where)
        for room, inboxes in INBOXES.items():
            for inbox in inboxes:
                kept = changelog(room, inbox)
                for partition in range(inbox.partitions):
                    place = b"%d" % ends.get((inbox.name, partition), 0)
                    await producer.send(settings.prefix + kept.name, place, key=OFFSET.encode(), partition=partition)


def audit(settings: Settings, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`siaga audit`, as an auditor calls it."""
    where = {"SIAGA_KAFKA": settings.kafka, "SIAGA_PREFIX": settings.prefix, "SIAGA_TIME": "watermarks"}
    command = [sys.executable, "-m", "streams.cli.main", "audit", *options]
    return subprocess.run(command, env=os.environ | where | environment, capture_output=True, text=True, timeout=120, check=False)
