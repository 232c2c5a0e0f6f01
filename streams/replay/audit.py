"""Audit: what each seat wrote, and its recorded inbox, in; whether the rooms say the same again, and the first difference, out.

Room by room: every room has one inbox, so its words derive from that inbox alone. Words are joined by (`by`, `cause`, `n`). Not compared
are the release, and where in its code a room broke; nor what no room says: the progress of seats, and how sendings went.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from schemas import codec
from schemas.delivery import Receipt, ReceiptKind
from schemas.ledger import Origin, Parked
from schemas.topics import Topic
from schemas.word import UtcMs
from streams.pipeline.answer import Row
from streams.pipeline.intake.admit import Admission
from streams.pipeline.line import Record
from streams.pipeline.voice import OWN, Headers, by_of
from streams.replay.dry_run import Desk, Hosted

_COMPARED = ("word", "policy", "roster", "registry")

_Key = tuple[str, str]
"""Cause and n: which word of a seat it is."""


class Kind(StrEnum):
    """How a word now differs from the word then."""

    MISSING = "missing"
    ADDED = "added"
    CHANGED = "changed"


class Difference(NamedTuple):
    """A word that is not the same again. `was`: where the word then stands; `now`: the word as it is said now."""

    by: str
    cause: str
    n: str
    kind: Kind
    was: Origin | None = None
    now: Row | None = None


class Audited(NamedTuple):
    """One seat: how many records were read again and words compared, how many differ, and the first of them in the order of its inbox."""

    room: str
    inbox: str
    partition: int
    records: int
    words: int
    differing: int
    first: Difference | None


class Recollection:
    """What INTAKE knew when it answered a record: the registry as of the revision that its words carry.

    A record that led to no word carries none; it is answered by the revision of its seat's word before, which is as good: it led to none.
    """

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._revisions: dict[str, int] = {}
        self._last: dict[tuple[str, int], int] = {}

    def wrote(self, record: Record) -> None:
        """A word of INTAKE, with the record that it answers."""
        if revision := record.header("registry"):
            self._revisions[record.header("cause")] = int(revision)

    def admission(self, record: Record) -> Admission:
        """What INTAKE knew when it answered this record."""
        seat = (record.topic, record.partition)
        known = self._revisions.get(f"{record.topic}/{record.partition}/{record.offset}", self._last.get(seat, 0))
        self._last[seat] = known
        return self._admission._replace(registry=self._admission.registry.as_of(known))


class Audit:
    """Give it what was written (`wrote`), then each inbox in order as far as its seat had come (`hears`); then ask for the `verdict`.

    recollection: what INTAKE was hosted with. since: what came of records appended earlier is said again for the memory's sake, and
    not compared.
    """

    def __init__(self, rooms: Iterable[Hosted], recollection: Recollection, *, since: UtcMs = 0) -> None:
        self._recollection = recollection
        self._seats = {
            (inbox.name, partition): _Seat(hosted, inbox, partition, since)
            for hosted in rooms
            for inbox in hosted.room.inboxes
            for partition in range(inbox.partitions)
        }
        self._by = {seat.by: seat for seat in self._seats.values()}

    def wrote(self, record: Record) -> None:
        """A record of one of our own topics."""
        if seat := self._by.get(record.header("by")):
            seat.wrote(record)
            self._recollection.wrote(record)

    def hears(self, record: Record) -> None:
        """The next record of an inbox."""
        if seat := self._seats.get((record.topic, record.partition)):
            seat.hears(record)

    def verdict(self) -> tuple[Audited, ...]:
        """Seat by seat."""
        return tuple(seat.verdict() for seat in self._seats.values())


class _Seat:
    """One room at one partition, then and now. Of a word then only a digest and its place are kept: there may be millions."""

    def __init__(self, hosted: Hosted, inbox: Topic, partition: int, since: UtcMs) -> None:
        self.by = by_of(hosted.room, inbox, partition)
        self._desk = Desk(hosted, inbox, partition)
        self._since = since
        self._then: dict[_Key, tuple[bytes, Origin]] = {}
        self._begins: int | None = None
        self._last = -1
        self._records = self._words = self._differing = 0
        self._first: Difference | None = None

    def wrote(self, record: Record) -> None:
        """A word of this seat."""
        cause, n = record.header("cause"), record.header("n")
        if not cause.endswith(OWN) and not _is_of_an_edge(record):
            digest = _digest(record.topic, record.partition, record.key, record.value, record.headers)
            self._then[cause, n] = digest, Origin(record.topic, record.partition, record.offset)

    def hears(self, record: Record) -> None:
        """The next record of the inbox."""
        self._last = record.offset
        if self._begins is None and record.timestamp >= self._since:
            self._begins = record.offset
        self._records += 1
        for row in self._desk.answer(record):
            self._compare(row)

    def _compare(self, row: Row) -> None:
        topic, partition, key, value, headers = row
        cause, n = _header(headers, "cause"), _header(headers, "n")
        if cause.endswith(OWN):
            return
        digest, was = self._then.pop((cause, n), (b"", None))
        if self._begins is None:
            return
        self._words += 1
        if was is None:
            self._differs(Difference(self.by, cause, n, Kind.ADDED, now=row))
        elif digest != _digest(topic.name, partition, key, value, headers):
            self._differs(Difference(self.by, cause, n, Kind.CHANGED, was, row))

    def _differs(self, difference: Difference) -> None:
        self._differing += 1
        self._first = self._first or difference

    def verdict(self) -> Audited:
        """What was said then because of a record read again, and is not said now, differs too."""
        left = ((_offset(cause), cause, n, was) for (cause, n), (_, was) in self._then.items())
        begins = self._last + 1 if self._begins is None else self._begins
        for offset, cause, n, was in sorted(each for each in left if begins <= each[0] <= self._last):
            self._differing += 1
            if self._first is None or offset < _offset(self._first.cause):
                self._first = Difference(self.by, cause, n, Kind.MISSING, was)
        desk = self._desk
        return Audited(desk.room.name, desk.inbox.name, desk.partition, self._records, self._words, self._differing, self._first)


def _is_of_an_edge(record: Record) -> bool:
    """How a sending went is what the world answered: nobody says it again."""
    if record.header("word") != "receipt":
        return False
    word = codec.decode(record.value or b"")
    return isinstance(word, Receipt) and word.kind is not ReceiptKind.BEGUN


def _offset(cause: str) -> int:
    """The offset in `topic/partition/offset` or `topic/partition/offset/entry`."""
    return int(cause.split("/", 3)[2])


def _header(headers: Headers, name: str) -> str:
    return next(value.decode() for header, value in headers if header == name)


def _digest(topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> bytes:
    """What must be the same: where it went, what it says, and the revisions it was decided by."""
    stamps = tuple(text for name, text in headers if name in _COMPARED)
    running = hashlib.blake2b(digest_size=16)
    for part in (topic.encode(), b"%d" % partition, key or b"", _comparable(value or b"", stamps), *stamps):
        running.update(b"%d:" % len(part) + part)
    return running.digest()


def _comparable(value: bytes, stamps: tuple[bytes, ...]) -> bytes:
    """A parked word names a line of code, which moves with every release."""
    if b"parked" not in stamps:
        return value
    word = codec.decode(value)
    return codec.encode(msgspec.structs.replace(word, error="")) if isinstance(word, Parked) else value


def in_words(difference: Difference, then: Record | None) -> str:
    """One line: who, because of what, and the first thing that differs. `then`: the record at `difference.was`."""
    was, now = _told(then), _told(difference.now)
    where = f"{difference.by}, because of {difference.cause}, word {difference.n}"
    if difference.kind is Kind.ADDED:
        return f"{where}: says now what it did not say then: {_named(now)}"
    if difference.kind is Kind.MISSING:
        return f"{where}: does not say now what it said then: {_named(was)}"
    field, one, other = next(_differing("", was, now), ("nothing that can be shown", was, now))
    return f"{where}: {field.lstrip('.')} was {_short(one)}, is now {_short(other)}"


def _told(said: Record | Row | None) -> Mapping[str, Any]:
    """A word with its envelope, as plain values."""
    match said:
        case None:
            return {}
        case Record():
            topic, partition, key, value, headers = said.topic, said.partition, said.key, said.value, said.headers
        case _:
            topic, partition, key, value, headers = said[0].name, said[1], said[2], said[3], tuple(said[4])
    stamps = {name: text.decode("utf-8", "replace") for name, text in headers if name in _COMPARED}
    return {"topic": topic, "partition": partition, "key": (key or b"").decode("utf-8", "replace"), **stamps, "value": _plain(value or b"")}


def _plain(value: bytes) -> Any:
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return repr(value)


def _named(told: Mapping[str, Any]) -> str:
    return f"{told.get('word', 'a word')} to {told.get('topic', 'an unknown topic')} for {told.get('key') or 'everybody'}"


def _differing(path: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every leaf that differs, with its path."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*was, *now)):
            yield from _differing(f"{path}.{name}", was.get(name), now.get(name))
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _differing(f"{path}[{number}]", one, other)
    elif was != now:
        yield path, was, now


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 120 else f"{text[:117]}..."
