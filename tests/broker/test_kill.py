"""Two workers, twenty thousand events, and a seeded hand that kills, freezes and stops them: nothing lost, nothing twice.

SIAGA_KILL_SEED and SIAGA_KILL_EVENTS choose another run.
"""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.codec import encode
from schemas.ledger import Tick
from schemas.topics import PARKED, PROGRESS, changelog
from streams.live import kafka
from streams.live.broker import Broker
from streams.live.process import BROKEN
from streams.live.settings import Settings
from streams.live.turn import OFFSET
from streams.pipeline.line import Record
from tests.broker.summing import INBOX, OUT, ROOM

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SEED = int(os.environ.get("SIAGA_KILL_SEED", "1"))
EVENTS = int(os.environ.get("SIAGA_KILL_EVENTS", "20000"))
KEYS = 400
TICK_EVERY = 1000
ROOT = Path(__file__).parents[2]
A_ZOMBIES = re.compile("ProducerFenced|InvalidProducerEpoch|InvalidProducerIdMapping|InvalidTxnState")
"""The only words with which a worker may stop itself here: it was frozen, and another has taken its seats."""


class Crew:
    """Two workers that a supervisor keeps running."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings = settings
        self._log = log.open("ab")
        self.workers = [self._start(), self._start()]
        self.ended: list[int] = []

    def hurt(self, how: str, which: int) -> None:
        """Do one thing to one worker."""
        worker = self.workers[which]
        worker.send_signal({"kill": signal.SIGKILL, "freeze": signal.SIGSTOP, "stop": signal.SIGTERM}[how])

    def wake(self, which: int) -> None:
        """Let a frozen worker go on: by now another may hold its seats."""
        self.workers[which].send_signal(signal.SIGCONT)

    def supervise(self) -> None:
        """Start again whoever ended."""
        for number, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.ended.append(worker.returncode)
                self.workers[number] = self._start()

    def dismiss(self) -> list[int]:
        """Ask everybody to stop; return how they did."""
        for worker in self.workers:
            worker.send_signal(signal.SIGCONT)
            worker.terminate()
        codes = [worker.wait(20) for worker in self.workers]
        self._log.close()
        return codes

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.broker.worker", self._settings.kafka, self._settings.prefix]
        return subprocess.Popen(command, cwd=ROOT, stdout=self._log, stderr=self._log)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A Kafka for this test alone, or the user's own."""
    prefix = f"exercise.kill{os.getpid()}."
    if named := os.environ.get("SIAGA_KAFKA"):
        yield Settings.load(kafka=named, prefix=prefix)
        return
    with Broker(tmp_path / "kafka") as broker:
        yield Settings.load(kafka=broker.bootstrap, prefix=prefix)


async def test_nothing_is_lost_and_nothing_twice(settings: Settings, tmp_path: Path) -> None:
    """Whatever happens to workers, the words are those of the pure fold over the inbox, each once."""
    await kafka.apply(settings, (INBOX, OUT, changelog(ROOM.name, INBOX), PROGRESS, PARKED), audit_days=1)
    crew = Crew(settings, tmp_path / "workers.log")
    try:
        await asyncio.gather(publish(settings), torment(crew))
        await caught_up(settings, crew)
    finally:
        codes = crew.dismiss()
    assert set(codes) <= {0, -signal.SIGTERM}, (tmp_path / "workers.log").read_text()[-3000:]
    assert set(crew.ended) <= {0, BROKEN, -signal.SIGKILL, -signal.SIGTERM}  # SIGTERM may come before the worker listens for it
    last_words = [line for line in (tmp_path / "workers.log").read_text().splitlines() if "worker.ends" in line]
    assert [words for words in last_words if not A_ZOMBIES.search(words)] == []
    assert crew.ended.count(BROKEN) == len(last_words)
    expected_words, expected_memory = await fold(settings)
    said = Counter([signature(record) async for record in kafka.read(settings, OUT)])
    assert [s for s, times in said.items() if times > 1] == []
    assert said.keys() ^ expected_words.keys() == set()
    assert {signature(record): record.value async for record in kafka.read(settings, OUT)} == expected_words
    assert await memory(settings) == expected_memory
    assert [record async for record in kafka.read(settings, PARKED)] == []
    print(f"seed {SEED}: {EVENTS} events, {len(said)} words, workers ended with {Counter(crew.ended)}")


