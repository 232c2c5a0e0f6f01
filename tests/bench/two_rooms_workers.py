"""The contestants of `two_rooms`, each a process of its own: two_rooms_workers.py NAME BROKERS PREFIX EVENTS DIRECTORY.

Each prints how many events a second it did, from the first record it had to the last that it committed.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from schemas.topics import INCIDENTS, LEDGER, Kept, Topic
from streams.live.library import load
from streams.live.process import calm_collector
from streams.live.registry_view import RegistryView
from streams.live.seat import Hosting
from streams.live.seats import Seats
from streams.live.settings import Settings
from streams.pipeline.intake import INTAKE
from streams.pipeline.surveillance import SURVEILLANCE
from tests.bench import plain_job, world

ESTATES, FIRMS = 200, 2_000
ALERTS = Topic("bench-alerts", "incident", ("alerts",), 4, Kept.FOR_EVER, ("bench",), "bench")
ENTRIES_PER_EVENT = 2
"""What SURVEILLANCE remembers of each: the incident, and the fact."""


async def rooms(brokers: str, prefix: str, events: int, directory: Path) -> float:
    """INTAKE's seats at the bulletins and SURVEILLANCE's at the ledger."""
    world.install(directory / "books", ESTATES)
    settings = Settings.load(kafka=brokers, prefix=prefix, state=directory)
    books = load([directory / "books"])
    view = RegistryView(settings, books, b"key")
    await view.refresh([])
    surveillance = Seats(settings, Hosting(SURVEILLANCE, books.in_force), LEDGER, release="bench")
    intake = Seats(settings, Hosting(INTAKE, view.admission, before_batch=view.refresh), INCIDENTS, release="bench")
    calm_collector()
    running = [asyncio.create_task(surveillance.run())]
    await _until(lambda: len(surveillance.held) == LEDGER.partitions)
    running.append(asyncio.create_task(intake.run()))
    await _until(lambda: len(intake.held) == INCIDENTS.partitions)
    begun = time.monotonic()
    await _until(lambda: sum(seat.entries for seat in surveillance.held.values()) >= ENTRIES_PER_EVENT * events)
    rate = events / (time.monotonic() - begun)
    for seats in (intake, surveillance):
        seats.stop()
    await asyncio.gather(*running)
    await view.close()
    return rate


async def _until(is_so) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


def faust_agent(brokers: str, prefix: str, events: int, directory: Path) -> None:
    """What a user of Faust would write: one agent, raw bytes, pydantic, one table, one topic out."""
    import faust

    app = faust.App(
        f"{prefix}faust",
        broker=f"kafka://{brokers}",
        datadir=str(directory),
        store="memory://",
        topic_partitions=INCIDENTS.partitions,
        topic_replication_factor=1,
        web_enabled=False,
        key_serializer="raw",
        value_serializer="raw",
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
    )
    pictures = app.Table("pictures", partitions=INCIDENTS.partitions, schema=faust.Schema(key_serializer="raw", value_serializer="raw"))
    alerts = app.topic(prefix + ALERTS.name, key_serializer="raw", value_serializer="raw")
    begun = 0.0

    @app.agent(app.topic(prefix + INCIDENTS.name, key_serializer="raw", value_serializer="raw"))
    async def correlate(stream):
        nonlocal begun
        done = 0
        async for value in stream:
            begun = begun or time.monotonic()
            cloud = plain_job.read(value)
            key = plain_job.about(cloud).encode()
            pictures[key], alert = plain_job.correlate(cloud, pictures.get(key))
            if alert:
                await alerts.send(key=key, value=alert)
            done += 1
            if done == events:
                print(json.dumps({"rate": events / (time.monotonic() - begun)}), flush=True)
                os._exit(0)

    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    name, brokers, prefix, events, directory = *sys.argv[1:4], int(sys.argv[4]), Path(sys.argv[5])
    if name == "faust":
        sys.argv[1:] = ["worker"]
        faust_agent(brokers, prefix, events, directory)
    else:
        print(json.dumps({"rate": asyncio.run(rooms(brokers, prefix, events, directory))}), flush=True)
