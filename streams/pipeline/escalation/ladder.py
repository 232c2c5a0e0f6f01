"""Ladder: an escalation and a policy in, what its ladder does next out. Knows levels and acknowledgements; not addresses."""

from typing import NamedTuple

from schemas.escalation import EscalationState, Role
from schemas.policy import Escalating, How, Ladder, Level
from schemas.surveillance import Alert, AlertState
from schemas.word import UtcMs
from streams.pipeline.escalation.memory import Open
from streams.pipeline.escalation.routes import route_of

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


class Climb(NamedTuple):
    """A level of the ladder and the instant it is due. `all_of_it`: everybody of the level, or only those told regardless (G4)."""

    number: int
    level: Level
    due: UtcMs
    all_of_it: bool


def ladder_of(escalation: Open, policy: Escalating) -> Ladder | None:
    """The ladder of the grade held; None where what is told is told once."""
    leading = escalation.leading
    return policy.ladder(leading.grade) if route_of(leading, policy).how is How.LADDER else None


def stopping(escalation: Open, policy: Escalating) -> tuple[tuple[str, ...], ...]:
    """The groups of positions of which one each stops the ladder."""
    ladder = ladder_of(escalation, policy)
    return ladder.stops if ladder else ()


def may_stop(position: str, escalation: Open, policy: Escalating) -> bool:
    """Whether a position is one of those that could stop the ladder."""
    return any(position.startswith(group) for group in stopping(escalation, policy))


def is_urgent(escalation: Open, policy: Escalating) -> bool:
    """Whether the ladder is one of the gravest grades."""
    ladder = ladder_of(escalation, policy)
    return ladder is not None and ladder.urgent


def is_gravest(escalation: Open, policy: Escalating) -> bool:
    """Whether no ladder is of a graver grade than this one's."""
    return policy.rank(escalation.leading.grade) >= max((ladder.rank for ladder in policy.ladders), default=1)


def is_raised(escalation: Open, policy: Escalating) -> bool:
    """Whether something beside the facts brings the next level forward (R15, R19)."""
    return bool(raising(escalation, policy))


def raising(escalation: Open, policy: Escalating) -> tuple[Alert, ...]:
    """What fires beside the facts and brings the next level forward."""
    firing = (alert for alert in escalation.alerts if alert.state == AlertState.FIRING)
    return tuple(alert for alert in firing if route_of(alert, policy).how is How.RAISE)


def is_stopped(escalation: Open, policy: Escalating) -> bool:
    """One acknowledgement from each group that the ladder names, on this ladder's revision or later (G4)."""
    return bool(stopping(escalation, policy)) and not unanswered(escalation, policy)


def unanswered(escalation: Open, policy: Escalating) -> tuple[tuple[str, ...], ...]:
    """The groups of which nobody has acknowledged this ladder yet."""
    positions = [taken.position for taken in escalation.taken if taken.stops and taken.revision >= escalation.ladder_revision]
    return tuple(group for group in stopping(escalation, policy) if not any(p.startswith(group) for p in positions))


def is_nobodys(group: tuple[str, ...], escalation: Open, policy: Escalating) -> bool:
    """Whether all of a group who could take this ladder have been asked and say that it is not theirs; the supervised could not (G4)."""
    acting = [hearer.position for hearer in escalation.hearers if hearer.role == Role.ACT and hearer.position.startswith(group)]
    asked = {position for position in acting if not position.startswith(policy.supervised)}
    refused = {declined.position for declined in escalation.declined if declined.revision >= escalation.ladder_revision}
    return bool(asked) and asked <= refused


def next_climb(escalation: Open, policy: Escalating) -> Climb | None:
    """The next level that will be told if nothing happens."""
    ladder = ladder_of(escalation, policy)
    if ladder is None or not escalation.is_live or escalation.is_waiting_signal:
        return None
    stopped = escalation.state == EscalationState.TAKEN
    for index, level in list(enumerate(ladder.levels))[escalation.next_level :]:
        due = escalation.ladder_from + level.after_minutes * MINUTE_MS
        if not stopped:
            hurried = escalation.hurried_to
            return Climb(index, level, due if hurried is None else min(due, hurried), all_of_it=True)
        if any(audience.regardless for audience in level.tell):
            return Climb(index, level, due, all_of_it=False)
    return None


def rearms_at(escalation: Open, policy: Escalating) -> UtcMs | None:
    """R16: an acknowledged S4 or S5 with no act and no bulletin for 12 h asks again."""
    if escalation.state != EscalationState.TAKEN or not is_urgent(escalation, policy):
        return None
    return escalation.active_at + policy.rearm_hours * HOUR_MS


def signal_ends_at(escalation: Open, policy: Escalating) -> UtcMs | None:
    """When a signal that nobody answers is told further, as UNVERIFIED (G7)."""
    if not (escalation.is_live and escalation.is_waiting_signal and ladder_of(escalation, policy)):
        return None
    return escalation.ladder_from + policy.signal_minutes * MINUTE_MS


def moves_at(escalation: Open, policy: Escalating) -> UtcMs | None:
    """The next instant at which time alone moves this escalation."""
    climb = next_climb(escalation, policy)
    instants = (climb.due if climb else None, rearms_at(escalation, policy), signal_ends_at(escalation, policy))
    return min((instant for instant in instants if instant is not None), default=None)


def forgotten_at(escalation: Open, policy: Escalating) -> UtcMs:
    """When an escalation of which nothing more was said is forgotten."""
    return escalation.touched + policy.forget_days * DAY_MS
