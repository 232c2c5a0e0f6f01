"""INTAKE: records of the outside in; admitted facts and acts, refusals, and how far has been read out.

Its memory is small: per seat, the source watermarks it has read. It remembers no ids (law 5).
"""

from collections.abc import Iterator, Mapping

import msgspec

from schemas.ids import FIRM, SOURCE, digest
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome, IntakeWatermark, SourceWatermark
from schemas.ledger import Origin, Refusal, Rejected, SourceRead
from schemas.operator import Act
from schemas.registry import Activate
from schemas.topics import INTAKE_TOPICS, LEDGER, REJECTED
from schemas.word import UtcMs
from streams.pipeline.intake.admit import Admission, Reading, admit_act, admit_fact
from streams.pipeline.intake.decode import NAMES_A_FIRM, Event, Refused, Refusing, decode
from streams.pipeline.intake.watermarks import SourcesRead, completeness_broken, intake_watermark, source_watermark, story_time
from streams.pipeline.line import Entry, Record, Room, Said, Step


def step(entries: Mapping[str, Entry], record: Record, admission: Admission) -> Step:
    """One record of an intake topic."""
    event = decode(record, admission.largest_bytes)
    answered = _answer(entries, record, event, admission)
    if isinstance(event, Event) and isinstance(event.fact, SourceWatermark | IntakeWatermark):
        return answered
    broken = completeness_broken(entries, record, admission)
    return answered._replace(words=answered.words + broken) if broken else answered


def _answer(entries: Mapping[str, Entry], record: Record, event: Event | Refused, admission: Admission) -> Step:
    if isinstance(event, Refused):
        return _refuse(_now(entries, record, admission), record, event, admission)
    at = event.recorded_at if admission.story_time else record.timestamp
    match event.fact:
        case SourceWatermark(complete_through=through):
            return source_watermark(entries, record, SourceRead(event.source, through, record.offset), admission)
        case IntakeWatermark():
            return intake_watermark(entries, record, admission)
    if refused := _misplaced(event, at, admission):
        known = refused._replace(attributes={"source": event.source, "id": event.id, "type": event.type})
        return _refuse(_now(entries, record, admission), record, known, admission)
    assert at is not None  # noqa: S101  _misplaced has refused a story's event without recordedtime
    return Step(words=tuple(_admit(Reading(event, record, at, admission.registry.in_force(at)), admission)))


def _admit(reading: Reading, admission: Admission) -> Iterator[Said]:
    match reading.event.fact:
        case Act() as act:
            yield admit_act(reading, act)
        case IncidentBulletin() | AccidentReportFiled() | InjuryOutcome() as fact:
            yield from admit_fact(reading, fact, admission)
        case _:  # Registry entries are read by every seat from the topic itself.
            return


def _misplaced(event: Event, at: UtcMs | None, admission: Admission) -> Refused | None:
    exercise = getattr(event.fact, "exercise", False)
    if exercise != admission.exercise:
        where = "only under a prefix with exercise." if exercise else "marked with exercise: true here"
        return Refused(Refusing.EXERCISE_MISPLACED, "exercise", f"publish this fact {where}", firm=getattr(event.fact, "firm", ""))
    if at is None:
        return Refused(Refusing.HEADER_MISSING, "recordedtime", "in a story every event says when it was received (recordedtime)")
    if isinstance(event.fact, Activate) and (unknown := admission.registry.unknown_revision(event.fact)):
        return Refused(
            Refusing.UNKNOWN_REVISION, "policy" if unknown == event.fact.policy else "roster", "activate a revision that is installed"
        )
    return None


def _now(entries: Mapping[str, Entry], record: Record, admission: Admission) -> UtcMs:
    """The instant of law and policy of a record that states none that can be believed."""
    if not admission.story_time:
        return record.timestamp
    return story_time(entries, record)


def _refuse(at: UtcMs, record: Record, refused: Refused, admission: Admission) -> Step:
    """One rejected word; an incident or case notice also interrupts the operator (G5), and tells the firm it names (law 2)."""
    origin = Origin(record.topic, record.partition, record.offset)
    source, kind = refused.attributes.get("source", ""), refused.attributes.get("type", "")
    rejected = Rejected(
        reason=refused.reason,
        field=refused.field,
        correct=refused.correct,
        digest=digest(admission.digest_key, record.value or b""),
        origin=origin,
        source=source,
        id=refused.attributes.get("id", ""),
        kind=kind,
    )
    stamp = admission.registry.in_force(at)
    words = [Said(REJECTED, source or record.topic, rejected, stamp)]
    if record.topic in NAMES_A_FIRM:
        subjects = [f"{SOURCE}{source or record.topic}", *([f"{FIRM}{refused.firm}"] if refused.firm else [])]
        words += [Said(LEDGER, subject, _told(subject, rejected, at, admission.exercise), stamp) for subject in subjects]
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
