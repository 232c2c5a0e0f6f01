"""Correlate: what each party asserts about an incident in, one picture out. No thresholds here, and no memory of how facts arrived.

Everything derives from the set of assertions, so that their order of arrival does not matter (law 4).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.intake import IncidentBulletin, IncidentKind, Rank
from schemas.ledger import Admitted
from schemas.surveillance import CauseStated, Figure, Stated, TimeStated
from schemas.word import Part, UtcMs

HOUR_MS = 3_600_000
UNKNOWN_MINUTES = -1
"""A fire whose duration the source does not know; it counts as long (R12)."""


class Assertion(Part, frozen=True, array_like=True):
    """One bulletin, condensed: who said what when. `counts` holds only what was stated."""

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
    cause: str = ""
    employer: str = ""
    replaces: str = ""
    retracted: bool = False
    unresolved: tuple[str, ...] = ()


def assertion_of(admitted: Admitted, bulletin: IncidentBulletin) -> Assertion:
    """A bulletin as its party's assertion, at the rank that INTAKE gave it."""
    split = bulletin.dead_by_nationality
    return Assertion(
        source=admitted.source,
        id=admitted.id,
        digest=admitted.digest,
        party=bulletin.asserted_by.name,
        rank=admitted.rank,
        asserted_at=bulletin.asserted_at,
        occurred_at=bulletin.occurred_at,
        kind=bulletin.kind,
        counts=tuple((name, value) for name, value in _counts(bulletin) if value is not None),
        unit=bulletin.unit or "",
        discovered_at=bulletin.discovered_at,
        wni=split.wni if split else None,
        wna=split.wna if split else None,
        cause=bulletin.cause or "",
        employer=bulletin.employer or "",
        replaces=bulletin.replaces.id if bulletin.replaces else "",
        retracted=bulletin.retracted or admitted.moved_away,
        unresolved=admitted.unresolved,
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


class Picture(NamedTuple):
    """What stands at one moment: each party's assertions that nobody has replaced or taken back, oldest first."""

    standing: tuple[Assertion, ...]

    @property
    def official(self) -> tuple[Assertion, ...]:
        """Those above union and media."""
        return tuple(a for a in self.standing if Rank(a.rank).is_official)

    @property
    def deciding(self) -> tuple[Assertion, ...]:
        """Those whose figures grade the incident: the official ones, or all while there is only a signal (R13, G7)."""
        return self.official or self.standing

    def highest(self) -> dict[str, int]:
        """The highest figure of each name, of the latest that each deciding party states; a name that nobody states is missing."""
        latest = {(name, a.party): value for a in self.deciding for name, value in a.counts}
        found: dict[str, int] = {}
        for (name, _), value in latest.items():
            found[name] = max(value, found.get(name, value))
        return found

    def kinds(self) -> frozenset[str]:
        """What kinds the deciding parties call it."""
        return frozenset(a.kind for a in self.deciding)


def picture_of(assertions: Iterable[Assertion], until: UtcMs | None = None) -> Picture:
    """What stood at `until` (or stands now): assertions made by then, less those replaced or taken back by then.

    What has been retracted at any time never counts, not even in the past (G8: a retraction cancels at once).
    """
    every = tuple(assertions)
    taken_back = {(a.source, a.replaces) for a in every if a.retracted}
    made = [a for a in every if until is None or a.asserted_at <= until]
    replaced = {(a.source, a.replaces) for a in made if a.replaces} | taken_back
    standing = (a for a in made if not a.retracted and (a.source, a.id) not in replaced)
    return Picture(tuple(sorted(standing, key=_age)))


def _age(assertion: Assertion) -> tuple[UtcMs, str, str]:
    return assertion.asserted_at, assertion.source, assertion.id


def by_party(assertions: Iterable[Assertion], name: str) -> tuple[Stated, ...]:
    """Each party's latest figure of `name`, in the order of ranks, then of time, newest first."""
    latest: dict[str, Stated] = {}
    for assertion in sorted(assertions, key=_age):
        value = dict(assertion.counts).get(name)
        if value is not None:
            latest[assertion.party] = Stated(value, assertion.party, assertion.rank, assertion.asserted_at)
    return tuple(sorted(latest.values(), key=lambda s: (Rank(s.rank).order, -s.asserted_at, s.party)))


SHOWN = (
    "dead",
    "missing",
    "injured",
    "serious",
    "light",
    "hospitalised",
    "observed",
    "outpatient",
    "treated",
    "exposed",
    "offsite_dead",
    "offsite_hospitalised",
    "evacuated",
    "fire_minutes",
    "cost_usd",
)


def figures(picture: Picture, headline_hours: int) -> tuple[Figure, ...]:
    """Every count that anybody states, with its headline and what the others say (R13)."""
    newest = max((a.asserted_at for a in picture.deciding), default=0)
    stated = ((name, by_party(picture.standing, name)) for name in SHOWN)
    return tuple(_figure(name, parties, newest - headline_hours * HOUR_MS) for name, parties in stated if parties)


def _figure(name: str, parties: tuple[Stated, ...], recent: UtcMs) -> Figure:
    """The headline is the highest-ranked official figure asserted lately; failing that, the highest-ranked of all."""
    headline = next((s for s in parties if Rank(s.rank).is_official and s.asserted_at >= recent), parties[0])
    return Figure(name, headline, tuple(s for s in parties if s != headline))


def times(picture: Picture) -> tuple[TimeStated, ...]:
    """The times of occurrence, earliest first, each with the parties that state it in their latest word."""
    latest = {a.party: a.occurred_at for a in sorted(picture.standing, key=_age)}
    return tuple(TimeStated(t, tuple(sorted(p for p, stated in latest.items() if stated == t))) for t in sorted(set(latest.values())))


def causes(picture: Picture) -> tuple[CauseStated, ...]:
    """Each party's latest account of the cause, by party."""
    latest = {a.party: CauseStated(a.party, a.cause, a.asserted_at) for a in sorted(picture.standing, key=_age) if a.cause}
    return tuple(latest[party] for party in sorted(latest))


def headline_kind(picture: Picture) -> str:
    """What to call it: the highest-ranked deciding party's latest word, `other` and near misses last."""
    vague = (IncidentKind.OTHER, IncidentKind.NEAR_MISS)
    ranked = sorted(picture.deciding, key=lambda a: (a.kind in vague, Rank(a.rank).order, -a.asserted_at, a.id))
    return ranked[0].kind if ranked else ""


def latest_text(picture: Picture, field: str) -> str:
    """The latest non-empty text of a field, official parties first."""
    return next((str(getattr(a, field)) for a in (*reversed(picture.official), *reversed(picture.standing)) if getattr(a, field)), "")
