"""The contestants of `seat.py`, each a process of its own: python -m tests.bench.seat_workers NAME BROKERS PREFIX EVENTS.

Each prints how many events a second it did, from the first record it had to the last that it committed.
"""

import asyncio
import json
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition

from schemas.codec import encode
from schemas.ledger import Progress
from streams.live.process import calm_collector
from streams.live.seat import Hosting, Seat
from streams.live.seats import Seats
from streams.live.settings import Settings
from tests.bench.seat_job import INBOX, OUT, PARTITIONS, ROOM

RECORDS_A_POLL = 8000


async def seat(brokers: str, prefix: str, events: int) -> tuple[float, float]:
    """The seat of this house."""
    seats = Seats(Settings.load(kafka=brokers, prefix=prefix), Hosting(ROOM, lambda record: None), INBOX, release="bench")
    calm_collector()
    running = asyncio.create_task(seats.run())
    begun = await _begun(lambda: len(seats.held) == PARTITIONS)
    cpu = time.process_time()
    while sum(held.next for held in seats.held.values()) < events or sum(map(_counted, seats.held.values())) < events:
        await asyncio.sleep(0.02)
    elapsed, cpu = time.monotonic() - begun, time.process_time() - cpu
    seats.stop()
    await running
    return events / elapsed, cpu / events


def _counted(held: Seat) -> int:
    return sum(count.times for count in held.memory.values())


async def _begun(is_so: Callable[[], bool]) -> float:
    while not is_so():
        await asyncio.sleep(0.005)
    return time.monotonic()


async def prototype(brokers: str, prefix: str, events: int) -> tuple[float, float]:
    """The proven loop of the prototype, written again: no headers, no dues, no words of ours."""
    return await _sit(brokers, prefix, events, Chair)


async def signed(brokers: str, prefix: str, events: int) -> tuple[float, float]:
    """The same loop, writing what the seat writes: our word, with its seven headers."""
    return await _sit(brokers, prefix, events, SigningChair)


async def _sit(brokers: str, prefix: str, events: int, kind: type["Chair"]) -> tuple[float, float]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers,
        group_id=prefix + "prototype",
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        max_partition_fetch_bytes=8_000_000,
    )
    chairs = Chairs(consumer, brokers, prefix, kind)
    consumer.subscribe([prefix + INBOX.name], listener=chairs)
    calm_collector()
    await consumer.start()
    begun, cpu = 0.0, time.process_time()
    while sum(chair.done for chair in chairs.held.values()) < events:
        for tp, records in (await consumer.getmany(timeout_ms=50, max_records=RECORDS_A_POLL)).items():
            if not begun:
                begun, cpu = time.monotonic(), time.process_time()
            chair = chairs.held[tp]
            await chair.queue.put(records)
            if chair.queue.full():
                consumer.pause(tp)
    elapsed, cpu = time.monotonic() - begun, time.process_time() - cpu
    await chairs.on_partitions_revoked([])
    await consumer.stop()
    return events / elapsed, cpu / events


class Chair:
    """A seat as the prototype had it."""

    def __init__(self, tp: TopicPartition, consumer: AIOKafkaConsumer, brokers: str, prefix: str) -> None:
        self.tp, self.consumer, self.prefix = tp, consumer, prefix
        self.memory: dict[bytes, bytes] = {}
        self.queue: asyncio.Queue = asyncio.Queue(maxsize=2)
        self.done = 0
        self.producer = AIOKafkaProducer(
            bootstrap_servers=brokers,
            transactional_id=f"{prefix}prototype.{tp.partition}",
            transaction_timeout_ms=10_000,
            acks="all",
            max_batch_size=1_000_000,
        )

    async def run(self) -> None:
        while (records := await self.queue.get()) is not None:
            if not self.queue.full():
                self.consumer.resume(self.tp)
            await self.work(records)

    async def work(self, records: list) -> None:
        overlay: dict[bytes, bytes] = {}
        words = []
        for record in records:
            fact = json.loads(record.value)
            overlay[record.key] = b"%d" % (int(overlay.get(record.key) or self.memory.get(record.key) or 0) + 1)
            words.append((fact["e"].encode(), *self.word(fact, record)))
        upto = records[-1].offset + 1
        entries = [(self.tp.partition, key, value, []) for key, value in overlay.items()] + [
            (self.tp.partition, b"~offset", b"%d" % upto, [])
        ]
        async with self.producer.transaction():
            sent = await self.send_all(self.prefix + "bench-changelog", entries)
            sent += await self.send_all(
                self.prefix + OUT.name, [(zlib.crc32(key) % PARTITIONS, *word) for word in words for key in word[:1]]
            )
            await asyncio.gather(*sent)
            await self.producer.send_offsets_to_transaction({self.tp: upto}, self.prefix + "prototype")
        self.memory.update(overlay)
        self.done += len(records)

    def word(self, fact: dict, record: ConsumerRecord) -> tuple[bytes, list]:
        """The event's id, bare."""
        return fact["id"].encode(), []

    async def send_all(self, topic: str, rows: list) -> list:
        batches: dict = {}
        sent = []
        for partition, key, value, headers in rows:
            batch = batches.get(partition) or batches.setdefault(partition, self.producer.create_batch())
            if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                batch.close()
                sent.append(await self.producer.send_batch(batch, topic, partition=partition))
                batches[partition] = batch = self.producer.create_batch()
                batch.append(key=key, value=value, timestamp=None, headers=headers)
        for partition, batch in batches.items():
            batch.close()
            sent.append(await self.producer.send_batch(batch, topic, partition=partition))
        return sent


