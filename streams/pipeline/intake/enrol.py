"""Enrol: a record of the registry in; out, to the ledgers of firms and sources, what has become true of each permit and source it touches.

Each word is the whole truth as of that record, so that its reader may replace what it had. What has not changed is not said again.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

import msgspec

from schemas.cases import RegencyCounts
from schemas.ids import ESTATE, FIRM, REGENCY, SOURCE
from schemas.ledger import Bound, Connected, Connection, Enrolled, Odd, PlaceSince, StateSince
from schemas.registry import Entry, EstateEntry, FirmEntry, ObligationAssigned, PermitEntry, PlantEntry, RegionEntry, SourceEntry
from schemas.topics import LEDGER
from schemas.word import UtcMs
from streams.pipeline.intake.admit import Reading, odd
from streams.pipeline.intake.book import Row
from streams.pipeline.intake.registry import Entity, Registry, Stated
from streams.pipeline.line import Said

ENDED = "ended"
"""The state of a permit that has ended, or has passed into other hands."""

Since = TypeVar("Since", StateSince, PlaceSince, Connection)
E = TypeVar("E", bound=Entry)


class Holding(NamedTuple):
    """A permit in the hands of one firm."""

    permit: str
    firm: str


def enrol(reading: Reading) -> Iterator[Said]:
    """What has become true, and what is odd about it."""
    fact, before = reading.event.fact, reading.registry.as_of(reading.record.offset)
    if isinstance(fact, SourceEntry) and (source := _connected(fact.id, reading, reading.registry)) != _connected(fact.id, reading, before):
        yield Said(LEDGER, source.subject, source, reading.stamp)
    for holding in _touched(reading.registry, fact):
        word = enrolled(holding, reading, reading.registry)
        if word and word != enrolled(holding, reading, before):
            word = msgspec.structs.replace(word, taken_over=_taken_over(holding, reading, before))
            yield Said(LEDGER, word.subject, word, reading.stamp)
    yield from _odd(reading)


def _touched(registry: Registry, fact: object) -> Iterator[Holding]:
    """The permits that name what the record is about, or name what names it, each with every firm that ever held it."""
    match fact:
        case PermitEntry(id=permit) | ObligationAssigned(permit=str(permit)):
            permits: Iterable[str] = (permit,)
        case ObligationAssigned(firm=str(firm)):
            permits = _permits(registry.naming(FirmEntry, firm))
        case Entry(id=entity):
            permits = _permits(registry.naming(type(fact), entity))
        case _:
            permits = ()
    for permit in permits:
        yield from (Holding(permit, firm) for firm in dict.fromkeys(row.said.firm for row in registry.rows(PermitEntry, permit)))


def _permits(naming: Iterable[Entity]) -> Iterator[str]:
    return (entity for kind, entity in naming if kind is PermitEntry)


def enrolled(holding: Holding, reading: Reading, registry: Registry) -> Enrolled | None:
    """All that a registry has of a permit in the hands of a firm, be it that it never was; None where it has no such permit."""
    rows = _dated(registry.rows(PermitEntry, holding.permit))
    if not rows:
        return None
    rows = rows[next((n for n, row in enumerate(rows) if row.said.firm == holding.firm), 0) :]
    return Enrolled(
        permit=holding.permit,
        firm=holding.firm,
        subject=f"{FIRM}{holding.firm}",
        holder=rows[-1].said.holder,
        obligations=(*_own(rows, holding), *_assigned(registry, holding)),
        states=_collapsed(StateSince(row.since, *_state(row.said, holding)) for row in rows),
        places=_collapsed(_places(rows, holding, registry)),
        at=reading.at,
        registry=reading.registry.revision,
        origin=reading.origin,
        exercise=rows[-1].said.exercise,
    )


def _dated(rows: Iterable[Row[E]]) -> list[Row[E]]:
    """One row a date: of one date, the later published counts."""
    return list({row.since: row for row in rows}.values())


def _is_held(entry: PermitEntry, holding: Holding) -> bool:
    return entry.firm == holding.firm and not entry.ended


def _state(entry: PermitEntry, holding: Holding) -> tuple[str, str]:
    return entry.state if _is_held(entry, holding) else ENDED, entry.decided_by or ""


def _taken_over(holding: Holding, reading: Reading, before: Registry) -> UtcMs | None:
    """The first instant before now at which this firm had the permit, and another had it as far as anybody knew before this record."""
    now, then = (_dated(registry.rows(PermitEntry, holding.permit)) for registry in (reading.registry, before))
    for instant in sorted({row.since for row in (*now, *then) if row.since < reading.at}):
        if _firm_at(now, instant) == holding.firm and _firm_at(then, instant) not in (None, holding.firm):
            return instant
    return None


def _firm_at(rows: Sequence[Row[PermitEntry]], instant: UtcMs) -> str | None:
    return next((row.said.firm for row in reversed(rows) if row.since <= instant), None)


def _own(rows: Sequence[Row[PermitEntry]], holding: Holding) -> Iterator[Bound]:
    """Each obligation from the entry that first names it to the one that names it no more."""
    named = [(row.since, row.said.obligations if _is_held(row.said, holding) else ()) for row in rows]
    for obligation in sorted({name for _, names in named for name in names}):
        for is_bound, run in groupby(named, key=lambda each: obligation in each[1]):
            since = next(run)[0]
            if is_bound:
                yield Bound(obligation, since, next((until for until, names in named if until > since and obligation not in names), None))


def _assigned(registry: Registry, holding: Holding) -> Iterator[Bound]:
    """What is asked of it by name, as last stated; what ends as it begins has been annulled."""
    rows = (*registry.assigned("firm", holding.firm), *registry.assigned("permit", holding.permit))
    last = {(row.said.obligation, row.since, row.said.firm): row.said for row in rows}
    for _, said in sorted(last.items(), key=lambda each: each[0][:2]):
        if said.until != said.since:
            yield Bound(said.obligation, said.since, said.until, said.agreed_with)


def _places(rows: Sequence[Row[PermitEntry]], holding: Holding, registry: Registry) -> Iterator[PlaceSince]:
    """Where it stands, from the first entry on, at each instant at which an entry says something new."""
    held = [row for row in rows if row.said.firm == holding.firm]
    for instant in sorted({rows[0].since, *(since for since in _moves(rows, holding, registry) if since > rows[0].since)}):
        plant = next((row.said.plant for row in reversed(held) if row.since <= instant), None)
        yield PlaceSince(instant, registry.place(Stated(holding.firm, plant), instant)[0])


def _moves(rows: Sequence[Row[PermitEntry]], holding: Holding, registry: Registry) -> Iterator[UtcMs]:
    """The dates of all entries that a place is made of."""
    plants = [row for plant in {row.said.plant for row in rows} for row in registry.rows(PlantEntry, plant or "")]
    homes: list[Row[FirmEntry] | Row[PlantEntry]] = [*registry.rows(FirmEntry, holding.firm), *plants]
    estates = [row for estate in {home.said.estate for home in homes} for row in registry.rows(EstateEntry, estate or "")]
    codes = {*(home.said.regency for home in homes), *(estate.said.regency for estate in estates)}
    regions = [row for code in codes for row in registry.rows(RegionEntry, code or "")]
    yield from (row.since for dated in (rows, homes, estates, regions) for row in dated)


def _collapsed(said: Iterable[Since]) -> tuple[Since, ...]:
    """Without what only repeats what was so before."""
    kept: list[Since] = []
    for each in said:
        if not kept or msgspec.structs.replace(each, since=kept[-1].since) != kept[-1]:
            kept.append(each)
    return tuple(kept)


def _connected(source: str, reading: Reading, registry: Registry) -> Connected:
    rows = _dated(registry.rows(SourceEntry, source))
    entries = ((row.since, row.said) for row in rows)
    return Connected(
        source=source,
        subject=f"{SOURCE}{source}",
        connections=_collapsed(Connection(since, e.owner, e.topics, e.silent_after_minutes, e.ended) for since, e in entries),
        at=reading.at,
        registry=reading.registry.revision,
        origin=reading.origin,
        exercise=bool(rows) and rows[-1].said.exercise,
    )


def _odd(reading: Reading) -> Iterator[Said]:
    """What must be looked at, though nothing is refused: the register is right by definition."""
    match fact := reading.event.fact:
        case EstateEntry(ended=True) if any(_within(fact, reading.registry)):
            yield odd(Odd.ESTATE_ENDED_WITH_FIRMS, f"{ESTATE}{fact.id}", reading)
        case RegencyCounts() if reading.source is None:
            yield odd(Odd.COUNTS_OF_A_STRANGER, f"{REGENCY}{fact.id}", reading)
        case ObligationAssigned(firm=firm, permit=permit) if not any(_touched(reading.registry, fact)):
            yield odd(Odd.ASSIGNED_WITHOUT_PERMIT, f"{FIRM}{firm}" if firm else f"permit:{permit}", reading)


def _within(estate: EstateEntry, registry: Registry) -> Iterator[bool]:
    """Whether anybody stands in an estate at the instant at which it ends."""
    for kind, entity in registry.naming(EstateEntry, estate.id):
        home = registry.entry(kind, entity, estate.valid_from)
        yield isinstance(home, FirmEntry | PlantEntry) and home.estate == estate.id
