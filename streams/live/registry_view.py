"""Registry view: `firm-registry` read up to its end before every batch of INTAKE (law 1). One for all seats of a process."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import REGISTRY
from streams.live.kafka import as_record, patiently, started
from streams.live.library import Library
from streams.live.settings import Settings, TimeSource
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry
from streams.pipeline.line import Record

_POLL_MS = 200
_FETCH_WAIT_MS = 50


class RegistryView:
    """The registry as of the last refresh, and what INTAKE's step is given of it."""

    def __init__(self, settings: Settings, library: Library, digest_key: bytes, case_key: bytes) -> None:
        self.registry = Registry(
            policies=library.policies,
            rosters=library.rosters,
            exercise=settings.exercise,
            story_time=settings.time is TimeSource.WATERMARKS,
        )
        self._admission = Admission(self.registry, digest_key, case_key)
        self._settings = settings
        self._tp = TopicPartition(settings.prefix + REGISTRY.name, 0)
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()
        self._begun = self._ended = 0

    async def refresh(self, records: Sequence[Record]) -> None:
        """Read on to the end as it is now. Seats that wait for each other share one reading, if it began after they had asked.

        A reading that was broken off, because its seat closed, is nobody's: only one that has ended is shared.
        """
        asked = self._begun
        async with self._reading:
            if self._ended <= asked:
                number = self._begun = self._begun + 1
                await patiently(self._read_to_the_end)
                self._ended = number

    async def _read_to_the_end(self) -> None:
        await self._read_on(self._consumer or await self._start())

    async def _read_on(self, consumer: AIOKafkaConsumer) -> None:
        """Paused in between: a fetch that waits for records would hold up every question for the end."""
        end = (await consumer.end_offsets([self._tp]))[self._tp]
        if await consumer.position(self._tp) >= end:
            return
        consumer.resume(self._tp)
        try:
            while await consumer.position(self._tp) < end:
                for polled in (await consumer.getmany(self._tp, timeout_ms=_POLL_MS)).values():
                    for record in polled:
                        self.registry.take(as_record(record, REGISTRY.name))
        finally:
            consumer.pause(self._tp)

    def admission(self, _: Record) -> Admission:
        """What a seat of INTAKE knows besides its inbox."""
        return self._admission

    async def close(self) -> None:
        """Let go of the connection."""
        if self._consumer:
            await self._consumer.stop()

    async def _start(self) -> AIOKafkaConsumer:
        options = self._settings.kafka_options()
        consumer = await started(
            AIOKafkaConsumer(**options, isolation_level="read_committed", enable_auto_commit=False, fetch_max_wait_ms=_FETCH_WAIT_MS)
        )
        consumer.assign([self._tp])
        consumer.pause(self._tp)
        await consumer.seek_to_beginning(self._tp)
        self._consumer = consumer
        return consumer
