"""Outsiders: of an escalation about cases, what those may know who do not treat them, and whether that is news to them (law 12)."""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.discretion import for_outsiders, reasons_for_outsiders, treats
from schemas.escalation import EscalationState
from schemas.ids import digest
from schemas.surveillance import Alert, ClusterSituation
from streams.pipeline.escalation.memory import Hearer, Open


def newest_of_cases(escalation: Open) -> Alert | None:
    """The last word on the cases, whichever rule spoke it."""
    of_cases = (one for one in escalation.alerts if isinstance(one.situation, ClusterSituation))
    return max(of_cases, key=lambda one: one.at, default=None)


def counted(before: Open, after: Open) -> Open:
    """The escalation with what outsiders may know by now: one revision more for them if that has changed, or if it begins again."""
    newest = newest_of_cases(after)
    if newest is None or not isinstance(newest.situation, ClusterSituation):
        return after
    rules = [(one.rule, one.state, one.grade, one.grade_now, reasons_for_outsiders(one.reasons)) for one in after.alerts]
    view = digest(ascii((after.leading_rule, rules, for_outsiders(newest.situation))))
    is_news = view != before.view or before.state == EscalationState.ENDED
    return replace(after, view=view, shown=before.shown + is_news)


def to_be_told(before: Open, after: Open) -> Iterable[Hearer]:
    """Of those who were told, those to whom a change is news; whoever treats the cases is told of everything."""
    situation = after.leading.situation
    is_news = not after.shown or after.shown != before.shown
    return (hearer for hearer in after.hearers if is_news or treats(hearer.position, situation))
