"""Letterbox: whose turn it is at one receiver, and what the others wait for. Knows tokens and order; not what the letters say."""

from bisect import insort
from collections.abc import Callable, Iterator
from heapq import merge
from typing import NamedTuple

from msgspec.structs import replace

from schemas.policy import Delivering
from schemas.word import UtcMs
from streams.pipeline.delivery.memory import Letterbox, Queued, Thread, Wait
from streams.pipeline.delivery.thread import held_until
from streams.pipeline.line import Due

MINUTE_MS = 60_000

ThreadOf = Callable[[str], Thread]


class Up(NamedTuple):
    """A waiting letter and its thread."""

    name: str
    thread: Thread
    wait: Wait


class Turn(NamedTuple):
    """Who goes now, if anybody may; else when to look again."""

    up: Up | None
    due: Due = Due()


def queued_up(box: Letterbox, name: str, thread: Thread) -> Letterbox:
    """The letterbox with the letters of one thread in their places."""
    waiting = [one for one in box.waiting if one.thread != name]
    passing = [one for one in box.passing if one.thread != name]
    for wait in thread.waiting:
        insort(waiting if _pays(wait) else passing, Queued(int(not wait.free), -wait.rank, wait.queued, name))
    return replace(box, waiting=tuple(waiting), passing=tuple(passing))


def in_order(box: Letterbox, thread_of: ThreadOf) -> Iterator[Up]:
    """All waiting letters in the order in which they go."""
    return (letter_of(queued, thread_of) for queued in merge(box.passing, box.waiting))


def letter_of(queued: Queued, thread_of: ThreadOf) -> Up:
    """The letter at a place."""
    thread = thread_of(queued.thread)
    return Up(queued.thread, thread, next(wait for wait in thread.waiting if wait.queued == queued.queued))


def turn(box: Letterbox, thread_of: ThreadOf, delivering: Delivering) -> Turn:
    """The first in order whom nothing holds back.

    Only ticks end a wait (law 3); a letter's own arrival counts for itself. Whoever has no token is not even looked at.
    """
    ats: set[UtcMs] = set()
    walls: set[UtcMs] = set()
    window = delivering.coalesce_minutes * MINUTE_MS
    payers = tuple(_payers(box, delivering.bucket - missing(box, delivering)))
    for queued in merge(box.passing, payers):
        up = letter_of(queued, thread_of)
        wait = up.wait
        next_try = max(wait.not_before, box.paused_until)
        joins = held_until(up.thread, wait, window)
        resting = next_try > max(box.ticked_wall, wait.wall)
        joining = joins > max(box.ticked_at, wait.at)
        if not (resting or joining):
            return Turn(up)
        walls.update((next_try,) if resting else ())
        ats.update((joins,) if joining else ())
    ats.update(_next_token(box, delivering) if len(payers) < len(box.waiting) else ())
    return Turn(None, Due(at=min(ats, default=None), wall=min(walls, default=None)))


def _payers(box: Letterbox, tokens: int) -> Iterator[Queued]:
    """Those that pay, as far as the tokens go.

    Tokens of letters of a higher rank that wait for something else stay reserved for them, so that none is held back by a lower one.
    """
    higher, equal, rank = 0, 0, 0
    for queued in box.waiting:
        if queued.minus_rank != rank:
            higher, equal, rank = higher + equal, 0, queued.minus_rank
        if tokens <= higher:
            return
        yield queued
        equal += 1


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
