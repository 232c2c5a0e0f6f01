"""Decode: every bad input has one refusal with field, reason and what to correct; every good one is understood in both modes."""

import json
from datetime import datetime

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from schemas.intake import AccidentReportFiled, IncidentBulletin, IntakeWatermark, SourceWatermark
from schemas.topics import ACTS, CASES, INCIDENTS, INTAKE_TOPICS, REGISTRY, REPORTS
from streams.pipeline.intake.decode import Event, Refused, Refusing, decode
from streams.pipeline.line import Record
from tests.story import DESK, bulletin, clock, filed

LARGEST = 65_536
GOOD = bulletin(dead=12, id="b-1").at(clock("11:10"))
CLOUD = GOOD.cloud(clock("11:12"))
BINARY = (
    ("content-type", b"application/json"),
    *((f"ce_{name}", str(value).encode()) for name, value in CLOUD.items() if name != "data"),
)


def structured(event=CLOUD, headers=(), topic=INCIDENTS.name, raw=None):
    return decode(Record(topic, 0, 0, 0, None, json.dumps(event).encode() if raw is None else raw, headers), LARGEST)


def binary(headers=BINARY, data=None, topic=INCIDENTS.name):
    return decode(Record(topic, 0, 0, 0, None, json.dumps(GOOD.data).encode() if data is None else data, headers), LARGEST)


def but(**changed):
    """The good event with these attributes changed; None leaves one out."""
    return {name: value for name, value in {**CLOUD, **changed}.items() if value is not None}


def data(**changed):
    """The good event with these fields of the fact changed; None leaves one out."""
    return {**CLOUD, "data": {name: value for name, value in {**GOOD.data, **changed}.items() if value is not None}}


def header(name, value):
    """The good headers with one changed; None leaves it out."""
    kept = tuple(h for h in BINARY if h[0] != name)
    return kept if value is None else (*kept, (name, value))


NOT_JSON, WRONG = Refusing.NOT_JSON, Refusing.WRONG_VALUE
NESTED = b'{"specversion":"1.0","id":"x","source":"s","type":"siaga.incident-bulletin.v1","data":' + b"[" * 500 + b"]" * 500 + b"}"


@pytest.mark.parametrize(
    ("raw", "reason", "field"),
    [
        pytest.param(b"\xff\xfe", Refusing.NOT_UTF8, "value", id="not UTF-8"),
        pytest.param(b"PT ITSS meledak", NOT_JSON, "value", id="not JSON"),
        pytest.param(b"", NOT_JSON, "value", id="an empty value"),
        pytest.param(b"null", NOT_JSON, "value", id="null"),
        pytest.param(b"[1]", NOT_JSON, "value", id="a list"),
        pytest.param(b'"text"', NOT_JSON, "value", id="a text"),
        pytest.param(b"\xef\xbb\xbf{}", NOT_JSON, "value", id="a byte order mark"),
        pytest.param(b'{"a":NaN}', NOT_JSON, "value", id="NaN"),
        pytest.param(b'{"a":-Infinity}', NOT_JSON, "value", id="minus infinity"),
        pytest.param(b'{"a":' + b"9" * 5_000 + b"}", NOT_JSON, "value", id="a number of five thousand digits"),
        pytest.param(b"[" * 60_000, NOT_JSON, "value", id="bottomless nesting"),
        pytest.param(b'{"a":' * 10_000, NOT_JSON, "value", id="bottomless nesting of objects"),
        pytest.param(NESTED, WRONG, "data", id="deep nesting of a fact"),
        pytest.param(b'{"id":"a","id":"b"}', Refusing.DUPLICATE_KEY, "id", id="a duplicate key"),
        pytest.param(b'{"id":"a","data":{"dead":1,"dead":2}}', Refusing.DUPLICATE_KEY, "dead", id="a duplicate key within the fact"),
        pytest.param(b"{}", Refusing.FIELD_MISSING, "data", id="an empty object"),
        pytest.param(b'{"a":"' + b"x" * 1_000_000 + b'"}', Refusing.TOO_LARGE, "value", id="1 MB of text"),
        pytest.param(b'{"\\ud800":1,"\\ud800":2}', Refusing.DUPLICATE_KEY, "?", id="half a surrogate pair as a key"),
    ],
)
def test_bytes_that_are_no_event_are_refused(raw, reason, field):
    refused = structured(raw=raw)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)
    assert refused.correct


