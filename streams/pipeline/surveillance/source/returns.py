"""Returns: refusals and ticks in; what a source's owner is told of them out, in groups, and that there are no more (G5).

A report that is refused wakes nobody at the desk, and yet only its publisher can correct it. One message says how many records of which
type were refused for which reason at which field, and where the first of them stands; never what was in them (law 12).
"""

from collections.abc import Mapping

from msgspec.structs import replace

from schemas.facts import FACTS
from schemas.ids import SOURCE
from schemas.ledger import Origin, Refusal, Tick
from schemas.surveillance import AlertState, Because, Certainty, Reason, Rule, SentBack, SourceSituation, Trouble, shown
from schemas.topics import BY_NAME
from schemas.word import UtcMs
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.surveillance.alerts import Finding, speak
from streams.pipeline.surveillance.rulebook import Rulebook
from streams.pipeline.surveillance.source.memory import Returns

MINUTE_MS = 60_000
MOST_GROUPS = 10
"""More than fit on a telephone help nobody: the rest is counted."""


def refused(entries: Mapping[str, Entry], refusal: Refusal, book: Rulebook) -> Step:
    """One refusal more. What no registered source has published has no owner."""
    who = refusal.subject.removeprefix(SOURCE)
    if who in BY_NAME:
        return NOTHING
    blank = Returns(refusal.subject, exercise=refusal.exercise)
    known = entries.get(blank.name) or blank
    groups, more = _with(known.groups, refusal)
    returns = replace(
        known,
        began=min(known.began, refusal.at) if known.groups else refusal.at,
        at=max(known.at, refusal.at),
        untold=known.untold + 1,
        untold_since=min(known.untold_since, refusal.at) if known.untold else refusal.at,
        groups=groups,
        more=known.more + more,
    )
    return _kept(returns, book)


def tick(_: Mapping[str, Entry], returns: Returns, now: Tick, book: Rulebook) -> Step:
    """What has waited long enough is told, dated by when it had; then that it is quiet; and then it is forgotten."""
    due = _due(returns, book)
    if due > now.at:
        return Step({returns.name: returns}, due={returns.name: Due(at=due)})
    if not returns.untold and not _is_told(returns):
        return Step({returns.name: None})
    told = replace(returns, told_at=due, untold=0) if returns.untold else replace(returns, groups=(), more=0)
    spoken, alerts = speak(returns.spoken, (_finding(told, due, book),), due)
    return _kept(replace(told, spoken=spoken), book)._replace(words=book.said(alerts))


def _kept(returns: Returns, book: Rulebook) -> Step:
    return Step({returns.name: returns}, due={returns.name: Due(at=_due(returns, book))})


def _due(returns: Returns, book: Rulebook) -> UtcMs:
    """When there is something to tell, or nothing any more, or nothing to remember."""
    terms = book.policy.surveillance
    if returns.untold:
        gathered = returns.untold_since + terms.sent_back_gather_minutes * MINUTE_MS
        again = returns.told_at + terms.sent_back_every_minutes * MINUTE_MS if returns.told_at else gathered
        return max(gathered, again)
    if _is_told(returns):
        return returns.at + terms.sent_back_quiet_minutes * MINUTE_MS
    return book.forgotten_at(returns.at)


def _is_told(returns: Returns) -> bool:
    return any(last.fires for last in returns.spoken)


def _with(known: tuple[SentBack, ...], refusal: Refusal) -> tuple[tuple[SentBack, ...], int]:
    """The groups with one refusal more; or without, and one more that is in none of them.

    A type that nobody knows is the publisher's own words, which are not repeated: it goes by its topic.
    """
    kind = refusal.kind if refusal.kind in FACTS else refusal.origin.topic
    reason, field = refusal.reason, shown(refusal.field)
    groups = {(group.kind, group.reason, group.field): group for group in known}
    group = groups.get((kind, reason, field))
    if group is None and len(groups) >= MOST_GROUPS:
        return known, 1
    group = group or SentBack(kind, reason, field, 0, refusal.origin)
    first = min(group.first, refusal.origin, key=_place)
    groups[kind, reason, field] = replace(group, count=group.count + 1, first=first)
    return tuple(groups[key] for key in sorted(groups)), 0


def _place(origin: Origin) -> tuple[int, str, int]:
    """So that the first is the same in whatever order partitions are read."""
    return origin.offset, origin.topic, origin.partition


def _finding(returns: Returns, at: UtcMs, book: Rulebook) -> Finding:
    """`says` holds when it is told: the same trouble an hour later is news."""
    who, count = returns.subject.removeprefix(SOURCE), sum(group.count for group in returns.groups) + returns.more
    grade = book.policy.surveillance.refused_grade
    return Finding(
        rule=Rule.REFUSED,
        subject=returns.subject,
        about=f"sent_back/{who}",
        reasons=(Reason(Because.SENT_BACK, count, 1) if count else Reason(Because.NOTHING_SENT_BACK),),
        situation=SourceSituation(
            who=shown(who),
            what=Trouble.SENT_BACK,
            counts=((Trouble.SENT_BACK.value, count),) if count else (),
            certainty=Certainty.VERIFIED,
            sent_back=returns.groups,
            more_sent_back=returns.more,
            since=returns.began if count else None,
        ),
        says=(at, count),
        state=AlertState.FIRING if count else AlertState.RESOLVED,
        grade=grade,
        grade_now=grade,
        exercise=returns.exercise,
    )
