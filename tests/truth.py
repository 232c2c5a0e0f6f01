"""The truth about a deadline: who owed, reported and was refused in, what each permit must be called in the end out.

A second telling of G1 and of law 2, in one page and without the line's words: it knows everything at once, and in no order.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from tests.circulars import GRACE, HOUR, due_at, opens_at


class Fact(NamedTuple):
    """Something that is so. kind: `owes`, `exempt`, `report` or `refused`; received: by its source; appended: by the broker."""

    kind: str
    firm: str
    permit: str
    day: date
    received: int = 0
    id: str = ""
    state: str = ""
    replaces: str = ""
    appended: int = 0


def verdicts(facts: Iterable[Fact]) -> Mapping[tuple[str, date], str]:
    """`on time`, `late`, `undecided`, `absent`, `answered` after having been absent, or `exempt`: by permit and due day."""
    known = list(facts)
    return {(fact.permit, fact.day): _verdict(fact, known) for fact in known if fact.kind in ("owes", "exempt")}


def _verdict(duty: Fact, known: list[Fact]) -> str:
    if duty.kind == "exempt":
        return "exempt"
    reports = {fact.id: fact for fact in known if (fact.kind, fact.permit, fact.day) == ("report", duty.permit, duty.day)}
    for id in [id for id, fact in reports.items() if fact.state == "withdrawn"]:
        gone: str | None = id
        while gone in reports:
            gone = reports.pop(gone).replaces
    first = min((fact.received for fact in reports.values()), default=None)
    due = due_at(duty.day)
    if first is not None and first < due:
        return "on time"
    instants = [at for fact in known if (fact.kind, fact.firm) == ("refused", duty.firm) for at in (fact.received, fact.appended)]
    refused = any(opens_at(duty.day) <= at // HOUR * HOUR < due + GRACE for at in instants)
    if first is None:
        return "undecided" if refused else "absent"
    return "late" if refused or first < due + GRACE else "answered"
