"""Write docs/reference anew from the code: schemas and AsyncAPI, the verbs, the topics. A test says when that has to be done.

python tests/docs/reference.py
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT))

from typer.main import get_command  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

from schemas import asyncapi, topics  # noqa: E402
from streams.cli.main import app  # noqa: E402

WRITTEN = "<!-- Written by tests/docs/reference.py; change the code, then run that. -->\n"


def files() -> Mapping[str, bytes]:
    """Every generated file of docs/reference, by its name."""
    return {**asyncapi.files(), "verbs.md": _verbs().encode(), "topics.md": _topics().encode()}


def _verbs() -> str:
    told = "".join(f"\n## {' '.join(('siaga', *verb))}\n\n```\n{_help(verb)}\n```\n" for verb in _named(get_command(app)))
    return f"{WRITTEN}\n# Verbs\n\nWhat `--help` says of each. Exit codes: 0 done, 1 the answer is no, 2 usage or bad input.\n{told}"


def _named(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, each in sorted(getattr(command, "commands", {}).items()):
        yield from _named(each, (*path, name))


def _help(verb: tuple[str, ...]) -> str:
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, [*verb, "--help"]).stdout.strip()


def _topics() -> str:
    rows = "".join(
        f"| `{topic.name}` | {topic.key} | {topic.partitions} | {topic.kept.value} | {', '.join(topic.writers)} | {topic.reader} |\n"
        for topic in topics.ALL
    )
    head = "| topic | key | partitions | kept | written by | read by |\n|---|---|---|---|---|---|\n"
    return f"{WRITTEN}\n# Topics\n\nAll under `SIAGA_PREFIX` (`siaga.`); all with the broker's own time of appending.\n\n{head}{rows}"


if __name__ == "__main__":
    for stale in REFERENCE.glob("schemas/*.json"):
        stale.unlink()
    for name, content in files().items():
        path = REFERENCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
