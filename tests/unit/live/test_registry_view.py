"""The registry is read to its end before every batch; who breaks a reading off leaves nothing open."""

import asyncio

import pytest

from streams.live.library import load
from streams.live.registry_view import RegistryView
from streams.live.settings import Settings


class Endless:
    """A consumer that is told of a record and never gets it."""

    def __init__(self) -> None:
        self.paused = True
        self.asked = asyncio.Event()

    async def end_offsets(self, partitions):
        return dict.fromkeys(partitions, 1)

    async def position(self, partition):
        return 0

    def resume(self, partition):
        self.paused = False

    def pause(self, partition):
        self.paused = True

    async def getmany(self, partition, timeout_ms):
        self.asked.set()
        await asyncio.Event().wait()


async def test_a_reading_that_is_broken_off_fetches_no_more(tmp_path):
    """A seat that closes in its middle: a fetch left waiting would hold up every later question for the end."""
    view, consumer = RegistryView(Settings.load(kafka="127.0.0.1:1", state=tmp_path), load(), b"key", b"key"), Endless()
    view._consumer = consumer
    reading = asyncio.create_task(view.refresh([]))
    await consumer.asked.wait()
    assert not consumer.paused
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert consumer.paused
