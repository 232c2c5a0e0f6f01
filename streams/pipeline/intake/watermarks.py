"""Watermarks: how far a partition has been read, and how far its sources say that they have published. In: watermarks. Out: progress.

What a seat of INTAKE remembers is here: each source's watermark, and the time through which the partition has been vouched for.
"""

from collections.abc import Mapping

import msgspec

from schemas.ids import STORY
from schemas.intake import SourceWatermark
from schemas.ledger import CompletenessBroken, Odd, Progress, Silence, SourceRead
from schemas.topics import PROGRESS
from schemas.word import Part, Stamp, UtcMs, Word
from streams.pipeline.intake.admit import Admission, Reading, latest_of, odd
from streams.pipeline.intake.decode import Event
from streams.pipeline.intake.registry import Registry
from streams.pipeline.line import Entry, Record, Said, Step

SOURCES_READ = "sources"
MOST_SILENCES = 8
SECOND_MS, MINUTE_MS = 1_000, 60_000


class SourcesRead(Part, frozen=True, array_like=True):
    """The watermark of each source that this seat has read, in the order of their names, and how far it has vouched itself."""

    watermarks: tuple[SourceRead, ...] = ()
    vouched: UtcMs = 0

    def of(self, source: str) -> UtcMs | None:
        """How far that source has come."""
        for read in self.watermarks:
            if read.source == source:
                return read.through
        return None

    def with_watermark(self, read: SourceRead, limit_ms: int | None) -> "SourcesRead":
        """A copy that knows one more; the first record that says the same is the one that is remembered.

        limit_ms: for how long its source may be silent.
        """
        known = {each.source: each for each in self.watermarks}
        known[read.source] = _heard(read, known.get(read.source), limit_ms)
        return msgspec.structs.replace(self, watermarks=tuple(known[source] for source in sorted(known)))


_NOTHING_READ = SourcesRead()


def _heard(read: SourceRead, before: SourceRead | None, limit_ms: int | None) -> SourceRead:
    if before is None:
        return read
    silences = before.silences
    if limit_ms is not None and read.heard_at - before.heard_at > limit_ms:
        silences = _with(silences, Silence(before.heard_at, read.heard_at))
    offset = before.offset if before.through == read.through else read.offset
    return msgspec.structs.replace(read, offset=offset, heard_at=max(read.heard_at, before.heard_at), silences=silences)


def _with(silences: tuple[Silence, ...], silence: Silence) -> tuple[Silence, ...]:
    """One more; a source that is always late, and never silent for long, is one silence and pushes no other out."""
    if silences and silences[-1].until == silence.since:
        return (*silences[:-1], Silence(silences[-1].since, silence.until))
    return (*silences, silence)[-MOST_SILENCES:]


def read_here(entries: Mapping[str, Entry]) -> SourcesRead:
    """What this seat has read so far."""
    return entries.get(SOURCES_READ) or _NOTHING_READ


def source_watermark(entries: Mapping[str, Entry], reading: Reading, through: UtcMs, admission: Admission) -> Step:
    """A source says how far it has published. The next watermark of our own tells CLOCK; a story's own moves its time at once."""
    read = read_here(entries)
    if what := _disbelieved(read, reading, through):
        return Step(words=(odd(what, "", reading),))
    limit = reading.source.silent_after_minutes if reading.source else None
    known = read.with_watermark(
        SourceRead(reading.event.source, through, reading.record.offset, reading.at), None if limit is None else limit * MINUTE_MS
    )
    is_time = reading.event.source == STORY
    return Step({SOURCES_READ: known}, (_progress(known, reading.record, admission),) if is_time else ())


def _disbelieved(read: SourcesRead, reading: Reading, through: UtcMs) -> Odd | None:
    """A story's publisher is believed where a story moves time; else only whom the registry knows. Nobody has published the future."""
    source = reading.event.source
    if not (reading.registry.story_time if source == STORY else reading.source):
        return Odd.WATERMARK_OF_A_STRANGER
    if through > latest_of(reading):
        return Odd.WATERMARK_IN_THE_FUTURE
    before = read.of(source)
    return Odd.WATERMARK_BACKWARDS if before is not None and through < before else None


def intake_watermark(entries: Mapping[str, Entry], record: Record, admission: Admission) -> Step:
    """Our own watermark, read back: everything before it has been read."""
    read = read_here(entries)
    vouching = msgspec.structs.replace(read, vouched=max(read.vouched, _through(record, admission)))
    return Step({SOURCES_READ: vouching}, (_progress(vouching, record, admission),))


def completeness_broken(entries: Mapping[str, Entry], record: Record, admission: Admission) -> tuple[Said, ...]:
    """A word for a record that a broker's clock, set back, has put at or below a time already vouched for. It is admitted all the same."""
    vouched = read_here(entries).vouched
    if record.timestamp > vouched:
        return ()
    word = CompletenessBroken(record.topic, record.partition, record.offset, vouched, record.timestamp)
    return (_said(word, record, admission.registry.stamp(now(read_here(entries), record, admission.registry))),)


def now(read: SourcesRead, record: Record, registry: Registry) -> UtcMs:
    """The instant of law and policy of a record that states none that can be believed: the story's, as this partition knows it."""
    through = read.of(STORY) if registry.story_time else None
    return record.timestamp if through is None else through


def taken_in_at(read: SourcesRead, event: Event, record: Record, registry: Registry) -> UtcMs:
    """The instant of law and policy of an event: the broker's clock; in a story when it was received, or the present where that is later.

    So a fact that comes late in a story is late, as it would be on the broker's clock. A watermark that does not say when it was received
    was received when it says that everything before it had been.
    """
    if not registry.story_time:
        return record.timestamp
    stated = event.fact.complete_through if isinstance(event.fact, SourceWatermark) else record.timestamp
    received = stated if event.recorded_at is None else event.recorded_at
    return max(received, read.of(STORY) or received)


def _progress(read: SourcesRead, record: Record, admission: Admission) -> Said:
    word = Progress(
        room="intake",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended=record.timestamp,
        through=_through(record, admission),
        sources=read.watermarks,
    )
    return _said(word, record, admission.registry.stamp(now(read, record, admission.registry)))


def _said(word: Word, record: Record, stamp: Stamp) -> Said:
    return Said(PROGRESS, f"intake/{record.topic}/{record.partition}", word, stamp)


def _through(record: Record, admission: Admission) -> UtcMs:
    """What a watermark of our own vouches for: somewhat less than its append time, because brokers' clocks differ."""
    return record.timestamp - admission.registry.policy(record.timestamp).clock.tolerance_seconds * SECOND_MS
