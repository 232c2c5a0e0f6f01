"""Rules: the cases of one plant by day of onset in; the cluster that they make, with its links and reasons, out (R7)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.policy import Clusters
from schemas.surveillance import Because, Linked, Reason
from streams.pipeline.surveillance.cluster.days import runs
from streams.pipeline.surveillance.cluster.memory import Cluster

UNLINKED = "C0"
"""The grade of cases that nothing but a plant links: of large plants they are told in sums (R7)."""

GRADES = (UNLINKED, "C1", "C2", "C3", "C4")
"""Unlinked, suspected, confirmed, large, and the outbreak of an estate (R8)."""

_GRADE_OF = {Because.CLUSTER_SUSPECTED: "C1", Because.CLUSTER_CONFIRMED: "C2", Because.CLUSTER_LARGE: "C3"}
MILLION = 1_000_000
Tally = Counter[str]


class Window(NamedTuple):
    """The 14 days that end on a day, and what they amount to. reasons: the gravest first; none if they are no cluster."""

    first: int
    last: int
    tally: Tally
    reasons: tuple[Reason, ...]
    linked: tuple[Linked, ...]
    grade: str
    rate: int | None
    regency_rate: int | None

    @property
    def weight(self) -> tuple[str, int, int, int]:
        """How grave it is beside others."""
        return self.grade, self.tally["confirmed"], self.tally["probable"], self.last


class Run(NamedTuple):
    """Onsets with never more than 28 days between two: one cluster from its first case to its last (R9).

    gravest: of its windows. latest: that up to the latest onset. tally: of all its days.
    """

    first: int
    last: int
    gravest: Window
    latest: Window
    tally: Tally


def cluster_of(cluster: Cluster, policy: Clusters) -> Run | None:
    """The latest run of onsets that has been a cluster at any time."""
    tallies = {row.day: Counter(dict(row.tally)) for row in cluster.rows}
    counted = [day for day, tally in tallies.items() if tally["confirmed"] + tally["probable"]]
    for first, last in runs(counted, policy.closes_after_days):
        windows = [_window(cluster, tallies, day, policy) for day in sorted(tallies) if first <= day <= last]
        gravest = max((window for window in windows if window.reasons), key=lambda window: window.weight, default=None)
        if gravest is not None:
            return Run(first, last, gravest, windows[-1], _sum(tallies, first, last))
    return None


def _sum(tallies: dict[int, Tally], first: int, last: int) -> Tally:
    found: Tally = Counter()
    for day, tally in tallies.items():
        if first <= day <= last:
            found.update(tally)
    return found


def _window(cluster: Cluster, tallies: dict[int, Tally], end: int, policy: Clusters) -> Window:
    first = end - policy.window_days + 1
    tally: Tally = Counter()
    for day in range(first, end + 1):
        if day in tallies:
            tally.update(tallies[day])
    workers = cluster.workers[1] or None
    rate = tally["confirmed"] * MILLION // workers if workers else None
    known = [each for each in cluster.rates if first <= each.day <= end]
    regency_rate = max(known, key=lambda each: (each.day, each.registry, each.rate)).rate if known else None
    reasons = tuple(_reasons(tally, workers, policy))
    is_contact = any(first <= link.first and link.last <= end for link in cluster.links)
    links = (
        (Linked.AREA, any(name.startswith("area:") and number > 1 for name, number in tally.items())),
        (Linked.CONTACT, is_contact),
        (Linked.ATTACK_RATE, rate is not None and regency_rate is not None and rate > policy.rate_times * regency_rate),
    )
    linked = tuple(why for why, holds in links if holds and reasons)
    grade = _grade(reasons, linked, is_rate_known=rate is not None and regency_rate is not None)
    return Window(first, end, tally, reasons, linked, grade, rate, regency_rate)


def _reasons(tally: Tally, workers: int | None, policy: Clusters) -> Iterator[Reason]:
    """R7's thresholds, the gravest alone: those of less are met too."""
    confirmed, probable = tally["confirmed"], tally["probable"]
    large = Because.CLUSTER_LARGE
    if confirmed >= policy.large:
        yield Reason(large, confirmed, policy.large, policy.source)
    elif workers and confirmed >= policy.confirmed and confirmed * 100 >= workers * policy.large_percent:
        yield Reason(large, confirmed * 100 // workers, policy.large_percent, policy.source)
    elif confirmed >= policy.confirmed:
        yield Reason(Because.CLUSTER_CONFIRMED, confirmed, policy.confirmed, policy.source)
    elif probable >= policy.suspected_probable or (confirmed and probable):
        yield Reason(Because.CLUSTER_SUSPECTED, confirmed + probable, policy.suspected_probable, policy.source)


def _grade(reasons: Sequence[Reason], linked: Sequence[Linked], *, is_rate_known: bool) -> str:
    """Without a link it is told in sums; a large one only where the disease is known to be as common all around it."""
    if not reasons:
        return ""
    because = reasons[0].because
    return _GRADE_OF[because] if linked or (because == Because.CLUSTER_LARGE and not is_rate_known) else UNLINKED


def above(grade: str) -> str:
    """One level up (R19)."""
    return GRADES[min(GRADES.index(grade) + 1, len(GRADES) - 1)]
