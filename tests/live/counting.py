"""A room of no consequence, for tests of the host: it counts per key, and rings when a count has stood for a while."""

import msgspec

from schemas.codec import decode
from schemas.ledger import Progress, Tick
from schemas.topics import Kept, Topic
from schemas.word import Stamp
from streams.pipeline.line import NOTHING, Due, Record, Room, Said, Step

INBOX = Topic("counting-inbox", "any", ("numbers", "tick"), 2, Kept.FOR_EVER, ("tests", "clock"), "counting")
OUT = Topic("counting-out", "any", ("progress",), 4, Kept.FOR_EVER, ("counting",), "tests")
STAMP = Stamp("p1", "r1")


class Count(msgspec.Struct, frozen=True, gc=False):
    """How often a key came, and when it wants to ring."""

    times: int
    rings_at: int | None = None


def step(entries, record: Record, policy) -> Step:
    """Count the record; its value may name when to ring. `break` breaks the room, `grow` makes an entry that no broker takes, `nothing`
    leads to nothing."""
    name = record.key.decode()
    before = entries.get(name) or Count(0)
    if record.header("word") == "tick":
        return ring(name, before, record)
    if record.value == b"break":
        raise ZeroDivisionError("a secret")
    if record.value == b"grow":
        return Step({name: Count(before.times + 1, b"x" * 1_100_000)}, (say(name, before.times + 1, record),))
    if record.value == b"nothing":
        return NOTHING
    if record.value == b"close":
        return Step({name: None})
    count = Count(before.times + 1, int(record.value) if record.value else before.rings_at)
    due = {name: Due(at=count.rings_at)} if count.rings_at is not None else {}
    return Step({name: count}, (say(name, count.times, record),), due)


def ring(name: str, before: Count, record: Record) -> Step:
    """Ring once."""
    if name == "breaks-on-tick":
        raise ZeroDivisionError("a secret")
    assert isinstance(decode(record.value), Tick)
    return Step({name: Count(before.times)}, (say(name, -1, record),))


def say(name: str, number: int, record: Record) -> Said:
    """The word is one of ours with two numbers in it; what it means elsewhere does not matter here."""
    return Said(OUT, name, Progress("counting", record.topic, record.partition, record.offset, tick=number), STAMP)


ROOM = Room("counting", (INBOX,), step, msgspec.msgpack.encode, msgspec.msgpack.Decoder(Count).decode)
