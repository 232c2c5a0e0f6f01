"""The how-tos say what is true: each command in them is one, with the options that it has."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from streams.cli.main import app

ROOT = Path(__file__).parents[2]
COMMANDS = [
    pytest.param(line, id=f"{path.stem}: {line[:40]}")
    for path in sorted((ROOT / "docs" / "how-to").glob("acknowledge.md"))
    for block in re.findall(r"```sh\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.startswith("siaga ")
]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_understood(line):
    """Parsed as the shell and the verb would, and not run."""
    command, (_, *words) = get_command(app), shlex.split(line, comments=True)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    context = command.make_context("siaga", words, resilient_parsing=False)
    assert context.params["as_json"] is False


def test_there_are_some():
    assert len(COMMANDS) >= 4
