"""Personal data: a record of a topic about cases in; the first field in which a person is named, by its name or by what it holds, out.

No such field is part of any fact; here is what real case systems carry (domain §6), in English and Indonesian, so that a refusal can say
that it was personal data. Only names and shapes are looked at, and nothing of a value is told.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from streams.pipeline.line import Record

_NAMES = frozenset(
    {
        *(
            "nik",
            "ktp",
            "noktp",
            "nomorktp",
            "kk",
            "nokk",
            "nomorkk",
            "kartukeluarga",
            "familycard",
            "npwp",
            "nip",
            "bpjs",
            "nobpjs",
            "kitas",
        ),
        *("idcard", "identitycard", "identitynumber", "nationalid", "passport", "passportnumber", "paspor", "nopaspor", "nomorpaspor"),
        *("name", "fullname", "firstname", "lastname", "patientname", "parentname", "mothername"),
        *("nama", "namalengkap", "namapasien", "namaibu", "namaayah", "namaorangtua"),
        *("phone", "phonenumber", "mobile", "mobilenumber", "telephone", "telepon", "telp", "notelp", "notelepon", "nomortelepon"),
        *("hp", "nohp", "nomorhp", "nomorponsel", "whatsapp", "nowa", "email", "mail", "surel"),
        *("birthdate", "dateofbirth", "dob", "birthplace", "tanggallahir", "tgllahir", "tempatlahir", "age", "umur", "usia"),
        *("gender", "sex", "jeniskelamin", "religion", "agama", "maritalstatus", "statusperkawinan", "photo", "foto"),
        *("address", "addressstreet", "addressdetail", "street", "homeaddress", "officeaddress", "postalcode", "latitude", "longitude"),
        *("alamat", "alamatrumah", "alamatktp", "alamatdomisili", "alamatkantor", "jalan", "rt", "rw", "rtrw", "dusun", "kodepos"),
        *("village", "subdistrict", "kelurahan", "desa", "occupation", "pekerjaan", "nationality", "kewarganegaraan"),
    }
)
_PARTS = frozenset(
    {
        "nik",
        "ktp",
        "passport",
        "paspor",
        "nama",
        "phone",
        "telepon",
        "telp",
        "hp",
        "whatsapp",
        "email",
        "alamat",
        "address",
        "lahir",
        "birth",
    }
)
"""What makes a name personal wherever it stands in it."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NO_LETTERS = re.compile(r"[^a-z0-9]")
_PLAIN = re.compile(r"[A-Za-z0-9_.\-]*")

_MEANINGLESS = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|(?<![0-9a-z])(?=\d*[a-f])[0-9a-f]{16,}(?![0-9a-z])", re.IGNORECASE
)
"""UUIDs and digests: long enough to hold anybody's number by chance."""

_SIXTEEN = re.compile(r"(?<!\d)(?:\d{16}|\d{4}(?:[ .\-]\d{4}){3}|\d{2}\.?\d{2}\.?\d{2}[ .\-]\d{6}[ .\-]\d{4})(?!\d)", re.ASCII)
_PHONE = re.compile(r"(?<!\d)(?:\+?62|0)[ .\-]?8[1-9]\d[ .\-]?\d{3,4}[ .\-]?\d{3,5}(?!\d)", re.ASCII)
_PROVINCES = frozenset((*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98)))
_REGISTERED = frozenset({"firm", "plant", "estate", "replaces.firm"})
"""Ids of the registry: whoever numbers firms as permits are numbered must not be taken for somebody's telephone."""

_OFTEN_NUMBERS = frozenset({"key", "id", "source", "case", "contact_of", "replaces.id", *_REGISTERED})
"""Where a number of sixteen digits is that of an identity card only if it can be one."""


UNKNOWN_FIELD, PERSONAL_DATA = "unknown_field", "personal_data"
"""Why what names a person is refused: by the name of a field that is part of no fact, or by what stands in one that is."""


