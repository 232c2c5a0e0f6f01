"""Letterbox: whose turn it is at one receiver, and what the others wait for. Knows tokens and order; not what the letters say."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from schemas.policy import Delivering
from schemas.word import UtcMs
from streams.pipeline.delivery.memory import Letterbox, Thread, Wait
from streams.pipeline.delivery.thread import held_until
from streams.pipeline.line import Due

MINUTE_MS = 60_000
MOST_WAITING = 1_000
"""Threads that may wait at one receiver: at a message per ten minutes a week of them. Beyond it the last in order is given up."""


class Queued(NamedTuple):
    """A waiting letter and its thread."""

    escalation: str
    thread: Thread
    wait: Wait


class Turn(NamedTuple):
    """Who goes now, if anybody may; else when to look again."""

    up: Queued | None
    due: Due = Due()


def in_order(threads: Iterable[tuple[str, Thread]]) -> list[Queued]:
    """All waiting letters: free ones first, then the higher grade, then the oldest (law 11)."""
    queue = [Queued(escalation, thread, wait) for escalation, thread in threads for wait in thread.waiting]
    return sorted(queue, key=lambda queued: (not queued.wait.free, -queued.wait.rank, queued.wait.queued))


def turn(box: Letterbox, queue: list[Queued], delivering: Delivering) -> Turn:
    """The first in order whom nothing holds back.

    Only ticks end a wait (law 3); a letter's own arrival counts for itself. Tokens of letters of a higher grade that wait for something
    else stay reserved for them, so that none is held back by a lower one.
    """
    ats: set[UtcMs] = set()
    walls: set[UtcMs] = set()
    window = delivering.coalesce_minutes * MINUTE_MS
    tokens = delivering.bucket - missing(box, delivering)
    next_token = _next_token(box, delivering)
    for queued, reserved in zip(queue, _reserved(queue), strict=True):
        wait = queued.wait
        next_try = max(wait.not_before, box.paused_until)
        joins = held_until(queued.thread, wait, window)
        resting = next_try > max(box.ticked_wall, wait.wall)
        joining = joins > max(box.ticked_at, wait.at)
        broke = _pays(wait) and tokens <= reserved
        if not (resting or joining or broke):
            return Turn(queued)
        walls.update((next_try,) if resting else ())
        ats.update((joins,) if joining else (), next_token if broke else ())
    return Turn(None, Due(at=min(ats, default=None), wall=min(walls, default=None)))


def _reserved(queue: list[Queued]) -> Iterator[int]:
    """For each letter in order, how many letters of a strictly higher grade still have to pay."""
    higher, equal, rank = 0, 0, 0
    for queued in queue:
        if queued.wait.rank != rank:
            higher, equal, rank = higher + equal, 0, queued.wait.rank
        yield higher
        equal += _pays(queued.wait)


def _pays(wait: Wait) -> bool:
    return not (wait.free or wait.paid)


def missing(box: Letterbox, delivering: Delivering) -> int:
    """How many tokens the bucket lacks now, in the time of law."""
    return max(0, box.spent - (box.at - box.spent_since) // (delivering.refill_minutes * MINUTE_MS))


def _next_token(box: Letterbox, delivering: Delivering) -> tuple[UtcMs, ...]:
    refill = delivering.refill_minutes * MINUTE_MS
    return (box.spent_since + ((box.at - box.spent_since) // refill + 1) * refill,) if missing(box, delivering) else ()


def charged(box: Letterbox, wait: Wait, delivering: Delivering) -> Letterbox:
    """The letterbox after this letter's first try: one token per letter, however often it is tried; none for a free one."""
    if not _pays(wait):
        return box
    lacking = missing(box, delivering)
    refill = delivering.refill_minutes * MINUTE_MS
    since = box.at - (box.at - box.spent_since) % refill if lacking else box.at
    return replace(box, spent=lacking + 1, spent_since=since)
