"""INTAKE and SURVEILLANCE in one process against the same job in Faust and in Quix Streams: same broker, same topic's events, same run.

    python -m tests.bench.two_rooms [--events 20000]

Every event is a bulletin of a fresh incident: read, correlated, and an alert written. Rates are events a second, from the first record to
the last commit. Ours are transactions; Faust is at least once, as it stands; Quix Streams is exactly once.

What bounds ours is Python in the rooms, some 400 µs an event: under a profiler three fifths of it are SURVEILLANCE's step of an incident
(its timeline, and the whole situation ready to be told), one fifth is INTAKE; the seats and Kafka's client are the rest. The plain job
of the others keeps a count and a list.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from schemas.topics import ALL, INCIDENTS, REGISTRY
from streams.live import kafka
from streams.live.broker import Broker
from streams.live.settings import Settings
from tests.bench import world
from tests.bench.two_rooms_workers import ALERTS, ESTATES, FIRMS

ROOT = Path(__file__).parents[2]
QUIX = "quixstreams==3.28.0"
DAY_MS = 86_400_000


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


def measure(name: str, brokers: str, events: int) -> float:
    """Publish, then let one contestant work. Raises Unavailable."""
    python = quix_python() if name == "quix" else Path(sys.executable)
    measure.count += 1
    settings = Settings.load(kafka=brokers, prefix=f"exercise.two{os.getpid()}.{measure.count}.")
    asyncio.run(prepare(settings, events))
    with tempfile.TemporaryDirectory() as directory:
        script = f"tests/bench/two_rooms_{'quix' if name == 'quix' else 'workers'}.py"
        command = [str(python), script, name, brokers, settings.prefix, str(events), directory]
        path = {"PYTHONPATH": str(ROOT / "tests" / "bench" if name == "quix" else ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=os.environ | path, capture_output=True, text=True, timeout=300, check=False)
    try:
        rate = float(json.loads(done.stdout[done.stdout.index('{"rate') :].splitlines()[0])["rate"])
    except ValueError:
        sys.exit(f"{name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    print(f"  {name}: {rate / 1000:.2f} k events/s", flush=True)
    return rate


measure.count = 0


async def prepare(settings: Settings, events: int) -> None:
    """Topics, the register, and bulletins: each firm has one incident a day, and no two records are about the same."""
    await kafka.apply(settings, (*ALL, ALERTS), audit_days=1)
    now = int(time.time() * 1000)
    async with kafka.publisher(settings) as producer:
        for entry in world.registry(ESTATES, FIRMS):
            await producer.send(settings.prefix + REGISTRY.name, entry)
        for number in range(events):
            day, firm = divmod(number, FIRMS)
            value = world.bulletin(firm, now - day * DAY_MS)
            await producer.send(settings.prefix + INCIDENTS.name, value, key=b"f%d" % firm, partition=firm % INCIDENTS.partitions)
        await producer.flush()


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as directory, Broker(Path(directory)) as broker:
        ours = measure("rooms", broker.bootstrap, events)
        for name in ("faust", "quix"):
            try:
                print(f"line_vs_{name}: {ours / measure(name, broker.bootstrap, events):.2f}")
            except Unavailable as reason:
                print(f"line_vs_{name}: skipped, {reason}")


if __name__ == "__main__":
    main()
