"""The audit over a real Kafka: Morowali says the same again."""

import asyncio
import json
from pathlib import Path

import pytest

from streams.cli.stage.play import play
from streams.live.settings import Settings
from streams.pipeline.line import Record
from streams.replay.comparison import compared
from streams.replay.story_time import play as play_on_paper
from streams.simulate import shelf
from streams.simulate.story import Story
from tests.live.night import night
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
