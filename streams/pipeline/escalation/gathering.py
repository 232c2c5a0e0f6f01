"""Gathering: alerts that are told in a digest in, what one estate adds to it out, when it closes (law 11).

ESCALATION gathers within its estate; DELIVERY adds the estates up. Each alert's share is an entry of its own, so that a deadline which five
thousand firms of one estate have missed stays small; what changes after the digest has closed is a new revision of the estate's items.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta, timezone
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.ids import digest, digest_id
from schemas.ledger import Place, Tick
from schemas.policy import Digest, Route
from schemas.surveillance import Alert, AlertState, Numbers, Proven, Share, Subject, shown
from schemas.word import Part, UtcMs, as_datetime
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.items import Gathering, items
from streams.pipeline.escalation.ladder import DAY_MS
from streams.pipeline.line import Due, Entry, Step

SHARES_ON_A_PAGE = 100
"""A page is written again with each alert that joins it: 2 KB at most."""
_WIB = timezone(timedelta(hours=7))


class Shared(Part, frozen=True, array_like=True, tag="shared"):
    """What one alert adds. said: in which revision of the estate's items it was last told as it is; 0 while it has not been."""

    since: UtcMs
    revision: int
    fires: bool
    numbers: Numbers
    subject: Subject
    rank: int
    said: int = 0


class Page(Part, frozen=True, array_like=True, tag="page"):
    """Which alerts have a share: a page of the list."""

    alerts: tuple[str, ...] = ()


class Gathered(Part, frozen=True, array_like=True, tag="gathered"):
    """One estate's part of one digest.

    pages: of the list of its alerts. revision: of what has been said of it; content: a digest of that. changed_at: since when it has been
    waiting to be said. touched: when it last changed. deadlines, proven: those of the latest alert.
    """

    name: str
    thread: str
    series: str
    period: str
    estate: str
    place: Place
    closes: UtcMs
    pages: int = 0
    revision: int = 0
    content: str = ""
    changed_at: UtcMs | None = None
    touched: UtcMs = 0
    deadlines: tuple[tuple[str, UtcMs], ...] = ()
    proven: Proven | None = None
    exercise: bool = False


def gather(entries: Mapping[str, Entry], alert: Alert, route: Route, books: Books) -> Step:
    """An alert that belongs into a digest, or that was in one and belongs there no longer."""
    changes: dict[str, Entry | None] = {}
    due: dict[str, Due] = {}
    for series in dict.fromkeys(one.digest for one in books.policy.routes if one.rule == alert.rule and one.digest):
        belongs = alert.state == AlertState.FIRING and route.digest == series and not alert.historic
        step = _shared(entries, alert, _share(alert, series, books), _Part(series, belongs), books)
        changes |= step.changes
        due |= step.due
    return Step(changes, due=due)


class _Part(NamedTuple):
    """Which digest, and whether the alert belongs into it now."""

    series: str
    belongs: bool


def _share(alert: Alert, series: str, books: Books) -> Share:
    """What the alert says that it adds, or one more of its grade in the week in which it began."""
    if alert.share is not None:
        return alert.share
    plan = next(one for one in books.policy.digests if one.name == series)
    closes = _week_end(plan, alert.since)
    return Share(as_datetime(closes).astimezone(_WIB).date().isoformat(), closes, ((alert.grade, 1),))


def _week_end(plan: Digest, at: UtcMs) -> UtcMs:
    """The first instant after `at` at which the week of a digest ends."""
    local = as_datetime(at).astimezone(_WIB)
    day = local + timedelta(days=(plan.weekday - local.weekday()) % 7)
    end = day.replace(hour=plan.hour, minute=0, second=0, microsecond=0)
    return at + int(((end if end > local else end + timedelta(days=7)) - local) / timedelta(milliseconds=1))


