"""Which entries are due, least first. In: entries and when they want a tick. Out: one entry at a time. Knows no Kafka and no clock."""

from collections.abc import Container, Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from schemas.ids import COMPLETE
from schemas.ledger import Tick
from schemas.word import UtcMs
from streams.pipeline.line import Due

_Item = tuple[UtcMs, str]
_NOTHING = Due()


class Least(NamedTuple):
    """The least instant at which anything is due: by each clock, and by each gate in the order of their names."""

    at: UtcMs | None = None
    wall: UtcMs | None = None
    proven: tuple[tuple[str, UtcMs], ...] = ()


class Reached(NamedTuple):
    """How far the two clocks and the gates have come."""

    at: UtcMs
    wall: UtcMs
    proven: Mapping[str, UtcMs] = {}


def reached_by(tick: Tick) -> Reached:
    """How far a tick says that they have come."""
    return Reached(tick.at, tick.wall, {COMPLETE: tick.complete_through, **dict(tick.proven)})


class _Queue:
    """A heap of instants. An item whose entry has since been given another instant is stale, and dropped when it comes up."""

    __slots__ = ("_aside", "_heap", "when")

    def __init__(self) -> None:
        self.when: dict[str, UtcMs] = {}
        self._heap: list[_Item] = []
        self._aside: list[_Item] = []

    def set(self, entry: str, instant: UtcMs | None) -> None:
        if instant is None:
            self.when.pop(entry, None)
        elif self.when.get(entry) != instant:
            self.when[entry] = instant
            heappush(self._heap, (instant, entry))
            self._sweep_out()

    def top(self, until: UtcMs | None = None) -> _Item | None:
        heap, when = self._heap, self.when
        while heap and when.get(heap[0][1]) != heap[0][0]:
            heappop(heap)
        return heap[0] if heap and (until is None or heap[0][0] <= until) else None

    def lay_aside(self) -> None:
        self._aside.append(heappop(self._heap))

    def put_back(self) -> None:
        for item in self._aside:
            heappush(self._heap, item)
        self._aside.clear()

    def _sweep_out(self) -> None:
        """Start afresh when most of the heap is stale, or a busy entry would fill the memory."""
        if len(self._heap) > 4 * len(self.when) + 1000 and not self._aside:
            self._heap = [(instant, entry) for entry, instant in self.when.items()]
            heapify(self._heap)


class Dues:
    """The dues of one seat: by the time of law and policy, by the broker's clock, and one queue for each gate that is waited for."""

    __slots__ = ("_at", "_dues", "_gates", "_wall")

    def __init__(self) -> None:
        self._at = _Queue()
        self._wall = _Queue()
        self._gates: dict[str, _Queue] = {}
        self._dues: dict[str, Due] = {}

    def __bool__(self) -> bool:
        """Whether anything is due at any time."""
        return bool(self._dues)

    def set(self, entry: str, due: Due | None) -> None:
        """What the entry wants from now on; None wants nothing."""
        before, now = self._dues.get(entry, _NOTHING), due or _NOTHING
        if now == before:
            return
        self._at.set(entry, now.at)
        self._wall.set(entry, now.wall)
        self._set_proven(entry, before.proven, now.proven)
        if now == _NOTHING:
            del self._dues[entry]
        else:
            self._dues[entry] = now

    def of(self, entry: str) -> Due:
        """What the entry wants."""
        return self._dues.get(entry, _NOTHING)

    def least(self) -> Least:
        """The least instant of each clock and gate at which anything is due."""
        at, wall = self._at.top(), self._wall.top()
        proven = tuple((gate, top[0]) for gate, queue in sorted(self._gates.items()) if (top := queue.top()))
        return Least(at[0] if at else None, wall[0] if wall else None, proven)

    def until(self, reached: Reached, but: Container[str]) -> Iterator[str]:
        """The due entries in order of (instant, entry), as they are when each is asked for; not those in `but`.

        Stepping one entry may make another due: it comes up in its turn. Whoever asks adds each entry to `but`, so this ends.
        """
        touched: set[_Queue] = set()
        try:
            while found := self._sooner(reached):
                (_, entry), queue = found
                queue.lay_aside()
                touched.add(queue)
                if entry not in but:
                    yield entry
        finally:
            for queue in touched:
                queue.put_back()

    def _set_proven(self, entry: str, before: tuple[str, UtcMs] | None, now: tuple[str, UtcMs] | None) -> None:
        if before is not None and (now is None or before[0] != now[0]):
            self._gates[before[0]].set(entry, None)
            if not self._gates[before[0]].when:
                del self._gates[before[0]]
        if now is not None:
            gate, instant = now
            if gate not in self._gates:
                self._gates[gate] = _Queue()
            self._gates[gate].set(entry, instant)

    def _sooner(self, reached: Reached) -> tuple[_Item, _Queue] | None:
        """What is due first, and the queue in which it stands."""
        found = [(top, queue) for top, queue in ((self._at.top(reached.at), self._at), (self._wall.top(reached.wall), self._wall)) if top]
        for gate, queue in self._gates.items():
            through = reached.proven.get(gate)
            if through is not None and (top := queue.top(through)):
                found.append((top, queue))
        return min(found, key=lambda pair: pair[0]) if found else None


def is_sooner(now: Least, before: Least) -> bool:
    """Whether any least instant lies before the one that was told."""
    told = dict(before.proven)
    pairs = ((now.at, before.at), (now.wall, before.wall), *((instant, told.get(gate)) for gate, instant in now.proven))
    return any(instant is not None and (known is None or instant < known) for instant, known in pairs)
