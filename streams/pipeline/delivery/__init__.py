"""DELIVERY: what each receiver is told when: budget, coalescing, order, retries, breaker. Pure: it writes attempts and cannot send."""

from schemas.topics import DELIVERY_INBOX
from streams.pipeline.delivery.memory import pack, unpack
from streams.pipeline.delivery.room import step
from streams.pipeline.line import Room

DELIVERY = Room("delivery", (DELIVERY_INBOX,), step, pack, unpack)

__all__ = ["DELIVERY"]
