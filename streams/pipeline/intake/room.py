"""INTAKE: records of the outside in; admitted facts and acts, refusals, oddities, and how far has been read out.

Its memory is small: per seat, what `watermarks` keeps. It remembers no ids (law 5).
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from schemas.cases import CaseNotice, ResponseAction
from schemas.ids import FIRM, SOURCE, digest
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome, IntakeWatermark, SourceWatermark, Statement
from schemas.ledger import Doubt, Origin, Refusal, Rejected
from schemas.operator import Act
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.topics import FACT_TOPICS, INTAKE_TOPICS, LEDGER, REGISTRY, REJECTED, REPORTS
from schemas.word import UtcMs, parse_time
from streams.pipeline.intake.acts import admit_act
from streams.pipeline.intake.admit import Admission, Reading, admit_fact, teller
from streams.pipeline.intake.cases import admit_case
from streams.pipeline.intake.decode import Event, Refused
from streams.pipeline.intake.enrol import enrol
from streams.pipeline.intake.pseudonyms import pseudonymised
from streams.pipeline.intake.registry import Registry
from streams.pipeline.intake.reports import admit_report
from streams.pipeline.intake.watermarks import (
    SourcesRead,
    completeness_broken,
    intake_watermark,
    now,
    read_here,
    source_watermark,
    taken_in_at,
)
from streams.pipeline.line import Entry, Record, Room, Said, Step

_ABOUT_FIRMS = tuple(topic.name for topic in FACT_TOPICS)


def step(entries: Mapping[str, Entry], record: Record, admission: Admission) -> Step:
    """One record of an intake topic; on the registry's own, by the registry as that record leaves it."""
    if record.topic == REGISTRY.name:
        admission = admission._replace(registry=admission.registry.as_of(record.offset + 1))
    event = admission.registry.judged(record)
    if isinstance(event, Event):
        event = pseudonymised(event, admission.case_key)
    if isinstance(event, Event) and isinstance(event.fact, IntakeWatermark):
        return intake_watermark(entries, record, admission)
    if isinstance(event, Event) and isinstance(event.fact, SourceWatermark):
        return source_watermark(entries, _read(entries, event, record, admission.registry), event.fact.complete_through, admission)
    broken = completeness_broken(entries, record, admission)
    return Step(words=(*_answer(entries, record, event, admission), *broken))


def _read(entries: Mapping[str, Entry], event: Event, record: Record, registry: Registry) -> Reading:
    at = taken_in_at(read_here(entries), event, record, registry)
    return Reading(event, record, at, registry, registry.source(event.source, at), registry.stamp(at))


def _answer(entries: Mapping[str, Entry], record: Record, event: Event | Refused, admission: Admission) -> Iterable[Said]:
    if isinstance(event, Refused):
        return _refuse(_refused_at(entries, record, event, admission.registry), record, event, admission)
    reading = _read(entries, event, record, admission.registry)
    admitted = _admit(reading, admission)
    if isinstance(admitted, Refused):
        return _refuse(reading.at, record, admitted._replace(attributes=event.attributes), admission)
    return admitted


def _admit(reading: Reading, admission: Admission) -> Iterable[Said] | Refused:
    match reading.event.fact:
        case Act() as act:
            return admit_act(reading, act)
        case ReportSubmission() | InspectionFinding() as report:
            word = admit_report(reading, report)
            return word if isinstance(word, Refused) else (word,)
        case CaseNotice() | ResponseAction() as fact:
            return (*admit_case(reading, fact), *_retracts_nothing(reading, fact))
        case IncidentBulletin() | AccidentReportFiled() | InjuryOutcome() as fact:
            return (*admit_fact(reading, fact), *_retracts_nothing(reading, fact))
        case _:  # What stands in the registry all seats read from its topic; what follows for permits its own seat says.
            return enrol(reading)


def _retracts_nothing(reading: Reading, fact: Statement) -> Iterator[Said]:
    """A retraction that does not say of what asserts nothing, so no picture shows it: its source's desk hears of it (G5)."""
    if isinstance(fact, IncidentBulletin | CaseNotice) and Doubt.RETRACTION_OF_NOTHING in fact.doubts:
        subject = f"{SOURCE}{teller(reading.source, reading.record)}"
        event, reason = reading.event, Doubt.RETRACTION_OF_NOTHING.value
        word = Refusal(event.type, event.source, reason, "replaces", subject, reading.at, reading.origin, fact.exercise)
        yield Said(LEDGER, subject, word, reading.stamp)


def _refused_at(entries: Mapping[str, Entry], record: Record, refused: Refused, registry: Registry) -> UtcMs:
    """Now; in a story a report is refused not before it was received, so that the doubt falls into the period that it falls into."""
    at = now(read_here(entries), record, registry)
    return max(at, _received_at(refused) or at) if registry.story_time and record.topic == REPORTS.name else at


def _refuse(at: UtcMs, record: Record, refused: Refused, admission: Admission) -> Iterator[Said]:
    """One rejected word; an incident or case notice also interrupts the operator (G5), and tells the firm it names (law 2)."""
    source, kind = refused.attributes.get("source", ""), refused.attributes.get("type", "")
    rejected = Rejected(
        reason=refused.reason,
        field=refused.field,
        correct=refused.correct,
        digest=digest(admission.digest_key, record.value or b""),
        origin=Origin(record.topic, record.partition, record.offset),
        source=source,
        id=refused.attributes.get("id", ""),
        kind=kind,
    )
    registry = admission.registry
    known = registry.source(source, at)
    stamp, whose = registry.stamp(at), teller(known, record)
    received_at = _received_at(refused) if known is not None and known.trusted_times else None
    yield Said(REJECTED, whose, rejected, stamp)
    if record.topic in _ABOUT_FIRMS:
        for subject in (f"{SOURCE}{whose}", *(f"{FIRM}{firm}" for firm in (refused.firm, refused.holder) if firm)):
            told = _told(subject, rejected, at, bool(registry.exercise))
            yield Said(LEDGER, subject, msgspec.structs.replace(told, received_at=received_at), stamp)


def _received_at(refused: Refused) -> UtcMs | None:
    """When its source says that it received what is refused, if that can be read."""
    try:
        return parse_time(refused.attributes.get("recordedtime", ""))
    except ValueError:
        return None


def _told(subject: str, rejected: Rejected, at: UtcMs, exercise: bool) -> Refusal:  # noqa: FBT001  a fact of the prefix, passed on
    return Refusal(
        kind=rejected.kind or rejected.origin.topic,
        source=rejected.source,
        reason=rejected.reason,
        field=rejected.field,
        subject=subject,
        at=at,
        origin=rejected.origin,
        exercise=exercise,
    )


_unpack = msgspec.json.Decoder(SourcesRead).decode

INTAKE = Room("intake", INTAKE_TOPICS, step, msgspec.json.encode, _unpack)
