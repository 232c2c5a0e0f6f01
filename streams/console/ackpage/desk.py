"""Desk: what a person pressed in; the act on `operator-acts`, and ESCALATION's word on it if it comes in time, out. Judges nothing."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from schemas.escalation import Answer
from schemas.operator import Act
from schemas.topics import ACTS
from streams.console.ackpage.view import TOPICS, View
from streams.live import kafka
from streams.live.present import present_of, stated
from streams.live.settings import Settings

SOURCE = "siaga/ackpage"
WAIT_SECONDS = 5
LOOK_BACK_MS = 32 * 86_400_000
"""No link lives longer: by the policy they live for a week."""


class NotSaidError(Exception):
    """The act could not be published: Kafka is away, or no worker has ever run. Pressing again is harmless."""


class UnfitError(Exception):
    """What was typed is not fit to be an act; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Desk:
    """One producer, one reader, and who waits for which answer."""

    def __init__(self, settings: Settings, wait_seconds: float = WAIT_SECONDS) -> None:
        self.view = View(settings)
        self._settings = settings
        self._wait_seconds = wait_seconds
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._producer: AIOKafkaProducer | None = None
        self._reading: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Read up to the end, and on from there, until the block is left."""
        ends = await kafka.ends(self._settings, *TOPICS)
        present = await present_of(self._settings)
        since = present.wall - LOOK_BACK_MS if present else None
        async for record in kafka.read(self._settings, *TOPICS, since=since):
            self.view.take(record)
        async with kafka.publisher(self._settings) as self._producer:
            self._reading = asyncio.create_task(self._follow(ends))
            try:
                yield
            finally:
                self._reading.cancel()
                with suppress(asyncio.CancelledError):
                    await self._reading

    @property
    def reading(self) -> asyncio.Task[None]:
        """The reader; it ends only when something is broken."""
        assert self._reading  # noqa: S101  asked within the block
        return self._reading

    async def _follow(self, ends: kafka.Ends) -> None:
        async with aclosing(kafka.follow(self._settings, *TOPICS, after=ends)) as records:
            async for record in records:
                answer = self.view.take(record)
                if answer and (waiting := self._waiting.get(answer.act_id)) and not waiting.done():
                    waiting.set_result(answer)

    async def said(self, act: type[Act], data: Mapping[str, Any], id: str, key: str) -> Answer | None:
        """Publish an act and wait for the word on it; None when none came in time."""
        present = self.view.present
        if present is None or self._producer is None:
            raise NotSaidError
        message = stated(act, data, present.at, exercise=self._settings.exercise, source=SOURCE, id=id).binary()
        try:
            act.model_validate_json(message.value)
        except ValidationError as error:
            raise UnfitError(".".join(str(step) for step in error.errors(include_url=False)[0]["loc"])) from None
        waiting = self._waiting.setdefault(id, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._publish(message.value, key, message.headers)
                return await asyncio.shield(waiting)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(id, None)

    async def _publish(self, value: bytes, key: str, headers: Any) -> None:
        assert self._producer  # noqa: S101  asked within the block
        try:
            await self._producer.send_and_wait(self._settings.prefix + ACTS.name, value, key=key.encode(), headers=list(headers))
        except (KafkaError, OSError) as error:
            raise NotSaidError from error
