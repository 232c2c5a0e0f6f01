"""Vouching: ticks in; deadlines of reports that a source has not proven in time, and that it has proven after all, out (G1).

Nobody is accused meanwhile; the operator and the source's owner are told once, for only they can end it.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from schemas.ids import alert_id, gate
from schemas.ledger import Connected, Tick
from schemas.policy import Deadlines
from schemas.surveillance import AlertState, Because, Certainty, Reason, Rule, SourceSituation, Trouble, shown
from schemas.topics import REPORTS
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, following
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.surveillance.alerts import Finding, speak
from streams.pipeline.surveillance.rulebook import DAY_MS, Rulebook
from streams.pipeline.surveillance.source.memory import Vouching

HOUR_MS = 3_600_000
MOST_UNPROVEN = 100
"""A year of two deadlines a week."""


def connected(entries: Mapping[str, Entry], word: Connected, _: Rulebook) -> Step:
    """A source that receives reports must vouch for each deadline from now on; of what was due before, the line knew nothing (G6)."""
    if not any(REPORTS.name in connection.topics for connection in word.connections):
        return NOTHING
    vouching = Vouching(word.source, word.subject, word.at, exercise=word.exercise)
    if vouching.name in entries:
        return NOTHING
    return Step({vouching.name: vouching}, due={vouching.name: Due(at=word.at)})


def tick(_: Mapping[str, Entry], vouching: Vouching, now: Tick, book: Rulebook) -> Step:
    """Each deadline that should have been proven by now, dated by when it should have been."""
    proven = dict(now.proven).get(gate(REPORTS.name, vouching.source), 0)
    patience = _patience(book.policy.deadlines)
    fell_due = ((period.name, period.due_at) for period in _fell_due(vouching, now.at - patience, book))
    waiting = [*vouching.unproven, *fell_due][-MOST_UNPROVEN:]
    spoken, words = vouching.spoken, book.said(())
    for name, due_at in waiting:
        is_proven = due_at <= proven
        finding = _finding(vouching, name, is_proven=is_proven, book=book)
        spoken, alerts = speak(spoken, (finding,), now.at if is_proven else due_at + patience)
        words += book.said(alerts)
    unproven = tuple((name, due_at) for name, due_at in waiting if due_at > proven)
    waited_for = {alert_id(Rule.UNPROVEN, vouching.subject, name) for name, _ in unproven}
    after = replace(
        vouching,
        checked=max(vouching.checked, now.at - patience),
        unproven=unproven,
        spoken=tuple(last for last in spoken if last.id in waited_for),
    )
    return Step({after.name: after}, words, {after.name: _due(after, now.at, book)})


def _patience(deadlines: Deadlines) -> int:
    return (deadlines.grace_hours + deadlines.unproven_after_hours) * HOUR_MS


def _following(vouching: Vouching, after: UtcMs, book: Rulebook) -> Iterator[Period]:
    """The next period of each obligation whose reports this source receives, once it is in service (G6)."""
    for obligation in book.policy.obligations:
        period = following(obligation, after) if obligation.received_by == vouching.source else None
        while period is not None and period.day < obligation.in_service_since:
            period = following(obligation, period.due_at)
        if period is not None:
            yield period


def _fell_due(vouching: Vouching, until: UtcMs, book: Rulebook) -> list[Period]:
    """What fell due since it was last looked at, in that order."""
    found: list[Period] = []
    after = vouching.checked
    while coming := [period for period in _following(vouching, after, book) if period.due_at <= until]:
        after = min(period.due_at for period in coming)
        found += (period for period in coming if period.due_at == after)
    return found


def _due(vouching: Vouching, now: UtcMs, book: Rulebook) -> Due:
    """When the next deadline should have been proven, and when the first that is waited for is; a day on where nothing is to come."""
    patience = _patience(book.policy.deadlines)
    coming = (period.due_at + patience for period in _following(vouching, vouching.checked, book))
    waited_for = min((due_at for _, due_at in vouching.unproven), default=None)
    proven = None if waited_for is None else (gate(REPORTS.name, vouching.source), waited_for)
    return Due(at=min(coming, default=now + DAY_MS), proven=proven)


def _finding(vouching: Vouching, period: str, *, is_proven: bool, book: Rulebook) -> Finding:
    hours, grade = book.policy.deadlines.unproven_after_hours, book.policy.surveillance.refused_grade
    return Finding(
        rule=Rule.UNPROVEN,
        subject=vouching.subject,
        about=period,
        reasons=(Reason(Because.PROVEN) if is_proven else Reason(Because.NOT_PROVEN, hours, hours),),
        situation=SourceSituation(who=shown(vouching.source), what=Trouble.UNPROVEN, last=period, certainty=Certainty.VERIFIED),
        says=(is_proven,),
        state=AlertState.RESOLVED if is_proven else AlertState.FIRING,
        grade=grade,
        grade_now=grade,
        exercise=vouching.exercise,
    )
