"""INTAKE's own watermarks: a small record into each partition that is held here, so that reading it back proves what was read before it."""

import asyncio
from collections.abc import Iterable
from itertools import count

import mode
from aiokafka import AIOKafkaProducer

from schemas.cloud import Cloud
from schemas.intake import IntakeWatermark
from streams.live import kafka
from streams.live.seat import Seat, State
from streams.live.seats import Seats
from streams.live.settings import Settings

SOURCE = "siaga/intake"

_LOOK_SECONDS = 1.0


class Watermarks(mode.Service):
    """Writes a watermark into every held partition when its seat begins to work, and then each `watermark_period`."""

    def __init__(self, settings: Settings, intake: Iterable[Seats]) -> None:
        super().__init__()
        self._settings = settings
        self._intake = tuple(intake)
        self._written: dict[Seat, float] = {}
        self._numbers = count()

    @mode.Service.task
    async def _write(self) -> None:
        period = self._settings.watermark_period.total_seconds()
        async with kafka.publisher(self._settings) as producer:
            while not self.should_stop:
                now = asyncio.get_running_loop().time()
                await asyncio.gather(*(self._write_one(producer, seat, now) for seat in self._wanting(now - period)))
                await self.sleep(min(period, _LOOK_SECONDS))

    def _wanting(self, since: float) -> list[Seat]:
        """The working seats whose last watermark is older than `since`; those that are gone are forgotten."""
        working = [seat for seats in self._intake for seat in seats.held.values() if seat.state is State.WORKING]
        self._written = {seat: self._written.get(seat, since) for seat in working}
        return [seat for seat, written in self._written.items() if written <= since]

    async def _write_one(self, producer: AIOKafkaProducer, seat: Seat, now: float) -> None:
        said = Cloud(IntakeWatermark.type, SOURCE, f"{seat.partition}.{seat.opened}.{next(self._numbers)}", {}).binary()
        self._written[seat] = now
        await producer.send_and_wait(seat.tp.topic, said.value, partition=seat.partition, headers=list(said.headers))
