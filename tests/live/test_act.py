"""`siaga act` against a real Kafka: what it publishes, and what it makes of the answer."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from schemas import codec
from schemas.escalation import Answer, Judged
from schemas.ledger import Progress
from schemas.operator import Excuse, Release, Waive
from schemas.topics import ACTS, ESCALATIONS, PROGRESS
from streams.live import kafka
from tests.story import clock

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

WHO = ("--as", "dir-perwilayahan", "--name", "N. N.", "--reason", "benar")


async def said(settings, topic, word):
    async with kafka.publisher(settings) as producer:
        await producer.send_and_wait(settings.prefix + topic.name, codec.encode(word), partition=0)


@pytest.fixture
async def running(settings):
    """A prefix where a worker has run."""
    await kafka.apply(settings, (ACTS, ESCALATIONS, PROGRESS), audit_days=1)
    await said(settings, PROGRESS, Progress("intake", "report-submissions", 0, 7))


async def acted(settings, judged, *options):
    """Call `siaga act` beside an ESCALATION that judges whatever comes; the finished process, and the record it published."""
    environment = dict(os.environ) | {"SIAGA_KAFKA": settings.kafka, "SIAGA_PREFIX": settings.prefix, "SIAGA_TIME": "clock"}
    command = [sys.executable, "-m", "streams.cli.main", "act", *options, *WHO, "--json"]
    call = asyncio.create_task(
        asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    )
    records = []
    while not (call.done() or records):
        records = [record async for record in kafka.read(settings, ACTS)]
        await asyncio.sleep(0.2)
    for record in records:
        answer = Answer(options[0], record.header("ce_id"), "", judged, 0, clock("11:10"), "dir-perwilayahan", "N. N.")
        await said(settings, ESCALATIONS, answer)
    return await call, records


@pytest.mark.parametrize(
    ("options", "model", "on"),
    [
        pytest.param(("release", "iomki/2021-08-03"), Release, {}, id="release"),
        pytest.param(("excuse", "iomki/2021-08-03"), Excuse, {}, id="excuse all"),
        pytest.param(
            ("waive", "iomki/2021-08-03", "--firm", "itss", "--permit", "IOMKI/1"), Waive, {"firm": "itss", "permit": "IOMKI/1"}, id="waive"
        ),
    ],
)
async def test_an_act_is_published_and_its_answer_is_told(settings, running, options, model, on):
    done, (record,) = await acted(settings, Judged.TAKEN, *options)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["judged"], found["act"], found["on"]) == ("taken", options[0], {"obligation": "iomki", "period": "2021-08-03", **on})
    act = model.model_validate_json(record.value)
    assert (record.header("ce_type"), act.position, act.reason, act.exercise) == (model.type, "dir-perwilayahan", "benar", True)
    assert {name: getattr(act.on, name) for name in on} == on


async def test_a_refusal_is_the_answer_no(settings, running):
    done, _ = await acted(settings, Judged.NOT_ENTITLED, "release", "iomki/2021-08-03")
    assert (done.returncode, json.loads(done.stdout)["judged"]) == (1, "not_entitled")


async def test_what_intake_would_refuse_is_not_published(settings, running):
    done, records = await acted(settings, Judged.TAKEN, "release", "iomki/tuesday")
    assert (done.returncode, records) == (2, [])
    assert "on.period" in done.stderr