def _escaped(text):
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


KEYS = st.tuples(st.sampled_from(["a", "b", 'q"', "\u00e9"]), st.sampled_from([lambda text: json.dumps(text)[1:-1], _escaped]))
VALUES = st.sampled_from(['"x"', '"a\\"b"', '""', '"\\ud800"', '"\\u0022"', "1", "-1.5e3", "true", "null", '{"a":1}', "[]", '["a","a"]'])
SPACE = st.sampled_from(["", " ", "\n"])


@given(st.lists(st.tuples(KEYS, SPACE, VALUES), max_size=4))
def test_a_key_that_stands_twice_is_found_however_it_is_written(pairs):
    raw = ",".join(f'"{write(key)}"{space}:{value}{space}' for (key, write), space, value in pairs)
    keys = [key for (key, _), _, _ in pairs]
    refused = binary(data=f"{{{raw}}}".encode())
    assert isinstance(refused, Refused)
    assert (refused.reason is Refusing.DUPLICATE_KEY) == (len(set(keys)) < len(keys))


def test_a_tombstone_is_refused():
    """A record without a value says nothing."""
    refused = decode(Record(INCIDENTS.name, 0, 0, 0, b"itss", None), LARGEST)
    assert (refused.reason, refused.field) == (Refusing.TOMBSTONE, "value")


MISSING, CONTRADICTS, HEADER = Refusing.HEADER_MISSING, Refusing.HEADER_CONTRADICTS, Refusing.WRONG_HEADER


@pytest.mark.parametrize(
    ("event", "reason", "field"),
    [
        pytest.param(but(id=None), MISSING, "id", id="no id"),
        pytest.param(but(id=""), MISSING, "id", id="an empty id"),
        pytest.param(but(source=None), MISSING, "source", id="no source"),
        pytest.param(but(type=None), MISSING, "type", id="no type"),
        pytest.param(but(specversion=None), MISSING, "specversion", id="no specversion"),
        pytest.param(but(specversion="0.3"), HEADER, "specversion", id="an old CloudEvents"),
        pytest.param(but(id=7), HEADER, "id", id="an id that is a number"),
        pytest.param(but(id="x" * 201), HEADER, "id", id="an id as long as a letter"),
        pytest.param(but(datacontenttype="text/xml"), HEADER, "datacontenttype", id="a fact in XML"),
        pytest.param(but(recordedtime="24/12/2023"), HEADER, "recordedtime", id="recordedtime is no time"),
        pytest.param(but(recordedtime="2023-12-24T11:12:00"), HEADER, "recordedtime", id="recordedtime without a zone"),
        pytest.param(but(time="2023-12-24T11:12:00"), HEADER, "time", id="time without a zone"),
        pytest.param(but(type="com.example.unknown"), Refusing.UNKNOWN_TYPE, "type", id="a type of somebody else's"),
        pytest.param(but(type="siaga.incident-bulletin.v2"), Refusing.UNKNOWN_TYPE, "type", id="a version that does not exist"),
        pytest.param(but(data=None), Refusing.FIELD_MISSING, "data", id="no fact"),
        pytest.param(but(data="text"), WRONG, "data", id="a fact that is text"),
        pytest.param(but(data=[1]), WRONG, "data", id="a fact that is a list"),
        pytest.param(data(dide=1), Refusing.UNKNOWN_FIELD, "dide", id="an unknown field"),
        pytest.param(
            data(asserted_by={"name": "P", "rank": "police", "nik": "1"}),
            Refusing.UNKNOWN_FIELD,
            "asserted_by.nik",
            id="an unknown field further down",
        ),
        pytest.param(data(kind=None), Refusing.FIELD_MISSING, "kind", id="a field is missing"),
        pytest.param(data(dead=-1), WRONG, "dead", id="a negative count"),
        pytest.param(data(injured={"total": -3}), WRONG, "injured.total", id="a negative count further down"),
        pytest.param(data(dead=10**400), WRONG, "dead", id="a huge count"),
        pytest.param(data(dead=1.5), WRONG, "dead", id="one and a half dead"),
        pytest.param(data(dead=True), WRONG, "dead", id="a count of yes"),
        pytest.param(data(occurred_at="2023-12-24T05:30:00"), WRONG, "occurred_at", id="a time without a zone"),
        pytest.param(data(occurred_at=1_703_367_000), WRONG, "occurred_at", id="a time in digits"),
        pytest.param(data(occurred_at="9999-12-31T23:59:59Z"), WRONG, "occurred_at", id="a time at the end of the calendar"),
        pytest.param(data(cause="x" * 3_000), WRONG, "cause", id="a cause that is too long"),
        pytest.param(but(source="\ud800"), NOT_JSON, "data", id="half a surrogate pair in an attribute"),
        pytest.param(data(cause="\ud800"), NOT_JSON, "data", id="half a surrogate pair in the fact"),
    ],
)
def test_an_event_that_is_wrong_is_refused_with_its_field(event, reason, field):
    refused = structured(event)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)
    assert refused.correct


