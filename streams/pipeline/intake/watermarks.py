"""Watermarks: how far a partition has been read, and how far its sources say that they have published. In: watermarks. Out: progress.

What a seat of INTAKE remembers is here: each source's watermark, and the time through which the partition has been vouched for.
"""

from collections.abc import Mapping

import msgspec

from schemas.ids import STORY
from schemas.ledger import CompletenessBroken, Progress, SourceRead
from schemas.topics import PROGRESS
from schemas.word import Part, Stamp, UtcMs, Word
from streams.pipeline.intake.admit import Admission
from streams.pipeline.line import Entry, Record, Said, Step

SOURCES_READ = "sources"


class SourcesRead(Part, frozen=True, array_like=True):
    """The watermark of each source that this seat has read, in the order of their names, and how far it has vouched itself."""

    watermarks: tuple[SourceRead, ...] = ()
    vouched: UtcMs = 0

    def with_watermark(self, read: SourceRead) -> "SourcesRead":
        """A copy that knows one more; a watermark never falls."""
        known = {each.source: each for each in self.watermarks}
        if read.source not in known or read.through > known[read.source].through:
            known[read.source] = read
        return msgspec.structs.replace(self, watermarks=tuple(known[source] for source in sorted(known)))


def read_here(entries: Mapping[str, Entry]) -> SourcesRead:
    """What this seat has read so far."""
    return entries.get(SOURCES_READ) or SourcesRead()


def source_watermark(entries: Mapping[str, Entry], record: Record, read: SourceRead, admission: Admission) -> Step:
    """A source says how far it has published. The next watermark of our own tells CLOCK; a story's own moves its time at once."""
    known = read_here(entries).with_watermark(read)
    is_time = admission.story_time and read.source == STORY
    return Step({SOURCES_READ: known}, (_progress(known, record, admission),) if is_time else ())


def intake_watermark(entries: Mapping[str, Entry], record: Record, admission: Admission) -> Step:
    """Our own watermark, read back: everything before it has been read."""
    read = read_here(entries)
    vouching = msgspec.structs.replace(read, vouched=max(read.vouched, record.timestamp - admission.tolerance_ms))
    return Step({SOURCES_READ: vouching}, (_progress(vouching, record, admission),))


def completeness_broken(entries: Mapping[str, Entry], record: Record, admission: Admission) -> tuple[Said, ...]:
    """A word for a record that a broker's clock, set back, has put at or below a time already vouched for. It is admitted all the same."""
    vouched = read_here(entries).vouched
    if record.timestamp > vouched:
        return ()
    word = CompletenessBroken(record.topic, record.partition, record.offset, vouched, record.timestamp)
    return (_said(word, record, admission.registry.in_force(_now(entries, record, admission))),)


def story_time(entries: Mapping[str, Entry], record: Record) -> UtcMs:
    """The story's present as this partition knows it."""
    return next((read.through for read in read_here(entries).watermarks if read.source == STORY), record.timestamp)


def _now(entries: Mapping[str, Entry], record: Record, admission: Admission) -> UtcMs:
    return story_time(entries, record) if admission.story_time else record.timestamp


def _progress(read: SourcesRead, record: Record, admission: Admission) -> Said:
    word = Progress(
        room="intake",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended=record.timestamp,
        through=record.timestamp - admission.tolerance_ms,
        sources=read.watermarks,
    )
    stamp = admission.registry.in_force(_now({SOURCES_READ: read}, record, admission))
    return _said(word, record, stamp)


def _said(word: Word, record: Record, stamp: Stamp) -> Said:
    return Said(PROGRESS, f"intake/{record.topic}/{record.partition}", word, stamp)
