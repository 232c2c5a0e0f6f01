"""Group: the alerts of one estate about one incident are one escalation. Here is what is remembered of it, and how alerts join it."""

import msgspec

from schemas.escalation import EscalationState, Taken, Told
from schemas.ids import escalation_id
from schemas.surveillance import Alert, Rule
from schemas.word import Part, UtcMs


class Open(Part, frozen=True, array_like=True):
    """One escalation.

    revision: of the facts, from 1; an acknowledgement is on one. ladder_from: when the present ladder began; ladder_revision: the
    revision it began at, so that an acknowledgement of an earlier, milder picture does not stop it. level: the highest level told.
    next_level: the next level of the ladder to come. active_at: the last act or bulletin (R16 re-arms by it). hurried_to: a level
    brought forward because a position could not be reached. unreached: receivers that were given up. unverified:
    levels beyond the first may be told of a signal.
    """

    id: str
    estate: str
    about: str
    state: EscalationState = EscalationState.OPEN
    revision: int = 0
    severity: Alert | None = None
    filing: Alert | None = None
    refused: Alert | None = None
    told: tuple[Told, ...] = ()
    told_of_filing: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    ladder_from: UtcMs = 0
    ladder_revision: int = 1
    level: int = -1
    next_level: int = 0
    active_at: UtcMs = 0
    hurried_to: UtcMs | None = None
    unreached: tuple[str, ...] = ()
    verified: bool = False
    unverified: bool = False
    exercise: bool = False

    @property
    def leading(self) -> Alert:
        """The alert that gives the escalation its grade and situation."""
        found = self.severity or self.refused or self.filing
        assert found is not None  # noqa: S101  an escalation begins with an alert
        return found

    @property
    def is_live(self) -> bool:
        """It can still climb or be taken."""
        return self.state in (EscalationState.OPEN, EscalationState.TAKEN)

    def has_told(self, position: str) -> bool:
        """Whether that position has been told anything of this."""
        return any(told.position == position for told in self.told)


def opened(alert: Alert) -> Open:
    """A new escalation for an alert that belongs to none yet."""
    return Open(
        id=escalation_id(alert.estate, alert.about),
        estate=alert.estate,
        about=alert.about,
        ladder_from=alert.at,
        active_at=alert.at,
        exercise=alert.exercise,
    )


def joined(escalation: Open, alert: Alert) -> Open:
    """The escalation with an alert's latest word. Facts that changed are a new revision; a filing clock's word is not."""
    field = {Rule.SEVERITY: "severity", Rule.FILING: "filing", Rule.REFUSED: "refused"}[Rule(alert.rule)]
    revision = escalation.revision + (alert.rule != Rule.FILING)
    active_at = alert.at if alert.rule == Rule.SEVERITY else escalation.active_at
    return msgspec.structs.replace(escalation, revision=max(1, revision), active_at=max(escalation.active_at, active_at), **{field: alert})


def is_news(escalation: Open, alert: Alert) -> bool:
    """Whether the alert says more than its last word here."""
    known = {Rule.SEVERITY: escalation.severity, Rule.FILING: escalation.filing, Rule.REFUSED: escalation.refused}[Rule(alert.rule)]
    return known is None or (alert.since, alert.revision) > (known.since, known.revision)
