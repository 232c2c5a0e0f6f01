"""`siaga audit`: every room is taken through its recorded inbox again, and what it says now is compared with what it said then."""

import asyncio
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.hall.say import NO, AsJson, Stop, end, listed, out

if TYPE_CHECKING:
    from schemas.word import UtcMs
    from streams.cli.hall.auditing import Found, Say
    from streams.live.settings import Settings

EXAMPLE = "Example: siaga audit --from 2026-11-01T00:00:00+07:00"

Since = Annotated[
    str | None,
    typer.Option("--from", metavar="T", help="Compare what came of records appended from T on (with its zone); everything by default."),
]
To = Annotated[str | None, typer.Option("--to", metavar="T", help="Read no record that was appended at T or later; up to now by default.")]


def audit(since: Since = None, to: To = None, as_json: AsJson = False) -> None:
    """Read the topics, take every room through its inbox again, and compare word by word what it says with what stands there.

    Nothing is sent or written, and workers may go on meanwhile: each seat is audited as far as it has committed. Prints IDENTICAL, or the
    first difference and what it is because of; then the exit code is 1. Seats of which retention has deleted the beginning are named.
    """
    from schemas.word import parse_time
    from streams.cli.hall import place

    instants: list[UtcMs | None] = []
    for option, text in (("--from", since), ("--to", to)):
        try:
            instants.append(parse_time(text) if text else None)
        except ValueError as error:
            raise Stop(f"{option}: {error}") from None
    found = asyncio.run(_audited(place.settings_with_topics(), *instants))
    out(as_json, _as_json(found), _lines(found))
    end(NO if found.first else 0)


async def _audited(settings: "Settings", since: "UtcMs | None", to: "UtcMs | None") -> "Found":
    from streams.cli.hall.auditing import audited
    from streams.live import logbook

    logbook.keep()
    say = _saying()
    try:
        return await audited(settings, since=since or 0, to=to, say=say)
    finally:
        say("")


def _saying() -> "Say":
    from streams.cli.stage.screen import Screen

    return Screen(sys.stderr).wait


def _lines(found: "Found") -> Iterator[str]:
    from schemas.word import format_time
    from streams.cli.hall.auditing import in_short, left_out

    yield in_short(found)
    if found.first:
        yield found.first
    if (more := sum(seat.differing for seat in found.seats)) > 1:
        yield f"{more:,} words differ, at {sum(bool(seat.first) for seat in found.seats)} seats; --json has the first of each"
    if found.strangers:
        yield f"{found.strangers:,} records on our own topics are by no seat of ours"
    if cut := left_out(found):
        whole = f"it holds for the others since {format_time(found.begins)}" if found.begins is not None else "nothing is left to audit"
        seats = listed([f"{count} seats of {who}" for who, count in cut.items()])
        yield f"not audited, because retention has deleted where they begin: {seats}; {whole}"
    if gone := sum(seat.gone for seat in found.seats):
        yield f"{gone:,} words could not be compared, because retention has deleted what was said then"
    if withheld := sum(seat.withheld for seat in found.seats):
        yield f"withheld {withheld:,}: ids of cases and digests of refused records are under a key; compare them with SIAGA_CASE_SECRET"


def _as_json(found: "Found") -> dict[str, Any]:
    from schemas.word import format_time
    from streams.cli.hall.auditing import left_out

    counts = {name: sum(getattr(seat, name) for seat in found.seats) for name in ("differing", "gone", "withheld")}
    return {
        "verdict": found.verdict,
        "records": found.records,
        "words": found.words,
        "rooms": len({seat.room for seat in found.audited}),
        "seats": len(found.audited),
        **counts,
        "strangers": found.strangers,
        "first": found.first or None,
        "differences": [
            {"by": d.by, "cause": d.cause, "n": d.n, "kind": str(d.kind), "differing": seat.differing}
            for seat in found.seats
            if (d := seat.first)
        ],
        "since": None if found.begins is None else format_time(found.begins),
        "left_out": dict(left_out(found)),
    }
