"""Thread: which of a thread's waiting letters still has to be told, and when. Knows revisions and windows; not budgets or senders."""

from typing import NamedTuple

from msgspec.structs import replace

from schemas.delivery import Seen
from schemas.escalation import Delivery, MessageType, Why
from schemas.intake import Grade
from schemas.word import UtcMs
from streams.pipeline.delivery.memory import MOST_KNOWN, Letterbox, Line, Thread, Wait

DAY_MS = 86_400_000
FACTS = "facts"
QUIET_AFTER_CANCEL_MS = 30 * DAY_MS
QUIET_MS = 366 * DAY_MS
"""A thread is forgotten when it has been quiet for a month after its end was told, or for a year without one: a repeated delivery
comes within hours, an escalation that opens again within days, and an entry is a few hundred bytes."""

_RANKS = {grade.value: rank for rank, grade in enumerate(sorted(Grade), start=1)}


class Withdrawn(NamedTuple):
    """A letter that need not be told, and the one that tells it; empty when nothing has to be told at all."""

    wait: Wait
    stands_for: str


def as_wait(delivery: Delivery, box: Letterbox, wall: UtcMs) -> Wait:
    """A delivery as it enters the queue of its letterbox.

    First messages of S4 and S5 are free (law 11): ESCALATION marks those grades urgent, and first are alerts and risen grades.
    """
    first = delivery.msg_type is MessageType.ALERT or (delivery.why is Why.GRADE_ROSE and delivery.msg_type is MessageType.UPDATE)
    return Wait(
        id=delivery.id,
        topic=delivery.topic,
        address=delivery.address,
        channel=delivery.channel,
        revision=delivery.revision,
        seq=box.arrived,
        queued=box.arrived,
        at=delivery.at,
        wall=wall,
        rank=_RANKS.get(delivery.grade, 0),
        dead=dict(delivery.situation.numbers()).get("dead", 0),
        cancel=delivery.msg_type is MessageType.CANCEL,
        free=delivery.urgent and first,
    )


def overtaken_by(thread: Thread, wait: Wait) -> str | None:
    """The delivery that has told, or will tell, something newer than this one; None when this one is the newest."""
    newer = [line for line in thread.lines if line.revision > wait.revision and _concerns(line, wait)]
    return max(newer, key=lambda line: (line.revision, line.id != "")).id if newer else None


def with_arrival(thread: Thread, wait: Wait) -> Thread:
    """The thread with a letter that nothing has overtaken."""
    line = replace(thread.line(wait.topic), revision=wait.revision, id=wait.id, cancelled=wait.cancel)
    return thread.with_line(line).with_waiting(wait)


def settle(thread: Thread, in_hand: Wait | None) -> tuple[Thread, tuple[Withdrawn, ...]]:
    """Only the newest letter of each topic waits on; the end of the facts takes all topics with it, and is taken by whatever follows it.

    in_hand: the letter of this thread whose attempt is open. Nobody is told of the end of what they never heard of.
    """
    if len(thread.waiting) == 0:
        return thread, ()
    waiting, withdrawn = _supersede(thread.waiting)
    settled = replace(thread, waiting=tuple(waiting))
    if thread.root or in_hand:
        return settled, tuple(withdrawn)
    return _hush(settled, withdrawn)


def _supersede(waiting: tuple[Wait, ...]) -> tuple[list[Wait], list[Withdrawn]]:
    queue = sorted(waiting, key=lambda wait: (wait.revision, wait.seq))
    kept: list[Wait] = []
    withdrawn: list[Withdrawn] = []
    for place, wait in enumerate(queue):
        later = [i for i in range(place + 1, len(queue)) if _concerns(queue[i], wait)]
        if not later:
            kept.append(wait)
            continue
        queue[later[-1]] = _standing_for(queue[later[-1]], wait)
        withdrawn.append(Withdrawn(wait, queue[later[-1]].id))
    return kept, withdrawn


def _concerns(newer: Wait | Line, older: Wait) -> bool:
    """Letters of one topic concern each other; the end of the facts concerns every topic, that of another matter only its own."""
    ends = newer.cancelled if isinstance(newer, Line) else newer.cancel
    return newer.topic == older.topic or (ends and newer.topic == FACTS) or (older.cancel and older.topic == FACTS)


def _standing_for(newer: Wait, older: Wait) -> Wait:
    """The newer letter in the older one's place: its turn, its free passage, and how far its tries had come."""
    at_once = newer.cancel or newer.free or _rises(newer, older.rank, older.dead)
    return replace(
        newer,
        queued=min(newer.queued, older.queued),
        free=newer.free or older.free,
        failures=max(newer.failures, older.failures),
        not_before=newer.not_before if at_once else max(newer.not_before, older.not_before),
        coalesced=(*newer.coalesced, *older.coalesced, older.id)[-MOST_KNOWN:],
    )


def _hush(thread: Thread, withdrawn: list[Withdrawn]) -> tuple[Thread, tuple[Withdrawn, ...]]:
    cancels = {wait.id: wait for wait in thread.waiting if wait.cancel}
    for cancel in cancels.values():
        thread = thread.without(cancel).with_line(replace(thread.line(cancel.topic), id=""))
    untold = [Withdrawn(w, "" if stands_for in cancels else stands_for) for w, stands_for in withdrawn]
    return thread, (*untold, *(Withdrawn(cancel, "") for cancel in cancels.values()))


def held_until(thread: Thread, wait: Wait, window: UtcMs) -> UtcMs:
    """Until when, in the time of law, an update waits for others to join it; 0 when it does not.

    A rise of grade or of deaths, an end, a first message, and a letter that has been tried already wait for nothing (G8, law 11).
    """
    if wait.tries or wait.free or wait.cancel:
        return 0
    line = thread.line(wait.topic)
    return 0 if line.told_at is None or _rises(wait, line.told_rank, line.told_dead) else line.told_at + window


def _rises(wait: Wait, rank: int, dead: int) -> bool:
    return wait.rank > rank or wait.dead > dead


def with_told(thread: Thread, wait: Wait, at: UtcMs) -> Thread:
    """The thread after a message that reached the receiver, or may have; it left at `at`."""
    line = replace(thread.line(wait.topic), told_at=at, told_rank=wait.rank, told_dead=wait.dead)
    return replace(thread, root=thread.root or wait.id).with_line(line)


def with_accepted(thread: Thread, delivery: Delivery) -> Thread:
    """The thread after an acceptance: what the receiver has now seen. An older message of another topic takes nothing back."""
    if thread.seen and thread.seen.revision > delivery.revision:
        return thread
    return replace(thread, seen=Seen(delivery.revision, delivery.grade, delivery.at, delivery.situation.numbers()))


def closes_at(thread: Thread) -> UtcMs:
    """When a quiet thread may be forgotten."""
    newest = max(thread.lines, key=lambda line: (line.revision, line.cancelled), default=Line(""))
    return thread.touched + (QUIET_AFTER_CANCEL_MS if newest.cancelled else QUIET_MS)
