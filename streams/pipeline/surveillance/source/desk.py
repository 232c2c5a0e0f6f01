"""The desk of sources: refusals and ticks in, alerts to the operator's desk and to a source's owner out."""

from collections.abc import Mapping

from msgspec.structs import replace

from schemas.cases import CaseNotice
from schemas.ids import SOURCE
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome
from schemas.ledger import Connected, Refusal, Tick
from schemas.surveillance import Because, Certainty, Reason, Rule, SourceSituation, Trouble, shown
from schemas.topics import CASES, REPORTS
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.personal import PERSONAL_DATA, UNKNOWN_FIELD, is_personal
from streams.pipeline.surveillance.alerts import Finding, speak
from streams.pipeline.surveillance.rulebook import Rulebook
from streams.pipeline.surveillance.source.heartbeat import connected as _heartbeat
from streams.pipeline.surveillance.source.memory import Source
from streams.pipeline.surveillance.source.returns import refused as _returned
from streams.pipeline.surveillance.source.vouching import connected as _vouching

_NO_REPORTS = frozenset({IncidentBulletin.type, AccidentReportFiled.type, InjuryOutcome.type, CaseNotice.type})
"""What is no report, though it was published as one: an explosion in the wrong place is one all the same."""


def connected(entries: Mapping[str, Entry], word: Connected, book: Rulebook) -> Step:
    """What the registry has of a source is heard by whoever listens to it, and by whoever waits for its deadlines."""
    heart, vouching = (hearing(entries, word, book) for hearing in (_heartbeat, _vouching))
    return Step({**heart.changes, **vouching.changes}, due={**heart.due, **vouching.due})


def refused(entries: Mapping[str, Entry], refusal: Refusal, book: Rulebook) -> Step:
    """The desk hears of it at once, if it must; its owner in groups."""
    desk, owner = (hearing(entries, refusal, book) for hearing in (_interrupting, _returned))
    return Step({**desk.changes, **owner.changes}, desk.words, {**desk.due, **owner.due})


def _interrupting(entries: Mapping[str, Entry], refusal: Refusal, book: Rulebook) -> Step:
    """G5: every refused incident or case notice interrupts the operator; a source's refusals are one alert that counts.

    A refused report is listed, and puts its firm in doubt; it interrupts nobody.
    """
    if refusal.origin.topic == REPORTS.name and refusal.kind not in _NO_REPORTS:
        return NOTHING
    known = entries.get(refusal.subject) or Source(refusal.subject, exercise=refusal.exercise)
    last = f"{shown(refusal.kind)}: {_reason(refusal)} ({shown(refusal.field)})"
    source = replace(known, count=known.count + 1, last=last, at=max(known.at, refusal.at))
    spoken, alerts = speak(known.spoken, (_rejected(source, book),), refusal.at)
    return Step({source.subject: replace(source, spoken=spoken)}, book.said(alerts), {source.subject: Due(at=book.forgotten_at(source.at))})


def _reason(refusal: Refusal) -> str:
    """Why, in one word. That somebody has published personal data opens a clock of its own: the desk must not read of a mistyped field."""
    is_case = refusal.origin.topic == CASES.name
    named = refusal.field.rpartition(".")[2]
    return PERSONAL_DATA if is_case and refusal.reason == UNKNOWN_FIELD and is_personal(named) else refusal.reason


def _rejected(source: Source, book: Rulebook) -> Finding:
    who = source.subject.removeprefix(SOURCE)
    counts = ((Trouble.REJECTED.value, source.count),)
    grade = book.policy.surveillance.refused_grade
    return Finding(
        rule=Rule.REFUSED,
        subject=source.subject,
        about=who,
        reasons=(Reason(Because.REFUSED_AT_INTAKE, source.count, 1),),
        situation=SourceSituation(who=shown(who), what=Trouble.REJECTED, counts=counts, last=source.last, certainty=Certainty.VERIFIED),
        says=(source.count, source.last),
        grade=grade,
        grade_now=grade,
        peak=0,
        exercise=source.exercise,
    )


def tick(_: Mapping[str, Entry], source: Source, now: Tick, book: Rulebook) -> Step:
    """A source that gives no trouble any more is forgotten."""
    due = book.forgotten_at(source.at)
    return Step({source.subject: None}) if due <= now.at else Step({source.subject: source}, due={source.subject: Due(at=due)})
