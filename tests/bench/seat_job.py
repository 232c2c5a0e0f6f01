"""The small job that the seat is measured with, and the topics it runs on: parse, count per key, one word for each event."""

import json

import msgspec

from schemas.ledger import Progress
from schemas.topics import Kept, Topic
from schemas.word import Stamp
from streams.pipeline.line import Record, Room, Said, Step

PARTITIONS = 4
INBOX = Topic("bench-inbox", "any", ("events",), PARTITIONS, Kept.FOR_EVER, ("bench",), "bench")
OUT = Topic("bench-out", "any", ("progress",), PARTITIONS, Kept.FOR_EVER, ("bench",), "bench")
STAMP = Stamp("p", "r")


def event(number: int) -> tuple[bytes, bytes]:
    """Key and value of one event of about 420 bytes."""
    estate = f"estate-{number * 7919 % 5000}"
    body = {"id": f"e{number}", "e": estate, "workers": number % 4000, "confirmed": number % 7, "note": "x" * 330}
    return estate.encode(), json.dumps(body).encode()


class Count(msgspec.Struct, frozen=True, gc=False):
    """How often an estate came."""

    times: int


def step(entries, record: Record, policy) -> Step:
    """Count the estate; say its event's id."""
    fact = json.loads(record.value)
    name = fact["e"]
    before = entries.get(name)
    return Step({name: Count(before.times + 1 if before else 1)}, (Said(OUT, name, Progress(fact["id"], "", 0), STAMP),))


ROOM = Room("bench", (INBOX,), step, msgspec.msgpack.encode, msgspec.msgpack.Decoder(Count).decode)
