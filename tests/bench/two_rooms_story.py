"""What `two_rooms` is told: for each job a register and events, and how INTAKE and SURVEILLANCE take them."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from schemas.topics import INCIDENTS, REGISTRY, REPORTS, Topic
from streams.live.library import Library, load
from streams.live.settings import TimeSource
from streams.simulate import shelf
from streams.simulate.story import Event, line_events, registry_events
from tests.bench import world

ESTATES, FIRMS = 200, 2_000
DAY_MS = 86_400_000
REPORTING = 0.8
"""The share of the firms of a deadline night that report."""


class Sent(NamedTuple):
    """One record of the outside. `partition`: None where Kafka's client may choose by the key."""

    topic: Topic
    value: bytes
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int | None = None


class Told(NamedTuple):
    """A job as the rooms have it.

    records: of its events, the register first. enrolled: how many permits SURVEILLANCE must know before the events begin.
    heard_each: how many records of the ledger one event becomes.
    """

    inbox: Topic
    time: TimeSource
    books: Callable[[Path], Library]
    records: Callable[[int], Iterator[Sent]]
    enrolled: Callable[[int], int]
    heard_each: int


def _incidents(events: int) -> Iterator[Sent]:
    """Bulletins: each firm has one incident a day, and no two records are about the same."""
    now = int(time.time() * 1000)
    yield from (Sent(REGISTRY, entry) for entry in world.registry(ESTATES, FIRMS))
    for number in range(events):
        day, firm = divmod(number, FIRMS)
        yield Sent(INCIDENTS, world.bulletin(firm, now - day * DAY_MS), b"f%d" % firm, partition=firm % INCIDENTS.partitions)


def _world_books(directory: Path) -> Library:
    world.install(directory / "books", ESTATES)
    return load([directory / "books"])


def _firms_for(reports: int) -> int:
    return round(reports / REPORTING) + 1


def _reports(events: int) -> Iterator[Sent]:
    """The reports of a deadline night, one of each firm that reports, in the order in which they were received."""
    story = shelf.load("deadline-night", _firms_for(events))
    yield from map(_sent, registry_events(story))
    facts = (event for line in story.lines if line.fact for event in line_events(story, line))
    yield from map(_sent, islice(facts, events))


def _sent(event: Event) -> Sent:
    message = event.binary()
    return Sent(event.topic, message.value, event.key.encode(), message.headers, event.partition)


TOLD = {
    "reports": Told(REPORTS, TimeSource.WATERMARKS, lambda _: load(), _reports, _firms_for, 1),
    "incidents": Told(INCIDENTS, TimeSource.CLOCK, _world_books, _incidents, lambda _: 0, 2),
}
