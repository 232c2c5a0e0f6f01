"""Law 2: odd input becomes a word, never an exception; the line goes on; a refusal that names a firm reaches its ledger."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.facts import FACTS
from schemas.ledger import Admitted, Parked, Refusal, Rejected
from schemas.surveillance import Alert, Rule
from schemas.topics import ACTS, ESCALATION_INBOX, INCIDENTS, INTAKE_TOPICS, LEDGER, PARKED, PROGRESS, REGISTRY, REJECTED
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.registry import Stated
from streams.pipeline.line import Record, Step
from tests.story import NOON_2026, Shift, World, admission, bulletin, clock, published, register, told
from tests.story import Why as Because
from tests.strategies import bulletins, hostile_bytes

KNOWN = admission()
AT = clock("11:10")
header_names = st.sampled_from(
    ["ce_id", "ce_source", "ce_type", "ce_time", "ce_recordedtime", "ce_specversion", "content-type", "ce_x", "CE_ID", "traceparent"]
)
header_values = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"siaga.incident-bulletin.v1", b"siaga.acknowledge.v1", b"siaga.activate.v1", b"1.0", b"2023-12-24T05:30:00+08:00"]),
    st.sampled_from([b"application/json", b"application/cloudevents+json", b"text/plain"]),
)
headers = st.lists(st.tuples(header_names, header_values), max_size=8).map(tuple)
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from(
        ["\ud800", "\x00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9997-12-31T23:59:59Z", "🔥" * 3_000, "|", "{}"]
    ),
    st.text(max_size=10),
    st.just([]),
    st.just({"a": {}}),
)
bare_values = st.one_of(st.none(), header_values, st.sampled_from([kind.encode() for kind, (_, on) in FACTS.items() if REGISTRY in on]))
topics = st.sampled_from(INTAKE_TOPICS)


def written(step: Step) -> None:
    """Every word and every key can be written down: that, too, must not raise, for a driver does it outside the room."""
    for said in step.words:
        said.key.encode()
        assert codec.decode(codec.encode(said.word)) == said.word
    for entry in step.changes.values():
        INTAKE.pack(entry)


@given(topics, st.one_of(st.none(), hostile_bytes()), headers)
def test_intake_never_raises(topic, value, some_headers):
    """Whatever bytes and headers arrive, on any topic."""
    step = INTAKE.step({}, Record(topic.name, 0, 0, NOON_2026, None, value, some_headers), KNOWN)
    written(step)
    assert any(isinstance(said.word, Rejected) for said in step.words) or not step.words or value is not None


@st.composite
def almost_entries(draw) -> bytes:
    """An entry of the register with one value replaced by any other."""
    event = draw(st.sampled_from(register())).cloud(AT)
    place = event["data"] if draw(st.booleans()) else event
    place[draw(st.sampled_from([*place, "extra", "\ud800"]))] = draw(odd)
    return json.dumps(event).encode()


@given(st.one_of(st.none(), hostile_bytes(), almost_entries()), st.lists(st.tuples(header_names, bare_values), max_size=8).map(tuple))
def test_the_registry_never_raises(value, some_headers):
    """Nothing on `firm-registry` may end a worker: the registry takes it or passes it over, and its seat says what became of it."""
    known = admission()
    before = known.registry.revision
    record = Record(REGISTRY.name, 0, before, NOON_2026, None, value, some_headers)
    known.registry.take(record)
    assert known.registry.revision == before + 1
    written(INTAKE.step({}, record, known))
    known.registry.place(Stated("itss", plant="smelter", estate="imip", regency="72.06"), NOON_2026)


@given(st.data(), bulletins())
def test_intake_never_raises_on_what_is_almost_right(data, said):
    """One value of a good event replaced by any other, at any depth: admitted or refused, in words that can be written."""
    event = said.at(clock("11:10")).cloud(clock("11:10"))
    place = event["data"] if data.draw(st.booleans()) else event
    name = data.draw(st.sampled_from([*place, "extra", "\ud800"]))
    place[name] = data.draw(odd)
    value = json.dumps(event).encode()
    written(INTAKE.step({}, Record(INCIDENTS.name, 0, 0, NOON_2026, None, value), KNOWN))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b'{"\\ud800":1,"\\ud800":2}', id="half a surrogate pair as a key, twice"),
        *(
            pytest.param(json.dumps({**bulletin(id="b").at(AT).cloud(AT), name: "\ud800"}).encode(), id=f"half a surrogate pair as {name}")
            for name in ("id", "source", "type", "time")
        ),
        *(
            pytest.param(
                published(bulletin(id="b", occurred_at=None)._replace(data=instant), AT).value, id=f"at the end of the calendar, {number}"
            )
            for number, instant in enumerate(
                {**bulletin().at(AT).data, "occurred_at": text}
                for text in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9997-12-31T23:59:59Z", "0002-01-01T00:00:00Z")
            )
        ),
    ],
)
def test_what_once_broke_intake_no_longer_does(value):
    """Each of these got past it once: it could not be written down, or named no day."""
    for story_time in (True, False):
        step = INTAKE.step({}, Record(INCIDENTS.name, 0, 0, NOON_2026, None, value), admission(story_time=story_time))
        assert step.words
        written(step)


@given(bulletins(), st.integers(0, 400), st.integers(0, 255))
def test_one_broken_byte_is_refused_or_harmless(said, place, byte):
    """Bit rot anywhere in an event."""
    value = bytearray(published(said, clock("11:10")).value)
    value[place % len(value)] = byte
    written(INTAKE.step({}, Record(INCIDENTS.name, 0, 0, NOON_2026, None, bytes(value)), KNOWN))


@given(st.sampled_from([LEDGER, ESCALATION_INBOX, PROGRESS]), hostile_bytes())
def test_other_rooms_park_what_they_cannot_read_and_go_on(topic, value):
    """A record nobody should have written is parked with its origin; the next one is dealt with."""
    shift = Shift()
    shift.put(topic, value)
    (parked,) = shift.words(PARKED, Parked)
    assert (parked.origin.topic, parked.room) == (
        topic.name,
        {"ledger": "surveillance", "escalation-inbox": "escalation", "progress": "clock"}[topic.name],
    )
    assert len(shift("11:10", bulletin(dead=12))) == 7


BROKEN = {
    "an unknown field": lambda event: event["data"].update(dide=1),
    "a negative count": lambda event: event["data"].update(dead=-1),
    "a missing field": lambda event: event["data"].pop("kind"),
    "a time without a zone": lambda event: event.update(recordedtime="2023-12-24T11:10:00"),
    "an unknown type": lambda event: event.update(type="siaga.incident-bulletin.v9"),
    "no id": lambda event: event.pop("id"),
}


@pytest.mark.parametrize("breaking", [pytest.param(breaking, id=name) for name, breaking in BROKEN.items()])
def test_a_refusal_that_names_a_firm_reaches_its_ledger(breaking):
    """While it is unresolved, nobody may conclude anything from that firm's silence."""
    event = bulletin(dead=12, id="b-1").at(clock("11:10")).cloud(clock("11:10"))
    breaking(event)
    words = INTAKE.step({}, Record(INCIDENTS.name, 0, 7, NOON_2026, None, json.dumps(event).encode()), KNOWN).words
    assert [type(said.word) for said in words] == [Rejected, Refusal, Refusal]
    assert [said.key for said in words if said.topic == LEDGER] == ["source:https://desk.example", "firm:itss"]


