"""The seat against its prototype and against an idiomatic Faust agent: same broker, same events, same run.

    python -m tests.bench.seat [--events 300000] [--runs 2] [--faust-events 20000]

Prints rates in events a second and their ratios. SIAGA_KAFKA names another broker.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from schemas.topics import PARKED, PROGRESS, changelog, partition_of
from streams.live import kafka
from streams.live.broker import Broker
from streams.live.settings import Settings
from tests.bench.seat_job import INBOX, OUT, ROOM, event

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--faust-events", type=int, default=20_000)
    parser.add_argument("--profile", type=Path)
    choice = parser.parse_args()
    if named := os.environ.get("SIAGA_KAFKA"):
        compare(named, choice)
        return
    with tempfile.TemporaryDirectory() as directory, Broker(Path(directory)) as broker:
        compare(broker.bootstrap, choice)


def compare(brokers: str, choice: argparse.Namespace) -> None:
    """Run the contestants in turn, each on topics of its own."""
    rates: dict[str, list[float]] = {"seat": [], "prototype": [], "signed": []}
    for run in range(choice.runs):
        for name in sorted(rates, reverse=bool(run % 2)):
            rates[name].append(measure(name, brokers, choice.events, choice.profile if name == "seat" else None))
    for name, found in rates.items():
        print(f"{name}: {', '.join(f'{rate / 1000:.1f} k' for rate in found)} events/s")
    print(f"seat_vs_prototype: {median(rates['seat']) / median(rates['prototype']):.2f}")
    print(f"seat_vs_prototype_with_the_same_words: {median(rates['seat']) / median(rates['signed']):.2f}")
    if choice.faust_events:
        faust = measure("faust", brokers, choice.faust_events, None)
        print(f"faust: {faust / 1000:.1f} k events/s\nseat_vs_faust: {median(rates['seat']) / faust:.1f}")


def measure(name: str, brokers: str, events: int, profile: Path | None) -> float:
    """Publish, then let one contestant work."""
    measure.count += 1
    settings = Settings.load(kafka=brokers, prefix=f"exercise.bench{os.getpid()}.{measure.count}.")
    asyncio.run(prepare(settings, events))
    command = [
        sys.executable,
        "-m",
        "tests.bench.seat_workers",
        name,
        brokers,
        settings.prefix,
        str(events),
        *([str(profile)] if profile else []),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    try:
        answer = json.loads(done.stdout[done.stdout.index('{"') :])
        print(f"  {name}: {answer['rate'] / 1000:.1f} k events/s, {answer['cpu'] * 1e6:.1f} µs of CPU an event", flush=True)
        return float(answer["rate"])
    except (IndexError, ValueError):
        sys.exit(f"{name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")


measure.count = 0


async def prepare(settings: Settings, events: int) -> None:
    """Topics, and the events in them."""
    await kafka.apply(settings, (INBOX, OUT, changelog(ROOM.name, INBOX), PROGRESS, PARKED), audit_days=1)
    async with kafka.publisher(settings) as producer:
        for number in range(events):
            key, value = event(number)
            await producer.send(settings.prefix + INBOX.name, value, key=key, partition=partition_of(key.decode(), INBOX))
        await producer.flush()


if __name__ == "__main__":
    main()
