"""Mail: one message, one connection, one answer of the relay.

    mail = MailChannel(Relay(host="relay.example", port=587, tls=Tls.STARTTLS, user="siaga", password="…"))
    result = await mail.send(render.mail(attempt, links, date))

What the relay or the way to it can do, and what it becomes (the tree of errors is in `handlers.channel`):

    250 after DATA                                      accepted
    5xx to MAIL, RCPT or DATA, unusable address         Refusal       refused, final
    4xx to MAIL, RCPT or DATA                           Deferral      failed
    no name, no connection, greeting not 220, time-out  Unreachable   failed
    STARTTLS refused, bad certificate, login refused,
      login or TLS demanded of us (530, 535, 538)       Untrusted     failed: it says nothing about the receiver
    drop or time-out once DATA has been begun           Unanswered    failed, and maybe delivered
"""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass, field
from enum import StrEnum

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
)

from handlers.channel import Deferral, DeliveryError, Mail, Refusal, Result, Unanswered, Unreachable, Untrusted, accepted

_ADDRESS = re.compile(r"[!-;=?-~]{1,64}@[A-Za-z0-9.\-\[\]:]{1,255}")  # no blanks, no line ends, no brackets, nothing that needs SMTPUTF8
_AGAINST_US = (530, 534, 535, 538)
_FAREWELL_SECONDS = 1.0


class _Stage(StrEnum):
    """How far a message has come."""

    WAY = "way"
    ENVELOPE = "envelope"
    LETTER = "letter"


class Tls(StrEnum):
    """How the connection is protected: not at all, by STARTTLS (never optional), or from its first byte."""

    PLAIN = "plain"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over. `seconds` bounds the whole attempt; `context` holds the trusted certificates, the system's if None."""

    host: str
    port: int
    tls: Tls = Tls.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 30.0
    greeting: str = "localhost"
    context: ssl.SSLContext | None = None


class MailChannel:
    """Hands messages to one relay; each call has a connection of its own, so that calls may run side by side."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    async def send(self, message: Mail) -> Result:
        """Hand one message over, once."""
        try:
            return accepted(await self._hand_over(message))
        except DeliveryError as error:
            return error.result

    async def close(self) -> None:
        """Nothing is held open between messages."""

    async def _hand_over(self, message: Mail) -> str:
        for address in (message.sender, message.recipient):
            if not _ADDRESS.fullmatch(address):
                raise Refusal(f"{address!r} is no address that mail can be sent to")
        client, stage = _client(self._relay), _Stage.WAY
        try:
            async with asyncio.timeout(self._relay.seconds):
                await client.connect()
                stage = _Stage.ENVELOPE
                await client.mail(message.sender)
                await client.rcpt(message.recipient)
                stage = _Stage.LETTER
                answer = await client.data(message.content)
            await _farewell(client)
        except (SMTPException, OSError, ValueError) as error:
            raise _meaning(error, stage) from error
        finally:
            client.close()
        return f"{answer.code} {answer.message}"


def _client(relay: Relay) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.user or None,
        password=relay.password or None,
        local_hostname=relay.greeting,
        timeout=relay.seconds,
        use_tls=relay.tls is Tls.TLS,
        start_tls=relay.tls is Tls.STARTTLS,
        tls_context=relay.context,
    )


async def _farewell(client: aiosmtplib.SMTP) -> None:
    """QUIT is a courtesy: the message has been accepted whatever comes of it."""
    with contextlib.suppress(SMTPException, OSError, TimeoutError):
        await client.quit(timeout=_FAREWELL_SECONDS)


def _meaning(error: Exception, stage: _Stage) -> DeliveryError:
    """What went wrong, in the words of all channels."""
    if isinstance(error, SMTPResponseException):
        return _answered(error, stage)
    said = str(error) or "no answer in time"
    if stage is _Stage.LETTER:
        return Unanswered(said)
    # What aiosmtplib objects to itself, and is no trouble of the connection: STARTTLS or login that the relay does not offer.
    objection = isinstance(error, SMTPException) and not isinstance(error, OSError)
    return Untrusted(said) if objection or _is_distrust(error) else Unreachable(said)


def _is_distrust(error: BaseException | None) -> bool:
    """TLS failed; aiosmtplib wraps the TLS library's own error."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _answered(error: SMTPResponseException, stage: _Stage) -> DeliveryError:
    said = f"{error.code} {error.message}"
    if isinstance(error, SMTPConnectError | SMTPHeloError):
        return Unreachable(said)
    if stage is _Stage.WAY or error.code in _AGAINST_US or isinstance(error, SMTPAuthenticationError):
        return Untrusted(said)
    return Refusal(said) if error.code >= 500 else Deferral(said)
