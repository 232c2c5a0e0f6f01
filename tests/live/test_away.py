"""A worker and a Kafka that hangs, comes back, and is gone: what it says, and how it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest

from schemas import topics
from streams.live import kafka
from streams.live.broker import Broker
from streams.live.process import BROKEN
from streams.live.settings import Settings

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Kafka for this test alone: it is going to suffer."""
    with Broker(tmp_path / "kafka") as running:
        yield running
        running.nodes[0].signal(signal.SIGCONT)


class Worker:
    """`siaga worker`, and what it has said."""

    def __init__(self, settings: Settings, log: Path, **environment: str) -> None:
        self._log = log
        told = {
            "SIAGA_KAFKA": settings.kafka,
            "SIAGA_PREFIX": settings.prefix,
            "SIAGA_STATE": str(log.parent),
            "SIAGA_WATERMARK_PERIOD": "1",
            "SIAGA_METRICS_PORT": "0",
        }
        with log.open("wb") as said:
            command = [sys.executable, "-m", "streams.cli.main", "worker"]
            self.process = subprocess.Popen(command, env=dict(os.environ) | told | environment, stdout=said, stderr=said)

    @property
    def said(self) -> list[str]:
        return self._log.read_text().splitlines()

    def count(self, event: str) -> int:
        return sum(f" {event} " in line for line in self.said)

    def until(self, event: str, times: int = 1, seconds: float = 30) -> None:
        waits_until = time.monotonic() + seconds
        while self.count(event) < times:
            assert self.process.poll() is None, "\n".join(self.said[-5:])
            assert time.monotonic() < waits_until, (event, self.said[-5:])
            time.sleep(0.1)

    def ends(self, seconds: float) -> int:
        return self.process.wait(seconds)


@contextmanager
def working(settings: Settings, log: Path, **environment: str) -> Iterator[Worker]:
    worker = Worker(settings, log, **environment)
    try:
        yield worker
    finally:
        worker.process.kill()
        worker.process.wait()


SEATS = sum(len(inboxes) for inboxes in topics.INBOXES.values())


async def test_what_a_worker_says_and_how_it_ends_while_kafka_is_away(broker: Broker, tmp_path: Path) -> None:
    """Away and back are a line each, whatever the load; then, with Kafka gone, one ends when asked and one when its patience is over."""
    settings = Settings.load(kafka=broker.bootstrap, prefix="siaga.")
    await kafka.apply(settings, topics.ALL, audit_days=1)
    with (
        working(settings, tmp_path / "asked.log") as asked,
        working(settings, tmp_path / "patient.log", SIAGA_KAFKA_PATIENCE="12") as patient,
    ):
        for worker in (asked, patient):
            worker.until("seats.held", SEATS)
        broker.nodes[0].signal(signal.SIGSTOP)
        for worker in (asked, patient):
            worker.until("kafka.away")
        broker.nodes[0].signal(signal.SIGCONT)
        for worker in (asked, patient):
            worker.until("kafka.back")
        await is_taken_in(settings)

        broker.kill()
        asked.until("kafka.away", 2)
        asked.process.terminate()
        begun = time.monotonic()
        assert asked.ends(seconds=12) == BROKEN
        assert time.monotonic() - begun < 8, "without Kafka there is nothing to wait for"
        assert "was asked to end, and could not be done with Kafka within 5 s" in asked.said[-1]
        assert patient.ends(seconds=40) == BROKEN
        assert "has not answered for 12 s" in patient.said[-1]

    for worker in (asked, patient):
        assert (worker.count("kafka.away"), worker.count("kafka.back")) == (2, 1)
        assert [line for line in worker.said if not re.match(r"\d{4}-\d\d-\d\dT\S+Z (info|warning|error)", line)] == []
        assert [line for line in worker.said if "Traceback" in line or "\x1b" in line] == []


async def is_taken_in(settings: Settings) -> None:
    """What is published after Kafka has come back is answered, as ever."""
    async with kafka.publisher(settings) as producer:
        await producer.send_and_wait(settings.prefix + topics.INCIDENTS.name, b"{not json")
    async with aclosing(kafka.follow(settings, topics.REJECTED)) as refused:
        assert (await anext(refused)).value