@pytest.mark.parametrize(
    ("headers", "reason", "field"),
    [
        pytest.param(header("ce_id", None), MISSING, "id", id="no id"),
        pytest.param(header("ce_type", None), MISSING, "type", id="no type"),
        pytest.param(header("ce_source", b"\xff"), Refusing.NOT_UTF8, "source", id="a header that is not UTF-8"),
        pytest.param((*BINARY, ("ce_id", b"another")), CONTRADICTS, "id", id="a header twice, and different"),
        pytest.param(header("content-type", b"text/plain"), HEADER, "content-type", id="a content type of somebody else's"),
        pytest.param(header("ce_recordedtime", b"now"), HEADER, "recordedtime", id="recordedtime is no time"),
    ],
)
def test_binary_mode_is_refused_by_its_headers(headers, reason, field):
    refused = binary(headers)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)


def test_a_header_that_contradicts_a_structured_body_is_refused():
    """Which of the two would be true?"""
    content = ("content-type", b"application/cloudevents+json")
    assert structured(headers=(content, ("ce_id", b"another"))).reason == CONTRADICTS
    assert isinstance(structured(headers=(content, ("ce_id", b"b-1"))), Event)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="without a content type"),
        pytest.param((("content-type", b"application/cloudevents+json; charset=UTF-8"),), id="with a charset"),
        pytest.param((("Content-Type", b"application/cloudevents+json"),), id="with capitals"),
        pytest.param((("content-type", b"Application/CloudEvents+JSON"),), id="with capitals in the media type"),
        pytest.param((("traceparent", b"\xff"),), id="with somebody else's headers"),
    ],
)
def test_structured_mode_is_understood(headers):
    event = structured(headers=headers)
    assert isinstance(event, Event)
    assert (event.source, event.id, event.type) == (DESK, "b-1", IncidentBulletin.type)
    assert (event.time, event.recorded_at) == (clock("11:10"), clock("11:12"))
    assert json.loads(event.data) == GOOD.data


def test_both_modes_say_the_same():
    """The fact's own bytes, the attributes and the model are equal; extensions that we do not know are dropped."""
    one, other = structured(but(traceparent="00-1")), binary((*BINARY, ("ce_traceparent", b"00-1")))
    assert isinstance(one, Event)
    assert one == other


def test_media_types_know_no_capitals():
    """RFC 9110 §8.3.1."""
    assert isinstance(binary(header("content-type", b"Application/JSON; charset=utf-8")), Event)
    assert isinstance(structured(but(datacontenttype="application/JSON")), Event)


def test_a_byte_order_mark_is_called_by_its_name():
    """A publisher sees JSON and is told that it is none: the mark is invisible."""
    assert "byte order mark" in structured(raw=b"\xef\xbb\xbf" + json.dumps(CLOUD).encode()).correct
    assert "byte order mark" not in structured(raw=b"{").correct


