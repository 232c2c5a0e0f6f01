"""DELIVERY: what each receiver is told when: budget, coalescing, order, retries, breaker. Pure: it writes attempts and cannot send."""

import msgspec

from schemas.topics import DELIVERY_INBOX
from streams.pipeline.delivery.digest import Added, Gathering, Series
from streams.pipeline.delivery.memory import Letter, Letterbox, Thread
from streams.pipeline.delivery.room import step
from streams.pipeline.line import Room

_Kept = Letterbox | Thread | Letter | Gathering | Added | Series
_decoder: msgspec.json.Decoder[_Kept] = msgspec.json.Decoder(_Kept)

DELIVERY = Room("delivery", (DELIVERY_INBOX,), step, msgspec.json.encode, _decoder.decode)

__all__ = ["DELIVERY"]
