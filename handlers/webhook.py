"""Webhook: one signed POST, one answer. Standard Webhooks' headers are made by `handlers.sign`.

    webhook = WebhookChannel(Limits(allowed=(Allowed.parse("127.0.0.1/32:8088"),)))
    result = await webhook.send(render.hook(attempt, links, date, secrets))
    await webhook.close()

    2xx                                     accepted
    410                                     Gone          refused, and the address is to be disabled
    408 425 429, 5xx, 3xx                   Deferral      failed; Retry-After of 429 and 503 is passed on
    other 4xx, unusable URL, forbidden      Refusal       refused, final
    no name, no connection                  Unreachable   failed
    bad certificate                         Untrusted     failed
    drop or time-out after connecting       Unanswered    failed, and maybe delivered

The guard. A URL is the roster's, but a name may resolve to anything. Every connection of this process is made in one place, with a socket
that `_Guard` makes only after looking at the final address: public unicast addresses pass, everything else (loopback, private, link-local,
multicast, mapped and translated addresses) only if the operator has allowed it. Redirects are not followed, proxies of the environment
are not used.
"""

import contextlib
import ipaddress
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Self

import aiohttp

from handlers.channel import Deferral, DeliveryError, Gone, Hook, Refusal, Result, Unanswered, Unreachable, Untrusted, accepted
from schemas.word import UtcMs, as_datetime

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_WAIT_SECONDS = 86_400
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_NEVER = tuple(ipaddress.ip_network(each) for each in ("224.0.0.0/4", "192.0.0.0/24", "2002::/16", "3fff::/20"))
"""What Python calls global although it is not a public host, or leads to an address written inside (6to4). The embedding prefixes
64:ff9b::/96 and ::/96 lie outside 2000::/3."""
_URL, _URL_OF_ALL = re.compile(r"https://[!-~]+"), re.compile(r"https?://[!-~]+")
_AGAIN = (408, 425, 429)
_PATIENT = (429, 503)


class Allowed(NamedTuple):
    """A range that the operator allows although it is not public, at one port or at any."""

    network: Network
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """`10.1.2.0/24`, `127.0.0.1/32:8088` or `[fd00::/8]:443`. Raises ValueError for anything else."""
        found = re.fullmatch(r"\[?([0-9A-Fa-f:.]+/\d+)\]?(?::(\d+))?", text)
        if found is None or (":" in found[1] and not text.startswith("[") and found[2]):
            raise ValueError(f"{text!r} is not a range with an optional port, as in 127.0.0.1/32:8088")
        return cls(ipaddress.ip_network(found[1]), int(found[2]) if found[2] else None)

    def covers(self, address: Address, port: int) -> bool:
        """Whether this range lets the address pass."""
        return address.version == self.network.version and address in self.network and self.port in (None, port)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a webhook may take and where it may go. `plain_http`: URLs without TLS are let through, as an exercise needs."""

    allowed: Sequence[Allowed] = ()
    seconds: float = 15.0
    answer_bytes: int = 2_048
    plain_http: bool = False
    context: ssl.SSLContext | None = None


class ForbiddenAddress(OSError):
    """The guard's no. An OSError, so that another address of the same name is still tried."""


class _Guard:
    """Makes sockets for allowed addresses only."""

    def __init__(self, allowed: Sequence[Allowed]) -> None:
        self._allowed = tuple(allowed)

    def __call__(self, info: Any) -> socket.socket:
        family, kind, protocol, _, where = info
        if not is_permitted(where[0], where[1], self._allowed):
            # The same words for every address: of several, the connector keeps the error itself only where all read alike.
            raise ForbiddenAddress("the address is neither public nor on the allow-list")
        return socket.socket(family=family, type=kind, proto=protocol)


def is_permitted(host: str, port: int, allowed: Sequence[Allowed] = ()) -> bool:
    """Whether a connection to this final address may be made."""
    address = _final(host)
    return any(each.covers(address, port) for each in allowed) or _is_public(address)


def _final(host: str) -> Address:
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_public(address: Address) -> bool:
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    return address.is_global and (address.version == 4 or address in _UNICAST_6)


class WebhookChannel:
    """Posts signed calls through one session, which is opened with the first call."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._session: aiohttp.ClientSession | None = None

    async def send(self, message: Hook) -> Result:
        """Post one call, once."""
        try:
            return await self._post(message)
        except DeliveryError as error:
            return error.result

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, message: Hook) -> Result:
        if not (_URL_OF_ALL if self._limits.plain_http else _URL).fullmatch(message.url):
            raise Refusal("not an https URL")
        try:
            async with self._open().post(
                message.url, data=message.content, headers=list(message.headers), allow_redirects=False
            ) as response:
                return _judged(response, await self._said(response), message.at)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _meaning(error) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._limits.seconds, sock_connect=self._limits.seconds * 0.9)
            secure: Any = True if self._limits.context is None else self._limits.context
            # A connection for each call: a kept one may be dead, and then nobody knows whether the call arrived.
            connector = aiohttp.TCPConnector(socket_factory=_Guard(self._limits.allowed), ssl=secure, force_close=True, use_dns_cache=False)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, trust_env=False, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def _said(self, response: aiohttp.ClientResponse) -> str:
        """The beginning of the answer. The status alone decides: an answer that breaks off after it changes nothing."""
        body = b""
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            body = await response.content.read(self._limits.answer_bytes)
        response.close()
        return f"{response.status} {response.reason or ''} {body.decode(errors='replace')}"


def _judged(response: aiohttp.ClientResponse, said: str, now: UtcMs) -> Result:
    status = response.status
    if 200 <= status < 300:
        return accepted(said)
    if status == 410:
        raise Gone(said)
    if 400 <= status < 500 and status not in _AGAIN:
        raise Refusal(said)
    wait = retry_after(response.headers.get("Retry-After", ""), now) if status in _PATIENT else None
    raise Deferral(said, wait)


def retry_after(header: str, now: UtcMs) -> int | None:
    """Seconds to wait, from a number or an HTTP date; None where the header says nothing that can be understood."""
    text = header.strip()
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return min(int(text), LONGEST_WAIT_SECONDS)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(round((until - as_datetime(now)).total_seconds()), 0), LONGEST_WAIT_SECONDS)


def _meaning(error: Exception) -> DeliveryError:
    """What went wrong, in the words of all channels."""
    said = str(error) or "no answer in time"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Untrusted(said)
    if isinstance(error, aiohttp.ClientConnectorError):
        forbidden = isinstance(error.os_error, ForbiddenAddress)
        return Refusal(str(error.os_error)) if forbidden else Unreachable(said)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Unreachable(said)
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return Refusal(said)
    return Unanswered(said)
