"""docs/reference says what the code says, and AsyncAPI's own parser reads it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.facts import FACTS
from schemas.topics import INTAKE_TOPICS
from streams.cli.main import app
from tests.docs import reference

ASYNCAPI = json.loads((reference.REFERENCE / "asyncapi.json").read_text())
BY_HAND = "alerts.yml"
GOLDEN = reference.ROOT / "tests" / "golden" / "wire"
NODE, MODULES = shutil.which("node"), os.environ.get("NODE_PATH", "")


def test_nothing_has_drifted():
    """After a change of facts, topics or verbs: python tests/docs/reference.py."""
    written = reference.files()
    there = {str(path.relative_to(reference.REFERENCE)) for path in reference.REFERENCE.rglob("*") if path.is_file()}
    assert there == {*written, BY_HAND}
    assert [name for name, content in written.items() if (reference.REFERENCE / name).read_bytes() != content] == []


@pytest.mark.parametrize("kind", FACTS)
def test_every_type_has_a_schema_that_refuses_what_it_does_not_know(kind):
    schema = json.loads((reference.REFERENCE / "schemas" / f"{kind}.json").read_text())
    assert (schema["title"], schema["type"], schema["additionalProperties"]) == (kind, "object", False)
    assert set(schema.get("required", ())) <= set(schema["properties"])


@pytest.mark.parametrize("topic", INTAKE_TOPICS, ids=lambda topic: topic.name)
def test_every_intake_topic_has_its_types_in_both_modes_and_no_mark_of_our_own(topic):
    theirs = {kind for kind, fact in FACTS.items() if topic in fact.topics} - {"siaga.intake-watermark.v1"}
    channel, operation = ASYNCAPI["channels"][topic.name], ASYNCAPI["operations"][f"publish-{topic.name}"]
    assert set(channel["messages"]) == {f"{kind}.{mode}" for kind in theirs for mode in ("binary", "structured")}
    assert len(operation["messages"]) == len(channel["messages"])
    assert (channel["address"], operation["action"]) == (f"{{prefix}}{topic.name}", "send")


def test_how_one_is_let_in_is_left_to_the_operator():
    assert "security" not in json.dumps(ASYNCAPI)


def test_the_verb_writes_the_same(tmp_path):
    """A publisher who has siaga needs no copy of the repository."""
    done = CliRunner().invoke(app, ["schemas", "--output", str(tmp_path / "new"), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["files"] == sorted(name for name in reference.files() if name.endswith(".json"))
    assert (tmp_path / "new/asyncapi.json").read_bytes() == (reference.REFERENCE / "asyncapi.json").read_bytes()


def test_the_verb_lists_every_type_with_its_topics():
    lines = CliRunner().invoke(app, ["schemas"]).stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(FACTS)
    found = json.loads(CliRunner().invoke(app, ["schemas", "--json"]).stdout)
    assert found["siaga.report-submission.v1"]["topics"] == ["report-submissions"]
    assert found["siaga.report-submission.v1"]["schema"]["properties"]["period"] == {"format": "date", "type": "string"}


@pytest.mark.skipif(not NODE, reason="no node on this machine")
@pytest.mark.skipif(not (Path(MODULES) / "@asyncapi" / "parser").is_dir(), reason="NODE_PATH names no node_modules with @asyncapi/parser")
def test_asyncapis_own_parser_reads_it_and_the_schemas_take_the_frozen_samples():
    script = Path(__file__).with_name("asyncapi.cjs")
    command = [str(NODE), str(script), str(reference.REFERENCE / "asyncapi.json"), str(GOLDEN)]
    done = subprocess.run(command, env={**os.environ, "NODE_PATH": MODULES}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["complaints"], found["untaken"]) == ([], [])
    assert {action for action, _ in found["operations"]} == {"send"}
