"""Gauges: how things stand in the seats of this process, read from their committed memory when somebody asks. Changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from schemas.intake import Grade
from schemas.topics import FACT_TOPICS, INBOXES
from schemas.word import UtcMs
from streams.live import clock
from streams.live.metrics import OTHER, Sample
from streams.live.seats import Seats
from streams.pipeline.clock import CLOCK
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.escalation.memory import Open
from streams.pipeline.line import Entry
from streams.pipeline.seen import PARTITIONS, SeatSeen, View

COMPLETE_GATE = "complete"


class Gauges:
    """What the seats of one worker show. `tells_time`: in a story time is the publisher's, and how far behind ours it is means nothing."""

    def __init__(self, held: Iterable[Seats], *, tells_time: bool, now: Callable[[], UtcMs] = clock.wall_ms) -> None:
        self._held = tuple(held)
        self._tells_time, self._now = tells_time, now

    def __call__(self) -> Iterator[Sample]:
        """Every sample there is."""
        yield from self._seats()
        for memory in self._memories(CLOCK.name):
            yield from _undecided(memory, self._now())
            if self._tells_time:
                yield from _behind(memory, self._now())
        if memories := list(self._memories(ESCALATION.name)):
            yield from _open(memories)

    def _seats(self) -> Iterator[Sample]:
        held = Counter(dict.fromkeys(INBOXES, 0))
        for seats in self._held:
            status = seats.status()
            held[seats.hosting.room.name] += len(status)
            for seat in status:
                if seat.lag is not None:
                    yield "siaga_lag_records", (seat.room, seat.topic, str(seat.partition)), seat.lag
        yield from (("siaga_seats_held", (room,), count) for room, count in held.items())

    def _memories(self, room: str) -> Iterator[Mapping[str, Entry]]:
        return (seat.memory for seats in self._held if seats.hosting.room.name == room for seat in seats.held.values())


def _behind(memory: Mapping[str, Entry], now: UtcMs) -> Iterator[Sample]:
    """How far behind now each gate is, if every partition has been vouched for. Gates are told by their topics: sources may be firms'."""
    view = View(memory, "", None)
    read = [view.partition(*partition).through for partition in PARTITIONS]
    if any(through is None for through in read):
        return
    complete = min(through for through in read if through is not None)
    reached = {COMPLETE_GATE: complete}
    seats = (entry for entry in memory.values() if isinstance(entry, SeatSeen))
    for gate in {name for seat in seats for name, _ in seat.due_proven}:
        topic, _, source = gate.partition("|")
        parts = [view.partition(name, number) for name, number in PARTITIONS if name == topic]
        if topic in _TOPICS and all(part.source(source) is not None for part in parts):
            reached[topic] = min(reached.get(topic, complete), *(part.source(source) or 0 for part in parts))
    yield from (("siaga_complete_through_seconds", (gate,), max(0, now - through) / 1000) for gate, through in reached.items())


def _undecided(memory: Mapping[str, Entry], now: UtcMs) -> Iterator[Sample]:
    """Of each obligation, how many cannot be judged, and since when the oldest of them was due. A period is named by its day."""
    for _, obligation in View(memory, "", None).obligations():
        counted = {period.name: sum(seat.undecided for seat in period.seats) for period in obligation.periods}
        waiting = [day for day, count in counted.items() if count]
        yield "siaga_undecided_absences", (obligation.name,), sum(counted.values())
        yield "siaga_undecided_oldest_seconds", (obligation.name,), max((_since(day, now) for day in waiting), default=0)


def _since(day: str, now: UtcMs) -> float:
    try:
        began = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0
    return max(0, now / 1000 - began)


def _open(memories: Iterable[Mapping[str, Entry]]) -> Iterator[Sample]:
    """The escalations that are open or taken, by grade."""
    live = (entry for memory in memories for entry in memory.values() if isinstance(entry, Open) and entry.is_live)
    count = Counter(grade if grade in _GRADES else OTHER for grade in (entry.leading.grade for entry in live))
    yield from (("siaga_escalations_open", (grade,), count[grade]) for grade in dict.fromkeys((*_GRADES, *count)))


_GRADES = tuple(str(grade) for grade in Grade)
_TOPICS = frozenset(topic.name for topic in FACT_TOPICS)
