"""Difference: a word then and a word now in; whether they are the same, and in one line how they differ, out."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from schemas import codec
from schemas.cases import CaseNotice
from schemas.ids import digest
from schemas.ledger import Admitted, Origin, Parked, Rejected
from schemas.word import Word
from streams.pipeline.answer import Row
from streams.pipeline.intake.pseudonyms import without_tokens
from streams.pipeline.line import Record

_COMPARED = ("word", "policy", "roster", "registry")
_LONGEST = 120
_CASE = CaseNotice.type.encode()

_Stamps = tuple[bytes, ...]


class Kind(StrEnum):
    """How a word now differs from the word then."""

    MISSING = "missing"
    ADDED = "added"
    CHANGED = "changed"
    REPEATED = "repeated"


class Difference(NamedTuple):
    """A word that is not the same again. `was`: where the word then stands; `now`: the word as it is said now."""

    by: str
    cause: str
    n: str
    kind: Kind
    was: Origin | None = None
    now: Row | None = None


class Print(NamedTuple):
    """What must be the same of a word: where it went, what it says, and the revisions it was decided by.

    keyed: a digest under a key that stands outside Kafka, beside the rest: whoever has not the key cannot say it again (law 12).
    """

    digest: bytes
    keyed: str = ""


def printed(topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Print:
    """The print of a word as it is written."""
    stamps = tuple(text or b"" for name, text in headers if name in _COMPARED)
    content, keyed = _comparable(value or b"", stamps)
    running = hashlib.blake2b(digest_size=16)
    for part in (topic.encode(), b"%d" % partition, key or b"", content, *stamps):
        running.update(b"%d:" % len(part) + part)
    return Print(running.digest(), keyed)


def word_of(value: bytes | None) -> Word | None:
    """The word that a value is, if it is one of ours."""
    try:
        return codec.decode(value or b"")
    except (msgspec.MsgspecError, RecursionError):
        return None


def _comparable(value: bytes, stamps: _Stamps) -> tuple[bytes, str]:
    """A parked word names a line of code, which moves with every release; a refusal and the notice of a case carry what is keyed."""
    if b"parked" in stamps and isinstance(word := word_of(value), Parked):
        return codec.encode(msgspec.structs.replace(word, error="")), ""
    if b"admitted" in stamps and _CASE in value and isinstance(word := word_of(value), Admitted) and word.kind == CaseNotice.type:
        return codec.encode(without_tokens(word)), digest(bytes(word.fact))
    if b"rejected" in stamps and isinstance(word := word_of(value), Rejected):
        return codec.encode(msgspec.structs.replace(word, digest="")), word.digest
    return value, ""


def in_words(difference: Difference, then: Record | None) -> str:
    """One line: who, because of what, and the first thing that differs. `then`: the record at `difference.was`."""
    was, now = _told(then), _told(difference.now)
    where = f"{difference.by}, because of {difference.cause}, word {difference.n}"
    match difference.kind:
        case Kind.ADDED:
            return f"{where}: says now what it did not say then: {_named(now)}"
        case Kind.MISSING:
            return f"{where}: does not say now what it said then: {_named(was)}"
        case Kind.REPEATED:
            return f"{where}: says once what stands there twice: {_named(was)}"
    field, one, other = next(differing("", was, now), ("nothing that can be shown", was, now))
    return f"{where}: {field.lstrip('.')} was {shortened(one)}, is now {shortened(other)}"


def _told(said: Record | Row | None) -> Mapping[str, Any]:
    """A word with its envelope, as plain values."""
    match said:
        case None:
            return {}
        case Record():
            topic, partition, key, value, headers = said.topic, said.partition, said.key, said.value, said.headers
        case _:
            topic, partition, key, value, headers = said[0].name, said[1], said[2], said[3], tuple(said[4])
    stamps = {name: (text or b"").decode("utf-8", "replace") for name, text in headers if name in _COMPARED}
    return {"topic": topic, "partition": partition, "key": (key or b"").decode("utf-8", "replace"), **stamps, "value": _plain(value or b"")}


def _plain(value: bytes) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return repr(value)


def _named(told: Mapping[str, Any]) -> str:
    return f"{told.get('word', 'a word')} to {told.get('topic', 'an unknown topic')} for {told.get('key') or 'everybody'}"


def differing(path: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every leaf of two plain values that differs, with its path."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*was, *now)):
            yield from differing(f"{path}.{name}", was.get(name), now.get(name))
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from differing(f"{path}[{number}]", one, other)
    elif was != now:
        yield path, was, now


def shortened(value: Any) -> str:
    """A plain value in a line."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
