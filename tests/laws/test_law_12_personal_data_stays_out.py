"""Law 12, at the door: no type of fact has a field in which a person could be named, and what has one is refused, by name."""

import json

import pytest

from schemas import codec
from schemas.facts import FACTS
from streams.pipeline.intake import INTAKE
from streams.pipeline.line import Record
from tests.golden.wire.samples import EVENTS
from tests.story import NOON_2026, admission

PERSONAL = (
    *("nik", "id_card", "passport", "name", "patient_name", "phone", "phone_number", "email", "birth_date", "birth_place", "age", "gender"),
    *("address", "address_street", "rt", "rw", "village", "office_address", "latitude", "longitude", "occupation", "nationality", "photo"),
)
"""What pikobar-like systems carry of a case, and its kin."""

NAMED_BY_OFFICE = {
    ("incident-bulletin", "asserted_by"), ("injury-outcome", "declared_by"),
    ("acknowledge", ""), ("verify", ""), ("stand-down", ""), ("confirm", ""), ("waive", ""), ("excuse", ""), ("dispute", ""), ("release", ""),
    ("decline", ""), ("done", ""), ("handover", ""), ("silence", ""),
    ("registry-region", ""), ("registry-estate", ""), ("registry-firm", ""), ("registry-plant", ""),
}  # fmt: skip
"""Where `name` is a party's, a firm's or a place's; or of the official who acts, whom law 10 asks for."""

CANARY = "3201011234567890 Siti"
KNOWN = admission()


def places(kind):
    """The fact itself and every object within it, by their path."""
    data = json.loads(EVENTS[kind])["data"]
    return ["", *(name for name, value in data.items() if isinstance(value, dict))]


DOORS = [
    pytest.param(kind, place, field, id=f"{kind.removeprefix('siaga.').removesuffix('.v1')} {place}.{field}")
    for kind in FACTS
    for place in places(kind)
    for field in PERSONAL
    if not (field == "name" and (kind.removeprefix("siaga.").removesuffix(".v1"), place) in NAMED_BY_OFFICE)
]


@pytest.mark.parametrize(("kind", "place", "field"), DOORS)
def test_a_personal_field_is_refused_by_its_name_and_leaves_no_trace(kind, place, field):
    event = json.loads(EVENTS[kind])
    (event["data"][place] if place else event["data"])[field] = CANARY
    record = Record(FACTS[kind].topics[0].name, 0, KNOWN.registry.revision, NOON_2026, None, json.dumps(event).encode())
    words = [said.word for said in INTAKE.step({}, record, KNOWN).words]
    assert (words[0].reason, words[0].field) == ("unknown_field", f"{place}.{field}".removeprefix("."))
    assert not any(part.encode() in codec.encode(word) for word in words for part in CANARY.split())


@pytest.mark.parametrize("kind", FACTS)
def test_no_type_has_such_a_field(kind):
    """Nobody adds one in passing: `extra` is forbidden, and what is declared is not personal."""
    model = FACTS[kind].model
    assert model.model_config["extra"] == "forbid"
    short = kind.removeprefix("siaga.").removesuffix(".v1")
    declared = {field.alias or name for name, field in model.model_fields.items()} & set(PERSONAL)
    assert declared <= ({"name"} if (short, "") in NAMED_BY_OFFICE else set())
