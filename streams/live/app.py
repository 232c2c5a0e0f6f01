"""The worker: one faust.App that carries the seats of any choice of rooms, and nothing that decides."""

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

import faust
import mode
import structlog

from schemas.topics import ESCALATIONS, INTAKE_TOPICS
from streams.live import process
from streams.live.gauges import Gauges
from streams.live.health import Health
from streams.live.metrics import Metrics
from streams.live.nudges import Nudges
from streams.live.process import calm_collector, release
from streams.live.pulse import Pulse
from streams.live.seat import Hosting
from streams.live.seats import Seats
from streams.live.settings import Settings, TimeSource
from streams.live.watermarks import Watermarks

log = structlog.get_logger()

_AWAY_SECONDS = 5.0


class LiveApp(faust.App):
    """A faust.App that knows which seats it carries, and ends within a bound."""

    seats: tuple[Seats, ...] = ()
    pulse: Pulse
    stop_seconds: float

    async def stop(self) -> None:
        """Let all seats close at the same time, each after the batch in hand. Bounded: clients of a Kafka that is away wait for ever."""
        process.end_within(self._patience_seconds, "was asked to end, and could not be done with Kafka")
        for seats in self.seats:
            seats.stop()
        await super().stop()

    def doubt(self) -> None:
        """Kafka was away: what it did not finish, the seats do."""
        for seats in self.seats:
            seats.doubt()

    def unwell(self) -> str:
        """Why this worker does not read what it should, in a line; nothing while it does."""
        if self.pulse.away:
            return "Kafka does not answer"
        return next((words for seats in self.seats if (words := seats.unwell())), "")

    def _patience_seconds(self) -> float:
        """Without Kafka nothing can be closed in good order, and of what is still being sent nobody can be told."""
        return min(self.stop_seconds, _AWAY_SECONDS) if self.pulse.away else self.stop_seconds


class Holder(mode.Service):
    """One room at one inbox as a supervised service: an error in it ends the process."""

    def __init__(self, seats: Seats) -> None:
        super().__init__()
        self._seats = seats
        self._ended = asyncio.Event()

    @property
    def label(self) -> str:
        """How it is called in the log."""
        return f"{self._seats.hosting.room.name} at {self._seats.inbox.name}"

    async def on_started(self) -> None:
        """What was made so far will stay."""
        calm_collector()

    @mode.Service.task
    async def _hold(self) -> None:
        try:
            await self._seats.run()
        finally:
            self._ended.set()

    async def on_stop(self) -> None:
        """Let every seat finish the batch in hand."""
        self._seats.stop()
        await self._ended.wait()


def build(settings: Settings, rooms: Iterable[Hosting], edges: Iterable[mode.Service] = (), metrics: Metrics | None = None) -> LiveApp:
    """The app of a worker that hosts these rooms. `edges` are what the seats lean on: started before them, stopped after them.

    metrics: what the edges count into too; the seats do.
    """
    metrics = metrics or Metrics()
    (settings.state / "faust").mkdir(parents=True, exist_ok=True)
    # A group of its own: while Faust rebalances, it holds back every agent, those on in-memory channels too. In a shared group the death
    # of another worker kept this one's senders waiting for 50 s.
    app = LiveApp(f"{settings.prefix}siaga.worker.{secrets.token_hex(4)}", **_options(settings))
    app.pulse, app.stop_seconds = Pulse(settings, back=app.doubt), settings.stop_patience.total_seconds()
    app.service(app.pulse)  # type: ignore[arg-type]  # an instance is taken as well as a class
    counted = [hosting._replace(metrics=metrics) for hosting in rooms]
    app.seats = tuple(Seats(settings, hosting, inbox, release=release()) for hosting in counted for inbox in hosting.room.inboxes)
    metrics.gauges = Gauges(app.seats, tells_time=settings.time is TimeSource.CLOCK)
    app.service(Health(settings, metrics, app.unwell))  # type: ignore[arg-type]  # an instance is taken as well as a class
    for edge in edges:
        app.service(edge)  # type: ignore[arg-type]  # an instance is taken as well as a class
    for seats in app.seats:
        app.service(Holder(seats))  # type: ignore[arg-type]  # an instance is taken as well as a class
    app.service(Watermarks(settings, (seats for seats in app.seats if seats.inbox in INTAKE_TOPICS)))  # type: ignore[arg-type]
    app.service(Nudges(settings, (seats for seats in app.seats if seats.hosting.wakes_at)))  # type: ignore[arg-type]
    _count_escalations(app, settings, metrics)
    return app


def run(app: faust.App) -> int:
    """Work until SIGTERM or SIGINT; return the exit code."""
    worker = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, override_logging=False, quiet=True)
    worker.spinner = None  # It writes to terminals that are none.
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


def _options(settings: Settings) -> dict[str, Any]:
    """What was found to work (docs: stack). Everything that would make Faust keep state or create topics is off."""
    return {
        "broker": [f"kafka://{server.strip()}" for server in settings.kafka.split(",")],
        "broker_credentials": _credentials(settings),
        "broker_commit_interval": 0.5,
        "consumer_auto_offset_reset": "latest",
        "datadir": str(settings.state / "faust"),
        "key_serializer": "raw",
        "producer_acks": -1,
        "store": "memory://",
        "stream_wait_empty": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "value_serializer": "raw",
        "web_enabled": False,
        "worker_redirect_stdouts": False,
    }


def _credentials(settings: Settings) -> faust.types.auth.CredentialsT | None:
    options = settings.kafka_options()
    tls = options.get("ssl_context")
    if "sasl_mechanism" in options:
        user, password = options["sasl_plain_username"], options["sasl_plain_password"]
        return faust.SASLCredentials(username=user, password=password, mechanism=options["sasl_mechanism"], ssl_context=tls)
    return faust.SSLCredentials(tls) if tls else None


def _count_escalations(app: faust.App, settings: Settings, metrics: Metrics) -> None:
    """The one topic agent: Faust crashes at start without any. It reads uncommitted records too, so it only counts, from its start on."""

    @app.agent(app.topic(settings.prefix + ESCALATIONS.name, key_serializer="raw", value_serializer="raw"), name="escalations-seen")
    async def seen(stream: Any) -> None:
        async for event in stream.events():
            word = (event.headers or {}).get("word", b"")
            metrics.count("siaga_escalations_seen_total", word.decode("ascii", "replace"))
