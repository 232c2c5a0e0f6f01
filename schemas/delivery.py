"""What DELIVERY and SENDERS say to each other, and how a delivery ended."""

from enum import StrEnum

from schemas.escalation import Delivery
from schemas.surveillance import Aspects, Numbers
from schemas.word import Part, UtcMs, Word


class Seen(Part, frozen=True):
    """What this receiver last read in this thread: the revision, the grade, the figures by name, and marks of what else it said."""

    revision: int
    grade: str
    at: UtcMs
    numbers: Numbers = ()
    aspects: Aspects = ()


class Attempt(Word, frozen=True):
    """One try at one delivery. Nobody may execute it after `not_after` (the broker's clock).

    root: the Message-ID stem of the thread's first message; empty for the first itself. possible_duplicate: an earlier try may have
    reached the receiver. coalesced: the last ids of the deliveries of this thread that this message stands for too; more_coalesced: how
    many are not listed.
    """

    delivery: Delivery
    number: int
    not_after: UtcMs
    root: str = ""
    seen: Seen | None = None
    possible_duplicate: bool = False
    coalesced: tuple[str, ...] = ()
    more_coalesced: int = 0


class ReceiptKind(StrEnum):
    """The steps of law 9 that a sender can see."""

    BEGUN = "begun"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    EXPIRED = "expired"


class Receipt(Word, frozen=True):
    """Evidence about one attempt. `refused` is final (a 5xx of SMTP, 4xx of HTTP, 410); `failed` may be tried again.

    retry_after: seconds the receiver asked us to wait. answer: the receiver's own words, shortened. in_doubt: it failed after the
    message had been handed over (a time-out behind the last byte), so it may have got through.
    """

    delivery: str
    receiver: str
    attempt: int
    kind: ReceiptKind
    answer: str = ""
    retry_after: int | None = None
    disable: bool = False
    in_doubt: bool = False


class Ending(StrEnum):
    """How a delivery ended: conservation is deliveries = accepted + withdrawn + given up (law 9)."""

    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    GIVEN_UP = "given_up"


class GaveUp(StrEnum):
    """Why a delivery was given up. Only who cannot be reached is a reason to ask somebody else sooner; the rest is the desk's to mend."""

    UNREACHABLE = "unreachable"
    FULL = "full"
    TOO_LARGE = "too_large"
    NO_CHANNEL = "no_channel"


class Outcome(Word, frozen=True):
    """A delivery has ended. `stands_for`: withdrawn because that later delivery tells it; possible_duplicate: see `Attempt`."""

    delivery: str
    thread: str
    estate: str
    receiver: str
    position: str
    ending: Ending
    at: UtcMs
    attempts: int
    gave_up: GaveUp | None = None
    stands_for: str = ""
    answer: str = ""
    possible_duplicate: bool = False
    disabled: bool = False
