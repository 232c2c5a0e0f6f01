"""Clock: the one reader of time. It measures how long something took; no decision of the line is made by it."""

import time

_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds since some fixed instant; where the machine can tell, those that it slept are among them."""
    return time.clock_gettime(_SINCE_BOOT)


def wall_ms() -> int:
    """This machine's idea of the time, in milliseconds since 1970. To compare with the broker's, and for nothing else."""
    return time.time_ns() // 1_000_000
