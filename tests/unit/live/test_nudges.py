"""CLOCK is nudged when it sleeps past its time, by the broker's clock as far as that can be guessed; and not otherwise."""

from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaTimeoutError

from schemas import codec
from streams.live.nudges import Nudges
from streams.live.seat import State
from streams.live.settings import Settings
from streams.pipeline.clock import NUDGE

NOON = 1_790_000_000_000


class Topic:
    """A producer whose records get offsets, and which can be out of order."""

    def __init__(self) -> None:
        self.records: list[dict] = []
        self.tried: list[bytes] = []
        self.broken = False

    async def send_and_wait(self, topic, value, *, partition, headers):
        self.tried.append(dict(headers)["n"])
        if self.broken:
            raise KafkaTimeoutError
        self.records.append(dict(headers) | {"value": value})
        return SimpleNamespace(offset=40 + len(self.records))


class Chair:
    """CLOCK's seat as far as nudges know it."""

    partition, opened, state, next = 0, 3, State.WORKING, 41
    tp = SimpleNamespace(topic="x.progress")

    def __init__(self, wakes_at: int | None) -> None:
        self.seen, self.wakes_at = (NOON, 500.0), lambda: wakes_at


class Bedroom:
    """CLOCK's seat, when it wants to be woken, and the nudges that it gets."""

    def __init__(self, tmp_path, wakes_at: int | None) -> None:
        self.now, self.topic, self.seat = 500.0, Topic(), Chair(wakes_at)
        settings = Settings.load(kafka="127.0.0.1:1", state=tmp_path)
        self.nudges = Nudges(settings, [SimpleNamespace(held={0: self.seat})], elapsed=lambda: self.now)

    async def after(self, seconds: float) -> int:
        """How many nudges there are, so many seconds after the last record."""
        self.now = 500.0 + seconds
        await self.nudges.nudge_all(self.topic)
        return len(self.topic.records)


@pytest.fixture
def asleep(tmp_path) -> Bedroom:
    return Bedroom(tmp_path, NOON + 2_000)


async def test_it_is_nudged_when_what_is_due_has_passed(asleep):
    assert await asleep.after(1.9) == 0
    assert await asleep.after(2.0) == 1
    assert codec.decode(asleep.topic.records[0]["value"]) == NUDGE


async def test_it_is_not_nudged_again_before_it_has_read_the_last_one(asleep):
    """A seat that is slow is not helped by more of them."""
    assert await asleep.after(2.0) == 1
    assert await asleep.after(60) == 1
    asleep.seat.next = 42
    assert await asleep.after(61) == 2
    assert len({(record["by"], record["cause"], record["n"]) for record in asleep.topic.records}) == 2


async def test_nothing_is_written_while_nothing_is_due(tmp_path):
    assert await Bedroom(tmp_path, None).after(3_600) == 0


async def test_a_seat_that_has_seen_no_record_knows_no_time(asleep):
    asleep.seat.seen = None
    assert await asleep.after(3_600) == 0


async def test_a_seat_that_does_not_work_is_let_alone(asleep):
    asleep.seat.state = State.FENCED
    assert await asleep.after(3_600) == 0


async def test_a_nudge_that_does_not_arrive_is_tried_again(asleep):
    asleep.topic.broken = True
    assert await asleep.after(2.0) == 0
    asleep.topic.broken = False
    assert await asleep.after(2.5) == 1
    assert len(set(asleep.topic.tried)) == 2, "the first may come after all, and must not look like the same word"
