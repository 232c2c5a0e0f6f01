"""The topics: the one list of their names, keys, words, partitions, retention, writers and readers.

No topic name stands anywhere else in the code. `siaga topics apply` makes this list true; partition counts are declared and never change.
"""

import zlib
from enum import StrEnum
from typing import NamedTuple

DAY_MS = 86_400_000


class Kept(StrEnum):
    """How long the broker keeps a topic."""

    INTAKE = "30 days"
    AUDIT = "the audit period"
    FOR_EVER = "for ever"
    COMPACTED = "compacted"


class Topic(NamedTuple):
    """One topic. `name` is without the operator's prefix."""

    name: str
    key: str
    words: tuple[str, ...]
    partitions: int
    kept: Kept
    writers: tuple[str, ...]
    reader: str


REPORTS = Topic("report-submissions", "any", ("facts", "watermarks"), 4, Kept.INTAKE, ("upstream", "intake"), "intake")
CASES = Topic("covid-case-notices", "any", ("facts", "watermarks"), 4, Kept.INTAKE, ("upstream", "intake"), "intake")
INCIDENTS = Topic("smelter-incidents", "any", ("facts", "watermarks"), 4, Kept.INTAKE, ("upstream", "intake"), "intake")
ACTS = Topic("operator-acts", "estate id", ("acts", "watermarks"), 2, Kept.AUDIT, ("ackpage", "console", "cli", "intake"), "intake")
REGISTRY = Topic("firm-registry", "entity id", ("entries", "activate", "watermarks"), 1, Kept.FOR_EVER, ("upstream", "intake"), "intake")
PROGRESS = Topic(
    "progress", "room and partition", ("progress", "count", "completeness_broken", "admitted_act"), 1, Kept.INTAKE, ("every room",), "clock"
)
LEDGER = Topic(
    "ledger",
    "subject",
    ("admitted", "refusal", "admitted_act", "enrolled", "connected", "tick"),
    4,
    Kept.FOR_EVER,
    ("intake", "clock"),
    "surveillance",
)
ESCALATION_INBOX = Topic(
    "escalation-inbox",
    "estate id",
    ("alert", "admitted_act", "outcome", "tick", "brake", "completeness_broken"),
    4,
    Kept.FOR_EVER,
    ("surveillance", "intake", "delivery", "clock"),
    "escalation",
)
DELIVERY_INBOX = Topic(
    "delivery-inbox",
    "receiver id",
    ("delivery", "item", "receipt", "tick"),
    4,
    Kept.FOR_EVER,
    ("escalation", "delivery", "senders", "clock"),
    "delivery",
)
ATTEMPTS = Topic("attempts", "receiver id", ("attempt",), 4, Kept.AUDIT, ("delivery",), "senders")
ESCALATIONS = Topic("escalations", "estate id", ("escalation", "answer"), 4, Kept.FOR_EVER, ("escalation",), "people")
REJECTED = Topic("rejected", "source", ("rejected", "oddity"), 2, Kept.FOR_EVER, ("intake", "surveillance"), "operators")
PARKED = Topic("parked", "key", ("parked",), 2, Kept.FOR_EVER, ("every room",), "operators")

FACT_TOPICS = (REPORTS, CASES, INCIDENTS)
"""Where upstream systems say something about firms."""

INTAKE_TOPICS = (*FACT_TOPICS, ACTS, REGISTRY)
"""What the outside publishes to, and INTAKE reads."""

INBOXES = {
    "intake": INTAKE_TOPICS,
    "clock": (PROGRESS,),
    "surveillance": (LEDGER,),
    "escalation": (ESCALATION_INBOX,),
    "delivery": (DELIVERY_INBOX,),
    "senders-mail": (ATTEMPTS,),
    "senders-webhook": (ATTEMPTS,),
    "senders-file": (ATTEMPTS,),
}
"""Which room reads what. Every room but INTAKE has exactly one inbox."""


def changelog(room: str, inbox: Topic) -> Topic:
    """Where the seats of `room` at `inbox` keep their memory and their offset."""
    name = f"{room}-changelog" if len(INBOXES.get(room, (inbox,))) == 1 else f"{room}-{inbox.name}-changelog"
    return Topic(name, "entry of the memory", ("entries",), inbox.partitions, Kept.COMPACTED, (room,), room)


CHANGELOGS = tuple(changelog(room, inbox) for room, inboxes in INBOXES.items() for inbox in inboxes)

ALL = (*INTAKE_TOPICS, PROGRESS, LEDGER, ESCALATION_INBOX, DELIVERY_INBOX, ATTEMPTS, ESCALATIONS, REJECTED, PARKED, *CHANGELOGS)

BY_NAME = {topic.name: topic for topic in ALL}


def partition_of(key: str, topic: Topic) -> int:
    """The partition of `key` in one of our own topics: CRC-32, because clients' default partitioners disagree."""
    return zlib.crc32(key.encode()) % topic.partitions


def config_of(topic: Topic, audit_days: int) -> dict[str, str]:
    """Broker settings of a topic. All are LogAppendTime: the broker's clock is the only one that decides anything."""
    settings = {"message.timestamp.type": "LogAppendTime", "cleanup.policy": "delete"}
    match topic.kept:
        case Kept.COMPACTED:
            return settings | {
                "cleanup.policy": "compact",
                "segment.bytes": str(64 * 1024 * 1024),
                "segment.ms": "600000",
                "min.cleanable.dirty.ratio": "0.1",
            }
        case Kept.INTAKE:
            return settings | {"retention.ms": str(30 * DAY_MS)}
        case Kept.AUDIT:
            return settings | {"retention.ms": str(audit_days * DAY_MS)}
        case Kept.FOR_EVER:
            return settings | {"retention.ms": "-1"}
