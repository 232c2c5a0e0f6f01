"""Cases: what a health service says of a case, or of what was done about one, in; the ledger's words out. None is refused (G5).

Only here is it known how many work at a firm and how common the disease was in its regency: both are stamped on the case (law 1).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.cases import CaseNotice, RegencyCounts, ResponseAction
from schemas.ids import DESK, ESTATE, FIRM
from schemas.ledger import Admitted, Doubt, Place, Registered
from schemas.registry import FirmEntry, RegionEntry
from schemas.topics import LEDGER
from schemas.word import UtcMs, as_datetime
from streams.pipeline.intake.admit import Reading, admitted, latest_of
from streams.pipeline.intake.registry import Registry, Stated
from streams.pipeline.line import Said

CaseFact = CaseNotice | ResponseAction

RATE_DAYS = 14
RATE_AMONG = 1_000_000

_FIRST_ZONE, _LAST_ZONE = ZoneInfo("Asia/Jayapura"), ZoneInfo("Asia/Jakarta")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def admit_case(reading: Reading, fact: CaseFact) -> Iterator[Said]:
    """A fact about cases, to the ledgers of its firm and estate, and to those that it was told to before its firm was put right."""
    stated = _placed(reading, fact, fact.firm)
    occurred_at = _occurred_at(reading.registry, stated, fact)
    word = admitted(reading, fact, stated, occurred_at)
    assert word.place is not None  # noqa: S101  every fact admitted here has one
    unresolved = tuple(dict.fromkeys((*word.unresolved, *_doubts(reading, fact))))
    registered = _registered(reading, word.place, occurred_at)
    told = _subjects(word.place)
    word = replace(word, unresolved=unresolved, registered=registered)
    yield from (_said(word, subject, reading) for subject in told)
    if isinstance(fact, CaseNotice) and fact.replaces and fact.replaces.firm:
        place, _ = reading.registry.place(_placed(reading, fact, fact.replaces.firm), occurred_at)
        away = replace(word, place=place, moved_away=True)
        yield from (_said(away, subject, reading) for subject in _subjects(place) if subject not in told)


def _subjects(place: Place) -> tuple[str, str]:
    return f"{FIRM}{place.firm}", f"{ESTATE}{place.estate}"


def _said(word: Admitted, subject: str, reading: Reading) -> Said:
    return Said(LEDGER, subject, replace(word, subject=subject), reading.stamp)


def _placed(reading: Reading, fact: CaseFact, firm: str) -> Stated:
    """What it says of where it belongs. Of a firm that nobody can place, the regency where the worker lives must do, if there is one."""
    plant = fact.plant if firm == fact.firm else None
    if not isinstance(fact, CaseNotice):
        return Stated(firm, plant)
    stated = Stated(firm, plant, fact.estate, fact.regency)
    at = fact.said_at
    if reading.registry.place(stated, at)[0].estate == DESK and reading.registry.entry(RegionEntry, fact.residence, at):
        return Stated(firm, plant, fact.estate, fact.residence)
    return stated


def _occurred_at(registry: Registry, stated: Stated, fact: CaseFact) -> UtcMs:
    """The beginning of its day where the firm stands; what has no day occurred when it was reported."""
    if isinstance(fact, ResponseAction):
        return fact.starts_at
    if fact.day is None:
        return fact.reported_at
    place, _ = registry.place(stated, _midnight(fact.day, _LAST_ZONE))
    return _midnight(fact.day, ZoneInfo(place.zone))


def _midnight(day: date, zone: ZoneInfo) -> UtcMs:
    return int((datetime.combine(day, time(), zone) - _EPOCH).total_seconds()) * 1000


def _doubts(reading: Reading, fact: CaseFact) -> Iterator[Doubt]:
    """What its publisher should look at: days and times that cannot be, and places that nobody knows."""
    if isinstance(fact, ResponseAction):
        return
    yield from fact.doubts
    days = [day for day in (fact.onset, fact.specimen) if day is not None]
    if any(day > _latest_day(latest_of(reading)) for day in days) or (fact.firm_informed_at or 0) > latest_of(reading):
        yield Doubt.TIME_IN_THE_FUTURE
    if any(day > _latest_day(fact.reported_at) for day in days):
        yield Doubt.CONTRADICTORY_TIME
    if fact.residence and reading.registry.entry(RegionEntry, fact.residence, fact.said_at) is None:
        yield Doubt.UNKNOWN_REGENCY


def _latest_day(at: UtcMs) -> date:
    """The day that it is where days begin first."""
    return as_datetime(at).astimezone(_FIRST_ZONE).date()


def _registered(reading: Reading, place: Place, occurred_at: UtcMs) -> Registered:
    firm = reading.registry.entry(FirmEntry, place.firm, occurred_at)
    return Registered(workers=firm.workers if firm else None, regency_rate=_rate(reading, place.regency, occurred_at))


def _rate(reading: Reading, regency: str, occurred_at: UtcMs) -> int | None:
    """As the regency was on the day of the case, or has been found to be since."""
    counts = reading.registry.entry(RegencyCounts, regency, occurred_at)
    if counts is None or counts.valid_from > max(occurred_at, reading.at):
        return None
    return counts.confirmed * RATE_DAYS * RATE_AMONG // (counts.days * counts.inhabitants)
