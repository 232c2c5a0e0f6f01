"""What one more bulletin costs of an incident of which many have been published, each by a party of its own that states everything.

python -m tests.bench.incident
"""

import time
from statistics import median
from typing import Any

from schemas import codec
from streams.live.process import calm_collector
from streams.pipeline.line import Record
from streams.pipeline.surveillance import SURVEILLANCE
from tests.story import IN_FORCE, NOON_2026, STAMP, World, bulletin, clock

FEW, MANY = 100, 500
LINEAR_WITHIN = 1.6
"""By how much more than linear the cost may grow, on a machine that others use too."""

HEADERS = tuple((name, value.encode()) for name, value in STAMP._asdict().items())
SAID: dict[str, Any] = {
    "missing": 1,
    "injured": dict.fromkeys(("total", "light", "serious", "hospitalised", "observed", "outpatient", "treated"), 5),
    "exposed": 60,
    "off_site": {"dead": 0, "hospitalised": 1, "evacuated": 100, "hours": 3, "declared": True},
    "fire_minutes": 50,
    "cost_usd": 100_000,
}


def milliseconds_per_step(number: int, last: int = 9) -> float:
    """The median of the last steps before there are `number` bulletins, with what is written of it packed."""
    world, memory, took = World(), dict[str, Any](), []
    for n in range(number):
        (word,) = (
            said.word
            for said in world.says(bulletin(f"Pihak {n}", "police", dead=number - n, id=f"b-{n}", **SAID), clock("11:10") + n * 60_000)
            if said.key == "firm:itss"
        )
        record = Record("ledger", 0, n, NOON_2026, b"firm:itss", codec.encode(word), HEADERS)
        began = time.perf_counter()
        step = SURVEILLANCE.step(memory, record, IN_FORCE)
        packed = [SURVEILLANCE.pack(entry) for entry in step.changes.values()] + [codec.encode(said.word) for said in step.words]
        took.append(time.perf_counter() - began)
        assert packed
        memory.update(step.changes)
    return median(took[-last:]) * 1000


def cost() -> tuple[float, float]:
    """Milliseconds a step at many bulletins, and how much more than linear that is against few; fails where it grows faster.

    With the collector as a worker has it: left alone it looks at every fact of the incident again and again.
    """
    calm_collector()
    few, many = milliseconds_per_step(FEW), milliseconds_per_step(MANY)
    growth = many / few / (MANY / FEW)
    assert growth < LINEAR_WITHIN, f"a step costs {few:.1f} ms at {FEW} bulletins and {many:.1f} ms at {MANY}"
    return many, growth


if __name__ == "__main__":
    spent, times_linear = cost()
    print(f"{spent:.1f} ms a step at {MANY} bulletins, {times_linear:.2f} times linear")
