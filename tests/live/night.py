"""A night: topics, catchers that fail first, and two workers under a prefix of their own; everything ends with the block."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from schemas import topics
from streams.cli.stage import troupe
from streams.live import kafka
from streams.live.settings import Settings
from streams.pipeline.line import Record
from streams.simulate.checker import Tally, check


class Night(NamedTuple):
    """What is running, and what may be asked of it."""

    settings: Settings
    caught: troupe.Catcher
    workers: troupe.Workers

    async def records(self, *names: topics.Topic) -> list[Record]:
        """Everything on these topics (all but changelogs when none is named), up to now."""
        wanted = names or tuple(t for t in topics.ALL if t not in topics.CHANGELOGS)
        return [record async for record in kafka.read(self.settings, *wanted)]

    async def verdict(self) -> Tally:
        """What the checker says of the topics and the catchers' own logs."""
        return check(await self.records(), self.caught.mails, self.caught.hooks, finished=True)


@asynccontextmanager
async def night(settings: Settings, directory: Path, *, faults: Sequence[str] = troupe.FAULTS, **environment: str) -> AsyncIterator[Night]:
    """Everything up, until the block is left. `environment` wins over what the workers of a demo are told."""
    differences = await kafka.apply(settings, topics.ALL, audit_days=1)
    assert not differences.differences
    async with troupe.catcher(directory, 0, faults) as caught:
        told = troupe.environment(settings, caught, directory / "state") | environment
        async with troupe.workers(told, directory) as workers:
            yield Night(settings, caught, workers)
