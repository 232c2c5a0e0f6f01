"""What people say: a named person of a named position acts on a stated revision of an escalation.

ESCALATION alone judges an act (law 10); these words only state it.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.intake import Name, Words
from schemas.word import Dated, Instant, UtcMs

Revision = Annotated[int, Field(ge=1)]


class Act(Dated):
    """What every act states. `estate` is the key of the escalation's estate; `acted_at` is when the person acted."""

    escalation: Name
    estate: Name
    revision: Revision
    position: Name
    name: Name
    acted_at: Instant
    exercise: bool = False

    @property
    def said_at(self) -> UtcMs:
        return self.acted_at


class Acknowledge(Act):
    """I take it: stops the ladder, not the alert, and not everybody's does (G4)."""

    type: ClassVar[str] = "siaga.acknowledge.v1"


class Verdict(StrEnum):
    """What a person found who was asked to verify a signal."""

    REAL = "real"
    WRONG = "wrong"


class Verify(Act):
    """The answer to a signal (G7)."""

    type: ClassVar[str] = "siaga.verify.v1"

    verdict: Verdict


class StandDown(Act):
    """The escalation is over; not while an R11 clock is open (R16)."""

    type: ClassVar[str] = "siaga.stand-down.v1"

    reason: Words
