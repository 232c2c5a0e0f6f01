"""CLOCK, and the seats that report to it, by hand."""

from schemas.ids import STORY
from schemas.ledger import Progress, SourceRead, Tick
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, INTAKE_TOPICS, LEDGER, REGISTRY
from schemas.word import Word
from streams.pipeline.clock import CLOCK, Pace
from tests.story import LIBRARY, NOON_2026, POLICY, Seat, clock

AT = clock("11:10")
SOURCES = [(topic.name, partition) for topic in INTAKE_TOPICS for partition in range(topic.partitions)]
CHAIN = (("surveillance", LEDGER), ("escalation", ESCALATION_INBOX), ("delivery", DELIVERY_INBOX))
PATIENCE = POLICY.clock.patience_seconds * 1_000
REGISTER = (REGISTRY.name, 0)


class Tower:
    """CLOCK, and the seats that report to it."""

    def __init__(self, *, story: bool) -> None:
        self.seat = Seat(CLOCK, Pace(story_time=story, policy_of=LIBRARY.policy, roster_of=LIBRARY.roster))
        self.wall = NOON_2026
        self.marks = 0

    def hears(self, word: Word, wall: int | None = None) -> list[tuple[str, Tick]]:
        """One report at the broker's time; the ticks that it causes, by the topic they go to."""
        self.wall = self.wall + 1 if wall is None else wall
        self.seat.offset = self.wall - NOON_2026 - 1
        return [(said.topic.name, said.word) for said in self.seat.hears(word)]

    def source(self, topic: str, partition: int, mark: int, wall: int | None = None, source: str = STORY) -> list[tuple[str, Tick]]:
        """A seat of INTAKE has read its own mark, and a publisher's."""
        self.marks += 1
        read = (SourceRead(source, mark, 10 * self.marks),)
        word = Progress("intake", topic, partition, offset=self.marks, appended=mark + 5_000, through=mark, sources=read)
        return self.hears(word, wall)

    def all_sources(self, mark: int) -> list[tuple[str, Tick]]:
        return [tick for topic, partition in SOURCES for tick in self.source(topic, partition, mark)]

    def room(self, room: str, tick: int, due_at: int | None = None, partitions: range | None = None, **due) -> list[tuple[str, Tick]]:
        """Every seat of a room has committed a tick."""
        inbox = dict(CHAIN)[room]
        seats = partitions or range(inbox.partitions)
        return [t for p in seats for t in self.hears(Progress(room, inbox.name, p, tick=tick, due_at=due_at, **due))]

    def chain_through(self, tick: int, due_at: int | None = None, **due) -> list[tuple[str, Tick]]:
        return [t for room, _ in CHAIN for t in self.room(room, tick, due_at, **due)]

    def ticks(self, topic=LEDGER) -> dict[int, Tick]:
        """The ticks so far, by their number."""
        return {said.word.number: said.word for said in self.seat.words if said.topic == topic and isinstance(said.word, Tick)}
