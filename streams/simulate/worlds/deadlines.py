"""Deadlines: who reported when, made up from a seed or laid down by hand, as stories of the IOMKI report.

Firms, permits and reports are made up; estates, regencies, circulars and deadlines are real. A story of this module is told by SIINas:
what a line says was received by SIINas at the line's own instant unless `received_at` says that it was earlier.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from schemas.word import UtcMs, format_time
from streams.simulate.story import DESIGN, Line, Spoken, Story
from streams.simulate.worlds.firms import IDN_AREA_DATA, SIINAS, Firm, firm, firms, register

POLICY, ROSTER = "2026-11-23.1", "example-1"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SOURCES = {
    IDN_AREA_DATA: "npm package idn-area-data 3.1.2, data/regencies.csv",
    "tribun-bekukan": "https://m.tribunnews.com/bisnis/2021/07/30/menperin-ancam-bekukan-pabrik-tak-lapor-iomki",
    "radarbekasi": "https://radarbekasi.id/2022/03/23/ratusan-perusahaan-dibekukan",
}
_SEEN_BY = 41_000
"""How long after the instant it speaks of SIINas publishes its mark."""


class Deadline(NamedTuple):
    """One due date: before 24:00 in Jakarta on `day`."""

    day: date

    @property
    def due_at(self) -> UtcMs:
        """24:00 in Jakarta."""
        return int(datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC).timestamp() * 1000) + 17 * HOUR

    @property
    def decided_at(self) -> UtcMs:
        """The end of the grace: 08:00 in Jakarta."""
        return self.due_at + 8 * HOUR


def report(who: Firm, deadline: Deadline, at: UtcMs, *, received_at: UtcMs | None = None) -> Line:
    """A report that SIINas received; published at `at`."""
    received = at if received_at is None else received_at
    data = {
        "obligation": "iomki",
        "period": deadline.day.isoformat(),
        "permit": who.permit,
        "firm": who.id,
        "state": "submitted",
        "submitted_at": format_time(received),
        "workers": 100,
        "positives": 0,
        "statement_true": True,
    }
    id = f"{who.permit}/{deadline.day.isoformat()}"
    return _line(at, received_at=received_at, fact=Spoken(word="report-submission", id=id, publisher=SIINAS, data=data))


def mark(through: UtcMs) -> Line:
    """SIINas: everything that I received up to then has been published."""
    return _line(through + _SEEN_BY, mark={"source": SIINAS, "complete_through": format_time(through)})


def marks(since: UtcMs, until: UtcMs) -> Iterator[Line]:
    """A mark every six hours, midnight in Jakarta among them, and one three hours before midnight: for reminders and for absences."""
    midnight = -(-(since - 17 * HOUR) // DAY) * DAY + 17 * HOUR
    instants = (midnight + n * 3 * HOUR for n in range(-8, (until - midnight) // (3 * HOUR) + 1) if n % 2 == 0 or n % 8 == 7)
    yield from (mark(instant) for instant in instants if since < instant + _SEEN_BY <= until)


def _line(at: UtcMs, *, received_at: UtcMs | None = None, **said: Any) -> Line:
    received = {} if received_at is None else {"received_at": format_time(received_at)}
    known = {"source": (DESIGN,), "at": format_time(at), "clock_is_design": True, **received}
    return Line.model_validate({**known, **said})


def told(
    name: str, title: str, known: Iterable[Firm], lines: Iterable[Line], *, starts: UtcMs, until: UtcMs, stops: UtcMs = 0, description: str
) -> Story:
    """The story of these firms. SIINas publishes its marks all along, or until it `stops`."""
    registry = tuple(register(known, POLICY, ROSTER))
    used = {key for entered in registry for key in entered.source}
    whole = {
        "name": name,
        "title": title,
        "zone": "Asia/Jakarta",
        "description": description,
        "publisher": SIINAS,
        "starts": format_time(starts),
        "until": format_time(until),
        "sources": {key: SOURCES[key] for key in SOURCES if key in used},
        "registry": registry,
        "lines": tuple(sorted((*lines, *marks(starts, stops or until)), key=lambda line: line.at)),
    }
    return Story.model_validate(whole)


# --------------------------------------------------------------------------- one night, and one week


FRIDAY = Deadline(date(2021, 7, 30))
ABSENT_SHARE = 0.2


def deadline_night(count: int = 2_000, seed: int = 20210730) -> Story:
    """The second deadline of the circular of July 2021: four of five report, most of them in the last hours, and some too late."""
    chance, known = random.Random(seed), firms(count, seed)
    absent = set(chance.sample(known, round(count * ABSENT_SHARE)))
    lines = [report(who, FRIDAY, _hour_of_reporting(chance, FRIDAY)) for who in known if who not in absent]
    return told(
        "deadline-night",
        "Deadline: Friday 30 July 2021",
        known,
        [*lines, *_stragglers(sorted(absent))],
        starts=FRIDAY.due_at - 64 * HOUR,
        until=FRIDAY.decided_at + 8 * HOUR,
        description=f"{count} made-up firms on real estates; {len(absent)} of them have not reported when the deadline is decided.",
    )


def _hour_of_reporting(chance: random.Random, deadline: Deadline) -> UtcMs:
    """Three in ten are early; of the others most come in the last six hours, and every fifth in the last ten minutes (domain §1.4)."""
    when = chance.random()
    if when < 0.3:
        return deadline.due_at - chance.randrange(25 * HOUR, 60 * HOUR)
    if when < 0.5:
        return deadline.due_at - chance.randrange(6 * HOUR, 24 * HOUR)
    return deadline.due_at - chance.randrange(1, 6 * HOUR if when < 0.86 else 10 * MINUTE)


def _stragglers(absent: list[Firm]) -> Iterator[Line]:
    """Of those who were absent: five were received in time and published the next morning, three reported after the grace."""
    for who in absent[:5]:
        yield report(who, FRIDAY, FRIDAY.decided_at + 90 * MINUTE, received_at=FRIDAY.due_at - 9 * MINUTE)
    for who in absent[5:8]:
        yield report(who, FRIDAY, FRIDAY.decided_at + 2 * HOUR)


def quiet_week(count: int = 999, seed: int = 20210806) -> Story:
    """Two deadlines, and everybody has reported more than a day before each: not one message may leave."""
    chance, known = random.Random(seed), firms(count, seed)
    tuesday, friday = Deadline(date(2021, 8, 3)), Deadline(date(2021, 8, 6))
    early = [report(who, due, due.due_at - chance.randrange(25 * HOUR, 47 * HOUR)) for due in (tuesday, friday) for who in known]
    return told(
        "quiet-week",
        "Quiet week: 3 and 6 August 2021",
        known,
        early,
        starts=tuesday.due_at - 71 * HOUR,
        until=friday.decided_at + HOUR,
        description=f"{count} made-up firms report twice, each time more than a day early.",
    )


def siinas_down(count: int = 500, seed: int = 20210730) -> Story:
    """SIINas falls silent four hours before the deadline: nobody is accused, its owner and the duty officer are told."""
    chance, known = random.Random(seed), firms(count, seed)
    stops = FRIDAY.due_at - 4 * HOUR
    reports = [report(who, FRIDAY, _hour_of_reporting(chance, FRIDAY)) for who in known]
    return told(
        "siinas-down",
        "SIINas falls silent: Friday 30 July 2021",
        known,
        [line for line in reports if line.at < stops],
        starts=FRIDAY.due_at - 64 * HOUR,
        until=FRIDAY.decided_at + 6 * HOUR,
        stops=stops + _SEEN_BY,
        description="Everybody reports, but what SIINas receives in the last four hours it does not publish.",
    )


def backfill(count: int = 60, seed: int = 20220801) -> Story:
    """A year of history is published at once, misses and accidents among it: nobody is interrupted, and Monday's digest has it (G6)."""
    chance, known = random.Random(seed), firms(count, seed)
    starts, friday = Deadline(date(2022, 7, 31)).due_at, Deadline(date(2022, 8, 5))
    published = starts + 10 * HOUR
    past = [Deadline(FRIDAY.day + timedelta(weeks=week)) for week in range(7, 53)]
    history = [
        report(who, due, published, received_at=due.due_at - chance.randrange(HOUR, 60 * HOUR))
        for due in past
        for who in known
        if chance.random() >= ABSENT_SHARE
    ]
    accidents = [_accident(who, published, starts - days * DAY) for who, days in zip(known, (300, 200, 100, 40), strict=False)]
    now = [report(who, friday, friday.due_at - chance.randrange(25 * HOUR, 60 * HOUR)) for who in known]
    return told(
        "backfill",
        "A year at once: Monday 1 August 2022",
        known,
        [*accidents, *history, *now],
        starts=starts,
        until=Deadline(date(2022, 8, 7)).due_at + 10 * HOUR,
        description=f"{len(history)} reports of {len(past)} deadlines and {len(accidents)} accidents, all of them old, arrive at once.",
    )