def test_the_facts_own_bytes_are_kept():
    """Byte for byte, blanks and order included: they are what the digest is of."""
    raw = b'{ "specversion":"1.0","id":"f","source":"s","type":"siaga.intake-watermark.v1", "data": { }  }'
    assert structured(raw=raw).data == b"{ }"


def test_what_can_be_read_of_a_refused_event_is_kept():
    """Whoever is told of it can find it again."""
    refused = structured(data(dead=-1))
    assert refused.attributes["id"] == "b-1"
    assert refused.firm == "itss"


@pytest.mark.parametrize(
    ("broken", "firm"),
    [
        pytest.param(
            structured(raw=json.dumps(CLOUD).replace('"dead": 12', '"dead": 12, "dead": 13').encode()), "itss", id="a duplicate key"
        ),
        pytest.param(binary(header("ce_id", None)), "itss", id="a missing header"),
        pytest.param(structured(data(firm="\ud800")), "", id="half a surrogate pair for a firm"),
        pytest.param(structured(data(firm=7)), "", id="a number for a firm"),
        pytest.param(structured(data(firm="x" * 300)), "", id="a firm as long as a letter"),
        pytest.param(structured(raw=b"itss"), "", id="nothing that could be read"),
    ],
)
def test_a_refused_fact_names_its_firm_where_it_can_be_read(broken, firm):
    assert isinstance(broken, Refused)
    assert broken.firm == firm


@pytest.mark.parametrize("topic", [pytest.param(topic.name, id=topic.name) for topic in (REPORTS, CASES, ACTS, REGISTRY)])
def test_a_bulletin_on_another_topic_is_refused(topic):
    assert structured(topic=topic).reason == Refusing.WRONG_TOPIC


@pytest.mark.parametrize("topic", [pytest.param(topic.name, id=topic.name) for topic in INTAKE_TOPICS])
def test_watermarks_may_stand_anywhere(topic):
    said = {"specversion": "1.0", "id": "w", "source": DESK}
    theirs = structured({**said, "type": SourceWatermark.type, "data": {"complete_through": "2023-12-24T03:00:00Z"}}, topic=topic)
    ours = structured({**said, "type": IntakeWatermark.type, "data": {}}, topic=topic)
    assert isinstance(theirs, Event)
    assert isinstance(ours, Event)


class TestAgainstTheCloudeventsLibrary:
    """An independent writer of the wire format: what it writes, we read."""

    @staticmethod
    def written(of, mode):
        attributes = {name: value for name, value in of.cloud(clock("11:12")).items() if name not in ("data", "time")}
        said_at = datetime.fromisoformat(of.data[of.said_field])  # The library writes the present where a publisher states no time.
        event = CloudEvent(attributes={**attributes, "time": said_at, "datacontenttype": "application/json"}, data=of.data)
        return {"binary": kafka.to_binary, "structured": kafka.to_structured}[mode](event, JSONFormat())

    @pytest.mark.parametrize("mode", ["binary", "structured"])
    @pytest.mark.parametrize("said", [pytest.param(GOOD, id="a bulletin"), pytest.param(filed(id="f-1").at(clock("12:00")), id="a filing")])
    def test_we_read_what_it_writes(self, mode, said):
        message = self.written(said, mode)
        headers = tuple((name, value if isinstance(value, bytes) else str(value).encode()) for name, value in message.headers.items())
        event = decode(Record(INCIDENTS.name, 0, 0, 0, message.key, message.value, headers), LARGEST)
        assert isinstance(event, Event), event
        assert (event.id, event.source, event.type) == (said.id, said.source, said.type)
        assert isinstance(event.fact, IncidentBulletin | AccidentReportFiled)

    def test_it_reads_what_we_accept(self):
        """Binary headers of ours are CloudEvents to others too."""
        message = kafka.KafkaMessage(headers=dict(BINARY), key=None, value=json.dumps(GOOD.data).encode())
        event = kafka.from_binary(message, JSONFormat(), CloudEvent)
        assert (event.get_id(), event.get_source(), event.get_type()) == ("b-1", DESK, IncidentBulletin.type)
