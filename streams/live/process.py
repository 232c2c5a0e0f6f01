"""What concerns the whole process: how it ends when it must not go on, and how its memory is collected."""

import gc
import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

import structlog

log = structlog.get_logger()

BROKEN = 3
"""Exit code of a worker that stopped itself, so that its supervisor starts another."""


def log_to_stderr(level: str) -> None:
    """One event per line on stderr, ours and the libraries', unless somebody has already said where logs go."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    if not structlog.is_configured():
        shown: list[Any] = [
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(),
        ]
        structlog.configure(processors=shown, logger_factory=structlog.PrintLoggerFactory(sys.stderr))


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
