"""The embedded broker as a person runs it: what is taken is named, and a broker that dies is not held up."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def broker(tmp_path):
    """Start `siaga broker`; what is still running at the end is ended."""
    environment = dict(os.environ) | {"XDG_CACHE_HOME": str(cache_of(tmp_path))}
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "streams.cli.main", "broker", *arguments]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def cache_of(tmp_path):
    """A cache of one's own, which has the jars of the user's: the note of a running broker must not be that of this machine."""
    from streams.live.jars import KAFKA, cache_directory, kafka_jars

    kafka_jars(lambda _: None)
    (tmp_path / "cache" / "siaga").mkdir(parents=True)
    (tmp_path / "cache" / "siaga" / f"kafka-{KAFKA}").symlink_to(cache_directory() / f"kafka-{KAFKA}")
    return tmp_path / "cache"


def test_a_taken_port_is_named_and_nobody_is_sent_there(broker, tmp_path):
    """Whoever listens there is not ours: no success is claimed, and other terminals are not told of it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = broker("--data", str(tmp_path / "data"), "--port", str(port))
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert err.splitlines()[-1] == f"siaga: port {port} is taken by another program"
    assert not (tmp_path / "cache" / "siaga" / "running.json").exists()


def test_a_second_one_on_the_same_data_is_told_who_has_it_and_one_that_dies_says_so(broker, tmp_path):
    """Its Java is killed: the verb ends within a second, in words, and does not pretend that all is well."""
    first = broker("--data", str(tmp_path / "data"), "--json")
    said = json.loads(first.stdout.readline())
    bootstrap = said["bootstrap"]
    second = broker("--data", str(tmp_path / "data"))
    out, err = second.communicate(timeout=30)
    assert (second.returncode, out) == (2, "")
    assert err == f"siaga: {tmp_path / 'data'} is in use by process {first.pid}, Apache Kafka on {bootstrap}\n"

    os.kill(said["pid"], signal.SIGKILL)
    _, err = first.communicate(timeout=10)
    assert first.returncode == 1
    assert re.fullmatch(rf"siaga: Apache Kafka on {bootstrap} ended by itself with code -9; see .*kafka\.log", err.splitlines()[-1])
