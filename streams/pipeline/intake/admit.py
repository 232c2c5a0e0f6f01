"""Admit: an event in, the words that the line will know it by out. Uncertainty is spent here (law 1).

Broker time, revisions in force and the registry are read here, once; an explosion is never refused (G5), only marked `unresolved`.
"""

from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from schemas.escalation import AdmittedAct
from schemas.ids import ESTATE, FIRM, digest
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome, Rank
from schemas.ledger import Admitted, Origin, Place
from schemas.operator import Act, StandDown, Verify
from schemas.topics import ESCALATION_INBOX, LEDGER
from schemas.word import Stamp, UtcMs, as_datetime
from streams.pipeline.intake.decode import Event
from streams.pipeline.intake.registry import Registry, Stated
from streams.pipeline.line import Record, Said

IncidentFact = IncidentBulletin | AccidentReportFiled | InjuryOutcome

MINUTE_MS = 60_000


class Admission(NamedTuple):
    """What a seat of INTAKE knows besides its inbox.

    exercise: the prefix is an exercise's. story_time: `at` is the time of the story (recordedtime), not the broker's.
    digest_key: keys the digests of refused payloads, so that nobody can guess a payload from its digest (law 12).
    """

    registry: Registry
    exercise: bool
    story_time: bool
    tolerance_ms: int
    future_tolerance_minutes: int
    largest_bytes: int
    digest_key: bytes = b""


class Reading(NamedTuple):
    """One event at one record: its instant of law and policy, and the stamp it will carry."""

    event: Event
    record: Record
    at: UtcMs
    stamp: Stamp

    @property
    def origin(self) -> Origin:
        """Where it was published."""
        return Origin(self.record.topic, self.record.partition, self.record.offset)


def admit_act(reading: Reading, act: Act) -> Said:
    """An operator's act, to the escalation room of its estate."""
    word = AdmittedAct(
        act=act.type.removeprefix("siaga.").removesuffix(".v1").replace("-", "_"),
        source=reading.event.source,
        id=reading.event.id,
        escalation=act.escalation,
        revision=act.revision,
        position=act.position,
        name=act.name,
        at=reading.at,
        origin=reading.origin,
        verdict=act.verdict if isinstance(act, Verify) else "",
        reason=act.reason if isinstance(act, StandDown) else "",
        exercise=act.exercise,
    )
    return Said(ESCALATION_INBOX, act.estate, word, reading.stamp)


def admit_fact(reading: Reading, fact: IncidentFact, admission: Admission) -> Iterator[Said]:
    """A fact, to the ledgers of its firm and estate, and to those it was told to before it moved."""
    place, unresolved = admission.registry.place(_stated(fact), fact.occurred_at)
    latest = reading.at + admission.future_tolerance_minutes * MINUTE_MS
    incident = incident_of(fact.firm, fact.incident, fact.occurred_at, place)
    admitted = Admitted(
        kind=reading.event.type,
        source=reading.event.source,
        id=reading.event.id,
        digest=digest(reading.event.data),
        at=reading.at,
        accepted_at=reading.record.timestamp,
        origin=reading.origin,
        fact=msgspec.Raw(reading.event.data),
        recorded_at=reading.event.recorded_at,
        occurred_at=fact.occurred_at,
        incident=incident,
        rank=_rank(reading, fact, admission.registry),
        registry=admission.registry.revision,
        exercise=fact.exercise,
        unresolved=(*unresolved, *_doubtful_times(reading.event, fact, latest)),
        place=place,
        registered=admission.registry.registered(place, fact.occurred_at),
    )
    yield from _told(admitted, reading.stamp)
    yield from _told_where_it_was(admitted, fact, admission.registry, reading.stamp)


def incident_of(firm: str, reference: str | None, occurred_at: UtcMs, place: Place) -> str:
    """An incident is the firm and the reference that sources share, or the firm and the local day of occurrence."""
    local_day = as_datetime(occurred_at).astimezone(ZoneInfo(place.zone)).date().isoformat()
    return f"{firm}/{reference or local_day}"


def _stated(fact: IncidentFact) -> Stated:
    if isinstance(fact, IncidentBulletin):
        return Stated(fact.firm, fact.plant, fact.estate, fact.regency)
    return Stated(fact.firm, fact.plant)


def _rank(reading: Reading, fact: IncidentFact, registry: Registry) -> str:
    """What the asserting party counts as: its own rank if the source is registered to quote it, else that of the media (G7)."""
    if isinstance(fact, AccidentReportFiled):
        claimed = Rank.LABOUR_INSPECTION
    else:
        claimed = (fact.asserted_by if isinstance(fact, IncidentBulletin) else fact.declared_by).rank
    source = registry.source(reading.event.source, reading.at)
    return claimed if source is not None and claimed in source.speaks_as else Rank.MEDIA


def _doubtful_times(event: Event, fact: IncidentFact, latest: UtcMs) -> tuple[str, ...]:
    """A time in the future, or two that cannot both be true; doubted and taken in, for an explosion is never refused (G5)."""
    doubts = ["time_in_the_future"] if max(fact.occurred_at, fact.said_at) > latest else []
    discovered_at = fact.discovered_at if isinstance(fact, IncidentBulletin) else None
    published_before = event.time is not None and event.time < fact.said_at
    discovered_before = discovered_at is not None and discovered_at < fact.occurred_at
    if published_before or discovered_before or fact.said_at < fact.occurred_at:
        doubts.append("contradictory_time")
    return tuple(doubts)


def _told(admitted: Admitted, stamp: Stamp) -> Iterator[Said]:
    place = admitted.place
    assert place is not None  # noqa: S101  every fact admitted here has one
    for subject in (f"{FIRM}{place.firm}", f"{ESTATE}{place.estate}"):
        yield Said(LEDGER, subject, msgspec.structs.replace(admitted, subject=subject), stamp)


def _told_where_it_was(admitted: Admitted, fact: IncidentFact, registry: Registry, stamp: Stamp) -> Iterator[Said]:
    """A correction goes to every subject that the original went to (law 1)."""
    replaces = fact.replaces if isinstance(fact, IncidentBulletin) else None
    if replaces is None or (replaces.firm is None and replaces.incident is None):
        return
    firm = replaces.firm or fact.firm
    place, _ = registry.place(Stated(firm), fact.occurred_at)
    incident = incident_of(firm, replaces.incident or fact.incident, fact.occurred_at, place)
    if incident != admitted.incident:
        yield from _told(msgspec.structs.replace(admitted, place=place, incident=incident, moved_away=True), stamp)
