"""`siaga simulate --publish` says what it waits for: a person who has forgotten the workers does not sit before an empty screen."""

from schemas.ledger import Tick
from streams.cli import simulate
from streams.cli.stage.play import Moment
from streams.cli.stage.scene import Scene


async def test_as_long_as_no_worker_has_spoken_they_are_waited_for_in_words(capsys):
    """Once, and not any more when the line has come to life."""
    scene, watching = Scene(), simulate._watching("exercise.mine.")
    moment = Moment((), 0, scene)
    for _ in range(2):
        await watching.published(moment)
        await watching.settled(moment)
    said = "siaga: the register is published; waiting up to 90 s for workers under exercise.mine.\n"
    assert capsys.readouterr().err == said
    scene._ticks[0] = Tick(0, 0, 0, 0)
    await simulate._watching("exercise.another.").published(moment)
    assert capsys.readouterr().err == ""
