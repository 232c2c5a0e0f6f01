"""Stage: plays a story on Kafka in lock-step with the line. In: a story, and what the line has said so far. Out: events, acts, watermarks.

It publishes a burst and its watermark, waits until DELIVERY has committed the tick and no attempt is open, lets people act, goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer

from schemas import codec
from schemas.escalation import Escalation
from schemas.topics import ESCALATIONS
from schemas.word import UtcMs
from streams.cli.hall.say import Stop
from streams.cli.stage.scene import HEARD, Scene
from streams.live import kafka
from streams.live.settings import Settings
from streams.simulate import pace
from streams.simulate.story import Event, Line, NobodyToldError, Story, act_event, line_events, registry_events, watermarks

READY_SECONDS, SETTLE_SECONDS, QUIET_SECONDS = 90.0, 150.0, 1.0


class Played(NamedTuple):
    """How much was published and what came of it."""

    events: int
    acts: int
    deliveries: int


class Moment(NamedTuple):
    """Something on the stage that an audience may want to see: the lines just published (or about to act), and the scene."""

    lines: tuple[Line, ...]
    watermark: UtcMs
    scene: Scene


class Audience(NamedTuple):
    """Who watches. All may take their time: the story waits.

    published: lines are on Kafka, nothing has been awaited. settled: the line has dealt with them. before_act: somebody is about to act.
    act: may replace the line of an act, or answer None when somebody else has already done it.
    """

    published: Callable[[Moment], Awaitable[None]]
    settled: Callable[[Moment], Awaitable[None]]
    act: Callable[[Line, Scene], Awaitable[Line | None]]


async def _see(_: Moment) -> None:
    return


async def _as_written(line: Line, _: Scene) -> Line | None:
    return line


NOBODY = Audience(_see, _see, _as_written)


async def play(settings: Settings, story: Story, audience: Audience = NOBODY) -> Played:
    """The whole story, from the register to its end."""
    async with listening(settings) as scene:
        return await perform(settings, story, scene, audience)


async def perform(settings: Settings, story: Story, scene: Scene, audience: Audience = NOBODY, *, speed: float | None = None) -> Played:
    """The whole story, on a scene that is listening already. `speed`: seconds of the story in one second, at most."""
    async with kafka.publisher(settings) as producer:
        return await _Performance(_Stage(settings, scene, producer), story, audience, speed).run()


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[Scene]:
    """A scene that hears everything that is said, until the block is left. What breaks the listening breaks the waiting too."""
    scene = Scene()
    ear = asyncio.create_task(_listen(settings, scene))
    try:
        yield scene
    finally:
        ear.cancel()
        await asyncio.gather(ear, return_exceptions=True)


async def _listen(settings: Settings, scene: Scene) -> None:
    try:
        async for record in kafka.follow(settings, *HEARD):
            scene.hear(record)
    except Exception as error:  # noqa: BLE001  whoever waits for the scene raises it
        scene.fail(error)


async def escalations(settings: Settings) -> list[Escalation]:
    """Every word on escalations up to the end as it is now, in order within an estate."""
    words = [codec.decode(record.value or b"") async for record in kafka.read(settings, ESCALATIONS)]
    return [word for word in words if isinstance(word, Escalation)]


class _Stage(NamedTuple):
    """Where it is played: a Kafka and a prefix, an ear and a mouth."""

    settings: Settings
    scene: Scene
    producer: AIOKafkaProducer


class _Performance:
    """One playing of one story."""

    def __init__(self, stage: "_Stage", story: Story, audience: Audience, speed: float | None) -> None:
        self._settings, self._scene, self._producer = stage
        self._story, self._audience, self._speed = story, audience, speed
        self._events = self._acts = 0

    async def run(self) -> Played:
        await self._publish(registry_events(self._story))
        burst, rest = pace.start(self._story)
        while True:
            await self._perform(burst)
            following = pace.go_on(rest, self._scene.least_due())
            if following is None:
                break
            before = rest.at
            burst, rest = following
            if self._speed:
                await asyncio.sleep((rest.at - before) / 1000 / self._speed)
        await self._settled(lambda: self._scene.nothing_open, SETTLE_SECONDS, "deliveries have not ended")
        return Played(self._events, self._acts, len(self._scene.deliveries))

    async def _perform(self, burst: pace.Burst) -> None:
        await self._publish(event for line in burst.lines for event in line_events(self._story, line))
        for line in burst.lines:
            if line.act:
                await self._let_act(line)
        await self._publish(watermarks(self._story, burst.watermark))
        moment = Moment(burst.lines, burst.watermark, self._scene)
        await self._audience.published(moment)
        patience = SETTLE_SECONDS if self._scene.has_ticked else READY_SECONDS
        await self._settled(lambda: self._scene.is_done(burst.watermark), patience, "the line has not dealt with the last lines")
        await self._calm()
        await self._audience.settled(moment)

    async def _let_act(self, line: Line) -> None:
        """An act is about the latest revision: by now everything before it is settled."""
        acting = await self._audience.act(line, self._scene)
        if acting is None:
            return
        try:
            event = act_event(self._story, acting, await escalations(self._settings))
        except NobodyToldError as error:
            raise Stop(f"{self._story.name}: {error}; are all rooms running?", 1) from None
        await self._publish([event])
        self._acts += 1

    async def _settled(self, is_so: Callable[[], bool], patience: float, otherwise: str) -> None:
        try:
            async with asyncio.timeout(patience):
                await self._scene.until(is_so)
        except TimeoutError:
            words = f"{self._story.name}: {otherwise} after {patience:.0f} s ({self._scene.stands()}); do workers run under this prefix?"
            raise Stop(words, 1) from None

    async def _calm(self) -> None:
        """What is composed and not sent waits for time, or for a receiver that failed: go on when nothing has moved for a moment."""
        while not self._scene.nothing_open:
            heard = self._scene.moves
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    await self._scene.until(lambda heard=heard: self._scene.moves != heard or self._scene.nothing_open)  # type: ignore[misc]
            except TimeoutError:
                if not self._scene.open_attempts:
                    return

    async def _publish(self, said: Iterable[Event]) -> None:
        events = tuple(said)
        sent = [await self._send(event) for event in events]
        await asyncio.gather(*sent)
        self._events += sum(event.partition is None for event in events)

    async def _send(self, event: Event) -> Any:
        message = event.binary()
        name = self._settings.prefix + event.topic.name
        key = event.key.encode()
        return await self._producer.send(name, message.value, key=key, partition=event.partition, headers=list(message.headers))
