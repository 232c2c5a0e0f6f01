"""Real small peers: a relay, a receiver of webhooks, a directory. Each says what it will do, and remembers what it got."""

import asyncio
import ssl
from dataclasses import dataclass, field

import pytest
import trustme
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Relay:
    """An SMTP server. `rcpt` and `data` are its answers; `drop` closes the connection instead of answering DATA; `hang` never answers."""

    rcpt: str = "250 OK"
    data: str = "250 queued as 7"
    drop: bool = False
    hang: bool = False
    port: int = 0
    got: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  aiosmtpd's name
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        self.got.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        if self.hang:
            await asyncio.Event().wait()
        if self.drop:
            server.transport.abort()
        return self.data

    def authenticate(self, server, session, envelope, mechanism, login):
        self.logins.append(login.password)
        return AuthResult(success=login.password == b"right", handled=False)


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trust(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
async def open_relay():
    """Opens relays that answer so; `ssl` speaks TLS from the first byte, `settings` are aiosmtpd's own."""
    servers = []

    async def open_it(*, ssl=None, settings=None, **answers):
        relay, loop = Relay(**answers), asyncio.get_running_loop()
        if settings and settings.get("auth_required"):
            settings["authenticator"] = relay.authenticate
        server = await loop.create_server(lambda: SMTP(relay, loop=loop, hostname="relay", **(settings or {})), "127.0.0.1", 0, ssl=ssl)
        servers.append(server)
        relay.port = server.sockets[0].getsockname()[1]
        return relay

    yield open_it
    for server in servers:
        server.close()


@dataclass
class Receiver:
    """A webhook's other end: its status, headers, and body; `drop` closes instead of answering."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False
    hang: bool = False
    port: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request):
        self.got.append((dict(request.headers), await request.read()))
        if self.hang:
            await asyncio.sleep(60)
        if self.drop:
            request.transport.abort()
        return web.Response(status=self.status, headers=self.headers, body=self.body)


@pytest.fixture
async def open_receiver():
    runners = []

    async def open_it(*, ssl_context=None, **answers):
        receiver = Receiver(**answers)
        app = web.Application()
        app.router.add_route("*", "/{anything:.*}", receiver.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context)
        await site.start()
        receiver.port = runner.addresses[0][1]
        return receiver

    yield open_it
    for runner in runners:
        await runner.cleanup()
