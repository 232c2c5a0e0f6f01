"""Memory of reporting: what is kept of each permit under each obligation, of each estate's count, and of what was excused for all."""

from schemas.ledger import Bound, Place
from schemas.word import Part, UtcMs
from streams.pipeline.surveillance.alerts import Spoken


class Submission(Part, frozen=True, array_like=True):
    """One submission for one period, condensed. `received_at`: by the source's clock where the registry trusts it (G1)."""

    day: str
    source: str
    id: str
    digest: str
    state: str
    received_at: UtcMs
    replaces: str = ""


class Ruling(Part, frozen=True, array_like=True):
    """What a person said about one period: `confirm`, `waive`, `excuse`, `dispute`. `step`: what was confirmed."""

    day: str
    act: str
    at: UtcMs
    position: str
    step: str = ""


class Held(Part, frozen=True, array_like=True):
    """From an instant on, the state that officials have given a permit, or `ended`."""

    since: UtcMs
    state: str


class Stood(Part, frozen=True, array_like=True):
    """From an instant on, where the permit's plant stands."""

    since: UtcMs
    place: Place


class Mismatch(Part, frozen=True, array_like=True):
    """A named position found in the field that what was stated for a period is not true."""

    day: str
    source: str
    id: str
    digest: str


class Duty(Part, frozen=True, array_like=True, tag="duty"):
    """One permit under one obligation.

    enrolled_at: when the line first heard of it; nothing due earlier is ever decided. bound: when the obligation binds it. held, stood: its
    history, oldest first. decided_through: the last deadline that a proven tick has decided; reminded_through: the last reminder that was
    due. counted: what was last said of each period to the count of its estate.
    """

    subject: str
    obligation: str
    permit: str
    enrolled_at: UtcMs
    bound: tuple[Bound, ...] = ()
    held: tuple[Held, ...] = ()
    stood: tuple[Stood, ...] = ()
    submissions: tuple[Submission, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    decided_through: UtcMs = 0
    reminded_through: UtcMs = 0
    counted: tuple[tuple[str, str, str], ...] = ()
    spoken: tuple[Spoken, ...] = ()
    exercise: bool = False

    @property
    def name(self) -> str:
        """Its entry."""
        return duty_name(self.subject, self.obligation, self.permit)

    def state_at(self, instant: UtcMs) -> str:
        """The permit's state at an instant; empty before it was granted."""
        return next((held.state for held in reversed(self.held) if held.since <= instant), "")

    def place_at(self, instant: UtcMs) -> Place:
        """Where its plant stood at an instant; what the register learnt later is better than nothing."""
        found = next((stood.place for stood in reversed(self.stood) if stood.since <= instant), None)
        return found or self.stood[0].place


class Count(Part, frozen=True, array_like=True, tag="count"):
    """How the permits of one estate stand in one period, as far as this seat has them: by outcome."""

    obligation: str
    day: str
    estate: str
    place: Place
    outcomes: tuple[tuple[str, int], ...] = ()
    spoken: tuple[Spoken, ...] = ()
    exercise: bool = False

    @property
    def name(self) -> str:
        """Its entry; the name comes after those of all duties, so that a tick reaches it when they have been counted."""
        return count_name(self.obligation, self.day, self.estate)


class Excused(Part, frozen=True, array_like=True, tag="excused"):
    """A period that an officer has excused for everybody (G2)."""

    obligation: str
    day: str
    at: UtcMs


def duty_name(subject: str, obligation: str, permit: str) -> str:
    """The entry of a duty."""
    return f"{subject}|duty|{obligation}|{permit}"


def count_name(obligation: str, day: str, estate: str) -> str:
    """The entry of an estate's count."""
    return f"~count|{obligation}|{day}|{estate}"


def excused_name(obligation: str, day: str) -> str:
    """The entry of a period excused for everybody."""
    return f"~excused|{obligation}|{day}"
