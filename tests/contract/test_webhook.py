"""Webhooks: every status, Retry-After, TLS, the guard, and signatures that the standard's own library verifies."""

import asyncio
import socket

import pytest
import time_machine
from standardwebhooks import Webhook

from handlers import webhook
from handlers.channel import Hook
from handlers.sign import hook_headers
from handlers.webhook import Allowed, Limits, WebhookChannel
from schemas.delivery import ReceiptKind

ACCEPTED, REFUSED, FAILED = ReceiptKind.ACCEPTED, ReceiptKind.REFUSED, ReceiptKind.FAILED
LOOPBACK = (Allowed.parse("127.0.0.1/32"),)
SECRETS = ("whsec_b2xkb2xkb2xkb2xk", "whsec_bmV3bmV3bmV3bmV3")
NOW = 1_703_387_405_000  # Sun, 24 Dec 2023 03:10:05 GMT


def call(url):
    return Hook("D-1", url, hook_headers("D-1", NOW, "{}", SECRETS), b"{}", NOW)


async def post(url, **limits):
    channel = WebhookChannel(Limits(**{"allowed": LOOPBACK, "plain_http": True, "seconds": 5, **limits}))
    try:
        return await channel.send(call(url))
    finally:
        await channel.close()


def url_of(receiver, scheme="http", host="127.0.0.1"):
    return f"{scheme}://{host}:{receiver.port}/hook"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, ACCEPTED) for status in (200, 202, 204)),
        *((status, REFUSED) for status in (400, 401, 404, 410, 422)),
        *((status, FAILED) for status in (301, 302, 307, 408, 425, 429, 500, 502, 503)),
    ],
)
async def test_each_status_has_its_result(open_receiver, status, kind):
    receiver = await open_receiver(status=status, headers={"Location": "/elsewhere"})
    result = await post(url_of(receiver))
    assert (result.kind, result.disable, result.maybe_delivered) == (kind, status == 410, False)
    assert result.answer.startswith(str(status))
    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("Sun, 24 Dec 2023 03:11:05 GMT", 60), ("soon", None)])
async def test_a_receiver_may_ask_us_to_wait(open_receiver, status, header, seconds):
    receiver = await open_receiver(status=status, headers={"Retry-After": header})
    assert (await post(url_of(receiver))).retry_after == seconds


async def test_the_receiver_verifies_what_it_got_with_either_secret(open_receiver):
    receiver = await open_receiver()
    await post(url_of(receiver))
    headers, body = receiver.got[0]
    with time_machine.travel(NOW / 1000, tick=False):
        assert [Webhook(secret).verify(body, headers) for secret in SECRETS] == [{}, {}]


async def test_tls_is_checked(open_receiver, certificate, trust):
    receiver = await open_receiver(ssl_context=certificate)
    assert (await post(url_of(receiver, "https", "localhost"), context=trust)).kind is ACCEPTED
    distrusted = await post(url_of(receiver, "https", "localhost"))
    assert (distrusted.kind, distrusted.maybe_delivered, len(receiver.got)) == (FAILED, False, 1)
    assert "certificate" in distrusted.answer.lower()


async def test_without_leave_nothing_goes_out_unencrypted(open_receiver):
    receiver = await open_receiver()
    assert (await post(url_of(receiver), plain_http=False)).kind is REFUSED
    assert receiver.got == []


async def test_an_answer_is_read_no_further_than_its_cap(open_receiver):
    receiver = await open_receiver(status=200, body=b"x" * 5_000_000)
    result = await post(url_of(receiver))
    assert result.kind is ACCEPTED
    assert len(result.answer) == 200


async def test_a_receiver_that_hangs_is_left_in_time(open_receiver):
    result = await post(url_of(await open_receiver(hang=True)), seconds=0.4)
    assert (result.kind, result.maybe_delivered) == (FAILED, True)


async def test_a_status_stands_although_its_answer_never_ends():
    left = asyncio.Event()

    async def begin(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart")
        await writer.drain()
        await reader.read()
        writer.close()
        left.set()

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        assert (await post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", seconds=0.5)).kind is ACCEPTED
        await left.wait()


async def test_a_name_that_does_not_exist_fails():
    result = await post("https://no-such-host.invalid/")
    assert (result.kind, result.maybe_delivered) == (FAILED, False)


@pytest.mark.parametrize(
    "url", ["", "ftp://a/", "file:///etc/passwd", "http://", "http://[::1", "https://a b/", "javascript:1", "http://x:99999/"]
)
async def test_what_is_no_url_is_refused(url):
    assert (await post(url)).kind is REFUSED


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"],
)
async def test_however_it_is_spelled_a_private_address_is_not_reached(open_receiver, host):
    receiver = await open_receiver()
    result = await post(url_of(receiver, host=host), allowed=())
    assert result.kind in (REFUSED, FAILED)
    assert receiver.got == []


async def test_a_name_that_leads_inside_is_refused_with_words(open_receiver):
    result = await post(url_of(await open_receiver(), host="localhost"), allowed=())
    assert result.kind is REFUSED
    assert "allow-list" in result.answer


async def test_the_guard_sees_every_connection(open_receiver, monkeypatch):
    """One choke point: whoever makes a socket for this channel asked the guard first."""
    asked = []
    monkeypatch.setattr(webhook, "is_permitted", lambda host, port, allowed: asked.append((host, port)) or True)
    receiver = await open_receiver()
    await post(url_of(receiver))
    assert asked == [("127.0.0.1", receiver.port)]


async def test_a_port_that_was_not_allowed_is_closed(open_receiver):
    receiver = await open_receiver()
    assert (await post(url_of(receiver), allowed=(Allowed.parse("127.0.0.1/32:1"),))).kind is REFUSED
    assert (await post(url_of(receiver), allowed=(Allowed.parse(f"127.0.0.1/32:{receiver.port}"),))).kind is ACCEPTED


async def test_a_proxy_of_the_environment_is_not_used(open_receiver, monkeypatch):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert (await post(url_of(await open_receiver()))).kind is ACCEPTED
