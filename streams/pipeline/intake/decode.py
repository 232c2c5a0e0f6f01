"""Decode: the bytes of an intake record in, an event or a refusal out. Total: whatever arrives becomes one of the two.

CloudEvents 1.0 over Kafka, binary mode (attributes in `ce_` headers, the fact in the value) and structured mode (one JSON object). A
refusal names the reason, the field and what to correct; it never repeats what was sent (law 12).
"""

import json
from codecs import BOM_UTF8
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from pydantic import ValidationError

from schemas.facts import FACTS
from schemas.topics import CASES
from schemas.word import Published, UtcMs, format_time, parse_time
from streams.pipeline.line import Record
from streams.pipeline.personal import names_somebody, personal_in, printable, without_persons


class Refusing(StrEnum):
    """Why an intake record is not taken."""

    TOMBSTONE = "tombstone"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    DUPLICATE_KEY = "duplicate_key"
    HEADER_MISSING = "header_missing"
    HEADER_CONTRADICTS = "header_contradicts"
    WRONG_HEADER = "wrong_header"
    UNKNOWN_TYPE = "unknown_type"
    WRONG_TOPIC = "wrong_topic"
    UNKNOWN_FIELD = "unknown_field"
    PERSONAL_DATA = "personal_data"
    FIELD_MISSING = "field_missing"
    WRONG_VALUE = "wrong_value"
    EXERCISE_MISPLACED = "exercise_misplaced"
    UNKNOWN_REVISION = "unknown_revision"
    UNKNOWN_SOURCE = "unknown_source"
    UNKNOWN_OBLIGATION = "unknown_obligation"
    UNKNOWN_PERIOD = "unknown_period"
    UNKNOWN_PERMIT = "unknown_permit"
    PERMIT_OF_ANOTHER_FIRM = "permit_of_another_firm"
    BEFORE_ITS_PERIOD = "before_its_period"
    AFTER_ITS_PUBLICATION = "after_its_publication"


class Refused(NamedTuple):
    """A refusal: reason, field, what to correct and publish again; and what of the event could be read.

    firm: whom it concerns. holder: whom it concerns too, because the permit that it names is theirs.
    """

    reason: Refusing
    field: str
    correct: str
    attributes: Mapping[str, str] = {}
    firm: str = ""
    holder: str = ""


class Event(NamedTuple):
    """A CloudEvent that was understood. `data` is the fact's own bytes; times are UTC milliseconds."""

    source: str
    id: str
    type: str
    time: UtcMs | None
    recorded_at: UtcMs | None
    data: bytes
    fact: Published

    @property
    def attributes(self) -> Mapping[str, str]:
        """What a refusal of it says of it."""
        known = {"source": self.source, "id": self.id, "type": self.type}
        return known if self.recorded_at is None else {**known, "recordedtime": format_time(self.recorded_at)}


_REQUIRED = ("specversion", "id", "source", "type")
_ATTRIBUTES = (*_REQUIRED, "time", "recordedtime", "datacontenttype")
_USUAL_HEADERS = {"content-type": "content-type"} | {f"ce_{name}": name for name in _ATTRIBUTES}
_LONGEST_ATTRIBUTE = 200
_LONGEST_FIELD = 120


class _Envelope(msgspec.Struct):
    """Structured mode: the attributes we read, and the fact as it was written."""

    data: msgspec.Raw = msgspec.Raw(b"")


class _Firm(msgspec.Struct, frozen=True):
    """What a refused fact says of whom it concerns."""

    firm: str = ""


class _Named(_Firm, frozen=True):
    """The same, in either mode."""

    data: _Firm = _Firm()


def decode(record: Record, largest_bytes: int) -> Event | Refused:
    """What was published, or why it cannot be understood."""
    attributes: Mapping[str, str] = {}
    try:
        attributes, data = _open(record, largest_bytes)
        if record.topic == CASES.name:
            _check_no_person_is_named(record)
        return _understand(record.topic, attributes, data)
    except _RefusalError as refusal:
        refused = refusal.refused
        known = {name: _writable(value) for name, value in (attributes or refused.attributes).items() if len(value) <= _LONGEST_ATTRIBUTE}
        refused = refused._replace(
            attributes=known, field=_writable(refused.field)[:_LONGEST_FIELD], firm=_firm_named(record.value, largest_bytes)
        )
        return _without_persons(refused, record) if record.topic == CASES.name else refused


