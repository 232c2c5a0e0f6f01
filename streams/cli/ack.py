"""`siaga ack`: a named person takes an escalation. Publishes the act, and waits for ESCALATION's word on it; ESCALATION alone judges."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.hall.acting import Name, Person, Position, Present, answered, present_of, told
from streams.cli.hall.say import AsJson, Stop

if TYPE_CHECKING:
    from schemas.escalation import Answer
    from streams.live.settings import Settings

EXAMPLE = 'Example: siaga ack E-fbbf98389a --revision 2 --as disnakertrans:72 --name "N. N."'
LOOK_BACK_DAYS = 30
DAY_MS = 86_400_000

Id = Annotated[str, typer.Argument(metavar="ID", help="The escalation, as E-fbbf98389a.")]
Revision = Annotated[int, typer.Option(min=1, help="The revision that you have read; one that is out of date is refused.")]
Estate = Annotated[
    str | None,
    typer.Option(metavar="ESTATE", help=f"Its estate, as imip; by default it is found among the escalations of {LOOK_BACK_DAYS} days."),
]

WORDS = {
    "taken": "taken: the ladder stops",
    "taken_in_part": "taken, but not yet enough to stop the ladder: others must acknowledge too (G4)",
    "recorded": "recorded; from this position it does not stop the ladder",
    "outdated": "refused: this has changed; read revision {revision} and acknowledge that",
    "repeated": "refused: this position has already acknowledged this revision",
    "unknown_escalation": "refused: no such escalation in this estate",
    "unknown_position": "refused: the roster in force has no such position",
    "not_told": "refused: this position has not been told of it",
    "closed": "refused: the escalation is over",
    "clock_open": "refused: the clock of the accident report still runs",
    "not_taken": "refused: it ends only after labour inspection and ministry have both taken it",
    "not_entitled": "refused: this position may not do that",
}


def ack(id: Id, revision: Revision, position: Position, name: Name, *, estate: Estate = None, as_json: AsJson = False) -> None:
    """Acknowledge an escalation: you take it, for your position, on the revision that you have read.

    Waits up to 5 seconds for the answer. The exit code is 1 when it was not taken, or is still being checked.
    """
    from streams.cli.hall import place

    answer = asyncio.run(_acknowledged(place.settings_with_kafka(), id, revision, Person(position, name), estate))
    told(as_json, {"escalation": id}, f"{id} r{revision}", answer, WORDS)


async def _acknowledged(settings: "Settings", id: str, revision: int, person: Person, estate: str | None) -> "Answer | None":
    from schemas.operator import Acknowledge
    from streams.cli.hall import place

    present = await place.in_time(present_of(settings))
    if estate is None:
        estate = await place.in_time(_estate(settings, id, present))
    on = {"escalation": id, "estate": estate, "revision": revision}
    return await answered(settings, Acknowledge, on, person, present=present, key=estate)


async def _estate(settings: "Settings", escalation: str, present: Present | None) -> str:
    """The estate that the act must name: that of the escalation, as any word on it says."""
    from schemas import codec
    from schemas.escalation import Escalation
    from schemas.topics import ESCALATIONS
    from streams.live import kafka

    since = present.wall - LOOK_BACK_DAYS * DAY_MS if present else None
    async for record in kafka.read(settings, ESCALATIONS, since=since):
        word = codec.decode(record.value or b"")
        if isinstance(word, Escalation) and word.id == escalation:
            return word.estate
    raise Stop(f"no escalation {escalation} within {LOOK_BACK_DAYS} days under the prefix {settings.prefix}; an older one needs --estate")
