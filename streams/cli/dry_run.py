"""`siaga dry-run`: the whole line over a file of facts or a story, in memory. It has no channel, so it cannot send."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.hall.say import BAD_INPUT, AsJson, Stop, end, out

if TYPE_CHECKING:
    from schemas.word import UtcMs
    from streams.cli.hall.paper import Run

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
    watermarks of siaga/story, these alone move it. A story is played with its acts. A refused line is named, and nothing is run; what is
    refused later, and what is odd, is told on stderr. --json prints one object, with the same words in `said`.
    """
    from streams.cli.hall import paper, place

    chosen = paper.chosen(place.settings(), policy)
    run = paper.run(chosen, facts, registry, _instant(until))
    if run.refused:
        _tell_refused(run, as_json)
    out(as_json, run.as_json(), (word.decode() for word in run.said))
    if not as_json:
        _beside(run.remarks)
        _beside([run.in_short()])


def _instant(text: str | None) -> "UtcMs | None":
    from schemas.word import parse_time

    try:
        return parse_time(text) if text else None
    except ValueError as error:
        raise Stop(f"--until: {error}") from None


def _tell_refused(run: "Run", as_json: bool) -> None:
    found: Mapping[str, Any] = {"facts": run.name, "lines": run.lines, "refused": [line.as_json() for _, line in run.refused]}
    out(as_json, found, (line.in_words(file) for file, line in run.refused))
    _beside([f"{len(run.refused)} of {run.lines} lines are refused, nothing was run; correct them and try again"])
    end(BAD_INPUT)


def _beside(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"siaga: {line}", file=sys.stderr)
