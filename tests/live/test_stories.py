"""Every story of deadlines through real Kafka: the checker finds nothing, the audit says the same again, and a dry-run ends in the same words."""

import asyncio
import json
from pathlib import Path

import pytest

from streams.cli.stage.play import play
from streams.live.settings import Settings
from streams.replay.comparison import compared
from streams.replay.story_time import play as play_on_paper
from streams.simulate import shelf
from streams.simulate.checks import Verdict
from tests.live.night import night
from tests.live.recorded import audit
from tests.story import admission, dry_run

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

FIRMS = 120


@pytest.mark.parametrize("name", [*shelf.MADE_UP, *shelf.COUNTED, "itss-unanswered", "oss-2021"])
async def test_a_story_ends_in_the_same_words_live_and_on_paper(name: str, settings: Settings, tmp_path: Path) -> None:
    """Ids, kinds, content and receivers; where topics were interleaved differently, a revision on the way may be told apart."""
    story = shelf.load(name, FIRMS if name in shelf.MADE_UP else None)
    async with night(settings, tmp_path, faults=()) as running:
        await running.workers.while_they_work(play(settings, story))
        tally = await running.verdict()
        live = await running.records()
        audited = json.loads((await asyncio.to_thread(audit, settings, "--json")).stdout)
    assert (tally.verdict, tally.first) == (Verdict.DELIVERED, "")
    assert (audited["verdict"], audited["first"]) == ("IDENTICAL", None)
    line = dry_run(admission(entries=()))
    assert play_on_paper(line, story) == ()
    told = compared([record for records in line.records.values() for record in records], live)
    assert told.differences == ()
    assert told.alerts > 0
    assert (told.receivers == 0) == (name == "quiet-week")
