"""Audit: what each seat wrote, and its recorded inbox, in; whether the rooms say the same again, and the first difference, out.

Room by room: every room has one inbox, so its words derive from that inbox alone. Words are joined by (`by`, `cause`, `n`). Not compared
are the release, and where in its code a room broke; nor what no room says: the progress of seats, and how sendings went.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.delivery import Receipt, ReceiptKind
from schemas.ids import digest
from schemas.ledger import Origin
from schemas.word import UtcMs
from streams.pipeline.answer import Row
from streams.pipeline.clock import NUDGED_BY
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.pseudonyms import digest_under
from streams.pipeline.line import Record
from streams.pipeline.voice import OWN, Headers, by_of
from streams.replay.difference import Difference, Kind, printed, word_of
from streams.replay.dry_run import Desk, Hosted

Partition = tuple[str, int]
"""A topic's name without prefix, and the number of a partition."""

_DIGEST_BYTES = 16
_NEVER: UtcMs = 1 << 62


class Span(NamedTuple):
    """What is audited, and what is left of it.

    since: what came of records appended earlier is said again for the memory's sake, and not compared. limits: by the name of a seat, the
    offset up to which it has committed; a seat that is not named has no limit. cut: partitions whose first records are gone.
    """

    since: UtcMs = 0
    limits: Mapping[str, int] = {}
    cut: Collection[Partition] = ()


EVERYTHING = Span()


class Audited(NamedTuple):
    """One seat: how many records were read again and words compared, how many differ, and the first of them in the order of its inbox.

    gone: words said again of which retention has deleted what was said then. withheld: what was keyed under a key that is not here, digests
    of what was refused and ids of cases; the rest of it is compared. is_cut: the
    beginning of its inbox is gone, and with it what it remembered: it cannot be said again, and nothing of it was compared.
    """

    room: str
    inbox: str
    partition: int
    records: int
    words: int
    differing: int
    first: Difference | None
    gone: int = 0
    withheld: int = 0
    is_cut: bool = False


class Stranger(NamedTuple):
    """A record on one of our own topics that says it is by somebody who is no seat of ours."""

    place: Origin
    by: str


class Recollection:
    """What INTAKE knew when it answered a record: the registry as of the revision that its words carry.

    A record that led to no word carries none. It is answered by the revision of its seat's word before, or by the first later one by which
    it leads to no word.
    """

    def __init__(self, admission: Admission, keys: Sequence[bytes] = ()) -> None:
        """`admission`: with the whole registry. `keys`: all under which refused payloads, and cases, may have been keyed."""
        self._admission = admission
        self._keys = keys
        self._revisions: dict[str, int] = {}
        self._last: dict[Partition, int] = {}

    def wrote(self, record: Record) -> None:
        """A word of INTAKE, with the record that it answers."""
        if (revision := record.header("registry")).isdecimal():
            self._revisions[record.header("cause")] = int(revision)

    def admission(self, record: Record) -> Admission:
        """What INTAKE knew when it answered this record."""
        seat = (record.topic, record.partition)
        known = self._revisions.get(f"{record.topic}/{record.partition}/{record.offset}")
        self._last[seat] = self._silent(record, self._last.get(seat, 0)) if known is None else known
        return self._as_of(self._last[seat])

    def is_digest(self, keyed: str, record: Record) -> bool | None:
        """Whether it is that of the payload, or of the case in it, under one of the keys; None when there is no key to tell by."""
        told = (of(key, record) for key in self._keys for of in (_refused_under, digest_under))
        return keyed in told if self._keys else None

    def _silent(self, record: Record, least: int) -> int:
        """The first revision from `least` on by which INTAKE says nothing: most often that, else the latest."""
        latest = self._admission.registry.revision
        candidates = (least, latest, *range(least + 1, latest))
        return next((each for each in candidates if not INTAKE.step({}, record, self._as_of(each)).words), least)

    def _as_of(self, revision: int) -> Admission:
        return self._admission._replace(registry=self._admission.registry.as_of(revision))


def _refused_under(key: bytes, record: Record) -> str:
    return digest(key, record.value or b"")


class Audit:
    """Give it what was written (`wrote`), then each inbox in order (`hears`); then ask for the `verdict`."""

    def __init__(self, rooms: Iterable[Hosted], recollection: Recollection, span: Span = EVERYTHING) -> None:
        """`recollection`: what INTAKE is hosted with."""
        self._recollection = recollection
        self.strangers: list[Stranger] = []
        self._log = _Log(span.cut)
        self._seats: dict[Partition, list[_Seat]] = defaultdict(list)
        for hosted in rooms:
            for inbox in hosted.room.inboxes:
                for partition in range(inbox.partitions):
                    self._seats[inbox.name, partition].append(_Seat(Desk(hosted, inbox, partition), recollection, self._log, span))
        self._by = {seat.by: seat for seats in self._seats.values() for seat in seats}

    def wrote(self, record: Record) -> None:
        """A record of one of our own topics."""
        self._log.begins(record)
        by = record.header("by")
        if seat := self._by.get(by):
            seat.wrote(record)
            self._recollection.wrote(record)
        elif by != NUDGED_BY:
            self.strangers.append(Stranger(Origin(record.topic, record.partition, record.offset), by))

    def hears(self, record: Record) -> None:
        """The next record of an inbox."""
        for seat in self._seats.get((record.topic, record.partition), ()):
            seat.hears(record)

    def verdict(self, ends: Mapping[Partition, int] = {}) -> tuple[Audited, ...]:
        """Seat by seat. `ends`: where each inbox ended after everything written had been read; what lies there caused nothing yet."""
        return tuple(seat.verdict(ends) for seat in self._by.values())


