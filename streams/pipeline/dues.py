"""Which entries are due, least first. In: entries and when they want a tick. Out: one entry at a time. Knows no Kafka and no clock."""

from collections.abc import Container, Iterator
from heapq import heapify, heappop, heappush

from schemas.word import UtcMs
from streams.pipeline.line import Due

_Item = tuple[UtcMs, str]


class _Queue:
    """A heap of instants. An item whose entry has since been given another instant is stale, and dropped when it comes up."""

    __slots__ = ("_aside", "_heap", "_when")

    def __init__(self) -> None:
        self._when: dict[str, UtcMs] = {}
        self._heap: list[_Item] = []
        self._aside: list[_Item] = []

    def set(self, entry: str, instant: UtcMs | None) -> None:
        if instant is None:
            self.forget(entry)
        elif self._when.get(entry) != instant:
            self._when[entry] = instant
            heappush(self._heap, (instant, entry))
            self._sweep_out()

    def forget(self, entry: str) -> None:
        self._when.pop(entry, None)

    def top(self, until: UtcMs | None = None) -> _Item | None:
        heap, when = self._heap, self._when
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
        if len(self._heap) > 4 * len(self._when) + 1000 and not self._aside:
            self._heap = [(instant, entry) for entry, instant in self._when.items()]
            heapify(self._heap)


class Dues:
    """The dues of one seat: by the time of law and policy, and by the broker's clock."""

    __slots__ = ("_at", "_wall")

    def __init__(self) -> None:
        self._at = _Queue()
        self._wall = _Queue()

    def set(self, entry: str, due: Due | None) -> None:
        """What the entry wants from now on; None wants nothing."""
        if due is None:
            self._at.forget(entry)
            self._wall.forget(entry)
            return
        self._at.set(entry, due.at)
        self._wall.set(entry, due.wall)

    def of(self, entry: str) -> Due:
        """What the entry wants."""
        return Due(self._at._when.get(entry), self._wall._when.get(entry))  # noqa: SLF001  the two are one thing

    def least(self) -> Due:
        """The least instant of each clock at which anything is due."""
        at, wall = self._at.top(), self._wall.top()
        return Due(at[0] if at else None, wall[0] if wall else None)

    def until(self, at: UtcMs, wall: UtcMs, but: Container[str]) -> Iterator[str]:
        """The due entries in order of (instant, entry), as they are when each is asked for; not those in `but`.

        Stepping one entry may make another due: it comes up in its turn. Whoever asks adds each entry to `but`, so this ends.
        """
        try:
            while queue := self._sooner(at, wall):
                entry = queue._heap[0][1]  # noqa: SLF001
                queue.lay_aside()
                if entry not in but:
                    yield entry
        finally:
            self._at.put_back()
            self._wall.put_back()

    def _sooner(self, at: UtcMs, wall: UtcMs) -> _Queue | None:
        tops = [(top, queue) for top, queue in ((self._at.top(at), self._at), (self._wall.top(wall), self._wall)) if top]
        return min(tops, key=lambda pair: pair[0])[1] if tops else None


def is_sooner(now: Due, before: Due) -> bool:
    """Whether either clock's least instant lies before the one that was told."""
    pairs = ((now.at, before.at), (now.wall, before.wall))
    return any(instant is not None and (told is None or instant < told) for instant, told in pairs)
