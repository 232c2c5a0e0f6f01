"""Timeline: what each party asserts about an incident in, walked once in the order of saying; what stands, and how it was graded, out.

Everything derives from the set of assertions, so that their order of arrival does not matter (law 4). What has been retracted at any time
never counts, not even in the past (G8: a retraction cancels at once).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import NamedTuple

from schemas.word import UtcMs
from streams.pipeline.surveillance.incident.facts import OFFICIAL, Assertion, age

_Id = tuple[str, str]


class Tally:
    """The latest figure of each name that each party states, and the highest of them, kept up while assertions come and go."""

    def __init__(self) -> None:
        self.size = 0
        self.kinds: Counter[str] = Counter()
        self.figures: dict[str, dict[str, int]] = {}
        self._said: dict[tuple[str, str], list[tuple[_Id, int]]] = {}
        self._gone: set[_Id] = set()

    def add(self, assertion: Assertion) -> None:
        """The newest assertion so far."""
        self.size += 1
        self.kinds[assertion.kind] += 1
        identity = (assertion.source, assertion.id)
        for name, value in assertion.counts:
            self._said.setdefault((name, assertion.party), []).append((identity, value))
            self.figures.setdefault(name, {})[assertion.party] = value

    def remove(self, assertion: Assertion) -> None:
        """An assertion that stands no longer; what its party had said before it counts again."""
        self.size -= 1
        self.kinds[assertion.kind] -= 1
        self._gone.add((assertion.source, assertion.id))
        for name, _ in assertion.counts:
            said = self._said[name, assertion.party]
            while said and said[-1][0] in self._gone:
                said.pop()
            if said:
                self.figures[name][assertion.party] = said[-1][1]
            else:
                self.figures[name].pop(assertion.party, None)

    def highest(self) -> Counter[str]:
        """The highest figure of each name; a name that nobody states is missing."""
        return Counter({name: max(values.values()) for name, values in self.figures.items() if values})

    def values(self, name: str) -> tuple[int, ...]:
        """What each party says of one name."""
        return tuple(self.figures.get(name, {}).values())

    def is_called(self, kinds: Iterable[str]) -> bool:
        """Whether any party calls it one of these."""
        return any(self.kinds[kind] > 0 for kind in kinds)


class Stretch(NamedTuple):
    """A grade that stood on the timeline until `ended`."""

    grade: str
    ended: UtcMs


class Walked(NamedTuple):
    """What stands in the end, oldest first; the deciding parties' figures; and the grades that stood before."""

    standing: tuple[Assertion, ...]
    deciding: Tally
    stretches: tuple[Stretch, ...]


class _Walk:
    """One walk along the timeline. The official parties decide, or all while there is only a signal (R13, G7)."""

    def __init__(self, taken_back: Iterable[_Id]) -> None:
        self._standing: dict[_Id, Assertion] = {}
        self._replaced: set[_Id] = set(taken_back)
        self._official, self._others = Tally(), Tally()

    @property
    def standing(self) -> tuple[Assertion, ...]:
        return tuple(self._standing.values())

    @property
    def deciding(self) -> Tally:
        return self._official if self._official.size else self._others

    def take(self, assertion: Assertion) -> None:
        identity = (assertion.source, assertion.id)
        if assertion.replaces:
            self._replace((assertion.source, assertion.replaces))
        if identity not in self._replaced:
            self._standing[identity] = assertion
            self._tally(assertion).add(assertion)

    def _replace(self, replaced: _Id) -> None:
        self._replaced.add(replaced)
        if (assertion := self._standing.pop(replaced, None)) is not None:
            self._tally(assertion).remove(assertion)

    def _tally(self, assertion: Assertion) -> Tally:
        return self._official if assertion.rank in OFFICIAL else self._others


def walked(assertions: Iterable[Assertion], grade_of: Callable[[Tally], str]) -> Walked:
    """The whole timeline, graded at each moment at which something was said."""
    every = tuple(assertions)
    walk = _Walk((a.source, a.replaces) for a in every if a.retracted)
    made = sorted((a for a in every if not a.retracted), key=age)
    stretches: list[Stretch] = []
    grade = ""
    for moment, said in groupby(made, key=lambda a: a.asserted_at):
        if grade:
            stretches.append(Stretch(grade, moment))
        for assertion in said:
            walk.take(assertion)
        grade = grade_of(walk.deciding)
    return Walked(walk.standing, walk.deciding, tuple(stretches))
