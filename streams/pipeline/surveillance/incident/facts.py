"""Facts: what SURVEILLANCE remembers of each thing that was said about an incident, and which of very many it keeps.

Each fact is an entry of its own, so that an incident of which thousands of bulletins are published stays small. What is kept is decided by
the facts alone: whatever order they come in, the same ones are left (law 4).
"""

from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest, nsmallest
from itertools import groupby

from schemas.ids import digest
from schemas.intake import AccidentReportFiled, IncidentBulletin, IncidentKind, InjuryOutcome, Outcome, Rank
from schemas.ledger import Admitted, Doubt
from schemas.policy import Surveilling
from schemas.surveillance import CauseStated, shown
from schemas.word import Part, UtcMs

UNKNOWN_MINUTES = -1
"""A fire whose duration the source does not know; it counts as long (R12)."""

RANKS = {rank.value: order for order, rank in enumerate(Rank)}
OFFICIAL = frozenset(rank.value for rank in Rank if rank.is_official)


Voice = tuple[str, str]
"""A party at the rank that INTAKE gave it."""

_DECLARED = "declared"


class Assertion(Part, frozen=True, array_like=True, tag="assertion"):
    """One bulletin, condensed: who said what when. `counts` holds only what was stated; of what is `declared`, all that was by then."""

    source: str
    id: str
    digest: str
    party: str
    rank: str
    asserted_at: UtcMs
    occurred_at: UtcMs
    kind: str
    counts: tuple[tuple[str, int], ...] = ()
    unit: str = ""
    discovered_at: UtcMs | None = None
    wni: int | None = None
    wna: int | None = None
    cause: CauseStated | None = None
    employer: str = ""
    replaces: str = ""
    retracted: bool = False
    unresolved: tuple[str, ...] = ()
    declared: bool = False

    @property
    def said_at(self) -> UtcMs:
        """When it was said."""
        return self.asserted_at

    @property
    def voice(self) -> Voice:
        """Whose word it is: who is quoted by a stranger is not heard to have spoken (R13). Declarations are one voice."""
        return (_DECLARED, "") if self.declared else (self.rank, self.party)


class Declared(Part, frozen=True, array_like=True, tag="declared"):
    """A later declaration of death, disability or illness: if somebody official made it, it opens a second clock and counts (R11, R12)."""

    source: str
    id: str
    digest: str
    outcome: str
    declared_at: UtcMs
    rank: str
    persons: int = 1
    by: str = ""
    occurred_at: UtcMs = 0

    @property
    def said_at(self) -> UtcMs:
        """When it was said."""
        return self.declared_at

    @property
    def party(self) -> str:
        """Whose word it is."""
        return self.source


class Filed(Part, frozen=True, array_like=True, tag="filed"):
    """Somebody says that an inspection has received the written report; it counts if the inspection's own source does (G4)."""

    source: str
    id: str
    digest: str
    filed_at: UtcMs
    received_by: str
    rank: str

    @property
    def said_at(self) -> UtcMs:
        """When it was said."""
        return self.filed_at

    @property
    def party(self) -> str:
        """Whose word it is."""
        return self.source


Heard = Assertion | Declared | Filed


def key_of(source: str, id: str) -> str:
    """Under which name a fact is kept."""
    return digest(source, id)


def heard(admitted: Admitted) -> Heard:
    """What is kept of an admitted fact, at the rank that INTAKE gave it."""
    raw, identity = bytes(admitted.fact), (admitted.source, admitted.id, admitted.digest)
    match admitted.kind:
        case AccidentReportFiled.type:
            report = AccidentReportFiled.model_validate_json(raw)
            return Filed(*identity, report.filed_at, shown(report.received_by), admitted.rank)
        case InjuryOutcome.type:
            outcome = InjuryOutcome.model_validate_json(raw)
            said = (outcome.outcome, _said_at(admitted, outcome.declared_at), admitted.rank)
            return Declared(*identity, *said, outcome.persons, shown(outcome.declared_by.name), outcome.occurred_at)
        case _:
            return assertion_of(admitted, IncidentBulletin.model_validate_json(raw))


KINDS = (IncidentBulletin.type, AccidentReportFiled.type, InjuryOutcome.type)
"""The facts that an incident is made of."""


