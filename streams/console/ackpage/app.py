"""App: which page answers which request. GET and HEAD change nothing; POST says something, and leads back to the page of the link."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from importlib.resources import files
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from handlers.language import Both
from schemas.operator import Acknowledge, Act, Decline, Dispute, Done, Verify
from schemas.surveillance import DutySituation
from streams.console.ackpage import paper
from streams.console.ackpage.desk import Desk, NotSaidError, UnfitError
from streams.console.ackpage.door import MOST_BODY_OCTETS, Buckets, guard, put_headers
from streams.console.ackpage.ticket import Fault, Form, Opened, act_id, opened, read_form, written
from streams.console.ackpage.words import FAULTS, REFUSALS
from streams.live.settings import Settings

log = structlog.get_logger()

ACTS: Mapping[str, type[Act]] = {"acknowledge": Acknowledge, "decline": Decline, "done": Done, "dispute": Dispute, "verify": Verify}
MORE: Mapping[str, tuple[str, ...]] = {"decline": ("reason",), "dispute": ("reason",), "done": ("action",), "verify": ("verdict",)}
_NONCE_OCTETS = 12


def _in_words(telephone: str) -> Middleware:
    """A refusal is a page too. It is logged without the address, which holds a token."""

    @web.middleware
    async def worded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as refused:
            if refused.status < HTTPStatus.BAD_REQUEST:
                raise
            log.warning("ackpage.refused", why=refused.reason, status=refused.status)
            kept = {name: refused.headers[name] for name in ("Allow", "Retry-After") if name in refused.headers}
            return _plain(refused.status, REFUSALS.get(refused.status, REFUSALS[400]), telephone, kept)
        except NotSaidError:
            log.warning("ackpage.refused", why="Kafka is away, or no worker has ever run", status=503)
            return _plain(503, REFUSALS[503], telephone, {"Retry-After": "5"})
        except UnfitError as unfit:
            log.warning("ackpage.refused", why="what was typed", field=unfit.field, status=422)
            return _plain(422, REFUSALS[422], telephone)

    return worded


def _plain(status: int, said: Both, telephone: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=paper.plain(said, telephone), content_type="text/html", headers=headers)


class AckPage:
    """The pages of one prefix. `keys` sign links, oldest first."""

    def __init__(self, settings: Settings, keys: tuple[bytes, ...], desk: Desk, buckets: Buckets) -> None:
        self._keys = keys
        self._telephone = settings.telephone
        self._desk = desk
        self._buckets = buckets
        self._style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")

    def app(self) -> web.Application:
        """The application; it has read everything before it listens."""
        app = web.Application(middlewares=[_in_words(self._telephone), guard(self._buckets)], client_max_size=MOST_BODY_OCTETS)
        for path in (r"/a/{token:[^/]{1,4000}}", r"/d/{token:[^/]{1,4000}}"):
            app.router.add_get(path, self._read)
            app.router.add_post(path, self._press)
        app.router.add_get("/style.css", self._styled)
        app.on_response_prepare.append(put_headers)
        app.cleanup_ctx.append(self._opened)
        return app

    async def _opened(self, _: web.Application) -> AsyncIterator[None]:
        async with self._desk.open():
            yield

    async def _styled(self, _: web.Request) -> web.Response:
        return web.Response(text=self._style, content_type="text/css")

    def _open(self, request: web.Request) -> Opened | web.Response:
        """The ticket of the link, or the page that says why it opens nothing."""
        match opened(request.match_info["token"], self._keys, self._desk.view):
            case Fault() as fault:
                status, said = FAULTS[fault]
                log.warning("ackpage.unopened", why=fault.value, status=status)
                return _plain(status, said, self._telephone)
            case found:
                return found

    async def _read(self, request: web.Request) -> web.Response:
        match self._open(request):
            case Opened() as found:
                return self._page(found, request.query.get("sent", ""))
            case refused:
                return refused

    def _page(self, found: Opened, sent: str) -> web.Response:
        ticket, view = found.ticket, self._desk.view
        answer = view.answer(sent)
        if answer and (answer.position, answer.escalation) != (ticket.position, ticket.escalation) and answer.act != "dispute":
            answer = None
        sheet = paper.Sheet(found, view.escalation(ticket.escalation), "", answer, sent.startswith("ackpage/"), self._telephone)
        mark = written(Form(ticket.delivery, sheet.revision, secrets.token_urlsafe(_NONCE_OCTETS)), self._keys)
        return web.Response(text=paper.page(sheet._replace(mark=mark)), content_type="text/html")

    async def _press(self, request: web.Request) -> web.Response:
        fields = await request.post()
        found = self._open(request)
        if not isinstance(found, Opened):
            return found
        form = read_form(_text(fields.get("form")), found.ticket, self._keys)
        act = _text(fields.get("act"))
        if form is None or act not in ACTS:
            raise web.HTTPBadRequest
        on, key = _on(act, found, form)
        more = {name: _text(fields.get(name)).strip() for name in MORE.get(act, ())}
        data = {"on": on, "position": found.ticket.position, "name": _text(fields.get("name")).strip(), **more}
        id = act_id(form, "/".join((act, more.get("action", ""), more.get("verdict", ""))))
        answer = await self._desk.said(ACTS[act], data, id, key)
        log.info(
            "ackpage.pressed",
            act=act,
            escalation=found.ticket.escalation,
            revision=form.revision,
            position=found.ticket.position,
            judged=str(answer.judged) if answer else "",
        )
        raise web.HTTPSeeOther(f"{request.path}?sent={id}")


def _on(act: str, found: Opened, form: Form) -> tuple[dict[str, Any], str]:
    """What the act is on, and the key it is published under."""
    ticket, situation = found.ticket, found.now.situation
    if act != "dispute":
        return {"escalation": ticket.escalation, "estate": ticket.estate, "revision": form.revision}, ticket.estate
    if not isinstance(situation, DutySituation):
        raise web.HTTPBadRequest
    firm = situation.place.firm.removeprefix("firm:")
    duty = {"obligation": situation.obligation, "period": situation.period, "firm": firm, "permit": situation.permit}
    return duty, firm


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


async def serve(
    settings: Settings, keys: tuple[bytes, ...], where: tuple[str, int], stopping: asyncio.Event, started: Callable[[int], None]
) -> None:
    """Serve until asked to stop; `started` is told the port when pages can be opened."""
    desk = Desk(settings)
    # No access log: its lines would hold tokens.
    runner = web.AppRunner(AckPage(settings, keys, desk, Buckets()).app(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, *where)
        await site.start()
        started(runner.addresses[0][1])
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait([stop, desk.reading], return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if desk.reading.done():
            desk.reading.result()
    finally:
        await runner.cleanup()
