"""Show: what an audience of the demo sees. In: moments of a story on the stage. Out: lines for a terminal, and at one moment a kill.

At most `LINES` lines tell a story; what is left over is counted and told in one. Times in the plant's zone, ~ where the clock is design.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers.wording import BECAUSE, FIGURES, POSITIONS
from schemas.escalation import Delivery, Escalation, EscalationState, Taken, Why
from schemas.intake import Grade, IncidentBulletin
from schemas.surveillance import Reason
from schemas.topics import INBOXES
from schemas.word import UtcMs, as_datetime
from streams.cli.stage.play import Audience, Moment
from streams.cli.stage.scene import Scene
from streams.simulate.story import Line, Story

COLUMNS = 100
WAIT_SECONDS = 15
_MAIN_FIGURES = ("dead", "missing", "injured", "treated")
_SEATS = sum(inbox.partitions for inboxes in INBOXES.values() for inbox in inboxes)
_LEFT_OVER = {
    "fact": "facts",
    "change": "changes",
    "filing": "48-hour questions",
    "new": "new incident",
    "step": "steps",
}

Print = Callable[[str], None]
Mails = Callable[[Scene], Awaitable[Sequence[str]]]


class Teller:
    """Prints the lines of one story, as many as it may, and counts the others."""

    def __init__(self, story: Story, say: Print, lines: int) -> None:
        self._zone = ZoneInfo(story.zone)
        self._say, self._left = say, lines
        self._more: Counter[str] = Counter()
        self._heard = 0
        self._is_design = False
        self._first: dict[str, Escalation] = {}
        self._taken: Counter[str] = Counter()
        first = next(line for line in story.lines if line.fact)
        day = as_datetime(first.at).astimezone(self._zone)
        self._title = f"{story.title.split(':')[0].upper()}  {day:%a %d %b %Y}, {_abbreviation(story.zone)}"

    def title(self, words: str = "") -> None:
        """The place and the day."""
        self._say(f"{self._title}{words}")

    def plain(self, line: str) -> None:
        """A line that is somebody else's."""
        self._say(line)

    def facts(self, lines: Iterable[Line]) -> None:
        """What was published."""
        for line in lines:
            if line.fact:
                self._is_design = line.clock_is_design
                self._tell("fact", line.at, _fact_words(line))

    def what_came_of_it(self, scene: Scene) -> None:
        """Every word on an escalation since the last time."""
        new, self._heard = scene.escalations[self._heard :], len(scene.escalations)
        for word in new:
            self._first.setdefault(word.id, word)
            if told := self._words(word, scene):
                self._tell(told[0], word.at, told[1])
            self._taken[word.id] = len(word.taken)

    def aside(self, words: str) -> None:
        """Something that happens to the machine, not in the story."""
        self._say(_fitted(f"  !!    {words}"))

    def rest(self, until: UtcMs, scene: Scene) -> None:
        """What was not told line by line, and where it ended."""
        counted = [f"{count} {_LEFT_OVER.get(kind, kind)}" for kind, count in self._more.items()]
        first = next((word for word in reversed(scene.escalations) if word.id in list(self._first)[:1]), None)
        figures = _figures(first, scene, first.revision) if first else {}
        ended = [f"{figures[name]} {FIGURES[name].en}" for name in ("dead", "injured") if name in figures]
        self._say(_fitted(f" ...    to {self._local(until):%d %b %Y}: {', '.join(ended)}; then {', '.join(counted) or 'nothing'}"))

    def _tell(self, kind: str, at: UtcMs, words: str) -> None:
        if self._left <= 0:
            self._more["new" if kind in tuple(Grade) else kind if kind in _LEFT_OVER else "step"] += 1
            return
        self._left -= 1
        mark = "~" if self._is_design else " "
        self._say(_fitted(f"{mark}{self._local(at):%H:%M}  {kind:6} {words}"))

    def _words(self, word: Escalation, scene: Scene) -> tuple[str, str] | None:
        """What kind of line it is, and its words."""
        match word.why:
            case Why.FIRST_NOTICE:
                return word.grade, f"because {', '.join(_reason(r) for r in word.reasons[:1])}{_told_words(word)}"
            case Why.UNANSWERED | Why.INFORMED_REGARDLESS | Why.UNVERIFIED_UNANSWERED:
                minutes = (word.at - self._first[word.id].at) // 60_000
                return "climbs", f"{word.grade}, {_span(minutes)}{_told_words(word, level=word.level)}"
            case Why.FACTS_CHANGED | Why.GRADE_ROSE:
                return "change", f"{_changes(word, scene)}   the same {_count_told(word, scene)} told again, same thread"
            case Why.FILING:
                return "filing", f"has the 48-hour report arrived? asked of {_count_told(word, scene)}"
            case Why.REARMED:
                return "opens", "taken, but no act or news since: the ladder starts again"
        if word.state is EscalationState.TAKEN and len(word.taken) > self._taken[word.id]:
            return "ACK", f"{' + '.join(_short(t.position) for t in _newest(word.taken))}   not told: {_names(word.not_told) or 'nobody'}"
        return None

    def _local(self, at: UtcMs) -> datetime:
        return as_datetime(at).astimezone(self._zone)


