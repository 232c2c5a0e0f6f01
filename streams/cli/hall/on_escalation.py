"""Acts on an escalation: which, at which revision, by whom in; ESCALATION's word on it, and words for it, out. `ack` and `act` share it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.hall.acting import Person, answered, present_of
from streams.cli.hall.say import Stop

if TYPE_CHECKING:
    from schemas.escalation import Answer
    from schemas.operator import Act
    from streams.live.present import Present
    from streams.live.settings import Settings

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
    "passed_on": "recorded; nobody who was asked is left to take it, so the next level is told at once",
    "handed_over": "recorded; that position is now asked what this one was asked",
    "silenced": "recorded; this position is told nothing more until then, unless it becomes graver or ends",
    "too_grave": "refused: of the gravest nobody is spared the changes",
    "too_long": "refused: the policy does not allow a silence of that length",
    "outdated": "refused: this has changed; read revision {revision} and answer that",
    "repeated": "refused: this position has already said so",
    "unknown_escalation": "refused: no such escalation in this estate",
    "unknown_position": "refused: the roster in force has no such position",
    "not_told": "refused: this position has not been told of it",
    "closed": "refused: the escalation is over",
    "clock_open": "refused: the clock of the accident report still runs",
    "not_taken": "refused: it ends only after labour inspection and ministry have both taken it",
    "not_asked": "refused: that has not been asked of this position",
    "holds_it": "refused: this position has taken it; who has taken it cannot say that it is not theirs",
    "not_entitled": "refused: this position may not do that",
}


async def said_of_escalation(
    settings: "Settings", model: "type[Act]", escalation: tuple[str, int], person: Person, estate: str | None, **more: Any
) -> "Answer | None":
    """Say it of an escalation at a revision, and wait for the word on it; None when none came in time."""
    from streams.cli.hall import place

    id, revision = escalation
    present = await place.in_time(present_of(settings))
    if estate is None:
        estate = await place.in_time(_estate(settings, id, present))
    on = {"escalation": id, "estate": estate, "revision": revision}
    return await answered(settings, model, on, person, present=present, key=estate, **more)


async def _estate(settings: "Settings", escalation: str, present: "Present | None") -> str:
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
