"""Memory of ESCALATION: each open escalation, with who was told what, and at which addresses."""

from msgspec.structs import replace

from schemas.discretion import counts_all
from schemas.escalation import Addressee, Declined, EscalationState, Finished, Handed, Role, Taken, Told
from schemas.policy import Ask
from schemas.surveillance import Alert, AlertState, Certainty, Rule, shown
from schemas.word import Part, UtcMs

MOST_ACTS = 200
"""Acts recognised when they come again: a person who presses a button twice does so at once."""


class Asking(Part, frozen=True, array_like=True):
    """Something that is asked of a position, and by which of the alert's deadlines."""

    action: str
    by: str = ""


class Hearer(Part, frozen=True, array_like=True):
    """A position that has been told: since which level and when, what is asked of it, of which matters it has heard, and where.

    to: the endpoints that were written to. Corrections go there, whatever has become of the roster (law 7).
    """

    position: str
    level: int
    at: UtcMs
    role: Role
    asks: tuple[Asking, ...]
    matters: tuple[str, ...]
    to: tuple[Addressee, ...]

    @property
    def told(self) -> Told:
        """As others are told of it."""
        return Told(self.position, self.level, self.at, shown(self.to[0].holder) if self.to else "", self.role)

    def is_cut_off(self, unreached: frozenset[str]) -> bool:
        """Whether none of the endpoints that were written to can be reached."""
        return {to.receiver for to in self.to} <= unreached

    def heard(self, matter: str, to: tuple[Addressee, ...]) -> "Hearer":
        """A copy that has heard of this matter too, at these endpoints; of an endpoint written to before, the newer address counts."""
        endpoints = {one.receiver: one for one in (*self.to, *to)}
        return replace(self, matters=tuple(dict.fromkeys((*self.matters, matter))), to=tuple(endpoints.values()))


class Silenced(Part, frozen=True, array_like=True):
    """A position that wants no more changes until then, with how grave it was and how high its figure when it said so."""

    position: str
    until: UtcMs
    rank: int
    peak: int


class Open(Part, frozen=True, array_like=True, tag="open"):
    """One escalation.

    since: when it was opened. revision: of the facts, from 1; an acknowledgement is on one. alerts: the last word of each rule.
    leading_rule: the one whose alert gives the grade and the situation. ladder_from: when the present ladder began; ladder_revision: the
    revision it began at, so that an acknowledgement of an earlier, milder picture does not stop it. level: the highest level told.
    next_level: the next level of the ladder to come. active_at: the last act or bulletin (R16 re-arms by it). touched: when anything was
    last said here. hurried_to: a level brought forward because a position could not be reached. unreached: receivers that were given up.
    undelivered: receivers whose letters could not even be tried, of which the desk has been told. unverified: levels beyond the first may
    be told of a signal. shown, view, ladder_shown: of cases, the revision as outsiders count, a digest of what they may know, and the one
    that the present ladder began at (law 12); else 0. acts: those judged so far. declined: the latest of each position; done: what was
    asked and is done. handed: who has handed over to whom. silenced: the latest word of each position that wants no more changes.
    """

    id: str
    estate: str
    about: str
    since: UtcMs
    state: EscalationState = EscalationState.OPEN
    revision: int = 0
    alerts: tuple[Alert, ...] = ()
    leading_rule: Rule | None = None
    hearers: tuple[Hearer, ...] = ()
    taken: tuple[Taken, ...] = ()
    ladder_from: UtcMs = 0
    ladder_revision: int = 1
    level: int = -1
    next_level: int = 0
    active_at: UtcMs = 0
    touched: UtcMs = 0
    hurried_to: UtcMs | None = None
    unreached: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    verified: bool = False
    unverified: bool = False
    acts: tuple[str, ...] = ()
    exercise: bool = False
    declined: tuple[Declined, ...] = ()
    done: tuple[Finished, ...] = ()
    handed: tuple[Handed, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    shown: int = 0
    view: str = ""
    ladder_shown: int = 0

    @property
    def name(self) -> str:
        """The entry it is kept under."""
        return entry_name(self.estate, self.id)

    @property
    def leading(self) -> Alert:
        """The alert that gives the escalation its grade and situation."""
        found = self.alert(self.leading_rule)
        assert found is not None  # noqa: S101  an escalation begins with an alert
        return found

    def alert(self, rule: Rule | None) -> Alert | None:
        """The last word of a rule here."""
        return next((alert for alert in self.alerts if alert.rule == rule), None)

    @property
    def is_live(self) -> bool:
        """It can still climb or be taken."""
        return self.state in (EscalationState.OPEN, EscalationState.TAKEN)

    @property
    def is_waiting_signal(self) -> bool:
        """A signal that nobody has verified and whose time has not run out: only the first circle knows (G7)."""
        signal = self.leading.situation.certainty == Certainty.SIGNAL
        return signal and not self.verified and not self.unverified

    @property
    def open_until(self) -> UtcMs | None:
        """Before this instant it may not be stood down (R16)."""
        firing = (alert.open_until for alert in self.alerts if alert.state == AlertState.FIRING and alert.open_until is not None)
        return max(firing, default=None)

    def revised(self) -> "Open":
        """A copy at the next revision, for everybody."""
        return replace(self, revision=self.revision + 1, shown=self.shown and self.shown + 1)

    def revision_for(self, position: str) -> int:
        """The revision as this position is told it (law 12)."""
        return self.revision if counts_all(position) or not self.shown else self.shown

    def hearer(self, position: str) -> Hearer | None:
        """That position, if it has been told anything of this."""
        return next((hearer for hearer in self.hearers if hearer.position == position), None)

    def has_told(self, position: str) -> bool:
        """Whether that position has been told anything of this."""
        return self.hearer(position) is not None

    def with_hearer(self, hearer: Hearer) -> "Open":
        """A copy in which this position stands as it is now."""
        others = {one.position: one for one in self.hearers}
        others[hearer.position] = hearer
        return replace(self, hearers=tuple(others.values()))


def entry_name(estate: str, escalation: str) -> str:
    """The entry of an escalation."""
    return f"{estate}|{escalation}"


def asking(asks: tuple[Ask, ...]) -> tuple[Asking, ...]:
    """What an audience is asked, as it is remembered."""
    return tuple(Asking(ask.action, ask.by) for ask in asks)
