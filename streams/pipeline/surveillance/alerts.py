"""Alerts: what the rules conclude about one incident in, changed alerts out. An alert speaks only when what it says has changed."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from schemas.ids import alert_id, digest
from schemas.ledger import Place
from schemas.policy import Policy
from schemas.surveillance import Alert, AlertState, Because, Certainty, FilingClock, Reason, Rule, Situation, Stated
from schemas.word import Part, UtcMs
from streams.pipeline.surveillance import correlate, rules
from streams.pipeline.surveillance.correlate import Assertion, Picture, picture_of

DAY_MS = 86_400_000


class Spoken(Part, frozen=True, array_like=True):
    """What one rule last said of this incident: its revision, state, and a digest of the content."""

    rule: str
    revision: int = 0
    state: str = ""
    content: str = ""
    grade: str = ""
    reasons: tuple[Reason, ...] = ()
    estate: str = ""


class Incident(Part, frozen=True, array_like=True, tag="incident"):
    """All that SURVEILLANCE remembers of one incident at one firm.

    at: the latest instant of law and policy at which a fact came. ticked_at: the latest deadline that a tick has fired; only that ends a
    held grade and fires R11's deadlines (law 3).
    """

    subject: str
    incident: str
    place: Place
    exercise: bool
    assertions: tuple[Assertion, ...] = ()
    filed: tuple[rules.Filed, ...] = ()
    declared: tuple[rules.Declared, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    at: UtcMs = 0
    ticked_at: UtcMs = 0

    def last(self, rule: Rule) -> Spoken:
        """What `rule` said last."""
        return next((s for s in self.spoken if s.rule == rule), Spoken(rule))


class _View(NamedTuple):
    """One incident and what its assertions and clocks amount to now."""

    incident: Incident
    picture: Picture
    held: rules.Held
    clocks: tuple[FilingClock, ...]
    policy: Policy


def due_of(incident: Incident, policy: Policy) -> UtcMs | None:
    """The next instant at which time alone changes what is to be said: the end of a held grade, or R11's."""
    view = _view(incident, policy)
    if not view.picture.standing:
        return None
    filing = rules.filing_due(view.clocks, incident.ticked_at, policy.filing)
    return min((instant for instant in (view.held.until, filing) if instant is not None), default=None)


def speak(incident: Incident, policy: Policy, decided_for: UtcMs) -> tuple[Incident, tuple[Alert, ...]]:
    """The incident with what it has now said, and the alerts that say it, dated `decided_for`."""
    view = _view(incident, policy)
    spoken = {s.rule: s for s in incident.spoken}
    alerts = []
    for alert in _concluded(view, decided_for):
        last = incident.last(alert.rule)
        if last.state == AlertState.FIRING and last.estate != alert.estate:
            alerts.append(_withdrawn(alert, last))
            last = Spoken(alert.rule, last.revision + 1)
        content = _content(alert)
        if content == last.content:
            continue
        alerts.append(msgspec.structs.replace(alert, revision=last.revision + 1))
        spoken[alert.rule] = Spoken(alert.rule, last.revision + 1, alert.state, content, alert.grade, alert.reasons, alert.estate)
    return msgspec.structs.replace(incident, spoken=tuple(spoken[rule] for rule in sorted(spoken))), tuple(alerts)


def _withdrawn(alert: Alert, last: Spoken) -> Alert:
    """The end of an alert in the estate where it no longer belongs, for those who were told of it there (law 7)."""
    return msgspec.structs.replace(
        alert, estate=last.estate, state=AlertState.RESOLVED, revision=last.revision + 1, reasons=(Reason(Because.ALL_RETRACTED),)
    )


def _view(incident: Incident, policy: Policy) -> _View:
    picture = picture_of(incident.assertions)
    held = rules.held(incident.assertions, incident.ticked_at, policy.severity)
    return _View(incident, picture, held, rules.filing_clocks(picture, incident.declared, incident.filed, policy.filing), policy)


def _content(alert: Alert) -> str:
    """What a change of means that those who were told are told again; neither the date nor who spoke last is content.

    A filing clock speaks of its clocks alone: the dead and the grade rise in R12's own message.
    """
    if alert.rule == Rule.FILING:
        return digest(msgspec.json.encode((alert.state, alert.reasons, alert.situation.clocks)))
    situation = msgspec.structs.replace(alert.situation, newest=None)
    return digest(msgspec.json.encode((alert.state, alert.grade, alert.grade_now, alert.reasons, alert.held_until, situation)))


