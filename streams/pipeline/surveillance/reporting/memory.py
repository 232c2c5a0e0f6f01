"""Memory of reporting: what is kept of each permit under each obligation, of each estate's tally, and of what was excused for all."""

from schemas.ids import FIRM
from schemas.ledger import Bound, Enrolled, Place
from schemas.surveillance import Proven
from schemas.word import Part, UtcMs
from streams.pipeline.surveillance.alerts import Spoken

NEVER = -1
"""Of a permit that the line has only heard reports of: nothing is decided of it until the register has enrolled it."""


class Submission(Part, frozen=True, array_like=True):
    """One submission for one period, condensed.

    received_at: by the source's clock where the registry trusts it (G1). positives: as stated, if they were.
    """

    day: str
    source: str
    id: str
    digest: str
    state: str
    received_at: UtcMs
    replaces: str = ""
    positives: int | None = None


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


class Unheard(Part, frozen=True, array_like=True):
    """Between these instants the firm may have reported under another name: of another holder, or of a day that has been moved."""

    since: UtcMs
    until: UtcMs


class Inspected(Part, frozen=True, array_like=True):
    """What a named position found in the field about the statement for one period. What each found last counts."""

    day: str
    by: str
    found_at: UtcMs
    agrees: bool
    source: str
    id: str
    digest: str


class Proposed(Part, frozen=True, array_like=True):
    """A proposal reached so long ago that the periods it rests on are no longer kept. It is not made again, and may still be confirmed."""

    day: str
    step: str
    ground: str
    evidence: tuple[str, ...]
    regime: str


class Counted(Part, frozen=True, array_like=True):
    """As what a period was last told to the tally of an estate: by the name of the column, and how many warnings in a row it makes."""

    day: str
    estate: str
    column: str
    number: int = 0


class Duty(Part, frozen=True, array_like=True, tag="duty"):
    """One permit under one obligation.

    enrolled_at: when the line first heard of it; nothing due earlier is ever decided. registry: the revision that it was enrolled by.
    bound: when the obligation binds it. held, stood: its history, oldest first; unheard: when nobody knows what it reported.
    decided_through: the last deadline that a proven tick has decided; reminded_through: the last reminder that was due. counted: what was
    last told of each period to the tally of its estate. revised: its calendar has changed, and nothing has been judged by the new one yet.
    crowded: of which periods more was submitted than is kept, and how much more.
    """

    subject: str
    obligation: str
    permit: str
    enrolled_at: UtcMs = NEVER
    registry: int = 0
    bound: tuple[Bound, ...] = ()
    held: tuple[Held, ...] = ()
    stood: tuple[Stood, ...] = ()
    submissions: tuple[Submission, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    inspected: tuple[Inspected, ...] = ()
    proposed: tuple[Proposed, ...] = ()
    decided_through: UtcMs = 0
    reminded_through: UtcMs = 0
    counted: tuple[Counted, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    exercise: bool = False
    unheard: tuple[Unheard, ...] = ()
    revised: bool = False
    crowded: tuple[tuple[str, int], ...] = ()

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
        return found or (self.stood[0].place if self.stood else Place(firm=self.subject.removeprefix(FIRM), firm_name=""))


class Holding(Part, frozen=True, array_like=True, tag="holding"):
    """The entries of all duties of one firm."""

    subject: str
    duties: tuple[str, ...] = ()


class Tally(Part, frozen=True, array_like=True, tag="tally"):
    """How many permits of one estate stand how in one period, as far as this seat has them; without an estate, of all estates.

    columns: how many by column; of those absent, by how many warnings in a row; told: as they were last told. changed_at: when they last
    changed, by the time of law. proven: of all estates, why its absences may be believed (law 6).
    """

    obligation: str
    day: str
    estate: str
    place: Place | None = None
    columns: tuple[tuple[str, int], ...] = ()
    told: tuple[tuple[str, int], ...] | None = None
    changed_at: UtcMs = 0
    proven: Proven | None = None
    spoken: tuple[Spoken, ...] = ()
    historic: bool = False
    exercise: bool = False

    @property
    def name(self) -> str:
        """Its entry; the name comes after those of all duties, so that a tick reaches it when they have been counted."""
        return tally_name(self.obligation, self.day, self.estate)


class Excused(Part, frozen=True, array_like=True, tag="excused"):
    """The periods of one obligation that officers have excused for everybody, each with the instant of the act (G2)."""

    obligation: str
    periods: tuple[tuple[str, UtcMs], ...] = ()

    @property
    def name(self) -> str:
        """Its entry."""
        return excused_name(self.obligation)


class Ruled(Part, frozen=True, array_like=True, tag="ruled"):
    """The policy revision that duties are judged by, since when, and its obligations, to know what the next one has moved."""

    policy: str
    at: UtcMs
    obligations: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Its entry."""
        return RULED


class Unbound(Part, frozen=True, array_like=True, tag="unbound"):
    """What the register says last of a permit that must do something of which the policy knows nothing yet."""

    said: Enrolled

    @property
    def name(self) -> str:
        """Its entry."""
        return unbound_name(self.said.subject, self.said.permit)


RULED = "~ruled"


def unbound_name(subject: str, permit: str) -> str:
    """The entry of a permit whose obligations the policy does not know."""
    return f"{subject}|unbound|{permit}"


def duty_name(subject: str, obligation: str, permit: str) -> str:
    """The entry of a duty."""
    return f"{subject}|duty|{obligation}|{permit}"


def holding_name(subject: str) -> str:
    """The entry of a firm's duties."""
    return f"{subject}|duties"


def tally_name(obligation: str, day: str, estate: str) -> str:
    """The entry of an estate's tally."""
    return f"~tally|{obligation}|{day}|{estate}"


def excused_name(obligation: str) -> str:
    """The entry of what was excused for everybody."""
    return f"~excused|{obligation}"
