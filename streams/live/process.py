"""What concerns the whole process: how it ends when it must not go on, and how its memory is collected."""

import gc
import os
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

import structlog

log = structlog.get_logger()

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


def calm_collector() -> None:
    """What start-up made will stay: do not look at it again, and look seldom. The default halves the rate of a seat."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
