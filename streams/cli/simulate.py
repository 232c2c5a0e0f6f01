"""`siaga simulate`: a story of the shelf, as NDJSON, or played on Kafka in lock-step with the line."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.hall.say import AsJson, Stop, out

if TYPE_CHECKING:
    from streams.cli.stage.play import Audience, Moment
    from streams.simulate.story import Story

SETTINGS = (
    "run this verb and its workers with SIAGA_PREFIX=exercise.mine. and SIAGA_TIME=watermarks, the workers also with "
    "SIAGA_SMTP_HOST, SIAGA_SMTP_PORT, SIAGA_SMTP_TLS and SIAGA_EXERCISE_HOOKS of a catcher on this machine; see: siaga simulate --help"
)
EXAMPLE = "Example: siaga simulate itss --out itss.ndjson"

Name = Annotated[
    str,
    typer.Argument(
        metavar="STORY", help="One of backfill, bekasi, bekasi-deadline, deadline-night, itss, itss-unanswered, quiet-week, siinas-down."
    ),
]
Out = Annotated[Path | None, typer.Option("--out", help="The file to write; stdout by default.")]
Firms = Annotated[int | None, typer.Option("--firms", min=1, help="How many firms there are, where a story makes them up.")]
Publish = Annotated[bool, typer.Option("--publish", help="Play it on Kafka, for workers that run under the same prefix.")]


def simulate(story: Name, file: Out = None, firms: Firms = None, publish: Publish = False, as_json: AsJson = False) -> None:
    """Write a story's register and facts as NDJSON, or play it on Kafka: facts, acts and watermarks, each when the line is ready for it.

    Written as NDJSON a story has no acts: on which revision a person acts is known only when the time has come. --json prints a summary
    of --out or --publish; the lines themselves are JSON in any case.

    To play it, with Kafka running (siaga broker), in each terminal:

    \b
    export SIAGA_PREFIX=exercise.mine. SIAGA_TIME=watermarks

    \b
    siaga topics apply
    python -m streams.simulate.catchers --log caught      (says its ports)
    SIAGA_SMTP_HOST=127.0.0.1 SIAGA_SMTP_PORT=... SIAGA_SMTP_TLS=plain \\
        SIAGA_EXERCISE_HOOKS=http://127.0.0.1:... siaga worker
    siaga simulate itss --publish
    """  # noqa: D301  \b keeps the lines of a paragraph apart in the help
    from streams.cli.stage import bill

    told = bill.load(story, firms)
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
        raise Stop(f"a story is an exercise, and {settings.prefix} is no prefix of one: {SETTINGS}")
    place.with_topics(settings)
    played = asyncio.run(play(settings, story, _watching(settings.prefix)))
    words = f"{played.events} events and {played.acts} acts of {story.name} played under {settings.prefix}, {played.deliveries} deliveries"
    out(as_json, {"story": story.name, "prefix": settings.prefix, **played._asdict()}, [words])


def _watching(prefix: str) -> "Audience":
    """Says what is being waited for: workers at first, which may not be running."""
    from schemas.word import format_time
    from streams.cli.hall.say import tell_once
    from streams.cli.stage.play import NOBODY, READY_SECONDS
    from streams.cli.stage.screen import Screen

    screen = Screen(sys.stderr)

    async def published(moment: "Moment") -> None:
        if not moment.scene.has_ticked:
            tell_once(f"the register is published; waiting up to {READY_SECONDS:.0f} s for workers under {prefix}")
        screen.wait(f"{format_time(moment.watermark)}: {len(moment.scene.deliveries)} deliveries so far")

    async def settled(moment: "Moment") -> None:
        screen.wait("")

    return NOBODY._replace(published=published, settled=settled)