def _check_no_person_is_named(record: Record) -> None:
    """Law 12: whatever else is wrong with a notice of a case, that is what its publisher must hear."""
    if (personal := personal_in(record)) is not None:
        raise _RefusalError(Refusing(personal.reason), personal.field, "leave personal data out: a case is named by a token alone")


def _without_persons(refused: Refused, record: Record) -> Refused:
    """What a refusal says of a notice of a case, without what could name a person."""
    firm = "" if names_somebody("firm", refused.firm) else refused.firm
    return refused._replace(attributes=without_persons(refused.attributes, record.value), field=printable(refused.field), firm=firm)


def _writable(text: str) -> str:
    """Text that can be written down in UTF-8: JSON lets half a surrogate pair through, no word of ours may carry one."""
    return text.encode(errors="replace").decode()


def _firm_named(value: bytes | None, largest_bytes: int) -> str:
    """The firm that a refused fact names, however broken the rest of it is (law 2); empty where none can be read."""
    if value is None or len(value) > largest_bytes:
        return ""
    try:
        read = msgspec.json.decode(value, type=_Named)
    except (ValueError, RecursionError):
        return ""
    firm = read.firm or read.data.firm
    return firm if len(firm) <= _LONGEST_ATTRIBUTE else ""


class _RefusalError(Exception):
    """Carries a refusal to the door of this module; never leaves it."""

    def __init__(self, reason: Refusing, field: str, correct: str, attributes: Mapping[str, str] = {}) -> None:
        super().__init__(reason)
        self.refused = Refused(reason, field, correct, attributes)


def _open(record: Record, largest_bytes: int) -> tuple[Mapping[str, str], bytes]:
    """The attributes and the fact's bytes, from either mode."""
    if record.value is None:
        raise _RefusalError(Refusing.TOMBSTONE, "value", "publish an event; records without a value say nothing")
    if len(record.value) > largest_bytes:
        raise _RefusalError(Refusing.TOO_LARGE, "value", f"keep an event below {largest_bytes} bytes; this one has {len(record.value)}")
    headers = _headers(record)
    content_type = headers.pop("content-type", "").lower()
    if content_type.startswith("application/cloudevents+json") or not headers:
        return _structured(record.value, headers)
    if content_type and not content_type.startswith("application/json"):
        raise _RefusalError(Refusing.WRONG_HEADER, "content-type", "use application/json or application/cloudevents+json", headers)
    return headers, record.value


def _headers(record: Record) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in record.headers:
        attribute = _USUAL_HEADERS.get(name) or _attribute_in(name)
        if not value or attribute is None:
            continue
        try:
            text = value.decode()
        except UnicodeDecodeError:
            raise _RefusalError(Refusing.NOT_UTF8, attribute, "write headers in UTF-8") from None
        if headers.setdefault(attribute, text) != text:
            raise _RefusalError(Refusing.HEADER_CONTRADICTS, attribute, "give each header once")
    return headers


def _attribute_in(header: str) -> str | None:
    """The attribute that a header carries, however its name is written; None in what is no header of CloudEvents."""
    lowered = header.lower()
    return lowered.removeprefix("ce_") if lowered == "content-type" or lowered.startswith("ce_") else None


def _structured(value: bytes, headers: Mapping[str, str]) -> tuple[Mapping[str, str], bytes]:
    body = _parsed(value)
    if not isinstance(body, dict):
        raise _RefusalError(Refusing.NOT_JSON, "value", "publish one JSON object per record")
    attributes = {name: body[name] for name in _ATTRIBUTES if name in body}
    for name, text in attributes.items():
        if not isinstance(text, str):
            raise _RefusalError(Refusing.WRONG_HEADER, name, "write CloudEvents attributes as text")
    for name, text in headers.items():
        if name in attributes and attributes[name] != text:
            raise _RefusalError(Refusing.HEADER_CONTRADICTS, name, "make the ce_ header and the body agree", attributes)
    try:
        data = bytes(msgspec.json.decode(value, type=_Envelope).data)
    except (msgspec.MsgspecError, RecursionError):
        raise _RefusalError(Refusing.NOT_JSON, "data", "write the event as JSON (RFC 8259)", attributes) from None
    if not data:
        raise _RefusalError(Refusing.FIELD_MISSING, "data", "put the fact into data, as a JSON object", attributes)
    return attributes, data


