"""Ticket: a token of a link, or the nonce of a form, in; what it entitles to, or why it opens nothing, out. Pure."""

import hashlib
from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from handlers.sign import ALPHABET, CODE_LENGTH, Ticket, TokenFault, read_token
from schemas.escalation import Delivery
from schemas.ids import digest
from streams.console.ackpage.view import View

MOST_TOKEN_CHARACTERS = 2_000
_SALT = "siaga.ackpage.form.v1"


class Fault(StrEnum):
    """Why nothing is opened."""

    FORGED = "forged"
    EXPIRED = "expired"
    TELEPHONE = "telephone"
    FORGOTTEN = "forgotten"
    ANOTHERS = "anothers"


class Opened(NamedTuple):
    """A ticket, the letter that it came with, and the newest letter to the same reader about the same thing."""

    ticket: Ticket
    read: Delivery
    now: Delivery


class Form(NamedTuple):
    """What a form was made for: one reader's ticket, at the revision that the page showed. `nonce` makes its acts one act."""

    delivery: str
    revision: int
    nonce: str


def opened(token: str, keys: tuple[bytes, ...], view: View) -> Opened | Fault:
    """What a link opens."""
    if len(token) == CODE_LENGTH and set(token.upper()) <= set(ALPHABET):
        return Fault.TELEPHONE
    if len(token) > MOST_TOKEN_CHARACTERS:
        return Fault.FORGED
    match read_token(token, keys, view.wall):
        case TokenFault() as fault:
            return Fault(fault.value)
        case Ticket() as ticket:
            return _known(ticket, view)


def _known(ticket: Ticket, view: View) -> Opened | Fault:
    read = view.letter(ticket.delivery)
    if read is None:
        return Fault.FORGOTTEN
    stated = (ticket.escalation, ticket.estate, ticket.revision, ticket.position, ticket.receiver)
    if stated != (read.thread, read.estate, read.revision, read.to.position, read.to.receiver):
        return Fault.ANOTHERS
    return Opened(ticket, read, view.newest_letter(ticket.escalation, ticket.receiver) or read)


def written(form: Form, keys: tuple[bytes, ...]) -> str:
    """The form's own mark, as it stands in the page."""
    return str(_serializer(keys).dumps(list(form)))


def read_form(text: str, ticket: Ticket, keys: tuple[bytes, ...]) -> Form | None:
    """What the form was made for; None when we never made it, or not for this ticket."""
    try:
        form = Form(*_serializer(keys).loads(text))
    except (BadData, TypeError, ValueError):
        return None
    return form if form.delivery == ticket.delivery else None


def act_id(form: Form, act: str) -> str:
    """One act of one form, however often it is pressed: ESCALATION takes it once, and what it refuses is not spent."""
    return f"ackpage/{digest(form.delivery, str(form.revision), form.nonce, act)}"


def _serializer(keys: tuple[bytes, ...]) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256})
