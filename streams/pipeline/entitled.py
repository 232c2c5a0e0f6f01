"""Entitled: who may say what about a period. One judgement for all rooms that hear such an act.

ESCALATION answers it (law 10); SURVEILLANCE and CLOCK carry out what it takes.
"""

from datetime import date

from schemas.escalation import AdmittedAct, Judged
from schemas.ids import FIRM
from schemas.policy import Policy, Roster
from streams.pipeline.calendar import Period, find

DECIDING = frozenset({"confirm", "waive", "excuse", "release"})
DISPUTE = "dispute"


def refused(act: AdmittedAct, policy: Policy, roster: Roster) -> Judged | None:
    """Why an act on a period is not carried out; None where it is. Officials decide, by their position; a firm disputes for itself (G3)."""
    if act.act != DISPUTE and roster.position(act.position) is None:
        return Judged.UNKNOWN_POSITION
    if not _may(act, policy):
        return Judged.NOT_ENTITLED
    period = period_of(act.obligation, act.period, policy)
    if period is None:
        return Judged.UNKNOWN_PERIOD
    return Judged.NOT_YET_DUE if act.act == "confirm" and act.at < period.due_at else None


def _may(act: AdmittedAct, policy: Policy) -> bool:
    if act.act == DISPUTE:
        return bool(act.firm) and act.position == f"{FIRM}{act.firm}"
    return act.act in DECIDING and act.position.startswith(policy.deadlines.decided_by)


def period_of(obligation: str, day: str, policy: Policy) -> Period | None:
    """The period that is named by the day on which it falls due, if there is such a one."""
    known = policy.obligation(obligation)
    try:
        return find(known, date.fromisoformat(day)) if known else None
    except ValueError:
        return None
