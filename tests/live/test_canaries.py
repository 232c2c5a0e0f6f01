"""Canaries: what Faust does today that keeps state and decisions out of it (docs/adr/0001). Red means: look at that record again."""

import asyncio
from pathlib import Path

import faust
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import Kept, Topic
from streams.live import kafka
from streams.live.settings import Settings

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

EVENTS = Topic("canary-events", "any", ("x",), 1, Kept.AUDIT, ("test",), "test")


async def run_until(app: faust.App, seen: asyncio.Event) -> None:
    """Start the app in this loop, until the agent says so; then stop it, which commits."""
    app.finalize()
    worker = faust.Worker(
        app, loop=asyncio.get_running_loop(), override_logging=False, redirect_stdouts=False, loglevel="CRITICAL", quiet=True
    )
    await app.start()
    try:
        async with asyncio.timeout(60):
            await seen.wait()
        await asyncio.sleep(2)
    finally:
        await app.stop()
        del worker


def an_app(settings: Settings, directory: Path, name: str) -> faust.App:
    """An app as stack and ADR describe them: raw bytes, no tables, no web."""
    return faust.App(
        settings.prefix + name,
        broker=[f"kafka://{settings.kafka}"],
        datadir=str(directory),
        key_serializer="raw",
        value_serializer="raw",
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
        broker_commit_interval=0.2,
        web_enabled=False,
        store="memory://",
    )


async def committed(settings: Settings, group: str) -> int | None:
    """The group's offset on the only partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka, group_id=group)
    await consumer.start()
    try:
        return await consumer.committed(TopicPartition(settings.prefix + EVENTS.name, 0))
    finally:
        await consumer.stop()


async def publish(settings: Settings, count: int) -> None:
    """So many events."""
    await kafka.apply(settings, [EVENTS], audit_days=1)
    async with kafka.publisher(settings) as producer:
        for number in range(count):
            await producer.send_and_wait(settings.prefix + EVENTS.name, b"%d" % number)


async def test_an_exception_in_an_agent_acknowledges_the_message(settings: Settings, tmp_path: Path) -> None:
    """A raised error is a lost fact: hence rooms return words."""
    await publish(settings, 3)
    app, seen = an_app(settings, tmp_path, "raising"), asyncio.Event()

    @app.agent(app.topic(settings.prefix + EVENTS.name))
    async def raising(stream: faust.StreamT[bytes]) -> None:
        async for event in stream:
            if event == b"2":
                seen.set()
            raise RuntimeError(event)

    await run_until(app, seen)
    assert await committed(settings, settings.prefix + "raising") == 3


async def test_with_concurrency_it_commits_past_a_message_in_flight(settings: Settings, tmp_path: Path) -> None:
    """A slow message is behind the committed offset while it is still being worked on: hence one attempt, one committed receipt."""
    await publish(settings, 4)
    app, seen, never = an_app(settings, tmp_path, "overtaking"), asyncio.Event(), asyncio.Event()
    in_flight: list[bytes] = []

    @app.agent(app.topic(settings.prefix + EVENTS.name), concurrency=2)
    async def overtaking(stream: faust.StreamT[bytes]) -> None:
        async for event in stream:
            if not in_flight:
                in_flight.append(event)
                await never.wait()
            elif event == b"3":
                seen.set()

    await run_until(app, seen)
    offset = await committed(settings, settings.prefix + "overtaking")
    assert in_flight == [b"0"]
    assert offset is not None
    assert offset > 0