def _said_at(admitted: Admitted, said_at: UtcMs) -> UtcMs:
    """When it was said; what claims to come from the future was said when it was heard, so that it outlasts nothing said later."""
    return min(said_at, admitted.at) if Doubt.TIME_IN_THE_FUTURE in admitted.unresolved else said_at


def assertion_of(admitted: Admitted, bulletin: IncidentBulletin) -> Assertion:
    """A bulletin as its party's assertion."""
    split = bulletin.dead_by_nationality
    party = shown(bulletin.asserted_by.name)
    return Assertion(
        source=admitted.source,
        id=admitted.id,
        digest=admitted.digest,
        party=party,
        rank=admitted.rank,
        asserted_at=_said_at(admitted, bulletin.asserted_at),
        occurred_at=bulletin.occurred_at,
        kind=bulletin.kind,
        counts=tuple((name, value) for name, value in _counts(bulletin) if value is not None),
        unit=shown(bulletin.unit or ""),
        discovered_at=bulletin.discovered_at,
        wni=split.wni if split else None,
        wna=split.wna if split else None,
        cause=CauseStated(party, digest(bulletin.cause)) if bulletin.cause else None,
        employer=shown(bulletin.employer or ""),
        replaces=bulletin.replaces.id if bulletin.replaces else "",
        retracted=bulletin.retracted or admitted.moved_away,
        unresolved=admitted.unresolved,
    )


def declarations(declared: Iterable[Declared]) -> Iterator[Assertion]:
    """What officials have declared by each moment, added up: the dead, and as seriously injured the disabled and the ill (R12)."""
    totals = {"dead": 0, "serious": 0}
    for one in sorted((d for d in declared if d.rank in OFFICIAL), key=age):
        totals["dead" if one.outcome == Outcome.DEAD else "serious"] += one.persons
        yield Assertion(
            source=one.source,
            id=f"{_DECLARED}:{one.id}",
            digest=one.digest,
            party=one.by,
            rank=one.rank,
            asserted_at=one.declared_at,
            occurred_at=one.occurred_at,
            kind=IncidentKind.OTHER,
            counts=tuple((name, total) for name, total in totals.items() if total),
            unresolved=(Doubt.NO_BULLETIN,),
            declared=True,
        )


def _counts(bulletin: IncidentBulletin) -> Iterator[tuple[str, int | None]]:
    injured, off_site, split = bulletin.injured, bulletin.off_site, bulletin.dead_by_nationality
    yield "dead", split.wni + split.wna if split and bulletin.dead is None else bulletin.dead
    yield "missing", bulletin.missing
    yield "injured", injured.total
    yield from ((name, getattr(injured, name)) for name in ("serious", "light", "hospitalised", "observed", "outpatient", "treated"))
    yield "exposed", bulletin.exposed
    yield from (("offsite_dead", off_site.dead), ("offsite_hospitalised", off_site.hospitalised))
    yield from (
        ("evacuated", off_site.evacuated),
        ("evacuated_hours", off_site.hours),
        ("evacuation_declared", int(off_site.declared) or None),
    )
    yield "fire_minutes", UNKNOWN_MINUTES if bulletin.fire_minutes == "unknown" else bulletin.fire_minutes
    yield "cost_usd", bulletin.cost_usd
    yield "toxic", 1 if bulletin.release and bulletin.release.toxic else None


def age(fact: Heard) -> tuple[UtcMs, str, str]:
    """The order of saying."""
    return fact.said_at, fact.source, fact.id


def kept(facts: Mapping[str, Heard], policy: Surveilling) -> dict[str, Heard]:
    """All facts; of more than `newest_facts` the newest, and beside them the newest few of each of the parties that rank highest.

    What goes was superseded longest ago. A flood of one source cannot wash away what the police said before it.
    """
    if len(facts) <= policy.newest_facts:
        return dict(facts)
    newest = nlargest(policy.newest_facts, facts.values(), key=age)
    by_party = groupby(sorted(facts.values(), key=_party), key=_party)
    of_each = ((party, nlargest(policy.facts_each, each, key=age)) for party, each in by_party)
    ranked = nsmallest(policy.parties, of_each)
    left = {key_of(fact.source, fact.id) for fact in (*newest, *(fact for _, each in ranked for fact in each))}
    return {key: fact for key, fact in facts.items() if key in left}


def _party(fact: Heard) -> tuple[int, str]:
    return RANKS.get(fact.rank, len(RANKS)), fact.party
