"""Health: `/healthz` and `/metrics` of one worker over HTTP. It answers questions; nothing that the worker does waits for it."""

from collections.abc import Callable

import mode
import structlog
from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from streams.live.metrics import Metrics
from streams.live.settings import Settings

log = structlog.get_logger()


class Health(mode.Service):
    """Serves until the worker ends. `unwell` says in one line why this worker does not work, and nothing while it does.

    Without its port the worker works, and says once what to set.
    """

    def __init__(self, settings: Settings, metrics: Metrics, unwell: Callable[[], str]) -> None:
        super().__init__()
        self._where = (settings.metrics_host, settings.metrics_port)
        self._metrics, self._unwell = metrics, unwell
        self._runner: web.AppRunner | None = None

    async def on_start(self) -> None:
        """Listen, if a port was named."""
        host, port = self._where
        if not port:
            return
        app = web.Application()
        app.add_routes([web.get("/healthz", self._healthz), web.get("/metrics", make_aiohttp_handler(self._metrics.registry))])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.on_stop()
            means = "works on without /metrics and /healthz; set SIAGA_METRICS_PORT to a free port, or to 0 for none"
            log.warning("metrics.off", host=host, port=port, because=error.strerror or repr(error), means=means)
        else:
            log.info("metrics.on", host=host, port=port)

    async def on_stop(self) -> None:
        """Listen no more."""
        runner, self._runner = self._runner, None
        if runner:
            await runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        words = self._unwell()
        return web.Response(text=f"{words or 'ok'}\n", status=503 if words else 200)
