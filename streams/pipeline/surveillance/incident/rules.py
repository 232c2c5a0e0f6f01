"""Rules: a picture and a policy in, a grade or a due date with its reasons out. Each rule reads like the domain's own text."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.intake import Grade, IncidentKind, Rank
from schemas.policy import Filing, Severity
from schemas.surveillance import Because, FilingClock, Reason
from schemas.word import UtcMs
from streams.pipeline.surveillance.incident.facts import OFFICIAL, UNKNOWN_MINUTES, Assertion, Declared, Filed
from streams.pipeline.surveillance.incident.timeline import Stretch, Tally

HOUR_MS = 3_600_000
EXPLOSIONS = frozenset({IncidentKind.FURNACE_EXPLOSION, IncidentKind.DUST_EXPLOSION})
CONTAINMENT_LOST = frozenset({IncidentKind.FURNACE_BREAKOUT, IncidentKind.SLAG_OVERFLOW, IncidentKind.SLAG_WATER_ERUPTION})


class Graded(NamedTuple):
    """A grade and every reason that gives it."""

    grade: Grade
    reasons: tuple[Reason, ...]


def graded(deciding: Tally, policy: Severity) -> Graded:
    """R12: the highest match wins; every valid incident has exactly one grade, and an unknown count never lowers it."""
    found = tuple(_matches(deciding, deciding.highest(), policy))
    grade = max((grade for grade, _ in found), default=Grade.S1)
    return Graded(grade, tuple(reason for g, reason in found if g == grade) or (Reason(Because.NO_HARM, source=policy.source),))


def grade_of(deciding: Tally, policy: Severity) -> Grade:
    """The grade alone, for the timeline: R12 without its reasons."""
    of = deciding.highest()
    by_figure = (grade for grade, _, figure, threshold in _thresholds(of, policy) if figure >= threshold)
    by_circumstance = (grade for grade, _, met in _circumstances(deciding, of, policy) if met)
    return max((*by_figure, *by_circumstance), default=Grade.S1)


def _matches(deciding: Tally, of: Counter[str], policy: Severity) -> Iterator[tuple[Grade, Reason]]:
    for grade, because, figure, threshold in _thresholds(of, policy):
        if figure >= threshold:
            yield grade, Reason(because, figure, threshold, policy.source)
    for grade, because, met in _circumstances(deciding, of, policy):
        if met:
            yield grade, Reason(because, source=policy.source)


def _thresholds(of: Counter[str], policy: Severity) -> Iterable[tuple[Grade, Because, int, int]]:
    """Domain §3.4, figures: grade, reason, what is known (0 where nobody states it), what it takes."""
    person_hours = of["evacuated"] * of["evacuated_hours"]
    return (
        (Grade.S5, Because.DEAD, of["dead"], policy.s5_dead),
        (Grade.S5, Because.DEAD_OR_MISSING, of["dead"] + of["missing"], policy.s5_dead_or_missing),
        (Grade.S5, Because.INJURED, injured(of), policy.s5_injured),
        (Grade.S5, Because.COMMUNITY, person_hours, policy.s5_person_hours),
        (Grade.S5, Because.OFF_SITE_DEATH, of["offsite_dead"], 1),
        (Grade.S4, Because.DEAD, of["dead"], 1),
        (Grade.S4, Because.MISSING, of["missing"], 1),
        (Grade.S4, Because.HOSPITALISED, of["hospitalised"], policy.s4_hospitalised),
        (Grade.S4, Because.OFF_SITE_HOSPITALISED, of["offsite_hospitalised"], 1),
        (Grade.S4, Because.TOXIC_EXPOSURE, of["exposed"] * of["toxic"], policy.s4_toxic_exposed),
        (Grade.S3, Because.SERIOUS_INJURY, of["serious"], 1),
        (Grade.S3, Because.LONG_FIRE, of["fire_minutes"], policy.s3_fire_minutes),
        (Grade.S3, Because.COST, of["cost_usd"], policy.s3_cost_usd),
        (Grade.S2, Because.ANY_INJURY, injured(of), 1),
    )


def _circumstances(deciding: Tally, of: Counter[str], policy: Severity) -> Iterable[tuple[Grade, Because, bool]]:
    """Domain §3.4, circumstances without a figure."""
    minutes = deciding.values("fire_minutes")
    burning = bool(minutes) or deciding.is_called((IncidentKind.FIRE,))
    unknown = burning and (UNKNOWN_MINUTES in minutes or not minutes)
    return (
        (Grade.S5, Because.COMMUNITY, of["evacuation_declared"] > 0),
        (Grade.S3, Because.CONTAINMENT_LOST, deciding.is_called(CONTAINMENT_LOST)),
        (Grade.S3, Because.EXPLOSION, deciding.is_called(EXPLOSIONS)),
        (Grade.S3, Because.LONG_FIRE, unknown),
        (Grade.S2, Because.SHORT_FIRE, burning and of["fire_minutes"] < policy.s3_fire_minutes),
    )


def injured(of: Counter[str]) -> int:
    """Injured persons: the stated total, or what its parts add up to if that is more; exposed is not injured."""
    return max(of["injured"], of["serious"] + of["light"], of["hospitalised"])


class Held(NamedTuple):
    """The grade held, and until when it is, if the present facts alone would give less (G8)."""

    grade: Grade
    until: UtcMs | None


def held(stretches: Iterable[Stretch], now: Grade, at: UtcMs, policy: Severity) -> Held:
    """The highest grade over the last 72 h of the timeline of assertions by `asserted_at`, superseded ones included (R12).

    A grade stands from one assertion to the next, and is held 72 h from the moment it ceased to stand.
    """
    window = policy.held_hours * HOUR_MS
    past = [(grade, ended + window) for grade, ended in stretches if ended + window > at]
    highest = max((grade for grade, _ in past), default=now)
    if highest <= now:
        return Held(now, None)
    return Held(Grade(highest), max(until for grade, until in past if grade == highest))


def filing_clocks(
    standing: Sequence[Assertion], declared: Iterable[Declared], filed: Iterable[Filed], policy: Filing
) -> tuple[FilingClock, ...]:
    """R11: 48 hours from the occurrence, and again from each later declaration (PER.03/MEN/1998).

    With conflicting times it reminds on the earliest and counts on the latest. A filing answers a clock that had begun by then.
    """
    filings = sorted((f for f in filed if f.rank == Rank.LABOUR_INSPECTION), key=lambda f: (f.filed_at, f.source, f.id))
    occurred = [a.occurred_at for a in standing]
    clocks = [("occurrence", min(occurred), max(occurred))] if occurred else []
    official = sorted((d for d in declared if d.rank in OFFICIAL), key=lambda d: (d.declared_at, d.source, d.id))
    clocks += [(d.outcome, d.declared_at, d.declared_at) for d in official]
    return tuple(_clock(*clock, filings, policy) for clock in clocks)


def _clock(opened_by: str, first: UtcMs, last: UtcMs, filings: list[Filed], policy: Filing) -> FilingClock:
    due = policy.due_hours * HOUR_MS
    answered = bisect_left(filings, first, key=lambda f: f.filed_at)
    answer = filings[answered] if answered < len(filings) else None
    return FilingClock(opened_by, first + due, last + due, answer.filed_at if answer else None, answer.received_by if answer else "")


def filing_reasons(clocks: Iterable[FilingClock], at: UtcMs, overdue: Because, policy: Filing) -> tuple[Reason, ...]:
    """What R11 says of each clock that runs: a reminder 12 h before its end; then `overdue`, a breach or only a question (G2's spirit)."""
    remind = policy.remind_before_hours * HOUR_MS
    found = []
    for clock in clocks:
        if clock.filed_at is not None:
            continue
        if at >= clock.due_last:
            found.append(Reason(overdue, threshold=policy.due_hours, source=policy.source))
        elif at >= clock.due_first - remind:
            found.append(Reason(Because.FILING_DUE_SOON, threshold=policy.due_hours, source=policy.source))
    return tuple(found)


def filing_due(clocks: Iterable[FilingClock], at: UtcMs, policy: Filing) -> UtcMs | None:
    """The next instant at which R11 has something to say."""
    remind = policy.remind_before_hours * HOUR_MS
    open_clocks = [clock for clock in clocks if clock.filed_at is None]
    return min((instant for c in open_clocks for instant in (c.due_first - remind, c.due_last) if instant > at), default=None)
