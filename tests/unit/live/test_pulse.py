"""Kafka goes away and comes back: one word each time, and an end to the waiting."""

import asyncio
from datetime import timedelta

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError
from structlog.testing import capture_logs

from streams.live import kafka
from streams.live.pulse import Pulse
from streams.live.settings import Settings


class Ended(Exception):
    """The process has been ended."""


def end(words: str):
    raise Ended(words)


@pytest.fixture
def felt():
    """Feel the pulse at these seconds, with these answers; answer what was logged."""

    async def feel(*answers: tuple[float, bool]) -> list[tuple[str, str]]:
        now, answered = 0.0, True

        async def is_answered() -> bool:
            return answered

        settings = Settings.load(kafka="broker:9092", kafka_patience=timedelta(seconds=60))
        pulse = Pulse(settings, is_answered=is_answered, end=end, elapsed=lambda: now)
        with capture_logs() as lines:
            for now, answered in answers:  # noqa: B007  the clock and the broker read them
                await pulse.feel()
                assert pulse.away is not answered
        return [(line["event"], line["log_level"]) for line in lines]

    return feel


async def test_each_absence_is_told_once_and_so_is_its_end(felt):
    """Not once a second, and not a word while all is well."""
    assert await felt((0, True), (2, False), (4, False), (30, False), (32, True), (34, True)) == [
        ("kafka.away", "warning"),
        ("kafka.back", "info"),
    ]
    assert await felt((0, False), (2, True), (4, False)) == [("kafka.away", "warning"), ("kafka.back", "info"), ("kafka.away", "warning")]


async def test_waiting_has_an_end_and_absences_are_not_added_up(felt):
    """The limit is that of one absence: a Kafka that comes back in between is being waited for anew."""
    await felt((0, False), (59, False), (59.5, True), (100, False), (159, False))
    with pytest.raises(Ended, match=r"Kafka at broker:9092 has not answered for 60 s \(SIAGA_KAFKA_PATIENCE\)"):
        await felt((0, False), (60, False))


async def test_whoever_must_know_is_told_that_kafka_is_back(felt):
    """Once for each absence, and not at the start."""
    calls = []
    answers = iter((True, False, False, True, True, False, True))
    pulse = Pulse(
        Settings.load(kafka="broker:9092"), is_answered=lambda: asyncio.sleep(0, next(answers)), back=lambda: calls.append(pulse.away)
    )
    for _ in range(7):
        await pulse.feel()
    assert calls == [False, False]


async def test_who_asks_patiently_asks_until_there_is_an_answer():
    """What Kafka's client gives up after forty seconds goes on: the pulse alone ends the waiting."""
    answers = iter([KafkaTimeoutError(), KafkaConnectionError(), 7])

    async def ask() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert await kafka.patiently(ask, pause_seconds=0) == 7
