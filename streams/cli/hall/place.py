"""Place: where Kafka is and what our topics are called there. In: the environment, and the note of a running broker. Out: Settings.

`siaga broker` and `siaga demo` leave a note in the user's cache, so that a verb in another terminal finds them without being told.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from streams.cli.hall.say import Stop, quiet
from streams.live.settings import Settings

ANSWER_SECONDS = 15
NOWHERE = "no Kafka: name yours in SIAGA_KAFKA (host:port), or start the embedded one with: siaga broker"

T = TypeVar("T")


def settings(**changes: Any) -> Settings:
    """The settings of this process; Kafka may be missing."""
    return Settings.load(**changes)


def settings_with_kafka(**changes: Any) -> Settings:
    """The settings, with a Kafka that answers: the user's own, else the embedded one that is running."""
    found = settings(**changes)
    if not found.kafka:
        note = _note()
        given = {"prefix"} & {name.removeprefix("SIAGA_").lower() for name in os.environ}
        found = settings(**{name: value for name, value in note.items() if name not in given} | changes)
    quiet()
    asyncio.run(in_time(reach(found)))
    return found


async def in_time(work: Awaitable[T], seconds: float = ANSWER_SECONDS) -> T:
    """Kafka's clients try for minutes; a person at a terminal does not want to wait for them."""
    async with asyncio.timeout(seconds):
        return await work


@contextmanager
def noted(kafka: str, prefix: str = "") -> Iterator[None]:
    """While the block runs, other terminals find this Kafka, and the prefix if one is given."""
    path, note = _path(), {"kafka": kafka, "pid": os.getpid()} | ({"prefix": prefix} if prefix else {})
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(note))
    try:
        yield
    finally:
        path.write_text(before) if before else path.unlink(missing_ok=True)


def _path() -> Path:
    from streams.live.jars import cache_directory

    return cache_directory() / "running.json"


def _note() -> dict[str, str]:
    try:
        note: dict[str, Any] = json.loads(_path().read_text())
        os.kill(note.pop("pid"), 0)
    except (OSError, ValueError, KeyError, TypeError):
        raise Stop(NOWHERE) from None
    return note


async def reach(found: Settings) -> None:
    """Return when Kafka answers; stop in words when it does not."""
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    admin = AIOKafkaAdminClient(**found.kafka_options())
    try:
        await admin.start()
    except (KafkaError, OSError):
        raise Stop(f"Kafka at {found.kafka} cannot be reached; is it running, and is SIAGA_KAFKA right?") from None
    finally:
        await admin.close()
