"""Watermarks: how far a partition has been read, and how far its sources say that they have published. In: watermarks. Out: progress.

What a seat of INTAKE remembers is here: each source's watermark, and the time through which the partition has been vouched for.
"""

from collections.abc import Mapping

import msgspec

from schemas.ids import STORY
from schemas.ledger import CompletenessBroken, Odd, Progress, SourceRead
from schemas.topics import PROGRESS
from schemas.word import Part, Stamp, UtcMs, Word
from streams.pipeline.intake.admit import Admission, Reading, latest_of, odd
from streams.pipeline.intake.registry import Registry
from streams.pipeline.line import Entry, Record, Said, Step

SOURCES_READ = "sources"
SECOND_MS = 1_000


class SourcesRead(Part, frozen=True, array_like=True):
    """The watermark of each source that this seat has read, in the order of their names, and how far it has vouched itself."""

    watermarks: tuple[SourceRead, ...] = ()
    vouched: UtcMs = 0

    def of(self, source: str) -> UtcMs | None:
        """How far that source has come."""
        return next((read.through for read in self.watermarks if read.source == source), None)

    def with_watermark(self, read: SourceRead) -> "SourcesRead":
        """A copy that knows one more; the first record that says the same is the one that is remembered."""
        if read.through == self.of(read.source):
            return self
        known = {each.source: each for each in self.watermarks} | {read.source: read}
        return msgspec.structs.replace(self, watermarks=tuple(known[source] for source in sorted(known)))


def read_here(entries: Mapping[str, Entry]) -> SourcesRead:
    """What this seat has read so far."""
    return entries.get(SOURCES_READ) or SourcesRead()


def source_watermark(entries: Mapping[str, Entry], reading: Reading, through: UtcMs, admission: Admission) -> Step:
    """A source says how far it has published. The next watermark of our own tells CLOCK; a story's own moves its time at once."""
    read = read_here(entries)
    if what := _disbelieved(read, reading, through):
        return Step(words=(odd(what, "", reading),))
    known = read.with_watermark(SourceRead(reading.event.source, through, reading.record.offset))
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
