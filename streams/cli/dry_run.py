"""`siaga dry-run`: the whole line over a file of facts or a story, in memory. It has no channel, so it cannot send."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.hall.say import BAD_INPUT, DONE, NO, AsJson, Stop, end, out

if TYPE_CHECKING:
    from schemas.word import UtcMs

EXAMPLE = "Example: siaga dry-run facts.ndjson --until 2026-11-24T09:00:00+08:00"

Facts = Annotated[
    str, typer.Argument(metavar="FACTS", help="CloudEvents as for siaga publish, one per line; - reads stdin. Or a story, as itss.")
]
Register = Annotated[
    str | None, typer.Option("--registry", metavar="FILE", help="Entries of the register, in the same form, to be read before the facts.")
]
Policy = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A policy revision (TOML) to decide everything by, whatever is activated.")
]
Until = Annotated[str | None, typer.Option(metavar="T", help="Go on up to T (with its zone); by default to the last line.")]


def dry_run(facts: Facts, registry: Register = None, policy: Policy = None, until: Until = None, as_json: AsJson = False) -> None:
    """What would come of a file of facts, acts and watermarks: its alerts, escalations and deliveries, one JSON object per line.

    Sends nothing and needs no Kafka. Time goes to when each line was received (recordedtime, or when it was said); where the file has
    watermarks of siaga/story, these alone move it. A story is played with its acts. What is refused is printed too ("word": "refused", its
    line, field and reason): where a line cannot be read nothing is run, and the exit code is 2; where the register or the calendar refuses
    it, 1. What is odd is told on stderr. --json prints one object, with the same words in `said`.
    """
    from streams.cli.hall import paper, place

    chosen = paper.chosen(place.settings(), policy)
    run = paper.run(chosen, facts, registry, _instant(until))
    out(as_json, run.as_json(), run.as_lines())
    if not as_json:
        _beside(run.remarks)
    if not as_json or not run.ran:
        _beside([run.in_short()])
    end(BAD_INPUT if not run.ran else NO if run.refused else DONE)


def _instant(text: str | None) -> "UtcMs | None":
    from schemas.word import parse_time

    try:
        return parse_time(text) if text else None
    except ValueError as error:
        raise Stop(f"--until: {error}") from None


def _beside(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"siaga: {line}", file=sys.stderr)
