"""Bill: which stories can be played. A name in; the story, or a line that names those there are, out."""

from streams.cli.hall.say import Stop
from streams.simulate import shelf
from streams.simulate.story import Story


def load(name: str) -> Story:
    """The story of that name."""
    try:
        return shelf.load(name)
    except LookupError as error:
        raise Stop(str(error.args[0])) from None
