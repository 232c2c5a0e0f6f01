"""Nudges: a word to CLOCK when something has become due and nobody else would wake it; without any it sleeps until the next watermark.

When that is, is guessed from the last broker's time that CLOCK's seat has seen and from what has elapsed since. Nothing hangs on the guess:
the broker's time of the nudge decides, and one that comes too early moves nothing.
"""

from collections.abc import Callable, Iterable
from itertools import count

import mode
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.codec import encode
from schemas.topics import PROGRESS
from schemas.word import Stamp
from streams.live import clock, kafka
from streams.live.process import release
from streams.live.seat import Seat, State
from streams.live.seats import Seats
from streams.live.settings import Settings
from streams.pipeline.clock import NUDGE, NUDGED_BY
from streams.pipeline.voice import Voice

log = structlog.get_logger()

_LOOK_SECONDS = 0.5


class Nudges(mode.Service):
    """Looks twice a second whether a seat that can say when it wants to be woken is asleep past that time."""

    def __init__(self, settings: Settings, sleepers: Iterable[Seats], *, elapsed: Callable[[], float] = clock.elapsed) -> None:
        super().__init__()
        self._settings, self._elapsed = settings, elapsed
        self._sleepers = tuple(sleepers)
        self._voice = Voice(NUDGED_BY, release())
        self._numbers = count()
        self._unread: dict[Seat, int] = {}

    @mode.Service.task
    async def _look(self) -> None:
        async with kafka.publisher(self._settings) as producer:
            while not self.should_stop:
                await self.sleep(_LOOK_SECONDS)
                await self.nudge_all(producer)

    async def nudge_all(self, producer: AIOKafkaProducer) -> None:
        """One nudge for each seat that sleeps past its time, and none before it has read the last one."""
        seats = [seat for seats in self._sleepers for seat in seats.held.values() if seat.state is State.WORKING]
        self._unread = {seat: self._unread[seat] for seat in seats if seat in self._unread and seat.next <= self._unread[seat]}
        for seat in seats:
            if seat not in self._unread and self._oversleeps(seat):
                await self._nudge(producer, seat)

    def _oversleeps(self, seat: Seat) -> bool:
        wakes_at = seat.wakes_at()
        if wakes_at is None or seat.seen is None:
            return False
        broker_time, since = seat.seen
        return broker_time + (self._elapsed() - since) * 1000 >= wakes_at

    async def _nudge(self, producer: AIOKafkaProducer, seat: Seat) -> None:
        cause = ("cause", f"{PROGRESS.name}/{seat.partition}/{seat.next}/{seat.opened}".encode())
        headers = self._voice.headers(NUDGE, Stamp("", ""), cause, next(self._numbers))
        try:
            sent = await producer.send_and_wait(seat.tp.topic, encode(NUDGE), partition=seat.partition, headers=headers)
        except KafkaError as error:
            log.warning("nudge.failed", because=repr(error))
        else:
            self._unread[seat] = sent.offset
