"""Present: what moves time under a prefix, as INTAKE last said; and an act stated at that time. No clock of ours is read."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas import codec
from schemas.cloud import Cloud
from schemas.ids import STORY, digest
from schemas.ledger import Progress
from schemas.operator import Act
from schemas.topics import PROGRESS
from schemas.word import UtcMs, Word, format_time
from streams.live import kafka
from streams.live.settings import Settings, TimeSource
from streams.pipeline.line import Record

_LAST_OFFSETS = (500, 5_000, 50_000, None)
"""How far back the newest word of INTAKE is looked for on `progress`: it speaks each half minute, the other rooms in between."""


class Present(NamedTuple):
    """Now: by the broker's clock, and by what moves the time of law and policy here."""

    wall: UtcMs
    at: UtcMs


async def present_of(settings: Settings) -> Present | None:
    """The newest word of INTAKE on how far it has read tells what time it is; None where no worker has ever run."""
    for last in _LAST_OFFSETS:
        newest = None
        async for record in kafka.read(settings, PROGRESS, last=last):
            newest = told_by(codec.decode(record.value or b""), record, settings) or newest
        if newest:
            return newest
    return None


def told_by(word: Word, record: Record, settings: Settings) -> Present | None:
    """What time one word tells. A story's time is how far its publisher has come."""
    if not (isinstance(word, Progress) and word.room == "intake"):
        return None
    wall = record.timestamp
    if settings.time is TimeSource.CLOCK:
        return Present(wall, wall)
    return Present(wall, next((read.through for read in word.sources if read.source == STORY), wall))


def stated(act: type[Act], data: Mapping[str, Any], at: UtcMs, *, exercise: bool, source: str = "siaga/cli", id: str = "") -> Cloud:
    """An act as an event; an id that nobody chose derives from what is stated."""
    said = {**data, "acted_at": format_time(at), "exercise": exercise}
    return Cloud(act.type, source, id or f"cli/{digest(act.type, *map(str, said.values()))}", said, at, at)
