"""The pure line on one core: bulletins of distinct firms through INTAKE, SURVEILLANCE, ESCALATION and DELIVERY, in memory."""

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from schemas.topics import INCIDENTS, REGISTRY
from schemas.word import parse_time
from streams.live.library import Library, load
from streams.live.process import calm_collector
from streams.pipeline.clock import Pace
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry
from streams.replay.dry_run import DryRun
from streams.replay.rooms import hosted
from tests.bench import world

ESTATES = 200
START = parse_time("2026-11-23T00:00:00Z")


class Line(NamedTuple):
    """The line with its register read, and what it is hosted with."""

    line: DryRun
    admission: Admission
    books: Library
    pace: Pace

    def records(self) -> int:
        """How many there are on all topics."""
        return sum(map(len, self.line.records.values()))


def with_register(firms: int) -> Line:
    """The line in memory, with so many firms."""
    with tempfile.TemporaryDirectory() as directory:
        world.install(Path(directory) / "books", ESTATES)
        books = load([Path(directory) / "books"])
    admission = Admission(Registry(policies=books.policies, rosters=books.rosters, exercise=True))
    pace = Pace(story_time=False, policy_of=books.policy, roster_of=books.roster)
    line = DryRun(hosted(lambda _: admission, pace, books.in_force), admission, wall=START)
    for entry in world.registry(ESTATES, firms):
        line.publish(REGISTRY, entry)
    line.settle()
    return Line(line, admission, books, pace)


def tell(line: DryRun, facts: int) -> None:
    """A bulletin of each firm, all at once."""
    for firm in range(facts):
        line.publish(INCIDENTS, world.bulletin(firm, START), partition=firm % INCIDENTS.partitions)
    line.settle()


def records_per_second(facts: int) -> tuple[float, float]:
    """Facts a second, and records a second over all rooms' inboxes."""
    made = with_register(facts)
    before = made.records()
    calm_collector()
    begun = time.perf_counter()
    tell(made.line, facts)
    seconds = time.perf_counter() - begun
    return facts / seconds, (made.records() - before) / seconds


if __name__ == "__main__":
    print(records_per_second(2_000))
