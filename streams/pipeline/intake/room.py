"""INTAKE: records of the outside in; admitted facts and acts, refusals, oddities, and how far has been read out.

Its memory is small: per seat, the watermarks of registered sources that it has read. It remembers no ids (law 5).
"""

from collections.abc import Iterable, Mapping

import msgspec

from schemas.ids import FIRM, SOURCE, STORY, digest
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome, IntakeWatermark, SourceWatermark
from schemas.ledger import Odd, Origin, Progress, Refusal, Rejected
from schemas.operator import Act
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.topics import FACT_TOPICS, INTAKE_TOPICS, LEDGER, PROGRESS, REGISTRY, REJECTED
from schemas.word import Part, UtcMs
from streams.pipeline.intake.acts import admit_act
from streams.pipeline.intake.admit import Admission, Reading, admit_fact, latest_of, odd, teller
from streams.pipeline.intake.decode import Refused
from streams.pipeline.intake.enrol import enrol
from streams.pipeline.intake.registry import Registry
from streams.pipeline.intake.reports import admit_report
from streams.pipeline.line import Entry, Record, Room, Said, Step

SOURCES_READ = "sources"
_ABOUT_FIRMS = tuple(topic.name for topic in FACT_TOPICS)


class SourcesRead(Part, frozen=True, array_like=True):
    """The watermark of each source that this seat has read, in the order of their names."""

    watermarks: tuple[tuple[str, UtcMs], ...] = ()

    def of(self, source: str) -> UtcMs | None:
        """How far that source has come."""
        return dict(self.watermarks).get(source)

    def with_watermark(self, source: str, through: UtcMs) -> "SourcesRead":
        """A copy that knows one more."""
        return SourcesRead(tuple(sorted({**dict(self.watermarks), source: through}.items())))


def step(entries: Mapping[str, Entry], record: Record, admission: Admission) -> Step:
    """One record of an intake topic; on the registry's own, by the registry as that record leaves it."""
    if record.topic == REGISTRY.name:
        admission = admission._replace(registry=admission.registry.as_of(record.offset + 1))
    read = entries.get(SOURCES_READ, SourcesRead())
    event = admission.registry.judged(record)
    if isinstance(event, Refused):
        return _refuse(_now(read, record, admission.registry), record, event, admission)
    at = event.recorded_at if admission.registry.story_time and event.recorded_at is not None else record.timestamp
    source = admission.registry.source(event.source, at)
    reading = Reading(event, record, at, admission.registry, source, admission.registry.stamp(at))
    match event.fact:
        case SourceWatermark(complete_through=through):
            return _source_watermark(read, reading, through, admission)
        case IntakeWatermark():
            return _progress(read, record, admission)
    admitted = _admit(reading, admission)
    if isinstance(admitted, Refused):
        return _refuse(at, record, admitted._replace(attributes=event.attributes), admission)
    return Step(words=tuple(admitted))


def _admit(reading: Reading, admission: Admission) -> Iterable[Said] | Refused:
    match reading.event.fact:
        case Act() as act:
            return admit_act(reading, act, admission.calendar)
        case ReportSubmission() | InspectionFinding() as report:
            word = admit_report(reading, report, admission.calendar)
            return word if isinstance(word, Refused) else (word,)
        case IncidentBulletin() | AccidentReportFiled() | InjuryOutcome() as fact:
            return admit_fact(reading, fact)
        case _:  # What stands in the registry all seats read from its topic; what follows for permits its own seat says.
            return enrol(reading)


def _source_watermark(read: SourcesRead, reading: Reading, through: UtcMs, admission: Admission) -> Step:
    if what := _disbelieved(read, reading, through):
        return Step(words=(odd(what, "", reading),))
    read = read.with_watermark(reading.event.source, through)
    changes = {SOURCES_READ: read}
    if not admission.registry.story_time:  # The next watermark of our own tells CLOCK; only a story's time moves by its publisher's.
        return Step(changes=changes)
    return Step(changes=changes, words=_progress(read, reading.record, admission).words)


def _disbelieved(read: SourcesRead, reading: Reading, through: UtcMs) -> Odd | None:
    """A story's publisher is believed where a story moves time; else only whom the registry knows. Nobody has published the future."""
    source = reading.event.source
    if not (reading.registry.story_time if source == STORY else reading.source):
        return Odd.WATERMARK_OF_A_STRANGER
    if through > latest_of(reading):
        return Odd.WATERMARK_IN_THE_FUTURE
    before = read.of(source)
    return Odd.WATERMARK_BACKWARDS if before is not None and through < before else None


def _now(read: SourcesRead, record: Record, registry: Registry) -> UtcMs:
    """The instant of law and policy of a record that states none that can be believed."""
    through = read.of(STORY) if registry.story_time else None
    return record.timestamp if through is None else through


def _progress(read: SourcesRead, record: Record, admission: Admission) -> Step:
    through = record.timestamp - admission.tolerance_ms
    word = Progress(
        room="intake", topic=record.topic, partition=record.partition, offset=record.offset, through=through, sources=read.watermarks
    )
    stamp = admission.registry.stamp(_now(read, record, admission.registry))
    return Step(words=(Said(PROGRESS, f"intake/{record.topic}/{record.partition}", word, stamp),))


def _refuse(at: UtcMs, record: Record, refused: Refused, admission: Admission) -> Step:
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
    stamp, whose = registry.stamp(at), teller(registry.source(source, at), record)
    words = [Said(REJECTED, whose, rejected, stamp)]
    if record.topic in _ABOUT_FIRMS:
        subjects = [f"{SOURCE}{whose}", *(f"{FIRM}{firm}" for firm in (refused.firm, refused.holder) if firm)]
        words += [Said(LEDGER, subject, _told(subject, rejected, at, bool(registry.exercise)), stamp) for subject in subjects]
    return Step(words=tuple(words))


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
