"""A worker for the kill test: it holds seats of the counting room until it is told to stop."""

import asyncio
import signal
import sys

from streams.live import logbook
from streams.live.process import calm_collector
from streams.live.seat import Hosting
from streams.live.seats import Seats
from streams.live.settings import Settings
from tests.broker.summing import INBOX, ROOM


async def main() -> None:
    """Run until SIGTERM."""
    seats = Seats(Settings.load(kafka=sys.argv[1], prefix=sys.argv[2]), Hosting(ROOM, lambda record: None), INBOX, release="kill")
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, seats.stop)
    calm_collector()
    logbook.keep()
    await seats.run()


asyncio.run(main())