def test_a_refused_incident_interrupts_the_operator_and_the_line_goes_on(tell: Shift):
    """G5: each one; and what follows is admitted."""
    tell("11:00")
    event = bulletin(dead=12, id="b-1").at(clock("11:05")).cloud(clock("11:05"))
    event["data"]["dead"] = -1
    tell.put(INCIDENTS, json.dumps(event).encode())
    assert tell("11:01") == told("11:00", Because.FIRST_NOTICE, "duty-officer")
    tell.put(INCIDENTS, json.dumps(event).encode())
    assert tell("11:02") == told("11:01", Because.FACTS_CHANGED, "duty-officer")
    assert [alert.rule for alert in tell.alerts] == [Rule.REFUSED, Rule.REFUSED]
    assert len(tell("11:10", bulletin(dead=12, id="b-1"))) == 7


def test_thirty_invented_sources_are_one_trouble_of_the_topic(tell: Shift):
    """Whom a refusal is counted against is not the sender's to make up: it would be an escalation for each name."""
    event = bulletin(dead=-1).at(clock("11:00")).cloud(clock("11:00"))
    for n in range(30):
        tell.put(INCIDENTS, json.dumps(event | {"source": f"https://invented.example/{n}", "id": str(n)}).encode())
    assert {word.subject for word in tell.words(LEDGER, Refusal)} == {f"source:{INCIDENTS.name}", "firm:itss"}
    assert {record.key.decode() for record in tell.line.records[REJECTED.name]} == {INCIDENTS.name}
    assert len(tell.words_on_escalations()) == 1


def test_a_refused_act_or_entry_interrupts_nobody(tell: Shift):
    """Only incidents and case notices do (G5); the others are on `rejected` all the same."""
    for topic in (ACTS, REGISTRY):
        tell.put(topic, b"{}")
    assert len(tell.words(REJECTED, Rejected)) == 2
    assert tell("11:10") == []


def test_a_rejected_word_keeps_nothing_of_what_was_sent(world: World):
    """Law 12 beside law 2: a name, an identity number or a telephone number in any value leaves no trace in what is written."""
    canary = "3201011234567890 Siti 0812-555"
    event = bulletin(dead=12, id="b-1").at(clock("11:10")).cloud(clock("11:10"))
    for name in (*event["data"], "recordedtime", "time"):
        place = event["data"] if name in event["data"] else event
        broken = json.loads(json.dumps(event))
        (broken["data"] if place is event["data"] else broken)[name] = canary
        step = INTAKE.step({}, Record(INCIDENTS.name, 0, 0, NOON_2026, None, json.dumps(broken).encode()), world.admission)
        refused = [codec.encode(said.word) for said in step.words if isinstance(said.word, Rejected | Refusal)]
        if name != "firm":  # A refusal says whom it concerns.
            assert not any(b"Siti" in raw or b"3201011234567890" in raw for raw in refused), name


@pytest.mark.parametrize("topic", [pytest.param(topic, id=topic.name) for topic in (REGISTRY, INCIDENTS)])
@pytest.mark.parametrize("value", [None, b""], ids=["null", "empty"])
@pytest.mark.parametrize("name", ["ce_time", "ce_id", "content-type", "traceparent"])
def test_a_header_without_a_value_is_absent(topic, value, name):
    """Kafka allows it; and whatever stands on the register's topic, no worker may end of it."""
    record = published(bulletin(dead=12, id="b-1"), AT)._replace(topic=topic.name, headers=((name, value),))
    known = admission()
    known.registry.take(record._replace(offset=known.registry.revision))
    words = INTAKE.step({}, record, known).words
    assert [type(said.word) for said in words] == ([Admitted, Admitted] if topic is INCIDENTS else [Rejected])


def test_a_refusal_shouts_once_per_record(tell: Shift):
    """Two refusals are two alerts' revisions: nobody loses count."""
    for _ in range(3):
        tell.put(INCIDENTS, b"\xff")
    counts = [alert.reasons[0].figure for alert in tell.words(ESCALATION_INBOX, Alert)]
    assert counts == [1, 2, 3]
