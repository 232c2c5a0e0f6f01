"""The audit over a real Kafka: Morowali says the same again."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from schemas.cloud import Cloud
from schemas.intake import SourceWatermark
from schemas.topics import DELIVERY_INBOX, INCIDENTS, REGISTRY
from schemas.word import format_time
from streams.cli.stage.play import play
from streams.live import kafka
from streams.live.settings import Settings
from streams.pipeline.line import Record
from streams.replay.comparison import compared
from streams.replay.story_time import play as play_on_paper
from streams.simulate import shelf
from streams.simulate.story import Story
from tests.bench import world
from tests.live.night import Night, night
from tests.live.recorded import audit
from tests.story import admission, dry_run

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


async def test_morowali_says_the_same_again_while_workers_go_on(settings: Settings, tmp_path: Path) -> None:
    """Eight rooms at all their seats; those who are still at work make no difference."""
    story = shelf.load("itss")
    async with night(settings, tmp_path) as running:
        await running.workers.while_they_work(play(settings, story))
        while_they_work = await asyncio.to_thread(audit, settings)
        live = await running.records()
    assert (while_they_work.returncode, while_they_work.stderr) == (0, "")
    assert while_they_work.stdout.startswith("IDENTICAL · ")
    done = audit(settings, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"], found["first"], found["differences"]) == (0, "IDENTICAL", None, [])
    assert (found["rooms"], found["left_out"], found["gone"]) == (8, {}, 0)
    assert found["words"] > 1_000
    wrong = audit(settings, SIAGA_TIME="clock")
    assert wrong.returncode == 2
    assert "SIAGA_TIME=watermarks" in wrong.stderr
    told = compared(_on_paper(story), live)
    assert told.differences == ()
    assert (told.alerts, told.escalations) == (4, 2)
    assert told.receivers > 20


def _on_paper(story: Story) -> list[Record]:
    """What `siaga dry-run` would say of it."""
    line = dry_run(admission(entries=()))
    assert play_on_paper(line, story) == ()
    return [record for records in line.records.values() for record in records]


async def test_by_the_brokers_clock_too_everything_is_said_again(settings: Settings, tmp_path: Path) -> None:
    """As in production: watermarks of our own, nudges, a source that vouches, a record that is refused, and a worker that is killed."""
    async with night(settings, tmp_path, SIAGA_TIME="clock", SIAGA_POLICIES=str(_books(tmp_path))) as running:
        await running.workers.while_they_work(_published(settings, world.registry(2, 4), [_bulletin(0), b"not json", _vouching()]))
        running.workers.kill(1)
        running.workers.revive()
        await running.workers.while_they_work(_published(settings, [], [_bulletin(1)]))
        await running.workers.while_they_work(_accepted(running, 3))
        done = await asyncio.to_thread(audit, settings, "--json", SIAGA_TIME="clock", SIAGA_POLICIES=str(tmp_path / "books"))
    found = json.loads(done.stdout)
    assert (done.returncode, found["first"]) == (0, None), done.stderr
    assert (found["rooms"], found["withheld"]) == (8, 1), "the workers had keys of their own, which nobody has"


def _books(directory: Path) -> Path:
    world.install(directory / "books", 2)
    return directory / "books"


def _bulletin(firm: int) -> bytes:
    return world.bulletin(firm, int(time.time() * 1000))


def _vouching() -> bytes:
    through = format_time(int(time.time() * 1000) - 60_000)
    return Cloud(SourceWatermark.type, world.SOURCE, "vouching", {"complete_through": through}).structured().value


async def _published(settings: Settings, entries: list[bytes], facts: list[bytes]) -> None:
    async with kafka.publisher(settings) as producer:
        for topic, values in ((REGISTRY, entries), (INCIDENTS, facts)):
            for value in values:
                await producer.send_and_wait(settings.prefix + topic.name, value, partition=0)


async def _accepted(running: Night, count: int) -> None:
    """Until so many deliveries have been accepted."""
    async with asyncio.timeout(60):
        while sum(b'"accepted"' in (record.value or b"") for record in await running.records(DELIVERY_INBOX)) < count:
            await asyncio.sleep(0.5)
