"""Known: cases that have changed in; which confirmed cases the firm had been told of, and when, out (R5)."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from schemas.ledger import Tick
from schemas.obligations import LOOK_BACK_DAYS
from schemas.word import UtcMs
from streams.pipeline.line import Due, Entry, Step
from streams.pipeline.surveillance.cluster.memory import Draft, Informed, Known, known_name
from streams.pipeline.surveillance.rulebook import DAY_MS, Rulebook

MOST_KNOWN = 2_000
"""Some 100 KB of an entry; of more the oldest are forgotten, so that fewer are known than there were, and nobody is asked for nothing."""


def learnt(draft: Draft, cases: Iterable[str], at: UtcMs, book: Rulebook) -> Mapping[str, Due]:
    """The firm's entry, as these cases are now; when it is forgotten. A firm that was never told of any has no entry."""
    name = known_name(draft.subject)
    before = draft.get(name)
    known = before if isinstance(before, Known) else Known(draft.subject)
    told = {each.case: each for each in known.cases}
    for case in cases:
        standing = draft.case(case).standing
        told.pop(case, None)
        if standing is not None and standing.informed_at is not None:
            told[case] = Informed(case, standing.plant, standing.informed_at)
    since = at - (book.policy.deadlines.lateness_days + LOOK_BACK_DAYS) * DAY_MS
    kept = sorted((each for each in told.values() if each.at >= since), key=lambda each: (each.at, each.case))[-MOST_KNOWN:]
    if not kept and before is None:
        return {}
    known = replace(known, cases=tuple(kept), at=max(known.at, at))
    draft.put(name, known)
    return {name: Due(at=book.forgotten_at(known.at))}


def tick_known(_: Mapping[str, Entry], known: Known, now: Tick, book: Rulebook) -> Step:
    """What a firm was told long ago is forgotten."""
    name, until = known_name(known.subject), book.forgotten_at(known.at)
    return Step({name: None}) if until <= now.at else Step({name: known}, due={name: Due(at=until)})
