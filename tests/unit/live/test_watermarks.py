"""INTAKE's marks: each partition for itself."""

import asyncio
from types import SimpleNamespace

from aiokafka.errors import KafkaTimeoutError

from streams.live import watermarks
from streams.live.seat import State
from streams.live.settings import Settings
from streams.live.watermarks import Watermarks


class Chair:
    """A seat as far as marks know it."""

    def __init__(self, partition: int) -> None:
        self.partition, self.opened, self.state = partition, 7, State.WORKING
        self.tp = SimpleNamespace(topic="x.smelter-incidents")


class Producer:
    """Partition 0 has no leader: sending there hangs, or fails."""

    def __init__(self, trouble) -> None:
        self.marks: dict[int, int] = {}
        self._trouble = trouble

    async def send_and_wait(self, topic, value, *, partition, headers):
        if partition == 0:
            await self._trouble()
        self.marks[partition] = self.marks.get(partition, 0) + 1


async def marked(tmp_path, trouble, monkeypatch) -> Producer:
    """The marks of some dozen periods, at two partitions."""
    monkeypatch.setattr(watermarks, "_AGAIN_SECONDS", 0.005)
    chairs = {number: Chair(number) for number in range(2)}
    producer = Producer(trouble)
    service = Watermarks(Settings.load(kafka="127.0.0.1:1", state=tmp_path, watermark_period=0.005), [SimpleNamespace(held=chairs)])
    for _ in range(10):
        service.mark_all(producer)
        await asyncio.sleep(0.01)
    await service._end()
    return producer


async def test_a_partition_without_a_leader_holds_up_no_other(tmp_path, monkeypatch):
    producer = await marked(tmp_path, asyncio.Event().wait, monkeypatch)
    assert set(producer.marks) == {1}
    assert producer.marks[1] > 3


async def test_a_mark_that_fails_is_tried_again(tmp_path, monkeypatch):
    """The process goes on, and so does that partition once it has a leader."""
    failures = iter([True, True, False])

    async def twice():
        if next(failures, False):
            raise KafkaTimeoutError

    producer = await marked(tmp_path, twice, monkeypatch)
    assert producer.marks[0] > 1
    assert producer.marks[1] > 3


async def test_each_seat_has_one_task(tmp_path, monkeypatch):
    """Ten looks, and no more marks than periods."""
    producer = await marked(tmp_path, asyncio.Event().wait, monkeypatch)
    assert producer.marks[1] <= 30
