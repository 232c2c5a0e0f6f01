"""INTAKE and SURVEILLANCE in one process against the same job in Faust and in Quix Streams: same broker, same topic's events, same run.

    python -m tests.bench.two_rooms [--job reports] [--events 22000]

reports: a deadline's own storm. Every event is a report of another firm: admitted, and put into the duty of its permit. incidents: every
event is a bulletin of a fresh incident: read, correlated, and an alert written. Rates are events a second, from the first record to the
last commit. Ours are transactions; Faust is at least once, as it stands; Quix Streams is exactly once.

What bounds ours in a report is Python in one thread, which hardly ever waits for Kafka. Of its CPU time, sampled, two fifths are INTAKE's
step (judging the event; then its firm, permit and place in the register), a sixth SURVEILLANCE's, a sixth packing, signing and dues of
both, and a quarter the seats and Kafka's client. Each report passes two rooms and two transactions; the job of the others validates it and
keeps a list. Expect Quix Streams, which reads and writes by a client in C, to be faster on that job than our two rooms. On a machine that
others use too, ratios of single runs differ by a factor of two: `make bench` takes the median of three, by turns.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import msgspec

from schemas.topics import ALL
from streams.live import kafka
from streams.live.broker import Broker
from streams.live.settings import Settings
from tests.bench.two_rooms_story import TOLD
from tests.bench.two_rooms_workers import ALERTS

ROOT = Path(__file__).parents[2]
SECONDS = 300
QUIX = "quixstreams==3.28.0"


class Unavailable(Exception):
    """A contestant cannot be had here: says why."""


def quix_python() -> Path:
    """An interpreter that has Quix Streams, in an environment of its own under the user's cache. Raises Unavailable."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "siaga" / f"bench-{QUIX}"
    python = home / "bin" / "python"
    if (home / "complete").exists():
        return python
    venv.create(home, with_pip=True, clear=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", QUIX]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise Unavailable(f"{QUIX} cannot be installed: {(done.stderr.strip().splitlines() or ['pip said nothing'])[-1]}")
    (home / "complete").touch()
    return python


def measure(name: str, job: str, brokers: str, events: int) -> float:
    """Publish, then let one contestant work. Raises Unavailable."""
    python = quix_python() if name == "quix" else Path(sys.executable)
    measure.count += 1
    settings = Settings.load(kafka=brokers, prefix=f"exercise.two{os.getpid()}.{measure.count}.")
    asyncio.run(prepare(settings, job, events))
    with tempfile.TemporaryDirectory() as directory:
        script = f"tests/bench/two_rooms_{'quix' if name == 'quix' else 'workers'}.py"
        command = [str(python), script, name, job, brokers, settings.prefix, str(events), directory]
        path = {"PYTHONPATH": os.pathsep.join([str(ROOT), lent(Path(directory))] if name == "quix" else [str(ROOT)])}
        done = subprocess.run(command, cwd=ROOT, env=os.environ | path, capture_output=True, text=True, timeout=SECONDS, check=False)
    try:
        rate = float(json.loads(done.stdout[done.stdout.index('{"rate') :].splitlines()[0])["rate"])
    except ValueError:
        sys.exit(f"{name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    print(f"  {name}, {job}: {rate / 1000:.2f} k events/s", flush=True)
    return rate


measure.count = 0


def lent(directory: Path) -> str:
    """Where another interpreter of this version finds msgspec, which the words need and Quix Streams does not bring."""
    (directory / "lent").mkdir()
    (directory / "lent" / "msgspec").symlink_to(Path(msgspec.__file__).parent)
    return str(directory / "lent")


async def prepare(settings: Settings, job: str, events: int) -> None:
    """Topics, the register, and the events."""
    await kafka.apply(settings, (*ALL, ALERTS), audit_days=1)
    async with kafka.publisher(settings) as producer:
        for sent in TOLD[job].records(events):
            name, headers = settings.prefix + sent.topic.name, list(sent.headers)
            await producer.send(name, sent.value, key=sent.key, partition=sent.partition, headers=headers)
        await producer.flush()


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", choices=TOLD, default="reports")
    parser.add_argument("--events", type=int, default=22_000)
    job, events = (chosen := parser.parse_args()).job, chosen.events
    with tempfile.TemporaryDirectory() as directory, Broker(Path(directory)) as broker:
        ours = measure("rooms", job, broker.bootstrap, events)
        for name in ("faust", "quix"):
            try:
                print(f"{job}_vs_{name}: {ours / measure(name, job, broker.bootstrap, events):.2f}")
            except Unavailable as reason:
                print(f"{job}_vs_{name}: skipped, {reason}")


if __name__ == "__main__":
    main()
