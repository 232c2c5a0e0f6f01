"""Counts: what a report states of positive cases, beside what its firm had been told by then (R5). A request to verify, never a sanction.

Only confirmed cases that the firm was told of in the report's period, and before it reported, are compared; what a report does not state is
not zero. Whoever states more than is known is right until somebody knows better, and nothing follows from it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from streams.pipeline.calendar import Period
from streams.pipeline.surveillance.cluster.memory import Informed
from streams.pipeline.surveillance.reporting.memory import Submission
from streams.pipeline.surveillance.reporting.outcome import valid


class Compared(NamedTuple):
    """What the last report for a period states, how many cases were known by then, and whether one before it stated fewer than were."""

    stated: int
    known: int
    was_fewer: bool

    @property
    def is_fewer(self) -> bool:
        """Whether somebody must verify it."""
        return self.stated < self.known


def compared(submissions: Iterable[Submission], period: Period, plant: str, known: Iterable[Informed]) -> Compared | None:
    """By the plant of the permit, where both it and that of the case are known; None where no number was stated."""
    here = [
        each.at for each in known if period.opens_at <= each.at < period.due_at and (not each.plant or not plant or each.plant == plant)
    ]
    stated = sorted((s.received_at, s.source, s.id, s.positives) for s in valid(submissions) if s.positives is not None)
    pairs = [(count, sum(at < received for at in here)) for received, _, _, count in stated]
    return Compared(*pairs[-1], was_fewer=any(count < by_then for count, by_then in pairs[:-1])) if pairs else None
