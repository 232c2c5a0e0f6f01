"""Event published to mail accepted: 50 new S4 incidents a second for a minute, two workers, a real relay. Real time, production rooms."""

import asyncio
import json
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from time import monotonic, time

from schemas import topics
from schemas.topics import INCIDENTS, REGISTRY
from streams.cli.stage import troupe
from streams.live import kafka
from streams.live.settings import Settings
from tests.bench import world

ESTATES = 400
_FIRM = re.compile(r"PT F(\d+)\.")


async def latencies(brokers: str, rate: int, seconds: int) -> list[float]:
    """Seconds from each publication to the relay's acceptance, in order of size."""
    settings = Settings.load(kafka=brokers, prefix=f"exercise.bench-mail{os.getpid()}.")
    await kafka.apply(settings, topics.ALL, audit_days=1)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        world.install(directory / "books", ESTATES)
        async with troupe.catcher(directory, 0) as caught:
            books = {"SIAGA_TIME": "clock", "SIAGA_POLICIES": str(directory / "books")}
            told = troupe.environment(settings, caught, directory / "state") | books
            async with troupe.workers(told, directory) as crew:
                published = await crew.while_they_work(_published(settings, rate, seconds))
                await crew.while_they_work(_all_caught(caught, len(published) + rate))
            return sorted(accepted - published[firm] for firm, accepted in _accepted(caught).items() if firm in published)


async def _published(settings: Settings, rate: int, seconds: int) -> dict[int, float]:
    """Publish at an even pace; answer when each firm's bulletin was published. Some before the clock starts, to warm up."""
    count, at = rate * seconds, {}
    async with kafka.publisher(settings) as producer:
        for entry in world.registry(ESTATES, count + ESTATES):
            await producer.send(settings.prefix + REGISTRY.name, entry)
        for firm in range(count, count + rate):
            await producer.send(settings.prefix + INCIDENTS.name, world.bulletin(firm, int(time() * 1000)))
        await producer.flush()
        await asyncio.sleep(15)
        begun = monotonic()
        for firm in range(count):
            await asyncio.sleep(max(0.0, begun + firm / rate - monotonic()))
            at[firm] = time()
            await producer.send(settings.prefix + INCIDENTS.name, world.bulletin(firm, int(at[firm] * 1000)))
        await producer.flush()
    return at


async def _all_caught(caught: troupe.Catcher, count: int) -> None:
    """Until every mail has come, those of the warm-up too."""
    async with asyncio.timeout(120):
        while len(caught.mails) < count:
            await asyncio.sleep(0.5)


def _accepted(caught: troupe.Catcher) -> dict[int, float]:
    """When the relay took the mail about each firm, by the relay's own log."""
    mails = [mail for mail in map(json.loads, caught.mails) if mail["kind"] == "mail"]
    found = ((_FIRM.search(mail["subject"]), mail["at"]) for mail in mails)
    return {int(firm[1]): datetime.fromisoformat(at).timestamp() for firm, at in found if firm}


def percentiles(found: list[float]) -> tuple[float, float]:
    """p50 and p99, in seconds."""
    cuts = quantiles(found, n=100)
    return cuts[49], cuts[98]
