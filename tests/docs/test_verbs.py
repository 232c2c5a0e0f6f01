"""Each verb of the command line has help with an example, says what --json does, and starts quickly."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from streams.cli import main
from streams.cli.main import app
from streams.live.process import release


def _verbs(command, path=()):
    for name, each in sorted(command.commands.items()):
        yield from _verbs(each, (*path, name)) if hasattr(each, "commands") else [(*path, name)]


VERBS = list(_verbs(get_command(app)))


def help_of(verb):
    done = CliRunner(env={"COLUMNS": "140"}).invoke(app, [*verb, "--help"])
    assert done.exit_code == 0
    return done.stdout


def test_these_verbs_exist():
    assert {verb[0] for verb in VERBS} >= {
        "demo",
        "worker",
        "broker",
        "topics",
        "publish",
        "simulate",
        "dry-run",
        "audit",
        "ack",
        "act",
        "ackpage",
    }


def test_the_files_of_the_folder_are_its_verbs():
    """Whoever lists the folder reads what siaga can do; what verbs share stands in sub-folders."""
    files = {path.stem.replace("_", "-") for path in Path(main.__file__).parent.glob("*.py")}
    assert files - {"--init--", "main"} == {verb[0] for verb in VERBS}


@pytest.mark.parametrize("group", [[], ["topics"], ["act"]], ids=["siaga", "siaga topics", "siaga act"])
def test_a_group_without_a_verb_shows_what_there_is(group):
    """As --help does, whole, and nothing has gone wrong."""
    alone = CliRunner().invoke(app, group)
    assert (alone.exit_code, alone.stdout, alone.stderr) == (0, CliRunner().invoke(app, [*group, "--help"]).stdout, "")
    assert "..." not in alone.stdout.partition("Commands:")[2]


def test_the_release_is_told():
    assert CliRunner().invoke(app, ["--version"]).stdout == f"siaga {release()}\n"


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_verb_has_help_with_an_example_that_names_it(verb):
    text = help_of(verb)
    example = text.partition("Example:")[2]
    assert f"siaga {' '.join(verb)}" in " ".join(example.split())


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_verb_speaks_json(verb):
    assert "--json" in help_of(verb)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_option_and_argument_is_explained(verb):
    """An option that stands alone in its line says nothing."""
    rows = [line.strip() for line in help_of(verb).partition("Options:")[2].splitlines() if line.startswith("  --")]
    assert rows
    assert [row for row in rows if len(row.split("  ")) < 2] == []


def test_help_is_quick():
    """Whoever asks for help does not wait for Kafka's libraries to be imported."""
    heavy = "import sys; import streams.cli.main; print([m for m in ('aiokafka', 'faust', 'pydantic', 'aiohttp') if m in sys.modules])"
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert time.monotonic() - begun < 5
