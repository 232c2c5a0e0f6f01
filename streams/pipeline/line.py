"""The line: what a room is, and what passes through it.

A room is one synchronous, pure, total function over one record and one key; a driver (a seat on Kafka, a dict in a test, a file) is a
loop around it. Nothing here does I/O or reads a clock.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from schemas.policy import Policy, Roster
from schemas.topics import Topic
from schemas.word import Stamp, UtcMs, Word

Entry = Any
"""One small piece of a room's memory: a frozen struct of the room's own."""


class Record(NamedTuple):
    """One record of an inbox. `topic` is without prefix; `timestamp` is the broker's append time in UTC milliseconds.

    For a tick the driver sets `key` to the entry that is due.
    """

    topic: str
    partition: int
    offset: int
    timestamp: UtcMs
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    def header(self, name: str) -> str:
        """The value of a header of one of our own words; empty when it is absent."""
        for header, value in self.headers:
            if header == name:
                return value.decode("utf-8", "replace")
        return ""


class Due(NamedTuple):
    """When an entry wants a tick: by the time of law and policy (`at`), the broker's clock (`wall`), a proof, or any of them.

    proven: a gate (`schemas.ids.gate`, or COMPLETE) and the instant that it must reach.
    """

    at: UtcMs | None = None
    wall: UtcMs | None = None
    proven: tuple[str, UtcMs] | None = None


class Said(NamedTuple):
    """A word and where it goes. `partition` is named only by CLOCK, whose ticks go to every partition."""

    topic: Topic
    key: str
    word: Word
    stamp: Stamp
    partition: int | None = None


class Step(NamedTuple):
    """What a room answers to one record.

    `changes`: entries by name, None for a closed one. `due`: for each changed entry that wants a tick, when; a changed entry without a
    due wants none.
    """

    changes: Mapping[str, Entry | None] = {}
    words: tuple[Said, ...] = ()
    due: Mapping[str, Due] = {}


NOTHING = Step()


class InForce(NamedTuple):
    """What a record is decided by: the policy and roster revisions stamped on it."""

    policy: Policy
    roster: Roster

    @property
    def stamp(self) -> Stamp:
        """What is said because of the record bears the same."""
        return Stamp(self.policy.revision, self.roster.revision)


class NotInstalledError(Exception):
    """A revision that a record was decided by is not here. Nobody can go on without it: no guard may take this for a room that broke."""


class UnstampedError(ValueError):
    """A record of an inner topic that names no revisions: none of our own words."""


class Room(NamedTuple):
    """A room as drivers see it: a function, the topics it reads, and how its entries are packed.

    broken: what the room does about a record on which `step` broke, beside its being parked.
    """

    name: str
    inboxes: tuple[Topic, ...]
    step: Callable[[Mapping[str, Entry], Record, Any], Step]
    pack: Callable[[Entry], bytes]
    unpack: Callable[[bytes], Entry]
    broken: Callable[[Mapping[str, Entry], Record, Any], Step] | None = None
