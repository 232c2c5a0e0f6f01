"""Show: what an audience of the demo sees. In: moments of a story on the stage. Out: lines on a screen, and at one moment a kill.

Times are in the plant's zone, and have a ~ where the clock is design.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from schemas.escalation import Escalation, Taken
from schemas.intake import Grade
from schemas.topics import INBOXES
from schemas.word import UtcMs, as_datetime
from streams.cli.stage import words
from streams.cli.stage.bill import COLUMNS, FACTS_TOLD_BEFORE
from streams.cli.stage.play import Audience, Moment
from streams.cli.stage.scene import Scene
from streams.cli.stage.screen import Screen
from streams.cli.stage.words import Half
from streams.simulate.story import Line, Story

_SEATS = sum(inbox.partitions for inboxes in INBOXES.values() for inbox in inboxes)
_BESIDE = 27
_LEFT_OVER = {
    "new": ("new incident", "new incidents"),
    "change": ("change", "changes"),
    "filing": ("question", "questions"),
    "other": ("other", "others"),
}

Act = Callable[[Line, Scene], Awaitable[Line | None]]
Asked = Callable[[], Awaitable[str]]


class Teller:
    """Prints the lines of one story, as many as it may, and counts the others."""

    def __init__(self, story: Story, screen: Screen, lines: int) -> None:
        """`lines`: with the title and the last line."""
        self._zone = ZoneInfo(story.zone)
        self._firms = words.names_of(story)
        self._screen, self._left = screen, lines - 2
        self._tells_facts = story.name not in FACTS_TOLD_BEFORE
        self._more: Counter[str] = Counter()
        self._heard = 0
        self._is_design = False
        self._first: dict[str, Escalation] = {}
        self._taken: dict[str, Sequence[Taken]] = {}
        first = next(line for line in story.lines if line.fact)
        self._day = self._local(first.at).date()
        self._title = f"{story.title.split(':')[0].upper()}  {self._day:%a %d %b %Y}, {_abbreviation(story.zone)}"

    def title(self, more: str = "") -> None:
        """The place and the day."""
        self._screen.line(f"{self._title}{more}")

    def what_happened(self, lines: Sequence[Line], scene: Scene) -> None:
        """Facts that were published, and every word on an escalation since the last time: a fact and what it changed are one line."""
        facts = [line for line in lines if line.fact]
        new, self._heard = scene.escalations[self._heard :], len(scene.escalations)
        changes = [word for word in new if words.is_change(word)][: len(facts)]
        for line, word in zip_longest(facts, changes):
            self._is_design = line.clock_is_design
            if word or self._tells_facts:
                self._tell(line.at, words.change(line, word, scene) if word else words.fact(line, self._firms))
        for word in new:
            self._first.setdefault(word.id, word)
            if word not in changes and (half := words.step(word, self._first[word.id], self._taken.get(word.id, ()), scene)):
                self._tell(word.at, half)
            self._taken[word.id] = words.taken(word)

    def aside(self, text: str) -> None:
        """Something that happens to the machine, not in the story."""
        self._screen.line(fitted(f"  !!    {text}"))

    def plain(self, lines: Sequence[str]) -> None:
        """Lines that are somebody else's."""
        for line in lines:
            self._screen.line(line)

    def rest(self, until: UtcMs, scene: Scene) -> None:
        """Where it ended, and what was not told line by line."""
        of_first = [word for word in scene.escalations if word.id in list(self._first)[:1]]
        ended = words.counted(words.figures(of_first[-1], scene), "dead", "injured") if of_first else "nobody told"
        more = [f"{self._more[kind]} {names[self._more[kind] > 1]}" for kind, names in _LEFT_OVER.items() if self._more[kind]]
        beside = [f"   then {', '.join(more[:n])}{', and more' if n < len(more) else ''}" for n in range(len(more), 0, -1)]
        self._screen.line(fitted(f" ...    to {self._local(until):%d %b %Y}: {ended}", *beside))

    def local(self, at: UtcMs) -> str:
        """An instant of the story."""
        return f"{self._local(at):%a %d %b %Y %H:%M}"

    def _tell(self, at: UtcMs, half: Half) -> None:
        if self._left <= 0 or not half.is_news:
            self._more["new" if half.kind in tuple(Grade) else half.kind if half.kind in _LEFT_OVER else "other"] += 1
            return
        self._left -= 1
        local, mark = self._local(at), "~" if self._is_design else " "
        when = f"{local:%H:%M} " if local.date() == self._day else f"{local:%d %b}"
        gap = " " * max(3, _BESIDE - len(half.what))
        self._screen.line(fitted(f"{mark}{when} {half.kind:6} {half.what}", *(gap + text for text in half.beside)))

    def _local(self, at: UtcMs) -> datetime:
        return as_datetime(at).astimezone(self._zone)


class Show:
    """One story as its audience sees it.

    mail: lines of one whole mail, shown when the first have been accepted. down: who was down and is told by now; nothing as long as
    somebody is not. kill: ends one worker at the second fact; back: lets it start again, and says what was lost.
    """

    def __init__(
        self,
        story: Story,
        teller: Teller,
        screen: Screen,
        *,
        mail: Callable[[], Sequence[str]] = tuple,
        down: Callable[[], str] = str,
        kill: Callable[[], None] | None = None,
        back: Asked | None = None,
    ) -> None:
        facts = [line for line in story.lines if line.fact]
        self._victim_at = facts[min(1, len(facts) - 1)].at
        self._teller, self._screen = teller, screen
        self._mail, self._down, self._kill, self._back = mail, down, kill, back
        self._killed_at: float | None = None

    def audience(self, act: Act) -> Audience:
        """How the stage sees us."""
        return Audience(self._published, self._settled, act)

    async def _published(self, moment: Moment) -> None:
        """The fact is on Kafka and nobody has dealt with it: the worst moment for a worker to die."""
        self._screen.wait(f"playing {self._teller.local(moment.watermark)}")
        if self._kill and self._killed_at is None and any(line.at == self._victim_at for line in moment.lines if line.fact):
            self._kill()
            self._killed_at = time.monotonic()
            self._screen.wait("worker 1 was killed; when its session ends, worker 2 takes its seats")

    async def _settled(self, moment: Moment) -> None:
        self._screen.wait("")
        self._teller.what_happened(moment.lines, moment.scene)
        if moment.scene.outcomes and (lines := self._mail()):
            self._mail = tuple
            self._teller.plain(lines)
        if self._killed_at is not None and self._back:
            seconds, back = time.monotonic() - self._killed_at, self._back
            self._back = None
            self._teller.aside(f"kill -9 worker 1 … worker 2 holds all {_SEATS} seats, done in {seconds:.1f} s      {await back()}")
        if told := self._down():
            self._down = str
            self._teller.aside(told)


def _abbreviation(zone: str) -> str:
    return {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}.get(zone, zone)


def fitted(line: str, *more: str) -> str:
    """The line with the first of these that fits beside it; cut only where it does not even fit alone."""
    whole = next((line + text for text in more if len(line + text) <= COLUMNS), line)
    return whole if len(whole) <= COLUMNS else f"{whole[: COLUMNS - 1]}…"
