"""Retry: how a failed try goes on, and when a failing receiver is left alone. Knows the broker's clock; not what the letters say."""

from msgspec.structs import replace

from schemas.delivery import Receipt, ReceiptKind
from schemas.policy import Delivering, Retry
from schemas.word import UtcMs
from streams.pipeline.delivery.memory import Letterbox, Wait

SECOND_MS = 1_000


def not_after(wall: UtcMs, retry: Retry) -> UtcMs:
    """Until when a sender may begin an attempt that is written now."""
    return wall + retry.attempt_seconds * SECOND_MS


def lapses(begun_by: UtcMs, retry: Retry, delivering: Delivering) -> UtcMs:
    """The first instant at which no sender can still be executing an attempt that had to begin by then."""
    return begun_by + (retry.send_seconds + delivering.tolerance_seconds) * SECOND_MS + 1


def doubted(wait: Wait) -> Wait:
    """The letter after a try that may have reached the receiver: every further one is marked (promise 1)."""
    return replace(wait, in_doubt=(*wait.in_doubt, wait.tries))


def may_be_double(wait: Wait) -> bool:
    """Whether, if its present try has arrived, the receiver may have it twice; if none has, whether they may have it at all."""
    return bool(wait.in_doubt)


def after_failure(wait: Wait, receipt: Receipt, retry: Retry, wall: UtcMs) -> Wait | None:
    """The letter with its next time, by the channel's schedule; None when the schedule is used up.

    Retry-After is honoured when it is longer, but no longer than the whole schedule: a receiver cannot put us off for ever.
    """
    if wait.failures >= len(retry.after_seconds):
        return None
    asked = min(receipt.retry_after or 0, sum(retry.after_seconds))
    pause = max(retry.after_seconds[wait.failures], asked)
    return replace(wait, failures=wait.failures + 1, not_before=wall + pause * SECOND_MS)


def after_expiry(wait: Wait, retry: Retry, wall: UtcMs) -> Wait:
    """The letter after an attempt that nobody began: tried again after the shortest pause, as often as it takes."""
    return replace(wait, not_before=wall + min(retry.after_seconds, default=0) * SECOND_MS)


def after_silence(wait: Wait, retry: Retry) -> Wait | None:
    """The letter after a try that began and of which nothing more was heard; None when the schedule is used up.

    It goes on at once: the wait for the outcome was pause enough.
    """
    return replace(wait, failures=wait.failures + 1) if wait.failures < len(retry.after_seconds) else None


def with_failure(box: Letterbox, receipt: Receipt, delivering: Delivering, wall: UtcMs) -> Letterbox:
    """The breaker: so many failures in a row, and the receiver is left alone for a while before each further try.

    Only `failed` counts: a refusal is an answer, and an attempt that expired never reached the receiver.
    """
    if receipt.kind is not ReceiptKind.FAILED:
        return box
    failures = box.failures + 1
    paused_until = wall + delivering.breaker_seconds * SECOND_MS if failures >= delivering.breaker_after else box.paused_until
    return replace(box, failures=failures, paused_until=paused_until)


def with_success(box: Letterbox) -> Letterbox:
    """An acceptance closes the breaker."""
    return replace(box, failures=0, paused_until=0)
