"""Links: which counted cases of a plant are contacts of one another, kept up while cases come and go (R6, R7).

A star is a case and those that are said to be contacts of it. Where the case itself is not counted it still carries the link: between its
contacts, and to the case that it is a contact of.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from schemas.policy import Clusters
from streams.pipeline.surveillance.cluster.memory import Draft, Link, Standing

MOST_CONTACTS = 1000
"""Contacts of one case that are looked at."""


class Pairs(Counter[tuple[str, int, int]]):
    """How many pairs are linked, by plant and their days of onset, the earlier first."""


def centres(draft: Draft, case: str) -> set[str]:
    """The cases whose stars this one is in."""
    known = draft.case(case)
    named = {known.standing.contact_of} if known.standing else set()
    return ({case} | named | set(known.contacts[:MOST_CONTACTS])) - {""}


def pairs(draft: Draft, of: Iterable[str], policy: Clusters) -> Pairs:
    """The pairs in these stars."""
    found = Pairs()
    for centre in of:
        by_plant: dict[str, list[int]] = {}
        for standing in _members(draft, centre, policy):
            by_plant.setdefault(standing.plant, []).append(standing.day)
        for plant, days in by_plant.items():
            found.update((plant, *pair) for pair in pairwise(sorted(days)))
    return found


def _members(draft: Draft, centre: str, policy: Clusters) -> list[Standing]:
    known = draft.case(centre)
    middle = known.standing
    if middle is None:
        others, first, last = known.contacts, None, None
    else:
        others = known.contacts if middle.counts else (*known.contacts, middle.contact_of)
        first, last = middle.day - policy.contact_before_days, middle.day + policy.window_days
    found = [draft.case(other).standing for other in {*others[:MOST_CONTACTS], *others[-1:]} - {"", centre}]
    near = [each for each in found if each and each.counts and (first is None or first <= each.day <= (last or 0))]
    return [middle, *near] if middle is not None and middle.counts else near


def moved(links: Iterable[Link], gone: Pairs, come: Pairs, plant: str) -> tuple[Link, ...]:
    """The links of a plant, when some pairs have gone and others have come."""
    known = Counter({(link.first, link.last): link.pairs for link in links})
    for (of, first, last), number in come.items():
        known[first, last] += number if of == plant else 0
    for (of, first, last), number in gone.items():
        known[first, last] -= number if of == plant else 0
    return tuple(Link(first, last, number) for (first, last), number in sorted(known.items()) if number > 0)
