"""Auditing: the topics of a prefix in; whether every room says the same again as it said then, and the first difference, out.

How far each seat has come is read first, and what was said last: a worker that goes on meanwhile makes no difference.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import NamedTuple

from schemas.ledger import Tick
from schemas.topics import (
    ATTEMPTS,
    BY_NAME,
    CHANGELOGS,
    DELIVERY_INBOX,
    ESCALATION_INBOX,
    ESCALATIONS,
    INBOXES,
    LEDGER,
    PARKED,
    PROGRESS,
    REGISTRY,
    REJECTED,
    changelog,
)
from schemas.word import UtcMs
from streams.cli.hall.say import Stop
from streams.live import kafka, library
from streams.live.changelog import places
from streams.live.settings import Settings, TimeSource
from streams.pipeline.answer import tick_of
from streams.pipeline.clock import Pace
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry
from streams.pipeline.line import Record
from streams.pipeline.senders import SENDERS
from streams.pipeline.voice import by_of
from streams.replay.audit import Audit, Audited, Partition, Recollection, Span, Stranger
from streams.replay.difference import in_words
from streams.replay.dry_run import Hosted
from streams.replay.rooms import hosted

IDENTICAL, DIFFERENT = "IDENTICAL", "DIFFERENT"

WRITTEN = (PROGRESS, LEDGER, ESCALATION_INBOX, DELIVERY_INBOX, ATTEMPTS, ESCALATIONS, REJECTED, PARKED)
"""Where our rooms write."""

HEARD = tuple(dict.fromkeys(inbox for inboxes in INBOXES.values() for inbox in inboxes))
"""What our rooms read."""

_EVERY = 500

Say = Callable[[str], None]


class Found(NamedTuple):
    """What an audit found. first: the first difference, in words. begins: when the first record that was read again was appended.

    strangers: records on our own topics that are by none of our seats.
    """

    seats: tuple[Audited, ...]
    first: str
    begins: UtcMs | None
    strangers: int = 0

    @property
    def verdict(self) -> str:
        """In one word."""
        return DIFFERENT if self.first else IDENTICAL

    @property
    def audited(self) -> tuple[Audited, ...]:
        """The seats that could be audited."""
        return tuple(seat for seat in self.seats if not seat.is_cut)

    @property
    def records(self) -> int:
        """Records read again."""
        return sum(seat.records for seat in self.seats)

    @property
    def words(self) -> int:
        """Words compared."""
        return sum(seat.words for seat in self.seats)


async def audited(settings: Settings, *, since: UtcMs = 0, to: UtcMs | None = None, say: Say = lambda _: None) -> Found:
    """The audit of everything under the prefix, from and to times of appending. `say`: what is being done, again and again."""
    books = library.load(path for path in (settings.policies, settings.rosters) if path)
    books = books if settings.exercise else books.for_production()
    story_time = settings.time is TimeSource.WATERMARKS
    registry = Registry(policies=books.policies, rosters=books.rosters, exercise=settings.exercise, story_time=story_time)
    recollection = Recollection(Admission(registry), _keys(settings))
    pace = Pace(story_time, books.policy, books.roster, settings.exercise)
    rooms = (*hosted(recollection.admission, pace, books.in_force), *(Hosted(room, books.in_force) for room in SENDERS.values()))
    say("how far each seat has come is read")
    limits, cut = await _limits(settings, rooms), await _cut(settings)
    if not any(limits.values()):
        raise Stop(f"no room has read anything under {settings.prefix}: there is nothing to audit")
    async for record in kafka.read(settings, REGISTRY):
        registry.take(record)
    audit = Audit(rooms, recollection, Span(since, limits, cut))
    async for record in _told("what was said then", kafka.read(settings, *WRITTEN), say):
        audit.wrote(record)
    ends = {(p.topic.removeprefix(settings.prefix), p.partition): offset for p, offset in (await kafka.ends(settings, *HEARD)).items()}
    begins, over = dict[Partition, UtcMs](), set[Partition]()
    async for record in _told("what is said now", kafka.read(settings, *HEARD), say):
        where = (record.topic, record.partition)
        if where in over or (to is not None and record.timestamp >= to):
            over.add(where)
            continue
        if record.topic == LEDGER.name:
            _check_time(record, settings)
        audit.hears(record)
        begins.setdefault(where, record.timestamp)
    if await _cut(settings) != cut:
        raise Stop("retention has deleted records while they were read; run the audit again", 1)
    seats = audit.verdict(ends)
    whole = [at for where, at in begins.items() if where not in cut]
    first = await _first(settings, seats) or next(map(_unknown, audit.strangers), "")
    return Found(seats, first, min(whole, default=None), len(audit.strangers))


async def _limits(settings: Settings, rooms: Sequence[Hosted]) -> Mapping[str, int]:
    """By the name of each seat, the offset up to which it has committed; 0 where it never has."""
    come = await places(settings, *CHANGELOGS)
    return {
        by_of(room, inbox, partition): come.get((changelog(room.name, inbox).name, partition), 0)
        for room, _ in rooms
        for inbox in room.inboxes
        for partition in range(inbox.partitions)
    }


async def _cut(settings: Settings) -> frozenset[Partition]:
    """The partitions that no longer have their first records."""
    found = await kafka.begins(settings, *HEARD, *WRITTEN)
    return frozenset((p.topic.removeprefix(settings.prefix), p.partition) for p, offset in found.items() if offset > 0)


def _keys(settings: Settings) -> Sequence[bytes]:
    return tuple(key.encode() for key in settings.case_secret.get_secret_value().split(",") if key)


def _check_time(record: Record, settings: Settings) -> None:
    """By the broker's clock both times of a tick are one; in a story they are not. Whoever audits must know which it was."""
    tick = tick_of(record)
    if not isinstance(tick, Tick):
        return
    lived = TimeSource.CLOCK if tick.at == tick.wall else TimeSource.WATERMARKS
    if lived is not settings.time:
        raise Stop(f"what stands under {settings.prefix} was said with SIAGA_TIME={lived}; set it for the audit too")


async def _told(words: str, records: AsyncIterator[Record], say: Say) -> AsyncIterator[Record]:
    count = 0
    async for record in records:
        count += 1
        if count % _EVERY == 0:
            say(f"{words}: {count:,} records")
        yield record


async def _first(settings: Settings, seats: Sequence[Audited]) -> str:
    """The first difference of the first seat that has any, in the order of the line."""
    difference = next((seat.first for seat in seats if seat.first), None)
    if difference is None:
        return ""
    was = difference.was
    then = await kafka.record_at(settings, BY_NAME[was.topic], was.partition, was.offset) if was else None
    return in_words(difference, then)


def _unknown(stranger: Stranger) -> str:
    topic, partition, offset = stranger.place.topic, stranger.place.partition, stranger.place.offset
    said = f"by {stranger.by}, who is" if stranger.by else "by nobody, and is the word of"
    return f"{topic}/{partition}/{offset}: says that it is {said} no seat of ours"


def in_short(found: Found) -> str:
    """`IDENTICAL · 12,345 records read again, 9,876 words compared, 8 rooms, 51 seats`."""
    rooms = len({seat.room for seat in found.audited})
    return (
        f"{found.verdict} · {found.records:,} records read again, {found.words:,} words compared, {rooms} rooms, {len(found.audited)} seats"
    )


def left_out(found: Found) -> Counter[str]:
    """How many seats could not be audited, by the inbox of which retention has deleted the beginning."""
    return Counter(f"{seat.room} at {seat.inbox}" for seat in found.seats if seat.is_cut)