class _Log:
    """Since when each partition of our own topics is whole: what was appended before it may be gone."""

    def __init__(self, cut: Collection[Partition]) -> None:
        self._since: dict[Partition, UtcMs] = dict.fromkeys(cut, _NEVER)

    def begins(self, record: Record) -> None:
        """The first record of a partition is the first that it has left."""
        if self._since.get(where := (record.topic, record.partition), 0) == _NEVER:
            self._since[where] = record.timestamp

    def may_have_lost(self, row: Row, caused_at: UtcMs) -> bool:
        """Whether a word that was said because of a record of that time may have been deleted since."""
        return caused_at <= self._since.get((row[0].name, row[1]), -1)


class _Seat:
    """One room at one partition, then and now. Of a word then only a print and its place are kept, packed: there may be millions."""

    def __init__(self, desk: Desk, recollection: Recollection, log: _Log, span: Span) -> None:
        inbox, partition = desk.inbox, desk.partition
        self.by = by_of(desk.room, inbox, partition)
        self._desk = desk
        self._recollection, self._log = recollection, log
        self._since, self._limit = span.since, span.limits.get(self.by, _NEVER)
        self._is_cut = (inbox.name, partition) in span.cut
        self._then: dict[str, bytes] = {}
        self._twice: list[Difference] = []
        self._begins: int | None = None
        self._last = -1
        self._records = self._words = self._differing = self._gone = self._withheld = 0
        self._first: Difference | None = None

    def wrote(self, record: Record) -> None:
        """A word of this seat."""
        cause, n = record.header("cause"), record.header("n")
        if self._is_cut or cause.endswith(OWN) or _is_of_an_edge(record):
            return
        name = f"{cause} {n}"
        if name in self._then:
            self._twice.append(Difference(self.by, cause, n, Kind.REPEATED, Origin(record.topic, record.partition, record.offset)))
        else:
            self._then[name] = _packed(record)

    def hears(self, record: Record) -> None:
        """The next record of the inbox, if the seat has come so far."""
        if self._is_cut or record.offset >= self._limit:
            return
        self._last = record.offset
        if self._begins is None and record.timestamp >= self._since:
            self._begins = record.offset
        self._records += 1
        for row in self._desk.answer(record):
            self._compare(row, record)

    def _compare(self, row: Row, record: Record) -> None:
        topic, partition, key, value, headers = row
        cause, n = _header(headers, "cause"), _header(headers, "n")
        if cause.endswith(OWN):
            return
        then = self._then.pop(f"{cause} {n}", None)
        if self._begins is None:
            return
        if then is None and self._log.may_have_lost(row, record.timestamp):
            self._gone += 1
            return
        self._words += 1
        if then is None:
            self._differs(Difference(self.by, cause, n, Kind.ADDED, now=row))
            return
        said, keyed, was = _unpacked(then)
        if said != printed(topic.name, partition, key, value, headers).digest or not self._is_digest(keyed, record):
            self._differs(Difference(self.by, cause, n, Kind.CHANGED, was, row))

    def _is_digest(self, keyed: str, record: Record) -> bool:
        """Whether a keyed digest is that of the record, as far as anybody can tell who has not the key."""
        found = self._recollection.is_digest(keyed, record) if keyed else True
        self._withheld += found is None
        return found is not False

    def _differs(self, difference: Difference) -> None:
        self._differing += 1
        self._first = self._first or difference

    def verdict(self, ends: Mapping[Partition, int]) -> Audited:
        """What was said then because of a record read again, or of one that there is not, differs too; so does what stands there twice."""
        end = ends.get((self._desk.inbox.name, self._desk.partition), _NEVER)
        begins = self._last + 1 if self._begins is None else self._begins if self._since else 0
        left = ((name.rpartition(" "), then) for name, then in self._then.items())
        missing = [Difference(self.by, cause, n, Kind.MISSING, _unpacked(then)[2]) for (cause, _, n), then in left]
        for difference in sorted((*missing, *self._twice), key=_place):
            if begins <= _offset(difference.cause) <= self._last or _offset(difference.cause) >= end:
                self._differing += 1
                if self._first is None or _offset(difference.cause) < _offset(self._first.cause):
                    self._first = difference
        desk, counts = self._desk, (self._records, self._words, self._differing)
        return Audited(
            desk.room.name, desk.inbox.name, desk.partition, *counts, self._first, self._gone, self._withheld, is_cut=self._is_cut
        )


def _is_of_an_edge(record: Record) -> bool:
    """How a sending went is what the world answered: nobody says it again."""
    if record.header("word") != "receipt":
        return False
    word = word_of(record.value)
    return isinstance(word, Receipt) and word.kind is not ReceiptKind.BEGUN


def _packed(record: Record) -> bytes:
    """The print of a word and where it stands."""
    digest, keyed = printed(record.topic, record.partition, record.key, record.value, record.headers)
    return digest + f"{keyed}/{record.topic}/{record.partition}/{record.offset}".encode()


def _unpacked(then: bytes) -> tuple[bytes, str, Origin]:
    keyed, topic, partition, offset = then[_DIGEST_BYTES:].decode().rsplit("/", 3)
    return then[:_DIGEST_BYTES], keyed, Origin(topic, int(partition), int(offset))


def _place(difference: Difference) -> tuple[int, str, str]:
    return _offset(difference.cause), difference.cause, difference.n


def _offset(cause: str) -> int:
    """The offset in `topic/partition/offset` or `topic/partition/offset/entry`; before all others where there is none."""
    parts = cause.split("/", 3)
    return int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() else 0


def _header(headers: Headers, name: str) -> str:
    return next(value.decode() for header, value in headers if header == name)
