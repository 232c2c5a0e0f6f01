"""The register of who, where, and what they may: regions, estates, firms, plants, permits, obligations assigned, sources; activations.

Every entry is dated by `valid_from`; the registry keeps all of them, so that a place is resolved as it was when something occurred.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.intake import Id, Name, Permit, Rank
from schemas.topics import FACT_TOPICS
from schemas.word import Dated, Instant, UtcMs

RegionCode = Annotated[str, Field(pattern=r"^\d{2}\.\d{2}$")]
Kbli = Annotated[str, Field(pattern=r"^\d{5}$")]
KbliEdition = Annotated[str, Field(pattern=r"^20\d\d$")]
"""A code of the industry means nothing without the edition of the list."""


Zone = Literal["Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"]
"""Indonesia's zones: WIB (two of that offset), WITA, WIT."""


class Entry(Dated):
    """One dated statement about one entity. `ended` closes it from `valid_from` on."""

    id: Id
    valid_from: Instant
    ended: bool = False
    exercise: bool = False

    @property
    def said_at(self) -> UtcMs:
        return self.valid_from


class RegionEntry(Entry):
    """A regency or city, by its Kemendagri code PP.KK, with its province and zone."""

    type: ClassVar[str] = "siaga.registry-region.v1"

    id: RegionCode
    name: Name
    province: Name
    zone: Zone


class EstateEntry(Entry):
    """An industrial estate."""

    type: ClassVar[str] = "siaga.registry-estate.v1"

    name: Name
    regency: RegionCode


class FirmEntry(Entry):
    """A firm; without an estate it belongs to the pseudo-estate of its regency."""

    type: ClassVar[str] = "siaga.registry-firm.v1"

    name: Name
    estate: Id | None = None
    regency: RegionCode | None = None
    kbli: Kbli | None = None
    kbli_edition: KbliEdition | None = None
    workers: Annotated[int, Field(ge=0, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.estate or self.regency):
            raise ValueError("a firm needs an estate or a regency")
        return self


class PlantEntry(Entry):
    """A plant of a firm, where it stands elsewhere than the firm's own entry says."""

    type: ClassVar[str] = "siaga.registry-plant.v1"

    firm: Id
    name: Name
    estate: Id | None = None
    regency: RegionCode | None = None


class Holder(StrEnum):
    """Who holds a permit: estate companies report too."""

    INDUSTRIAL_FIRM = "industrial_firm"
    ESTATE_COMPANY = "estate_company"


class PermitState(StrEnum):
    """What officials have decided about a permit. It is told here alone: siaga proposes (G3)."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    FROZEN = "frozen"
    REVOKED = "revoked"


class PermitEntry(Entry):
    """A permit of a firm, and what its holder must report under it. `decided_by`: the position that decided on its state."""

    type: ClassVar[str] = "siaga.registry-permit.v1"

    id: Permit
    firm: Id
    plant: Id | None = None
    holder: Holder
    obligations: tuple[Id, ...] = ()
    kbli: Kbli | None = None
    kbli_edition: KbliEdition | None = None
    state: PermitState
    decided_by: Name | None = None


class ObligationAssigned(Dated):
    """A firm (all its permits) or one permit must report what the policy does not ask of everybody: the January list of wasdal.

    agreed_with: the regional government (pemda). The same again with another `until` changes it; one that ends as it begins is annulled.
    """

    type: ClassVar[str] = "siaga.obligation-assigned.v1"

    obligation: Id
    firm: Id | None = None
    permit: Permit | None = None
    since: Annotated[Instant, Field(alias="from")]
    until: Instant | None = None
    agreed_with: Name
    exercise: bool = False

    @model_validator(mode="after")
    def _binds_somebody_for_some_time(self) -> Self:
        if (self.firm is None) == (self.permit is None):
            raise ValueError("an assignment names a firm or a permit")
        if self.until is not None and self.until < self.since:
            raise ValueError("until: an assignment ends after it has begun")
        return self

    @property
    def said_at(self) -> UtcMs:
        return self.since


def _is_fact_topic(name: str) -> str:
    if name not in _FACT_TOPICS:
        raise ValueError(f"topics: facts about firms are published to {', '.join(_FACT_TOPICS)}")
    return name


_FACT_TOPICS = tuple(topic.name for topic in FACT_TOPICS)


class SourceEntry(Entry):
    """A publishing system. `id` is its CloudEvents source.

    speaks_as: the ranks it may quote. receives_accident_reports: the provinces whose labour inspection reports filings through it.
    trusted_times: its `recordedtime` counts (G1). silent_after_minutes: its declared limit (R20), on each of its `topics`.
    """

    type: ClassVar[str] = "siaga.registry-source.v1"

    id: Annotated[str, Field(min_length=1, max_length=200)]
    owner: Name
    speaks_as: tuple[Rank, ...] = ()
    receives_accident_reports: tuple[Name, ...] = ()
    trusted_times: bool = False
    silent_after_minutes: Annotated[int, Field(ge=1)] | None = None
    topics: tuple[Annotated[str, AfterValidator(_is_fact_topic)], ...] = ()


class Activate(Dated):
    """From `effective_from` on, this policy or roster revision is in force; the act of a named position."""

    type: ClassVar[str] = "siaga.activate.v1"

    policy: Name | None = None
    roster: Name | None = None
    effective_from: Instant
    by: Name
    exercise: bool = False

    @property
    def said_at(self) -> UtcMs:
        return self.effective_from

    @model_validator(mode="after")
    def _activates_something(self) -> Self:
        if not (self.policy or self.roster):
            raise ValueError("an activation names a policy or a roster revision")
        return self
