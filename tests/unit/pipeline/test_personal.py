"""Personal data: what is taken for it in a notice of a case, and what is not, for no case may be refused without need (G5)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import CASES
from streams.pipeline.intake.decode import Event, Refused, decode
from streams.pipeline.line import Record
from streams.pipeline.personal import PERSONAL_DATA, UNKNOWN_FIELD, is_personal, names_somebody
from tests.story import case, clock, responded

NIK, WOMAN = "3216061205850003", "3216065205850003"
PHONE = "081234567890"


def notice(said=None, *, envelope: dict | None = None, headers: tuple = (), key: bytes | None = None, **data) -> Record:
    event = (said or case()).at(clock("11:10")).cloud(clock("11:10"))
    event["data"] |= data
    return Record(CASES.name, 0, 0, 0, key, json.dumps(event | (envelope or {})).encode(), headers)


def refused(record: Record) -> tuple[str, str] | None:
    answer = decode(record, 65_536)
    return (answer.reason, answer.field) if isinstance(answer, Refused) else None


@pytest.mark.parametrize(
    "name",
    [
        *("nik", "NIK", "Nik", "no_nik", "nikPasien", "id_card", "KTP", "no_ktp", "nomorKK", "passport", "paspor", "npwp"),
        *("name", "nama", "Nama_Lengkap", "fullName", "patient-name", "nama_ibu"),
        *("phone", "phone_number", "phoneNumber", "telepon", "no_telp", "no_hp", "HP", "whatsapp", "email", "e-mail"),
        *("birth_date", "birthDate", "tanggal_lahir", "tgl lahir", "age", "umur", "gender", "jenis_kelamin"),
        *("address_street", "alamat", "alamatRumah", "rt", "rw", "RT/RW", "kelurahan", "office_address", "latitude", "photo"),
    ],
)
def test_a_field_about_a_person_is_known_by_its_name(name):
    assert is_personal(name)
    assert refused(notice(**{name: "x"})) == (UNKNOWN_FIELD, name if name.replace("_", "").replace("-", "").isalnum() else "(withheld)")


@pytest.mark.parametrize(
    "name", ["case", "status", "area", "residence", "firm", "contact_of", "specimen", "traceparent", "technik", "ktplus"]
)
def test_no_other_is(name):
    assert not is_personal(name)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(notice(patient={"contact": [{"NIK": 7}]}), id="deep within a field that is unknown too"),
        pytest.param(notice(area={"contact": {"NIK": 7}}), id="within a field that is text"),
        pytest.param(notice(replaces={"id": "c-0", "contact": {"NIK": 7}}), id="within one that is an object"),
        pytest.param(notice(responded("closure"), contact={"NIK": 7}), id="in what was done"),
        pytest.param(notice(status="", contact={"NIK": 7}), id="beside a mistake"),
        pytest.param(notice(envelope={"type": "nothing"}, contact={"NIK": 7}), id="in a type that nobody knows"),
    ],
)
def test_it_is_named_wherever_it_stands_and_whatever_else_is_wrong(record):
    reason, field = refused(record)
    assert (reason, field.rpartition(".")[2]) == (UNKNOWN_FIELD, "NIK")


@pytest.mark.parametrize(
    ("record", "field"),
    [
        pytest.param(notice(headers=(("ce_nik", b"x"),)), "nik", id="a header"),
        pytest.param(notice(headers=(("Phone", b"x"),)), "phone", id="a header that is none of CloudEvents"),
        pytest.param(notice(envelope={"nama": "x"}), "nama", id="an extension"),
    ],
)
def test_no_header_and_no_extension_is_about_a_person(record, field):
    assert refused(record) == (UNKNOWN_FIELD, field)


@pytest.mark.parametrize(
    ("record", "field"),
    [
        pytest.param(notice(area=NIK), "area", id="the code of a hall"),
        pytest.param(notice(area=f"NIK{WOMAN}"), "area", id="a woman's, after its name"),
        pytest.param(notice(case=f"kasus-{NIK}"), "case", id="a token"),
        pytest.param(notice(contact_of=f"kasus_{NIK}"), "contact_of", id="another's token"),
        pytest.param(notice(replaces={"id": f"{NIK}/1"}), "replaces.id", id="the id of an earlier notice"),
        pytest.param(notice(note=f"hubungi {PHONE}"), "note", id="a field that nobody knows"),
        pytest.param(notice(note=[{"a": int(NIK)}]), "note.a", id="a number"),
        pytest.param(notice(envelope={"id": NIK}), "id", id="the id of the event"),
        pytest.param(notice(envelope={"subject": f"+62 812-3456-7890 {NIK}"}), "subject", id="the subject of the event"),
        pytest.param(notice(headers=(("x-trace", NIK.encode()),)), "x-trace", id="a header"),
        pytest.param(notice(key=NIK.encode()), "key", id="the key of the record"),
    ],
)
def test_a_number_of_a_person_is_refused_wherever_it_stands(record, field):
    assert refused(record) == (PERSONAL_DATA, field)
    answer = decode(record, 65_536)
    assert not any(number in repr(answer) for number in (NIK, WOMAN, PHONE, "3456"))


@pytest.mark.parametrize(
    "text",
    [
        *("081234567890", "+6281234567890", "6281234567890", "0812-3456-7890", "+62 812 3456 7890", "0812.3456.7890", "wa:081234567890."),
        *(
            "3216061205850003",
            "3216 0612 0585 0003",
            "3216-0612-0585-0003",
            "321606 120585 0003",
            "32.16.06.120585.0003",
            "9999999999999999",
        ),
    ],
)
def test_shapes_of_a_persons_numbers(text):
    assert names_somebody("note", text)
    assert names_somebody("note", f"Siti ({text}), hall 2")


@pytest.mark.parametrize(
    "text",
    [
        *("hall-2", "2020-08-19T08:15:30.081234567+07:00", "2020-08-19", "1598000000000", "15980000000000000", "08123", "021-5255509"),
        *("9f2c0812345678901b2c3d4e5f60718293a4b5c6d7e8f900", "08123456-7890-4123-8123-456789012345", "3216", "IOMKI/2020/08/000123"),
    ],
)
def test_what_is_no_number_of_a_person(text):
    assert not names_somebody("note", text)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        pytest.param(notice(firm="0812210012345"), "a firm that goes by its business number", id="firm"),
        pytest.param(notice(firm="0013216061205850"), "one that goes by its tax number", id="tax number"),
        pytest.param(notice(envelope={"id": "1598000000123456"}), "an instant in microseconds", id="microseconds"),
        pytest.param(notice(key=b"1598000000123456"), "the same", id="key"),
        pytest.param(notice(envelope={"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}), "tracing", id="tracing"),
    ],
)
def test_no_case_is_refused_for_a_number_of_something_else(record, why):
    assert isinstance(decode(record, 65_536), Event), why


@given(st.binary(min_size=10, max_size=32))
def test_no_token_that_is_a_digest_is_taken_for_a_number(raw):
    assert not names_somebody("case", raw.hex())


@given(st.uuids())
def test_nor_is_an_id_that_is_a_uuid(one):
    assert not names_somebody("id", str(one))


@given(
    st.recursive(st.text() | st.integers() | st.none() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_whatever_stands_there_is_answered(value):
    """Law 2: no shape of JSON breaks the door."""
    for record in (notice(area=value), notice(envelope={"data": value}), notice()._replace(value=json.dumps(value).encode())):
        assert isinstance(decode(record, 65_536), Event | Refused)
