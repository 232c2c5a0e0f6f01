"""Pace: the lock-step of a story (design §3). What remains and what the line waits for in; what to publish next, and up to when, out.

The driver publishes the lines of a burst, then the watermark, lets the line settle, and asks again with the least `due_at` reported.
The same function drives the rooms in memory and the live publisher.
"""

from typing import NamedTuple

from schemas.word import UtcMs
from streams.simulate.story import Line, Story


class Pace(NamedTuple):
    """Where a story stands: the lines to come, the watermark so far, and when it ends."""

    lines: tuple[Line, ...]
    at: UtcMs
    until: UtcMs


class Burst(NamedTuple):
    """Lines to publish at once, and the watermark to set after them."""

    lines: tuple[Line, ...]
    watermark: UtcMs


def start(story: Story) -> tuple[Burst, Pace]:
    """The first burst sets the clock of the story; the register has been published before it."""
    return Burst((), story.starts), Pace(story.lines, story.starts, story.until)


def go_on(pace: Pace, due_at: UtcMs | None) -> tuple[Burst, Pace] | None:
    """The next burst, or None when the story has ended.

    It reaches to the next act or incident line, to the instant that a room waits for, or to the end, whichever comes first. A `due_at`
    that has been reached already is somebody's who waits for something else than time.
    """
    if not pace.lines and pace.at >= pace.until:
        return None
    watermark = _next_instant(pace, due_at)
    count = sum(line.at <= watermark for line in pace.lines)
    return Burst(pace.lines[:count], watermark), pace._replace(lines=pace.lines[count:], at=watermark)


def _next_instant(pace: Pace, due_at: UtcMs | None) -> UtcMs:
    stop = next((line.at for line in pace.lines if line.stops), pace.until)
    waited_for = due_at if due_at is not None and due_at > pace.at else pace.until
    return min(stop, waited_for, pace.until)
