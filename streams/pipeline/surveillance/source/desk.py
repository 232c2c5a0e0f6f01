"""The desk of sources: refusals, records that broke, and ticks in; alerts to the operator's desk, and doubts about firms, out."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from schemas.ids import FIRM, SOURCE
from schemas.ledger import Origin, Refusal, Tick
from schemas.surveillance import Because, Certainty, Reason, Rule, SourceSituation, Trouble, shown
from schemas.word import UtcMs
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.surveillance.alerts import Finding, speak
from streams.pipeline.surveillance.rulebook import Rulebook
from streams.pipeline.surveillance.source.memory import Doubts, Source

MOST_ORIGINS = 20


def refused(entries: Mapping[str, Entry], refusal: Refusal, book: Rulebook) -> Step:
    """G5: every refused incident or case notice interrupts the operator; a source's refusals are one alert that counts."""
    if refusal.subject.startswith(FIRM):
        return doubt(entries, refusal.subject, Doubtful(refusal.origin, refusal.at), book)
    known = entries.get(refusal.subject) or Source(refusal.subject, exercise=refusal.exercise)
    last = f"{shown(refusal.kind)}: {refusal.reason} ({shown(refusal.field)})"
    source = replace(known, count=known.count + 1, last=last, at=max(known.at, refusal.at))
    spoken, alerts = speak(known.spoken, (_rejected(source, book),), refusal.at)
    return Step({source.subject: replace(source, spoken=spoken)}, book.said(alerts), {source.subject: Due(at=book.forgotten_at(source.at))})


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


class Doubtful(NamedTuple):
    """Something that could not be read: where it was published, and when it was said."""

    origin: Origin
    at: UtcMs


def doubt(entries: Mapping[str, Entry], subject: str, doubtful: Doubtful, book: Rulebook) -> Step:
    """Something of this firm could not be read. A record that is read again is counted once."""
    name = f"{subject}|doubts"
    known = entries.get(name) or Doubts(subject)
    if doubtful.origin in known.origins:
        return NOTHING
    doubts = Doubts(subject, known.count + 1, max(known.at, doubtful.at), (*known.origins, doubtful.origin)[-MOST_ORIGINS:])
    return Step({name: doubts}, due={name: Due(at=book.forgotten_at(doubts.at))})


def tick_doubts(_: Mapping[str, Entry], doubts: Doubts, now: Tick, book: Rulebook) -> Step:
    """A doubt about what nobody asks any more is forgotten."""
    name, due = f"{doubts.subject}|doubts", book.forgotten_at(doubts.at)
    return Step({name: None}) if due <= now.at else Step({name: doubts}, due={name: Due(at=due)})
