"""INTAKE's own watermarks: a small record into each partition that is held here, so that reading it back proves what was read before it."""

import asyncio
from collections.abc import Iterable
from itertools import count

import mode
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.cloud import Cloud
from schemas.intake import IntakeWatermark
from streams.live import kafka
from streams.live.seat import Seat, State
from streams.live.seats import Seats
from streams.live.settings import Settings

log = structlog.get_logger()

SOURCE = "siaga/intake"

_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 1.0


class Watermarks(mode.Service):
    """Writes a watermark into every held partition when its seat begins to work, and then each `watermark_period`.

    Each seat has a task of its own: a partition without a leader keeps its own marks waiting, and no other's.
    """

    def __init__(self, settings: Settings, intake: Iterable[Seats]) -> None:
        super().__init__()
        self._settings = settings
        self._intake = tuple(intake)
        self._marking: dict[Seat, asyncio.Task[None]] = {}
        self._numbers = count()

    @mode.Service.task
    async def _write(self) -> None:
        period = self._settings.watermark_period.total_seconds()
        async with kafka.publisher(self._settings) as producer:
            try:
                while not self.should_stop:
                    self.mark_all(producer)
                    await self.sleep(min(period, _LOOK_SECONDS))
            finally:
                await self._end()

    def mark_all(self, producer: AIOKafkaProducer) -> None:
        """A task for every working seat that has none; those of seats that are gone have ended."""
        for task in self._marking.values():
            if task.done():
                task.result()
        self._marking = {seat: task for seat, task in self._marking.items() if not task.done()}
        for seat in (seat for seats in self._intake for seat in seats.held.values()):
            if seat.state is State.WORKING and seat not in self._marking:
                self._marking[seat] = asyncio.create_task(self._mark(producer, seat))

    async def _mark(self, producer: AIOKafkaProducer, seat: Seat) -> None:
        """Mark the seat's partition as long as it works."""
        while seat.state is State.WORKING:
            try:
                await self._mark_once(producer, seat)
                await asyncio.sleep(self._settings.watermark_period.total_seconds())
            except KafkaError as error:
                log.warning("watermark.failed", topic=seat.tp.topic, partition=seat.partition, because=repr(error))
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _mark_once(self, producer: AIOKafkaProducer, seat: Seat) -> None:
        said = Cloud(IntakeWatermark.type, SOURCE, f"{seat.partition}.{seat.opened}.{next(self._numbers)}", {}).binary()
        await producer.send_and_wait(seat.tp.topic, said.value, partition=seat.partition, headers=list(said.headers))

    async def _end(self) -> None:
        for task in self._marking.values():
            task.cancel()
        for outcome in await asyncio.gather(*self._marking.values(), return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
