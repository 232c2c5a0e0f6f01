"""Wiring: settings in, the app of a worker out. The one place that knows every room, every channel, and what each is given."""

import base64
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

import faust
import mode
import structlog
from pydantic import SecretStr

from handlers import render
from handlers.channel import Hook
from handlers.file import FileChannel
from handlers.mail import MailChannel, Relay
from handlers.sign import Links, Seal
from handlers.webhook import Allowed, Limits, WebhookChannel
from schemas.delivery import Attempt
from schemas.escalation import Escalation
from schemas.word import UtcMs
from streams.live import library
from streams.live.app import build as build_app
from streams.live.library import Library
from streams.live.metrics import Metrics
from streams.live.registry_view import RegistryView
from streams.live.seat import Hosting
from streams.live.senders import Rendered, Senders, Way
from streams.live.settings import Settings, TimeSource
from streams.live.turn import Committed
from streams.pipeline.clock import CLOCK, Pace, wakes_at
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.intake import INTAKE
from streams.pipeline.line import Record
from streams.pipeline.surveillance import SURVEILLANCE

log = structlog.get_logger()

SENDERS = "senders"
ROOMS = (*(room.name for room in (INTAKE, CLOCK, SURVEILLANCE, ESCALATION, DELIVERY)), SENDERS)


class WiringError(Exception):
    """These settings must not be run: says why and what to set."""


