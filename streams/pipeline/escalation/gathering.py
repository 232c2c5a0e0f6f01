"""Gathering: alerts that are told in a digest in, what one estate adds to it out, when it closes (law 11).

ESCALATION gathers within its estate; DELIVERY adds the estates up. Each alert's share is an entry of its own, so that a deadline which five
thousand firms of one estate have missed stays small; what changes after the digest has closed is a new revision of the estate's items.
Nothing leaves of a period that is held back for a person (G2).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta, timezone
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.ids import digest, digest_id
from schemas.ledger import Tick
from schemas.policy import Digest, Route
from schemas.surveillance import Alert, AlertState, Proven, Share, Subject, shown
from schemas.word import UtcMs, as_datetime
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.items import items
from streams.pipeline.escalation.ladder import DAY_MS, MINUTE_MS
from streams.pipeline.escalation.shares import Gathered, Page, Shared
from streams.pipeline.line import Due, Entry, Step

SHARES_ON_A_PAGE = 100
"""A page is written again with each alert that joins it: 2 KB at most."""
BRAKE_MINUTES = 10
"""What is held back is looked at again so often: a release is no reason for a tick of its own."""
SPARE_DAYS = 2
"""A day for each clock on the way from where it was decided."""
_WIB = timezone(timedelta(hours=7))


def gather(entries: Mapping[str, Entry], alert: Alert, route: Route, books: Books) -> Step:
    """An alert that belongs into a digest, or that was in one and belongs there no longer."""
    changes: dict[str, Entry | None] = {}
    due: dict[str, Due] = {}
    interrupts = route.historic or not alert.historic
    for series in dict.fromkeys(one.digest for one in books.policy.routes if one.rule == alert.rule and one.digest):
        belongs = alert.state == AlertState.FIRING and route.digest == series and interrupts
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
        changed_at=alert.at if gathered.changed_at is None else min(gathered.changed_at, alert.at),
        touched=max(gathered.touched, alert.at),
        deadline=share.deadline or gathered.deadline,
        proven=_later(gathered.proven, alert.proven),
        exercise=gathered.exercise or alert.exercise,
        settles_at=max(gathered.settles_at, share.settles_at),
    )
    changes: dict[str, Entry | None] = {f"{name}|{alert.id}": _as_shared(alert, share, known, part, books)}
    if known is None:
        after, page = _listed(entries, after, alert.id)
        changes |= page
    return Step({name: after, **changes}, due={name: _due(after, books)})


def _later(one: Proven | None, other: Proven | None) -> Proven | None:
    """The proof that was read last."""
    return max((proof for proof in (one, other) if proof), key=lambda proof: (proof.read_at, proof.tick, proof.source), default=None)


def _as_shared(alert: Alert, share: Share, known: Shared | None, part: _Part, books: Books) -> Shared:
    place = alert.situation.place
    state = AlertState.WITHDRAWN if alert.state == AlertState.FIRING and not part.belongs else alert.state
    return Shared(
        rule=alert.rule,
        since=alert.since,
        revision=alert.revision,
        fires=part.belongs,
        numbers=share.numbers,
        subject=Subject(alert.about, place.firm, shown(place.firm_name), tuple(reason.because for reason in alert.reasons), state),
        rank=books.policy.rank(alert.grade),
        heard=known is not None and known.heard,
        quiet=share.quiet,
        deadlines=alert.deadlines,
    )


def _listed(entries: Mapping[str, Entry], gathered: Gathered, alert: str) -> tuple[Gathered, dict[str, Entry | None]]:
    number = max(gathered.pages - 1, 0)
    page = entries.get(f"{gathered.name}|{number}") or Page()
    if len(page.alerts) >= SHARES_ON_A_PAGE:
        number, page = number + 1, Page()
    return replace(gathered, pages=number + 1), {f"{gathered.name}|{number}": Page((*page.alerts, alert))}


def _due(gathered: Gathered, books: Books) -> Due:
    """Told when it closes; a later change at the next tick; forgotten when nothing more has changed for so long, nor can."""
    if gathered.changed_at is not None:
        return Due(at=max(gathered.closes, gathered.changed_at))
    plan = books.policy.digest(gathered.series)
    quiet = gathered.touched + (plan.keep_days if plan else books.policy.forget_days) * DAY_MS
    return Due(at=max(quiet, gathered.settles_at + SPARE_DAYS * DAY_MS if gathered.settles_at else 0))


def tick(entries: Mapping[str, Entry], gathered: Gathered, now: Tick, books: Books) -> Step:
    """What has been gathered is said once it has closed, and again when it has changed; what is quiet is forgotten.

    On a tick that some seat before this room has not come to, nothing is said: nobody knows yet what is held back.
    """
    due = _due(gathered, books).at
    if due is None or due > now.at:
        return Step({gathered.name: gathered}, due={gathered.name: Due(at=due)})
    if gathered.changed_at is not None and not now.complete:
        return Step({gathered.name: gathered}, due={gathered.name: Due(at=now.at + 1)})
    if gathered.changed_at is not None and gathered.period in now.brakes:
        return Step({gathered.name: gathered}, due={gathered.name: Due(at=now.at + BRAKE_MINUTES * MINUTE_MS)})
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
    firing = sorted((shared for shared in shares.values() if shared.fires), key=_order)
    content = digest(msgspec.json.encode([(shared.numbers, shared.subject, shared.quiet, shared.deadlines) for shared in firing]))
    nothing = content == gathered.content or (gathered.revision == 0 and not firing)
    after = replace(gathered, revision=gathered.revision + (not nothing), content=content, changed_at=None)
    news = {name: shared for name, shared in shares.items() if shared.said == 0}
    heard = {name: shared.heard if nothing else shared.fires for name, shared in news.items()}
    told = {name: replace(shared, said=max(after.revision, 1), heard=heard[name]) for name, shared in news.items()}
    changed = sorted((shared for shared in news.values() if shared.fires or shared.heard), key=_order)
    words = () if nothing else items(after, firing, changed, at, books)
    return Step({gathered.name: after, **told}, words, {gathered.name: _due(after, books)})


def _order(shared: Shared) -> tuple[str, int, str]:
    """Sums before single findings, then the gravest, then by name: the order in which they came leaves no trace (law 4)."""
    return shared.rule, -shared.rank, shared.subject.about
