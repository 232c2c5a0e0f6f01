"""CLOCK on a real Kafka, when nobody reports: what is due comes within about a second, not with the next watermark."""

import asyncio

import pytest

from schemas import topics
from schemas.codec import decode, encode
from schemas.ledger import Progress
from schemas.topics import LEDGER, PROGRESS, REGISTRY
from streams.live import kafka
from streams.live.nudges import Nudges
from streams.live.seat import Hosting
from streams.live.seats import Seats
from streams.live.settings import Settings
from streams.pipeline.clock import CHAIN, CLOCK, Pace, wakes_at
from streams.pipeline.line import Record
from tests.story import LIBRARY, STAMP

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

PACE = Pace(story_time=False, policy_of=LIBRARY.policy, roster_of=LIBRARY.roster)
STAMPED = [(name, value.encode()) for name, value in STAMP._asdict().items()]


async def report(producer: kafka.AIOKafkaProducer, settings: Settings, word: Progress) -> int:
    """What a seat says to CLOCK, and the broker's time of it."""
    headers = STAMPED if word.room == "intake" else []
    return (await producer.send_and_wait(settings.prefix + PROGRESS.name, encode(word), partition=0, headers=headers)).timestamp


async def tick(settings: Settings, number: int) -> Record:
    """The tick of that number, once it stands in the ledger."""
    async with asyncio.timeout(20):
        while True:
            async for record in kafka.read(settings, LEDGER, partition=0):
                if decode(record.value or b"").number == number:
                    return record
            await asyncio.sleep(0.05)


async def test_a_retry_after_two_seconds_is_not_half_a_minute_late(settings: Settings) -> None:
    """The last anybody reports is that something is due by the broker's clock two seconds later."""
    await kafka.apply(settings, topics.ALL, audit_days=1)
    clock = Seats(settings, Hosting(CLOCK, lambda _: PACE, wakes_at=lambda memory: wakes_at(memory, PACE)), PROGRESS)
    nudges = Nudges(settings, [clock])
    running = asyncio.create_task(clock.run())
    async with kafka.publisher(settings) as producer:
        await report(producer, settings, Progress("intake", REGISTRY.name, 0, offset=1, appended=1, through=1))
        await tick(settings, 1)
        seats = [(room, inbox.name, partition) for room, inbox in CHAIN for partition in range(inbox.partitions)]
        said_at = [await report(producer, settings, Progress(*seat, tick=1)) for seat in seats][-1]
        due = said_at + 2_000
        await report(producer, settings, Progress(*seats[-1], tick=1, due_wall=due))
        nudging = asyncio.create_task(_nudging(nudges, producer))
        woken = await tick(settings, 2)
        nudging.cancel()
    clock.stop()
    await running
    assert 0 <= woken.timestamp - due < 1_500
    nudged = [record async for record in kafka.read(settings, PROGRESS) if decode(record.value or b"").room == "clock"]
    assert 1 <= len(nudged) <= 3


async def _nudging(nudges: Nudges, producer: kafka.AIOKafkaProducer) -> None:
    while True:
        await asyncio.sleep(0.5)
        await nudges.nudge_all(producer)
