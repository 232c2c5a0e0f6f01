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

from schemas.topics import ALL
from streams.cli.hall.say import Stop, quiet, tell_once
from streams.live.settings import Settings, misnamed

ANSWER_SECONDS = 15
NOWHERE = "no Kafka: name yours in SIAGA_KAFKA (host:port), or start the embedded one with: siaga broker"

T = TypeVar("T")


def settings(**changes: Any) -> Settings:
    """The settings of this process; Kafka may be missing. Names that nobody reads are told of."""
    for name, meant in misnamed(os.environ):
        tell_once(f"nobody reads {name}" + (f"; did you mean {meant}?" if meant else ""))
    return Settings.load(**changes)


def located(**changes: Any) -> Settings:
    """The settings, with a Kafka that nobody has asked yet: the user's own, else the embedded one of the note."""
    found = settings(**changes)
    if found.kafka:
        return found
    note = _note()
    theirs = ("kafka",) if "SIAGA_PREFIX" in os.environ else note.keys()  # Whoever names a prefix means another story.
    return Settings.load(**{name: note[name] for name in theirs} | changes)


def settings_with_kafka(**changes: Any) -> Settings:
    """The settings, with a Kafka that answers."""
    return answered(located(**changes))


def settings_with_topics(**changes: Any) -> Settings:
    """The settings, with a Kafka that answers and has all our topics under the prefix."""
    return with_topics(located(**changes))


def answered(found: Settings) -> Settings:
    """The same settings, when Kafka has answered."""
    quiet()
    asyncio.run(in_time(reach(found)))
    return found


def with_topics(found: Settings) -> Settings:
    """The same settings, when Kafka has answered that all our topics are there."""
    answered(found)
    asyncio.run(in_time(_check_topics(found)))
    return found


async def _check_topics(found: Settings) -> None:
    from streams.live import kafka

    missing = {topic.name for topic in ALL} - set(await kafka.names(found))
    if missing:
        some = f"{len(missing)} of {len(ALL)} " if len(missing) < len(ALL) else ""
        raise Stop(f"{some}topics are missing under {found.prefix}; create them with: siaga topics apply")


async def in_time(work: Awaitable[T], seconds: float = ANSWER_SECONDS) -> T:
    """Kafka's clients try for minutes; a person at a terminal does not want to wait for them."""
    async with asyncio.timeout(seconds):
        return await work


@contextmanager
def noted(kafka: str, prefix: str = "", time: str = "") -> Iterator[None]:
    """While the block runs, other terminals find this Kafka, and the prefix with what moves its time if they are given."""
    known = {"kafka": kafka, "prefix": prefix, "time": time}
    path, note = _path(), {"pid": os.getpid()} | {name: value for name, value in known.items() if value}
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
