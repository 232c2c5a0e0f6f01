"""All figures, side by side in one run, on one embedded Kafka: a table, or with --json one JSON object as the last line.

make bench            make bench ARGS=--json            make bench ARGS="--quick"
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from streams.live.broker import Broker
from tests.bench import incident, line, mail, night, night_live, past, seat, two_rooms


class Figure(NamedTuple):
    """One figure; `against` and `ratio` where it is one of two that ran side by side."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None


class Size(NamedTuple):
    """How much is measured."""

    events: int
    runs: int
    faust_events: int
    reports: int
    bulletins: int
    nights: tuple[int, ...]
    facts: int
    rate: int
    seconds: int


FULL = Size(
    events=200_000, runs=3, faust_events=20_000, reports=22_000, bulletins=20_000, nights=night.SIZES, facts=3_000, rate=50, seconds=60
)
QUICK = Size(events=30_000, runs=1, faust_events=3_000, reports=3_000, bulletins=3_000, nights=(500, 1_000), facts=500, rate=20, seconds=5)


def figures(brokers: str, size: Size) -> Iterator[Figure]:
    """Every figure, as soon as it is known."""
    rates: dict[str, list[float]] = {"seat": [], "prototype": [], "signed": []}
    for run in range(size.runs):
        for name in sorted(rates, reverse=bool(run % 2)):
            rates[name].append(seat.measure(name, brokers, size.events, None))
    ours = median(rates["seat"])
    yield Figure("seat_vs_prototype", ours, "events/s", "prototype's loop", ours / median(rates["prototype"]))
    yield Figure("seat_vs_prototype_same_words", ours, "events/s", "prototype's loop with our headers", ours / median(rates["signed"]))
    faust = seat.measure("faust", brokers, size.faust_events, None)
    yield Figure("seat_vs_faust", ours, "events/s", "Faust agent with a table", ours / faust)
    yield from against_others("line", "reports", brokers, size.reports, size.runs)
    yield from against_others("incidents", "incidents", brokers, size.bulletins, 1)
    yield from nights(brokers, size.nights)
    facts, records = line.records_per_second(size.facts)
    yield Figure("pure_line_facts", facts, "facts/s per core")
    yield Figure("pure_line_records", records, "records/s per core")
    for measured in (past.dry_run, past.audit):
        cost, times_linear = past.growth(measured, size.facts * 2)
        yield Figure(measured.__name__, cost.rate, "records/s per core", "linear growth", times_linear)
        yield Figure(f"{measured.__name__}_memory", cost.bytes_each, "bytes a record")
    milliseconds, growth = incident.cost()
    yield Figure(f"incident_step_{incident.MANY}_bulletins", milliseconds, "ms a step", "linear growth", growth)
    p50, p99 = mail.percentiles(asyncio.run(mail.latencies(brokers, size.rate, size.seconds)))
    yield Figure("event_to_mail_p50", p50 * 1000, f"ms at {size.rate} events/s")
    yield Figure("event_to_mail_p99", p99 * 1000, f"ms at {size.rate} events/s")


def against_others(figure: str, job: str, brokers: str, events: int, runs: int) -> Iterator[Figure]:
    """Two rooms against the same job in other libraries, by turns; one that cannot be had here is left out, with the reason."""
    others = {"faust": "Faust agent with a table", "quix": "Quix Streams, exactly once"}
    rates: dict[str, list[float]] = defaultdict(list)
    for run in range(runs):
        for name in sorted(("rooms", *others), reverse=bool(run % 2)):
            try:
                rates[name].append(two_rooms.measure(name, job, brokers, events))
            except two_rooms.Unavailable as reason:
                print(f"{figure}_vs_{name}: skipped, {reason}", flush=True)
    ours = median(rates["rooms"])
    for name, title in others.items():
        if name in rates:
            yield Figure(f"{figure}_vs_{name}", ours, "events/s", title, ours / median(rates[name]))


def nights(brokers: str, sizes: tuple[int, ...]) -> Iterator[Figure]:
    """A deadline's night in memory at every size, and at the largest on Kafka; what its memory costs when a seat opens again."""
    firms, least = sizes[-1], 0.0
    for count, pure in night.growing(sizes):
        each = pure.cost / count
        least = least or each
        yield Figure(f"night_of_{count}", each * 1e6, "us of CPU a firm", f"a firm among {sizes[0]}", each / least)
    live, restored = asyncio.run(night_live.night(brokers, firms))
    yield Figure("night_proof_to_last_alert_pure", pure.seconds * 1000, f"ms, {pure.alerts} alerts")
    yield Figure("night_proof_to_last_alert_live", live.seconds * 1000, f"ms, {live.alerts} alerts")
    yield Figure("night_messages", live.told.messages, f"of {firms} firms")
    yield Figure("night_to_a_mailbox", live.told.to_a_mailbox, "at most in ten minutes")
    yield Figure("night_to_a_system", live.told.to_a_system, "at most in ten minutes")
    yield Figure("night_worker_memory", live.worker_bytes / night_live.MB, "MB resident")
    yield Figure("restore", restored.seconds * 1000, f"ms, {restored.entries} entries")
    yield Figure("restore_memory", restored.bytes / night_live.MB, "MB resident")


@contextmanager
def kafka() -> Iterator[str]:
    """The user's own broker, or the embedded one."""
    if named := os.environ.get("SIAGA_KAFKA"):
        yield named
        return
    with tempfile.TemporaryDirectory() as directory, Broker(Path(directory)) as broker:
        yield broker.bootstrap


def row(figure: Figure) -> str:
    """One line of the table."""
    ratio = "" if figure.ratio is None else f"{figure.ratio:8.2f} x {figure.against}"
    return f"{figure.name:<30}{figure.value:>12,.0f} {figure.unit:<22}{ratio}"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    chosen = parser.parse_args()
    found: list[dict[str, Any]] = []
    with kafka() as brokers:
        for figure in figures(brokers, QUICK if chosen.quick else FULL):
            found.append(figure._asdict())
            print(row(figure), flush=True)
    if chosen.json:
        print(json.dumps({"figures": found}))


if __name__ == "__main__":
    main()
