"""`siaga ackpage`: the page that links of messages open, until SIGTERM or Ctrl-C."""

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.hall.say import AsJson, Stop, out

if TYPE_CHECKING:
    from streams.live.settings import Settings

EXAMPLE = "Example: siaga ackpage --host 127.0.0.1 --port 8080"

Host = Annotated[str, typer.Option(help="The address it listens on; behind a proxy that speaks TLS, leave it.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port it listens on; 0 for any free one.")]


def ackpage(host: Host = "127.0.0.1", port: Port = 8080, as_json: AsJson = False) -> None:
    """Serve the acknowledgement page until Ctrl-C or SIGTERM.

    Links are checked with SIAGA_LINK_SECRET, which the workers must have too, and begin with SIAGA_PUBLIC_URL.
    """
    from streams.cli.hall import place
    from streams.live import logbook

    found = place.settings_with_topics()
    keys = tuple(key.encode() for key in found.link_secret.get_secret_value().split(",") if key)
    if not keys:
        raise Stop("links can be checked with the secret alone that signed them: set SIAGA_LINK_SECRET as the workers have it")
    logbook.keep(logbook.as_json if as_json else logbook.as_line)
    asyncio.run(_served(found, keys, (host, port), as_json))


async def _served(settings: "Settings", keys: tuple[bytes, ...], where: tuple[str, int], as_json: bool) -> None:
    from streams.console.ackpage.app import serve

    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    host = where[0]
    try:
        await serve(
            settings,
            keys,
            where,
            stopping,
            lambda bound: out(
                as_json, {"host": host, "port": bound}, [f"acknowledgement page on http://{host}:{bound}   (Ctrl-C ends it)"]
            ),
        )
    except OSError as error:
        raise Stop(f"{host}:{where[1]}: {error.strerror or error}") from None
