"""Routes: an alert and a policy in, how it is told out. Of all routes the first that matches."""

from schemas.policy import Escalating, How, Route
from schemas.surveillance import Alert, AlertState, Rule

UNTOLD = Route(rule=Rule.HELD, how=How.RECORD)
"""How an alert is told that no route matches: it is recorded, and nobody is told."""


def route_of(alert: Alert, policy: Escalating) -> Route:
    """The route of an alert that fires."""
    return next((route for route in policy.routes if not route.historic and _matches(route, alert, policy)), UNTOLD)


def historic_route(alert: Alert, policy: Escalating) -> Route:
    """The route of an alert of long ago, of which nobody has been told (G6)."""
    return next((route for route in policy.routes if route.historic and _matches(route, alert, policy)), UNTOLD)


def _matches(route: Route, alert: Alert, policy: Escalating) -> bool:
    because = {reason.because for reason in alert.reasons}
    if route.rule != alert.rule or (route.because and because.isdisjoint(route.because)):
        return False
    return not route.grade_at_least or policy.rank(alert.grade) >= policy.rank(route.grade_at_least)


def last_route(alert: Alert, before: Alert | None, policy: Escalating) -> Route:
    """The route of an alert, or, where it has ended, the one that it was told by."""
    if alert.state == AlertState.FIRING:
        return route_of(alert, policy)
    return UNTOLD if before is None or before.state != AlertState.FIRING else route_of(before, policy)
