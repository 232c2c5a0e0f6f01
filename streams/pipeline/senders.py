"""SENDERS: attempts in, `begun` receipts out. What was begun is executed by the host, and how it went is said behind it.

One room for each kind of endpoint, all at one inbox, each answering for its own kind alone: so a kind whose receivers hang, and whose slots
are all taken, keeps waiting nobody but itself, and still every attempt is one record for one seat, in order, once (promise 1).
"""

from collections.abc import Callable, Mapping

import msgspec

from schemas import codec
from schemas.delivery import Attempt, Receipt, ReceiptKind
from schemas.topics import ATTEMPTS, DELIVERY_INBOX
from schemas.word import Stamp
from streams.pipeline.line import NOTHING, Entry, InForce, Record, Room, Said, Step

CHANNELS = ("mail", "webhook", "file")


def receipt(attempt: Attempt, kind: ReceiptKind) -> Receipt:
    """A receipt for an attempt."""
    return Receipt(delivery=attempt.delivery.id, receiver=attempt.delivery.to.receiver, attempt=attempt.number, kind=kind)


def said_of(record: Record, word: Receipt) -> Said:
    """A receipt on its way to the letterbox, under the revisions of its attempt."""
    return Said(DELIVERY_INBOX, word.receiver, word, Stamp(record.header("policy"), record.header("roster")))


def attempt_in(record: Record, channel: str) -> Attempt | None:
    """The attempt that a record is, if it is one for this kind of endpoint. What is no word at all is the first kind's to park."""
    try:
        word = codec.decode(record.value or b"")
    except (ValueError, RecursionError):
        if channel == CHANNELS[0]:
            raise
        return None
    return word if isinstance(word, Attempt) and word.delivery.to.channel == channel else None


def _step_of(channel: str) -> Callable[[Mapping[str, Entry], Record, InForce], Step]:
    def step(_: Mapping[str, Entry], record: Record, __: InForce) -> Step:
        """An attempt: say that it has begun. Its execution waits for the commit."""
        attempt = attempt_in(record, channel)
        return Step(words=(said_of(record, receipt(attempt, ReceiptKind.BEGUN)),)) if attempt else NOTHING

    return step


SENDERS: Mapping[str, Room] = {
    channel: Room(f"senders-{channel}", (ATTEMPTS,), _step_of(channel), msgspec.json.encode, msgspec.json.decode) for channel in CHANNELS
}
"""The rooms by the kind of endpoint that they send to."""
