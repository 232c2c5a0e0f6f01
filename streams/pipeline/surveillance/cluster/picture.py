"""The picture of one plant's cluster: its memory and what was done in; findings of R7 and R19, and when time alone changes them, out."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from schemas.ids import FIRM
from schemas.policy import Policy
from schemas.surveillance import AlertState, Because, ClusterSituation, Reason, Rule
from schemas.word import UtcMs
from streams.pipeline.surveillance.alerts import Finding
from streams.pipeline.surveillance.cluster import response
from streams.pipeline.surveillance.cluster.days import end_of
from streams.pipeline.surveillance.cluster.memory import Cluster, Response
from streams.pipeline.surveillance.cluster.rules import Run, above, cluster_of
from streams.pipeline.surveillance.rulebook import DAY_MS

RETEST_DAY, ISOLATION_DAYS = 10, 14
"""After onset: KMK 328/2020 (R10)."""

ROOM_CLOSED_HOURS = 24
"""As long before a room is disinfected as after it: KMK 328/2020 (R10)."""

MOST_AREAS, MOST_RESIDENCES = 12, 12
LEVELS = {Because.CLUSTER_SUSPECTED: "suspected", Because.CLUSTER_CONFIRMED: "confirmed", Because.CLUSTER_LARGE: "large"}


class View(NamedTuple):
    """A cluster, and what its cases amount to under a policy, whatever the time."""

    cluster: Cluster
    policy: Policy
    run: Run | None
    done: tuple[Response, ...]
    situation: ClusterSituation
    closes_at: UtcMs | None

    @property
    def is_open(self) -> bool:
        """Whether it is a cluster that no tick has closed."""
        return self.closes_at is not None and self.closes_at > self.cluster.ticked_at

    @property
    def is_confirmed(self) -> bool:
        """Whether it asks for an answer (R19): suspected ones do not, and what is told in sums asks nobody."""
        return self.is_open and self.run is not None and self.run.gravest.grade >= "C2"


def view_of(cluster: Cluster, done: tuple[Response, ...], policy: Policy) -> View:
    """The cluster as its memory has it."""
    run, zone = cluster_of(cluster, policy.clusters), cluster.place.zone
    since = end_of(run.first - 1, zone) if run else 0
    concerning = response.concerning(done, cluster.plant, since) if run else ()
    closes_at = end_of(run.last + policy.clusters.closes_after_days, zone) if run else None
    return View(cluster, policy, run, concerning, _situation(cluster, run, concerning, policy), closes_at)


def _situation(cluster: Cluster, run: Run | None, done: tuple[Response, ...], policy: Policy) -> ClusterSituation:
    if run is None:
        return ClusterSituation(place=cluster.place, level="none", too_late=cluster.too_late)
    because = run.gravest.reasons[0].because
    own = cluster.place.regency
    return ClusterSituation(
        place=cluster.place,
        unresolved=_named(run.tally, "doubt:"),
        level=LEVELS[because],
        confirmed=run.latest.tally["confirmed"],
        probable=run.latest.tally["probable"],
        discarded=run.tally["discarded"],
        firms=1,
        workers=cluster.workers[1] or None,
        first_day=_iso(run.first),
        last_day=_iso(run.last),
        linked=run.gravest.linked,
        areas=_named(run.gravest.tally, "area:")[:MOST_AREAS],
        rate=run.gravest.rate,
        regency_rate=run.gravest.regency_rate,
        residences=tuple(code for code in _named(run.tally, "from:") if code != own)[:MOST_RESIDENCES],
        close_days=policy.clusters.close_days if because == Because.CLUSTER_LARGE else None,
        responses=response.shown(done),
        normative=response.is_normative(done),
        too_late=cluster.too_late,
    )


def due_of(view: View) -> UtcMs | None:
    """The next instant at which time alone changes what is to be said: something undone, or the end of the cluster."""
    if not view.is_open:
        return None
    undone = (each.due_at for each in _owed(view) if not each.done and each.due_at > view.cluster.ticked_at)
    return min((instant for instant in (view.closes_at, *undone) if instant is not None), default=None)


def findings(view: View, at: UtcMs) -> Iterator[Finding]:
    """What the rules conclude; R7 first."""
    yield _cluster(view, at)
    yield _response(view, at)


def _cluster(view: View, at: UtcMs) -> Finding:
    if view.run is None:
        return _finding(view, at, Rule.CLUSTER, (Reason(Because.NO_CLUSTER),), AlertState.WITHDRAWN)
    if not view.is_open:
        closed = Reason(Because.CLUSTER_CLOSED, threshold=view.policy.clusters.closes_after_days, source=view.policy.clusters.source)
        return _finding(view, at, Rule.CLUSTER, (closed,), AlertState.RESOLVED)
    gravest = view.run.gravest
    return _finding(view, at, Rule.CLUSTER, (*gravest.reasons, *_attack_rate(view)))._replace(
        grade=gravest.grade,
        grade_now=view.run.latest.grade or gravest.grade,
        peak=gravest.tally["confirmed"],
        deadlines=_deadlines(view),
        says=(gravest.grade, gravest.reasons, replace(view.situation, too_late=0)),
    )


def _attack_rate(view: View) -> tuple[Reason, ...]:
    rate, regency_rate = view.situation.rate, view.situation.regency_rate
    if rate is None or regency_rate is None or "attack_rate" not in view.situation.linked:
        return ()
    times = view.policy.clusters.rate_times * regency_rate
    return (Reason(Because.ATTACK_RATE, rate, times, view.policy.clusters.source),)


def _response(view: View, at: UtcMs) -> Finding:
    """R19: one level up, for as long as what is owed has not been done."""
    if not view.is_confirmed or view.run is None:
        ended = AlertState.RESOLVED if view.run else AlertState.WITHDRAWN
        return _finding(view, at, Rule.RESPONSE, (Reason(Because.CLUSTER_CLOSED if view.run else Because.NO_CLUSTER),), ended)
    reasons = response.missed(_owed(view), view.cluster.ticked_at, view.policy.clusters.source)
    if not reasons:
        return _finding(view, at, Rule.RESPONSE, (Reason(Because.RESPONDED),), AlertState.RESOLVED)
    return _finding(view, at, Rule.RESPONSE, reasons)._replace(
        grade=above(view.run.gravest.grade),
        peak=view.run.gravest.tally["confirmed"],
        deadlines=_deadlines(view),
        says=(reasons, view.situation.responses, view.situation.normative),
    )


def _owed(view: View) -> tuple[response.Owed, ...]:
    if not view.is_confirmed or not view.cluster.confirmed_at:
        return ()
    return tuple(response.owed(view.done, view.cluster.confirmed_at, view.policy.clusters))


def _deadlines(view: View) -> tuple[tuple[str, UtcMs], ...]:
    """R19's clocks while they run, and R10's: retest and the end of isolation after the last onset, when a disinfected room may open."""
    assert view.run is not None  # noqa: S101  only what fires has deadlines
    onset = end_of(view.run.last - 1, view.cluster.place.zone)
    rooms = [(each.ends_at or each.starts_at) + ROOM_CLOSED_HOURS * 3_600_000 for each in view.done if each.action == "disinfection"]
    return (
        *((each.name, each.due_at) for each in _owed(view) if not each.done),
        ("retest", onset + RETEST_DAY * DAY_MS),
        ("isolation_end", onset + ISOLATION_DAYS * DAY_MS),
        *((("rooms_open", max(rooms)),) if rooms else ()),
    )


def about_of(cluster: Cluster) -> str:
    """What its alerts are about; those of one plant join one escalation."""
    return "/".join(part for part in ("cluster", cluster.subject.removeprefix(FIRM), cluster.plant) if part)


def _finding(view: View, at: UtcMs, rule: Rule, reasons: tuple[Reason, ...], state: AlertState = AlertState.FIRING) -> Finding:
    cluster, zone = view.cluster, view.cluster.place.zone
    history = view.policy.escalation.history_days * DAY_MS
    return Finding(
        rule=rule,
        subject=cluster.subject,
        about=about_of(cluster),
        reasons=reasons,
        situation=view.situation,
        says=(),
        state=state,
        historic=view.run is not None and at - end_of(view.run.last, zone) > history,
        exercise=cluster.exercise,
    )


def _named(tally: dict[str, int], kind: str) -> tuple[str, ...]:
    return tuple(sorted(name.removeprefix(kind) for name, number in tally.items() if number > 0 and name.startswith(kind)))


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
