"""Course: a finding that may open or close in; whether it may be said now out. Once in 24 hours at most does it change its mind (R9)."""

from typing import NamedTuple

from schemas.policy import Clusters
from schemas.word import UtcMs
from streams.pipeline.surveillance.alerts import Finding, Spoken

HOUR_MS = 3_600_000


class Turn(NamedTuple):
    """Whether the finding is said; when it last turned after this; when it may, if it has to wait."""

    said: bool
    turned_at: UtcMs
    waits_until: UtcMs | None = None


def turn(finding: Finding, spoken: tuple[Spoken, ...], turned_at: UtcMs, at: UtcMs, policy: Clusters) -> Turn:
    """The first opening never waits, nor does one that is graver than what was ever told last."""
    last = next((each for each in spoken if each.id == finding.id), None)
    fires = finding.state == "firing"
    if last is None or last.fires == fires:
        return Turn(said=True, turned_at=turned_at)
    may = turned_at + policy.reopens_hours * HOUR_MS
    graver = fires and finding.grade > last.grade
    if turned_at and at < may and not graver:
        return Turn(said=False, turned_at=turned_at, waits_until=may)
    return Turn(said=True, turned_at=at)
