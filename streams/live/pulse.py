"""Pulse: asks Kafka every other second whether it is there. Says once that it is away, and once that it is back.

A process that has waited for longer than its settings' patience is ended.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NoReturn

import mode
import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from streams.live import clock, process
from streams.live.settings import Settings

log = structlog.get_logger()

_LOOK_SECONDS = 2.0
_ANSWER_MS = 3_000


class Caller:
    """Asks any broker for an answer, on a connection of its own: on those of others the question would wait behind what they wait for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: AIOKafkaClient | None = None

    async def is_answered(self) -> bool:
        """Whether a broker that is known answers, or one of those that the settings name."""
        return await self._is_answered_again() or await self._is_answered_anew()

    async def hang_up(self) -> None:
        """Close the connection."""
        client, self._client = self._client, None
        if client:
            await client.close()

    async def _is_answered_again(self) -> bool:
        if self._client is None:
            return False
        with suppress(KafkaError, OSError):
            await self._client.send(self._client.get_random_node(), MetadataRequest([]))
            return True
        return False

    async def _is_answered_anew(self) -> bool:
        await self.hang_up()
        self._client = AIOKafkaClient(**self._settings.kafka_options(), request_timeout_ms=_ANSWER_MS)
        with suppress(KafkaError, OSError):
            await self._client.bootstrap()
            return True
        await self.hang_up()
        return False


class Pulse(mode.Service):
    """`away` while nobody answers; `back` is called when somebody does again."""

    def __init__(
        self,
        settings: Settings,
        *,
        is_answered: Callable[[], Awaitable[bool]] | None = None,
        back: Callable[[], None] = lambda: None,
        end: Callable[[str], NoReturn] = process.end,
        elapsed: Callable[[], float] = clock.elapsed,
    ) -> None:
        super().__init__()
        self._kafka = settings.kafka
        self._patience_seconds = settings.kafka_patience.total_seconds()
        self._caller = Caller(settings)
        self._is_answered = is_answered or self._caller.is_answered
        self._back, self._end, self._elapsed = back, end, elapsed
        self._away_since: float | None = None

    @property
    def away(self) -> bool:
        """Whether Kafka did not answer when it was last asked."""
        return self._away_since is not None

    async def feel(self) -> None:
        """Ask once, and say what has changed."""
        if await self._is_answered():
            self._note_answer()
        else:
            self._note_silence()

    @mode.Service.task
    async def _feel_for_ever(self) -> None:
        try:
            while not self.should_stop:
                await self.feel()
                await self.sleep(_LOOK_SECONDS)
        finally:
            await self._caller.hang_up()

    def _note_answer(self) -> None:
        since, self._away_since = self._away_since, None
        if since is not None:
            log.info("kafka.back", kafka=self._kafka, away_seconds=round(self._elapsed() - since))
            self._back()

    def _note_silence(self) -> None:
        now = self._elapsed()
        if self._away_since is None:
            self._away_since = now
            log.warning("kafka.away", kafka=self._kafka, means=f"nothing is read or sent; ends after {self._patience_seconds:g} s of this")
        if now - self._away_since >= self._patience_seconds:
            self._end(f"Kafka at {self._kafka} has not answered for {self._patience_seconds:g} s (SIAGA_KAFKA_PATIENCE)")
