"""Words to bytes and back. Equal words are equal bytes: field order is fixed, defaults are left out, there are no sets and no floats."""

from functools import reduce
from operator import or_

import msgspec

from schemas import delivery, escalation, ledger, surveillance
from schemas.word import Word


def _words() -> tuple[type[Word], ...]:
    modules = (ledger, surveillance, escalation, delivery)
    return tuple(w for m in modules for w in vars(m).values() if isinstance(w, type) and issubclass(w, Word) and w is not Word)


WORDS = {word.__struct_config__.tag: word for word in _words()}
"""Every word between rooms, by the name it has on the wire."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Word] = msgspec.json.Decoder(reduce(or_, WORDS.values()))


def encode(word: Word) -> bytes:
    """A word as canonical JSON."""
    return _encoder.encode(word)


def decode(value: bytes) -> Word:
    """The word that `value` is. Raises msgspec.ValidationError or DecodeError when it is none of ours."""
    return _decoder.decode(value)


def name_of(word: Word) -> str:
    """The word's name on the wire, also written into the record's `word` header."""
    return str(word.__struct_config__.tag)
