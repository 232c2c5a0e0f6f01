"""A real worker that is watched: its health while it cannot hold seats, when it can, and what a scrape tells of a night."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession
from prometheus_client.parser import text_string_to_metric_families

from schemas import topics
from streams.cli.stage.play import play
from streams.cli.stage.troupe import Workers, catcher, environment, free_port
from streams.live import kafka
from streams.live.metrics import BY_NAME
from streams.live.settings import Settings
from streams.simulate import shelf
from tests.live.counting import INBOX, OUT, ROOM
from tests.live.night import Night

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


async def asked(port, path):
    """The answer, as soon as somebody listens there."""
    async with ClientSession() as session, asyncio.timeout(30):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/{path}") as answer:
                    return answer.status, await answer.text()
            except ClientError:
                await asyncio.sleep(0.1)


async def until_well(port):
    async with asyncio.timeout(60):
        while (await asked(port, "healthz"))[0] != 200:
            await asyncio.sleep(0.1)


async def scraped(port):
    """Every sample by its name and its labels, in the order of the table."""
    status, text = await asked(port, "metrics")
    assert status == 200
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *(sample.labels[label] for label, _ in BY_NAME[sample.name].labels)): sample.value for sample in samples}


async def test_a_worker_is_unwell_until_its_seats_are_open_and_when_they_stand_still(settings: Settings, tmp_path: Path) -> None:
    """Frozen out of its seats by a member of the group that does not answer, it says so; then it works, and is well."""
    await kafka.apply(settings, (INBOX, OUT, topics.changelog(ROOM.name, INBOX), *topics.ALL), audit_days=1)
    ports = [free_port(0), free_port(0)]
    workers = []
    with (tmp_path / "worker.log").open("wb") as log:
        for port in ports:
            command = [sys.executable, "-m", "tests.live.worker", settings.kafka, settings.prefix]
            told = dict(os.environ) | {"SIAGA_METRICS_PORT": str(port)}
            workers.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=told))  # noqa: ASYNC220  it returns at once
            if len(workers) == 1:
                await until_well(port)
                workers[0].send_signal(signal.SIGSTOP)
        try:
            status, words = await asked(ports[1], "healthz")
            assert (status, words) == (503, "counting at counting-inbox has not joined its group yet\n")
            await until_well(ports[1])
            async with kafka.publisher(settings) as producer:
                for value in (b"", b"break"):
                    await producer.send_and_wait(settings.prefix + INBOX.name, value, key=b"a", partition=0)
            async with asyncio.timeout(30):
                while not (told := await scraped(ports[1])).get(("siaga_parked_total", "other")):
                    await asyncio.sleep(0.2)
            assert told[("siaga_lag_records", "counting", INBOX.name, "0")] >= 0
            assert told[("siaga_seats_held", "counting")] == INBOX.partitions
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()


async def test_a_scrape_tells_what_a_night_was(settings: Settings, tmp_path: Path) -> None:
    """The worker has composed and ended as many deliveries as the checker finds on the topics."""
    port = free_port(0)
    assert not (await kafka.apply(settings, topics.ALL, audit_days=1)).differences
    async with catcher(tmp_path, 0) as caught:
        worker = Workers(environment(settings, caught, tmp_path / "state") | {"SIAGA_METRICS_PORT": str(port)}, tmp_path, lambda: None, 1)
        try:
            await until_well(port)
            await worker.while_they_work(play(settings, shelf.load("itss")))
            told = await scraped(port)
            tally = await Night(settings, caught, worker).verdict()
        finally:
            await worker.stop()
    ended = [told[("siaga_deliveries_total", step)] for step in ("relay_accepted", "withdrawn", "given_up")]
    assert (told[("siaga_deliveries_total", "composed")], sum(ended)) == (tally.deliveries, tally.deliveries)
    assert ended == [tally.emails_accepted + tally.webhooks_accepted, tally.withdrawn, tally.given_up]
    assert told[("siaga_attempts_total", "mail", "begun")] >= told[("siaga_attempts_total", "mail", "accepted")] > 0
    assert told[("siaga_attempts_total", "webhook", "failed")] > 0
    assert told[("siaga_possible_duplicates_total",)] == tally.possible_duplicates
    assert sum(value for (name, *_), value in told.items() if name == "siaga_rejected_total") == tally.rejected
    assert {room: told[("siaga_seats_held", room)] for room in topics.INBOXES} == {
        room: sum(inbox.partitions for inbox in inboxes) for room, inboxes in topics.INBOXES.items()
    }
    assert all(told[("siaga_transactions_total", room, "committed")] > 0 for room in topics.INBOXES)
    assert told[("siaga_acknowledgements_total", "taken")] > 0
    assert told[("siaga_escalations_seen_total", "escalation")] > 0
