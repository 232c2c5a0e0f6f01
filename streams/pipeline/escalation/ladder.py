"""Ladder: an escalation and a policy in, what its ladder does next out. Knows levels and acknowledgements; not addresses."""

from typing import NamedTuple

from schemas.escalation import EscalationState
from schemas.policy import Escalating, Ladder, Level
from schemas.surveillance import Certainty
from schemas.word import UtcMs
from streams.pipeline.escalation.group import Open

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


class Climb(NamedTuple):
    """A level of the ladder and the instant it is due. `all_of_it`: everybody of the level, or only those told regardless (G4)."""

    number: int
    level: Level
    due: UtcMs
    all_of_it: bool


def ladder_of(escalation: Open, policy: Escalating) -> Ladder:
    """The ladder of the grade held."""
    return policy.ladder(escalation.leading.grade)


def is_waiting_signal(escalation: Open) -> bool:
    """A signal that nobody has verified and whose time has not run out: only the first circle knows (G7)."""
    signal = escalation.leading.situation.certainty == Certainty.SIGNAL
    return signal and not escalation.verified and not escalation.unverified


def is_stopped(escalation: Open, policy: Escalating) -> bool:
    """One acknowledgement from each group that the ladder names, on this ladder's revision or later (G4)."""
    groups = ladder_of(escalation, policy).stops
    positions = [taken.position for taken in escalation.taken if taken.stops and taken.revision >= escalation.ladder_revision]
    return bool(groups) and all(any(p.startswith(tuple(group)) for p in positions) for group in groups)


def next_climb(escalation: Open, policy: Escalating) -> Climb | None:
    """The next level that will be told if nothing happens."""
    if not escalation.is_live or escalation.severity is None or is_waiting_signal(escalation):
        return None
    stopped = escalation.state == EscalationState.TAKEN
    levels = ladder_of(escalation, policy).levels
    for index, level in list(enumerate(levels))[escalation.next_level :]:
        due = escalation.ladder_from + level.after_minutes * MINUTE_MS
        if not stopped:
            hurried = escalation.hurried_to
            return Climb(index, level, due if hurried is None else min(due, hurried), all_of_it=True)
        if any(audience.regardless for audience in level.tell):
            return Climb(index, level, due, all_of_it=False)
    return None


def rearms_at(escalation: Open, policy: Escalating) -> UtcMs | None:
    """R16: an acknowledged S4 or S5 with no act and no bulletin for 12 h asks again."""
    urgent = escalation.severity is not None and ladder_of(escalation, policy).urgent
    if escalation.state != EscalationState.TAKEN or not urgent:
        return None
    return escalation.active_at + policy.rearm_hours * HOUR_MS


def signal_ends_at(escalation: Open, policy: Escalating) -> UtcMs | None:
    """When a signal that nobody answers is told further, as UNVERIFIED (G7)."""
    if not (escalation.is_live and escalation.severity and is_waiting_signal(escalation)):
        return None
    return escalation.ladder_from + policy.signal_minutes * MINUTE_MS


def due_of(escalation: Open, policy: Escalating) -> UtcMs | None:
    """The next instant at which time alone moves this escalation."""
    climb = next_climb(escalation, policy)
    instants = (climb.due if climb else None, rearms_at(escalation, policy), signal_ends_at(escalation, policy))
    return min((instant for instant in instants if instant is not None), default=None)


def clock_is_open(escalation: Open, at: UtcMs) -> bool:
    """An R11 clock still runs: it is neither answered nor past its end (R16: no stand-down until then)."""
    open_until = escalation.severity.open_until if escalation.severity else None
    return open_until is not None and at < open_until
