"""Acting: what a person states in; ESCALATION's word on it out. What the verbs of acts share: none judges anything (law 10)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from streams.cli.hall.say import DONE, NO, Stop, end, out

if TYPE_CHECKING:
    from schemas.escalation import Answer
    from schemas.operator import Act
    from streams.live.kafka import Ends
    from streams.live.present import Present
    from streams.live.settings import Settings

WAIT_SECONDS = 5
TAKEN = ("taken", "taken_in_part", "recorded", "passed_on")
Position = Annotated[str, typer.Option("--as", metavar="POSITION", help="The position that you act for, as disnakertrans:72.")]
Name = Annotated[str, typer.Option(help="Your name; it is recorded, and printed in no message.")]


class Person(NamedTuple):
    """Who acts, and for which position."""

    position: str
    name: str


def told(as_json: bool, about: Mapping[str, Any], title: str, answer: "Answer | None", words: Mapping[str, str]) -> None:
    """Print the answer, and end: 0 when it was taken, 1 when not, or when it is still being checked."""
    if answer is None:
        out(as_json, {**about, "judged": None}, [f"{title}: received, being checked; no answer within {WAIT_SECONDS} s"])
        end(NO)
    judged = str(answer.judged)
    said = words.get(judged, judged.replace("_", " ")).format(revision=answer.revision)
    found = {**about, "judged": judged, "revision": answer.revision, "position": answer.position, "name": answer.name, "words": said}
    out(as_json, found, [f"{title}: {said}"])
    end(DONE if judged in TAKEN else NO)


async def present_of(settings: "Settings") -> "Present | None":
    """What time it is there; None where no worker has ever run."""
    from streams.live import present

    return await present.present_of(settings)


async def answered(
    settings: "Settings", act: "type[Act]", on: Mapping[str, Any], person: Person, *, present: "Present | None", key: str, **more: Any
) -> "Answer | None":
    """Publish an act under a key and wait for the word on it; None when none came in time. What INTAKE would refuse is not published."""
    from schemas.topics import ACTS, ESCALATIONS
    from streams.cli.hall import place
    from streams.live import kafka
    from streams.live.present import stated

    if present is None:
        raise Stop(f"no worker has ever run under the prefix {settings.prefix}; start one with: siaga worker")
    said = stated(act, {"on": on, "position": person.position, "name": person.name, **more}, present.at, exercise=settings.exercise)
    message = said.binary()
    _refuse_what_intake_would(act, message.value)
    ends = await place.in_time(kafka.ends(settings, ESCALATIONS))
    async with kafka.publisher(settings) as producer:
        await producer.send_and_wait(settings.prefix + ACTS.name, message.value, key=key.encode(), headers=list(message.headers))
    try:
        return await place.in_time(_answer(settings, said.id, ends), WAIT_SECONDS)
    except TimeoutError:
        return None


def _refuse_what_intake_would(act: "type[Act]", value: bytes) -> None:
    from pydantic import ValidationError

    try:
        act.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise Stop(f"{where}: {first['msg']}".removeprefix(": ")) from None


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
