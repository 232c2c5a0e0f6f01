"""The habits of the house: the tasks, the compose file and the change notes."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text()


@pytest.fixture
def clone(tmp_path):
    """A clone in which nothing has been installed."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(clone, *arguments):
    plain = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHON"}}
    return subprocess.run(["make", "--no-print-directory", *arguments], cwd=clone, env=plain, capture_output=True, text=True, check=False)


def program(path, script):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_warm_demo_installs_nothing_and_says_that_it_took_no_time(clone):
    """A second `make demo` needs no network: pip is not called."""
    program(clone / ".venv/bin/siaga", 'echo "$SIAGA_SECONDS_INSTALL $*"')
    program(clone / ".venv/bin/python", "echo called: $* >&2; exit 1")
    (clone / ".venv/.siaga-demo").write_text("1 41\n")
    done = make(clone, "demo", "ARGS=--until-done --json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 demo --until-done --json\n", "")


def test_a_cold_demo_says_what_it_downloads_before_it_does_and_keeps_the_answer_clean(clone):
    """The first line comes at once and goes to stderr: --json on stdout stays JSON. An environment that works is kept."""
    program(clone / ".venv/bin/siaga", 'echo "$SIAGA_SECONDS_INSTALL"')
    program(clone / ".venv/bin/python", 'case "$*" in *install*) echo "pip $*" >&2; sleep 1;; esac')
    done = make(clone, "demo")
    assert re.fullmatch(r"siaga: preparing \.venv.* about \d+ MB.*\n", done.stderr)
    log = (clone / ".venv/install.log").read_text().splitlines()
    assert [("setuptools" in line, ".[demo]" in line) for line in log] == [(True, False), (False, True)]
    assert int(done.stdout) >= 2


@pytest.mark.parametrize("target", ["demo", "check"])
def test_without_a_network_a_cold_start_ends_in_one_line_of_our_own(clone, target):
    """Not in the twenty that pip has to say about it: those are kept, and next time everything begins anew."""
    program(clone / ".venv/bin/python", 'case "$*" in *install*) echo "WARNING: Retrying" >&2; echo "ERROR: no index" >&2; exit 1;; esac')
    for _ in range(2):
        done = make(clone, target)
        said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
        words = "siaga: Python packages could not be installed: is there a network? what pip says is in .venv/install.log"
        assert (len(said), said[1]) == (2, words)
        assert (done.returncode, (clone / ".venv/install.log").read_text()) == (2, "WARNING: Retrying\nERROR: no index\n")


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_again(clone, changed):
    (clone / ".venv").mkdir()
    (clone / ".venv/.siaga-dev").touch()
    assert make(clone, "--question", "install").returncode == 0
    os.utime(clone / changed, (2**32, 2**32))
    assert make(clone, "--question", "install").returncode == 1


@pytest.mark.parametrize("target", ["demo", "check"])
def test_an_old_python_is_refused_in_one_line(clone, target):
    program(clone / "old", "exit 1")
    done = make(clone, target, "PYTHON=./old")
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == ["siaga: Python 3.11 or newer is needed, and './old' is older or missing; name another: make PYTHON=python3.12 ..."]
    assert done.returncode != 0


def test_help_lists_every_target(clone):
    """Needs nothing but make."""
    done = make(clone, "help")
    (targets,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert re.findall(r"^make (\w+) ", done.stdout, re.MULTILINE) == [name for name in targets.split() if name != "install"]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_test_run_checks_first(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv/.siaga-dev").touch()
    planned = make(clone, "--dry-run", "test").stdout
    order = [planned.index(word) for word in ("ruff format", "ruff check", "mypy", "lint-imports", "-m pytest")]
    assert order == sorted(order)


def test_what_ci_runs_is_what_everybody_runs():
    """`.ci/run` installs by the Makefile's own rule and then runs exactly `make test`."""
    script = (ROOT / ".ci/run").read_text()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert "set -euo pipefail" in script
    assert re.findall(r"^(?:exec )?make (?:--no-print-directory )?(\w+)$", script, re.MULTILINE) == ["install", "test"]


def test_compose_opens_ports_to_this_machine_only():
    ports = re.findall(r'^\s+- "(\S+:\d+)"', COMPOSE, re.MULTILINE)
    assert ports
    assert [port for port in ports if not re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)] == []


def test_compose_pins_every_image():
    images = re.findall(r"^\s+image: (\S+)", COMPOSE, re.MULTILINE)
    assert images
    assert [image for image in images if not re.search(r":v?\d+\.\d+\.\d+$", image)] == []


def test_compose_runs_the_kafka_that_is_embedded():
    """The broker of the demo and the broker of one machine are the same release."""
    from streams.live.jars import KAFKA

    assert f"image: apache/kafka:{KAFKA} " in COMPOSE


def test_compose_calls_verbs_that_exist():
    """Every command of siaga's own, with its options."""
    from typer.main import get_command

    from streams.cli.main import app

    commands = [json.loads(found) for found in re.findall(r"^    command: (\[.*\])$", COMPOSE, re.MULTILINE)]
    assert [command[1] for command in commands] == ["topics", "worker", "ackpage"]
    for program, *words in commands:
        assert program == "siaga"
        verb = get_command(app)
        while words and hasattr(verb, "commands"):
            verb = verb.commands[words.pop(0)]
        assert {word.partition("=")[0] for word in words} <= {option for parameter in verb.params for option in parameter.opts}


def test_compose_and_its_example_name_settings_that_exist_and_hold_no_secret():
    from streams.live.settings import misnamed

    example = (ROOT / "docs/how-to/siaga.env.example").read_text()
    named = re.findall(r"^\s+(SIAGA_\w+): ", COMPOSE, re.MULTILINE) + re.findall(r"^(SIAGA_\w+)=", example, re.MULTILINE)
    assert len(named) > 10
    assert list(misnamed(named)) == []
    assert re.findall(r"^SIAGA_\w*(?:SECRET|PASSWORD)\w*=.+", example, re.MULTILINE) == []
    assert re.findall(r"SECRET|PASSWORD", COMPOSE) == []
    assert "COPY . " not in COMPOSE, "siaga.env would come into the image"


def test_compose_restarts_every_service_and_knows_whether_it_is_well():
    services = re.split(r"^  (\w+):\n", COMPOSE.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0], flags=re.MULTILINE)[1:]
    told = dict(zip(services[::2], services[1::2], strict=True))
    assert set(told) == {"kafka", "mail", "topics", "worker", "ackpage"}
    assert [name for name, text in told.items() if "\n    restart: " not in "\n" + text] == []
    assert [name for name in told if name != "topics" and "\n    healthcheck:" not in told[name]] == []


def test_compose_asks_for_health_where_it_is_told():
    """The port that a worker has when nobody names one, and a page that exists."""
    from streams.console.ackpage import app
    from streams.live.settings import Settings

    asked = re.findall(r"urlopen\('http://127\.0\.0\.1:(\d+)(/[\w.]+)'", COMPOSE)
    assert asked == [(str(Settings.model_fields["metrics_port"].default), "/healthz"), ("8080", "/style.css")]
    assert "/style.css" in Path(app.__file__).read_text()


def test_every_change_note_has_a_type_and_is_one_sentence():
    notes = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("-")]
    assert notes
    assert [note for note in notes if not re.fullmatch(r"- (FEATURE|CHANGE|FIX|POLICY): .+[^.]\.", note)] == []
