"""Acts on periods: what a person said of a firm's period, or of everybody's, in; the answer out. Others carry out what is taken (law 10).

Here is only remembered which acts have been taken, so that one that comes again is answered and counted once (law 5).
"""

from collections.abc import Mapping

from msgspec.structs import replace

from schemas.escalation import AdmittedAct, Judged
from schemas.ids import digest
from schemas.ledger import Tick
from schemas.topics import ESCALATION_INBOX, partition_of
from schemas.word import Part, UtcMs
from streams.pipeline.entitled import refused
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.ladder import DAY_MS
from streams.pipeline.escalation.memory import MOST_ACTS
from streams.pipeline.line import Due, Entry, InForce, Step


class Taken(Part, frozen=True, array_like=True, tag="taken_acts"):
    """The acts on one period that were taken, and when the last of them was."""

    name: str
    acts: tuple[str, ...] = ()
    at: UtcMs = 0


def is_answered_at(act: AdmittedAct, key: str, partition: int) -> bool:
    """An act on one firm's period goes to its estate alone; of one that goes everywhere, exactly one partition answers."""
    return bool(act.firm) or partition == partition_of(key, ESCALATION_INBOX)


def judge(entries: Mapping[str, Entry], key: str, act: AdmittedAct, in_force: InForce, books: Books) -> tuple[Judged, Step]:
    """What becomes of an act, and what is remembered of it; what is refused leaves no trace."""
    name = f"{key}|acts|{digest(act.obligation, act.period, act.firm, act.permit)}"
    known, id = entries.get(name) or Taken(name), digest(act.source, act.id)
    if id in known.acts:
        return Judged.REPEATED, Step()
    if why := refused(act, in_force.policy, in_force.roster):
        return why, Step()
    taken = replace(known, acts=(*known.acts, id)[-MOST_ACTS:], at=max(known.at, act.at))
    return Judged.TAKEN, Step({name: taken}, due={name: _due(taken, books)})


def tick(taken: Taken, now: Tick, books: Books) -> Step:
    """It is remembered as long as an escalation."""
    due = _due(taken, books)
    return Step({taken.name: None}) if due.at is not None and due.at <= now.at else Step({taken.name: taken}, due={taken.name: due})


def _due(taken: Taken, books: Books) -> Due:
    return Due(at=taken.at + books.policy.forget_days * DAY_MS)
