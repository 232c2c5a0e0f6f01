"""`siaga ack`: a named person takes an escalation. Publishes the act, and waits for ESCALATION's word on it; ESCALATION alone judges."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from streams.cli.hall.say import NO, AsJson, Stop, end, out

if TYPE_CHECKING:
    from schemas.cloud import Cloud
    from schemas.escalation import Answer
    from schemas.ledger import Progress
    from schemas.word import UtcMs
    from streams.live.kafka import Ends
    from streams.live.settings import Settings

EXAMPLE = 'Example: siaga ack E-fbbf98389a --revision 2 --as disnakertrans:72 --name "N. N."'
WAIT_SECONDS = 5
LOOK_BACK_DAYS = 30
DAY_MS = 86_400_000
_LAST_OFFSETS = (500, 5_000, 50_000, None)
"""How far back the newest word of INTAKE is looked for on `progress`: it speaks each half minute, the other rooms in between."""

Id = Annotated[str, typer.Argument(metavar="ID", help="The escalation, as E-fbbf98389a.")]
Revision = Annotated[int, typer.Option(min=1, help="The revision that you have read; one that is out of date is refused.")]
Position = Annotated[str, typer.Option("--as", metavar="POSITION", help="The position that you act for, as disnakertrans:72.")]
Name = Annotated[str, typer.Option(help="Your name; it is recorded, and printed in no message.")]
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
TAKEN = ("taken", "taken_in_part", "recorded")


class Stated(NamedTuple):
    """What the person states."""

    escalation: str
    revision: int
    position: str
    name: str


class Present(NamedTuple):
    """Now: by the broker's clock, and by what moves the time of law and policy here. No clock of ours is read."""

    wall: "UtcMs"
    at: "UtcMs"


def ack(id: Id, revision: Revision, position: Position, name: Name, *, estate: Estate = None, as_json: AsJson = False) -> None:
    """Acknowledge an escalation: you take it, for your position, on the revision that you have read.

    Waits up to 5 seconds for the answer. The exit code is 1 when it was not taken, or is still being checked.
    """
    from streams.cli.hall import place

    settings = place.settings_with_kafka()
    answer = asyncio.run(_acknowledged(settings, Stated(id, revision, position, name), estate))
    if answer is None:
        out(as_json, {"escalation": id, "judged": None}, [f"{id} r{revision}: received, being checked; no answer within {WAIT_SECONDS} s"])
        end(NO)
    judged = str(answer.judged)
    words = WORDS.get(judged, judged.replace("_", " ")).format(revision=answer.revision)
    found = {"escalation": id, "judged": judged, "revision": answer.revision, "position": position, "name": name, "words": words}
    out(as_json, found, [f"{id} r{revision}: {words}"])
    end(0 if judged in TAKEN else NO)


async def _acknowledged(settings: "Settings", stated: Stated, estate: str | None) -> "Answer | None":
    """Publish the act and wait for the word on it; None when none came in time."""
    from schemas.topics import ACTS, ESCALATIONS
    from streams.cli.hall import place
    from streams.live import kafka

    present = await place.in_time(_present(settings))
    if estate is None:
        estate = await place.in_time(_estate(settings, stated.escalation, present))
    if present is None:
        raise Stop(f"no worker has ever run under the prefix {settings.prefix}; start one with: siaga worker")
    act = _act(stated, estate, present.at, settings.exercise)
    message = act.binary()
    _refuse_what_intake_would(message.value)
    ends = await place.in_time(kafka.ends(settings, ESCALATIONS))
    async with kafka.publisher(settings) as producer:
        await producer.send_and_wait(settings.prefix + ACTS.name, message.value, key=estate.encode(), headers=list(message.headers))
    try:
        return await place.in_time(_answer(settings, act.id, ends), WAIT_SECONDS)
    except TimeoutError:
        return None


async def _present(settings: "Settings") -> Present | None:
    """The newest word of INTAKE on how far it has read tells what time it is; None where no worker has ever run."""
    from schemas import codec
    from schemas.ledger import Progress
    from schemas.topics import PROGRESS
    from streams.live import kafka

    for last in _LAST_OFFSETS:
        newest = None
        async for record in kafka.read(settings, PROGRESS, last=last):
            word = codec.decode(record.value or b"")
            if isinstance(word, Progress) and word.room == "intake":
                newest = Present(record.timestamp, _time_of(settings, word, record.timestamp))
        if newest:
            return newest
    return None


def _time_of(settings: "Settings", word: "Progress", wall: "UtcMs") -> "UtcMs":
    """A story's time is how far its publisher has come."""
    from schemas.ids import STORY
    from streams.live.settings import TimeSource

    if settings.time is TimeSource.CLOCK:
        return wall
    return next((read.through for read in word.sources if read.source == STORY), wall)


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


def _act(stated: Stated, estate: str, at: "UtcMs", exercise: bool) -> "Cloud":
    from schemas.cloud import Cloud
    from schemas.ids import digest
    from schemas.operator import Acknowledge
    from schemas.word import format_time

    on = {"escalation": stated.escalation, "estate": estate, "revision": stated.revision}
    data: dict[str, Any] = {"on": on, "position": stated.position, "name": stated.name, "acted_at": format_time(at), "exercise": exercise}
    return Cloud(Acknowledge.type, "siaga/cli", f"cli/{digest(*map(str, data.values()))}", data, at, at)


def _refuse_what_intake_would(value: bytes) -> None:
    from pydantic import ValidationError

    from schemas.operator import Acknowledge

    try:
        Acknowledge.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Stop(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


async def _answer(settings: "Settings", act_id: str, ends: "Ends") -> "Answer":
    """ESCALATION's word on an act: it cannot stand before where the topic ended when the act had not been published."""
    from schemas import codec
    from schemas.escalation import Answer
    from schemas.topics import ESCALATIONS
    from streams.live import kafka

    async for record in kafka.follow(settings, ESCALATIONS, after=ends):
        word = codec.decode(record.value or b"")
        if isinstance(word, Answer) and word.act_id == act_id:
            return word
    raise Stop("the topic of escalations has ended")  # It never does.
