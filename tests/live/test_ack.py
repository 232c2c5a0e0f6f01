"""`siaga ack` against a real Kafka: it waits for its own answer however long history is, and acts at the time that the prefix goes by."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import aclosing

import pytest

from schemas import codec
from schemas.escalation import Answer, Escalation, EscalationState, Judged, Standing
from schemas.ids import STORY
from schemas.intake import Grade
from schemas.ledger import Progress, SourceRead
from schemas.operator import Acknowledge
from schemas.surveillance import Certainty
from schemas.topics import ACTS, ESCALATIONS, PROGRESS, partition_of
from streams.cli.hall import place
from streams.live import kafka
from streams.live.settings import TimeSource
from tests.story import clock

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

STORY_TIME = clock("11:12")
ID = "E-0123456789"
HISTORY = 20_000


def standing(id=ID):
    return Escalation(
        id=id, estate="imip", about="itss/2023-12-24", since=STORY_TIME, revision=2, state=EscalationState.OPEN, at=STORY_TIME, why=None,
        level=0, grade=Grade.S5, grade_now=Grade.S5, certainty=Certainty.REPORTED, reasons=(), standing=Standing(),
    )  # fmt: skip


async def said(settings, topic, *words):
    async with kafka.publisher(settings) as producer:
        partition = partition_of("imip", topic)
        sent = [await producer.send(settings.prefix + topic.name, codec.encode(word), partition=partition) for word in words]
        return (await asyncio.gather(*sent))[-1].timestamp


async def acts(settings):
    return [Acknowledge.model_validate_json(record.value) async for record in kafka.read(settings, ACTS)]


async def acknowledged(settings, *options, time="clock", judged=Judged.TAKEN):
    """Call `siaga ack` beside an ESCALATION that judges whatever comes; answer the finished process."""
    before = len(await acts(settings))
    command = [sys.executable, "-m", "streams.cli.main", "ack", ID, "--revision", "2", "--as", "dg-kpaii", "--name", "N. N.", "--json"]
    named = {} if time is None else {"SIAGA_KAFKA": settings.kafka, "SIAGA_PREFIX": settings.prefix, "SIAGA_TIME": time}
    environment = dict(os.environ) | named
    calling = asyncio.to_thread(
        subprocess.run, [*command, *options], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    call = asyncio.create_task(calling)
    while not call.done():
        records = [record async for record in kafka.read(settings, ACTS)]
        if len(records) > before:
            id = records[-1].header("ce_id")
            await said(settings, ESCALATIONS, Answer("acknowledge", id, ID, judged, 2, STORY_TIME, "dg-kpaii", "N. N."))
            break
        await asyncio.sleep(0.2)
    return await call


@pytest.fixture
async def history(settings):
    """A prefix where much has been said: the escalation among it, then other rooms' progress after INTAKE's last."""
    await kafka.apply(settings, (ACTS, ESCALATIONS, PROGRESS), audit_days=1)
    await said(settings, ESCALATIONS, standing(), *(standing(f"E-{n}") for n in range(HISTORY)))
    marks = (SourceRead("https://desk.example", STORY_TIME + 5, 3), SourceRead(STORY, STORY_TIME, 4))
    appended = await said(settings, PROGRESS, Progress("intake", "smelter-incidents", 0, 7, sources=marks))
    await said(settings, PROGRESS, *(Progress("delivery", "delivery-inbox", 0, tick=n) for n in range(600)))
    return appended


@pytest.mark.parametrize("options", [(), ("--estate", "imip")], ids=["the estate is found", "the estate is named"])
async def test_an_act_is_answered_however_long_history_is(settings, history, options):
    """The answer comes after the act: nobody reads weeks of others' answers first."""
    done = await acknowledged(settings, *options)
    assert (done.returncode, json.loads(done.stdout)["judged"]) == (0, "taken"), done.stderr
    (act,) = await acts(settings)
    assert (act.on.escalation, act.on.estate, act.on.revision, act.position, act.exercise) == (ID, "imip", 2, "dg-kpaii", True)


@pytest.mark.parametrize("time", ["clock", "watermarks"])
async def test_an_act_is_dated_by_what_moves_time_there(settings, history, time):
    """By the broker's clock, or by how far the story's publisher has come: not by what looks like a story."""
    assert (await acknowledged(settings, time=time)).returncode == 0
    (act,) = await acts(settings)
    assert act.acted_at == {"clock": history, "watermarks": STORY_TIME}[time]


async def test_a_running_demo_says_what_moves_its_time(settings, history, tmp_path, monkeypatch):
    """Another terminal acts in the story's time without being told that there is one; a prefix of one's own has nothing to do with it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("SIAGA_KAFKA", raising=False)
    with place.noted(settings.kafka, settings.prefix, TimeSource.WATERMARKS):
        assert (await acknowledged(settings, time=None)).returncode == 0
        monkeypatch.setenv("SIAGA_PREFIX", settings.prefix)
        assert (await acknowledged(settings, time=None)).returncode == 0
    assert [act.acted_at for act in await acts(settings)] == [STORY_TIME, history]


async def test_an_answer_to_an_earlier_act_is_not_taken_for_this_one(settings, history):
    """Who says the same twice is answered twice."""
    answers = [await acknowledged(settings, judged=judged) for judged in (Judged.TAKEN, Judged.REPEATED)]
    assert [json.loads(done.stdout)["judged"] for done in answers] == ["taken", "repeated"]


async def test_following_begins_where_the_topic_ended(settings, history):
    ends = await kafka.ends(settings, ESCALATIONS)
    await said(settings, ESCALATIONS, standing("E-later"))
    async with asyncio.timeout(10):
        async with aclosing(kafka.follow(settings, ESCALATIONS, after=ends)) as following:
            first = await anext(following)
    assert codec.decode(first.value).id == "E-later"
