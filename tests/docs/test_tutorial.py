"""docs/tutorial/first-event.md, step by step, as a newcomer types it: at the end there is a message about their event in their mailbox."""

import email
import email.policy
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.cli import main
from tests.docs.blocks import DOCS, blocks

CODE = blocks("tutorial/first-event.md")
PATIENCE_SECONDS = 90

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def type_in(bootstrap, tmp_path):
    """Type a block of the tutorial into a shell; answer the process. The port of the catcher is a free one, the prefix one of our own."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, arguments in (("siaga", f"-m {main.__name__}"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    port = str(_free_port())
    known = {"SIAGA_KAFKA": bootstrap, "SIAGA_PREFIX": f"tutorial.{os.getpid()}.", "SIAGA_STATE": str(tmp_path / "state")}
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | known | {"SIAGA_METRICS_PORT": "0", "PATH": path, "PYTHONPATH": str(DOCS.parent)}

    def typed(block: str, **more) -> subprocess.Popen:
        code = re.sub(r"\b2525\b", port, CODE[block])
        return subprocess.Popen(["sh", "-e", "-c", code], cwd=tmp_path, env=environment, text=True, **more)

    return typed


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def running(process: subprocess.Popen) -> Iterator[subprocess.Popen]:
    """A terminal of its own, closed at the end."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def done(process: subprocess.Popen, code: int = 0) -> str:
    said, complaint = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code, complaint
    return said


def until_there_is(mail: Path, worker: subprocess.Popen) -> list[Path]:
    """However long the machine takes, up to a limit."""
    for _ in range(PATIENCE_SECONDS * 5):
        if found := list(mail.glob("*")):
            return found
        assert worker.poll() is None, "the worker has ended"
        time.sleep(0.2)
    return []


def test_from_an_event_to_a_message_about_it(type_in, tmp_path):
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    done(type_in("roster", **both))
    done(type_in("event", **both))
    judged = done(type_in("judge", **both))
    assert "6 events in order" in judged
    assert '"word":"delivery"' in judged
    with (
        (tmp_path / "log").open("w") as log,
        running(type_in("catcher", stderr=log)),
        running(type_in("worker", stdout=log, stderr=log)) as worker,
    ):
        done(type_in("publish", **both))
        (first, *_) = until_there_is(tmp_path / "mailbox" / "new", worker)
        message = email.message_from_bytes(first.read_bytes(), policy=email.policy.default)
        assert message["To"].addresses[0].addr_spec == "me@example.org"
        assert "PT Acme" in message["Subject"]
        assert message["Subject"].startswith("S4")
        assert "Subject: S4" in done(type_in("look", **both))
        assert "recorded; from this position it does not stop the ladder" in done(type_in("ack", **both))