def _accident(who: Firm, at: UtcMs, occurred_at: UtcMs) -> Line:
    """An accident that the firm tells of long afterwards."""
    data = {
        "firm": who.id,
        "kind": "fire",
        "unit": "gudang",
        "asserted_by": {"name": f"manajemen {who.name}", "rank": "firm"},
        "asserted_at": format_time(at),
        "occurred_at": format_time(occurred_at),
        "dead": 2,
        "injured": {"hospitalised": 3},
    }
    return _line(at, fact=Spoken(word="incident-bulletin", id=f"accident/{who.id}", publisher=SIINAS, data=data))


# --------------------------------------------------------------------------- Kabupaten Bekasi, 3 August 2021


class Count(NamedTuple):
    """Permits of one estate on 3 August: how many must report, and how many have now missed one, two and three in a row."""

    owed: int
    first: int
    second: int
    third: int


BEKASI: Mapping[str | None, Count] = {
    "mm2100": Count(210, 29, 7, 2),
    "jababeka": Count(610, 88, 24, 8),
    "giic": Count(95, 11, 3, 0),
    None: Count(696, 112, 30, 8),
}
"""Illustrative, but for the sum of 1,611 active permits (radarbekasi)."""

ABSENT_ON_30_JULY = 351
OBJECTING = 2


