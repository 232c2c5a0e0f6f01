"""What can be checked without Kafka: policies, rosters, secrets, the relay, and where webhooks go. No message is sent."""

import asyncio
import base64
import binascii
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import aiosmtplib

from handlers.mail import Tls
from handlers.webhook import Allowed, is_permitted
from schemas.policy import Receiver, Roster
from streams.live import library
from streams.live.checkup import Wrong
from streams.live.library import Library, LibraryError
from streams.live.settings import Settings

LEAST_SECRET = 24
"""Bytes; Standard Webhooks asks for 24 to 64, and a link or a digest deserves no less."""

_SMTP_SECONDS = 4.0
_PEOPLE = ("mail", "webhook")


async def policies(settings: Settings) -> str:
    """Every policy and roster that is installed can be read."""
    books = _books(settings)
    return (
        f"{len(books.policies)} policies and {len(books.rosters)} rosters can be read; newest {max(books.policies)}, {max(books.rosters)}"
    )


async def roster(settings: Settings) -> str:
    """Every position that the newest policy may tell stands in every roster that may be in force, with somebody who can be reached."""
    books = _books(settings)
    if not settings.exercise and all(each.example for each in books.rosters.values()):
        raise Wrong("only the example roster is installed: nobody real would be told", "put yours into a directory, named by SIAGA_ROSTERS")
    for each in _rosters(settings, books):
        holes = [*_unknown(books, each), *_unreachable(each)]
        if holes:
            more = f" and {len(holes) - 1} more" if holes[1:] else ""
            raise Wrong(f"roster {each.revision}: {holes[0]}{more}", "install a new roster revision, and activate it in firm-registry")
    return "every position that may be told has somebody who can be reached"


async def secrets(settings: Settings) -> str:
    """Every secret is there, and long enough not to be guessed."""
    for name in ("link_secret", "webhook_secret", "case_secret"):
        given = [part for part in getattr(settings, name).get_secret_value().split(",") if part]
        variable, make = f"SIAGA_{name.upper()}", "whsec_$(openssl rand -base64 32)"
        if not given:
            raise Wrong(f"{variable} is not set: what is signed with it can be checked by nobody", f'export {variable}="{make}"')
        if min(map(_bytes_of, given)) < LEAST_SECRET:
            raise Wrong(f"{variable} is shorter than {LEAST_SECRET} bytes", f'export {variable}="{make}"')
    return "all three are there and long enough"


async def relay(settings: Settings) -> str:
    """The relay greets, protects the connection as it must, and lets us in. No mail is begun."""
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
        timeout=_SMTP_SECONDS,
        use_tls=settings.smtp_tls is Tls.TLS,
        start_tls=settings.smtp_tls is Tls.STARTTLS,
    )
    try:
        await client.connect()
        await client.ehlo()
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        fix = "set SIAGA_SMTP_HOST, SIAGA_SMTP_PORT, SIAGA_SMTP_TLS, SIAGA_SMTP_USER, or start the relay"
        raise Wrong(f"{where} with {settings.smtp_tls}: {error or type(error).__name__}", fix) from None
    finally:
        client.close()
    return f"{where} answers, {settings.smtp_tls}"


async def webhooks(settings: Settings) -> str:
    """The names of all webhook receivers lead to addresses that webhooks may reach. No call is made."""
    if settings.exercise:
        return "an exercise calls its catcher only"
    books = _books(settings)
    receivers = {each.id: each for roster in _rosters(settings, books) for each in _receivers(roster) if each.channel == "webhook"}
    allowed = tuple(Allowed.parse(text) for text in settings.webhook_allow)
    problems = [found for found in await asyncio.gather(*(_way_to(each, allowed) for each in receivers.values())) if found]
    if problems:
        more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
        raise Wrong(f"{problems[0]}{more}", "mend the roster's address or the name server; private ranges are named in SIAGA_WEBHOOK_ALLOW")
    return f"{len(receivers)} receivers, every name leads where webhooks may go"


def _books(settings: Settings) -> Library:
    try:
        return library.load(path for path in (settings.policies, settings.rosters) if path)
    except LibraryError as error:
        raise Wrong(str(error), "mend that file, or name another directory in SIAGA_POLICIES or SIAGA_ROSTERS") from None


def _rosters(settings: Settings, books: Library) -> list[Roster]:
    """Those that may be in force: in production no example."""
    return [each for each in books.rosters.values() if settings.exercise or not each.example]


def _receivers(roster: Roster) -> Iterator[Receiver]:
    for position in roster.positions:
        yield from position.receivers


def _unknown(books: Library, roster: Roster) -> Iterator[str]:
    """Positions that the newest policy names and nobody holds. One with a place in its name is there when one of any place is."""
    ids = {position.id for position in roster.positions}
    for wanted in sorted(set(_positions(books.policies[max(books.policies)].model_dump()))):
        stem, place, _ = wanted.partition("{")
        if not (any(each.startswith(stem) for each in ids) if place else wanted in ids):
            yield f"{wanted} is to be told and is nobody"


def _positions(told: Any) -> Iterator[str]:
    match told:
        case {"position": str() as position, **others}:
            yield position
            yield from _positions(others)
        case dict():
            for each in told.values():
                yield from _positions(each)
        case list() | tuple():
            for each in told:
                yield from _positions(each)


def _unreachable(roster: Roster) -> Iterator[str]:
    for position in roster.positions:
        if not any(each.channel in _PEOPLE for each in position.receivers):
            yield f"{position.id} has neither mail nor webhook: no person is reached"


def _bytes_of(secret: str) -> int:
    if not secret.startswith("whsec_"):
        return len(secret.encode())
    try:
        return len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except binascii.Error:
        return 0


async def _way_to(receiver: Receiver, allowed: tuple[Allowed, ...]) -> str:
    """What is wrong with a receiver's address, or ""."""
    url = urlsplit(receiver.address)
    port = url.port or (80 if url.scheme == "http" else 443)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.hostname or "", port, type=socket.SOCK_STREAM)
    except OSError:
        return f"the name of receiver {receiver.id} is not known: {url.hostname}"
    if not any(is_permitted(str(where[0]), port, allowed) for *_, where in found):
        return f"receiver {receiver.id} is at an address that webhooks must not reach: {url.hostname}"
    return ""
