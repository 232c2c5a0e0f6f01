"""`siaga worker`: the rooms that are named, or all of them, until SIGTERM."""

from typing import Annotated

import typer

from streams.cli.hall.say import AsJson, end

EXAMPLE = "Example: siaga worker   or, to scale: siaga worker intake clock"

Rooms = Annotated[
    list[str] | None, typer.Argument(metavar="[ROOM]...", help="intake clock surveillance escalation delivery senders; all by default.")
]


def worker(rooms: Rooms = None, as_json: AsJson = False) -> None:
    """Run all rooms, or some of them; to scale, start more workers. Ends in good order on SIGTERM.

    Reads and writes the topics of SIAGA_PREFIX at SIAGA_KAFKA; create them first with: siaga topics apply
    """
    from streams.cli.hall import place
    from streams.live import app, logbook, wiring

    wanted = wiring.chosen(rooms or wiring.ROOMS)
    settings = place.located()
    wiring.judged(settings)
    place.with_topics(settings)
    logbook.keep(logbook.as_json if as_json else logbook.as_line)
    end(app.run(wiring.build(settings, wanted)))
