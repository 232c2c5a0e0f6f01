"""What firms report under a permit, and what somebody found in the field. There is no field in which a person could be named.

Which obligations there are, and which periods they have, is policy; a count that a report does not state is absent, never zero.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.intake import Count, Id, Name, Permit, Statement, Words
from schemas.word import Day, Instant, UtcMs


class ReportState(StrEnum):
    """What became of a report: returned to be completed, corrected by its firm, or withdrawn as if it had never come."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class ReportSubmission(Statement):
    """One report of one period, of an industrial firm or of an estate company (domain §1.3).

    obligation: its id in the policy. period: the day on which it falls due. replaces: the id of the earlier submission of the same source
    that this one is about, in every state but `submitted`. statement_true: the firm declares that the data are true.
    """

    type: ClassVar[str] = "siaga.report-submission.v1"

    obligation: Id
    period: Day
    permit: Permit
    state: ReportState
    submitted_at: Instant
    replaces: Name | None = None
    workers: Count | None = None
    vaccinated: Count | None = None
    positives: Count | None = None
    pcr_tests: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    antigen_tests: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    statement_true: bool | None = None

    @model_validator(mode="after")
    def _says_what_it_is_about(self) -> Self:
        if (self.state == ReportState.SUBMITTED) != (self.replaces is None):
            raise ValueError("replaces: names the earlier submission in every state but submitted")
        return self

    @property
    def said_at(self) -> UtcMs:
        return self.submitted_at


class InspectionFinding(Statement):
    """What a named position found in the field: whether the statement of a report agrees with it (R3). `period`: of all where absent."""

    type: ClassVar[str] = "siaga.inspection-finding.v1"

    obligation: Id
    permit: Permit
    period: Day | None = None
    found_at: Instant
    by: Name
    agrees: bool
    what: Words

    @property
    def said_at(self) -> UtcMs:
        return self.found_at
