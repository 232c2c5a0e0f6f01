"""Provinces: how many cases a province had each day, in two vintages of one table, in; notices of cases and their corrections out.

The counts may be real (the tables that SIAGA_REAL_DATA names) or made up from a seed; firms and tokens are made up, estates are real. Each
of the cases that a province had on a day is the same one whichever vintage speaks of it: what comes out of the earlier vintage and its
corrections must be what comes out of the later one alone.
"""

import csv
import io
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from schemas.cases import CaseNotice
from schemas.cloud import Cloud
from schemas.ids import digest
from schemas.registry import Activate, EstateEntry, FirmEntry, RegionEntry, SourceEntry
from schemas.word import UtcMs, format_time
from streams.simulate.worlds.firms import Site, sites

PROVINCES = {"Jawa Barat": "32", "Banten": "36", "Kepulauan Riau": "21"}
"""Three with real estates, and between the vintages of September 2020 and January 2021 a hundred corrected days."""

UNTIL = date(2020, 9, 12)
"""The last day of the earlier vintage."""

CORRECTED_AT: UtcMs = int(datetime(2020, 9, 13, 5, tzinfo=UTC).timestamp() * 1000)
"""When all corrections come, at noon in Jakarta."""

HEALTH = "https://pelaporan-kasus.example"
SINCE = "2019-01-01T00:00:00+07:00"
WORKERS = 500
_FIRMS = 5
_MOST_LAG_DAYS = 3
_SECOND, _HOUR, _DAY = 1_000, 3_600_000, 86_400_000

Counts = Mapping[tuple[str, date], int]
"""New confirmed cases by province and day."""


class Published(NamedTuple):
    """What the health service publishes, and when."""

    at: UtcMs
    said: Cloud


def counts(table: str) -> Counts:
    """The new cases of our provinces up to UNTIL, of a table as it was published: a mark at its beginning, days as M/D/YYYY."""
    found: dict[tuple[str, date], int] = {}
    for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))):
        month, day, year = (int(part) for part in row["Date"].split("/"))
        where, when = row["Location"], date(year, month, day)
        if where in PROVINCES and when <= UNTIL:
            found[where, when] = int(row["New Cases"])
    return found


def made_up(seed: int, days: int = 60) -> tuple[str, str]:
    """Two vintages of a table of the same shape. In the later one, one day in eight has some cases more or less."""
    chance = random.Random(seed)
    earlier = {(where, UNTIL - timedelta(ago)): chance.randint(0, 6) for ago in range(days) for where in PROVINCES}
    later = {key: max(0, count + (chance.choice((-2, -1, 1, 2)) if chance.random() < 1 / 8 else 0)) for key, count in earlier.items()}
    return _table(earlier), _table(later)


def _table(known: Counts) -> str:
    rows = (f"{day.month}/{day.day}/{day.year},{where},{count}" for (where, day), count in sorted(known.items(), key=lambda row: row[0][1]))
    return "\ufeff" + "\n".join(("Date,Location,New Cases", *rows)) + "\n"


def register(policy: str, roster: str) -> Iterator[Cloud]:
    """Who there is: the regencies and estates of our provinces, firms in each, and the health service."""
    for site in _sites():
        where = site.regency
        yield _entry(RegionEntry.type, where.code, name=where.name, province=where.province, zone=where.zone)
        if site.estate:
            yield _entry(EstateEntry.type, site.estate.id, name=site.estate.name, regency=where.code)
            for firm in firms(site):
                yield _entry(FirmEntry.type, firm, name=f"PT {firm}", estate=site.estate.id, workers=WORKERS)
    yield _entry(SourceEntry.type, HEALTH, owner="Dinas kesehatan (contoh)", trusted_times=True)
    active = {"policy": policy, "roster": roster, "effective_from": SINCE, "by": "dir-perwilayahan", "exercise": True}
    yield Cloud(Activate.type, HEALTH, "activate", active)


def _entry(kind: str, id: str, **fields: object) -> Cloud:
    return Cloud(kind, HEALTH, f"{kind}/{id}", {"id": id, "valid_from": SINCE, "exercise": True, **fields})


def _sites() -> tuple[Site, ...]:
    return tuple(site for site in sites() if site.regency.code[:2] in PROVINCES.values())


def firms(site: Site) -> tuple[str, ...]:
    """The firms of an estate, the largest first."""
    return tuple(f"{site.estate.id}-{number}" for number in range(1, _FIRMS + 1)) if site.estate else ()


def vintage(known: Counts) -> Iterator[Published]:
    """A notice of each case, up to three days after its onset."""
    for (where, day), count in known.items():
        yield from (_notice(where, day, number) for number in range(count))


def corrections(earlier: Counts, later: Counts) -> Iterator[Published]:
    """What the later vintage has otherwise: cases that were none are withdrawn, cases that were not told yet are told."""
    changed = sorted(key for key in {*earlier, *later} if earlier.get(key, 0) != later.get(key, 0))
    said: list[Cloud] = []
    for key in changed:
        was, now = earlier.get(key, 0), later.get(key, 0)
        said += (_withdrawal(*key, number) for number in range(now, was))
        said += (_notice(*key, number).said for number in range(was, now))
    for number, each in enumerate(said):
        at = CORRECTED_AT + number * _SECOND
        yield Published(at, each._replace(recorded_at=at))


def in_order(published: Iterable[Published]) -> list[Published]:
    """As it reaches us."""
    return sorted(published, key=lambda each: each.at)


def _notice(where: str, day: date, number: int) -> Published:
    token = _token(where, day, number)
    lag = _drawn("lag", token) % (_MOST_LAG_DAYS * 24) + 12
    at = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) + lag * _HOUR
    said = {"firm": _firm(where, token), "case": token, "status": "confirmed", "onset": day.isoformat()}
    return Published(at, _said(f"{token}/1", {**said, "reported_at": format_time(at)}, at))


def _withdrawal(where: str, day: date, number: int) -> Cloud:
    first = _notice(where, day, number).said
    taken_back = {"reported_at": format_time(CORRECTED_AT), "replaces": {"id": first.id}, "withdrawn": True}
    return _said(f"{first.data['case']}/2", {**first.data, **taken_back}, CORRECTED_AT)


def _said(id: str, data: Mapping[str, object], at: UtcMs) -> Cloud:
    return Cloud(CaseNotice.type, HEALTH, id, {**data, "exercise": True}, at, at)


def _token(where: str, day: date, number: int) -> str:
    return f"kasus-{digest('token', where, day.isoformat(), str(number))}{digest('more', where, day.isoformat(), str(number))}"


def _firm(where: str, token: str) -> str:
    """By fixed weights: an estate by its own, and within it a larger firm more often than a smaller one."""
    weighed = [
        (firm, site.weight * (_FIRMS - place))
        for site in _sites()
        if site.regency.code[:2] == PROVINCES[where]
        for place, firm in enumerate(firms(site))
    ]
    sums = list(accumulate(weight for _, weight in weighed))
    drawn = _drawn("firm", token) % sums[-1]
    return next(firm for (firm, _), until in zip(weighed, sums, strict=True) if drawn < until)


def _drawn(what: str, token: str) -> int:
    return int(digest(what, token), 16)
