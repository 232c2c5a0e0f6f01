"""Seen: what CLOCK remembers of every seat, and how it looks at all of them together. Decides nothing."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schemas.ids import STORY, gate
from schemas.ledger import Silence, SourceRead
from schemas.topics import INTAKE_TOPICS, REPORTS
from schemas.word import Part, UtcMs
from streams.pipeline.brake import Obligation
from streams.pipeline.line import Entry

PARTITIONS = tuple((topic.name, partition) for topic in INTAKE_TOPICS for partition in range(topic.partitions))


class SeatSeen(Part, frozen=True, array_like=True, tag="seat"):
    """What a seat behind CLOCK last reported."""

    tick: int = 0
    due_at: UtcMs | None = None
    due_wall: UtcMs | None = None
    due_proven: tuple[tuple[str, UtcMs], ...] = ()


class PartitionSeen(Part, frozen=True, array_like=True, tag="partition"):
    """How far a seat of INTAKE last reported to have read, and what sources have said there."""

    offset: int = -1
    appended: UtcMs = 0
    through: UtcMs | None = None
    sources: tuple[SourceRead, ...] = ()

    def source(self, name: str) -> UtcMs | None:
        """How far that source has published here."""
        return next((read.through for read in self.sources if read.source == name), None)


class View(NamedTuple):
    """Everything as last reported, what has just been said included."""

    entries: Mapping[str, Entry]
    name: str
    seen: Entry

    def seat(self, name: str) -> SeatSeen:
        """A seat behind CLOCK; as new if it has reported nothing."""
        found = self.seen if name == self.name else self.entries.get(name)
        return found if isinstance(found, SeatSeen) else SeatSeen()

    def partition(self, topic: str, number: int) -> PartitionSeen:
        """A partition that INTAKE reads."""
        name = f"intake/{topic}/{number}"
        found = self.seen if name == self.name else self.entries.get(name)
        return found if isinstance(found, PartitionSeen) else PartitionSeen()

    def gates(self) -> Iterator[str]:
        """Those of all sources but a story's publisher, who is time itself."""
        parts = ((topic, read.source) for topic, number in PARTITIONS for read in self.partition(topic, number).sources)
        return (gate(topic, source) for topic, source in parts if source != STORY)

    def silences(self, source: str) -> Iterator[Silence]:
        """Those of a source of reports."""
        reads = (read for number in range(REPORTS.partitions) for read in self.partition(REPORTS.name, number).sources)
        return (silence for read in reads if read.source == source for silence in read.silences)

    def obligations(self) -> tuple[tuple[str, Obligation], ...]:
        """What has been counted of each, by the name of its entry."""
        return tuple((name, entry) for name, entry in sorted(self.entries.items()) if isinstance(entry, Obligation))
