"""Heartbeat: what the registry says of a source and ticks in; that it is silent beyond its declared limit, and speaks again, out (R20).

It is judged by how far everything has been read, and not by the clock: while we are behind ourselves, nobody can call a source silent.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from schemas.ids import COMPLETE, gate
from schemas.ledger import Connected, Connection, Tick
from schemas.surveillance import AlertState, Because, Certainty, Reason, Rule, SourceSituation, Trouble, shown
from schemas.word import UtcMs
from streams.pipeline.line import Due, Entry, Step
from streams.pipeline.surveillance.alerts import Finding, speak
from streams.pipeline.surveillance.rulebook import Rulebook
from streams.pipeline.surveillance.source.memory import Heartbeat

MINUTE_MS = 60_000


class _Pulse(NamedTuple):
    """The topic on which a source was heard least, until when, and from when on that is silence."""

    topic: str
    heard: UtcMs
    silent_at: UtcMs
    limit_minutes: int


def connected(entries: Mapping[str, Entry], word: Connected, _: Rulebook) -> Step:
    """What the registry has of a source now."""
    heart = Heartbeat(word.source, word.subject, word.at, word.connections, exercise=word.exercise)
    known = entries.get(heart.name)
    heart = replace(known, connections=word.connections, exercise=word.exercise) if known else heart
    return Step({heart.name: heart}, due={heart.name: Due(at=word.at)})


def tick(_: Mapping[str, Entry], heart: Heartbeat, now: Tick, book: Rulebook) -> Step:
    """Silent, or not: dated by the instant at which the limit was passed."""
    moment, reached = now.complete_through, dict(now.proven)
    topics = {topic for connection in heart.connections for topic in connection.topics}
    through = ((topic, reached.get(gate(topic, heart.source), dict(heart.through).get(topic))) for topic in sorted(topics))
    heart = replace(heart, through=tuple((topic, instant) for topic, instant in through if instant is not None))
    pulse = _pulse(heart, moment)
    silent = pulse is not None and pulse.silent_at <= moment
    spoken, alerts = speak(heart.spoken, (_finding(heart, pulse, moment, book),), pulse.silent_at if pulse and silent else now.at)
    heart = replace(heart, spoken=tuple(last for last in spoken if last.fires))
    return Step({heart.name: heart}, book.said(alerts), {heart.name: _due(heart, pulse, moment)})


def _in_force(heart: Heartbeat, moment: UtcMs) -> Connection | None:
    return next((each for each in reversed(heart.connections) if each.since <= moment), None)


def _pulse(heart: Heartbeat, moment: UtcMs) -> _Pulse | None:
    """None where no silence is an alarm. Nobody was silent before the line knew of them."""
    connection = _in_force(heart, moment)
    if connection is None or connection.ended or connection.silent_after_minutes is None or not connection.topics:
        return None
    known, limit = dict(heart.through), connection.silent_after_minutes
    heard, topic = min((max(known.get(topic, 0), heart.since, connection.since), topic) for topic in connection.topics)
    return _Pulse(topic, heard, heard + limit * MINUTE_MS, limit)


def _due(heart: Heartbeat, pulse: _Pulse | None, moment: UtcMs) -> Due:
    """When the limit is reached, or when it is heard again; and when the registry says something else of it."""
    changes_at = min((each.since for each in heart.connections if each.since > moment), default=None)
    if pulse is None:
        return Due(at=changes_at)
    if pulse.silent_at <= moment:
        return Due(at=changes_at, proven=(gate(pulse.topic, heart.source), pulse.heard + 1))
    return Due(at=changes_at, proven=(COMPLETE, pulse.silent_at))


def _finding(heart: Heartbeat, pulse: _Pulse | None, moment: UtcMs, book: Rulebook) -> Finding:
    silent = pulse is not None and pulse.silent_at <= moment
    grade = book.policy.surveillance.refused_grade
    limit = pulse.limit_minutes if pulse else None
    return Finding(
        rule=Rule.SILENT,
        subject=heart.subject,
        about=heart.source,
        reasons=(Reason(Because.SOURCE_SILENT, limit, limit) if silent else Reason(Because.SPEAKS_AGAIN),),
        situation=SourceSituation(
            who=shown(heart.source), what=Trouble.SILENT, last=pulse.topic if pulse else "", certainty=Certainty.VERIFIED
        ),
        says=(silent,),
        state=AlertState.FIRING if silent else AlertState.RESOLVED,
        grade=grade,
        grade_now=grade,
        exercise=heart.exercise,
    )
