"""Group: the alerts of one estate about one thing are one escalation. Here is how an alert joins it."""

from msgspec.structs import replace

from schemas.escalation import FACTS
from schemas.ids import escalation_id
from schemas.policy import Escalating, How
from schemas.surveillance import Alert, AlertState, Rule
from streams.pipeline.escalation.memory import Open
from streams.pipeline.escalation.outsiders import counted
from streams.pipeline.escalation.routes import last_route, route_of


def opened(alert: Alert) -> Open:
    """A new escalation for an alert that belongs to none yet."""
    return Open(
        id=escalation_id(alert.estate, alert.about),
        estate=alert.estate,
        about=alert.about,
        since=alert.at,
        ladder_from=alert.at,
        active_at=alert.at,
        exercise=alert.exercise,
    )


def is_news(escalation: Open, alert: Alert) -> bool:
    """Whether the alert says more than its last word here."""
    known = escalation.alert(alert.rule)
    return known is None or (alert.since, alert.revision) > (known.since, known.revision)


def joined(escalation: Open, alert: Alert, policy: Escalating) -> Open:
    """The escalation with an alert's latest word. Facts that changed are a new revision; what is told beside them is not."""
    route = last_route(alert, escalation.alert(alert.rule), policy)
    alerts = (*(one for one in escalation.alerts if one.rule != alert.rule), alert)
    climbs = route.how is How.LADDER
    after = replace(
        escalation,
        alerts=tuple(sorted(alerts, key=lambda one: one.rule)),
        leading_rule=_leading(alerts, escalation.leading_rule, policy),
        revision=max(1, escalation.revision + (route.matter == FACTS)),
        active_at=max(escalation.active_at, alert.at) if climbs else escalation.active_at,
    )
    return counted(escalation, after)


def _leading(alerts: tuple[Alert, ...], before: Rule | None, policy: Escalating) -> Rule:
    """The gravest that climbs a ladder; else what is told once; one that has ended leads on until another fires."""
    firing = [alert for alert in alerts if alert.state == AlertState.FIRING]
    ladders = [alert for alert in firing if route_of(alert, policy).how is How.LADDER]
    if ladders:
        return max(ladders, key=lambda alert: (policy.rank(alert.grade), alert.rule)).rule
    if before is not None:
        return before
    facts = [alert for alert in alerts if route_of(alert, policy).matter == FACTS]
    return max(facts or alerts, key=lambda alert: alert.rule).rule
