"""The contestants of `two_rooms`, each a process of its own: two_rooms_workers.py NAME JOB BROKERS PREFIX EVENTS DIRECTORY.

Each prints how many events a second it did, from the first record it had to the last that it committed.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from schemas.topics import LEDGER, REGISTRY, Kept, Topic
from streams.live.process import calm_collector
from streams.live.registry_view import RegistryView
from streams.live.seat import Hosting
from streams.live.seats import Seats
from streams.live.settings import Settings
from streams.pipeline.intake import INTAKE
from streams.pipeline.surveillance import SURVEILLANCE
from streams.pipeline.surveillance.reporting.memory import Duty
from tests.bench.plain_job import JOBS, Job
from tests.bench.two_rooms_story import TOLD, Told

PARTITIONS = 4
ALERTS = Topic("bench-alerts", "incident", ("alerts",), PARTITIONS, Kept.FOR_EVER, ("bench",), "bench")


async def rooms(told: Told, settings: Settings, events: int) -> float:
    """INTAKE's seats at the events and SURVEILLANCE's at the ledger; before them the register, where permits must be enrolled."""
    books = told.books(settings.state)
    view = RegistryView(settings, books, b"key", b"key")
    await view.refresh([])
    heard: list[int] = []
    surveillance = Seats(settings, Hosting(SURVEILLANCE, books.in_force, let_go=lambda done: heard.append(len(done))), LEDGER)
    admitting = Hosting(INTAKE, view.admission, before_batch=view.refresh)
    enrolling, intake = Seats(settings, admitting, REGISTRY), Seats(settings, admitting, told.inbox)
    calm_collector()
    running = [await _sitting(surveillance)]
    if owed := told.enrolled(events):
        running.append(await _sitting(enrolling))
        await _until(lambda: _enrolled(surveillance) == owed, 0.5)
        calm_collector()
    heard.clear()
    running.append(await _sitting(intake))
    begun = time.monotonic()
    await _until(lambda: sum(heard) >= told.heard_each * events)
    rate = events / (time.monotonic() - begun)
    for seats in (intake, enrolling, surveillance):
        seats.stop()
    await asyncio.gather(*running)
    await view.close()
    return rate


async def _sitting(seats: Seats) -> asyncio.Task[None]:
    task = asyncio.create_task(seats.run())
    await _until(lambda: len(seats.held) == seats.inbox.partitions)
    return task


def _enrolled(surveillance: Seats) -> int:
    return sum(isinstance(entry, Duty) for seat in surveillance.held.values() for entry in seat.memory.values())


async def _until(is_so: Callable[[], bool], pause: float = 0.01) -> None:
    while not is_so():
        await asyncio.sleep(pause)


def faust_agent(job: Job, brokers: str, prefix: str, events: int, directory: Path) -> None:
    """What a user of Faust would write: one agent, raw bytes, pydantic, one table, one topic out."""
    import faust

    app = faust.App(
        f"{prefix}faust",
        broker=f"kafka://{brokers}",
        datadir=str(directory),
        store="memory://",
        topic_partitions=PARTITIONS,
        topic_replication_factor=1,
        web_enabled=False,
        key_serializer="raw",
        value_serializer="raw",
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
    )
    known = app.Table("known", partitions=PARTITIONS, schema=faust.Schema(key_serializer="raw", value_serializer="raw"))
    alerts = app.topic(prefix + ALERTS.name, key_serializer="raw", value_serializer="raw")
    begun = 0.0

    @app.agent(app.topic(prefix + job.topic, key_serializer="raw", value_serializer="raw"))
    async def hear(stream):
        nonlocal begun
        done = 0
        async for value in stream:
            begun = begun or time.monotonic()
            fact = job.read(value)
            key = job.about(fact).encode()
            known[key], alert = job.keep(fact, known.get(key))
            if alert:
                await alerts.send(key=key, value=alert)
            done += 1
            if done == events:
                print(json.dumps({"rate": events / (time.monotonic() - begun)}), flush=True)
                os._exit(0)

    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    name, kind, brokers, prefix, events, directory = *sys.argv[1:5], int(sys.argv[5]), Path(sys.argv[6])
    if name == "faust":
        sys.argv[1:] = ["worker"]
        faust_agent(JOBS[kind], brokers, prefix, events, directory)
    else:
        settings = Settings.load(kafka=brokers, prefix=prefix, state=directory, time=TOLD[kind].time)
        print(json.dumps({"rate": asyncio.run(rooms(TOLD[kind], settings, events))}), flush=True)
