"""Logbook: what happens, one event per line on stderr, ours and the libraries' alike. As a line for people, or as a JSON object."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

_HUSHED = ("aiokafka", "mode.timers")
"""While Kafka is away they complain ten times a second of what the pulse says once; what they cannot mend reaches us as an error."""

_FRAMES = 3
_PLAIN = re.compile(r'[^\s"=\x00-\x1f\x7f]+')

ErrorInHand = tuple[type[BaseException], BaseException, TracebackType | None]


def as_line(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    """`2026-11-24T08:00:00Z warning  seat.fenced  room=intake …`. What came from outside cannot break the line, or colour it."""
    at, level, name = (event.pop(part) for part in ("timestamp", "level", "event"))
    return f"{at} {level:8} {name}  {' '.join(f'{key}={_shown(value)}' for key, value in event.items())}".rstrip()


as_json: Processor = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def in_short(exc_info: ErrorInHand) -> str:
    """An error and where it arose, innermost first, in one line."""
    frames = traceback.extract_tb(exc_info[2])[-_FRAMES:]
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{exc_info[1]!r} in {where}" if where else repr(exc_info[1])


def keep(render: Processor = as_line, stream: TextIO | None = None) -> None:
    """From now on. Of the libraries only what they warn of is written down."""
    common: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(in_short),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render], foreign_pre_chain=[_of_library, *common]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _HUSHED:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    ours = logging.getLogger("siaga")
    ours.setLevel(logging.INFO)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=lambda *_: ours,
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _of_library(logger: Any, _: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A library's logger names the event; what it has to say becomes one of its values."""
    record: logging.LogRecord = event["_record"]
    return {**event, "event": record.name, "said": event["event"]}


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
