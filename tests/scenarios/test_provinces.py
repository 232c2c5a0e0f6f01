"""Three provinces in two vintages of one table, as notices of cases: corrections lead where the later vintage leads.

The real tables are read where SIAGA_REAL_DATA says that they are; a made-up table of the same shape always runs.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from schemas.cases import CaseNotice
from schemas.cloud import Cloud
from schemas.ids import FIRM
from schemas.ledger import Admitted, Rejected
from schemas.registry import FirmEntry
from schemas.topics import CASES, LEDGER, REGISTRY, Topic
from schemas.word import UtcMs
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry, Stated
from streams.pipeline.line import Record
from streams.simulate.worlds import provinces
from streams.simulate.worlds.provinces import CORRECTED_AT, UNTIL, Counts, Published
from tests.story import LIBRARY, POLICY, ROSTER

EARLIER, LATER = "covid-provinces-2020-09.csv", "covid-provinces-2021-01.csv"
DAY = timedelta(days=1)


class Vintages(NamedTuple):
    earlier: Counts
    later: Counts

    def changed(self) -> list[tuple[str, date]]:
        return sorted(key for key in {*self.earlier, *self.later} if self.earlier.get(key, 0) != self.later.get(key, 0))


@cache
def real() -> Vintages | None:
    where = Path(os.environ.get("SIAGA_REAL_DATA", "nowhere"))
    if not (where / EARLIER).exists():
        return None
    return Vintages(*(provinces.counts((where / name).read_text(encoding="utf-8")) for name in (EARLIER, LATER)))


@cache
def made_up() -> Vintages:
    return Vintages(*map(provinces.counts, provinces.made_up(20200912)))


class Told(NamedTuple):
    """Two vintages, and the ledgers of whoever heard the earlier one with its corrections, and of whoever heard the later one alone."""

    earlier: Counts
    later: Counts
    corrected: list[Admitted]
    alone: list[Admitted]

    @property
    def changed(self) -> list[tuple[str, date]]:
        return Vintages(self.earlier, self.later).changed()


@pytest.fixture(scope="module", params=["made up", "real"])
def told(request) -> Told:
    known = made_up() if request.param == "made up" else real()
    if known is None:
        pytest.skip("SIAGA_REAL_DATA names no folder with the real tables")
    corrected = [*provinces.vintage(known.earlier), *provinces.corrections(*known)]
    return Told(*known, ledger(corrected), ledger(provinces.vintage(known.later)))


@cache
def admission() -> Admission:
    registry = Registry(policies=LIBRARY.policies, rosters=LIBRARY.rosters, exercise=True, story_time=True)
    for offset, said in enumerate(provinces.register(POLICY.revision, ROSTER.revision)):
        registry.take(record(REGISTRY, said._replace(recorded_at=0), offset))
    return Admission(registry, case_key=b"secret")


def record(topic: Topic, said: Cloud, offset: int) -> Record:
    message = said.structured()
    return Record(topic.name, 0, offset, 0, None, message.value, message.headers)


def ledger(published: Iterable[Published]) -> list[Admitted]:
    """What INTAKE says of these notices to the ledgers of firms, in the order in which they reached it."""
    found = []
    for offset, each in enumerate(provinces.in_order(published)):
        words = INTAKE.step({}, record(CASES, each.said, offset), admission()).words
        assert not any(isinstance(said.word, Rejected) for said in words)
        found += [said.word for said in words if said.topic == LEDGER and said.key.startswith(FIRM)]
    return found


def late(words: Iterable[Admitted], days: int) -> set[str]:
    """The notices that came more than so many days after the end of their day (R6)."""
    return {word.id for word in words if _midnight_after(_notice(word).day) + timedelta(days=days) < _instant(word.at)}


def cases(words: Iterable[Admitted], allowed_days: int) -> Counter[tuple[str, date]]:
    """Cases by firm and day. Each firm's ledger is read by itself, as those do who read it: late notices decide nothing."""
    heard = list(words)
    too_late = late(heard, allowed_days)
    counted = {word.id: (word, _notice(word)) for word in heard if word.id not in too_late}
    replaced = {(word.subject, notice.replaces.id) for word, notice in counted.values() if notice.replaces}
    alive = {
        (word.subject, notice.case): notice.day
        for word, notice in counted.values()
        if not notice.withdrawn and (word.subject, word.id) not in replaced
    }
    return Counter((subject, day) for (subject, _), day in alive.items())


def _notice(word: Admitted) -> CaseNotice:
    return CaseNotice.model_validate_json(bytes(word.fact))


def _midnight_after(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY - timedelta(hours=7)


def _instant(at: UtcMs) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def by_province(found: Counter[tuple[str, date]]) -> Counter[tuple[str, date]]:
    where = {province: set(_firms_of(code)) for province, code in provinces.PROVINCES.items()}
    counts: Counter[tuple[str, date]] = Counter()
    for (subject, day), count in found.items():
        counts[next(province for province, known in where.items() if subject in known), day] += count
    return counts


def _firms_of(code: str) -> Iterator[str]:
    for said in provinces.register(POLICY.revision, ROSTER.revision):
        if said.type == FirmEntry.type:
            place = admission().registry.place(Stated(str(said.data["id"])), 0)[0]
            if place.regency.startswith(code):
                yield f"{FIRM}{place.firm}"


def test_what_intake_says_of_a_table_adds_up_to_it(told):
    assert by_province(cases(told.alone, 21)) == Counter({key: count for key, count in told.later.items() if count})


def test_corrections_lead_where_the_later_table_leads(told):
    """With a year and more allowed, whoever began with the earlier table ends with the later one: firm by firm, day by day."""
    assert cases(told.corrected, 400) == cases(told.alone, 400)
    assert late(told.corrected, 400) == set()


def test_of_corrections_exactly_those_older_than_21_days_come_too_late(told):
    """R6: the rest of the past stays as it was told."""
    last = _instant(CORRECTED_AT)
    old = {(where, day) for where, day in told.changed if _midnight_after(day) + timedelta(days=21) < last}
    assert 0 < len(old) < len(told.changed)
    expected = sum(abs(told.earlier.get(key, 0) - told.later.get(key, 0)) for key in old)
    assert len(late(told.corrected, 21)) == expected
    mixed = {key: (told.earlier if key in old else told.later).get(key, 0) for key in {*told.earlier, *told.later}}
    assert by_province(cases(told.corrected, 21)) == Counter({key: count for key, count in mixed.items() if count})


def test_the_order_of_arrival_leaves_no_trace(told):
    """Law 4: corrections may come before what they correct, and notices twice."""
    assert cases([*reversed(told.corrected), *told.corrected[::7]], 400) == cases(told.corrected, 400)


def test_a_made_up_table_has_the_shape_of_a_real_one():
    earlier, later = provinces.made_up(1)
    assert earlier.startswith("\ufeffDate,Location,New Cases\n")
    assert set(provinces.counts(earlier)) == set(provinces.counts(later))
    assert provinces.made_up(1) == (earlier, later) != provinces.made_up(2)
    assert max(day for _, day in provinces.counts(later)) == UNTIL


@pytest.mark.parametrize("where", sorted(provinces.PROVINCES))
def test_the_real_tables_differ_as_is_known(where):
    """Or this test reads something else than what was looked at (domain §6)."""
    if (known := real()) is None:
        pytest.skip("SIAGA_REAL_DATA names no folder with the real tables")
    changed = [key for key in known.changed() if key[0] == where]
    assert len(changed) == {"Jawa Barat": 65, "Banten": 19, "Kepulauan Riau": 20}[where]
