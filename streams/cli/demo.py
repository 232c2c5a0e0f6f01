"""`siaga demo`: a broker, a catcher, two workers, and stories, in one command. Everything it starts ends with it."""

import json
import sys
import time
from contextlib import nullcontext
from typing import Annotated

import typer

from streams.cli.hall.say import NO, AsJson, end

EXAMPLE = "Example: siaga demo --until-done --json"

Stories = Annotated[
    list[str] | None,
    typer.Option(
        "--story", metavar="NAME", help="A story to play; may be given again. Two of Morowali, two of deadlines and bekasi by default."
    ),
]
Speed = Annotated[float | None, typer.Option(min=0.001, help="Seconds of the story in one second; as fast as the line goes by default.")]
UntilDone = Annotated[bool, typer.Option("--until-done", help="Wait for nobody: the simulator acknowledges.")]


def demo(story: Stories = None, speed: Speed = None, until_done: UntilDone = False, as_json: AsJson = False) -> None:
    """A furnace explodes in Morowali, and the right people are told: on a real Apache Kafka, with mails and signed webhooks.

    One receiver is down at first, and one of two workers is killed in the middle. A checker then reads all topics and what was caught,
    and an audit says everything again and compares. With --json the lines go to stderr, and stdout is one JSON object. The exit code is 1
    when the checker or the audit found anything.
    """
    begun = time.monotonic()
    from streams.cli.stage import bill, keys
    from streams.cli.stage.screen import Screen

    stories = [bill.load(name) for name in story or bill.IN_DEMO]
    screen = Screen(sys.stderr if as_json else sys.stdout)
    is_watched = keys.are_watched() and not as_json
    with keys.held() if is_watched else nullcontext():
        from streams.cli.stage.evening import Evening

        found = Evening(screen, begun, speed=speed, waits_for_somebody=is_watched and not until_done).play(stories)
    if as_json:
        print(json.dumps(found, ensure_ascii=False), flush=True)
    end(0 if (found["verdict"], found["audit"]["verdict"]) == ("ALL-RECORDS-DELIVERED", "IDENTICAL") else NO)
