"""What upstream systems say: incident bulletins, accident reports filed, injury outcomes, and how far a source has published.

What firms report is in `schemas.reports`.
Each class is one version of one word; its `type` is the CloudEvents type. Counts that a source does not state are absent, never zero.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.ledger import Doubt
from schemas.word import Dated, Fact, Instant, Published, UtcMs

Name = Annotated[str, Field(min_length=1, max_length=200)]
Id = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:\-]*$")]
Permit = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""The number of a permit: opaque text, for nobody knows its format."""

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Rank(StrEnum):
    """Who is speaking, highest first (R13). Firm and estate are interested parties; union and media are not official."""

    POLICE = "police"
    LABOUR_INSPECTION = "labour_inspection"
    MINISTRY = "ministry"
    ESTATE = "estate"
    FIRM = "firm"
    UNION = "union"
    MEDIA = "media"

    @property
    def order(self) -> int:
        """0 for the highest."""
        return list(Rank).index(self)

    @property
    def is_official(self) -> bool:
        """Any rank above union and media."""
        return self not in (Rank.UNION, Rank.MEDIA)


class IncidentKind(StrEnum):
    """What happened (domain §3.2)."""

    FURNACE_EXPLOSION = "furnace_explosion"
    FURNACE_BREAKOUT = "furnace_breakout"
    SLAG_OVERFLOW = "slag_overflow"
    SLAG_WATER_ERUPTION = "slag_water_eruption"
    FIRE = "fire"
    DUST_EXPLOSION = "dust_explosion"
    GAS_RELEASE = "gas_release"
    PRESSURE_EQUIPMENT = "pressure_equipment"
    ELECTRICAL = "electrical"
    DROPPED_LOAD = "dropped_load"
    VEHICLE = "vehicle"
    FALL = "fall"
    LANDSLIDE = "landslide"
    STRUCTURAL_COLLAPSE = "structural_collapse"
    HOT_WORK = "hot_work"
    OTHER = "other"
    NEAR_MISS = "near_miss"


_KINDS = frozenset(IncidentKind)


class Grade(StrEnum):
    """Our grade of severity (domain §3.4); S5 is the highest."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"
    S5 = "S5"


class Party(Fact):
    """Who asserts: a name as printed in the source, and what it ranks as."""

    name: Name
    rank: Rank


class Injured(Fact):
    """Persons injured. `treated` is a clinic's own figure and may include the dead."""

    total: Count | None = None
    light: Count | None = None
    serious: Count | None = None
    hospitalised: Count | None = None
    observed: Count | None = None
    outpatient: Count | None = None
    treated: Count | None = None


class OffSite(Fact):
    """What happened outside the fence. `hours`: how long people were evacuated or sheltered."""

    dead: Count | None = None
    hospitalised: Count | None = None
    evacuated: Count | None = None
    hours: Count | None = None
    declared: bool = False


class Nationalities(Fact):
    """How the dead divide: Indonesian citizens (WNI) and foreigners (WNA)."""

    wni: Count
    wna: Count


class Release(Fact):
    """What got out."""

    substance: Name
    toxic: bool
    kilograms: Count | None = None


class Replaces(Fact):
    """The bulletin of the same source that this one replaces; with the firm and incident it was told about, if they have changed.

    `incident` is the earlier bulletin's own reference, or its local day (`2023-12-24`) where it had none.
    """

    id: Name
    firm: Id | None = None
    incident: Id | None = None


class Statement(Dated):
    """What somebody says about a firm. `exercise`: it is made up, and must say so."""

    firm: Id
    plant: Id | None = None
    exercise: bool = False


class IncidentBulletin(Statement):
    """What one party says about one incident at one moment.

    `incident` is a reference that sources share; without one, bulletins about the same firm and local day belong together. A bulletin
    that `replaces` another supersedes it; with `retracted` it takes it back and asserts nothing.
    """

    type: ClassVar[str] = "siaga.incident-bulletin.v1"

    estate: Id | None = None
    regency: Annotated[str, Field(pattern=r"^\d{2}\.\d{2}$")] | None = None
    incident: Id | None = None
    unit: Name | None = None
    kind_stated: Annotated[str, Field(alias="kind", min_length=1, max_length=60, examples=list(IncidentKind))]
    asserted_by: Party
    asserted_at: Instant
    occurred_at: Instant
    discovered_at: Instant | None = None
    dead: Count | None = None
    dead_by_nationality: Nationalities | None = None
    missing: Count | None = None
    injured: Injured = Injured()
    exposed: Count | None = None
    off_site: OffSite = OffSite()
    fire_minutes: Count | Literal["unknown"] | None = None
    cost_usd: Annotated[int, Field(ge=0)] | None = None
    release: Release | None = None
    cause: Words | None = None
    employer: Name | None = None
    potential: Grade | None = None
    replaces: Replaces | None = None
    retracted: bool = False

    @property
    def said_at(self) -> UtcMs:
        return self.asserted_at

    @property
    def kind(self) -> IncidentKind:
        """What we call it; `other` what our list does not have."""
        return IncidentKind(self.kind_stated) if self.kind_stated in _KINDS else IncidentKind.OTHER

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What contradicts itself, or we have no name for: an explosion is never refused for it (G5)."""
        split = self.dead_by_nationality
        kind = () if self.kind_stated in _KINDS else (Doubt.UNKNOWN_KIND,)
        adds_up = split is None or self.dead is None or split.wni + split.wna == self.dead
        retraction = (Doubt.RETRACTION_OF_NOTHING,) if self.retracted and self.replaces is None else ()
        return (*kind, *(() if adds_up else (Doubt.CONTRADICTORY_SPLIT,)), *retraction)


class AccidentReportFiled(Statement):
    """A labour inspection says that it has received the written accident report (Form 3 KK2 A; PER.03/MEN/1998)."""

    type: ClassVar[str] = "siaga.accident-report-filed.v1"

    incident: Id | None = None
    occurred_at: Instant
    filed_at: Instant
    received_by: Name

    @property
    def said_at(self) -> UtcMs:
        return self.filed_at


class Outcome(StrEnum):
    """What a worker was declared to be: each declaration opens a second 48-hour clock."""

    DEAD = "dead"
    DISABLED = "disabled"
    ILL = "ill"


class InjuryOutcome(Statement):
    """A later declaration about workers hurt in an incident; no person is named."""

    type: ClassVar[str] = "siaga.injury-outcome.v1"

    incident: Id | None = None
    occurred_at: Instant
    outcome: Outcome
    persons: Annotated[int, Field(ge=1, le=10_000)]
    declared_by: Party
    declared_at: Instant

    @property
    def said_at(self) -> UtcMs:
        return self.declared_at


class SourceWatermark(Published):
    """A source says: everything that I received up to `complete_through` has been published."""

    type: ClassVar[str] = "siaga.source-watermark.v1"

    complete_through: Instant


class IntakeWatermark(Published):
    """INTAKE's own mark in its own partition: having read it back, the seat has read everything before it."""

    type: ClassVar[str] = "siaga.intake-watermark.v1"
