"""`siaga publish`: a file of CloudEvents, one per line, is judged whole as INTAKE will judge it, and only then sent."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.hall.say import BAD_INPUT, AsJson, Stop, end, listed, out

if TYPE_CHECKING:
    from schemas.word import UtcMs
    from streams.cli.hall.reading import Read
    from streams.live.settings import Settings
    from streams.simulate.story import Event

EXAMPLE = "Example: siaga publish facts.ndjson --check"

File = Annotated[str, typer.Argument(metavar="FILE", help="CloudEvents 1.0 in structured mode, one JSON object per line; - reads stdin.")]
Check = Annotated[bool, typer.Option("--check", help="Only judge the file: needs no Kafka and sends nothing.")]
Through = Annotated[
    str | None,
    typer.Option(metavar="T", help="Then also say: each source of these facts has published everything up to T (with its zone)."),
]
Topic = Annotated[str | None, typer.Option(help="The topic, where it should not follow from the type.")]


def publish(file: File, check: Check = False, complete_through: Through = None, topic: Topic = None, as_json: AsJson = False) -> None:
    """Validate a file of CloudEvents and publish it. One refused line, and nothing is sent.

    Every refusal names the line, the field, the reason, and what to correct. What INTAKE admits with a doubt (an unknown firm, a time in
    the future) is no refusal.
    """
    from streams.cli.hall import place, reading

    settings = place.settings()
    through = _instant(complete_through)
    lines = reading.read(reading.content_of(file), reading.judge_of(settings, topic, None if check else settings.exercise))
    if refused := [line for line in lines if line.refused]:
        _tell_refused(file, lines, refused, as_json)
    if check:
        _tell_checked(file, lines, as_json)
    else:
        _send(file, lines, through, as_json)


def _instant(text: str | None) -> "UtcMs | None":
    from schemas.word import parse_time

    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise Stop(f"--complete-through: {error}") from None


def _tell_refused(file: str, lines: Sequence["Read"], refused: Sequence["Read"], as_json: bool) -> None:
    found = {"file": file, "lines": len(lines), "published": 0, "refused": [line.as_json() for line in refused]}
    out(as_json, found, (line.in_words(file) for line in refused))
    print(f"siaga: {len(refused)} of {len(lines)} lines are refused, nothing was sent; correct them and publish again", file=sys.stderr)
    end(BAD_INPUT)


def _tell_checked(file: str, lines: Sequence["Read"], as_json: bool) -> None:
    from streams.cli.hall.reading import remarks, unchecked

    noted, left = remarks(file, lines), unchecked(file, lines)
    found = {"file": file, "lines": len(lines), "published": 0, "refused": [], "remarks": noted, "unchecked": left}
    out(as_json, found, [*noted, *left, f"{file}: {len(lines)} events in order{_by_topic(lines)}"])


def _by_topic(lines: Sequence["Read"]) -> str:
    names = sorted({line.topic.name for line in lines})
    return f", for {listed(names)}" if names else ""


def _send(file: str, lines: Sequence["Read"], through: "UtcMs | None", as_json: bool) -> None:
    from streams.cli.hall import place
    from streams.cli.hall.reading import remarks

    settings = place.settings_with_kafka()
    watermarks = asyncio.run(_sent(settings, lines, through))
    noted = remarks(file, lines)
    found = {"file": file, "lines": len(lines), "published": len(lines), "refused": [], "remarks": noted, "watermarks": watermarks}
    told = f" and {watermarks} watermarks" if watermarks else ""
    out(as_json, found, [*noted, f"{file}: {len(lines)} events{told} published under {settings.prefix}{_by_topic(lines)}"])


async def _sent(settings: "Settings", lines: Sequence["Read"], through: "UtcMs | None") -> int:
    """Send all events, then the watermarks; answer how many of those.

    Entries of the register are acknowledged before what follows them is sent: facts are placed by the register as it stands then.
    """
    from schemas.cloud import STRUCTURED
    from streams.live import kafka

    headers = [("content-type", STRUCTURED.encode())]
    marked = [] if through is None else [mark for source in _vouching(settings, lines) for mark in _marks(source, through)]
    async with kafka.publisher(settings) as producer:
        for topic, run in groupby(lines, key=lambda line: line.topic.name):
            await asyncio.gather(*[await producer.send(settings.prefix + topic, line.raw, key=line.key, headers=headers) for line in run])
        sent = [
            await producer.send(settings.prefix + mark.topic.name, mark.structured().value, partition=mark.partition, headers=headers)
            for mark in marked
        ]
        await asyncio.gather(*sent)
    return len(marked)


def _vouching(settings: "Settings", lines: Sequence["Read"]) -> list[str]:
    """The sources that have said something about firms; and the story itself, where it is the story that moves time."""
    from schemas.ids import STORY
    from schemas.intake import Statement
    from streams.live.settings import TimeSource

    sources = sorted({line.source for line in lines if line.event and isinstance(line.event.fact, Statement)})
    return [*sources, STORY] if settings.time is TimeSource.WATERMARKS else sources


def _marks(source: str, through: "UtcMs") -> "Iterator[Event]":
    """A source's word, for every partition that INTAKE reads, that it has published everything up to `through`."""
    from schemas.topics import INTAKE_TOPICS
    from schemas.word import format_time
    from streams.simulate.story import marks

    return marks(source, f"complete-through/{format_time(through)}", through, INTAKE_TOPICS)
