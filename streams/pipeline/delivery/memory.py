"""Memory of DELIVERY: what is kept of a receiver, of each thread with that receiver, and of each letter that has not ended.

Three kinds of entries, each far below 64 KB: `receiver` (the letterbox), `receiver/thread` (the thread), and `receiver/thread/delivery`
(the letter itself, written once when it arrives, closed when it ends). Only the letter is heavy.
"""

import msgspec

from schemas.delivery import Seen
from schemas.escalation import Delivery
from schemas.word import Part, UtcMs

MOST_KNOWN = 1_000
"""Ids remembered per thread: 25 KB of an entry. An escalation of three days has some dozens."""

MOST_COALESCED = 50
"""Ids named of the letters that a letter stands for; the rest are counted."""


class Wait(Part, frozen=True, array_like=True):
    """A letter on its way: what queueing, coalescing and retrying must know of it, without its text.

    seq: its place in the order of arrival. queued: the place of the oldest letter that it stands for, so that being updated costs
    nobody their turn. at, wall: when it arrived. free: it passes without a token (law 11). in_doubt: tries that may have reached the
    receiver, their outcome being unknown. not_before: the broker's time of the next try.
    """

    id: str
    matter: str
    address: str
    channel: str
    revision: int
    seq: int
    queued: int
    at: UtcMs
    wall: UtcMs
    rank: int
    peak: int
    cancel: bool
    free: bool
    paid: bool = False
    tries: int = 0
    failures: int = 0
    in_doubt: tuple[int, ...] = ()
    not_before: UtcMs = 0
    coalesced: tuple[str, ...] = ()
    more_coalesced: int = 0


class Open(Part, frozen=True, array_like=True):
    """The one open attempt. `lapses`: the broker's time from which nobody can still be executing it.

    ended: a late receipt of an earlier try has ended the delivery, but this try may still be in a sender's hand.
    """

    thread: str
    wait: Wait
    at: UtcMs
    lapses: UtcMs
    begun: bool = False
    ended: bool = False


class Disabled(Part, frozen=True, array_like=True):
    """The address that answered "never again" (410), and its words."""

    address: str
    answer: str


class Queued(Part, frozen=True, array_like=True, order=True):
    """A waiting letter's place: free ones first (behind 0, then 1), then the higher rank, then the oldest (law 11).

    queued: as in `Wait`, by which the letter is found in its thread.
    """

    behind: int
    minus_rank: int
    queued: int
    thread: str


class Letterbox(Part, frozen=True, array_like=True, tag="letterbox"):
    """One receiver. `at` is the latest time of law heard of; `ticked_at` and `ticked_wall` are the last tick's, which alone end waits.

    spent, spent_since: tokens missing from the bucket, and the instant from which the next one is counted. failures: in a row.
    waiting: the places of letters that need a token; passing: of those that need none, or none any more; both in the order of going.
    """

    at: UtcMs = 0
    ticked_at: UtcMs = 0
    ticked_wall: UtcMs = 0
    arrived: int = 0
    spent: int = 0
    spent_since: UtcMs = 0
    failures: int = 0
    paused_until: UtcMs = 0
    open: Open | None = None
    disabled: Disabled | None = None
    waiting: tuple[Queued, ...] = ()
    passing: tuple[Queued, ...] = ()


class Line(Part, frozen=True, array_like=True):
    """One matter of a thread: the newest revision that arrived, and what the receiver was last told (or may have been)."""

    matter: str
    revision: int = -1
    id: str = ""
    cancelled: bool = False
    told_at: UtcMs | None = None
    told_rank: int = 0
    told_peak: int = 0


class Thread(Part, frozen=True, array_like=True, tag="thread"):
    """What one receiver is told of one escalation, or of one digest.

    root: the first delivery that reached the receiver, or may have; empty until one did. known: revisions and ids that have arrived, so
    that a repeated one says nothing (law 5); `forgotten` is the highest revision among those no longer listed.
    """

    root: str = ""
    seen: Seen | None = None
    lines: tuple[Line, ...] = ()
    waiting: tuple[Wait, ...] = ()
    known: tuple[tuple[int, str], ...] = ()
    forgotten: int = -1
    touched: UtcMs = 0

    def line(self, matter: str) -> Line:
        """The line of that matter; an empty one when nothing has been said of it."""
        return next((line for line in self.lines if line.matter == matter), Line(matter))

    def with_line(self, line: Line) -> "Thread":
        """A copy with this line in the place of its matter's."""
        others = tuple(other for other in self.lines if other.matter != line.matter)
        return msgspec.structs.replace(self, lines=(*others, line))

    def without(self, wait: Wait) -> "Thread":
        """A copy in which that letter no longer waits."""
        return msgspec.structs.replace(self, waiting=tuple(w for w in self.waiting if w.id != wait.id))

    def with_waiting(self, wait: Wait) -> "Thread":
        """A copy in which that letter waits."""
        return msgspec.structs.replace(self, waiting=(*self.waiting, wait))

    def knows(self, delivery: Delivery) -> bool:
        """Whether this delivery has arrived before."""
        return delivery.revision <= self.forgotten or any(delivery.id == known for _, known in self.known)

    def with_known(self, delivery: Delivery) -> "Thread":
        """A copy that will recognise this delivery. ESCALATION counts revisions upwards: of the forgotten ones it says nothing new."""
        known = (*self.known, (delivery.revision, delivery.id))
        forgotten = max((self.forgotten, *(revision for revision, _ in known[:-MOST_KNOWN])))
        return msgspec.structs.replace(self, known=known[-MOST_KNOWN:], forgotten=forgotten)


class Letter(Part, frozen=True, array_like=True, tag="letter"):
    """A delivery that has not ended."""

    delivery: Delivery


def thread_key(receiver: str, thread: str) -> str:
    """The entry of a thread. Ids hold no slash."""
    return f"{receiver}/{thread}"


def letter_key(receiver: str, thread: str, delivery: str) -> str:
    """The entry of a letter."""
    return f"{receiver}/{thread}/{delivery}"
