"""Thread: which of a thread's waiting letters still has to be told, and when. Knows revisions and windows; not budgets or senders."""

from typing import NamedTuple

from msgspec.structs import replace

from schemas.delivery import Seen
from schemas.escalation import FACTS, Delivery, MessageType, Why
from schemas.policy import Delivering
from schemas.word import UtcMs
from streams.pipeline.delivery.memory import MOST_COALESCED, Letterbox, Line, Thread, Wait

DAY_MS = 86_400_000


class Withdrawn(NamedTuple):
    """A letter that need not be told, and the one that tells it; empty when nothing has to be told at all."""

    wait: Wait
    stands_for: str


def as_wait(delivery: Delivery, box: Letterbox, wall: UtcMs) -> Wait:
    """A delivery as it enters the queue of its letterbox.

    First messages of the gravest are free (law 11): ESCALATION marks those grades urgent, and first are alerts and risen grades. What a
    system passes on is free of a person's budget.
    """
    first = delivery.msg_type is MessageType.ALERT or (delivery.why is Why.GRADE_ROSE and delivery.msg_type is MessageType.UPDATE)
    return Wait(
        id=delivery.id,
        matter=delivery.matter,
        address=delivery.to.address,
        channel=delivery.to.channel,
        revision=delivery.revision,
        seq=box.arrived,
        queued=box.arrived,
        at=delivery.at,
        wall=wall,
        rank=delivery.rank,
        peak=delivery.peak,
        cancel=delivery.msg_type is MessageType.CANCEL,
        free=delivery.to.batch or (delivery.urgent and first),
    )


def overtaken_by(thread: Thread, wait: Wait) -> str | None:
    """The delivery that has told, or will tell, something newer than this one; None when this one is the newest."""
    newer = [line for line in thread.lines if line.revision > wait.revision and _concerns(line, wait)]
    return max(newer, key=lambda line: (line.revision, line.id != "")).id if newer else None


def with_arrival(thread: Thread, wait: Wait) -> Thread:
    """The thread with a letter that nothing has overtaken."""
    line = replace(thread.line(wait.matter), revision=wait.revision, id=wait.id, cancelled=wait.cancel)
    return thread.with_line(line).with_waiting(wait)


def settle(thread: Thread, in_hand: Wait | None) -> tuple[Thread, tuple[Withdrawn, ...]]:
    """Only the newest letter of each matter waits on; the end of the facts takes all matters with it, and is taken by whatever follows it.

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
    """Letters of one matter concern each other; the end of the facts concerns every matter, that of another only its own."""
    ends = newer.cancelled if isinstance(newer, Line) else newer.cancel
    return newer.matter == older.matter or (ends and newer.matter == FACTS) or (older.cancel and older.matter == FACTS)


def _standing_for(newer: Wait, older: Wait) -> Wait:
    """The newer letter in the older one's place: its turn, its free passage, and how far its tries had come."""
    coalesced = (*newer.coalesced, *older.coalesced, older.id)
    at_once = newer.cancel or newer.free or _rises(newer, older.rank, older.peak)
    return replace(
        newer,
        queued=min(newer.queued, older.queued),
        free=newer.free or older.free,
        failures=max(newer.failures, older.failures),
        not_before=newer.not_before if at_once else max(newer.not_before, older.not_before),
        coalesced=coalesced[-MOST_COALESCED:],
        more_coalesced=newer.more_coalesced + older.more_coalesced + len(coalesced[:-MOST_COALESCED]),
    )


def _hush(thread: Thread, withdrawn: list[Withdrawn]) -> tuple[Thread, tuple[Withdrawn, ...]]:
    cancels = {wait.id: wait for wait in thread.waiting if wait.cancel}
    for cancel in cancels.values():
        thread = thread.without(cancel).with_line(replace(thread.line(cancel.matter), id=""))
    untold = [Withdrawn(w, "" if stands_for in cancels else stands_for) for w, stands_for in withdrawn]
    return thread, (*untold, *(Withdrawn(cancel, "") for cancel in cancels.values()))


def held_until(thread: Thread, wait: Wait, window: UtcMs) -> UtcMs:
    """Until when, in the time of law, an update waits for others to join it; 0 when it does not.

    A rise of the rank or of the peak, an end, a first message, and a letter that has been tried already wait for nothing (G8, law 11).
    """
    if wait.tries or wait.free or wait.cancel:
        return 0
    line = thread.line(wait.matter)
    return 0 if line.told_at is None or _rises(wait, line.told_rank, line.told_peak) else line.told_at + window


def _rises(wait: Wait, rank: int, peak: int) -> bool:
    return wait.rank > rank or wait.peak > peak


def with_told(thread: Thread, wait: Wait, at: UtcMs) -> Thread:
    """The thread after a message that reached the receiver, or may have; it left at `at`."""
    line = replace(thread.line(wait.matter), told_at=at, told_rank=wait.rank, told_peak=wait.peak)
    return replace(thread, root=thread.root or wait.id).with_line(line)


def seen_of(delivery: Delivery) -> Seen:
    """What its reader has seen when it has arrived."""
    situation = delivery.situation
    return Seen(delivery.revision, delivery.grade, delivery.at, situation.numbers(), situation.aspects())


def with_accepted(thread: Thread, delivery: Delivery) -> Thread:
    """The thread after an acceptance: what the receiver has now seen. An older message of another matter takes nothing back."""
    if thread.seen and thread.seen.revision > delivery.revision:
        return thread
    return replace(thread, seen=seen_of(delivery))


def closes_at(thread: Thread, delivering: Delivering) -> UtcMs:
    """When a quiet thread may be forgotten: a repeated delivery comes within hours, an escalation that opens again within days."""
    newest = max(thread.lines, key=lambda line: (line.revision, line.cancelled), default=Line(""))
    return thread.touched + (delivering.forget_days_after_end if newest.cancelled else delivering.forget_days) * DAY_MS
