"""What every word has in common: its time type, its stamp, and how it is written down.

A *fact* comes from outside and is a strict, frozen pydantic model (`Fact`). A *word* is said between rooms and is a frozen msgspec
struct (`Word`). Instants are whole milliseconds since the epoch in UTC (`UtcMs`); on the wire of facts they are RFC 3339 with a zone.
"""

import re
from abc import abstractmethod
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

UtcMs = int

_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS = 86_400_000
_CALENDAR = ((datetime(2, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND, (datetime(9998, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND)
"""A year within what datetime can write down: deadlines and local days must fit too."""

_remembered = lru_cache(maxsize=1024)
"""An event says the same instant two or three times, and on a deadline thousands name the same day."""


@_remembered
def parse_time(text: str) -> UtcMs:
    """RFC 3339 text with a zone to UTC milliseconds; digits below a millisecond are dropped.

    Raises ValueError for anything else: an instant without a zone names no instant. The error does not repeat the text (law 12).
    """
    if not _RFC3339.fullmatch(text):
        raise ValueError("not a time with a zone, as in 2023-12-24T05:30:00+08:00")
    instant = (datetime.fromisoformat(text.upper()) - _EPOCH) // _MILLISECOND
    if not _CALENDAR[0] <= instant < _CALENDAR[1]:
        raise ValueError("a time outside the years 2 to 9997")
    return instant


def format_time(instant: UtcMs) -> str:
    """UTC milliseconds to RFC 3339 in UTC, always with three decimals, so that equal instants are equal bytes."""
    return as_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_datetime(instant: UtcMs) -> datetime:
    """UTC milliseconds to an aware UTC datetime."""
    return _EPOCH + timedelta(milliseconds=instant)


def _only_text(value: Any) -> UtcMs:
    if not isinstance(value, str):
        raise ValueError("a time is text with a zone, as in 2023-12-24T05:30:00+08:00")  # noqa: TRY004  pydantic turns only ValueError into a refusal
    return parse_time(value)


Instant = Annotated[
    int,
    BeforeValidator(_only_text),
    PlainSerializer(format_time, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant in a fact: text with a zone outside, UTC milliseconds inside."""


def _only_day(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError("not a day, as in 2021-08-03")  # noqa: TRY004  as above
    return _parse_day(value)


@_remembered
def _parse_day(value: str) -> date:
    if not _ISO_DAY.fullmatch(value):
        raise ValueError("not a day, as in 2021-08-03")
    day = date.fromisoformat(value)
    if not _CALENDAR[0] <= (day - _EPOCH.date()).days * _DAY_MS < _CALENDAR[1]:
        raise ValueError("a day outside the years 2 to 9997")
    return day


Day = Annotated[
    date,
    BeforeValidator(_only_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day of the calendar in a fact, as a period is named by the day on which it falls due: `2021-08-03`."""


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Fact(BaseModel):
    """Something the outside or an operator said: no coercion, no unknown field, never altered."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Published(Fact):
    """A fact that is published as an event of its own. `type` is the CloudEvents type: it names the version of the schema."""

    type: ClassVar[str]


class Dated(Published):
    """One that was said at a moment."""

    @property
    @abstractmethod
    def said_at(self) -> UtcMs:
        """When it was said: the event's own `time` is this, or later where a library writes the moment of publishing."""


class Part(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a word, or an entry of a room's memory."""


class Word(Part, frozen=True, gc=False, tag_field="word", tag=_snake_case):
    """Something one room says to the next; `word` on the wire is its name."""


class Stamp(NamedTuple):
    """The revisions that a decision was made under (law 13). `registry`: INTAKE's alone, who asks the registry for all others."""

    policy: str
    roster: str
    registry: str = ""
