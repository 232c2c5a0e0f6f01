"""A worker is killed with kill -9 in the middle of Morowali, at seeded moments; the checker judges, from topics and logs alone."""

import asyncio
import random
from pathlib import Path

import pytest

from schemas import codec
from schemas.delivery import ReceiptKind
from schemas.topics import DELIVERY_INBOX
from streams.cli import stage
from streams.live.settings import Settings
from streams.simulate import shelf
from streams.simulate.checks import Verdict
from tests.live.conftest import bootstrap, settings  # noqa: F401  the same Kafka for both folders
from tests.live.night import Night, night

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def killing(running: Night, seed: int) -> stage.Audience:
    """Kill a seeded worker in a seeded burst, some seeded milliseconds after its lines are on Kafka; the supervisor starts it again."""
    chance = random.Random(seed)
    burst, worker, delay = chance.randrange(1, 8), chance.randrange(1, 3), chance.random() * 0.6
    seen = 0

    async def published(_: stage.Moment) -> None:
        nonlocal seen
        seen += 1
        if seen == burst + 1:
            await asyncio.sleep(delay)
            running.workers.kill(worker)
            running.workers.revive()

    return stage.NOBODY._replace(published=published)


@pytest.mark.parametrize("seed", [20231224, 41, 7206])
async def test_nothing_is_lost_and_nobody_told_twice_when_a_worker_is_killed(settings: Settings, tmp_path: Path, seed: int) -> None:  # noqa: F811
    """Promise 1. A repeat is allowed only inside a committed `begun`, and then it is marked."""
    async with night(settings, tmp_path) as running:
        await running.workers.while_they_work(stage.play(settings, shelf.load("itss-unanswered"), killing(running, seed)))
        tally = await running.verdict()
        receipts = [codec.decode(r.value or b"") for r in await running.records(DELIVERY_INBOX) if r.header("word") == "receipt"]
    assert running.workers.kills == 1
    assert (tally.verdict, tally.first) == (Verdict.DELIVERED, "")
    assert (tally.lost, tally.told_twice, tally.out_of_order, tally.parked) == (0, 0, 0, 0)
    assert tally.deliveries == 80, "as many as without any kill"
    assert not [r for r in receipts if r.kind is ReceiptKind.EXPIRED], "the death of one worker holds up no sender of the other"
