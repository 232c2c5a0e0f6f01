"""`siaga doctor` against a real Kafka: green where all is well, red on each planted fault, and quick."""

import asyncio
import json
import os
import subprocess
import sys
import time

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.topics import ALL, LEDGER, PARKED
from streams.live import checkup, checkup_kafka, kafka

pytestmark = pytest.mark.kafka


@pytest.fixture
def siaga(settings, tmp_path):
    environment = dict(os.environ) | {"SIAGA_KAFKA": settings.kafka, "SIAGA_PREFIX": settings.prefix, "SIAGA_STATE": str(tmp_path)}
    environment |= {"SIAGA_EXERCISE_HOOKS": "http://127.0.0.1:1", "SIAGA_METRICS_PORT": "0"}
    command = [sys.executable, "-m", "streams.cli.main"]

    class Siaga:
        @staticmethod
        def call(*arguments, **more):
            return subprocess.run([*command, *arguments], env=environment | more, capture_output=True, text=True, timeout=60, check=False)

        @staticmethod
        def start(*arguments):
            return subprocess.Popen([*command, *arguments], env=environment, stderr=subprocess.DEVNULL)

    return Siaga


def found(settings, name):
    return asyncio.run(checkup.examine(settings, {name: getattr(checkup_kafka, name)}))[0]


def checks(done):
    assert done.returncode in {0, 1}, done.stderr
    return {each["check"]: each for each in json.loads(done.stdout)["checks"]}


def apply(settings, *, audit_days=1_830):
    """Create the topics, and wait until every broker tells of them."""

    async def work():
        await kafka.apply(settings, ALL, audit_days=audit_days)
        while any("is missing" in words for words in await kafka.differences(settings, ALL)):
            await asyncio.sleep(0.1)

    asyncio.run(work())


def test_topics_that_are_missing_are_made_by_the_fix_that_is_named(siaga):
    before = checks(siaga.call("doctor", "--json"))
    assert before["kafka"]["green"]
    assert before["topics"]["fix"] == "siaga topics apply"
    assert "seats" not in before
    assert siaga.call("topics", "apply").returncode == 0
    assert checks(siaga.call("doctor", "--json"))["topics"]["green"]


def test_a_topic_with_another_count_is_named(settings):
    async def make():
        admin = AIOKafkaAdminClient(**settings.kafka_options())
        await admin.start()
        await admin.create_topics(
            [NewTopic(settings.prefix + LEDGER.name, 2, 1, topic_configs={"message.timestamp.type": "LogAppendTime"})]
        )
        await admin.close()

    asyncio.run(make())
    apply(settings)
    assert f"{settings.prefix}ledger has 2 partitions, declared are 4" in found(settings, "topics").words


def test_a_topic_that_forgets_too_early_is_named_with_the_command(settings):
    apply(settings, audit_days=1)
    short = found(settings, "topics")
    assert "records vanish too early" in short.words
    assert "retention.ms=" in short.fix


def test_the_clock_of_this_machines_broker_is_ours(settings):
    apply(settings)
    assert found(settings, "clocks").is_green


def test_what_was_parked_waits_for_a_person(settings):
    apply(settings)
    assert found(settings, "waiting").is_green

    async def park():
        async with kafka.publisher(settings) as producer:
            await producer.send_and_wait(settings.prefix + PARKED.name, b"{}")

    asyncio.run(park())
    assert found(settings, "waiting").words == "1 parked since yesterday"


@pytest.mark.slow
def test_seats_are_held_while_a_worker_runs_and_by_nobody_after_it(siaga, settings):
    """A stopped worker is seen, and the fix names the rooms."""
    apply(settings)
    assert found(settings, "seats").fix.startswith("siaga worker intake clock surveillance")
    worker = siaga.start("worker")
    try:
        for _ in range(100):
            if (seats := found(settings, "seats")).is_green:
                break
            time.sleep(0.3)
        assert seats.is_green, seats.words
        assert found(settings, "lag").is_green
        assert "no policy in force" in found(settings, "completeness").words
    finally:
        worker.terminate()
        assert worker.wait(40) == 0
    assert not found(settings, "seats").is_green


def test_records_that_nobody_reads_are_lag(settings, monkeypatch):
    apply(settings)

    async def say():
        async with kafka.publisher(settings) as producer:
            for _ in range(3):
                await producer.send_and_wait(settings.prefix + LEDGER.name, b"{}", partition=1)

    asyncio.run(say())
    assert "surveillance 3" in found(settings, "lag").words
    monkeypatch.setattr(checkup_kafka, "MOST_LAG", 2)
    assert "siaga worker surveillance" in found(settings, "lag").fix


def test_without_kafka_that_is_said_first_and_the_rest_is_checked(siaga):
    done = siaga.call("doctor", SIAGA_KAFKA="127.0.0.1:1")
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines[0].startswith("WRONG  kafka")
    assert [line.split()[1] for line in lines[1:-1]] == ["relay", "webhooks", "policies", "roster", "secrets"]


def test_a_setting_that_makes_no_sense_is_bad_usage(siaga):
    assert siaga.call("doctor", SIAGA_SMTP_PORT="x").returncode == 2
