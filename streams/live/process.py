"""What concerns the whole process: how it ends when it must not go on, and how its memory is collected."""

import gc
import os
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

import structlog

from streams.live import clock

log = structlog.get_logger()

_LOOK_SECONDS = 0.2

BROKEN = 3
"""Exit code of a worker that stopped itself, so that its supervisor starts another."""


def release() -> str:
    """The release that every word is stamped with."""
    try:
        return version("siaga")
    except PackageNotFoundError:
        return "unreleased"


def end(words: str) -> NoReturn:
    """Stop at once. Nothing uncommitted survives, so nothing is half done."""
    log.error("worker.ends", because=words)
    os._exit(BROKEN)


def end_within(seconds: Callable[[], float], words: str) -> None:
    """From now on the process has so long to end by itself; then it is ended. Asked again and again: what it waits for may have gone."""
    since = clock.elapsed()

    def insist() -> None:
        while clock.elapsed() - since < seconds():
            time.sleep(_LOOK_SECONDS)
        end(f"{words} within {seconds():g} s; nothing uncommitted survives")

    threading.Thread(target=insist, name="insist", daemon=True).start()


def calm_collector() -> None:
    """What start-up made will stay: do not look at it again, and look seldom. The default halves the rate of a seat."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
