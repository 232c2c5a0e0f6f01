"""Everything that a stranger could not have made: acknowledgement tokens, telephone codes, webhook signatures, Message-IDs.

Pure: keys and instants are arguments, nothing is drawn by chance, so equal deliveries give equal bytes. Keys are listed oldest first;
the newest signs and all of them verify, so that a key can be changed without breaking links that are already in somebody's hand.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from standardwebhooks import Webhook

from schemas.escalation import Delivery
from schemas.word import UtcMs, as_datetime

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, and no vowels: a code must not spell a word
CODE_LENGTH = 6
_SALT = "siaga.acknowledge.v1"


class Ticket(NamedTuple):
    """What a link entitles its holder to: answering one revision of one escalation, as one position, until `expires_at`."""

    delivery: str
    escalation: str
    estate: str
    revision: int
    position: str
    receiver: str
    expires_at: UtcMs


class TokenFault(StrEnum):
    """Why a token opens nothing."""

    FORGED = "forged"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Links:
    """What one message points its one reader to.

    The token of `ack_url` opens the page, if there is one; `code` is for the telephone and opens nothing.
    """

    ack_url: str
    code: str
    telephone: str
    domain: str
    sender: str


@dataclass(frozen=True, slots=True)
class Seal:
    """The house's own keys and addresses. `page` is the acknowledgement page's root, `telephone` the duty desk; empty if there is none."""

    keys: tuple[bytes, ...]
    page: str
    domain: str
    sender: str
    telephone: str = ""

    def links(self, delivery: Delivery, expires_at: UtcMs) -> Links:
        """The links of one delivery."""
        url = f"{self.page.rstrip('/')}/a/{token(ticket(delivery, expires_at), self.keys)}" if self.page else ""
        return Links(url, code(delivery.id, self.keys[-1]), self.telephone, self.domain, self.sender)


def ticket(delivery: Delivery, expires_at: UtcMs) -> Ticket:
    """The ticket that goes with a delivery."""
    return Ticket(delivery.id, delivery.thread, delivery.estate, delivery.revision, delivery.to.position, delivery.to.receiver, expires_at)


def _signer(keys: tuple[bytes, ...]) -> Signer:
    return Signer(list(keys), salt=_SALT, key_derivation="hmac", digest_method=hashlib.sha256)


def token(granted: Ticket, keys: tuple[bytes, ...]) -> str:
    """The ticket as text that fits in a URL, signed with the newest key."""
    return _signer(keys).sign(base64_encode(json.dumps(granted, separators=(",", ":")))).decode()


def read_token(text: str, keys: tuple[bytes, ...], now: UtcMs) -> Ticket | TokenFault:
    """The ticket inside a token, or why it opens nothing."""
    try:
        granted = Ticket(*json.loads(base64_decode(_signer(keys).unsign(text))))
    except (BadData, TypeError, ValueError):
        return TokenFault.FORGED
    return granted if now < granted.expires_at else TokenFault.EXPIRED


def code(delivery: str, key: bytes) -> str:
    """Six characters to read out by telephone. The desk computes them for each open delivery and key, and compares."""
    number = int.from_bytes(hmac.digest(key, b"siaga.code.v1:" + delivery.encode(), "sha256"))
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(CODE_LENGTH))


def hook_headers(message_id: str, at: UtcMs, content: str, secrets: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Standard Webhooks' three headers. Two secrets while a key is being changed give two signatures, newest first."""
    when = as_datetime(at)  # in UTC, which is what the library takes every datetime for
    signatures = (Webhook(secret).sign(message_id, when, content) for secret in reversed(secrets))
    return (
        ("webhook-id", message_id),
        ("webhook-timestamp", str(at // 1000)),
        ("webhook-signature", " ".join(signatures)),
    )


def message_id(stem: str, domain: str) -> str:
    """`<D-…@domain>`: the same delivery is the same message however often it is tried."""
    return f"<{atom(stem)}@{atom(domain)}>"


def bounce_address(delivery: str, domain: str) -> str:
    """The envelope sender of one delivery, so that a bounce says which message it answers."""
    return f"bounce+{atom(delivery)}@{atom(domain)}"


def atom(text: str) -> str:
    """An id as it may stand in an address or a boundary."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", text)[:120].strip(".-") or "unknown"
