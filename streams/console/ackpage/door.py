"""Door: what comes in from the network in; whether it may, and the headers of every answer, out. Knows nothing of escalations."""

from collections import OrderedDict
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from streams.live import clock

MOST_BODY_OCTETS = 16 * 1024
A_SECOND, AT_ONCE = 10, 30
"""Requests of one address: so many a second, and so many at once after a pause. An office behind one address presses at the same time."""

MOST_ADDRESSES = 10_000

FORM = "application/x-www-form-urlencoded"

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Buckets:
    """A bucket of requests for each address; the one that asked longest ago is forgotten first."""

    def __init__(self, a_second: float = A_SECOND, at_once: float = AT_ONCE, most: int = MOST_ADDRESSES) -> None:
        self._rate, self._full, self._most = a_second, at_once, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admits(self, address: str, now: float) -> bool:
        """Whether one more request of this address may come in at this instant, in seconds."""
        left, then = self._left.pop(address, (self._full, now))
        left = min(self._full, left + (now - then) * self._rate)
        self._left[address] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return left >= 1

    def __len__(self) -> int:
        return len(self._left)


def guard(buckets: Buckets) -> Middleware:
    """The middleware that refuses what may not come in."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not buckets.admits(request.remote or "", clock.elapsed()):
            raise web.HTTPTooManyRequests(headers={"Retry-After": "2"})
        if request.method == "POST":
            _check_post(request)
        return await handler(request)

    return guarded


async def put_headers(_: web.Request, response: web.StreamResponse) -> None:
    """On whatever leaves."""
    response.headers.update(HEADERS)


def _check_post(request: web.Request) -> None:
    if request.content_type != FORM:
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > MOST_BODY_OCTETS:
        raise web.HTTPRequestEntityTooLarge(MOST_BODY_OCTETS, request.content_length or 0)
    if not comes_from_here(request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", ""), request.host):
        raise web.HTTPForbidden


def comes_from_here(site: str, origin: str, host: str) -> bool:
    """Whether a form was sent from a page of ours, as far as the browser says.

    A page without referrer sends the origin `null`. Who says nothing at all still needs a form that we have made.
    """
    if site and site not in ("same-origin", "none"):
        return False
    return origin in ("", "null") or urlsplit(origin).netloc == host
