"""Catchers: a mailbox and a webhook receiver for demos, exercises and tests. Real small servers on loopback, run as a process of their own.

    python -m streams.simulate.catchers --log DIR [--mail-fault what=code,code=451,first=2,per=receiver] ...

Each writes what it has caught, and nothing else decides what that is, to a log of its own (`mail.ndjson`, `webhook.ndjson`: appended,
flushed line by line), which the checker believes. Their clock is their own and decides nothing. They know nothing of the line.
"""

import argparse
import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, NamedTuple, cast

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

from streams.simulate.faults import Fault, Faults, What

LOOPBACK = "127.0.0.1"
MAIL_LOG, HOOK_LOG = "mail.ndjson", "webhook.ndjson"
LARGEST_BYTES = 10 * 1024 * 1024
ANSWERED = 200


class Ports(NamedTuple):
    """Where the catchers listen."""

    mail_port: int
    hook_port: int
    http_port: int


class Log:
    """An append-only NDJSON file, flushed line by line; what has been caught is also kept to be looked at."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")
        self.caught: list[dict[str, Any]] = []

    def write(self, kind: str, **what: object) -> None:
        """One line: `kind` is `mail` or `webhook` for what was caught, `fault` for what was not."""
        line = {"kind": kind, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **what}
        if kind != "fault":
            self.caught.append(line)
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class Mailbox:
    """What aiosmtpd asks: may this recipient be written to, and here is a message."""

    def __init__(self, log: Log, faults: Faults) -> None:
        self.log, self.faults = log, faults

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802  aiosmtpd's name
        if fault := self.faults.of(address, What.CODE):
            self.log.write("fault", what=fault.what, code=fault.code, to=[address])
            return f"{fault.code} not now" if fault.code < 500 else f"{fault.code} not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        receiver = envelope.rcpt_tos[0]
        if fault := self.faults.of(receiver, What.HANG):
            self.log.write("fault", what=fault.what, to=envelope.rcpt_tos)
            await asyncio.Event().wait()
        if fault := self.faults.of(receiver, What.DELAY):
            await asyncio.sleep(fault.seconds)
        dropped = self.faults.of(receiver, What.DROP)
        self.log.write("mail", **_seen(envelope), answer="none" if dropped else "250")
        if dropped:
            await asyncio.sleep(dropped.seconds)
            cast(asyncio.Transport, server.transport).abort()
        return "250 caught"


class _Door(SMTP):
    """A mail server that can also shut the door in the caller's face."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(mailbox, data_size_limit=LARGEST_BYTES, enable_SMTPUTF8=True, hostname="catcher.invalid", ident="siaga catcher")
        self._mailbox = mailbox

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if fault := self._mailbox.faults.of("", What.REFUSE):
            self._mailbox.log.write("fault", what=fault.what)
            cast(asyncio.Transport, transport).abort()


def _seen(envelope: Envelope) -> dict[str, Any]:
    raw = cast(bytes, envelope.original_content)
    head = message_from_bytes(raw, policy=policy.default)
    return {
        "message_id": str(head.get("Message-ID", "")).strip(),
        "from": envelope.mail_from or "",
        "to": list(envelope.rcpt_tos),
        "subject": str(head.get("Subject", "")),
        "in_reply_to": str(head.get("In-Reply-To", "")).strip(),
        "raw": raw.decode("utf-8", "replace"),
    }


class Receiver:
    """A webhook endpoint for every path. It answers 2xx to what is signed and what is not, and writes down which it was."""

    def __init__(self, log: Log, faults: Faults, secrets: Iterable[str]) -> None:
        self.log, self.faults, self.keys = log, faults, tuple(Webhook(secret) for secret in secrets)

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        if fault := self.faults.of(request.path, What.CODE, What.REFUSE, What.HANG):
            return await self._fail(request, fault)
        if fault := self.faults.of(request.path, What.DELAY):
            await asyncio.sleep(fault.seconds)
        dropped = self.faults.of(request.path, What.DROP)
        self.log.write("webhook", **self._seen(request, body), answer="none" if dropped else str(ANSWERED))
        if not dropped:
            return web.Response(status=ANSWERED)
        await asyncio.sleep(dropped.seconds)
        return _cut(request)

    async def _fail(self, request: web.Request, fault: Fault) -> web.Response:
        self.log.write("fault", what=fault.what, code=fault.code, path=request.path)
        if fault.what is What.HANG:
            await asyncio.Event().wait()
        return _cut(request) if fault.what is What.REFUSE else web.Response(status=fault.code)

    def _seen(self, request: web.Request, body: bytes) -> dict[str, Any]:
        return {
            "webhook_id": request.headers.get("webhook-id", ""),
            "path": request.path,
            "body": body.decode("utf-8", "replace"),
            "verified": any(_verifies(key, request, body) for key in self.keys),
        }


