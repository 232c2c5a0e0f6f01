"""Voice: how a seat signs what it says, the same in every driver. `by`, `cause` and `n` together occur once (design.md §2)."""

from schemas.codec import name_of
from schemas.topics import Topic
from schemas.word import Stamp, Word
from streams.pipeline.line import Room

Header = tuple[str, bytes]
Headers = list[Header]

OWN = "~seat"
"""Ends the cause of what the seat itself says, which no room would say again in an audit."""

TICK = ("word", b"tick")

_MOST_STAMPS = 1_000


def by_of(room: Room, inbox: Topic, partition: int) -> str:
    """Who is speaking: the room and its partition; the inbox too where the room reads several."""
    return f"{room.name}/{inbox.name}/{partition}" if len(room.inboxes) > 1 else f"{room.name}/{partition}"


class Voice:
    """Headers of one seat's words. Whatever repeats is made once: a word has seven headers, and a busy seat says 100,000 a second."""

    __slots__ = ("_by", "_numbers", "_release", "_stamps", "_words")

    def __init__(self, by: str, release: str) -> None:
        self._by = ("by", by.encode())
        self._release = ("release", release.encode())
        self._words: dict[type[Word], Header] = {}
        self._stamps: dict[Stamp, tuple[Header, ...]] = {}
        self._numbers = [("n", b"%d" % n) for n in range(64)]

    def headers(self, word: Word, stamp: Stamp, cause: Header, n: int) -> Headers:
        """The headers of the `n`-th word that `cause` led to."""
        named = self._words.get(type(word)) or self._name(word)
        stamps = self._stamps.get(stamp) or self._stamp(stamp)
        number = self._numbers[n] if n < len(self._numbers) else ("n", b"%d" % n)
        return [named, self._by, cause, number, *stamps, self._release]

    def _name(self, word: Word) -> Header:
        named = self._words[type(word)] = ("word", name_of(word).encode())
        return named

    def _stamp(self, stamp: Stamp) -> tuple[Header, ...]:
        """The registry's revision stands on INTAKE's words alone, and changes with every entry: what is known is forgotten now and then."""
        if len(self._stamps) >= _MOST_STAMPS:
            self._stamps.clear()
        made = tuple((name, value.encode()) for name, value in stamp._asdict().items() if name != "registry" or value)
        self._stamps[stamp] = made
        return made
