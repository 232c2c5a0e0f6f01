"""Discretion: an attempt in; the same attempt with no more about cases than its reader may know, out (law 12).

Whoever treats the cases is told their number: the task force and the health office of the workplace's regency, and of those where the
cases live. Everybody else reads steps of five, the lowest of which is "fewer than 5", zero included: else what is left of a threshold would
tell a small count. Steps differ by five or not at all, so that no two messages give away how few have come or gone. What can be divided by
(workers, shares, rates), what can be subtracted from (sums of an estate) and where the cases live is not told at all.

Pure, and the only place: every letter, subject and webhook is written from what this leaves.
"""

from msgspec.structs import replace

from schemas.delivery import Attempt, Seen
from schemas.escalation import Delivery, Standing
from schemas.surveillance import Because, ClusterSituation, Reason

STEP = 5
"""Smaller counts are told only to those who treat the cases."""

TREATING = ("satgas", "dinkes")
CASES = ("confirmed", "probable")
_OF_AN_ESTATE = "estate"


def is_exact(delivery: Delivery) -> bool:
    """Whether the reader may know the numbers; no webhook may, which is to be thin: the page behind its link tells who is entitled to."""
    situation, (prefix, _, where) = delivery.situation, delivery.to.position.partition(":")
    if not isinstance(situation, ClusterSituation):
        return True
    return delivery.to.channel != "webhook" and prefix in TREATING and where in {situation.place.regency, *situation.residences} - {""}


def discreet(attempt: Attempt) -> Attempt:
    """The attempt as its reader may know it; done twice it is the same."""
    delivery = attempt.delivery
    if not isinstance(delivery.situation, ClusterSituation) or is_exact(delivery):
        return attempt
    situation, standing = delivery.situation, delivery.standing
    told = replace(
        delivery, situation=_situation(situation), reasons=_reasons(delivery.reasons), standing=_standing(standing, situation), peak=0
    )
    return replace(attempt, delivery=told, seen=_seen(attempt.seen, situation))


def step(count: int) -> int:
    """The lower end of the step that a count is in."""
    return max(count, 0) // STEP * STEP


def _situation(known: ClusterSituation) -> ClusterSituation:
    of_estate = known.level == _OF_AN_ESTATE
    return replace(
        known,
        confirmed=0 if of_estate else step(known.confirmed),
        probable=0 if of_estate else step(known.probable),
        discarded=0,
        workers=None,
        areas=(),
        rate=None,
        regency_rate=None,
        residences=(),
        too_late=0,
    )


def _standing(standing: Standing | None, situation: ClusterSituation) -> Standing | None:
    """Without those who are told because cases live with them."""
    homes = {f"{prefix}:{where}" for prefix in TREATING for where in situation.residences if where != situation.place.regency}
    if standing is None:
        return None
    return replace(
        standing,
        told=tuple(each for each in standing.told if each.position not in homes),
        taken=tuple(each for each in standing.taken if each.position not in homes),
    )


def _reasons(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Without their figures. Where an estate has several firms with clusters, how many cases that makes is not said."""
    shown = [each for each in reasons if each.because != Because.CASES_IN_ESTATE] or list(reasons)
    return tuple(replace(each, figure=None, threshold=None) for each in shown)


def _seen(seen: Seen | None, situation: ClusterSituation) -> Seen | None:
    """What was seen before, as it was told then."""
    if seen is None:
        return None
    kept = {name: step(value) if name in CASES else value for name, value in seen.numbers}
    if situation.level == _OF_AN_ESTATE:
        kept |= {name: 0 for name in CASES if name in kept}
    told = [(name, mark) for name, mark in seen.aspects if name != "residences"]
    return replace(seen, numbers=tuple(kept.items()), aspects=tuple(told))
