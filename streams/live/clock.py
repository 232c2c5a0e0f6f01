"""Clock: the one reader of time. It measures how long something took; no decision of the line is made by it."""

import time

_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds since some fixed instant; where the machine can tell, those that it slept are among them."""
    return time.clock_gettime(_SINCE_BOOT)
