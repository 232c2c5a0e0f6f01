"""The log of a worker: one format for everybody, one line for each event, and nothing from outside that breaks or colours it."""

import json
import logging
import re

import pytest
import structlog

from streams.live import logbook

AT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"


@pytest.fixture
def written(capfd):
    """Keep the logbook; answer its lines so far. Afterwards everything is as it was."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]

    def lines(render=logbook.as_line):
        logbook.keep(render)
        logging.getLogger("faust.app").error("cannot go on with %s", "127.0.0.1:9092")
        logging.getLogger("aiokafka.conn").error("cannot connect, for the hundredth time")
        log = structlog.get_logger()
        log.info("seats.held", room="intake", next={0: 7})
        log.warning("senders.done", answer="\x1b[31mno\nsuch user\x1b[0m")
        try:
            {}["what is not there"]
        except KeyError:
            log.exception("senders.broke", delivery="d-1")
        logging.getLogger("streams.live.app").info("what faust says of our services is not worth a line")
        out, err = capfd.readouterr()
        assert out == ""
        return err.splitlines()

    yield lines
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(logging.WARNING)
    logging.getLogger("siaga").setLevel(logging.NOTSET)


def test_ours_and_the_libraries_events_are_lines_of_one_format(written):
    """Time, level, name, and then what is to be known, whoever said it."""
    library, held, done, broke = written()
    assert re.fullmatch(rf'{AT} error    faust\.app  said="cannot go on with 127\.0\.0\.1:9092"', library)
    assert re.fullmatch(rf'{AT} info     seats\.held  room=intake next="{{0: 7}}"', held)
    assert re.fullmatch(rf"{AT} warning  senders\.done  answer=.*", done)
    assert re.fullmatch(rf"{AT} error    senders\.broke  delivery=d-1 exception=\"KeyError\('what is not there'\) in .*\"", broke)


def test_what_came_from_outside_neither_breaks_a_line_nor_colours_it(written):
    assert [line for line in written() if not line.isprintable()] == []


def test_for_programs_each_event_is_an_object(written):
    events = [json.loads(line) for line in written(logbook.as_json)]
    assert [event["event"] for event in events] == ["faust.app", "seats.held", "senders.done", "senders.broke"]
    assert {event["level"] for event in events} == {"info", "warning", "error"}
    assert events[1]["next"] == {"0": 7}