def _verifies(key: Webhook, request: web.Request, body: bytes) -> bool:
    try:
        key.verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: the header is not even made of version,base64.
        return False
    return True


def _cut(request: web.Request) -> web.Response:
    """Nothing that is answered now arrives."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=ANSWERED)


class View:
    """Caught mails as plain text: `/` lists them, `/mails/1` is the first, `/mails/1/raw` is what came over the wire."""

    def __init__(self, log: Log) -> None:
        self.log = log

    async def list(self, request: web.Request) -> web.Response:
        rows = (f"/mails/{n}  {m['at']}  {', '.join(m['to'])}  {_one_line(m['subject'])}" for n, m in enumerate(self.log.caught, 1))
        return web.Response(text="\n".join(rows) + "\n")

    async def one(self, request: web.Request) -> web.Response:
        return web.Response(text=_readable(self._mail(request)["raw"]))

    async def raw(self, request: web.Request) -> web.Response:
        return web.Response(text=self._mail(request)["raw"])

    def _mail(self, request: web.Request) -> dict[str, Any]:
        number = int(request.match_info["number"])
        if not 0 < number <= len(self.log.caught):
            raise web.HTTPNotFound(text="no such mail\n")
        return self.log.caught[number - 1]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _readable(raw: str) -> str:
    """The headers, and the plain text as a reader sees it."""
    mail = message_from_bytes(raw.encode(), policy=policy.default)
    part = mail.get_body(("plain",))
    return "".join(f"{name}: {_one_line(str(value))}\n" for name, value in mail.items()) + "\n" + (part.get_content() if part else "")


class Catching(NamedTuple):
    """Everything the catchers need to know. Port 0: any that is free."""

    log: Path
    mail_port: int = 0
    hook_port: int = 0
    http_port: int = 0
    secrets: tuple[str, ...] = ()
    mail_faults: tuple[Fault, ...] = ()
    hook_faults: tuple[Fault, ...] = ()


@asynccontextmanager
async def catching(how: Catching) -> AsyncIterator[Ports]:
    """All three servers, until the block is left."""
    mails, hooks = Log(how.log / MAIL_LOG), Log(how.log / HOOK_LOG)
    box, receiver, view = Mailbox(mails, Faults(how.mail_faults)), Receiver(hooks, Faults(how.hook_faults), how.secrets), View(mails)
    server = await asyncio.get_running_loop().create_server(lambda: _Door(box), LOOPBACK, how.mail_port)
    hook_routes = [web.post("/{path:.*}", receiver.post)]
    view_routes = [web.get("/", view.list), web.get(r"/mails/{number:\d+}", view.one), web.get(r"/mails/{number:\d+}/raw", view.raw)]
    try:
        async with _site(hook_routes, how.hook_port) as hook_port, _site(view_routes, how.http_port) as http_port:
            yield Ports(server.sockets[0].getsockname()[1], hook_port, http_port)
    finally:
        server.close()
        mails.close()
        hooks.close()


@asynccontextmanager
async def _site(routes: Sequence[web.RouteDef], port: int) -> AsyncIterator[int]:
    app = web.Application(client_max_size=LARGEST_BYTES)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def read_options(arguments: Sequence[str] | None = None) -> Catching:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m streams.simulate.catchers", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--log", type=Path, required=True, help="the folder of mail.ndjson and webhook.ndjson")
    for name in Ports._fields:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--secret", dest="secrets", action="append", default=[], help="whsec_…; repeat it while keys rotate")
    for name in ("mail", "hook"):
        parser.add_argument(f"--{name}-fault", dest=f"{name}_faults", type=Fault.parse, action="append", default=[], help=Fault.__doc__)
    given: dict[str, Any] = vars(parser.parse_args(arguments))
    return Catching(**(given | {name: tuple(value) for name, value in given.items() if isinstance(value, list)}))


async def serve(how: Catching) -> None:
    """Print the ports as one JSON line, and catch until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with catching(how) as ports:
        print(json.dumps(ports._asdict()), flush=True)  # noqa: T201  the one line that whoever started us waits for
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(read_options()))
