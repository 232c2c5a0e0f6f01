"""Story time: the line in memory, moved by the story's own watermarks in lock-step (design.md §3). A story, or the lines of a file, in.

Before time moves to an instant, it stops at every instant before it that anything waits for; so the line in memory ticks as a story on
Kafka does.
"""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.cloud import Message
from schemas.escalation import Escalation
from schemas.ids import STORY
from schemas.topics import ESCALATIONS, INTAKE_TOPICS, Topic
from schemas.word import UtcMs, format_time
from streams.pipeline.line import Record
from streams.replay.dry_run import DryRun
from streams.simulate import pace, story


class Spoken(NamedTuple):
    """A line of a file: what is published, and where. at: when it was received; None if nothing says so.

    through: what a watermark vouches for; it goes to every partition that INTAKE reads. moves: whether it is the story's own.
    """

    number: int
    topic: Topic
    message: Message
    at: UtcMs | None = None
    through: UtcMs | None = None
    moves: bool = False


class Heard(NamedTuple):
    """What became of a file: where each line was published, and when it ended."""

    origins: dict[tuple[str, int, int], int]
    until: UtcMs


def publish(line: DryRun, event: story.Event, *, binary: bool = True) -> Record:
    """One event, in either mode."""
    message = event.binary() if binary else event.structured()
    return line.publish(event.topic, message.value, headers=message.headers, partition=event.partition or 0)


def move(line: DryRun, at: UtcMs) -> None:
    """Everything up to `at` has been published: time is `at`, and the line deals with it."""
    for event in story.marks(STORY, format_time(at), at, INTAKE_TOPICS):
        publish(line, event)
    line.settle()


def go_on(line: DryRun, now: UtcMs, at: UtcMs) -> None:
    """From `now` on through every instant before `at` that anything waits for."""
    while (due := line.least_due()) is not None and now < due < at:
        move(line, due)
        now = due


def play(line: DryRun, told: story.Story, *, binary: bool = True) -> tuple[str, ...]:
    """A whole story with its acts. Answers what could not be done: an act on something that nobody was told of."""
    undone: list[str] = []
    for event in story.registry_events(told):
        publish(line, event, binary=binary)
    line.settle()
    burst, rest = pace.start(told)
    while True:
        for each in burst.lines:
            for event in story.line_events(told, each):
                publish(line, event, binary=binary)
            if each.act:
                try:
                    publish(line, story.act_event(told, each, _escalations(line)))
                except story.NobodyToldError as error:
                    undone.append(f"{format_time(each.at)} {each.act.act} as {each.act.position}: {error}")
        move(line, burst.watermark)
        following = pace.go_on(rest, line.least_due())
        if following is None:
            return tuple(undone)
        burst, rest = following


def read_out(line: DryRun, lines: Iterable[Spoken], *, until: UtcMs | None = None) -> Heard:
    """The lines of a file in their order. Time goes to when each was received, unless the file moves it itself; and then to `until`."""
    spoken = tuple(lines)
    moves_itself, now, origins = any(each.moves for each in spoken), 0, dict[tuple[str, int, int], int]()
    for each in spoken:
        instant = each.through if each.moves else None if moves_itself else each.at
        if until is not None and max(instant or 0, each.at or 0) > until:
            continue
        if instant is not None and instant > now:
            if now and not moves_itself:
                move(line, now)
            go_on(line, now, instant)
            now = instant
        if each.moves:
            move(line, now)
        else:
            origins |= {(r.topic, r.partition, r.offset): each.number for r in _said(line, each)}
            line.settle()
    end = max(now, until or 0)
    if now and not moves_itself:
        move(line, now)
    if end > now:
        go_on(line, now, end)
        move(line, end)
    return Heard(origins, end)


def _said(line: DryRun, each: Spoken) -> list[Record]:
    """A fact goes to its topic; a watermark to every partition, because a file has no partitions."""
    if each.through is None:
        places = [(each.topic, 0)]
    else:
        places = [(topic, partition) for topic in INTAKE_TOPICS for partition in range(topic.partitions)]
    return [line.publish(topic, each.message.value, headers=each.message.headers, partition=p) for topic, p in places]


def _escalations(line: DryRun) -> list[Escalation]:
    return [word for word in line.words(ESCALATIONS) if isinstance(word, Escalation)]
