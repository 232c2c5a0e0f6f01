"""DELIVERY: deliveries, receipts and ticks in; attempts and outcomes out. Decides when each receiver is told what; cannot send.

What arrives is known already, or cannot be told, or is overtaken, or waits. What waits is tried, one at a time, and ends once.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from schemas.codec import decode, encode, name_of
from schemas.delivery import Ending, GaveUp, Receipt, ReceiptKind
from schemas.escalation import Delivery, Item
from schemas.ledger import Origin, Parked, Tick
from schemas.policy import Delivering
from schemas.topics import PARKED
from schemas.word import Stamp, UtcMs, Word
from streams.pipeline.delivery import digest
from streams.pipeline.delivery.draft import Draft
from streams.pipeline.delivery.memory import Disabled, Letterbox, Open, Thread, Wait
from streams.pipeline.delivery.retry import after_expiry, after_failure, after_silence, doubted, with_failure, with_success
from streams.pipeline.delivery.thread import as_wait, closes_at, overtaken_by, with_accepted, with_arrival, with_told
from streams.pipeline.line import NOTHING, Due, Entry, InForce, Record, Said, Step

LARGEST_LETTER_BYTES = 32 * 1024
"""A delivery is 3 to 5 KB, and never more than 16 KB. A larger one than this could not be kept beside what its thread remembers of it."""

LATEST_INSTANT: UtcMs = 253_402_300_799_999
"""The end of the year 9999: later instants cannot be written down as text."""

CHANNELS = ("mail", "webhook", "file")


def step(entries: Mapping[str, Entry], record: Record, in_force: InForce) -> Step:
    """One record of the delivery inbox."""
    try:
        word = decode(record.value or b"")
    except (ValueError, RecursionError) as error:
        return _park(record, str(error)[:200])
    if odd := _odd(word):
        return _park(record, odd)
    match word:
        case Delivery():
            return _delivery(Draft(entries, record, word.to.receiver, in_force.policy.delivery), word, len(record.value or b""))
        case Item() if not digest.has_room(entries, word):
            return _park(record, "more estates than one digest may have")
        case Item():
            added = digest.add(entries, word, in_force.policy.delivery, _stamp(record))
            return _posted(added, Draft(entries, record, word.to.receiver, in_force.policy.delivery))
        case Receipt():
            return _receipt(Draft(entries, record, word.receiver, in_force.policy.delivery), word)
        case Tick():
            return _tick(entries, record, word, in_force)
        case _:
            return _park(record, f"{name_of(word)} is not said to this room")


def _odd(word: Word) -> str:
    names: tuple[str, ...] = ()
    instants: tuple[UtcMs, ...] = ()
    match word:
        case Delivery():
            names, instants = (word.to.receiver, word.thread, word.id), (word.at,)
        case Item():
            names, instants = (word.to.receiver, word.thread), (word.at, word.closes)
        case Receipt():
            names = (word.receiver,)
        case Tick():
            instants = (word.at, word.wall)
    if any(not name or "/" in name or "|" in name for name in names):
        return "an id that is empty or holds a slash or a bar"
    return "" if all(0 <= instant <= LATEST_INSTANT for instant in instants) else "an instant outside the calendar"


def _park(record: Record, error: str) -> Step:
    key = (record.key or b"").decode("utf-8", "replace")
    parked = Parked("delivery", key, error, Origin(record.topic, record.partition, record.offset))
    return Step(words=(Said(PARKED, key, parked, _stamp(record)),))


def _stamp(record: Record) -> Stamp:
    return Stamp(record.header("policy"), record.header("roster"))


def _delivery(draft: Draft, delivery: Delivery, size: int) -> Step:
    thread = draft.thread(delivery.thread)
    if thread.knows(delivery):
        return NOTHING
    box = draft.box
    disabled = box.disabled if box.disabled and box.disabled.address == delivery.to.address else None
    draft.box = replace(box, at=max(box.at, delivery.at), arrived=box.arrived + 1, disabled=disabled)
    wait = as_wait(delivery, box, draft.wall)
    thread = thread.with_known(delivery)
    draft.post(delivery)
    if hindrance := _hindrance(draft.box, wait, size):
        draft.keep(delivery.thread, thread)
        draft.give_up(delivery.thread, wait, *hindrance)
    elif (newer := overtaken_by(thread, wait)) is not None:
        draft.keep(delivery.thread, thread)
        draft.end(delivery.thread, wait, Ending.WITHDRAWN, stands_for=newer)
    else:
        draft.keep(delivery.thread, with_arrival(thread, wait))
        _keep_within_bounds(draft)
    return draft.finish()


def _posted(step: Step, draft: Draft) -> Step:
    """The letter that a digest says goes into the letterbox in the same step: when it comes back it is known, and nobody waits for that."""
    letter = next((said.word for said in step.words if isinstance(said.word, Delivery)), None)
    if letter is None:
        return step
    posted = _delivery(draft, letter, len(encode(letter)))
    return Step({**step.changes, **posted.changes}, (*step.words, *posted.words), {**step.due, **posted.due})


def _hindrance(box: Letterbox, wait: Wait, size: int) -> tuple[GaveUp, str] | None:
    if box.disabled:
        return GaveUp.UNREACHABLE, box.disabled.answer or "the receiver wants nothing any more"
    if wait.channel not in CHANNELS:
        return GaveUp.NO_CHANNEL, f"there is no channel {wait.channel[:40]}"
    if size > LARGEST_LETTER_BYTES:
        return GaveUp.TOO_LARGE, f"{size} bytes are more than a letter may have"
    return None


def _keep_within_bounds(draft: Draft) -> None:
    if len(draft.box.waiting) + len(draft.box.passing) > draft.delivering.most_waiting:
        last = draft.last()
        draft.keep(last.name, last.thread.without(last.wait))
        draft.give_up(last.name, last.wait, GaveUp.FULL, "the letterbox is full")


def _receipt(draft: Draft, receipt: Receipt) -> Step:
    attempt = draft.box.open
    if attempt is None or (attempt.wait.id, attempt.wait.tries) != (receipt.delivery, receipt.attempt):
        return _late(draft, receipt)
    match receipt.kind:
        case ReceiptKind.BEGUN:
            draft.box = replace(draft.box, open=replace(attempt, begun=True))
        case ReceiptKind.ACCEPTED:
            draft.box = replace(with_success(draft.box), open=None)
            _accepted(draft, attempt)
        case kind if kind is ReceiptKind.REFUSED or receipt.disable:
            _refused(draft, attempt, receipt)
        case ReceiptKind.EXPIRED:
            _expired(draft, attempt)
        case _:
            _failed(draft, attempt, receipt)
    return draft.finish()


def _accepted(draft: Draft, attempt: Open) -> None:
    if attempt.ended:
        return
    delivery = draft.letter(attempt.thread, attempt.wait.id)
    thread = with_accepted(with_told(draft.thread(attempt.thread), attempt.wait, attempt.at), delivery)
    draft.keep(attempt.thread, thread)
    draft.bring_up_to_date(attempt.thread, delivery)
    draft.end(attempt.thread, attempt.wait, Ending.ACCEPTED)


def _late(draft: Draft, receipt: Receipt) -> Step:
    """An acceptance of an earlier try ends a letter that is still on its way; all other late receipts say nothing.

    If a further try is in a sender's hand it stays open until it can no longer be executed: nothing newer may arrive before it.
    """
    if receipt.kind is not ReceiptKind.ACCEPTED:
        return NOTHING
    attempt = draft.box.open
    if attempt and attempt.wait.id == receipt.delivery and 0 < receipt.attempt < attempt.wait.tries and not attempt.ended:
        draft.box = replace(with_success(draft.box), open=replace(attempt, ended=True))
        _accepted(draft, replace(attempt, wait=doubted(attempt.wait)))
        return draft.finish()
    for name, thread, wait in draft.waiting():
        if wait.id == receipt.delivery and 0 < receipt.attempt <= wait.tries:
            others = tuple(number for number in wait.in_doubt if number != receipt.attempt)
            draft.box = with_success(draft.box)
            draft.keep(name, thread.without(wait))
            _accepted(draft, Open(name, replace(wait, in_doubt=others), draft.box.at, 0))
            return draft.finish()
    return NOTHING


def _refused(draft: Draft, attempt: Open, receipt: Receipt) -> None:
    address = attempt.wait.address
    disabled = Disabled(address, receipt.answer) if receipt.disable else draft.box.disabled
    draft.box = replace(draft.box, open=None, disabled=disabled)
    _give_up(draft, attempt, receipt.answer)
    for name, _, wait in tuple(draft.waiting()) if receipt.disable else ():
        if wait.address == address:
            draft.keep(name, draft.thread(name).without(wait))
            draft.give_up(name, wait, GaveUp.UNREACHABLE, receipt.answer)


def _give_up(draft: Draft, attempt: Open, answer: str) -> None:
    if not attempt.ended:
        draft.give_up(attempt.thread, attempt.wait, GaveUp.UNREACHABLE, answer)
        draft.keep(attempt.thread, draft.thread(attempt.thread))


def _failed(draft: Draft, attempt: Open, receipt: Receipt) -> None:
    draft.box = replace(with_failure(draft.box, receipt, draft.delivering, draft.wall), open=None)
    if receipt.in_doubt:
        attempt = _in_doubt(draft, attempt)
    retry = draft.delivering.retry(attempt.wait.channel)
    _again_or_never(draft, attempt, after_failure(attempt.wait, receipt, retry, draft.wall), receipt.answer)


def _expired(draft: Draft, attempt: Open) -> None:
    """Nobody began it: our own senders were down, or had no room. That is no failure, and costs nothing of the schedule."""
    draft.box = replace(draft.box, open=None)
    retry = draft.delivering.retry(attempt.wait.channel)
    _again_or_never(draft, attempt, after_expiry(attempt.wait, retry, draft.wall), "")


def _lapsed(draft: Draft, attempt: Open) -> None:
    draft.box = replace(draft.box, open=None)
    if not attempt.begun:
        _again_or_never(draft, attempt, attempt.wait, "")
        return
    attempt = _in_doubt(draft, attempt)
    retry = draft.delivering.retry(attempt.wait.channel)
    _again_or_never(draft, attempt, after_silence(attempt.wait, retry), "begun, and no outcome was heard of")


def _in_doubt(draft: Draft, attempt: Open) -> Open:
    wait = doubted(attempt.wait)
    if not attempt.ended:
        draft.keep(attempt.thread, with_told(draft.thread(attempt.thread), wait, attempt.at))
    return replace(attempt, wait=wait)


def _again_or_never(draft: Draft, attempt: Open, again: Wait | None, answer: str) -> None:
    if again is None:
        _give_up(draft, attempt, answer)
    elif not attempt.ended:
        draft.keep(attempt.thread, draft.thread(attempt.thread).with_waiting(again))


def _tick(entries: Mapping[str, Entry], record: Record, tick: Tick, in_force: InForce) -> Step:
    key = (record.key or b"").decode("utf-8", "replace")
    match entries.get(key):
        case Letterbox():
            return _tick_letterbox(Draft(entries, record, key, in_force.policy.delivery), tick)
        case Thread() as thread:
            return _tick_thread(entries, key, thread, tick.at, in_force.policy.delivery)
        case digest.Gathering() as gathering:
            draft = Draft(entries, record, gathering.receiver, in_force.policy.delivery)
            draft.wall = tick.wall
            return _posted(digest.tick(entries, gathering, tick.at, (in_force.policy.delivery, _stamp(record))), draft)
        case digest.Series() as series:
            return digest.tick_series(series, key, tick.at, in_force.policy.delivery)
        case _:
            return NOTHING


def _tick_letterbox(draft: Draft, tick: Tick) -> Step:
    draft.wall = tick.wall
    box = draft.box
    draft.box = replace(box, at=max(box.at, tick.at), ticked_at=max(box.ticked_at, tick.at), ticked_wall=max(box.ticked_wall, tick.wall))
    if box.open and box.open.lapses <= tick.wall:
        _lapsed(draft, box.open)
    return draft.finish()


def _tick_thread(entries: Mapping[str, Entry], key: str, thread: Thread, at: UtcMs, delivering: Delivering) -> Step:
    """A quiet thread is forgotten; one in which something is on its way is not quiet."""
    receiver, name = key.split("/", 1)
    attempt = entries.get(receiver, Letterbox()).open
    if closes_at(thread, delivering) > at:
        return Step({key: thread}, due={key: Due(at=closes_at(thread, delivering))})
    if thread.waiting or (attempt and attempt.thread == name):
        busy = replace(thread, touched=at)
        return Step({key: busy}, due={key: Due(at=closes_at(busy, delivering))})
    return Step({key: None})
