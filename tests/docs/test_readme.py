"""The README says what is true: its example passes, its commands exist, its tests are there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_example_would_be_taken_in(tmp_path):
    """Copied as it stands, `siaga publish --check` has nothing against it."""
    (example,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    (tmp_path / "facts.ndjson").write_text(example)
    command = [sys.executable, "-m", "streams.cli.main", "publish", "facts.ndjson", "--check", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["lines"] == example.count("\n") == 5


def test_its_example_tells_somebody_in_a_dry_run(tmp_path):
    """What `siaga dry-run` says of it: an alert, and who would be told."""
    (example,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    (tmp_path / "facts.ndjson").write_text(example)
    command = [sys.executable, "-m", "streams.cli.main", "dry-run", "facts.ndjson"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {json.loads(line)["word"] for line in done.stdout.splitlines()} == {"alert", "escalation", "delivery"}
    assert done.stderr.endswith("nothing was sent\n")


@pytest.mark.parametrize("target", ["demo", "test"])
def test_its_two_commands_are_targets(target):
    """`make demo` and `make test`."""
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("number", sorted(set(re.findall(r"`tests/laws/` ([\d, ]+)", README))))
def test_every_law_it_names_has_its_test(number):
    """A guarantee without a test is a wish."""
    for law in number.replace(" ", "").strip(",").split(","):
        assert list((ROOT / "tests" / "laws").glob(f"test_law_{int(law):02}_*.py")), law