def _concluded(view: _View, at: UtcMs) -> Iterator[Alert]:
    if view.picture.standing:
        yield _severity(view, at)
    elif view.incident.last(Rule.SEVERITY).state == AlertState.FIRING:
        yield _alert(view, Rule.SEVERITY, at, AlertState.RESOLVED, (Reason(Because.ALL_RETRACTED),))
    yield from _filing(view, at)


def _severity(view: _View, at: UtcMs) -> Alert:
    """R12: always firing while anybody asserts anything; the grade says how bad."""
    grade_now, reasons = rules.graded(view.picture, view.policy.severity)
    if view.held.grade > grade_now:
        reasons = (Reason(Because.HELD, source="design"), *reasons)
    alert = _alert(view, Rule.SEVERITY, at, AlertState.FIRING, reasons)
    return msgspec.structs.replace(alert, held_until=view.held.until)


def _filing(view: _View, at: UtcMs) -> Iterator[Alert]:
    """R11: fired by ticks alone; resolved when the report has been filed, or nothing is asserted any more.

    While a deadline that has passed waits for its tick nothing is said: a fact that moves a deadline, but not far enough to save it,
    would take a breach back for a moment.
    """
    due = rules.filing_due(view.clocks, view.incident.ticked_at, view.policy.filing)
    if view.picture.standing and due is not None and due <= view.incident.at:
        return
    connected = view.incident.place.filing_connected
    reasons = rules.filing_reasons(view.clocks, view.incident.ticked_at, connected, view.policy.filing) if view.picture.standing else ()
    if reasons:
        yield _alert(view, Rule.FILING, at, AlertState.FIRING, reasons)
    elif view.incident.last(Rule.FILING).state == AlertState.FIRING:
        filed = view.picture.standing and all(clock.filed_at is not None for clock in view.clocks)
        yield _alert(view, Rule.FILING, at, AlertState.RESOLVED, (Reason(Because.FILED if filed else Because.ALL_RETRACTED),))


def _alert(view: _View, rule: Rule, at: UtcMs, state: AlertState, reasons: tuple[Reason, ...]) -> Alert:
    incident = view.incident
    grade = grade_now = incident.last(Rule.SEVERITY).grade
    if view.picture.standing:
        grade_now = rules.graded(view.picture, view.policy.severity).grade
        grade = view.held.grade
    occurred = max((a.occurred_at for a in incident.assertions), default=at)
    return Alert(
        id=alert_id(rule, incident.subject, incident.incident),
        rule=rule,
        estate=incident.place.estate,
        about=incident.incident,
        revision=0,
        state=state,
        at=at,
        grade=grade,
        grade_now=grade_now,
        reasons=reasons,
        situation=_situation(view),
        historic=at - occurred > view.policy.escalation.history_days * DAY_MS,
        exercise=incident.exercise,
    )


def _situation(view: _View) -> Situation:
    picture, incident = view.picture, view.incident
    newest = max(picture.standing, key=lambda a: (a.asserted_at, a.source, a.id), default=None)
    dead = next((f.headline for f in correlate.figures(picture, view.policy.severity.headline_hours) if f.name == "dead"), None)
    split = next((a for a in reversed(picture.standing) if a.wni is not None and dead and a.party == dead.party), None)
    return Situation(
        kind=correlate.headline_kind(picture),
        place=incident.place,
        incident=incident.incident,
        unit=correlate.latest_text(picture, "unit"),
        times=correlate.times(picture),
        discovered_at=min((a.discovered_at for a in picture.standing if a.discovered_at is not None), default=None),
        figures=correlate.figures(picture, view.policy.severity.headline_hours),
        wni=split.wni if split else None,
        wna=split.wna if split else None,
        employer=correlate.latest_text(picture, "employer"),
        causes=correlate.causes(picture),
        clocks=view.clocks,
        unresolved=tuple(sorted({doubt for a in picture.standing for doubt in a.unresolved})),
        newest=Stated(0, newest.party, newest.rank, newest.asserted_at) if newest else None,
        certainty=_certainty(picture),
    )


def _certainty(picture: Picture) -> Certainty:
    """G7: without an official party it is a signal, unless a second source says the same."""
    official = {a.party for a in picture.official}
    sources = {a.source for a in picture.standing}
    if not official:
        return Certainty.REPORTED if len(sources) > 1 else Certainty.SIGNAL
    return Certainty.VERIFIED if len(official) > 1 else Certainty.REPORTED
