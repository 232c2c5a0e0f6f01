"""Discretion: an attempt in; the same attempt with no more about cases than its reader may know, out (law 12).

Pure, and the only place: every letter, subject, page and webhook is written from what this leaves. What that is, `schemas.discretion` says.
"""

from msgspec.structs import replace

from schemas.delivery import Attempt, Seen
from schemas.discretion import for_outsiders, numbers_for_outsiders, reasons_for_outsiders, standing_for_outsiders, treats
from schemas.escalation import Delivery
from schemas.surveillance import ClusterSituation


def is_exact(delivery: Delivery) -> bool:
    """Whether the reader may know the numbers; no webhook may, which is to be thin: the page behind its link tells who is entitled to."""
    if not isinstance(delivery.situation, ClusterSituation):
        return True
    return delivery.to.channel != "webhook" and treats(delivery.to.position, delivery.situation)


def discreet(attempt: Attempt) -> Attempt:
    """The attempt as its reader may know it; done twice it is the same."""
    delivery, situation = attempt.delivery, attempt.delivery.situation
    if not isinstance(situation, ClusterSituation) or is_exact(delivery):
        return attempt
    told = replace(
        delivery,
        situation=for_outsiders(situation),
        reasons=reasons_for_outsiders(delivery.reasons),
        standing=standing_for_outsiders(delivery.standing, situation) if delivery.standing else None,
        peak=0,
    )
    return replace(attempt, delivery=told, seen=_seen(attempt.seen, situation))


def _seen(seen: Seen | None, situation: ClusterSituation) -> Seen | None:
    """What was seen before, as it was told then."""
    if seen is None:
        return None
    told = tuple((name, mark) for name, mark in seen.aspects if name != "residences")
    return replace(seen, numbers=numbers_for_outsiders(seen.numbers, situation.level), aspects=told)