class Choice:
    """The person at this terminal, or at another one, may acknowledge before the simulator does."""

    def __init__(self, say: Print, command: str) -> None:
        self._say, self._command = say, command
        self._asked = False

    async def act(self, line: Line, scene: Scene) -> Line | None:
        """The line as it is, or in the name of who pressed the key; None when somebody took it by command meanwhile."""
        assert line.act  # noqa: S101  only acts are asked about
        if self._asked:
            return line
        self._asked, word, answered = True, scene.escalations[-1], len(scene.answers)
        self._say(f"        press a key within {WAIT_SECONDS} s to take it as {_short(line.act.position)}, or from another terminal:")
        self._say(f"        {self._command} ack {word.id} --revision {word.revision} --as {line.act.position} --name YOU")
        pressed = asyncio.ensure_future(_pressed())
        answer = asyncio.ensure_future(scene.until(lambda: len(scene.answers) > answered))
        await asyncio.wait({pressed, answer}, timeout=WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        taken = any(a.position == line.act.position for a in scene.answers[answered:])
        by_key = pressed.done() and not pressed.cancelled()
        for waiting in (pressed, answer):
            waiting.cancel()
        await asyncio.gather(pressed, answer, return_exceptions=True)
        return (
            None if taken else line.model_copy(update={"act": line.act.model_copy(update={"name": "at the terminal"})}) if by_key else line
        )


async def _pressed() -> None:
    """Return when a key has been pressed. The terminal is given back as it was."""
    import termios
    import tty

    loop, pressed, keys = asyncio.get_running_loop(), asyncio.Event(), sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    tty.setcbreak(keys)
    loop.add_reader(keys, pressed.set)
    try:
        await pressed.wait()
        os.read(keys, 100)
    finally:
        loop.remove_reader(keys)
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


class Show:
    """One story as its audience sees it. `kill`: end one worker at the second fact; `back`: let it start again."""

    def __init__(
        self, story: Story, teller: Teller, *, mail: Mails | None, kill: Callable[[], None] | None, back: Callable[[], Awaitable[str]]
    ) -> None:
        facts = [line for line in story.lines if line.fact]
        self._victim_at = facts[min(1, len(facts) - 1)].at if kill else None
        self._teller, self._mail, self._kill, self._back = teller, mail, kill, back
        self._killed_at: float | None = None

    def audience(self, act: Callable[[Line, Scene], Awaitable[Line | None]]) -> Audience:
        """How the stage sees us."""
        return Audience(self._published, self._settled, act)

    async def _published(self, moment: Moment) -> None:
        """The fact is on Kafka and nobody has dealt with it: the worst moment for a worker to die."""
        if self._kill and self._killed_at is None and any(line.at == self._victim_at for line in moment.lines if line.fact):
            self._kill()
            self._killed_at = time.monotonic()

    async def _settled(self, moment: Moment) -> None:
        if self._killed_at is not None and self._kill:
            seconds, self._kill = time.monotonic() - self._killed_at, None
            self._teller.aside(f"kill -9 worker 1 … worker 2 holds all {_SEATS} seats, done in {seconds:.1f} s      {await self._back()}")
        self._teller.facts(moment.lines)
        self._teller.what_came_of_it(moment.scene)
        if self._mail and moment.scene.outcomes:
            show, self._mail = self._mail, None
            for line in await show(moment.scene):
                self._teller.plain(line)


# --------------------------------------------------------------------------- words


def _fact_words(line: Line) -> str:
    assert line.fact  # noqa: S101  the caller has looked
    fact = line.fact.fact()
    if not isinstance(fact, IncidentBulletin):
        return line.fact.word.replace("-", " ")
    stated = {"dead": fact.dead, "injured": fact.injured.total, "treated": fact.injured.treated}
    counts = ", ".join(f"{count} {name}" for name, count in stated.items() if count is not None) or "time and cause only"
    where = " ".join(filter(None, (fact.unit, fact.estate and fact.estate.upper())))
    return f"{fact.asserted_by.name}: {counts}; {fact.firm.upper()} {where}"


def _reason(reason: Reason) -> str:
    said = BECAUSE[reason.because].en if reason.because in BECAUSE else reason.because
    return said if reason.figure is None else f"{said} {reason.figure} >= {reason.threshold}"


def _told_words(word: Escalation, level: int = 0) -> str:
    new = [told.position for told in word.told if told.level == level]
    again = f", and {len(word.told) - len(new)} again" if len(word.told) > len(new) and level > 1 else ""
    return f"   told {len(new)}: {_names(new)}{again}" if new else "   all told again"


def _names(positions: Iterable[str]) -> str:
    """Positions in few words: several of the ministry's are counted."""
    named: list[str] = []
    for ours, group in groupby(positions, key=lambda position: position.startswith(("dir-", "dg-"))):
        several = list(group)
        named += [f"{len(several)} ministry"] if ours and len(several) > 1 else [_short(position) for position in several]
    return ", ".join(named)


def _short(position: str) -> str:
    prefix, _, where = position.partition(":")
    return where.upper() if prefix == "estate" else POSITIONS[prefix].id if prefix in POSITIONS else position


def _newest(taken: Sequence[Taken]) -> Sequence[Taken]:
    """Those who took the revision that was taken last."""
    return [each for each in taken if each.stops and each.revision == taken[-1].revision]


def _count_told(word: Escalation, scene: Scene) -> int:
    return len({d.position for d in _deliveries(word, scene) if d.at == word.at})


def _deliveries(word: Escalation, scene: Scene, revision: int | None = None) -> list[Delivery]:
    return [d for d in scene.deliveries.values() if d.escalation == word.id and d.revision == (revision or word.revision)]


def _figures(word: Escalation, scene: Scene, revision: int) -> dict[str, int]:
    told = _deliveries(word, scene, revision)
    return {figure.name: figure.headline.value for figure in told[-1].situation.figures} if told else {}


def _changes(word: Escalation, scene: Scene) -> str:
    """`12 -> 13 dead, 46 injured`."""
    old, new = _figures(word, scene, word.revision - 1), _figures(word, scene, word.revision)
    said = [
        f"{old[name]} -> {new[name]} {FIGURES[name].en}" if name in old else f"{new[name]} {FIGURES[name].en}"
        for name in _MAIN_FIGURES
        if name in new and old.get(name) != new[name]
    ]
    return ", ".join(said) or "no count changed, but what is known did"


def _span(minutes: int) -> str:
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _abbreviation(zone: str) -> str:
    return {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}.get(zone, zone)


def _fitted(line: str) -> str:
    return line if len(line) <= COLUMNS else f"{line[: COLUMNS - 1]}…"
