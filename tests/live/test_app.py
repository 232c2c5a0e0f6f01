"""The worker as a process: it starts, works, writes watermarks, and ends when asked."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from schemas import topics
from schemas.intake import IntakeWatermark
from streams.live import kafka
from streams.live.settings import Settings
from tests.live.counting import INBOX, OUT, ROOM

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


async def test_a_worker_works_and_ends_when_asked(settings: Settings, tmp_path: Path) -> None:
    """SIGTERM ends the process with exit 0 within a few seconds, with its seats closed in good order."""
    await kafka.apply(settings, (INBOX, OUT, topics.changelog(ROOM.name, INBOX), *topics.ALL), audit_days=1)
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.live.worker", settings.kafka, settings.prefix]
        worker = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ) | {"SIAGA_METRICS_PORT": "0"})  # noqa: ASYNC220  it returns at once
        try:
            async with kafka.publisher(settings) as producer:
                await producer.send_and_wait(settings.prefix + INBOX.name, b"", key=b"a", partition=0)
            async with asyncio.timeout(30):
                while not [record async for record in kafka.read(settings, OUT)]:
                    await asyncio.sleep(0.2)
                while (
                    len(marks := [r async for r in kafka.read(settings, topics.REPORTS) if r.header("ce_type") == IntakeWatermark.type]) < 8
                ):
                    await asyncio.sleep(0.2)
            begun = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(worker.wait, 20)
        finally:
            worker.kill()
            worker.wait()
    assert code == 0, (tmp_path / "worker.log").read_text()[-3000:]
    assert time.monotonic() - begun < 5
    assert {mark.partition for mark in marks} == {0, 1, 2, 3}
    assert len({mark.header("ce_id") for mark in marks}) == len(marks)