def bekasi_deadline() -> Story:
    """The third deadline of the circular in one regency: eighteen have missed three in a row, and two of them object."""
    days = [Deadline(date(2021, 7, 27)), FRIDAY, Deadline(date(2021, 8, 3))]
    groups = _groups()
    known = [who for group in groups.values() for who in group]
    absent = {
        days[0].day: {*groups["third"]},
        days[1].day: {*groups["third"], *groups["second"], *groups["caught up"]},
        days[2].day: {*groups["third"], *groups["second"], *groups["first"]},
    }
    chance = random.Random(20210803)
    reports = [
        report(who, due, due.due_at - chance.randrange(2 * HOUR, 22 * HOUR)) for due in days for who in known if who not in absent[due.day]
    ]
    objections = [_objection(who, FRIDAY, FRIDAY.decided_at + (26 + n) * HOUR) for n, who in enumerate(groups["third"][:OBJECTING])]
    return told(
        "bekasi-deadline",
        "Kab. Bekasi: Tuesday 3 August 2021",
        known,
        [*reports, *objections],
        starts=days[0].due_at - 47 * HOUR,
        until=days[2].decided_at + HOUR,
        description="1,611 active permits of one regency over the first three deadlines of the circular of July 2021.",
    )


def _objection(who: Firm, deadline: Deadline, at: UtcMs) -> Line:
    """A firm says that it did report."""
    on = {"obligation": "iomki", "period": deadline.day.isoformat(), "firm": who.id, "permit": who.permit}
    said = {"position": f"firm:{who.id}", "name": "wakil perusahaan (contoh)", "reason": "laporan sudah dikirim, bukti terlampir"}
    data = {"on": on, **said, "acted_at": format_time(at)}
    return _line(at, fact=Spoken(word="dispute", id=f"dispute/{who.permit}/{deadline.day.isoformat()}", data=data))


def _groups() -> dict[str, list[Firm]]:
    """Who misses what: those who now miss the third, second and first in a row, and those who had missed 30 July and have caught up."""
    number = iter(range(1, sum(count.owed for count in BEKASI.values()) + 1))
    groups: dict[str, list[Firm]] = {"third": [], "second": [], "first": [], "caught up": [], "others": []}
    still = ABSENT_ON_30_JULY - sum(count.second + count.third for count in BEKASI.values())
    for estate, count in BEKASI.items():
        everybody = [firm(next(number), "32.16", estate) for _ in range(count.owed)]
        for name, size in (("third", count.third), ("second", count.second), ("first", count.first)):
            groups[name] += [everybody.pop() for _ in range(size)]
        caught_up = min(len(everybody), still * count.owed // 1_611 + 1, still - len(groups["caught up"]))
        groups["caught up"] += [everybody.pop() for _ in range(caught_up)]
        groups["others"] += everybody
    return groups
