"""An evening: a Kafka, a catcher, two workers, and stories one after the other. In: the stories. Out: lines, and what the checker says."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient

from schemas import topics
from streams.cli.hall import place
from streams.cli.hall.auditing import Found, audited
from streams.cli.hall.say import INTERRUPTED, Stop, one_line, quiet
from streams.cli.stage import bill, caught, play, troupe
from streams.cli.stage.brief import teller_of
from streams.cli.stage.choice import Choice
from streams.cli.stage.scene import Scene
from streams.cli.stage.screen import Screen
from streams.cli.stage.show import Show
from streams.live import kafka
from streams.live.jars import KAFKA, kafka_jars
from streams.live.settings import Settings, TimeSource
from streams.simulate.catchers import LOOPBACK
from streams.simulate.checker import Tally, check
from streams.simulate.checks import Verdict
from streams.simulate.story import Story

PREFIX = "exercise.demo-"
CLEAN_SECONDS = 20

TALLIED = (
    "facts", "admitted", "rejected", "alerts", "escalations", "deliveries", "emails_accepted", "webhooks_accepted",
    "signatures_valid", "acknowledged", "withdrawn",
)  # fmt: skip


class Told(NamedTuple):
    """One story that has been played: its tally, its audit, how often a worker was killed, and its first message, if any."""

    name: str
    tally: Tally
    audit: Found
    kills: int
    first_message: float | None


class Evening:
    """One demo, since `begun`. `waits_for_somebody`: a person is before the screen, and may acknowledge."""

    def __init__(self, screen: Screen, begun: float, *, speed: float | None, waits_for_somebody: bool) -> None:
        self._screen, self._begun, self._speed, self._waits = screen, begun, speed, waits_for_somebody
        self._id = secrets.token_hex(3)
        self._to_broker = 0.0

    def play(self, stories: Sequence[Story]) -> dict[str, Any]:
        """Everything, from the first line to the verdict."""
        port, theirs = troupe.free_port(troupe.MAIL_VIEW_PORT), os.environ.get("SIAGA_KAFKA", "")
        named = f"Kafka at {theirs}" if theirs else f"Apache Kafka {KAFKA}"
        self._screen.line(f"siaga demo  {named} · 2 workers · mail http://{LOOPBACK}:{port}    LATIHAN/EXERCISE")
        if not theirs:
            kafka_jars(_note)  # Before anything is started: here it can be interrupted, and the second time there is nothing to do.
        try:
            return asyncio.run(self._until_signalled(self._play(stories, port)))
        finally:
            self._screen.wait("")

    async def _until_signalled(self, work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
        """SIGTERM and SIGHUP end the demo as Ctrl-C does: everything it started ends first."""
        task, drawing = asyncio.create_task(work), asyncio.create_task(self._screen.keep_drawing())
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            raise Stop("interrupted", INTERRUPTED) from None
        finally:
            drawing.cancel()

    async def _play(self, stories: Sequence[Story], port: int) -> dict[str, Any]:
        async with AsyncExitStack() as stack:
            directory = stack.enter_context(troupe.folder())
            stack.callback(self._screen.wait, "everything that was started ends")
            self._screen.wait("Apache Kafka starts")
            running = await stack.enter_async_context(self._kafka())
            self._to_broker = time.monotonic() - self._begun
            played = [await self._one(story, running, directory, port, is_first=n == 0) for n, story in enumerate(stories)]
        return self._verdict(running, played)

    @asynccontextmanager
    async def _kafka(self) -> AsyncIterator[troupe.Kafka]:
        quiet()
        if theirs := place.settings().kafka:
            await place.in_time(place.reach(place.settings()))
            yield troupe.Kafka(theirs, f"Kafka at {theirs}", check=lambda: None)
            return
        async with troupe.embedded(lambda _: None) as running:
            yield running

    async def _one(self, story: Story, running: troupe.Kafka, directory: Path, port: int, *, is_first: bool) -> Told:
        """One story, under a prefix and with a catcher of its own, so that its tally is its own."""
        settings = place.settings(kafka=running.bootstrap, prefix=f"{PREFIX}{self._id}.{story.name}.", time=TimeSource.WATERMARKS)
        home = directory / story.name
        home.mkdir()
        async with AsyncExitStack() as stack:
            self._screen.wait("topics are made, and two workers take their seats")
            catcher = await stack.enter_async_context(troupe.catcher(home, port))
            await stack.enter_async_context(_topics(settings))
            stack.enter_context(place.noted(running.bootstrap, settings.prefix, TimeSource.WATERMARKS))
            page_port = troupe.free_port(troupe.PAGE_PORT)
            told = troupe.environment(settings, catcher, home / "state", page_port)
            crew = await stack.enter_async_context(troupe.workers(told, home, running.check))
            if self._waits:
                await stack.enter_async_context(troupe.page(told, home, page_port))
            scene = await stack.enter_async_context(play.listening(settings))
            first = await stack.enter_async_context(_begun(self._first_message(scene)))
            await crew.while_they_work(self._perform(story, settings, scene, crew, catcher, is_first=is_first))
            self._screen.wait("the checker reads every topic, and what was caught")
            tally = await _checked(settings, catcher, finished=True)
            self._screen.wait("every room says everything again")
            audit = await audited(settings)
            self._screen.wait("the workers end")
            return Told(story.name, tally, audit, crew.kills, first.result() if first.done() else None)

    async def _perform(
        self, story: Story, settings: Settings, scene: Scene, crew: troupe.Workers, catcher: troupe.Catcher, *, is_first: bool
    ) -> None:
        async def back() -> str:
            crew.revive()
            tally = await _checked(settings, catcher, finished=False)
            return f"lost {tally.lost} · twice {tally.told_twice}"

        teller = teller_of(story, self._screen, bill.lines_of(story.name))
        teller.title("" if is_first else "   the same, and nobody answers")
        seen = Show(story, teller, self._screen)
        if is_first:
            seen = Show(
                story,
                teller,
                self._screen,
                mail=lambda: caught.first_mail(catcher.mails),
                down=lambda: caught.down(catcher.mails, catcher.hooks),
                kill=lambda: crew.kill(1),
                back=back,
            )
        act = Choice(self._screen, _command()).act if self._waits else play.NOBODY.act
        await play.perform(settings, story, scene, seen.audience(act), speed=self._speed)
        self._screen.wait("")
        teller.rest(story.until, scene)

    async def _first_message(self, scene: Scene) -> float:
        """Seconds from the start of the demo to the first message that a receiver accepted."""
        await scene.until(lambda: bool(scene.receipts))
        return time.monotonic() - self._begun

    def _verdict(self, running: troupe.Kafka, played: Sequence[Told]) -> dict[str, Any]:
        worst = min((told.tally for told in played), key=lambda tally: list(Verdict).index(tally.verdict))
        lost, twice = (sum(getattr(told.tally, count) for told in played) for count in ("lost", "told_twice"))
        self._screen.wait("")
        if worst.first:
            self._screen.line(f"checker found: {one_line(worst.first)}")
        audit = _summed([told.audit for told in played])
        if audit.first:
            self._screen.line(f"audit found: {one_line(audit.first)}")
        seconds = time.monotonic() - self._begun
        self._screen.line(f"checker {worst.verdict} · lost {lost} · twice {twice} · {seconds:.0f} s")
        counts = f"{audit.records:,} records, {audit.words:,} words"
        self._screen.line(f"audit {audit.verdict} · {counts}   next: {_command()} dry-run itss · make test")
        return {
            "broker": running.name,
            "seconds_install": int(os.environ.get("SIAGA_SECONDS_INSTALL", "0") or 0),
            "seconds_to_broker": round(self._to_broker, 1),
            "seconds_to_first_message": next((round(told.first_message, 1) for told in played if told.first_message is not None), None),
            "worker_kills": sum(told.kills for told in played),
            "stories": [{"name": told.name} | {field: getattr(told.tally, field) for field in TALLIED} for told in played],
            "lost": lost,
            "told_twice": twice,
            "verdict": str(worst.verdict),
            "audit": {"verdict": audit.verdict, "records": audit.records, "words": audit.words},
        }


def _summed(audits: Sequence[Found]) -> Found:
    """All stories together, and the first difference of any of them."""
    return Found(tuple(seat for each in audits for seat in each.seats), next((each.first for each in audits if each.first), ""), None)


def _command() -> str:
    """How this person calls us: by name where the shell finds us, by path otherwise."""
    return "siaga" if shutil.which("siaga") else ".venv/bin/siaga"


@asynccontextmanager
async def _begun(work: Coroutine[Any, Any, float]) -> AsyncIterator[asyncio.Task[float]]:
    """Work beside the block, given up when the block is left."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()


def _note(words: str) -> None:
    """What is being waited for on a first run."""
    print(f"siaga: {words}", file=sys.stderr, flush=True)


@asynccontextmanager
async def _topics(settings: Settings) -> AsyncIterator[None]:
    """The topics of one story: made, and taken away when the block is left."""
    await kafka.apply(settings, topics.ALL, audit_days=1)
    try:
        yield
    finally:
        admin = AIOKafkaAdminClient(**settings.kafka_options())
        try:
            async with asyncio.timeout(CLEAN_SECONDS):
                await admin.start()
                await admin.delete_topics([settings.prefix + topic.name for topic in topics.ALL])
        except Exception as error:  # noqa: BLE001  a broker that is gone has nothing to be cleaned
            print(f"siaga: topics under {settings.prefix} were left behind: {one_line(str(error))}", file=sys.stderr)
        finally:
            await admin.close()


async def _checked(settings: Settings, catcher: troupe.Catcher, *, finished: bool) -> Tally:
    """The checker's verdict on what stands in the topics and what was caught."""
    read = [topic for topic in topics.ALL if topic not in topics.CHANGELOGS]
    records = [record async for record in kafka.read(settings, *read)]
    return check(records, catcher.mails, catcher.hooks, finished=finished)
