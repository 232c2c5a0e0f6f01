"""The past on one core: what a dry-run and an audit cost by the record, how much memory they take, and how both grow.

python -m tests.bench.past
"""

import multiprocessing
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from schemas.topics import INBOXES
from streams.live.process import calm_collector
from streams.pipeline.senders import SENDERS
from streams.replay.audit import Audit, Recollection
from streams.replay.dry_run import Hosted
from streams.replay.rooms import hosted
from tests.bench import line

LINEAR_WITHIN = 1.5
"""By how much more than linear the cost may grow, on a machine that others use too."""

_HEARD = {inbox.name for inboxes in INBOXES.values() for inbox in inboxes}


class Cost(NamedTuple):
    """Of one run: records a second of processor time, and bytes of memory for each record, beyond what was there before."""

    rate: float
    bytes_each: float


class Growth(NamedTuple):
    """At many records; `times_linear`: how much more a record costs there than at a quarter of them."""

    cost: Cost
    times_linear: float


def dry_run(facts: int) -> Cost:
    """The whole line over a register and a bulletin of each firm, from an empty memory; its records are kept, as they are to be told."""
    calm_collector()
    before, begun = _peak(), time.process_time()
    made = line.with_register(facts)
    line.tell(made.line, facts)
    return _cost(made.records(), time.process_time() - begun, _peak() - before)


def audit(facts: int) -> Cost:
    """Every word of that run read, then every inbox heard again; the records themselves are not counted, Kafka keeps them."""
    made = line.with_register(facts)
    line.tell(made.line, facts)
    recollection = Recollection(made.admission)
    deciding = hosted(recollection.admission, made.pace, made.books.in_force)
    records = [record for records in made.line.records.values() for record in records]
    calm_collector()
    before, begun = _peak(), time.process_time()
    audited = Audit((*deciding, *(Hosted(room, made.books.in_force) for room in SENDERS.values())), recollection)
    for record in records:
        audited.wrote(record)
    for record in records:
        if record.topic in _HEARD:
            audited.hears(record)
    verdict = audited.verdict()
    cost = _cost(len(records), time.process_time() - begun, _peak() - before)
    assert not [seat for seat in verdict if seat.first]
    return cost


def growth(of: Callable[[int], Cost], facts: int) -> Growth:
    """What it costs, each size in a process of its own; fails where it grows faster than the number of records."""
    few, many = _apart(of, facts // 4), _apart(of, facts)
    times = few.rate / many.rate
    assert times < LINEAR_WITHIN, f"{of.__name__}: {few.rate:,.0f} records/s at {facts // 4} facts, {many.rate:,.0f} at {facts}"
    return Growth(many, times)


def _apart(of: Callable[[int], Cost], facts: int) -> Cost:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(of, (facts,))


def _cost(records: int, seconds: float, grown: int) -> Cost:
    return Cost(records / seconds, grown / records)


def _peak() -> int:
    """The most memory that this process has had. getrusage would count what its parent had when it was started."""
    (line_of_peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(line_of_peak) * 1024


if __name__ == "__main__":
    for measured in (dry_run, audit):
        print(measured.__name__, growth(measured, 8_000))
