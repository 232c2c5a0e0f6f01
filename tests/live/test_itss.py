"""The public record of Morowali through real Kafka, a real SMTP conversation and real webhooks."""

import json
from pathlib import Path

import pytest

from schemas import codec
from schemas.topics import ATTEMPTS
from streams.cli.stage.play import play
from streams.live.settings import Settings
from streams.simulate import shelf
from streams.simulate.checks import Verdict
from tests.live.night import night

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


async def test_morowali_reaches_everybody_once_although_two_receivers_fail_first(settings: Settings, tmp_path: Path) -> None:
    """The police's mailbox answers 451 once and the estate's webhook 503 twice: all are told in the end, nobody twice, and all is signed."""
    story = shelf.load("itss")
    async with night(settings, tmp_path) as running:
        await running.workers.while_they_work(play(settings, story))
        tally = await running.verdict()
        attempts = [codec.decode(r.value or b"") for r in await running.records(ATTEMPTS)]
        mails, hooks = [json.loads(line) for line in running.caught.mails], running.caught.hooks
    assert (tally.verdict, tally.first) == (Verdict.DELIVERED, "")
    assert tally.facts == tally.admitted == sum(line.fact is not None for line in story.lines)
    assert (tally.lost, tally.told_twice, tally.out_of_order, tally.given_up, tally.rejected, tally.parked) == (0, 0, 0, 0, 0, 0)
    assert tally.webhooks_accepted == tally.signatures_valid > 0
    assert max(attempt.number for attempt in attempts) > 1, "who failed was tried again"
    assert sum(json.loads(line)["kind"] == "fault" for line in hooks) == 2, "the estate's webhook was down for two calls"
    first = next(m for m in mails if m["kind"] == "mail")
    assert "LATIHAN" in first["subject"]
    assert any(to.startswith("polres@") for m in mails if m["kind"] == "mail" for to in m["to"])
