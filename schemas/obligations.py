"""Obligations: who must report what, and when, as dated data (R1). A regime says which days a report was due while it was in force.

Everything here is policy: an instrument or `design` stands beside each figure, and what nobody could verify is marked and never sanctions.
"""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.intake import Id, Name
from schemas.word import Fact

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DayOfMonth = Annotated[int, Field(ge=1, le=31)]
Month = Annotated[int, Field(ge=1, le=12)]
Times = Annotated[int, Field(ge=1)]


class Weekly(Fact):
    """Due on these days of every week; the period opens when the one before has ended."""

    every: Literal["week"] = "week"
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]

    def on_or_after(self, day: date) -> date:
        """The first day from `day` on at which a report is due."""
        return day + timedelta(days=min((WEEKDAYS.index(name) - day.weekday()) % 7 for name in self.days))

    def before(self, day: date) -> date:
        """The last day before `day` at which a report is due."""
        return day - timedelta(days=1 + min((day.weekday() - 1 - WEEKDAYS.index(name)) % 7 for name in self.days))


class Monthly(Fact):
    """Due on `day` of these months, or on the month's last day where it is shorter; open from `opens_day` of the same month."""

    every: Literal["month"] = "month"
    months: Annotated[tuple[Month, ...], Field(min_length=1)] = tuple(range(1, 13))
    day: DayOfMonth
    opens_day: DayOfMonth | None = None

    def on_or_after(self, day: date) -> date:
        """The first day from `day` on at which a report is due."""
        return next(found for n in range(13) if (found := self._in_month(day, n)) and found >= day)

    def before(self, day: date) -> date:
        """The last day before `day` at which a report is due."""
        return next(found for n in range(13) if (found := self._in_month(day, -n)) and found < day)

    def _in_month(self, day: date, months_later: int) -> date | None:
        year, month = divmod(day.year * 12 + day.month - 1 + months_later, 12)
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1])) if month + 1 in self.months else None


Days = Annotated[Weekly | Monthly, Field(discriminator="every")]


class Step(StrEnum):
    """What may be proposed against a permit. Officials decide; its state changes in the registry alone (G3)."""

    DEACTIVATION = "deactivation"
    FREEZE = "freeze"
    REVOCATION = "revocation"


class Proposing(Fact):
    """What siaga proposes to officials, and on which of these conditions: any is enough (R3).

    in_a_row: so many misses without a report between them. within_a_month: so many warnings, the last at most a calendar month after the
    first. after: the next miss once that step has been confirmed. repeats: that step is reached again after it was confirmed once.
    on_mismatch: a named position found in the field that the statement is not true.
    """

    proposes: Step
    in_a_row: Times | None = None
    within_a_month: Times | None = None
    after: Step | None = None
    repeats: Step | None = None
    on_mismatch: bool = False

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if not any((self.in_a_row, self.within_a_month, self.after, self.repeats, self.on_mismatch)):
            raise ValueError("a proposal needs a condition: in_a_row, within_a_month, after, repeats or on_mismatch")
        return self


class Regime(Fact):
    """One schedule of an obligation. It ends the day before its successor takes effect, or with `last_due`.

    warns: a missed period is warned of (R2); without it misses are only counted. source: the instrument, or `design`.
    """

    version: Name
    source: str
    unverified: bool = False
    announced: date
    effective_from: date
    first_due: date
    last_due: date | None = None
    last_due_unverified: bool = False
    due: Days
    warns: bool = False
    proposals: tuple[Proposing, ...] = ()

    @model_validator(mode="after")
    def _nobody_is_bound_before_they_were_told(self) -> Self:
        if self.first_due < max(self.announced, self.effective_from):
            raise ValueError(f"{self.version}: first_due {self.first_due} lies before it was announced or took effect")
        if self.due.on_or_after(self.first_due) != self.first_due:
            raise ValueError(f"{self.version}: first_due {self.first_due} is no day on which it falls due")
        if self.unverified and self.proposals:
            raise ValueError(f"{self.version}: what is unverified never sanctions")
        return self


class Obligation(Fact):
    """One duty to report, and who has it.

    received_by: the CloudEvents source of the system that receives the reports; only its own watermark proves an absence (G1).
    in_service_since: no absence of an earlier period is ever decided (G6). holders: who must, by their permit; empty with `assigned`:
    only those who were assigned it by name.
    """

    id: Id
    name_id: Name
    name_en: Name
    received_by: Name
    in_service_since: date
    holders: tuple[Literal["industrial_firm", "estate_company"], ...] = ()
    assigned: bool = False
    regimes: Annotated[tuple[Regime, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _regimes_follow_one_another(self) -> Self:
        if any(later.effective_from <= earlier.effective_from for earlier, later in pairwise(self.regimes)):
            raise ValueError(f"{self.id}: regimes stand in the order in which they took effect")
        return self

    def __hash__(self) -> int:
        """By its id: the calendar remembers periods by obligation, and the hash of every date in it would cost more than they do."""
        return hash(self.id)