def _shared(entries: Mapping[str, Entry], alert: Alert, share: Share, part: _Part, books: Books) -> Step:
    thread = digest_id(part.series, share.period)
    name = f"{alert.estate}|{thread}"
    known = entries.get(f"{name}|{alert.id}")
    if (known is None and not part.belongs) or (known and (alert.since, alert.revision) <= (known.since, known.revision)):
        return Step()
    place = alert.situation.place
    gathered = entries.get(name) or Gathered(name, thread, part.series, share.period, alert.estate, place, share.closes)
    after = replace(
        gathered,
        place=place,
        closes=max(gathered.closes, share.closes),
        changed_at=alert.at if gathered.changed_at is None else gathered.changed_at,
        touched=max(gathered.touched, alert.at),
        deadlines=alert.deadlines,
        proven=alert.proven,
        exercise=alert.exercise,
    )
    state = AlertState.WITHDRAWN if alert.state == AlertState.FIRING and not part.belongs else alert.state
    subject = Subject(alert.about, place.firm, shown(place.firm_name), tuple(reason.because for reason in alert.reasons), state)
    shared = Shared(alert.since, alert.revision, part.belongs, share.numbers, subject, books.policy.rank(alert.grade))
    changes: dict[str, Entry | None] = {f"{name}|{alert.id}": shared}
    if known is None:
        after, page = _listed(entries, after, alert.id)
        changes |= page
    return Step({name: after, **changes}, due={name: _due(after, books)})


def _listed(entries: Mapping[str, Entry], gathered: Gathered, alert: str) -> tuple[Gathered, dict[str, Entry | None]]:
    number = max(gathered.pages - 1, 0)
    page = entries.get(f"{gathered.name}|{number}") or Page()
    if len(page.alerts) >= SHARES_ON_A_PAGE:
        number, page = number + 1, Page()
    return replace(gathered, pages=number + 1), {f"{gathered.name}|{number}": Page((*page.alerts, alert))}


def _due(gathered: Gathered, books: Books) -> Due:
    """Told when it closes; a later change at the next tick; forgotten when nothing more has changed."""
    if gathered.changed_at is not None:
        return Due(at=max(gathered.closes, gathered.changed_at))
    return Due(at=gathered.touched + books.policy.forget_days * DAY_MS)


def tick(entries: Mapping[str, Entry], gathered: Gathered, now: Tick, books: Books) -> Step:
    """What has been gathered is said once it has closed, and again when it has changed; what is quiet is forgotten."""
    due = _due(gathered, books).at
    if due is None or due > now.at:
        return Step({gathered.name: gathered}, due={gathered.name: Due(at=due)})
    shares = dict(_shares(entries, gathered))
    if gathered.changed_at is None:
        pages = (f"{gathered.name}|{number}" for number in range(gathered.pages))
        return Step(dict.fromkeys((gathered.name, *pages, *shares)))
    return _said(gathered, shares, due, books)


def _shares(entries: Mapping[str, Entry], gathered: Gathered) -> Iterator[tuple[str, Shared]]:
    for number in range(gathered.pages):
        page = entries.get(f"{gathered.name}|{number}") or Page()
        for alert in page.alerts:
            if (shared := entries.get(f"{gathered.name}|{alert}")) is not None:
                yield f"{gathered.name}|{alert}", shared


def _said(gathered: Gathered, shares: Mapping[str, Shared], at: UtcMs, books: Books) -> Step:
    firing = [shared for shared in shares.values() if shared.fires]
    content = digest(msgspec.json.encode([(shared.numbers, shared.subject) for shared in firing]))
    nothing = content == gathered.content or (gathered.revision == 0 and not firing)
    revision = gathered.revision if nothing else gathered.revision + 1
    after = replace(gathered, revision=revision, content=content, changed_at=None)
    news = {name: shared for name, shared in shares.items() if shared.said == 0}
    told = {name: replace(shared, said=max(revision, 1)) for name, shared in news.items()}
    changed = [shared.subject for shared in news.values() if shared.fires or gathered.revision]
    words = () if nothing else items(_as_gathering(after, firing, at), changed, books)
    return Step({gathered.name: after, **told}, words, {gathered.name: _due(after, books)})


def _as_gathering(gathered: Gathered, firing: list[Shared], at: UtcMs) -> Gathering:
    totals: dict[str, int] = {}
    for shared in firing:
        for name, value in shared.numbers:
            totals[name] = totals.get(name, 0) + value
    return Gathering(
        thread=gathered.thread,
        series=gathered.series,
        period=gathered.period,
        estate=gathered.estate,
        place=gathered.place,
        closes=gathered.closes,
        at=at,
        revision=gathered.revision,
        numbers=tuple(totals.items()),
        subjects=tuple(shared.subject for shared in firing),
        rank=max((shared.rank for shared in firing), default=0),
        deadlines=gathered.deadlines,
        proven=gathered.proven,
        exercise=gathered.exercise,
    )
