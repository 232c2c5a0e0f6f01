"""Bill: which stories can be played, and how many lines of a screen each may take. A name in; the story, or what there is, out."""

from collections.abc import Mapping

from streams.cli.hall.say import Stop
from streams.simulate import shelf
from streams.simulate.story import Story

SCREEN_LINES, COLUMNS = 60, 100
"""A newcomer sees the whole demo at once, the prompt above it and the prompt below it too."""

FRAME: Mapping[str, int] = {
    "the prompts": 2,
    "the first line": 1,
    "one whole mail": 29,
    "what befalls the machine": 2,
    "the question, and who answered": 3,
    "the verdict": 2,
}

LINES: Mapping[str, int] = {
    "itss": 9,
    "itss-unanswered": 5,
    "quiet-week": 1,
    "deadline-night": 1,
    "bekasi": 5,
}
"""Title and last line are among them. What a story has to tell beyond that is counted in its last line."""

LINES_OF_OTHERS = 6

IN_DEMO = ("itss", "itss-unanswered", "quiet-week", "deadline-night", "bekasi")

FACTS_TOLD_BEFORE = ("itss-unanswered",)
"""Stories that begin as another does: what was reported stands there."""


def load(name: str, firms: int | None = None) -> Story:
    """The story of that name, of so many firms where they are made up."""
    try:
        return shelf.load(name, firms)
    except LookupError as error:
        raise Stop(str(error.args[0])) from None


def lines_of(name: str) -> int:
    """How many lines the story of that name may take."""
    return LINES.get(name, LINES_OF_OTHERS)
