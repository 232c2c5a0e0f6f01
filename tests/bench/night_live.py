"""The same night on Kafka with one worker process that holds every seat; and what its memory costs when a seat opens again.

python -m tests.bench.night_live [--firms 22000]
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import codec, topics
from schemas.ids import gate
from schemas.ledger import Tick
from schemas.topics import ATTEMPTS, ESCALATION_INBOX, LEDGER, REPORTS, Topic, changelog
from streams.cli.stage import troupe
from streams.cli.stage.play import play
from streams.live import kafka
from streams.live.broker import Broker
from streams.live.changelog import restore
from streams.live.settings import Settings, TimeSource
from streams.pipeline.line import Entry
from streams.pipeline.surveillance import SURVEILLANCE
from streams.simulate import shelf
from streams.simulate.worlds.deadlines import FRIDAY
from streams.simulate.worlds.firms import SIINAS
from tests.bench.night import Told, alerts_of, told_of

ROOT = Path(__file__).parents[2]
MB = 1_000_000


class Night(NamedTuple):
    """alerts: said because of the tick that carries the proof. seconds: from that tick to the last of them, as a reader has them."""

    alerts: int
    seconds: float
    told: Told
    worker_bytes: int


class Restored(NamedTuple):
    """What opening SURVEILLANCE's seats reads: how long all of them take together, and what the process then holds."""

    entries: int
    seconds: float
    bytes: int


async def night(brokers: str, firms: int) -> tuple[Night, Restored]:
    """The story of so many firms, played on Kafka; then the memory of SURVEILLANCE is read again, the median of three."""
    settings = Settings.load(kafka=brokers, prefix=f"exercise.night{os.getpid()}.{firms}.", time=TimeSource.WATERMARKS)
    await kafka.apply(settings, topics.ALL, audit_days=1)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        async with troupe.catcher(directory, 0, ()) as caught, _watching(settings) as watch:
            with worker(troupe.environment(settings, caught, directory / "state"), directory) as process:
                await play(settings, shelf.load("deadline-night", firms))
                held = resident(process.pid)
    sent = [record async for record in kafka.read(settings, ATTEMPTS)]
    restored = sorted([await asyncio.to_thread(_apart, settings) for _ in range(3)], key=attrgetter("seconds"))
    return Night(watch.alerts, watch.last - watch.proof, told_of(sent), held), restored[1]


class Watch:
    """When the tick with the proof was there to be read, when the last alert because of it was, and how many there were."""

    def __init__(self) -> None:
        self.alerts = 0
        self.proof = self.last = 0.0


@asynccontextmanager
async def _watching(settings: Settings) -> AsyncIterator[Watch]:
    """Reads what is committed, until the block is left."""
    watch = Watch()
    reading = asyncio.create_task(_watch(settings, watch))
    try:
        yield watch
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _watch(settings: Settings, watch: Watch) -> None:
    async for record in kafka.follow(settings, LEDGER, ESCALATION_INBOX):
        if not watch.proof and record.topic == LEDGER.name and record.header("word") == "tick":
            tick = codec.decode(record.value or b"")
            watch.proof = time.monotonic() if isinstance(tick, Tick) and _proves(tick) else 0.0
        elif watch.proof and record.topic == ESCALATION_INBOX.name:
            for _ in (alert for alert in alerts_of([record]) if alert.at <= FRIDAY.decided_at):
                watch.alerts, watch.last = watch.alerts + 1, time.monotonic()


def _proves(tick: Tick) -> bool:
    received = dict(tick.proven).get(gate(REPORTS.name, SIINAS), 0)
    return tick.complete_through >= FRIDAY.decided_at and received >= FRIDAY.due_at


@contextmanager
def worker(environment: dict[str, str], directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One worker with every room, until the block is left."""
    command = [sys.executable, "-m", "streams.cli.main", "worker"]
    with (
        (directory / "worker.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


def resident(pid: int | str = "self") -> int:
    """How much memory a process holds now, in bytes."""
    (kilobytes,) = re.findall(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(kilobytes) * 1024


def _apart(settings: Settings) -> Restored:
    """In a process of its own, as a worker that starts."""
    command = [sys.executable, "-m", "tests.bench.night_live", "--restore", settings.kafka, settings.prefix]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        sys.exit(f"restoring failed:\n{done.stderr[-3000:]}")
    return Restored(*json.loads(done.stdout.splitlines()[-1]))


async def _restored(settings: Settings) -> Restored:
    """All at once, each with a reader of its own, as the seats of a worker do."""
    kept_in = changelog(SURVEILLANCE.name, LEDGER)
    begun = time.monotonic()
    entries = await asyncio.gather(*(_read_again(settings, kept_in, partition) for partition in range(kept_in.partitions)))
    return Restored(sum(map(len, entries)), time.monotonic() - begun, resident())


async def _read_again(settings: Settings, kept_in: Topic, partition: int) -> dict[str, Entry]:
    options = settings.kafka_options()
    reader = AIOKafkaConsumer(**options, isolation_level="read_committed", enable_auto_commit=False, max_partition_fetch_bytes=16 * MB)
    await reader.start()
    try:
        place = TopicPartition(settings.prefix + kept_in.name, partition)
        return (await restore(reader, place, SURVEILLANCE.unpack)).entries
    finally:
        await reader.stop()


def main() -> None:
    """Measure, and print; with --restore only read a memory that is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=22_000)
    parser.add_argument("--restore", nargs=2, metavar=("BROKERS", "PREFIX"))
    chosen = parser.parse_args()
    if chosen.restore:
        brokers, prefix = chosen.restore
        print(json.dumps(asyncio.run(_restored(Settings.load(kafka=brokers, prefix=prefix)))))
        return
    with tempfile.TemporaryDirectory() as directory, Broker(Path(directory)) as broker:
        print(asyncio.run(night(broker.bootstrap, chosen.firms)))


if __name__ == "__main__":
    main()