def _parsed(raw: bytes) -> Any:
    """JSON, with duplicate keys, NaN and bottomless nesting refused."""
    if raw.startswith(BOM_UTF8):
        raise _RefusalError(Refusing.NOT_JSON, "value", "write UTF-8 without a byte order mark: JSON begins with its first character")
    try:
        return _reader.decode(raw.decode())
    except UnicodeDecodeError:
        raise _RefusalError(Refusing.NOT_UTF8, "value", "write the event in UTF-8") from None
    except (ValueError, RecursionError):
        raise _RefusalError(Refusing.NOT_JSON, "value", "write the event as JSON (RFC 8259)") from None


def _is_plainly_unique(raw: bytes) -> bool:
    """Whether this is one flat object, as most facts are, with just as many quotes as its strings need: then no key stands there twice."""
    try:
        found = _flat(raw)
    except (msgspec.MsgspecError, RecursionError):
        return False
    strings = len(found) + list(map(type, found.values())).count(str)
    return raw.count(b'"') == 2 * strings


_flat = msgspec.json.Decoder(dict[str, str | int | float | bool | None]).decode


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    again = next(name for number, name in enumerate(names) if name in names[:number])
    raise _RefusalError(Refusing.DUPLICATE_KEY, again[:80], "write each key once")


def _no_constant(_: str) -> None:
    raise ValueError


_reader = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _understand(topic: str, attributes: Mapping[str, str], data: bytes) -> Event | Refused:
    for name in _REQUIRED:
        if not attributes.get(name):
            raise _RefusalError(Refusing.HEADER_MISSING, name, f"add the CloudEvents attribute {name} (header ce_{name} in binary mode)")
        if len(attributes[name]) > _LONGEST_ATTRIBUTE:
            raise _RefusalError(Refusing.WRONG_HEADER, name, f"keep attributes within {_LONGEST_ATTRIBUTE} characters")
    if attributes["specversion"] != "1.0":
        raise _RefusalError(Refusing.WRONG_HEADER, "specversion", "use CloudEvents 1.0")
    if "datacontenttype" in attributes and attributes["datacontenttype"].partition(";")[0].strip().lower() != "application/json":
        raise _RefusalError(Refusing.WRONG_HEADER, "datacontenttype", "use application/json")
    model = _model(topic, attributes["type"])
    fact = _fact(model, data)
    time = _instant(attributes, "time")
    return Event(attributes["source"], attributes["id"], attributes["type"], time, _instant(attributes, "recordedtime"), data, fact)


def _model(topic: str, kind: str) -> type[Published]:
    if model := _MODELS.get((kind, topic)):
        return model
    known = FACTS.get(kind)
    if known is None:
        raise _RefusalError(Refusing.UNKNOWN_TYPE, "type", "use one of: " + ", ".join(sorted(FACTS)))
    raise _RefusalError(Refusing.WRONG_TOPIC, "type", "publish this type to " + " or ".join(allowed.name for allowed in known.topics))


_MODELS = {(kind, topic.name): model for kind, (model, topics) in FACTS.items() for topic in topics}


def _instant(attributes: Mapping[str, str], name: str) -> UtcMs | None:
    if name not in attributes:
        return None
    try:
        return parse_time(attributes[name])
    except ValueError:
        raise _RefusalError(Refusing.WRONG_HEADER, name, "write a time with its zone, as in 2023-12-24T05:30:00+08:00") from None


def _fact(model: type[Published], data: bytes) -> Published:
    if not _is_plainly_unique(data):
        _parsed(data)
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(step) for step in first["loc"]) or "data"
    reason, correct = _EXPLAINED.get(first["type"], (Refusing.WRONG_VALUE, first["msg"]))
    raise _RefusalError(reason, field, correct)


_EXPLAINED = {
    "extra_forbidden": (Refusing.UNKNOWN_FIELD, "leave this field out; it is not part of this type"),
    "missing": (Refusing.FIELD_MISSING, "add this field"),
}
