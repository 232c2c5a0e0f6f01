"""`siaga simulate --publish` says what it waits for: a person who has forgotten the workers does not sit before an empty screen."""

import json

from typer.testing import CliRunner

from schemas.ledger import Tick
from streams.cli import simulate
from streams.cli.main import app
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


def test_what_is_written_of_bekasi_can_be_dry_run(tmp_path):
    """Two commands and no Kafka: the file holds all notices, none is refused, and the plant is told of as large, with nobody's act in it."""
    file = tmp_path / "bekasi.ndjson"
    here = CliRunner(env={"SIAGA_KAFKA": "127.0.0.1:1", "SIAGA_PREFIX": None})
    written = here.invoke(app, ["simulate", "bekasi", "--out", str(file), "--json"])
    assert (written.exit_code, json.loads(written.stdout)["events"]) == (0, len(file.read_text().splitlines()))
    done = here.invoke(app, ["dry-run", str(file)])
    words = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, [word for word in words if word["word"] == "refused"]) == (0, [])
    assert {"C1", "C2", "C3"} <= {word.get("grade") for word in words if word.get("about") == "cluster/lg-cikarang/lg-mm2100"}
