"""The picture of one incident at one firm: its facts in; findings of R12 and R11, and when time alone will change them, out."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from schemas.intake import Grade
from schemas.policy import Policy
from schemas.surveillance import AlertState, Because, FilingClock, IncidentSituation, Reason, Rule
from schemas.word import UtcMs
from streams.pipeline.surveillance.alerts import Finding
from streams.pipeline.surveillance.incident import rules
from streams.pipeline.surveillance.incident.facts import Assertion, Declared, Filed, Heard, declarations
from streams.pipeline.surveillance.incident.memory import NOT_ASKED, Incident
from streams.pipeline.surveillance.incident.situation import situation
from streams.pipeline.surveillance.incident.timeline import Walked, walked

DAY_MS = 86_400_000


class View(NamedTuple):
    """An incident, and what its facts amount to under a policy, whatever the time."""

    incident: Incident
    policy: Policy
    walked: Walked
    graded: rules.Graded
    clocks: tuple[FilingClock, ...]
    situation: IncidentSituation
    occurred_at: UtcMs | None

    @property
    def held(self) -> rules.Held:
        """The grade held at the last deadline that has fired."""
        return rules.held(self.walked.stretches, self.graded.grade, self.incident.ticked_at, self.policy.severity)


def view_of(incident: Incident, facts: Mapping[str, Heard], policy: Policy) -> View:
    """The timeline, walked once."""
    assertions = [fact for fact in facts.values() if isinstance(fact, Assertion)]
    declared = [fact for fact in facts.values() if isinstance(fact, Declared)]
    along = walked([*assertions, *declarations(declared)], partial(rules.grade_of, policy=policy.severity))
    bulletins = tuple(a for a in along.standing if not a.declared)
    if assertions and not bulletins:  # what was declared hung on bulletins of which none stands any more (G8)
        along = along._replace(standing=())
    filed = [fact for fact in facts.values() if isinstance(fact, Filed)]
    clocks = rules.filing_clocks(bulletins, declared, filed, policy.filing)
    return View(
        incident=incident,
        policy=policy,
        walked=along,
        graded=rules.graded(along.deciding, policy.severity),
        clocks=clocks,
        situation=situation(incident, along.standing, clocks, policy.severity),
        occurred_at=max((a.occurred_at for a in assertions or along.standing), default=None),
    )


def due_of(view: View) -> UtcMs | None:
    """The next instant at which time alone changes what is to be said: the end of a held grade, or R11's."""
    if not view.walked.standing:
        return None
    filing = rules.filing_due(view.clocks, view.incident.ticked_at, view.policy.filing)
    return min((instant for instant in (view.held.until, filing) if instant is not None), default=None)


def is_to_be_asked(view: View) -> bool:
    """Whether the next tick must see what else the firm owes (R15)."""
    return view.incident.overdue == NOT_ASKED and bool(view.walked.standing) and view.held.grade >= Grade.S3


def findings(view: View, at: UtcMs) -> Iterator[Finding]:
    """What the rules conclude."""
    yield _severity(view, at)
    yield from _filing(view, at)
    yield from _overdue(view, at)


def _severity(view: View, at: UtcMs) -> Finding:
    """R12: always firing while anybody asserts anything; the grade says how bad."""
    if not view.walked.standing:
        return _ended(view, at, Rule.SEVERITY, AlertState.WITHDRAWN)
    held, now = view.held, view.graded.grade
    reasons = (Reason(Because.HELD), *view.graded.reasons) if held.grade > now else view.graded.reasons
    content = replace(view.situation, newest=None)
    return _finding(view, at, Rule.SEVERITY)._replace(
        reasons=reasons,
        grade=held.grade,
        grade_now=now,
        peak=dict(content.numbers()).get("dead", 0),
        held_until=held.until,
        says=(held.grade, now, reasons, held.until, content),
    )


def _filing(view: View, at: UtcMs) -> Iterator[Finding]:
    """R11: fired by ticks alone; over when the report has been filed, withdrawn when it is not due any more or nothing is asserted.

    While a deadline that has passed waits for its tick nothing is said: a fact that moves a deadline, but not far enough to save it,
    would take a breach back for a moment. A filing clock speaks of its clocks alone: the dead and the grade rise in R12's own message.
    """
    incident, standing, policy = view.incident, view.walked.standing, view.policy.filing
    if not standing:
        yield _ended(view, at, Rule.FILING, AlertState.WITHDRAWN)
        return
    due = rules.filing_due(view.clocks, incident.ticked_at, policy)
    if due is not None and due <= incident.at:
        return
    overdue = Because.FILING_OVERDUE if incident.filing_connected else Because.FILING_UNKNOWN
    if reasons := rules.filing_reasons(view.clocks, incident.ticked_at, overdue, policy):
        yield _finding(view, at, Rule.FILING)._replace(
            reasons=tuple(dict.fromkeys(reasons)),
            grade=view.held.grade,
            grade_now=view.graded.grade,
            says=(reasons, view.clocks),
        )
    else:
        filed = all(clock.filed_at is not None for clock in view.clocks)
        yield _ended(view, at, Rule.FILING, AlertState.RESOLVED if filed else AlertState.WITHDRAWN)


def _overdue(view: View, at: UtcMs) -> Iterator[Finding]:
    """R15: a grave incident at a firm that had not reported what it had to."""
    owed = view.incident.overdue
    if owed > 0 and view.walked.standing:
        yield _finding(view, at, Rule.OVERDUE)._replace(
            reasons=(Reason(Because.OVERDUE_REPORT, owed),), grade=view.held.grade, grade_now=view.graded.grade, says=(owed,)
        )
    elif owed > 0:
        yield _ended(view, at, Rule.OVERDUE, AlertState.WITHDRAWN)


_ENDS = {AlertState.RESOLVED: Because.FILED, AlertState.WITHDRAWN: Because.ALL_RETRACTED}


def _ended(view: View, at: UtcMs, rule: Rule, state: AlertState) -> Finding:
    return _finding(view, at, rule)._replace(state=state, reasons=(Reason(_ENDS[state]),))


def _finding(view: View, at: UtcMs, rule: Rule) -> Finding:
    incident = view.incident
    running = [clock for clock in view.clocks if clock.filed_at is None]
    occurred = at if view.occurred_at is None else view.occurred_at
    return Finding(
        rule=rule,
        subject=incident.subject,
        about=incident.incident,
        reasons=(),
        situation=view.situation,
        says=(),
        deadlines=(("report", min(clock.due_first for clock in running)),) if running else (),
        open_until=max((clock.due_last for clock in running), default=None),
        historic=at - occurred > view.policy.escalation.history_days * DAY_MS,
        exercise=incident.exercise,
    )
