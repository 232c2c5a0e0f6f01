"""What health services say: a case of COVID-19 at a firm, how common the disease is in a regency, and what was done about it.

A case is a pseudonymous token; there is no field in which a person could be named (law 12). The words for a case changed with KMK 413/2020:
both vocabularies are understood, each by the definitions of its day.
"""

from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.intake import Id, Name, Statement
from schemas.ledger import Doubt
from schemas.registry import Entry, RegionCode
from schemas.word import Day, Fact, Instant, UtcMs

KMK_413 = date(2020, 7, 13)
"""From this day on a case is suspect, probable, confirmed or a close contact; before it was OTG, ODP, PDP or confirmed."""


def _is_no_identity_number(token: str) -> str:
    if token.isdecimal() or not any(letter.isalpha() for letter in token):
        raise ValueError("a case is named by a token that nobody can trace to a person, not by a number of one")
    return token


Token = Annotated[str, Field(min_length=16, max_length=120, pattern=r"^[A-Za-z0-9_\-]+$"), AfterValidator(_is_no_identity_number)]
"""A pseudonym that the publisher makes with a key of its own: the same case has the same token, and no token leads to a person."""


class CaseStatus(StrEnum):
    """What a case is by KMK 413/2020."""

    CLOSE_CONTACT = "close_contact"
    SUSPECT = "suspect"
    PROBABLE = "probable"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


_EARLIER = MappingProxyType({"otg": CaseStatus.CLOSE_CONTACT, "odp": CaseStatus.SUSPECT, "pdp": CaseStatus.SUSPECT})
_NOW = frozenset(CaseStatus)
_AT_ALL_TIMES = frozenset({CaseStatus.CONFIRMED, CaseStatus.DISCARDED})


class ReplacesNotice(Fact):
    """The notice of the same source that this one replaces; with the firm that it was told about, if that has changed."""

    id: Name
    firm: Id | None = None


class CaseNotice(Statement):
    """What a health service says of one case among a firm's workers.

    case: its token; contact_of: that of the case it is a contact of. area: the code of a hall or shift. onset: the first day of symptoms;
    of an `asymptomatic` case its specimen's day stands for it (R6). firm_informed_at: when the firm was told of it (R5). residence: the
    regency where the worker lives. regency: of the firm, where the registry may not know it. A notice that `replaces` another supersedes
    it; `withdrawn` takes it back and says nothing.
    """

    type: ClassVar[str] = "siaga.case-notice.v1"

    case: Token
    status_stated: Annotated[str, Field(alias="status", min_length=1, max_length=40, examples=[*CaseStatus, *_EARLIER])]
    asymptomatic: bool = False
    onset: Day | None = None
    specimen: Day | None = None
    reported_at: Instant
    area: Id | None = None
    contact_of: Token | None = None
    firm_informed_at: Instant | None = None
    estate: Id | None = None
    regency: RegionCode | None = None
    residence: RegionCode | None = None
    replaces: ReplacesNotice | None = None
    withdrawn: bool = False

    @property
    def said_at(self) -> UtcMs:
        return self.reported_at

    @property
    def status(self) -> CaseStatus:
        """By the definitions of today; a suspect, where we know no such word."""
        stated = self.status_stated.lower()
        return CaseStatus(stated) if stated in _NOW else _EARLIER.get(stated, CaseStatus.SUSPECT)

    @property
    def day(self) -> date | None:
        """The day that windows are over (R6): of onset, or of the specimen where there were no symptoms or their first day is not known."""
        return (self.specimen or self.onset) if self.asymptomatic else (self.onset or self.specimen)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What contradicts itself, or was not said so on its day: a case is never refused for it (G5)."""
        return tuple(doubt for doubt, doubted in self._doubted() if doubted)

    def _doubted(self) -> tuple[tuple[Doubt, bool], ...]:
        stated, day = self.status_stated.lower(), self.day
        known = stated in _NOW or stated in _EARLIER
        of_its_day = day is None or stated in _AT_ALL_TIMES or (stated in _EARLIER) == (day < KMK_413)
        return (
            (Doubt.UNKNOWN_STATUS, not known),
            (Doubt.STATUS_OF_ANOTHER_TIME, known and not of_its_day),
            (Doubt.CONTRADICTORY_TIME, self.onset is not None and self.specimen is not None and self.asymptomatic),
            (Doubt.UNDATED_CASE, day is None and not self.withdrawn),
            (Doubt.RETRACTION_OF_NOTHING, self.withdrawn and self.replaces is None),
        )


class RegencyCounts(Entry):
    """How common the disease was in a regency: new confirmed cases in the `days` up to `valid_from`, among so many inhabitants (R7)."""

    type: ClassVar[str] = "siaga.regency-counts.v1"

    id: RegionCode
    days: Annotated[int, Field(ge=1, le=31)]
    confirmed: Annotated[int, Field(ge=0, le=100_000_000)]
    inhabitants: Annotated[int, Field(ge=1, le=1_000_000_000)]
    stated_by: Name


class Action(StrEnum):
    """What was done about a case or a cluster (KMK 328/2020; R10, R19)."""

    REPORTED_TO_DINKES = "reported_to_dinkes"
    COORDINATED = "coordinated"
    CLOSURE = "closure"
    ISOLATION = "isolation"
    QUARANTINE = "quarantine"
    DISINFECTION = "disinfection"
    REOPENED = "reopened"
    VISIT = "visit"


class ActedBy(StrEnum):
    """Who says that it was done. What only a firm says of itself is normative until its task force says so too (R19)."""

    FIRM = "firm"
    ESTATE = "estate"
    TASK_FORCE = "task_force"


class ResponseAction(Statement):
    """One thing that was done, from when until when; of all plants of the firm where no plant is named."""

    type: ClassVar[str] = "siaga.response-action.v1"

    action: Action
    by: ActedBy
    starts_at: Instant
    ends_at: Instant | None = None
    stated_at: Instant

    @property
    def said_at(self) -> UtcMs:
        return self.stated_at

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.ends_at is not None and self.ends_at < self.starts_at:
            raise ValueError("ends_at: what is done ends after it has begun")
        return self
