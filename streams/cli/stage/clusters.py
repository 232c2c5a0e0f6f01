"""Clusters: a story of cases in few lines. In: the story, and what was said. Out: how the first one rose, and where it was quiet."""

from collections import Counter
from collections.abc import Sequence

from schemas.cases import CaseNotice
from schemas.escalation import Escalation
from schemas.registry import EstateEntry, FirmEntry, RegionEntry
from schemas.surveillance import Because, DigestSituation
from schemas.word import UtcMs
from streams.cli.stage import words
from streams.cli.stage.scene import Scene
from streams.cli.stage.screen import Screen
from streams.cli.stage.show import Teller, fitted
from streams.cli.stage.words import Half
from streams.simulate.story import Line, Story

_CASES = {Because.CLUSTER_SUSPECTED: "cases", Because.CLUSTER_CONFIRMED: "confirmed", Because.CLUSTER_LARGE: "confirmed"}
_OFFICES = {
    "satgas": ("task force", "task forces"),
    "dinkes": ("health office", "health offices"),
    "satgas-provinsi": ("province", "provinces"),
    "satgas-nasional": ("nation", "nation"),
}
_CLUSTER = "cluster/"


def is_of_cases(story: Story) -> bool:
    """Whether it has a notice of a case."""
    return any(line.fact and isinstance(line.fact.fact(), CaseNotice) for line in story.lines)


class Clusters(Teller):
    """Tells of the first cluster each time that its grade rises; everything else in the last line."""

    def __init__(self, story: Story, screen: Screen, lines: int) -> None:
        super().__init__(story, screen, lines)
        self._about, self._told, self._grade = "", frozenset[str](), ""
        entries = [entered.entry.fact() for entered in story.registry]
        self._places = {entry.id: entry.name for entry in entries if isinstance(entry, EstateEntry | RegionEntry)}
        self._where = dict.fromkeys(entry.estate or entry.regency or "" for entry in entries if isinstance(entry, FirmEntry))

    def title(self, more: str = "") -> None:
        """The place and the day: no story before it is the same."""
        super().title()

    def what_happened(self, lines: Sequence[Line], scene: Scene) -> None:
        """Single cases are no news."""
        self._is_design = any(line.clock_is_design for line in lines) or self._is_design
        new, self._heard = scene.escalations[self._heard :], len(scene.escalations)
        for word in new:
            self._about = self._about or word.about
            if word.about == self._about and word.grade > self._grade:
                self._tell(word.at, self._risen(word))
                self._grade, self._told = word.grade, self._told | {told.position for told in word.standing.told}

    def rest(self, until: UtcMs, scene: Scene) -> None:
        """How many factories anybody was told of, by ladders and in the sums of a digest, and where nobody was."""
        digests = [each.situation for each in scene.deliveries.values() if isinstance(each.situation, DigestSituation)]
        estates = {word.estate for word in scene.escalations} | {row.key for digest in digests for row in digest.rows}
        clusters = {word.about for word in scene.escalations if word.about.startswith(_CLUSTER)}
        summed = max((sum(digest.totals) for digest in digests), default=0)
        quiet = [self._places.get(where, where) for where in self._where if where not in estates]
        ended = f"{len(clusters) + summed} factories, {summed} of them in one digest"
        beside = f"; {' and '.join(quiet)} quiet" if quiet else ""
        self._screen.line(fitted(f" ...    to {self._local(until):%d %b %Y}: {ended}", beside))

    def _risen(self, word: Escalation) -> Half:
        because = word.reasons[0]
        cases = _CASES.get(because.because)
        why = f"{cases} {because.figure} >= {because.threshold}" if cases else words.reason(because)
        told = [told.position for told in word.standing.told]
        new = [position for position in told if position not in self._told]
        count = f"told {len(told)}"
        if not self._told:
            return Half(word.grade, f"because {why}", (f"{count}: {_named(new)}", count))
        again = f"{count}: {len(told) - len(new)} again, and {_named(new)}" if new else f"{count}: the same again"
        return Half(word.grade, f"because {why}", (again, count))


def _named(positions: Sequence[str]) -> str:
    """Offices of a kind are counted, in the order in which the first of each was told."""
    kinds = Counter("ministry" if _is_ours(one) else one.partition(":")[0] for one in positions)
    proper = [words.short(one) for one in positions if one.partition(":")[0] not in _OFFICES and not _is_ours(one)]
    offices = [f"{kinds[kind]} {names[kinds[kind] > 1]}" for kind, names in _OFFICES.items() if kinds[kind]]
    ours = [f"{kinds['ministry']} ministry"] if kinds["ministry"] else []
    return ", ".join((*offices, *proper, *ours))


def _is_ours(position: str) -> bool:
    return position.startswith(("dir-", "dg-"))
