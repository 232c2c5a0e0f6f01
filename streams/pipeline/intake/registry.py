"""The registry as INTAKE reads it: dated entries folded from `firm-registry`, and what was in force or stood where at an instant.

A driver owns one `Registry` and lets it `take` the topic record by record; a room only asks. Every answer is as of a revision, so that an
audit folds the topic once and asks as of each revision that was recorded.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import NamedTuple, TypeVar

import msgspec

from schemas.cases import RegencyCounts
from schemas.ids import DESK
from schemas.ledger import Doubt, Place, Registered
from schemas.policy import Policy
from schemas.registry import Activate, Entry, EstateEntry, FirmEntry, ObligationAssigned, PlantEntry, RegionEntry, SourceEntry
from schemas.topics import REGISTRY
from schemas.word import Stamp, UtcMs
from streams.pipeline.intake.book import Book, Row
from streams.pipeline.intake.decode import Event, Refused
from streams.pipeline.intake.judge import Terms, judge
from streams.pipeline.line import Record

E = TypeVar("E", bound=Entry)
Entity = tuple[type[Entry], str]


class Stated(msgspec.Struct, frozen=True, gc=False):
    """What a fact says of where it belongs."""

    firm: str
    plant: str | None = None
    estate: str | None = None
    regency: str | None = None


class _Present(NamedTuple):
    """What has been in force since the last activation, as a revision of the registry has it."""

    revision: int
    since: UtcMs
    stamp: Stamp
    terms: Terms


class _Taken:
    """What has been taken so far, shared by a registry and its earlier selves."""

    def __init__(self) -> None:
        self.revision = 0
        self.entries: Book[Entity, Entry] = Book()
        self.activations: Book[str, str] = Book()
        self.assigned: Book[tuple[str, str], ObligationAssigned] = Book()
        self.receiving: dict[str, dict[str, None]] = {}
        """The sources that have ever received the accident reports of a province."""

        self.naming: dict[Entity, dict[Entity, int]] = {}
        """Who has ever named an entity, and the offset of the record that first did."""


class Registry:
    """All entries so far. `exercise` and `story_time`: what its prefix takes (`Terms`)."""

    def __init__(
        self, *, policies: Mapping[str, Policy], rosters: Iterable[str], exercise: bool | None = None, story_time: bool = False
    ) -> None:
        self.policies, self.rosters = policies, tuple(rosters)
        self.exercise, self.story_time = exercise, story_time
        self._taken = _Taken()
        self._as_of: int | None = None
        self._known: _Present | None = None

    @property
    def revision(self) -> int:
        """The offset after the last record that the answers know of."""
        return self._taken.revision if self._as_of is None else self._as_of

    def as_of(self, revision: int) -> "Registry":
        """The registry as it was when everything before `revision` had been taken, and nothing else."""
        earlier = copy(self)
        earlier._as_of = revision  # noqa: SLF001  its own earlier self
        return earlier

    def take(self, record: Record) -> None:
        """Fold one record of `firm-registry`, once; what is refused is left to the registry's own seat to say."""
        if record.offset < self._taken.revision:
            return
        event = self.judged(record)
        if isinstance(event, Event):
            self._keep(event, record.offset)
        self._taken.revision = record.offset + 1

    def judged(self, record: Record) -> Event | Refused:
        """What this prefix makes of a record; of one of `firm-registry`, by what was in force before it."""
        known = self.as_of(record.offset) if record.topic == REGISTRY.name else self
        return judge(record, known.terms(record.timestamp))

    def terms(self, at: UtcMs) -> Terms:
        """What this prefix takes at an instant."""
        present = self._present()
        return present.terms if at >= present.since else self._terms(at)

    def _terms(self, at: UtcMs) -> Terms:
        return Terms(self.exercise, self.story_time, self.policy(at).intake.largest_bytes, self.policies, self.rosters)

    def _present(self) -> _Present:
        """Nearly everybody asks about the present, which changes with the registry alone."""
        revision = self.revision
        if self._known is None or self._known.revision != revision:
            since = self._taken.activations.newest(revision)
            self._known = _Present(revision, since, self._stamp(since), self._terms(since))
        return self._known

    def _keep(self, event: Event, offset: int) -> None:
        match event.fact:
            case RegencyCounts(valid_from=since) if self.source(event.source, since) is None:
                pass  # How common a disease is must be said by somebody whom the registry names (R7).
            case Entry() as entry:
                self._taken.entries.write((type(entry), entry.id), Row(entry.valid_from, offset, entry))
                for named in _named_by(entry):
                    self._taken.naming.setdefault(named, {}).setdefault((type(entry), entry.id), offset)
                if isinstance(entry, SourceEntry):
                    for province in entry.receives_accident_reports:
                        self._taken.receiving.setdefault(province, {})[entry.id] = None
            case ObligationAssigned(firm=firm, permit=permit) as assigned:
                about = ("firm", firm) if firm else ("permit", permit or "")
                self._taken.assigned.write(about, Row(assigned.since, offset, assigned))
            case Activate() as activate:
                for what, revision in (("policy", activate.policy), ("roster", activate.roster)):
                    if revision:
                        self._taken.activations.write(what, Row(activate.effective_from, offset, revision))

    def in_force(self, at: UtcMs) -> Stamp:
        """The policy and roster in force at an instant; before any activation, the first revisions known."""
        activations, revision = self._taken.activations, self.revision
        policy = activations.at("policy", at, revision) or min(self.policies)
        return Stamp(policy, activations.at("roster", at, revision) or min(self.rosters))

    def policy(self, at: UtcMs) -> Policy:
        """The policy in force at an instant."""
        return self.policies[self.in_force(at).policy]

    def stamp(self, at: UtcMs) -> Stamp:
        """What INTAKE's words are made by at an instant, the registry's own revision among it."""
        present = self._present()
        return present.stamp if at >= present.since else self._stamp(at)

    def _stamp(self, at: UtcMs) -> Stamp:
        return self.in_force(at)._replace(registry=str(self.revision))

    def last(self, kind: type[E], entity: str | None, at: UtcMs) -> E | None:
        """The entry of an instant, be it one that ended the entity.

        What the register first learnt later than `at` is still better than nothing: a firm does not appear with its entry.
        """
        if not entity:
            return None
        taken, as_of = self._taken, self._as_of
        about, revision = (kind, entity), taken.revision if as_of is None else as_of
        found = taken.entries.at(about, at, revision) or taken.entries.first(about, revision)
        return found if isinstance(found, kind) else None

    def entry(self, kind: type[E], entity: str | None, at: UtcMs) -> E | None:
        """The entry in force at an instant."""
        found = self.last(kind, entity, at)
        return found if found and not found.ended else None

    def rows(self, kind: type[E], entity: str) -> tuple[Row[E], ...]:
        """Every entry of an entity, in the order of their dates."""
        rows = self._taken.entries.rows((kind, entity), self.revision)
        return tuple(Row(row.since, row.offset, row.said) for row in rows if isinstance(row.said, kind))

    def assigned(self, what: str, entity: str) -> tuple[Row[ObligationAssigned], ...]:
        """What is asked by name of a `firm` or a `permit`."""
        return self._taken.assigned.rows((what, entity), self.revision)

    def naming(self, kind: type[Entry], entity: str) -> Iterator[Entity]:
        """Everything that has ever named an entity, or named what named it."""
        seen, waiting = set[Entity](), [(kind, entity)]
        while waiting:
            for each, first in self._taken.naming.get(waiting.pop(0), {}).items():
                if first < self.revision and each not in seen:
                    seen.add(each)
                    waiting.append(each)
                    yield each

    def source(self, source: str, at: UtcMs) -> SourceEntry | None:
        """The publishing system of that CloudEvents source."""
        return self.entry(SourceEntry, source, at)

    def place(self, stated: Stated, at: UtcMs) -> tuple[Place, tuple[Doubt, ...]]:
        """Where a fact belongs as of `at`, and what is unresolved about it."""
        firm, plant = self.entry(FirmEntry, stated.firm, at), self.entry(PlantEntry, stated.plant, at)
        home = plant if plant and (plant.estate or plant.regency) else firm
        estate_id = home.estate if home else stated.estate
        estate = self.entry(EstateEntry, estate_id, at)
        code = estate.regency if estate else next(filter(None, self._regencies(stated, home, estate_id, at)), "")
        region = self.entry(RegionEntry, code, at)
        place = Place(
            firm=stated.firm,
            firm_name=firm.name if firm else stated.firm,
            plant=stated.plant or "",
            plant_name=plant.name if plant else "",
            estate=estate.id if estate else (f"regency:{code}" if code else DESK),
            estate_name=estate.name if estate else "",
            regency=code,
            regency_name=region.name if region else "",
            province=code[:2] if region else "",
            province_name=region.province if region else "",
            zone=region.zone if region else "Asia/Jakarta",
        )
        doubts = (*_doubts_of_firm(stated, firm, plant), *_doubts_of_place(stated, estate_id, estate), *_doubts_of_region(code, region))
        return place, doubts

    def _regencies(self, stated: Stated, home: FirmEntry | PlantEntry | None, estate_id: str | None, at: UtcMs) -> Iterator[str | None]:
        """Every regency that could be meant where no estate says it, the surest first: the desk is for what nobody can place."""
        yield home.regency if home else None
        ended = self.last(EstateEntry, estate_id, at)
        yield ended.regency if ended else None
        yield stated.regency
        if gone := self.last(FirmEntry, stated.firm, at):
            yield gone.regency
            left = self.last(EstateEntry, gone.estate, at)
            yield left.regency if left else None

    def registered(self, place: Place, at: UtcMs) -> Registered:
        """What else is known of the province of a place."""
        sources = (self.source(entity, at) for entity in self._taken.receiving.get(place.province_name, ()))
        return Registered(any(source and place.province_name in source.receives_accident_reports for source in sources))


def _named_by(entry: Entry) -> Iterator[Entity]:
    for field, kind in (("firm", FirmEntry), ("plant", PlantEntry), ("estate", EstateEntry), ("regency", RegionEntry)):
        if entity := getattr(entry, field, None):
            yield (kind, entity)


def _doubts_of_firm(stated: Stated, firm: FirmEntry | None, plant: PlantEntry | None) -> Iterator[Doubt]:
    if firm is None:
        yield Doubt.UNKNOWN_FIRM
    if stated.plant and plant is None:
        yield Doubt.UNKNOWN_PLANT
    if plant and plant.firm != stated.firm:
        yield Doubt.PLANT_OF_ANOTHER_FIRM


def _doubts_of_place(stated: Stated, estate_id: str | None, estate: EstateEntry | None) -> Iterator[Doubt]:
    if estate_id and estate is None:
        yield Doubt.UNKNOWN_ESTATE
    if stated.estate and stated.estate != estate_id:
        yield Doubt.CONTRADICTORY_ESTATE


def _doubts_of_region(code: str, region: RegionEntry | None) -> Iterator[Doubt]:
    if code and region is None:
        yield Doubt.UNKNOWN_REGENCY
