"""The lock-step of a story: everything up to the next instant that matters at once, then the watermark at that instant."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.word import format_time, parse_time
from streams.simulate import shelf
from streams.simulate.pace import Burst, go_on, start
from streams.simulate.story import Line, Story

MINUTE = 60_000
ITSS = shelf.load("itss")
FACT = ITSS.lines[0].model_dump(mode="json", exclude_none=True)


@pytest.fixture
def itss():
    return ITSS


def at(clock):
    return parse_time(f"2023-12-24T{clock}+08:00")


def walk(story, due=lambda watermark: None):
    """All bursts of a story, `due` answering what the rooms wait for after each watermark."""
    burst, pace = start(story)
    bursts = [burst]
    while step := go_on(pace, due(burst.watermark)):
        burst, pace = step
        bursts.append(burst)
    return bursts


def line(minute):
    """A note, or the first fact of Morowali where `minute` is negative."""
    at = format_time(ITSS.starts + abs(minute) * MINUTE)
    given = {**FACT, "at": at} if minute < 0 else {"at": at, "source": ["design"], "note": "n"}
    return Line.model_validate_json(json.dumps(given))


def told(minutes, until=100):
    return ITSS.model_copy(update={"lines": tuple(line(m) for m in minutes), "until": ITSS.starts + until * MINUTE})


def minutes_of(story: Story, bursts: list[Burst]):
    return [((b.watermark - story.starts) // MINUTE, len(b.lines)) for b in bursts]


def test_it_begins_by_setting_the_clock(itss):
    burst, _ = start(itss)
    assert burst == Burst((), itss.starts)


def test_the_ladder_is_waited_for_between_two_lines(itss):
    """First notice, then the level of 15 minutes, then the two who acknowledge, and nobody waits for the level of 60 minutes."""
    dues = iter([None, at("11:25:00"), at("12:10:00"), at("12:10:00")])
    watermarks = [burst.watermark for burst in walk(itss, lambda _: next(dues, None))][1:6]
    assert watermarks == [at("11:10:00"), at("11:25:00"), at("11:31:00"), at("11:31:20"), at("15:00:00")]


def test_a_line_that_nothing_follows_from_rides_along():
    story = told([10, 20, -30, 40])
    assert minutes_of(story, walk(story)) == [(0, 0), (30, 3), (100, 1)]


def test_what_a_room_waits_for_comes_before_a_later_line():
    story = told([10, -30])
    due = {0: story.starts + 15 * MINUTE}
    assert minutes_of(story, walk(story, lambda w: due.get((w - story.starts) // MINUTE))) == [(0, 0), (15, 1), (30, 1), (100, 0)]


def test_a_due_instant_that_is_a_lines_instant_takes_the_line_along():
    story = told([-30])
    assert minutes_of(story, walk(story, lambda _: story.starts + 30 * MINUTE)) == [(0, 0), (30, 1), (100, 0)]


def test_an_instant_that_has_been_reached_holds_nothing_up():
    story = told([-30])
    assert minutes_of(story, walk(story, lambda watermark: watermark)) == [(0, 0), (30, 1), (100, 0)]


def test_after_the_last_line_it_runs_on_until_the_end():
    story = told([-30])
    bursts = minutes_of(story, walk(story, lambda watermark: watermark + 25 * MINUTE))
    assert bursts == [(0, 0), (25, 0), (30, 1), (55, 0), (80, 0), (100, 0)]


def test_what_is_due_after_the_end_is_not_waited_for():
    story = told([-30])
    assert walk(story, lambda _: story.until + MINUTE)[-1].watermark == story.until


@given(minutes=st.lists(st.integers(1, 99), min_size=1).map(sorted), facts=st.randoms(use_true_random=False), every=st.integers(1, 50))
def test_time_never_falls_and_no_line_is_lost(minutes, facts, every):
    """Whatever the rooms wait for, each line is published once, in order, and none after the watermark that vouches for it."""
    story = told([-m if facts.random() < 0.5 else m for m in minutes])
    bursts = walk(story, lambda watermark: watermark + every * MINUTE)
    assert tuple(line for burst in bursts for line in burst.lines) == story.lines
    assert all(a.watermark < b.watermark for a, b in pairwise(bursts))
    for before, burst in pairwise(bursts):
        assert all(before.watermark < line.at <= burst.watermark for line in burst.lines)
    assert bursts[-1].watermark == story.until
