"""A room whose memory and words depend on every record and on their order: a running digest per key, with a word for each record."""

import zlib

import msgspec

from schemas.ledger import Progress
from schemas.topics import Kept, Topic
from schemas.word import Stamp
from streams.pipeline.line import Due, Record, Room, Said, Step

INBOX = Topic("summing-inbox", "any", ("numbers", "tick"), 4, Kept.FOR_EVER, ("tests", "clock"), "summing")
OUT = Topic("summing-out", "any", ("progress",), 4, Kept.FOR_EVER, ("summing",), "tests")
RINGS_AFTER = 1000


class Sum(msgspec.Struct, frozen=True, gc=False):
    """How many records a key had, a digest of them in order, and how often it rang."""

    times: int = 0
    digest: int = 0
    rung: int = 0


def step(entries, record: Record, policy) -> Step:
    """Fold the record in; every third asks for a ring at its own number, which a tick answers."""
    name = record.key.decode()
    before = entries.get(name) or Sum()
    if record.header("word") == "tick":
        after = Sum(before.times, zlib.crc32(b"ring", before.digest), before.rung + 1)
        return Step({name: after}, (_say(name, after, record), _say(name, after, record)))
    after = Sum(before.times + 1, zlib.crc32(record.value, before.digest), before.rung)
    number = int(record.value)
    due = {name: Due(at=number + RINGS_AFTER)} if number % 3 == 0 else {}
    return Step({name: after}, (_say(name, after, record),), due)


def _say(name: str, after: Sum, record: Record) -> Said:
    return Said(
        OUT,
        name,
        Progress("summing", name, after.rung, record.offset, tick=after.times, due_wall=after.digest),
        Stamp("p", "r"),
    )


ROOM = Room("summing", (INBOX,), step, msgspec.msgpack.encode, msgspec.msgpack.Decoder(Sum).decode)
