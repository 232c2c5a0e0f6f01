"""A worker is killed with kill -9 in the middle of Morowali, at seeded moments; the checker judges, from topics and logs alone."""

import asyncio
import json
import random
import re
from importlib.resources import files
from pathlib import Path

import pytest

from schemas import codec
from schemas.delivery import ReceiptKind
from schemas.topics import DELIVERY_INBOX
from streams.cli.stage.play import NOBODY, Audience, Moment, play
from streams.live.settings import Settings
from streams.simulate import story
from streams.simulate.checks import Verdict
from tests.live.conftest import bootstrap, settings  # noqa: F401  the same Kafka for both folders
from tests.live.night import Night, night

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


HOUR_MS = 3_600_000
UNANSWERED, REVISION = "itss-unanswered", "2026-11-23.1"


def with_short_attempts(directory: Path, attempt_seconds: int) -> tuple[story.Story, str]:
    """The story under a policy whose attempts lapse within seconds, not in a minute and a half; and where that policy lies."""
    packaged = files("streams")
    policy = packaged.joinpath("policies", f"{REVISION}.toml").read_text()
    told = packaged.joinpath("simulate", "stories", f"{UNANSWERED}.toml").read_text()
    short = re.sub(r"attempt_seconds = \d+\nsend_seconds = \d+", f"attempt_seconds = {attempt_seconds}\nsend_seconds = 5", policy)
    directory.mkdir()
    (directory / "short.toml").write_text(short.replace(REVISION, "short"))
    return story.parse(UNANSWERED, told.replace(REVISION, "short")), str(directory)


def killing(running: Night, seed: int) -> Audience:
    """Kill a seeded worker in a seeded burst, some seeded milliseconds after its lines are on Kafka; the supervisor starts it again."""
    chance = random.Random(seed)
    burst, worker, delay = chance.randrange(1, 8), chance.randrange(1, 3), chance.random() * 0.6
    seen = 0

    async def published(_: Moment) -> None:
        nonlocal seen
        seen += 1
        if seen == burst + 1:
            await asyncio.sleep(delay)
            running.workers.kill(worker)
            running.workers.revive()

    return NOBODY._replace(published=published)


@pytest.mark.parametrize("seed", [20231224, 41, 7206])
async def test_nothing_is_lost_and_nobody_told_twice_when_a_worker_is_killed(settings: Settings, tmp_path: Path, seed: int) -> None:  # noqa: F811
    """Promise 1. A repeat is allowed only inside a committed `begun`, and then it is marked."""
    told, policies = with_short_attempts(tmp_path / "policies", attempt_seconds=20)
    async with night(settings, tmp_path, SIAGA_POLICIES=policies) as running:
        await running.workers.while_they_work(play(settings, told, killing(running, seed)))
        tally = await running.verdict()
        receipts = [codec.decode(r.value or b"") for r in await running.records(DELIVERY_INBOX) if r.header("word") == "receipt"]
    assert running.workers.kills == 1
    assert (tally.verdict, tally.first) == (Verdict.DELIVERED, "")
    assert (tally.lost, tally.told_twice, tally.out_of_order, tally.parked) == (0, 0, 0, 0)
    assert tally.deliveries == 80, "as many as without any kill"
    assert not [r for r in receipts if r.kind is ReceiptKind.EXPIRED], "the death of one worker holds up no sender of the other"


LATE_ANSWER = ("--mail-fault", "what=drop,seconds=3,first=1,to=polres@")
"""The first mail to the police is caught at once, and answered too late for the worker that sent it."""


async def test_who_may_have_been_told_by_a_worker_that_died_is_told_again_marked(settings: Settings, tmp_path: Path) -> None:  # noqa: F811
    """Promise 1's one exception: between a committed `begun` and its outcome. The repeat is the same message, marked and counted."""
    whole, policies = with_short_attempts(tmp_path / "policies", attempt_seconds=5)
    told = whole.model_copy(update={"lines": whole.lines[:1], "until": whole.lines[0].at + HOUR_MS})
    async with night(settings, tmp_path, faults=LATE_ANSWER, SIAGA_POLICIES=policies) as running:

        async def published(moment: Moment) -> None:
            if not moment.lines or running.workers.kills:
                return
            while not to_the_police(running):
                await asyncio.sleep(0.05)
            for worker in (1, 2):
                running.workers.kill(worker)
            running.workers.revive()

        await running.workers.while_they_work(play(settings, told, NOBODY._replace(published=published)))
        tally, mails = await running.verdict(), to_the_police(running)
    assert (tally.verdict, tally.first) == (Verdict.DELIVERED, "")
    assert (tally.lost, tally.told_twice, tally.given_up) == (0, 0, 0)
    assert tally.caught_again >= 1
    assert tally.possible_duplicates >= tally.caught_again
    assert mails[0]["answer"] == "none"
    assert [mail["answer"] for mail in mails if mail["message_id"] == mails[0]["message_id"]] == ["none", "250"]


def to_the_police(running: Night) -> list[dict]:
    """The mails to the police that were caught, in order."""
    mails = [json.loads(line) for line in running.caught.mails]
    return [mail for mail in mails if mail["kind"] == "mail" and mail["to"][0].startswith("polres@")]
