"""Admit: an event about an incident in, the words that the line will know it by out. Uncertainty is spent here (law 1).

Broker time, revisions in force and the registry are read here, once; an explosion is never refused (G5), only marked `unresolved`.
"""

from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from schemas.cases import CaseNotice, ResponseAction
from schemas.ids import ESTATE, FIRM, digest
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome, Rank, Statement
from schemas.ledger import Admitted, Doubt, Odd, Oddity, Origin, Place
from schemas.policy import Policy
from schemas.registry import SourceEntry
from schemas.topics import LEDGER, REJECTED
from schemas.word import Stamp, UtcMs, as_datetime
from streams.pipeline.intake.decode import Event
from streams.pipeline.intake.registry import Registry, Stated
from streams.pipeline.line import Record, Said

IncidentFact = IncidentBulletin | AccidentReportFiled | InjuryOutcome

MINUTE_MS = 60_000


class Admission(NamedTuple):
    """What a seat of INTAKE knows besides its inbox.

    digest_key: keys the digests of refused payloads, so that nobody can guess a payload from its digest (law 12). case_key: keys the case
    ids that stand for tokens from here on; another key makes another case of the same token.
    """

    registry: Registry
    digest_key: bytes = b""
    case_key: bytes = b""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One event at one record: its instant of law and policy, and the registry that it is answered by.

    source: its publisher, if the registry knows it. stamp: what the words about it will carry.
    """

    event: Event
    record: Record
    at: UtcMs
    registry: Registry
    source: SourceEntry | None
    stamp: Stamp

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.registry.policies[self.stamp.policy]

    @property
    def origin(self) -> Origin:
        """Where it was published."""
        return Origin(self.record.topic, self.record.partition, self.record.offset)


def admitted(reading: Reading, fact: Statement, stated: Stated, occurred_at: UtcMs, *, received_at: UtcMs | None = None) -> Admitted:
    """What is the same for every fact about a firm; `received_at` is known of reports alone."""
    event = reading.event
    place, unresolved = reading.registry.place(stated, occurred_at)
    return Admitted(
        kind=event.type,
        source=event.source,
        id=event.id,
        digest=digest(event.data),
        at=reading.at,
        accepted_at=reading.record.timestamp,
        origin=reading.origin,
        fact=msgspec.Raw(event.data),
        recorded_at=event.recorded_at,
        received_at=received_at,
        occurred_at=occurred_at,
        subject=f"{FIRM}{place.firm}",
        registry=reading.registry.revision,
        exercise=fact.exercise,
        unresolved=(*unresolved, *_doubts(reading, fact, occurred_at)),
        place=place,
        registered=reading.registry.registered(place, occurred_at),
    )


def admit_fact(reading: Reading, fact: IncidentFact) -> Iterator[Said]:
    """A fact, to the ledgers of its firm and estate, and to those it was told to before it moved."""
    word = admitted(reading, fact, _stated(fact), fact.occurred_at)
    assert word.place is not None  # noqa: S101  every fact admitted here has one
    incident = incident_of(fact.firm, fact.incident, fact.occurred_at, word.place)
    word = msgspec.structs.replace(word, incident=incident, rank=_rank(reading, fact))
    yield from _told(word, reading.stamp)
    yield from _told_where_it_was(word, fact, reading)


def incident_of(firm: str, reference: str | None, occurred_at: UtcMs, place: Place) -> str:
    """An incident is the firm and the reference that sources share, or the firm and the local day of occurrence."""
    local_day = as_datetime(occurred_at).astimezone(ZoneInfo(place.zone)).date().isoformat()
    return f"{firm}/{reference or local_day}"


def _stated(fact: IncidentFact) -> Stated:
    if isinstance(fact, IncidentBulletin):
        return Stated(fact.firm, fact.plant, fact.estate, fact.regency)
    return Stated(fact.firm, fact.plant)


def _rank(reading: Reading, fact: IncidentFact) -> str:
    """What the asserting party counts as: its own rank if the source is registered to quote it, else that of the media (G7)."""
    if isinstance(fact, AccidentReportFiled):
        claimed = Rank.LABOUR_INSPECTION
    else:
        claimed = (fact.asserted_by if isinstance(fact, IncidentBulletin) else fact.declared_by).rank
    return claimed if reading.source is not None and claimed in reading.source.speaks_as else Rank.MEDIA


def latest_of(reading: Reading) -> UtcMs:
    """What lies beyond it lies in the future, for somebody whose clock differs from the broker's as much as the policy tolerates."""
    return reading.at + reading.policy.intake.future_tolerance_minutes * MINUTE_MS


def _doubts(reading: Reading, fact: Statement, occurred_at: UtcMs) -> Iterator[Doubt]:
    """A source that nobody knows, a time in the future, or two that cannot both be true; doubted and taken in (G5)."""
    said_at, discovered_at = fact.said_at, None
    if reading.source is None:
        yield Doubt.UNKNOWN_SOURCE
    if isinstance(fact, IncidentBulletin):
        discovered_at = fact.discovered_at
        yield from fact.doubts
    planned = isinstance(fact, ResponseAction)  # A closure is announced before it begins.
    if max(said_at, 0 if planned else occurred_at) > latest_of(reading):
        yield Doubt.TIME_IN_THE_FUTURE
    published_before = reading.event.time is not None and reading.event.time < said_at
    discovered_before = discovered_at is not None and discovered_at < occurred_at
    if published_before or discovered_before or (said_at < occurred_at and not isinstance(fact, CaseNotice | ResponseAction)):
        yield Doubt.CONTRADICTORY_TIME


def _told(word: Admitted, stamp: Stamp) -> Iterator[Said]:
    assert word.place is not None  # noqa: S101  every fact admitted here has one
    for subject in (f"{FIRM}{word.place.firm}", f"{ESTATE}{word.place.estate}"):
        yield Said(LEDGER, subject, msgspec.structs.replace(word, subject=subject), stamp)


def _told_where_it_was(word: Admitted, fact: IncidentFact, reading: Reading) -> Iterator[Said]:
    """A correction goes to every subject that the original went to (law 1)."""
    replaces = fact.replaces if isinstance(fact, IncidentBulletin) else None
    if replaces is None or (replaces.firm is None and replaces.incident is None):
        return
    firm = replaces.firm or fact.firm
    place, _ = reading.registry.place(Stated(firm), fact.occurred_at)
    incident = incident_of(firm, replaces.incident or fact.incident, fact.occurred_at, place)
    if incident != word.incident:
        yield from _told(msgspec.structs.replace(word, place=place, incident=incident, moved_away=True), reading.stamp)


def odd(what: Odd, subject: str, reading: Reading) -> Said:
    """Something that decides nothing, listed."""
    event = reading.event
    word = Oddity(
        what=what, source=event.source, id=event.id, kind=event.type, origin=reading.origin, subject=subject, digest=digest(event.data)
    )
    return Said(REJECTED, teller(reading.source, reading.record), word, reading.stamp)


def teller(source: SourceEntry | None, record: Record) -> str:
    """Whose trouble it is: a source that the registry knows, else the topic; a name that anybody could make up counts for nothing."""
    return source.id if source else record.topic
