"""The desk of clusters: a notice, an account of what was done, or a tick in; the changed clusters of a firm and their alerts out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from schemas.cases import CaseStatus
from schemas.ledger import Admitted, Odd, Tick
from schemas.surveillance import Alert
from schemas.word import UtcMs
from streams.pipeline.line import NOTHING, Due, Entry, Said, Step
from streams.pipeline.surveillance.alerts import collapsed, speak
from streams.pipeline.surveillance.cluster import notices
from streams.pipeline.surveillance.cluster.course import turn
from streams.pipeline.surveillance.cluster.days import day_of
from streams.pipeline.surveillance.cluster.known import learnt
from streams.pipeline.surveillance.cluster.links import Pairs, centres, moved, pairs
from streams.pipeline.surveillance.cluster.memory import (
    Cluster,
    Draft,
    Notice,
    Rate,
    Response,
    Responses,
    Row,
    Standing,
    cluster_name,
    notice_key,
    notice_name,
    responses_name,
)
from streams.pipeline.surveillance.cluster.picture import due_of, findings, view_of
from streams.pipeline.surveillance.cluster.response import response_of
from streams.pipeline.surveillance.rulebook import Rulebook, sooner

MOST_RESPONSES = 200

Change = tuple[Standing | None, Standing | None]
"""What a case was, and what it is now."""


def hear_case(entries: Mapping[str, Entry], admitted: Admitted, book: Rulebook) -> Step:
    """A notice in the ledger of a firm."""
    assert admitted.place is not None  # noqa: S101  INTAKE places every case
    subject, policy = admitted.subject, book.policy.clusters
    key = notice_key(admitted.source, admitted.id, moved=admitted.moved_away)
    known = entries.get(notice_name(subject, key))
    if known is not None and known.digest:
        return NOTHING if known.digest == admitted.digest else Step(words=(book.odd(admitted, known.digest),))
    draft, notice = Draft(subject, entries, {}), notices.heard(admitted, admitted.place, policy)
    touched = notices.take(draft, key, notice, admitted.at)
    plant_known = _learnt(draft, admitted, notice)
    changes, gone, come = _recounted(draft, touched, book)
    changed = {plant_known.plant: plant_known}
    for plant in _plants(changes, gone, come):
        cluster = changed.get(plant) or draft.get(cluster_name(subject, plant)) or replace(plant_known, plant=plant, rows=(), links=())
        rows, links = _rows(cluster.rows, changes, plant), moved(cluster.links, gone, come, plant)
        changed[plant] = replace(cluster, rows=rows, links=links)
    known_plants = _with_plants(draft, changed, admitted.at)
    words: list[Said] = [book.odd(admitted, what=Odd.TOO_LATE)] if notice.silent else []
    due = {**notices.due_of_cases(draft, book), **learnt(draft, touched, admitted.at, book)}
    due[responses_name(subject)] = Due(at=book.forgotten_at(known_plants.at))
    for plant in sorted(changed):
        step = _settled(changed[plant], known_plants.done, admitted.at, book)
        draft.changes.update(step.changes)
        words += step.words
        due.update(step.due)
    return Step(draft.changes, tuple(words), due)


def _learnt(draft: Draft, admitted: Admitted, notice: Notice) -> Cluster:
    """What a notice says of the plant beside its case: where it is, how many work there, how common the disease is around it."""
    place, subject = admitted.place, admitted.subject
    assert place is not None  # noqa: S101  INTAKE places every case
    registered, registry = admitted.registered, -1 if admitted.moved_away else admitted.registry
    known = draft.get(cluster_name(subject, place.plant)) or Cluster(subject, place.plant, place, registry)
    knows_more = (registry, repr(place)) > (known.registry, repr(known.place))
    rates = {each.day: each for each in known.rates}
    if registered.regency_rate is not None and notice.day:
        rate = Rate(notice.day, registry, registered.regency_rate)
        rates[notice.day] = max(rate, rates.get(notice.day, rate), key=lambda each: (each.registry, each.rate))
    workers = (registry, registered.workers) if registered.workers is not None else known.workers
    return replace(
        known,
        place=place if knows_more else known.place,
        registry=registry if knows_more else known.registry,
        exercise=known.exercise and admitted.exercise,
        workers=max(known.workers, workers),
        rates=tuple(rates[day] for day in sorted(rates)),
        too_late=known.too_late + notice.silent,
        at=max(known.at, admitted.at),
    )


def _recounted(draft: Draft, cases: Iterable[str], book: Rulebook) -> tuple[list[Change], Pairs, Pairs]:
    """What each of these cases was and is now, and the links that have gone and come."""
    policy = book.policy.clusters
    changes: list[Change] = []
    gone, come = Pairs(), Pairs()
    for name in sorted(cases):
        before = draft.case(name).standing
        case = notices.folded(draft, name, book.policy.surveillance.newest_facts)
        after = case.standing
        linked_before, linked_after = before.contact_of if before else "", after.contact_of if after else ""
        stars = (centres(draft, name) | {linked_after}) - {""}
        gone.update(pairs(draft, stars, policy))
        draft.put_case(case)
        notices.named(draft, name, linked_before, linked_after)
        come.update(pairs(draft, stars, policy))
        changes.append((before, after))
    return [change for change in changes if change[0] != change[1]], gone, come


def _plants(changes: Iterable[Change], *linked: Pairs) -> set[str]:
    stood = {standing.plant for change in changes for standing in change if standing}
    return stood | {plant for pairs_of in linked for plant, _, _ in pairs_of}


def _rows(rows: Iterable[Row], changes: Iterable[Change], plant: str) -> tuple[Row, ...]:
    """The rows of a plant, with some cases taken out and others put in."""
    tallies = {row.day: Counter(dict(row.tally)) for row in rows}
    for before, after in changes:
        for standing, sign in ((before, -1), (after, 1)):
            if standing and standing.plant == plant:
                tally = tallies.setdefault(standing.day, Counter())
                for name in _names(standing):
                    tally[name] += sign
    kept = ((day, tuple(sorted((name, number) for name, number in tally.items() if number > 0))) for day, tally in tallies.items())
    return tuple(Row(day, tally) for day, tally in sorted(kept) if tally)


def _names(standing: Standing) -> Iterator[str]:
    """As what a case is counted. What carries links alone is not."""
    if standing.counts or standing.status == CaseStatus.DISCARDED:
        yield standing.status
    if standing.counts:
        yield from (f"area:{standing.area}",) if standing.area else ()
        yield from (f"from:{standing.residence}",) if standing.residence else ()
        yield from (f"doubt:{doubt}" for doubt in standing.doubts)


def _pruned(cluster: Cluster, book: Rulebook) -> Cluster:
    """Days of which nobody asks any more are forgotten."""
    oldest = day_of(cluster.at, cluster.place.zone) - book.policy.surveillance.forget_days
    return replace(
        cluster,
        rows=tuple(row for row in cluster.rows if row.day >= oldest),
        links=tuple(link for link in cluster.links if link.first >= oldest),
        rates=tuple(rate for rate in cluster.rates if rate.day >= oldest),
    )


def hear_response(entries: Mapping[str, Entry], admitted: Admitted, book: Rulebook) -> Step:
    """An account of something that was done, in the ledger of a firm."""
    assert admitted.place is not None  # noqa: S101  INTAKE places it
    subject = admitted.subject
    known = entries.get(responses_name(subject)) or Responses(subject)
    told = response_of(admitted, admitted.place.plant)
    for each in known.done:
        if (each.source, each.id) == (told.source, told.id):
            return NOTHING if each.digest == told.digest else Step(words=(book.odd(admitted, each.digest),))
    done = tuple(sorted((*known.done, told), key=_order)[-MOST_RESPONSES:])
    known = replace(known, done=done, at=max(known.at, admitted.at))
    changes: dict[str, Entry | None] = {responses_name(subject): known}
    due = {responses_name(subject): Due(at=book.forgotten_at(known.at))}
    words: list[Said] = []
    for plant in known.plants:
        if isinstance(cluster := entries.get(cluster_name(subject, plant)), Cluster):
            step = _settled(cluster, done, admitted.at, book)
            changes.update(step.changes)
            due.update(step.due)
            words += step.words
    return Step(changes, tuple(words), due)


def _order(each: Response) -> tuple[UtcMs, str, str]:
    return each.stated_at, each.source, each.id


def _with_plants(draft: Draft, plants: Iterable[str], at: UtcMs) -> Responses:
    known = draft.get(responses_name(draft.subject)) or Responses(draft.subject)
    known = replace(known, plants=tuple(sorted({*known.plants, *plants})), at=max(known.at, at))
    draft.put(responses_name(draft.subject), known)
    return known


def tick_responses(entries: Mapping[str, Entry], known: Responses, now: Tick, book: Rulebook) -> Step:
    """What was done where nobody has spoken of anything for long is forgotten."""
    name, due = responses_name(known.subject), book.forgotten_at(known.at)
    return Step({name: None}) if due <= now.at else Step({name: known}, due={name: Due(at=due)})


def tick(entries: Mapping[str, Entry], cluster: Cluster, now: Tick, book: Rulebook) -> Step:
    """Everything that is due by now, each dated by its own deadline (law 3). What a later deadline has overtaken is not spoken."""
    if book.forgotten_at(cluster.at) <= now.at:
        return Step({cluster.name: None})
    known = entries.get(responses_name(cluster.subject)) or Responses(cluster.subject)
    spoken_before = cluster.spoken
    alerts: list[Alert] = []
    while (due := _due_of(cluster, known.done, book)) is not None and due <= now.at:
        cluster, said = _spoken(replace(cluster, ticked_at=max(cluster.ticked_at, due)), known.done, due, book)
        alerts += said
    spoken, told = collapsed(spoken_before, cluster.spoken, alerts)
    return _step(replace(cluster, spoken=spoken), known.done, book)._replace(words=book.said(told))


def _settled(cluster: Cluster, done: tuple[Response, ...], at: UtcMs, book: Rulebook) -> Step:
    cluster, alerts = _spoken(_pruned(cluster, book), done, at, book)
    return _step(cluster, done, book)._replace(words=book.said(alerts))


def _spoken(cluster: Cluster, done: tuple[Response, ...], at: UtcMs, book: Rulebook) -> tuple[Cluster, tuple[Alert, ...]]:
    """What is to be said of a cluster at an instant, and the cluster when it has been said."""
    view = view_of(cluster, done, book.policy)
    found, answer = findings(view, at)
    turned = turn(found, cluster.spoken, cluster.turned_at, at, book.policy.clusters)
    cluster = replace(cluster, turned_at=turned.turned_at, waits_until=turned.waits_until)
    if turned.said:
        confirmed_at = (cluster.confirmed_at or at) if view.is_confirmed else 0
        cluster = replace(cluster, confirmed_at=confirmed_at)
        found, answer = findings(view._replace(cluster=cluster), at)
    spoken, alerts = speak(cluster.spoken, (found, answer) if turned.said else (), at)
    return replace(cluster, spoken=spoken), alerts


def _due_of(cluster: Cluster, done: tuple[Response, ...], book: Rulebook) -> UtcMs | None:
    due = due_of(view_of(cluster, done, book.policy))
    return min((each for each in (due, cluster.waits_until) if each is not None), default=None)


def _step(cluster: Cluster, done: tuple[Response, ...], book: Rulebook) -> Step:
    return Step({cluster.name: cluster}, due={cluster.name: sooner(_due_of(cluster, done, book), book.forgotten_at(cluster.at))})
