"""The verbs against a real Kafka: topics, publish, ack. Each as a person calls it."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from schemas.topics import ALL, INCIDENTS, INTAKE_TOPICS
from streams.live import kafka
from streams.simulate import shelf
from streams.simulate.story import events

pytestmark = pytest.mark.kafka


@pytest.fixture
def siaga(settings):
    """Call `siaga`; answer the finished process."""
    environment = dict(os.environ) | {"SIAGA_KAFKA": settings.kafka, "SIAGA_PREFIX": settings.prefix}

    def call(*arguments, **more):
        command = [sys.executable, "-m", "streams.cli.main", *arguments]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, timeout=60, check=False)

    return call


def records(settings, *topics):
    async def read():
        return [record async for record in kafka.read(settings, *topics)]

    return asyncio.run(read())


def test_topics_are_created_once_and_then_listed(siaga):
    """Whoever applies the list twice changes nothing the second time."""
    assert siaga("topics", "list").returncode == 1
    first, second = (siaga("topics", "apply", "--json") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert len(json.loads(first.stdout)["created"]) == len(ALL)
    assert json.loads(second.stdout)["created"] == []
    listed = siaga("topics", "list", "--json")
    assert listed.returncode == 0
    assert {topic["name"] for topic in json.loads(listed.stdout)["topics"]} == {topic.name for topic in ALL}


def test_a_story_is_written_down_published_and_vouched_for(siaga, settings, tmp_path):
    """What `simulate` writes, `publish` takes: every line as it stands, and a watermark in every partition that INTAKE reads."""
    file = tmp_path / "itss.ndjson"
    siaga("topics", "apply")
    assert siaga("simulate", "itss", "--out", str(file)).returncode == 0
    published = siaga("publish", str(file), "--complete-through", "2024-02-13T00:00:00+08:00", "--json")
    assert published.returncode == 0, published.stderr
    story = list(events(shelf.load("itss")))
    found = json.loads(published.stdout)
    assert found["published"] == len(story)
    on_topics = records(settings, *INTAKE_TOPICS)
    lines = set(file.read_bytes().splitlines())
    assert {record.value for record in on_topics} >= lines
    places = {(topic.name, partition) for topic in INTAKE_TOPICS for partition in range(topic.partitions)}
    assert {(record.topic, record.partition) for record in on_topics if b"source-watermark" in record.value} == places


def test_one_refused_line_keeps_everything_back(siaga, settings, tmp_path):
    """Half a file would be worse than none."""
    file = tmp_path / "facts.ndjson"
    siaga("topics", "apply")
    siaga("simulate", "itss", "--out", str(file))
    file.write_text(file.read_text() + "{not json}\n")
    refused = siaga("publish", str(file))
    assert refused.returncode == 2
    assert "nothing was sent" in refused.stderr
    assert records(settings, INCIDENTS) == []


def test_nobody_acknowledges_what_nobody_has_escalated(siaga):
    siaga("topics", "apply")
    done = siaga("ack", "E-0000000000", "--revision", "1", "--as", "dg-kpaii", "--name", "somebody")
    assert done.returncode == 2
    assert done.stderr.startswith("siaga: no escalation E-0000000000")


@pytest.mark.parametrize("arguments", [["worker"], ["simulate", "itss", "--publish"]], ids=" ".join)
def test_missing_topics_are_told_of_at_once_with_what_creates_them(siaga, settings, arguments):
    """Not after a minute of waiting, and not once for each of them."""
    there = {"SIAGA_EXERCISE_HOOKS": "http://127.0.0.1:1", "SIAGA_SMTP_HOST": "127.0.0.1", "SIAGA_TIME": "watermarks"}
    done = siaga(*arguments, **there)
    assert done.returncode == 2
    words = f"topics are missing under {settings.prefix}; create them with: siaga topics apply"
    assert done.stderr.splitlines()[-1] == f"siaga: {words}"


def test_a_story_is_not_played_on_a_production_prefix(siaga):
    done = siaga("simulate", "itss", "--publish", SIAGA_PREFIX="siaga.")
    assert done.returncode == 2
    assert "exercise." in done.stderr
