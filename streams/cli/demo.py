"""`siaga demo`: a broker, a catcher, two workers, and stories, in one command. Everything it starts ends with it."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from streams.cli.hall.say import INTERRUPTED, NO, AsJson, Stop, end, one_line

if TYPE_CHECKING:
    from streams.cli.stage.scene import Scene
    from streams.cli.stage.troupe import Catcher, Kafka, Workers
    from streams.live.settings import Settings
    from streams.simulate.checker import Tally
    from streams.simulate.story import Story

EXAMPLE = "Example: siaga demo --until-done --json"
STORIES = ("itss", "itss-unanswered")
PREFIX = "exercise.demo-"
MAIL_TO = "kpaii"
LINES_OF_FIRST, LINES_OF_OTHERS = 6, 4
CLEAN_SECONDS = 20

Stories = Annotated[
    list[str] | None,
    typer.Option("--story", metavar="NAME", help="A story to play; may be given again. itss and itss-unanswered by default."),
]
Speed = Annotated[float | None, typer.Option(min=0.001, help="Seconds of the story in one second; as fast as the line goes by default.")]
UntilDone = Annotated[bool, typer.Option("--until-done", help="Wait for nobody: the simulator acknowledges.")]


def demo(story: Stories = None, speed: Speed = None, until_done: UntilDone = False, as_json: AsJson = False) -> None:
    """A furnace explodes in Morowali, and the right people are told: on a real Apache Kafka, with mails and signed webhooks.

    One receiver is down at first, and one of two workers is killed in the middle. A checker then reads all topics and what was caught.
    With --json the lines go to stderr, and stdout is one JSON object. The exit code is 1 when the checker found anything.
    """
    begun = time.monotonic()
    run = _Run(begun, speed, _is_watched() and not (until_done or as_json), sys.stderr if as_json else sys.stdout)
    found = run.all(tuple(story or STORIES))
    if as_json:
        import json

        print(json.dumps(found, ensure_ascii=False), flush=True)
    end(0 if found["verdict"] == "ALL-RECORDS-DELIVERED" else NO)


def _is_watched() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.name == "posix"


class Told(NamedTuple):
    """One story that has been played: its tally, how often a worker was killed, and when the first message was accepted."""

    name: str
    tally: "Tally"
    kills: int
    first_message: float


class _Run:
    """One demo."""

    def __init__(self, begun: float, speed: float | None, watched: bool, stream: Any) -> None:
        self._begun, self._speed, self._watched, self._stream = begun, speed, watched, stream
        self._id = secrets.token_hex(3)
        self._to_broker = 0.0

    def all(self, names: Sequence[str]) -> dict[str, Any]:
        """Everything, from the first line to the verdict."""
        from streams.cli.stage.troupe import view_port
        from streams.live.jars import KAFKA, kafka_jars

        port, theirs = view_port(), os.environ.get("SIAGA_KAFKA", "")
        named = f"Kafka at {theirs}" if theirs else f"Apache Kafka {KAFKA}"
        self._say(f"siaga demo  {named} · 2 workers · mail http://127.0.0.1:{port}    LATIHAN/EXERCISE")
        from streams.cli.stage import bill

        stories = [bill.load(name) for name in names]
        if not theirs:
            kafka_jars(self._note)  # Before anything is started: here it can be interrupted, and the second time there is nothing to do.
        return asyncio.run(self._until_signalled(self._play(stories, port)))

    async def _until_signalled(self, work: Any) -> dict[str, Any]:
        """SIGTERM and SIGHUP end the demo as Ctrl-C does: everything it started ends first."""
        task = asyncio.ensure_future(work)
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        try:
            found: dict[str, Any] = await task
        except asyncio.CancelledError:
            raise Stop("interrupted", INTERRUPTED) from None
        return found

    async def _play(self, stories: Sequence["Story"], port: int) -> dict[str, Any]:
        from streams.cli.stage.troupe import folder

        async with AsyncExitStack() as stack:
            directory = stack.enter_context(folder())
            kafka = await stack.enter_async_context(self._kafka())
            self._to_broker = time.monotonic() - self._begun
            played = [await self._one(story, kafka, directory, port, is_first=n == 0) for n, story in enumerate(stories)]
        return self._verdict(kafka, played)

    @asynccontextmanager
    async def _kafka(self) -> AsyncIterator["Kafka"]:
        from streams.cli.hall import place
        from streams.cli.hall.say import quiet
        from streams.cli.stage import troupe

        quiet()
        if theirs := place.settings().kafka:
            await place.in_time(place.reach(place.settings()))
            yield troupe.Kafka(theirs, f"Kafka at {theirs}", check=lambda: None)
            return
        async with troupe.embedded(lambda _: None) as kafka:
            yield kafka

    async def _one(self, story: "Story", kafka: "Kafka", directory: Path, port: int, *, is_first: bool) -> Told:
        """One story, under a prefix and with a catcher of its own, so that its tally is its own."""
        from streams.cli.hall import place
        from streams.cli.stage import play, troupe

        settings = place.settings(kafka=kafka.bootstrap, prefix=f"{PREFIX}{self._id}.{story.name}.")
        home = directory / story.name
        home.mkdir()
        async with AsyncExitStack() as stack:
            caught = await stack.enter_async_context(troupe.catcher(home, port))
            await stack.enter_async_context(_topics(settings))
            stack.enter_context(place.noted(kafka.bootstrap, settings.prefix))
            crew = await stack.enter_async_context(troupe.workers(troupe.environment(settings, caught, home / "state"), home, kafka.check))
            scene = await stack.enter_async_context(play.listening(settings))
            first = asyncio.create_task(self._first_message(scene))
            await crew.while_they_work(self._perform(story, settings, scene, crew, caught, is_first=is_first))
            tally = await _checked(settings, caught, finished=True)
            return Told(story.name, tally, crew.kills, await first)

    async def _perform(
        self, story: "Story", settings: "Settings", scene: "Scene", crew: "Workers", caught: "Catcher", *, is_first: bool
    ) -> None:
        from streams.cli.stage import play, show

        teller = show.Teller(story, self._say, LINES_OF_FIRST if is_first else LINES_OF_OTHERS)
        teller.title("" if is_first else "   the same, and nobody answers")

        async def back() -> str:
            crew.revive()
            tally = await _checked(settings, caught, finished=False)
            return f"lost {tally.lost} · twice {tally.told_twice}"

        async def mail(_: "Scene") -> Sequence[str]:
            return _first_mail(caught, show.COLUMNS)

        seen = show.Show(story, teller, mail=mail if is_first else None, kill=(lambda: crew.kill(1)) if is_first else None, back=back)
        act = show.Choice(self._say, _command()).act if self._watched else play.NOBODY.act
        await play.perform(settings, story, scene, seen.audience(act), speed=self._speed)
        teller.rest(story.until, scene)

    async def _first_message(self, scene: "Scene") -> float:
        """Seconds from the start of the demo to the first message that a receiver accepted."""
        await scene.until(lambda: bool(scene.receipts))
        return time.monotonic() - self._begun

    def _verdict(self, kafka: "Kafka", played: Sequence[Told]) -> dict[str, Any]:
        from streams.simulate.checks import Verdict

        worst = min((told.tally for told in played), key=lambda tally: list(Verdict).index(tally.verdict))
        if worst.first:
            self._say(f"checker found: {one_line(worst.first)}")
        seconds = time.monotonic() - self._begun
        self._say(f"checker {worst.verdict} · {seconds:.0f} s    next: {_command()} ack --help · {_command()} publish --help · make test")
        return {
            "broker": kafka.name,
            "seconds_install": int(os.environ.get("SIAGA_SECONDS_INSTALL", "0") or 0),
            "seconds_to_broker": round(self._to_broker, 1),
            "seconds_to_first_message": round(played[0].first_message, 1),
            "worker_kills": sum(told.kills for told in played),
            "stories": [{"name": told.name} | {field: getattr(told.tally, field) for field in TALLIED} for told in played],
            "lost": sum(told.tally.lost for told in played),
            "told_twice": sum(told.tally.told_twice for told in played),
            "verdict": str(worst.verdict),
        }

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def _note(self, words: str) -> None:
        """What is being waited for on a first run."""
        print(f"siaga: {words}", file=sys.stderr, flush=True)


TALLIED = (
    "facts", "admitted", "rejected", "alerts", "escalations", "deliveries", "emails_accepted", "webhooks_accepted",
    "signatures_valid", "acknowledged", "withdrawn",
)  # fmt: skip


def _command() -> str:
    """How this person calls us: by name where the shell finds us, by path otherwise."""
    return "siaga" if shutil.which("siaga") else ".venv/bin/siaga"


def _first_mail(caught: "Catcher", columns: int) -> list[str]:
    """One whole mail."""
    import json

    from streams.cli.stage.paper import lines_of

    mails = [json.loads(line) for line in caught.mails]
    mails = [mail for mail in mails if mail["kind"] == "mail"]
    chosen = next((mail for mail in mails if any(to.startswith(MAIL_TO) for to in mail["to"])), mails[0] if mails else None)
    return list(lines_of(chosen["raw"], columns)) if chosen else []


@asynccontextmanager
async def _topics(settings: "Settings") -> AsyncIterator[None]:
    """The topics of one story: made, and taken away when the block is left."""
    from aiokafka.admin import AIOKafkaAdminClient

    from schemas import topics
    from streams.live import kafka

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


async def _checked(settings: "Settings", caught: "Catcher", *, finished: bool) -> "Tally":
    """The checker's verdict on what stands in the topics and what was caught."""
    from schemas import topics
    from streams.live import kafka
    from streams.simulate.checker import check

    read = [topic for topic in topics.ALL if topic not in topics.CHANGELOGS]
    records = [record async for record in kafka.read(settings, *read)]
    return check(records, caught.mails, caught.hooks, finished=finished)
