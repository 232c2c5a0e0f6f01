"""The registry as INTAKE reads it: dated entries folded from `firm-registry`, and what was in force or stood where at an instant.

A driver owns one `Registry` and lets it `take` the topic record by record; a room only asks.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from schemas.ids import DESK
from schemas.ledger import Place, Registered
from schemas.registry import Activate, Entry, EstateEntry, FirmEntry, PlantEntry, RegionEntry, SourceEntry
from schemas.word import Stamp, UtcMs
from streams.pipeline.intake.decode import Event, decode
from streams.pipeline.line import Record


class Stated(NamedTuple):
    """What a fact says of where it belongs."""

    firm: str
    plant: str | None = None
    estate: str | None = None
    regency: str | None = None


class Registry:
    """All entries so far. `revision` is the offset after the last record taken. `exercise`: whose entries count; None takes both."""

    def __init__(
        self, *, policies: Iterable[str], rosters: Iterable[str], largest_bytes: int = 65_536, exercise: bool | None = None
    ) -> None:
        self.policies, self.rosters = tuple(policies), tuple(rosters)
        self.revision = 0
        self._largest_bytes, self._exercise = largest_bytes, exercise
        self._entries: dict[tuple[type[Entry], str], list[tuple[UtcMs, int, Entry]]] = {}
        self._sources: set[str] = set()
        self._activations: dict[str, list[tuple[UtcMs, int, str]]] = {"policy": [], "roster": []}

    def take(self, record: Record) -> None:
        """Fold one record of `firm-registry`; what cannot be understood is left to the registry's own seat to refuse."""
        event = decode(record, self._largest_bytes)
        if isinstance(event, Event) and self._exercise in (None, getattr(event.fact, "exercise", self._exercise)):
            self._keep(event, record.offset)
        self.revision = record.offset + 1

    def _keep(self, event: Event, offset: int) -> None:
        match event.fact:
            case Entry() as entry:
                dated = self._entries.setdefault((type(entry), entry.id), [])
                dated.append((entry.valid_from, offset, entry))
                dated.sort(key=lambda row: row[:2])
                if isinstance(entry, SourceEntry):
                    self._sources.add(entry.id)
            case Activate() as activate if self.unknown_revision(activate) is None:
                for what, revision in (("policy", activate.policy), ("roster", activate.roster)):
                    if revision:
                        self._activations[what].append((activate.effective_from, offset, revision))
                        self._activations[what].sort()

    def unknown_revision(self, activate: Activate) -> str | None:
        """The revision that `activate` names and nobody has, if any."""
        if activate.policy and activate.policy not in self.policies:
            return activate.policy
        return activate.roster if activate.roster and activate.roster not in self.rosters else None

    def in_force(self, at: UtcMs) -> Stamp:
        """The policy and roster in force at an instant; before any activation, the first revisions known."""
        policy = _latest(self._activations["policy"], at) or min(self.policies)
        return Stamp(policy, _latest(self._activations["roster"], at) or min(self.rosters))

    def _at(self, kind: type[Entry], entity: str | None, at: UtcMs) -> Entry | None:
        dated = self._entries.get((kind, entity or ""), [])
        index = bisect_right(dated, at, key=lambda row: row[0])
        # What the register first learnt later than `at` is still better than nothing: a firm does not appear with its entry.
        found = (dated[index - 1] if index else dated[0])[2] if dated else None
        return None if found is None or found.ended else found

    def source(self, source: str, at: UtcMs) -> SourceEntry | None:
        """The publishing system of that CloudEvents source."""
        found = self._at(SourceEntry, source, at)
        return found if isinstance(found, SourceEntry) else None

    def place(self, stated: Stated, at: UtcMs) -> tuple[Place, tuple[str, ...]]:
        """Where a fact belongs as of `at`, and what is unresolved about it."""
        firm = self._at(FirmEntry, stated.firm, at)
        plant = self._at(PlantEntry, stated.plant, at)
        unresolved = _doubts(stated, firm, plant)
        home = plant if isinstance(plant, PlantEntry) and (plant.estate or plant.regency) else firm
        estate_id = getattr(home, "estate", None) or (stated.estate if home is None else None)
        estate = self._at(EstateEntry, estate_id, at)
        if estate_id and estate is None:
            unresolved = (*unresolved, "unknown_estate")
        if stated.estate and stated.estate != estate_id:
            unresolved = (*unresolved, "contradictory_estate")
        code = getattr(estate, "regency", None) or getattr(home, "regency", None) or stated.regency or ""
        region = self._at(RegionEntry, code, at)
        place = Place(
            firm=stated.firm,
            firm_name=firm.name if isinstance(firm, FirmEntry) else stated.firm,
            plant=stated.plant or "",
            plant_name=plant.name if isinstance(plant, PlantEntry) else "",
            estate=estate.id if estate else (f"regency:{code}" if code else DESK),
            estate_name=estate.name if isinstance(estate, EstateEntry) else "",
            regency=code,
        )
        return _in_region(place, region), unresolved

    def registered(self, place: Place, at: UtcMs) -> Registered:
        """What else is known of the province of a place."""
        sources = (self.source(entity, at) for entity in self._sources)
        connected = any(source and place.province_name in source.receives_accident_reports for source in sources)
        return Registered(filing_connected=bool(place.province_name) and connected)


def _doubts(stated: Stated, firm: Entry | None, plant: Entry | None) -> tuple[str, ...]:
    doubts = () if firm else ("unknown_firm",)
    if stated.plant and plant is None:
        return (*doubts, "unknown_plant")
    if isinstance(plant, PlantEntry) and plant.firm != stated.firm:
        return (*doubts, "plant_of_another_firm")
    return doubts


def _in_region(place: Place, region: Entry | None) -> Place:
    if not isinstance(region, RegionEntry):
        return place
    return Place(
        firm=place.firm,
        firm_name=place.firm_name,
        plant=place.plant,
        plant_name=place.plant_name,
        estate=place.estate,
        estate_name=place.estate_name,
        regency=place.regency,
        regency_name=region.name,
        province=place.regency[:2],
        province_name=region.province,
        zone=region.zone,
    )


def _latest(dated: list[tuple[UtcMs, int, str]], at: UtcMs) -> str | None:
    index = bisect_right(dated, at, key=lambda row: row[0])
    return dated[index - 1][2] if index else None
