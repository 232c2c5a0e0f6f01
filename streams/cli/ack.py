"""`siaga ack`: a named person takes an escalation. Publishes the act, and waits for ESCALATION's word on it; ESCALATION alone judges."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.hall.say import NO, AsJson, Stop, end, out

if TYPE_CHECKING:
    from schemas.escalation import Answer, Escalation
    from schemas.word import UtcMs
    from streams.live.settings import Settings

EXAMPLE = 'Example: siaga ack E-fbbf98389a --revision 2 --as disnakertrans:72 --name "N. N."'
WAIT_SECONDS = 5

Id = Annotated[str, typer.Argument(metavar="ID", help="The escalation, as E-fbbf98389a.")]
Revision = Annotated[int, typer.Option(min=1, help="The revision that you have read; one that is out of date is refused.")]
Position = Annotated[str, typer.Option("--as", metavar="POSITION", help="The position that you act for, as disnakertrans:72.")]
Name = Annotated[str, typer.Option(help="Your name; it is recorded, and printed in no message.")]

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


def ack(id: Id, revision: Revision, position: Position, name: Name, as_json: AsJson = False) -> None:
    """Acknowledge an escalation: you take it, for your position, on the revision that you have read.

    Waits up to 5 seconds for the answer. The exit code is 1 when it was not taken, or is still being checked.
    """
    from streams.cli.hall import place

    settings = place.settings_with_kafka()
    answer = asyncio.run(_acknowledged(settings, id, {"revision": revision, "position": position, "name": name}))
    if answer is None:
        out(as_json, {"escalation": id, "judged": None}, [f"{id} r{revision}: received, being checked; no answer within {WAIT_SECONDS} s"])
        end(NO)
    judged = str(answer.judged)
    words = WORDS.get(judged, judged.replace("_", " ")).format(revision=answer.revision)
    found = {"escalation": id, "judged": judged, "revision": answer.revision, "position": position, "name": name, "words": words}
    out(as_json, found, [f"{id} r{revision}: {words}"])
    end(0 if judged in TAKEN else NO)


async def _acknowledged(settings: "Settings", id: str, stated: dict[str, object]) -> "Answer | None":
    """Publish the act and wait for the word on it; None when none came in time."""
    from streams.cli.hall import place
    from streams.live import kafka

    escalation = await place.in_time(_escalation(settings, id))
    at = await place.in_time(_present(settings))
    act_id, headers, value = _act(settings, escalation, stated, at)
    async with kafka.publisher(settings) as producer:
        from schemas.topics import ACTS

        await producer.send_and_wait(settings.prefix + ACTS.name, value, key=escalation.estate.encode(), headers=headers)
    try:
        return await place.in_time(_answer(settings, act_id), WAIT_SECONDS)
    except TimeoutError:
        return None


async def _escalation(settings: "Settings", id: str) -> "Escalation":
    """The escalation as it stands: the act must name its estate."""
    from streams.cli.stage.play import escalations

    found = [word for word in await escalations(settings) if word.id == id]
    if not found:
        raise Stop(f"no escalation {id} under the prefix {settings.prefix}")
    return found[-1]


async def _present(settings: "Settings") -> "UtcMs":
    """The time of law and policy: of the last tick in a story, of the broker's clock otherwise. No clock of ours is read."""
    from schemas import codec
    from schemas.ledger import Tick
    from schemas.topics import DELIVERY_INBOX, PROGRESS
    from streams.live import kafka

    ticks = [record async for record in kafka.read(settings, DELIVERY_INBOX) if record.header("word") == "tick"]
    last = max((word for r in ticks if isinstance(word := codec.decode(r.value or b""), Tick)), key=lambda t: t.number, default=None)
    if last is not None and last.at != last.wall:
        return last.at
    wall = max([record.timestamp async for record in kafka.read(settings, PROGRESS)], default=None)
    if wall is None:
        raise Stop(f"no worker has ever run under the prefix {settings.prefix}; start one with: siaga worker")
    return wall


def _act(
    settings: "Settings", escalation: "Escalation", stated: dict[str, object], at: "UtcMs"
) -> tuple[str, list[tuple[str, bytes]], bytes]:
    """The act as a CloudEvent in binary mode: its id, headers and value."""
    from schemas.ids import digest
    from schemas.operator import Acknowledge
    from schemas.word import format_time

    when = format_time(at)
    data = {"escalation": escalation.id, "estate": escalation.estate, **stated, "acted_at": when, "exercise": settings.exercise}
    value = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    act_id = f"cli/{digest(value)}"
    attributes = {"specversion": "1.0", "id": act_id, "source": "siaga/cli", "type": Acknowledge.type, "time": when, "recordedtime": when}
    _refuse_what_intake_would(value)
    return act_id, [("content-type", b"application/json"), *((f"ce_{name}", text.encode()) for name, text in attributes.items())], value


def _refuse_what_intake_would(value: bytes) -> None:
    from pydantic import ValidationError

    from schemas.operator import Acknowledge

    try:
        Acknowledge.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Stop(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


async def _answer(settings: "Settings", act_id: str) -> "Answer":
    """ESCALATION's word on an act."""
    from schemas import codec
    from schemas.escalation import Answer
    from schemas.topics import ESCALATIONS
    from streams.live import kafka

    async for record in kafka.follow(settings, ESCALATIONS):
        word = codec.decode(record.value or b"")
        if isinstance(word, Answer) and word.act_id == act_id:
            return word
    raise Stop("the topic of escalations has ended")  # It never does.
