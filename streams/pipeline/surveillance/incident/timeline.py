"""Timeline: what each party asserts about an incident in, walked once in the order of saying; what stands, and how it was graded, out.

Everything derives from the set of assertions, so that their order of arrival does not matter (law 4). What has been retracted at any time
never counts, not even in the past (G8: a retraction cancels at once).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import NamedTuple

from msgspec.structs import replace

from schemas.ledger import Doubt
from schemas.word import UtcMs
from streams.pipeline.surveillance.incident.facts import OFFICIAL, UNKNOWN_MINUTES, Assertion, Voice, age

_Id = tuple[str, str]


class Tally:
    """The latest figure of each name that each party states, and the highest of them, kept up while assertions come and go.

    moved: whether anything that a grade depends on has changed since that was last asked.
    """

    def __init__(self) -> None:
        self.size = 0
        self.moved = False
        self._kinds: Counter[str] = Counter()
        self._figures: dict[str, dict[Voice, int]] = {}
        self._said: dict[tuple[str, Voice], list[tuple[_Id, int]]] = {}
        self._gone: set[_Id] = set()
        self._highest: Counter[str] = Counter()
        self._fallen: set[str] = set()

    def add(self, assertion: Assertion) -> None:
        """The newest assertion so far."""
        self.size += 1
        self._called(assertion.kind, 1)
        identity, voice = (assertion.source, assertion.id), assertion.voice
        for name, value in assertion.counts:
            self._said.setdefault((name, voice), []).append((identity, value))
            self._put(name, voice, value)

    def remove(self, assertion: Assertion) -> None:
        """An assertion that stands no longer; what its party had said before it counts again."""
        self.size -= 1
        self._called(assertion.kind, -1)
        self._gone.add((assertion.source, assertion.id))
        for name, _ in assertion.counts:
            said = self._said[name, assertion.voice]
            while said and said[-1][0] in self._gone:
                said.pop()
            self._put(name, assertion.voice, said[-1][1] if said else None)

    def highest(self) -> Counter[str]:
        """The highest figure of each name; a name that nobody states is missing."""
        for name in self._fallen:
            values = self._figures[name].values()
            if values:
                self._highest[name] = max(values)
            else:
                del self._highest[name]
        self._fallen.clear()
        return self._highest

    def values(self, name: str) -> tuple[int, ...]:
        """What each party says of one name."""
        return tuple(self._figures.get(name, {}).values())

    def is_called(self, kinds: Iterable[str]) -> bool:
        """Whether any party calls it one of these."""
        return any(self._kinds[kind] > 0 for kind in kinds)

    def _called(self, kind: str, more: int) -> None:
        before = self._kinds[kind] > 0
        self._kinds[kind] += more
        self.moved |= before != (self._kinds[kind] > 0)

    def _put(self, name: str, voice: Voice, value: int | None) -> None:
        figures = self._figures.setdefault(name, {})
        before = figures.get(voice)
        if value is None:
            figures.pop(voice, None)
        else:
            figures[voice] = value
        if before != value:
            self._rank(name, before, value)

    def _rank(self, name: str, before: int | None, value: int | None) -> None:
        top = self._highest.get(name)
        if before is None and top is not None and value is not None and UNKNOWN_MINUTES < value <= top:
            return
        if value is not None and (top is None or value > top) and name not in self._fallen:
            self._highest[name] = value
            self.moved = True
        elif before == top or name in self._fallen or UNKNOWN_MINUTES in (before, value):
            self._fallen.add(name)
            self.moved = True


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
        self._graded: Tally | None = None

    @property
    def standing(self) -> tuple[Assertion, ...]:
        return tuple(self._standing.values())

    @property
    def deciding(self) -> Tally:
        return self._official if self._official.size else self._others

    def grade(self, before: str, grade_of: Callable[[Tally], str]) -> str:
        deciding = self.deciding
        if before and deciding is self._graded and not deciding.moved:
            return before
        self._graded, deciding.moved = deciding, False
        return grade_of(deciding)

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


def _unravelled(assertions: tuple[Assertion, ...]) -> tuple[Assertion, ...]:
    """The assertions, those that replace one another in a circle marked, and replacing nothing: else what was said would vanish."""
    replaces = {(a.source, a.id): (a.source, a.replaces) for a in assertions if a.replaces and not a.retracted}
    settled: set[_Id] = set()
    circular: set[_Id] = set()
    for start in replaces:
        path: dict[_Id, int] = {}
        at = start
        while at in replaces and at not in settled and at not in path:
            path[at] = len(path)
            at = replaces[at]
        if at in path:
            circular.update(one for one, place in path.items() if place >= path[at])
        settled.update(path)
    if not circular:
        return assertions
    return tuple(_marked(a) if (a.source, a.id) in circular and not a.retracted else a for a in assertions)


def _marked(assertion: Assertion) -> Assertion:
    return replace(assertion, replaces="", unresolved=(*assertion.unresolved, Doubt.CONTRADICTORY_REPLACEMENT))


def walked(assertions: Iterable[Assertion], grade_of: Callable[[Tally], str]) -> Walked:
    """The whole timeline, graded at each moment at which something was said."""
    every = _unravelled(tuple(assertions))
    walk = _Walk((a.source, a.replaces) for a in every if a.retracted)
    made = sorted((a for a in every if not a.retracted), key=age)
    stretches: list[Stretch] = []
    grade = ""
    for moment, said in groupby(made, key=lambda a: a.asserted_at):
        if grade:
            stretches.append(Stretch(grade, moment))
        for assertion in said:
            walk.take(assertion)
        grade = walk.grade(grade, grade_of)
    return Walked(walk.standing, walk.deciding, tuple(stretches))
