"""The pure line on one core: bulletins of distinct firms through INTAKE, SURVEILLANCE, ESCALATION and DELIVERY, in memory."""

import tempfile
import time
from pathlib import Path

from schemas.topics import INCIDENTS, REGISTRY
from schemas.word import parse_time
from streams.live.library import load
from streams.live.process import calm_collector
from streams.pipeline.clock import CLOCK, Pace
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry
from streams.pipeline.surveillance import SURVEILLANCE
from streams.replay.dry_run import DryRun, Hosted
from tests.bench import world

ESTATES = 200
START = parse_time("2026-11-23T00:00:00Z")


def records_per_second(facts: int) -> tuple[float, float]:
    """Facts a second, and records a second over all rooms' inboxes."""
    with tempfile.TemporaryDirectory() as directory:
        world.install(Path(directory) / "books", ESTATES)
        books = load([Path(directory) / "books"])
    registry = Registry(policies=books.policies, rosters=books.rosters, exercise=True)
    admission = Admission(registry)
    pace = Pace(story_time=False, policy_of=books.policy, roster_of=books.roster)
    inner = (Hosted(room, books.in_force) for room in (SURVEILLANCE, ESCALATION, DELIVERY))
    line = DryRun((Hosted(INTAKE, lambda _: admission), Hosted(CLOCK, lambda _: pace), *inner), admission, wall=START)
    for entry in world.registry(ESTATES, facts):
        line.publish(REGISTRY, entry)
    line.settle()
    before = sum(map(len, line.records.values()))
    bulletins = [world.bulletin(firm, START) for firm in range(facts)]
    calm_collector()
    begun = time.perf_counter()
    for firm, value in enumerate(bulletins):
        line.publish(INCIDENTS, value, partition=firm % INCIDENTS.partitions)
    line.settle()
    seconds = time.perf_counter() - begun
    return facts / seconds, (sum(map(len, line.records.values())) - before) / seconds


if __name__ == "__main__":
    print(records_per_second(2_000))