class Personal(NamedTuple):
    """Where a person is named, and why it is refused."""

    field: str
    reason: str


def personal_in(record: Record) -> Personal | None:
    """The first field in which the record names a person: in its key, its headers, its attributes or its fact."""
    fields = list(_fields(record))
    named = next((path for path, _ in fields if is_personal(path.rpartition(".")[2])), None)
    if named is not None:
        return Personal(printable(named), UNKNOWN_FIELD)
    held = next((path for path, text in fields if names_somebody(path, text)), None)
    return None if held is None else Personal(printable(held), PERSONAL_DATA)


def is_personal(name: str) -> bool:
    """Whether a field of this name is about a person, in whatever letters it is written."""
    plain = _NO_LETTERS.sub("", name.lower())
    return plain in _NAMES or not _PARTS.isdisjoint(word.lower() for word in _WORDS.findall(name))


def names_somebody(path: str, text: str) -> bool:
    """Whether a text holds what looks like the number of an identity card (NIK) or of an Indonesian mobile telephone."""
    said = _MEANINGLESS.sub("", text)
    numbers = (re.sub(r"\D", "", found) for found in _SIXTEEN.findall(said))
    if any(path not in _OFTEN_NUMBERS or _is_nik(number) for number in numbers):
        return True
    return path not in _REGISTERED and _PHONE.search(said) is not None


def printable(path: str) -> str:
    """The path of a field, without any step that could itself be somebody's name or number."""
    return ".".join(step if _PLAIN.fullmatch(step) and not names_somebody("", step) else "(withheld)" for step in path.split("."))


def without_persons(attributes: Mapping[str, str], value: bytes | None) -> dict[str, str]:
    """The attributes of a refused notice, but for those that name a person or are made of the token of its case."""
    tokens = _tokens(value)
    return {
        name: text for name, text in attributes.items() if not names_somebody(name, text) and not any(token in text for token in tokens)
    }


class _Case(msgspec.Struct, frozen=True):
    """What a notice calls its case."""

    case: str = ""
    contact_of: str | None = None


class _Cases(_Case, frozen=True):
    """The same, in either mode."""

    data: _Case = _Case()


def _tokens(value: bytes | None) -> tuple[str, ...]:
    """Its case, and the one that it is a contact of, if that can be read."""
    try:
        read = msgspec.json.decode(value or b"", type=_Cases)
    except (ValueError, RecursionError):
        return ()
    return tuple(token for each in (read, read.data) for token in (each.case, each.contact_of) if token)


def _is_nik(number: str) -> bool:
    """Province, regency, district; day of birth, 40 more for women; month, year; serial number."""
    province, regency, district, day, month = (int(number[at : at + 2]) for at in range(0, 10, 2))
    return province in _PROVINCES and 0 < regency < 80 and district > 0 and 0 < day % 40 < 32 and day < 72 and 0 < month < 13


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    """Every field by its path, and its text."""
    yield "key", (record.key or b"").decode("utf-8", "replace")
    for name, value in record.headers:
        yield name.lower().removeprefix("ce_"), (value or b"").decode("utf-8", "replace")
    try:
        body = msgspec.json.decode(record.value or b"")
    except (msgspec.MsgspecError, RecursionError):
        return
    if isinstance(body, Mapping) and "specversion" in body:
        yield from _within({name: value for name, value in body.items() if name != "data"}, "")
        body = body.get("data")
    yield from _within(body, "")


def _within(value: Any, path: str) -> Iterator[tuple[str, str]]:
    waiting = deque([(path, value)])
    while waiting:
        path, value = waiting.popleft()
        if isinstance(value, Mapping):
            waiting.extend((f"{path}.{name}".lstrip("."), each) for name, each in value.items())
        elif isinstance(value, list):
            waiting.extend((path, each) for each in value)
        if path:
            yield path, str(value) if isinstance(value, str | int) else ""
