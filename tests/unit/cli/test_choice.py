"""The question of the demo: whoever answers is named, and nobody's silence is taken for an answer."""

import asyncio
import io

import pytest

from schemas.escalation import Answer, Escalation, Judged
from streams.cli.stage.choice import HERE, Choice
from streams.cli.stage.scene import Scene
from streams.cli.stage.screen import Screen
from streams.simulate import shelf
from tests.golden.wire.samples import WORDS

LINE = next(line for line in shelf.load("itss").lines if line.act)
POSITION = LINE.act.position


def answer(judged: Judged, position: str = POSITION) -> Answer:
    return Answer("acknowledge", "cli/1", "E-1", judged, 1, 0, position, "N. N.")


async def never() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    return


async def chosen(pressed=never, *answers: Answer, wait_seconds=0.2):
    """Offer the line; answer what is acted on, and what was said."""
    scene, stream = Scene(), io.StringIO()
    scene.escalations.append(next(word for word in WORDS if isinstance(word, Escalation)))
    choice = Choice(Screen(stream), "siaga", pressed=pressed, wait_seconds=wait_seconds)

    async def speak():
        for each in answers:
            await asyncio.sleep(0.01)
            scene.answers.append(each)
            scene._bell.set()

    acted, _ = await asyncio.gather(choice.act(LINE, scene), speak())
    again = await choice.act(LINE, scene)
    assert again is LINE, "it is offered once"
    return acted, [line.strip() for line in stream.getvalue().splitlines()]


async def test_a_key_takes_it_in_the_name_of_who_is_there():
    acted, said = await chosen(at_once)
    assert acted.act.name == HERE
    assert said[0] == "press a key within 0.2 s to take it as Disnakertrans, or in another terminal:"
    assert said[1].startswith("siaga ack E-")
    assert said[2] == "or by the link in its mail, in the mailbox named above"
    assert said[3:] == ["taken by you, here"]


async def test_a_command_elsewhere_takes_it_and_the_simulator_does_not():
    acted, said = await chosen(never, answer(Judged.TAKEN_IN_PART), wait_seconds=5)
    assert acted is None
    assert said[3:] == ["taken by N. N., by command or link"]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([], id="nobody does anything"),
        pytest.param([answer(Judged.OUTDATED)], id="somebody is refused"),
        pytest.param([answer(Judged.RECORDED, "estate:imip")], id="somebody else's answer"),
    ],
)
async def test_when_nobody_takes_it_the_simulator_does_and_says_so(answers):
    acted, said = await chosen(never, *answers)
    assert acted is LINE
    assert said[3:] == ["nobody pressed a key within 0.2 s: the simulator takes it"]
