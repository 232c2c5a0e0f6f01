"""A whole worker with the counting room and one that reads reports, for tests of the process."""

import sys

from schemas.topics import REPORTS
from streams.live import logbook
from streams.live.app import build, run
from streams.live.seat import Hosting
from streams.live.settings import Settings
from streams.pipeline.line import NOTHING, Room
from tests.live.counting import ROOM

READING = Room("intake", (REPORTS,), lambda entries, record, policy: NOTHING, bytes, bytes)

if __name__ == "__main__":
    logbook.keep()
    settings = Settings.load(kafka=sys.argv[1], prefix=sys.argv[2], watermark_period=0.5)
    sys.exit(run(build(settings, [Hosting(ROOM, lambda record: None), Hosting(READING, lambda record: None)])))
