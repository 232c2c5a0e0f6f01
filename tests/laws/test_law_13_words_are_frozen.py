"""Law 13: every word ever written is read for ever; every decision carries the revisions it was made under."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.facts import FACTS
from schemas.ledger import Rejected
from schemas.topics import INTAKE_TOPICS, REGISTRY, REJECTED
from streams.pipeline.intake.decode import Event, decode
from streams.pipeline.line import Record
from tests.golden.wire.samples import EVENTS, WORDS
from tests.story import POLICY, ROSTER, Shift, acknowledge, activation, bulletin, clock, filed, published, register

WIRE = Path(__file__).parent.parent / "golden" / "wire"
WORD_FILES = sorted(path for path in WIRE.glob("*.json") if not path.name.endswith(".event.json"))
EVENT_FILES = sorted(WIRE.glob("*.event.json"))
OURS = ("ledger", "escalation-inbox", "delivery-inbox", "attempts", "escalations", "rejected")


def test_every_word_has_a_frozen_sample():
    """A new word is frozen by `python tests/golden/wire/freeze.py`; an old sample is never edited."""
    assert {path.stem for path in WORD_FILES} >= set(codec.WORDS)
    assert {path.name.removesuffix(".event.json") for path in EVENT_FILES} >= set(FACTS)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in WORD_FILES])
def test_a_frozen_word_is_read_and_written_as_it_was(path: Path):
    """Byte for byte: equal words are equal bytes, this year and in ten."""
    raw = path.read_bytes().rstrip(b"\n")
    word = codec.decode(raw)
    assert codec.name_of(word) == path.stem
    assert codec.encode(word) == raw


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name.removesuffix(".event.json")) for path in EVENT_FILES])
def test_a_frozen_event_is_understood(path: Path):
    """What publishers once sent us they may send again."""
    raw = path.read_bytes().rstrip(b"\n")
    kind = json.loads(raw)["type"]
    event = decode(Record(FACTS[kind].topics[0].name, 0, 0, 0, None, raw), 65_536)
    assert isinstance(event, Event)
    assert event.type == kind


@pytest.mark.parametrize("word", [pytest.param(word, id=codec.name_of(word)) for word in WORDS])
def test_every_field_of_a_sample_is_filled(word):
    """A sample that leaves a default out would not notice when that field is renamed."""
    left_out = {"fact"} if codec.name_of(word) == "admitted" else set()
    written = json.loads(codec.encode(word))
    assert set(word.__struct_fields__) - left_out <= set(written)


def test_events_are_samples_of_every_type():
    assert set(EVENTS) == set(FACTS)


def test_every_word_is_stamped(tell: Shift):
    """Policy and roster, who said it, because of which record, and the how-manyeth: on every word of every room."""
    tell("11:10", bulletin(dead=12, id="b-1"))
    tell("11:12", acknowledge("disnakertrans:72"), acknowledge("dg-kpaii"))
    tell("15:00", bulletin(dead=13, id="b-1"), filed())
    seen = set()
    for topic in OURS:
        for record in tell.line.records[topic]:
            assert (record.header("policy"), record.header("roster")) == (POLICY.revision, ROSTER.revision), (topic, record)
            once = (record.topic, record.header("by"), record.header("cause"), record.header("n"), record.partition)
            assert all(once[:4])
            assert once not in seen
            assert record.header("word") == codec.name_of(codec.decode(record.value))
            seen.add(once)
    assert {topic for topic, *_ in seen} == set(OURS)


def test_a_word_of_intake_carries_the_registry_that_it_was_made_by(tell: Shift):
    """Nobody else asks the registry. Its own topic is answered as of exactly the record that is answered."""
    tell("11:10", bulletin(dead=12, id="b-1"))
    tell.put(REGISTRY, b"{}")
    for topic in (*OURS, "progress"):
        for record in tell.line.records[topic]:
            cause, revision = record.header("cause").split("/"), record.header("registry")
            if not record.header("by").startswith("intake/"):
                assert revision == ""
            elif cause[0] == REGISTRY.name:
                assert int(revision) == int(cause[2]) + 1
            else:
                assert int(revision) >= len(register())
    admitted = [record for record in tell.line.records["ledger"] if record.header("word") == "admitted"]
    assert [int(record.header("registry")) for record in admitted] == [word.registry for word in tell.admitted]


@pytest.mark.parametrize(
    ("act", "field"),
    [
        pytest.param(activation("1999-01-01.1"), "policy", id="a policy that is not installed"),
        pytest.param(activation(POLICY.revision, roster="nobody-1"), "roster", id="a roster that is not installed"),
    ],
)
def test_an_unknown_revision_is_refused_and_not_in_force(tell: Shift, act, field):
    tell.put(REGISTRY, published(act, clock("10:00")).value)
    tell("11:10", bulletin(dead=12))
    (rejected,) = tell.words(REJECTED, Rejected)
    assert (rejected.reason, rejected.field) == ("unknown_revision", field)
    assert {record.header("policy") for record in tell.line.records["ledger"]} == {POLICY.revision}


@given(st.sampled_from(list(EVENTS)), st.sampled_from(INTAKE_TOPICS))
def test_every_type_has_its_topics_and_no_others(kind, topic):
    """Where a type may be published is part of its contract."""
    answer = decode(Record(topic.name, 0, 0, 0, None, EVENTS[kind]), 65_536)
    assert isinstance(answer, Event) == (topic in FACTS[kind].topics)
