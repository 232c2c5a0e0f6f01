"""Book: dated statements by what they are about; asked at an instant, and as of a revision: what was published later had not been said."""

from bisect import bisect_right, insort
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from schemas.word import UtcMs

K = TypeVar("K")
V = TypeVar("V")

_SINCE, _AGE = itemgetter(0), itemgetter(0, 1)


class Row(NamedTuple, Generic[V]):
    """What holds from an instant on, and the offset at which it was published."""

    since: UtcMs
    offset: int
    said: V


class Book(Generic[K, V]):
    """Rows stand in the order of their dates; of one date, the later published comes later and counts."""

    def __init__(self) -> None:
        self._rows: dict[K, list[Row[V]]] = {}

    def write(self, about: K, row: Row[V]) -> None:
        """One more statement."""
        insort(self._rows.setdefault(about, []), row, key=_AGE)

    def rows(self, about: K, revision: int) -> tuple[Row[V], ...]:
        """Everything said about it."""
        return tuple(row for row in self._rows.get(about, ()) if row.offset < revision)

    def at(self, about: K, instant: UtcMs, revision: int) -> V | None:
        """What holds at an instant; None before the first date."""
        rows = self._rows.get(about)
        if not rows:
            return None
        since, offset, said = rows[-1]
        if since <= instant and offset < revision:  # Nearly everybody asks about the present.
            return said
        position = bisect_right(rows, instant, key=_SINCE)
        while position:
            position -= 1
            if rows[position].offset < revision:
                return rows[position].said
        return None

    def newest(self, revision: int) -> UtcMs:
        """The last date of anything said; of nothing, the first there is."""
        return max((row.since for rows in self._rows.values() for row in rows if row.offset < revision), default=0)

    def first(self, about: K, revision: int) -> V | None:
        """What holds from the first date on."""
        return next((row.said for row in self._rows.get(about, ()) if row.offset < revision), None)