class SigningChair(Chair):
    """One that writes what the seat writes."""

    def word(self, fact: dict, record: ConsumerRecord) -> tuple[bytes, list]:
        """The word and its headers, made in the plainest way."""
        headers = {
            "word": "progress",
            "by": f"bench/{record.partition}",
            "cause": f"bench-inbox/{record.partition}/{record.offset}",
            "n": "0",
            "policy": "p",
            "roster": "r",
            "release": "bench",
        }
        return encode(Progress(fact["id"], "", 0)), [(name, value.encode()) for name, value in headers.items()]


class Chairs(ConsumerRebalanceListener):
    """Who sits where."""

    def __init__(self, consumer: AIOKafkaConsumer, brokers: str, prefix: str, kind: type[Chair]) -> None:
        self.consumer, self.brokers, self.prefix, self.kind = consumer, brokers, prefix, kind
        self.held: dict[TopicPartition, Chair] = {}
        self.tasks: list[asyncio.Task] = []

    async def on_partitions_revoked(self, revoked: list) -> None:
        held, self.held = self.held, {}
        for chair in held.values():
            await chair.queue.put(None)
        await asyncio.gather(*self.tasks)
        await asyncio.gather(*(chair.producer.stop() for chair in held.values()))

    async def on_partitions_assigned(self, assigned: list) -> None:
        self.held = {tp: self.kind(tp, self.consumer, self.brokers, self.prefix) for tp in assigned}
        await asyncio.gather(*(chair.producer.start() for chair in self.held.values()))
        self.tasks = [asyncio.create_task(chair.run()) for chair in self.held.values()]


def faust_table(brokers: str, prefix: str, events: int) -> float:
    """What a user of Faust would write: one agent, one table, one topic out; at least once."""
    import faust

    app = faust.App(
        f"{prefix}faust",
        broker=f"kafka://{brokers}",
        datadir=mkdtemp(),
        store="memory://",
        topic_partitions=PARTITIONS,
        web_enabled=False,
        key_serializer="raw",
        value_serializer="raw",
        topic_replication_factor=1,
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
    )
    counts = app.Table("counts", default=int, partitions=PARTITIONS, key_type=str, value_type=int)
    out = app.topic(prefix + OUT.name, key_serializer="raw", value_serializer="raw")
    times: list[float] = []

    @app.agent(app.topic(prefix + INBOX.name, key_serializer="raw", value_serializer="raw"))
    async def count(stream):
        done = 0
        async for value in stream:
            if not done:
                times.append(time.monotonic())
            fact = json.loads(value)
            counts[fact["e"]] += 1
            await out.send(key=fact["e"].encode(), value=fact["id"].encode())
            done += 1
            if done == events:
                times.append(time.monotonic())
                print(json.dumps({"rate": events / (times[1] - times[0]), "cpu": 0}), flush=True)
                asyncio.get_running_loop().call_later(0.2, worker.stop_and_shutdown_soon)

    worker = faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, quiet=True)
    worker.stop_and_shutdown_soon = lambda: __import__("os")._exit(0)
    worker.execute_from_commandline()
    return 0.0


if __name__ == "__main__":
    name, brokers, prefix, events = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    if name == "faust":
        faust_table(brokers, prefix, events)
    else:
        work = {"seat": seat, "prototype": prototype, "signed": signed}[name]
        if len(sys.argv) > 5:
            import cProfile
            import pstats

            profile = cProfile.Profile()
            profile.enable()
        print(json.dumps(dict(zip(("rate", "cpu"), asyncio.run(work(brokers, prefix, events)), strict=True))), flush=True)
        if len(sys.argv) > 5:
            profile.disable()
            with Path(sys.argv[5]).open("w") as report:
                pstats.Stats(profile, stream=report).sort_stats("tottime").print_stats(35)
