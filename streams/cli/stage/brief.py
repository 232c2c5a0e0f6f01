"""Brief: a story of deadlines in one line. In: the story, and the scene at its end. Out: how many reported, and who was written to."""

from collections import Counter
from collections.abc import Mapping, Sequence

from schemas.escalation import Delivery, MessageType
from schemas.surveillance import DigestSituation
from schemas.topics import REPORTS
from schemas.word import UtcMs
from streams.cli.stage.clusters import Clusters, is_of_cases
from streams.cli.stage.scene import Scene
from streams.cli.stage.screen import Screen
from streams.cli.stage.show import Teller
from streams.simulate.story import DESIGN, Line, Story

_NAME = 11


def teller_of(story: Story, screen: Screen, lines: int) -> Teller:
    """Who tells a story in so many lines."""
    if lines == 1:
        return Brief(story, screen, lines)
    return Clusters(story, screen, lines) if is_of_cases(story) else Teller(story, screen, lines)


class Brief(Teller):
    """Waits until the story is over, and sums it up."""

    def __init__(self, story: Story, screen: Screen, lines: int) -> None:
        super().__init__(story, screen, lines)
        self._name = story.title.partition(":")[0].upper()
        self._reports = sum(1 for line in story.lines if line.fact and line.fact.topic == REPORTS)

    def title(self, more: str = "") -> None:
        """The one line has it."""

    def what_happened(self, lines: Sequence[Line], scene: Scene) -> None:
        """Thousands of reports are no news."""

    def rest(self, until: UtcMs, scene: Scene) -> None:
        """The line."""
        came_of_it = _sum(scene) if scene.deliveries else f"{self._reports:,} reports in, 0 messages out"
        self._screen.line(f"{self._name:{_NAME}} {came_of_it}")


def _sum(scene: Scene) -> str:
    """What was due and absent when it was decided, and how many offices got how many mails about it at once."""
    counts = _counts(scene)
    due, absent = counts.get("due", 0), counts.get("absent", 0)
    offices = Counter(d.to.receiver for d in scene.deliveries.values() if _is_first_mail(d))
    share = f" ({round(100 * absent / due)} %, {DESIGN})" if due else ""
    each = f"{len(offices)} offices, {_span(offices)} each" if offices else "nobody told"
    return f"{due:,} due, {absent:,} absent{share}, proven complete, {each}"


def _is_first_mail(delivery: Delivery) -> bool:
    situation = delivery.situation
    return isinstance(situation, DigestSituation) and delivery.to.channel == "mail" and delivery.msg_type is MessageType.ALERT


def _counts(scene: Scene) -> Mapping[str, int]:
    """Of the last deadline that was decided, over all estates."""
    last = max((word.share.period for word in scene.tallies.values() if word.share), default="")
    counts: Counter[str] = Counter()
    for word in scene.tallies.values():
        if word.share and word.share.period == last:
            counts.update(dict(word.share.numbers))
    return counts


def _span(offices: Counter[str]) -> str:
    least, most = min(offices.values()), max(offices.values())
    return f"{least} mail{'s' * (most > 1)}" if least == most else f"{least} to {most} mails"