def chosen(rooms: Iterable[str]) -> tuple[str, ...]:
    """The rooms of these names. Raises WiringError when there is no such room."""
    wanted = tuple(rooms)
    if unknown := set(wanted) - set(ROOMS):
        raise WiringError(f"no room is called {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    return wanted


def judged(settings: Settings) -> Library:
    """The revisions of these settings, if they may be run. Raises WiringError, LibraryError."""
    _check_exercise(settings)
    return library.load(path for path in (settings.policies, settings.rosters) if path)


def build(settings: Settings, rooms: Iterable[str] = ROOMS) -> faust.App:
    """The app of a worker that hosts `rooms` (all by default). Raises WiringError, LibraryError."""
    wanted, books = chosen(rooms), judged(settings)
    view = RegistryView(settings, books if settings.exercise else books.for_production(), *_case_keys(settings))
    first = view.registry.in_force(0)
    log.info("policy.first", policy=first.policy, roster=first.roster, means="in force until the register activates others: least by name")
    metrics = Metrics()
    senders = _senders(settings, books, metrics)
    hosted = _hostings(settings, books, view, senders)
    hostings = [hosting for name in ROOMS if name in wanted for hosting in hosted[name]]
    app = build_app(settings, hostings, [_Edges(view, senders)], metrics)
    if SENDERS in wanted:
        _warn_of_a_relay_that_nobody_named(settings)
        senders.attach(app)
    return app


def _hostings(settings: Settings, books: Library, view: RegistryView, senders: Senders) -> Mapping[str, tuple[Hosting, ...]]:
    pace = Pace(settings.time is TimeSource.WATERMARKS, books.policy, books.roster, settings.exercise)
    return {
        INTAKE.name: (Hosting(INTAKE, view.admission, before_batch=view.refresh),),
        CLOCK.name: (Hosting(CLOCK, lambda _: pace, wakes_at=lambda memory: wakes_at(memory, pace)),),
        **{room.name: (Hosting(room, books.in_force),) for room in (SURVEILLANCE, DELIVERY)},
        ESCALATION.name: (Hosting(ESCALATION, books.in_force, after_commit=_log_escalations),),
        SENDERS: senders.hostings,
    }


async def _log_escalations(_: Sequence[Record], committed: Sequence[Committed]) -> None:
    """A line for each word on an escalation: what an operator looks for first."""
    for word in (each.said.word for each in committed):
        if isinstance(word, Escalation):
            log.info(
                "escalation",
                id=word.id,
                revision=word.revision,
                grade=word.grade,
                ladder_level=word.level,
                why=word.why,
                estate=word.estate,
            )


class _Edges(mode.Service):
    """What the seats lean on, opened before them and closed after them."""

    def __init__(self, view: RegistryView, senders: Senders) -> None:
        super().__init__()
        self._view, self._senders = view, senders

    async def on_start(self) -> None:
        """Open the outcome producer."""
        await self._senders.start()

    async def on_stop(self) -> None:
        """Let what has begun end."""
        await self._senders.stop()
        await self._view.close()


def _check_exercise(settings: Settings) -> None:
    """An exercise reaches nobody but its catcher: a relay and a webhook receiver on this machine."""
    if not settings.exercise:
        return
    if not _is_here(settings.smtp_host):
        raise WiringError(f"an exercise mails to a catcher on this machine only: set SIAGA_SMTP_HOST=127.0.0.1, not {settings.smtp_host}")
    if not _is_here(urlsplit(settings.exercise_hooks).hostname or ""):
        raise WiringError("an exercise sends webhooks to a catcher on this machine only: set SIAGA_EXERCISE_HOOKS=http://127.0.0.1:port")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _senders(settings: Settings, books: Library, metrics: Metrics) -> Senders:
    domain = settings.smtp_sender.rpartition("@")[2]
    keys = tuple(key.encode() for key in _secrets(settings.link_secret, "SIAGA_LINK_SECRET"))
    seal = Seal(keys, settings.public_url, domain, settings.smtp_sender, settings.telephone)
    return Senders(settings, books, seal, _ways(settings), metrics)


def _warn_of_a_relay_that_nobody_named(settings: Settings) -> None:
    if "smtp_host" not in settings.model_fields_set:
        log.warning("relay.unnamed", setting="SIAGA_SMTP_HOST", means=f"mails go to {settings.smtp_host}:{settings.smtp_port}")


def _secrets(setting: SecretStr, name: str) -> tuple[str, ...]:
    """The secrets of a setting, oldest first. Without any, one that nobody knows: never an empty one, which anybody could sign with."""
    given = tuple(secret for secret in setting.get_secret_value().split(",") if secret)
    if not given:
        log.warning("secret.missing", setting=name, means="signatures and digests of this process can be checked by nobody")
    return given or ("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),)


def _case_keys(settings: Settings) -> tuple[bytes, bytes]:
    """The newest secret for digests: what was refused is compared with what is refused, not looked up. The oldest for case ids.

    While keys rotate a case keeps its id; it is another once the oldest secret is gone, which had better wait until no case is open.
    """
    known = _secrets(settings.case_secret, "SIAGA_CASE_SECRET")
    return known[-1].encode(), known[0].encode()


def _ways(settings: Settings) -> Mapping[str, Way]:
    relay = Relay(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        seconds=settings.smtp_timeout.total_seconds(),
    )
    allowed = (*settings.webhook_allow, *_catcher(settings))
    limits = Limits(tuple(Allowed.parse(text) for text in allowed), plain_http=settings.exercise)
    return {
        "mail": Way(render.mail, MailChannel(relay), settings.slots_mail),
        "webhook": Way(_hooks(settings), WebhookChannel(limits), settings.slots_webhook),
        "file": Way(render.line, FileChannel(settings.state / "lines"), settings.slots_file),
    }


def _catcher(settings: Settings) -> tuple[str, ...]:
    """The range that an exercise may reach although it is private: its catcher's own address and port."""
    catcher = urlsplit(settings.exercise_hooks)
    return (f"{catcher.hostname}/32:{catcher.port or 80}",) if settings.exercise else ()


def _hooks(settings: Settings) -> Rendered:
    """Signed calls; in an exercise to the catcher's address, under the receiver's id."""
    keys = _secrets(settings.webhook_secret, "SIAGA_WEBHOOK_SECRET")

    def rendered(attempt: Attempt, links: Links, date: UtcMs) -> Hook:
        hook = render.hook(attempt, links, date, keys)
        if not settings.exercise:
            return hook
        return replace(hook, url=f"{settings.exercise_hooks.rstrip('/')}/{attempt.delivery.to.receiver}")

    return rendered