async def publish(settings: Settings) -> None:
    """Numbers for random keys, and now and then a tick to every partition, as fast as twenty seconds of trouble want it."""
    chance = random.Random(SEED)
    async with kafka.publisher(settings) as producer:
        for number in range(EVENTS):
            key = chance.randrange(KEYS)
            await producer.send(settings.prefix + INBOX.name, b"%d" % number, key=b"k%d" % key, partition=key % INBOX.partitions)
            if number % TICK_EVERY == TICK_EVERY - 1:
                await tick(settings, producer, number)
                await asyncio.sleep(20 * TICK_EVERY / EVENTS)
        await tick(settings, producer, 2 * EVENTS)
        await producer.flush()


async def tick(settings: Settings, producer: kafka.AIOKafkaProducer, at: int) -> None:
    """A tick to every partition."""
    for partition in range(INBOX.partitions):
        value = encode(Tick(at, at, 0, 0))
        await producer.send(settings.prefix + INBOX.name, value, partition=partition, headers=[("word", b"tick")])


async def torment(crew: Crew) -> None:
    """Kill, freeze past the session's end, or stop one worker or the other."""
    chance = random.Random(SEED)
    for _ in range(8):
        await asyncio.sleep(chance.uniform(1.0, 3.5))
        crew.supervise()
        how, which = chance.choice(["kill", "kill", "freeze", "stop"]), chance.randrange(2)
        crew.hurt(how, which)
        if how == "freeze":
            await asyncio.sleep(chance.choice([3, 12]))
            crew.wake(which)
    await asyncio.sleep(1)


async def caught_up(settings: Settings, crew: Crew) -> None:
    """Wait until the last tick is committed everywhere; a supervisor goes on restarting meanwhile."""
    last = 2 * EVENTS
    async with asyncio.timeout(90):
        while True:
            crew.supervise()
            offsets = [record async for record in kafka.read(settings, changelog(ROOM.name, INBOX)) if record.key == OFFSET.encode()]
            if {record.partition for record in offsets if record.header("tick") == str(last)} == set(range(INBOX.partitions)):
                return
            await asyncio.sleep(1)


async def fold(settings: Settings) -> tuple[dict[tuple[str, str, str], bytes], dict[str, object]]:
    """What a plain loop over the inbox makes of it."""
    words: dict[tuple[str, str, str], bytes] = {}
    entries: dict[str, object] = {}
    dues: dict[str, int] = {}
    for partition in range(INBOX.partitions):
        async for record in kafka.read(settings, INBOX, partition=partition):
            if record.header("word") != "tick":
                answer(record, "", entries, dues, words)
                continue
            at = int(record.value.split(b'"at":')[1].split(b",")[0])
            for _, name in sorted((due, name) for name, due in dues.items() if due <= at and int(name[1:]) % INBOX.partitions == partition):
                answer(record._replace(key=name.encode()), f"/{name}", entries, dues, words)
    return words, entries


def answer(record: Record, suffix: str, entries: dict, dues: dict, words: dict) -> None:
    """Step the room on plain dicts."""
    step = ROOM.step(entries, record, None)
    entries.update(step.changes)
    for name in step.changes:
        dues.pop(name, None)
        if name in step.due:
            dues[name] = step.due[name].at
    for n, said in enumerate(step.words):
        words[f"{ROOM.name}/{record.partition}", f"{record.topic}/{record.partition}/{record.offset}{suffix}", str(n)] = encode(said.word)


async def memory(settings: Settings) -> dict[str, object]:
    """What the changelog has."""
    found = {record.key.decode(): record.value async for record in kafka.read(settings, changelog(ROOM.name, INBOX))}
    return {name: ROOM.unpack(value) for name, value in found.items() if name != OFFSET and value is not None}


def signature(record: Record) -> tuple[str, str, str]:
    """What occurs once."""
    return record.header("by"), record.header("cause"), record.header("n")
