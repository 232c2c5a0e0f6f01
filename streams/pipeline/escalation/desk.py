"""Desk: what CLOCK holds back or has vouched for too early in, an alert to the operator's desk out (G1, G2).

CLOCK remembers no alerts: what the desk was told last says which revision this is.
"""

from typing import NamedTuple

from schemas.ids import DESK, alert_id
from schemas.ledger import Brake, CompletenessBroken, Place
from schemas.policy import Policy
from schemas.surveillance import Alert, AlertState, Because, Certainty, Numbers, Reason, Rule, SourceSituation, Trouble, shown
from streams.pipeline.escalation.memory import Open

MINUTE_MS = 60_000
NOBODY = Place(firm="", firm_name="", estate=DESK)


def about_of(word: Brake | CompletenessBroken) -> str:
    """What the desk's escalation is about: a period, as `siaga act` names it, or a partition."""
    return f"{word.obligation}/{word.period}" if isinstance(word, Brake) else f"{word.topic}/{word.partition}"


class _Matter(NamedTuple):
    """What is the matter, and whether it still is."""

    rule: Rule
    state: AlertState
    reasons: tuple[Reason, ...]
    situation: SourceSituation


def alert_of(word: Brake | CompletenessBroken, known: Open | None, policy: Policy) -> Alert:
    """One more word on it; `known` is what the desk has been told."""
    rule = Rule.BRAKE if isinstance(word, Brake) else Rule.UNPROVEN
    last, grade = known.alert(rule) if known else None, policy.surveillance.refused_grade
    matter = _braked(word, policy, is_new=last is None) if isinstance(word, Brake) else _vouched_too_early(word)
    return Alert(
        id=alert_id(matter.rule, DESK, about_of(word)),
        rule=matter.rule,
        estate=DESK,
        about=about_of(word),
        since=last.since if last else word.at,
        revision=last.revision + 1 if last else 1,
        state=matter.state,
        at=word.at,
        grade=grade,
        grade_now=grade,
        peak=0,
        reasons=matter.reasons,
        situation=matter.situation,
        exercise=word.exercise,
    )


def _braked(brake: Brake, policy: Policy, *, is_new: bool) -> _Matter:
    """Over when a person has lifted it; when fewer are absent the desk hears of it, and it is still on. A silence counts in minutes.

    When nobody is absent any more there is nothing to release; it stays on for who may turn out absent yet.
    """
    obligation = policy.obligation(brake.obligation)
    who = obligation.received_by if obligation else brake.obligation
    counts = (("due", brake.due), ("absent", brake.absent), ("allowed", brake.allowed))
    reasons: tuple[Reason, ...] = (Reason(Because.TOO_MANY_ABSENT, brake.absent, brake.allowed),)
    is_empty = not (brake.lifted or is_new or brake.absent)
    if is_empty:
        reasons = (Reason(Because.NOBODY_ABSENT),)
    elif not (brake.lifted or is_new or brake.silence or brake.absent > brake.allowed):
        reasons = (Reason(Because.FEWER_ABSENT, brake.absent, brake.allowed),)
    elif silence := brake.silence:
        silent = Reason(Because.SOURCE_SILENT, (silence.until - silence.since) // MINUTE_MS)
        reasons = (silent, *reasons) if brake.absent > brake.allowed else (silent,)
    state = AlertState.RESOLVED if brake.lifted or is_empty else AlertState.FIRING
    return _Matter(Rule.BRAKE, state, reasons, _situation(brake, who, Trouble.BRAKED, counts))


def _vouched_too_early(word: CompletenessBroken) -> _Matter:
    """A broker's clock was set back: what was proven by then was not. In the reason: by how many milliseconds."""
    reason = Reason(Because.VOUCHED_TOO_EARLY, word.vouched - word.appended)
    return _Matter(Rule.UNPROVEN, AlertState.FIRING, (reason,), _situation(word, word.topic, Trouble.UNPROVEN, (("offset", word.offset),)))


def _situation(word: Brake | CompletenessBroken, who: str, what: Trouble, counts: Numbers) -> SourceSituation:
    return SourceSituation(place=NOBODY, who=shown(who), what=what, counts=counts, last=about_of(word), certainty=Certainty.VERIFIED)
