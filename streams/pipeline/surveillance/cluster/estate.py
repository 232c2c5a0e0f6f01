"""The desk of outbreaks: a notice or a tick in; the confirmed cases of an estate by firm and window, and the alert of R8, out.

Each firm has an entry of its own, and the estate keeps but sums of each window: one more case costs the same however many there are.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from schemas.cases import CaseStatus
from schemas.ids import DESK, ESTATE, REGENCY
from schemas.ledger import Admitted, Place, Tick
from schemas.policy import Clusters
from schemas.surveillance import Alert, AlertState, Because, ClusterSituation, Reason, Rule
from schemas.word import UtcMs
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.surveillance.alerts import Finding, collapsed, speak
from streams.pipeline.surveillance.cluster import notices
from streams.pipeline.surveillance.cluster.course import turn
from streams.pipeline.surveillance.cluster.days import day_of, end_of, runs
from streams.pipeline.surveillance.cluster.memory import (
    Draft,
    FirmDays,
    Outbreak,
    Span,
    Standing,
    firm_days_name,
    notice_key,
    notice_name,
    outbreak_name,
)
from streams.pipeline.surveillance.rulebook import DAY_MS, Rulebook, sooner

GRADE = "C4"
Days = Mapping[tuple[str, int], int]
"""Confirmed cases of one firm, by plant and day."""


def hear(entries: Mapping[str, Entry], admitted: Admitted, book: Rulebook) -> Step:
    """A notice in the ledger of an estate; firms outside every estate make no outbreak of one."""
    place, subject, policy = admitted.place, admitted.subject, book.policy.clusters
    if place is None or subject.removeprefix(ESTATE).startswith(REGENCY) or subject == f"{ESTATE}{DESK}":
        return NOTHING
    key = notice_key(admitted.source, admitted.id, moved=admitted.moved_away)
    known = entries.get(notice_name(subject, key))
    if known is not None and known.digest:
        return NOTHING
    draft, notice = Draft(subject, entries, {}), notices.heard(admitted, place, policy)
    outbreak = _placed(entries.get(outbreak_name(subject)), admitted, place)
    spans = {span.end: span for span in outbreak.spans}
    for case in sorted(notices.take(draft, key, notice, admitted.at)):
        before = draft.case(case).standing
        after = notices.folded(draft, case, book.policy.surveillance.newest_facts)
        draft.put_case(after)
        for standing, sign in ((before, -1), (after.standing, 1)):
            if standing is not None and standing.status == CaseStatus.CONFIRMED and before != after.standing:
                _count(draft, spans, standing, sign, book)
    oldest = day_of(outbreak.at, outbreak.place.zone) - book.policy.surveillance.forget_days
    kept = tuple(spans[end] for end in sorted(spans) if end >= oldest and spans[end].confirmed)
    outbreak, alerts = _spoken(replace(outbreak, spans=kept), admitted.at, book)
    step = _step(outbreak, book)
    due = {**notices.due_of_cases(draft, book), **step.due}
    for name, entry in draft.changes.items():
        if isinstance(entry, FirmDays):
            days = tuple(each for each in entry.days if each[1] >= oldest)
            draft.put(name, replace(entry, days=days, at=outbreak.at))
            due[name] = Due(at=book.forgotten_at(outbreak.at))
    return Step({**draft.changes, **step.changes}, book.said(alerts), due)


def _placed(known: Outbreak | None, admitted: Admitted, place: Place) -> Outbreak:
    """The estate as the newest revision of the registry has it."""
    registry = -1 if admitted.moved_away else admitted.registry
    place = replace(place, firm="", firm_name="", plant="", plant_name="")
    known = known or Outbreak(admitted.subject, place, registry)
    newer = (registry, repr(place)) > (known.registry, repr(known.place))
    return replace(
        known,
        place=place if newer else known.place,
        registry=registry if newer else known.registry,
        exercise=known.exercise and admitted.exercise,
        at=max(known.at, admitted.at),
    )


def _count(draft: Draft, spans: dict[int, Span], standing: Standing, sign: int, book: Rulebook) -> None:
    """One confirmed case more or less: in the days of its firm, and in every window that its day is in."""
    name, policy = firm_days_name(draft.subject, standing.firm), book.policy.clusters
    known = draft.get(name) or FirmDays(draft.subject, standing.firm)
    before = {(plant, day): number for plant, day, number in known.days}
    key = (standing.plant, standing.day)
    after = {**before, key: before.get(key, 0) + sign}
    days = ((plant, day, number) for (plant, day), number in sorted(after.items()) if number > 0)
    draft.put(name, replace(known, days=tuple(days)))
    for end in range(standing.day, standing.day + policy.window_days):
        span = spans.get(end, Span(end))
        had, has = _in_window(before, end, policy), _in_window(after, end, policy)
        spans[end] = replace(
            span,
            confirmed=span.confirmed + sign,
            firms=span.firms + bool(has) - bool(had),
            clustered=span.clustered + (has >= policy.confirmed) - (had >= policy.confirmed),
            onsets=span.onsets + (sign if end == standing.day else 0),
        )


def _in_window(days: Days, end: int, policy: Clusters) -> int:
    """The most cases that any plant of a firm has in the window that ends on a day."""
    plants: dict[str, int] = {}
    for (plant, day), number in days.items():
        if end - policy.window_days < day <= end:
            plants[plant] = plants.get(plant, 0) + number
    return max(plants.values(), default=0)


def _reasons(span: Span, policy: Clusters) -> Iterator[Reason]:
    """R8."""
    if span.clustered >= policy.estate_firms:
        yield Reason(Because.FIRMS_WITH_CLUSTERS, span.clustered, policy.estate_firms, policy.source)
    if span.confirmed >= policy.estate_cases and span.firms >= policy.estate_case_firms:
        yield Reason(Because.CASES_IN_ESTATE, span.confirmed, policy.estate_cases, policy.source)


def _outbreak_of(spans: Iterable[Span], policy: Clusters) -> tuple[int, int, Span, Span] | None:
    """The latest run of onsets that has been an outbreak at any time: its first and last day, its gravest window, its latest."""
    by_end = {span.end: span for span in spans}
    for first, last in runs((end for end, span in by_end.items() if span.onsets), policy.closes_after_days):
        windows = [span for end, span in by_end.items() if first <= end <= last and tuple(_reasons(span, policy))]
        if windows:
            return first, last, max(windows, key=lambda span: (span.clustered, span.confirmed, span.firms, span.end)), by_end[last]
    return None


def tick(_: Mapping[str, Entry], outbreak: Outbreak, now: Tick, book: Rulebook) -> Step:
    """Everything that is due by now, each dated by its own deadline (law 3)."""
    if book.forgotten_at(outbreak.at) <= now.at:
        return Step({outbreak_name(outbreak.subject): None})
    before = outbreak.spoken
    alerts: list[Alert] = []
    while (due := _due_of(outbreak, book)) is not None and due <= now.at:
        outbreak, said = _spoken(replace(outbreak, ticked_at=max(outbreak.ticked_at, due)), due, book)
        alerts += said
    spoken, told = collapsed(before, outbreak.spoken, alerts)
    return _step(replace(outbreak, spoken=spoken), book)._replace(words=book.said(told))


def tick_firm(_: Mapping[str, Entry], firm: FirmDays, now: Tick, book: Rulebook) -> Step:
    """A firm without a case for long is forgotten."""
    name, due = firm_days_name(firm.subject, firm.firm), book.forgotten_at(firm.at)
    return Step({name: None}) if due <= now.at else Step({name: firm}, due={name: Due(at=due)})


def _spoken(outbreak: Outbreak, at: UtcMs, book: Rulebook) -> tuple[Outbreak, tuple[Alert, ...]]:
    found = _finding(outbreak, at, book)
    turned = turn(found, outbreak.spoken, outbreak.turned_at, at, book.policy.clusters)
    spoken, alerts = speak(outbreak.spoken, (found,) if turned.said else (), at)
    return replace(outbreak, turned_at=turned.turned_at, waits_until=turned.waits_until, spoken=spoken), alerts


def _finding(outbreak: Outbreak, at: UtcMs, book: Rulebook) -> Finding:
    policy, zone = book.policy.clusters, outbreak.place.zone
    finding = Finding(
        rule=Rule.ESTATE_OUTBREAK,
        subject=outbreak.subject,
        about=f"outbreak/{outbreak.subject.removeprefix(ESTATE)}",
        reasons=(Reason(Because.NO_CLUSTER),),
        situation=ClusterSituation(place=outbreak.place, level="none"),
        says=(),
        state=AlertState.WITHDRAWN,
        exercise=outbreak.exercise,
    )
    found = _outbreak_of(outbreak.spans, policy)
    if found is None:
        return finding
    first, last, gravest, latest = found
    situation = ClusterSituation(
        place=outbreak.place,
        level="estate",
        confirmed=latest.confirmed,
        firms=latest.firms,
        first_day=date.fromordinal(first).isoformat(),
        last_day=date.fromordinal(last).isoformat(),
    )
    historic = at - end_of(last, zone) > book.policy.escalation.history_days * DAY_MS
    finding = finding._replace(situation=situation, historic=historic)
    if _closes_at(last, zone, policy) <= outbreak.ticked_at:
        closed = Reason(Because.CLUSTER_CLOSED, threshold=policy.closes_after_days, source=policy.source)
        return finding._replace(state=AlertState.RESOLVED, reasons=(closed,))
    reasons = tuple(_reasons(gravest, policy))
    says = (reasons, situation)
    return finding._replace(state=AlertState.FIRING, reasons=reasons, grade=GRADE, peak=gravest.confirmed, says=says)


def _closes_at(last: int, zone: str, policy: Clusters) -> UtcMs:
    return end_of(last + policy.closes_after_days, zone)


def _due_of(outbreak: Outbreak, book: Rulebook) -> UtcMs | None:
    policy = book.policy.clusters
    found = _outbreak_of(outbreak.spans, policy)
    closes_at = _closes_at(found[1], outbreak.place.zone, policy) if found else 0
    due = (closes_at if closes_at > outbreak.ticked_at else None, outbreak.waits_until)
    return min((each for each in due if each is not None), default=None)


def _step(outbreak: Outbreak, book: Rulebook) -> Step:
    name = outbreak_name(outbreak.subject)
    return Step({name: outbreak}, due={name: sooner(_due_of(outbreak, book), book.forgotten_at(outbreak.at))})
