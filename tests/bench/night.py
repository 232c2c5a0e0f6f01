"""A deadline's night in memory: so many firms, of which one in five has not reported when the deadline is decided.

    python -m tests.bench.night [--firms 22000]

The whole line over the story, from the register to the morning after; and within it the seconds in which the tick that carries the proof
is answered: every absence, every count, every message of them.

Seconds are of one run, on a machine that others use too; what a firm costs is processor time.
"""

import argparse
import multiprocessing
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas import codec
from schemas.delivery import Attempt
from schemas.surveillance import Alert
from schemas.topics import ATTEMPTS, ESCALATION_INBOX
from schemas.word import UtcMs
from streams.live.process import calm_collector
from streams.pipeline.line import Record
from streams.replay.dry_run import DryRun
from streams.replay.story_time import move, publish
from streams.simulate import pace, shelf
from streams.simulate.story import Story, line_events, registry_events
from streams.simulate.worlds.deadlines import FRIDAY
from tests.story import admission, dry_run

SIZES = (2_750, 5_500, 11_000, 22_000)
TEN_MINUTES_MS = 600_000
LINEAR_WITHIN = 1.6
"""By how much more than linear the cost may grow, on a machine that others use too."""


class Told(NamedTuple):
    """What left. messages: mails and calls in all. to_a_mailbox, to_a_system: the most to one of them in ten minutes of the story.

    The firms' own notices are calls to the system that passes them on, so many firms in each.
    """

    messages: int
    to_a_mailbox: int
    to_a_system: int


class Night(NamedTuple):
    """alerts: said because of the tick. seconds: from that tick to the last of them, and of what follows. cost: processor time of it all."""

    alerts: int
    seconds: float
    cost: float
    told: Told


def night(firms: int) -> Night:
    """The story of so many firms, played in memory."""
    story = shelf.load("deadline-night", firms)
    line = dry_run(admission(entries=()))
    calm_collector()
    began = time.process_time()
    for event in registry_events(story):
        publish(line, event)
    line.settle()
    burst, rest = pace.start(story)
    alerts, seconds = 0, 0.0
    while True:
        _tell(line, story, burst)
        before, begun = len(line.records[ESCALATION_INBOX.name]), time.perf_counter()
        move(line, burst.watermark)
        if burst.watermark == FRIDAY.decided_at:
            seconds = time.perf_counter() - begun
            alerts = sum(1 for _ in alerts_of(line.records[ESCALATION_INBOX.name][before:]))
        following = pace.go_on(rest, line.least_due())
        if following is None:
            return Night(alerts, seconds, time.process_time() - began, told_of(line.records[ATTEMPTS.name]))
        burst, rest = following


def _tell(line: DryRun, story: Story, burst: pace.Burst) -> None:
    for each in burst.lines:
        for event in line_events(story, each):
            publish(line, event)


def alerts_of(records: Iterable[Record]) -> Iterator[Alert]:
    """The alerts among them."""
    return (word for record in records if record.header("word") == "alert" and isinstance(word := codec.decode(record.value or b""), Alert))


def told_of(records: Iterable[Record]) -> Told:
    """How many messages were sent, each counted once; by the instant of the story at which it was decided."""
    words = (codec.decode(record.value or b"") for record in records)
    first = [word.delivery for word in words if isinstance(word, Attempt) and word.number == 1]
    instants: dict[tuple[str, str], list[UtcMs]] = defaultdict(list)
    for delivery in first:
        instants[delivery.to.channel, delivery.to.receiver].append(delivery.at)
    fullest: Counter[str] = Counter()
    for (channel, _), at in instants.items():
        fullest[channel] = max(fullest[channel], _fullest(sorted(at)))
    return Told(len(first), fullest["mail"], fullest["webhook"])


def _fullest(instants: list[UtcMs]) -> int:
    """The most of them within ten minutes."""
    return max(sum(at <= other < at + TEN_MINUTES_MS for other in instants[n:]) for n, at in enumerate(instants))


def growing(sizes: Iterable[int] = SIZES) -> Iterator[tuple[int, Night]]:
    """Each size in a process of its own; fails where a firm costs more the more there are."""
    found = []
    for firms in sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found.append((firms, pool.apply(night, (firms,))))
        yield found[-1]
    (few, least), (many, most) = found[0], found[-1]
    times = most.cost / many / (least.cost / few)
    assert times < LINEAR_WITHIN, f"a firm costs {1e6 * least.cost / few:.0f} µs among {few} and {1e6 * most.cost / many:.0f} among {many}"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=SIZES[-1])
    firms = parser.parse_args().firms
    print(firms, night(firms))


if __name__ == "__main__":
    main()
