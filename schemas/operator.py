"""What people say: a named person of a named position acts, `on` an escalation, one firm's period, or a period of all firms.

ESCALATION alone judges an act (law 10); these words only state it.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.intake import Id, Name, Permit, Words
from schemas.word import Dated, Day, Fact, Instant, UtcMs

Revision = Annotated[int, Field(ge=1)]


class OnEscalation(Fact):
    """A stated revision of an escalation. `estate` is the key of its estate."""

    escalation: Name
    estate: Name
    revision: Revision


class OnPeriod(Fact):
    """What is said of all firms about one period of an obligation, named by the day on which it falls due."""

    obligation: Id
    period: Day


class OnDuty(OnPeriod):
    """What is said of one firm's permit about one period: a warning of it, or a proposal to officials."""

    firm: Id
    permit: Permit


class OnDutyOrPeriod(OnPeriod):
    """Either: of one firm's permit, or of all firms."""

    firm: Id | None = None
    permit: Permit | None = None

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if (self.firm is None) != (self.permit is None):
            raise ValueError("an act is on a firm's permit (both), or on a period of all firms (neither)")
        return self


class Act(Dated):
    """What every act states. `acted_at` is when the person acted."""

    on: OnEscalation | OnPeriod
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

    on: OnEscalation


class Verdict(StrEnum):
    """What a person found who was asked to verify a signal."""

    REAL = "real"
    WRONG = "wrong"


class Verify(Act):
    """The answer to a signal (G7)."""

    type: ClassVar[str] = "siaga.verify.v1"

    on: OnEscalation
    verdict: Verdict


class Decline(Act):
    """Not mine, or it has come to the wrong desk: if nobody told can take it any more, the next level does not wait (law 10)."""

    type: ClassVar[str] = "siaga.decline.v1"

    on: OnEscalation
    reason: Words


class Done(Act):
    """What was asked is done: `action` is its code, as the message asked it."""

    type: ClassVar[str] = "siaga.done.v1"

    on: OnEscalation
    action: Id


class Handover(Act):
    """Somebody else is to do it: `to`, a position of the roster, is asked what this one was asked, and told by whom (law 10)."""

    type: ClassVar[str] = "siaga.handover.v1"

    on: OnEscalation
    to: Name
    reason: Words


class Silence(Act):
    """No more changes of this escalation to this position `until` then; a graver one, more dead, and its end are told all the same."""

    type: ClassVar[str] = "siaga.silence.v1"

    on: OnEscalation
    until: Instant
    reason: Words


class StandDown(Act):
    """The escalation is over; not while an R11 clock is open (R16)."""

    type: ClassVar[str] = "siaga.stand-down.v1"

    on: OnEscalation
    reason: Words


class Confirm(Act):
    """Officials have decided as was proposed; only a confirmed step feeds the next (G3). `step`: which, where it is not a warning."""

    type: ClassVar[str] = "siaga.confirm.v1"

    on: OnDuty
    step: Literal["deactivation", "freeze", "revocation"] | None = None
    reason: Words | None = None


class Waive(Act):
    """The report was missed, and nothing follows from it: it counts for nothing."""

    type: ClassVar[str] = "siaga.waive.v1"

    on: OnDuty
    reason: Words


class Excuse(Act):
    """Nobody is to blame that the report did not come: one firm, or all (G2)."""

    type: ClassVar[str] = "siaga.excuse.v1"

    on: OnDutyOrPeriod
    reason: Words


class Dispute(Act):
    """The firm disagrees: shown in every later message, and the proposal is held (G3)."""

    type: ClassVar[str] = "siaga.dispute.v1"

    on: OnDuty
    reason: Words


class Release(Act):
    """The mass absence is real: what the brake holds back of this period may leave (G2)."""

    type: ClassVar[str] = "siaga.release.v1"

    on: OnPeriod
    reason: Words
