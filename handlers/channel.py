"""What the three channels have in common: what they are given, what they answer, and how sending can go wrong.

A channel has one verb, `async def send(message) -> Result`, never raises for what the world does, and can be closed:

    links = seal.links(attempt.delivery, expires_at)              # sign: what this one reader may press
    rendered = render.mail(attempt, links, date)                  # pure
    result = await mail.send(rendered)                            # handlers.mail.MailChannel(settings)
    Receipt(..., kind=result.kind, answer=result.answer, retry_after=result.retry_after, disable=result.disable)

    DeliveryError               `again`: trying later can help. `maybe_delivered`: it may have arrived all the same.
    ├── Refusal                 final: the receiver, or our own guard, says no
    │   └── Gone                final, and the address is to be disabled (HTTP 410)
    └── Failure                 again
        ├── Deferral            they ask us to come back (SMTP 4xx, HTTP 408, 425, 429, 5xx)
        ├── Unreachable         no connection, no name, no time
        ├── Untrusted           no TLS where TLS is required, a bad certificate, our own login refused
        └── Unanswered          everything was said and no answer came: it may have been delivered
"""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from handlers.language import tidy
from schemas.delivery import ReceiptKind
from schemas.word import UtcMs

ANSWER_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail, ready to hand over: `content` is the whole message, `sender` the envelope's, where bounces go."""

    delivery: str
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook call, signed. `at` is the instant of sending, against which a Retry-After date is read."""

    delivery: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    at: UtcMs


@dataclass(frozen=True, slots=True)
class Line:
    """One JSON line, without its end, for the file of that name."""

    delivery: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt went: accepted, refused (final) or failed (try again). `answer`: the other side's words, shortened."""

    kind: ReceiptKind
    answer: str = ""
    retry_after: int | None = None
    disable: bool = False
    maybe_delivered: bool = False

    @property
    def again(self) -> bool:
        """Whether trying later can help."""
        return self.kind is ReceiptKind.FAILED


MessageT_contra = TypeVar("MessageT_contra", bound=Mail | Hook | Line, contravariant=True)


class Channel(Protocol[MessageT_contra]):
    """A way out of the house."""

    async def send(self, message: MessageT_contra) -> Result:
        """Try once to hand the message over."""

    async def close(self) -> None:
        """Let go of whatever is held open."""


class DeliveryError(Exception):
    """Sending failed. `again` says whether trying later can help."""

    again = True
    disable = False
    maybe_delivered = False

    def __init__(self, answer: str, retry_after: int | None = None) -> None:
        super().__init__(answer)
        self.answer = answer
        self.retry_after = retry_after

    @property
    def result(self) -> Result:
        """What the caller is told."""
        kind = ReceiptKind.FAILED if self.again else ReceiptKind.REFUSED
        return Result(kind, tidy(self.answer, ANSWER_COLUMNS), self.retry_after, self.disable, self.maybe_delivered)


class Refusal(DeliveryError):
    """A final no: trying later cannot help."""

    again = False


class Gone(Refusal):
    """The receiver no longer exists and says so: disable it and tell the operator."""

    disable = True


class Failure(DeliveryError):
    """Not now."""


class Deferral(Failure):
    """The receiver answered, and asks us to come back."""


class Unreachable(Failure):
    """Nobody there, or not in time; nothing was handed over."""


class Untrusted(Failure):
    """We do not trust the relay, or it does not trust us. It says nothing about the receiver, so it is not final."""


class Unanswered(Failure):
    """The whole message was sent and no answer came."""

    maybe_delivered = True


def accepted(answer: str) -> Result:
    """The other side took it: accepted, which is neither delivered nor acknowledged (law 9)."""
    return Result(ReceiptKind.ACCEPTED, tidy(answer, ANSWER_COLUMNS))
