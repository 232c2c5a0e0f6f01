"""`siaga simulate`: a story of the shelf, as NDJSON, or played on Kafka in lock-step with the line."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.hall.say import AsJson, Stop, out

if TYPE_CHECKING:
    from streams.simulate.story import Story

EXAMPLE = "Example: siaga simulate itss --out itss.ndjson"

Name = Annotated[str, typer.Argument(metavar="STORY", help="The name of a story, as itss or itss-unanswered.")]
Out = Annotated[Path | None, typer.Option("--out", help="The file to write; stdout by default.")]
Publish = Annotated[bool, typer.Option("--publish", help="Play it on Kafka: workers must run there with SIAGA_TIME=watermarks.")]


def simulate(story: Name, file: Out = None, publish: Publish = False, as_json: AsJson = False) -> None:
    """Write a story's register and facts as NDJSON, or play it on Kafka: facts, acts and watermarks, each when the line is ready for it.

    Written as NDJSON a story has no acts: on which revision a person acts is known only when the time has come. --json prints a summary
    of --out or --publish; the lines themselves are JSON in any case.
    """
    from streams.cli.stage import bill

    told = bill.load(story)
    if publish:
        _play(told, as_json)
        return
    lines = list(_lines(told))
    if file is None:
        print("\n".join(lines))
        return
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out(as_json, {"story": told.name, "events": len(lines), "out": str(file)}, [f"{len(lines)} events of {told.name} in {file}"])


def _lines(story: "Story") -> Iterator[str]:
    from streams.simulate.story import events

    return (json.dumps(event.cloud, ensure_ascii=False, separators=(",", ":")) for event in events(story))


def _play(story: "Story", as_json: bool) -> None:
    from streams.cli.hall import place
    from streams.cli.stage.play import play

    settings = place.located()
    if not settings.exercise:
        raise Stop(f"a story is an exercise: set SIAGA_PREFIX to a prefix with exercise. in it, not {settings.prefix!r}")
    place.with_topics(settings)
    played = asyncio.run(play(settings, story))
    words = f"{played.events} events and {played.acts} acts of {story.name} played under {settings.prefix}, {played.deliveries} deliveries"
    out(as_json, {"story": story.name, "prefix": settings.prefix, **played._asdict()}, [words])
