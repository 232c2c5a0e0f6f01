"""The register of who and where: regions, estates, firms, plants, sources; and the activation of policies and rosters.

Every entry is dated by `valid_from`; the registry keeps all of them, so that a place is resolved as it was when something occurred.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.intake import Id, Name, Rank
from schemas.word import Dated, Instant, UtcMs

RegionCode = Annotated[str, Field(pattern=r"^\d{2}\.\d{2}$")]


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
    kbli: Annotated[str, Field(pattern=r"^\d{5}$")] | None = None
    kbli_edition: Annotated[str, Field(pattern=r"^20\d\d$")] | None = None

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


class SourceEntry(Entry):
    """A publishing system. `id` is its CloudEvents source.

    speaks_as: the ranks it may quote. receives_accident_reports: the provinces whose labour inspection reports filings through it.
    trusted_times: its `recordedtime` counts (G1). silent_after_minutes: its declared limit (R20).
    """

    type: ClassVar[str] = "siaga.registry-source.v1"

    id: Annotated[str, Field(min_length=1, max_length=200)]
    owner: Name
    speaks_as: tuple[Rank, ...] = ()
    receives_accident_reports: tuple[Name, ...] = ()
    trusted_times: bool = False
    silent_after_minutes: Annotated[int, Field(ge=1)] | None = None


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
