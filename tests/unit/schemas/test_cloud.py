"""Cloud: what we write, an independent reader of CloudEvents understands, and so do we."""

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from schemas.cloud import Cloud
from schemas.facts import FACTS
from schemas.intake import SourceWatermark
from schemas.topics import INCIDENTS
from schemas.word import Published, format_time
from streams.pipeline.intake.decode import Event, decode
from streams.pipeline.line import Record
from tests.story import clock

AT = clock("11:10")
SAID = Cloud(SourceWatermark.type, "https://désk.example", "w-1", {"complete_through": format_time(AT)}, AT, AT + 1_000)
BOTH = pytest.mark.parametrize("mode", ["structured", "binary"])


@BOTH
def test_another_library_reads_what_we_write(mode):
    message = getattr(SAID, mode)()
    read = {"structured": kafka.from_structured, "binary": kafka.from_binary}[mode]
    event = read(kafka.KafkaMessage(headers=dict(message.headers), key=None, value=message.value), JSONFormat(), CloudEvent)
    assert (event.get_type(), event.get_source(), event.get_id()) == (SAID.type, SAID.source, SAID.id)
    assert event.get_time().timestamp() * 1_000 == AT
    assert event.get_extension("recordedtime") == format_time(AT + 1_000)


@BOTH
def test_we_read_what_we_write(mode):
    message = getattr(SAID, mode)()
    event = decode(Record(INCIDENTS.name, 0, 0, 0, None, message.value, message.headers), 65_536)
    assert isinstance(event, Event), event
    assert (event.time, event.recorded_at, event.fact.complete_through) == (AT, AT + 1_000, AT)


def test_an_attribute_without_a_value_is_left_out():
    assert not {"time", "recordedtime"} & SAID._replace(time=None, recorded_at=None).as_object().keys()


def test_the_list_has_every_type_there_is():
    """A word that is in no list can be published by nobody."""

    def below(kind):
        return {kind} | {each for sub in kind.__subclasses__() for each in below(sub)}

    assert {kind.type for kind in below(Published) if "type" in vars(kind)} == set(FACTS)
