"""CLOCK: the least of all sources moves time; rooms are chained; patience has an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.ledger import Progress, Tick
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, INTAKE_TOPICS, LEDGER
from schemas.word import Word
from streams.pipeline.clock import CLOCK, HOUR_MS, Pace
from streams.pipeline.line import Record
from tests.story import DESK, NOON_2026, STAMP, Seat, clock

AT = clock("11:10")
SOURCES = [(topic.name, partition) for topic in INTAKE_TOPICS for partition in range(topic.partitions)]
CHAIN = (("surveillance", LEDGER), ("escalation", ESCALATION_INBOX), ("delivery", DELIVERY_INBOX))
PATIENCE = 5_000


class Tower:
    """CLOCK, and the seats that report to it."""

    def __init__(self, *, story: bool) -> None:
        self.seat = Seat(CLOCK, Pace(story_time=story, patience_ms=PATIENCE))
        self.wall = NOON_2026

    def hears(self, word: Word, wall: int | None = None) -> list[tuple[str, Tick]]:
        """One report at the broker's time; the ticks that it causes, by the topic they go to."""
        self.wall = self.wall + 1 if wall is None else wall
        self.seat.offset = self.wall - NOON_2026 - 1
        return [(said.topic.name, said.word) for said in self.seat.hears(word)]

    def source(self, topic: str, partition: int, mark: int, wall: int | None = None) -> list[tuple[str, Tick]]:
        """A seat of INTAKE has read its own mark, or the publisher's."""
        word = Progress("intake", topic, partition, offset=0, through=mark, sources=((DESK, mark),))
        return self.hears(word, wall)

    def all_sources(self, mark: int) -> list[tuple[str, Tick]]:
        return [tick for topic, partition in SOURCES for tick in self.source(topic, partition, mark)]

    def room(self, room: str, tick: int, due_at: int | None = None, partitions: range | None = None) -> list[tuple[str, Tick]]:
        """Every seat of a room has committed a tick."""
        inbox = dict(CHAIN)[room]
        seats = partitions or range(inbox.partitions)
        return [t for p in seats for t in self.hears(Progress(room, inbox.name, p, tick=tick, due_at=due_at))]

    def chain_through(self, tick: int, due_at: int | None = None) -> list[tuple[str, Tick]]:
        return [t for room, _ in CHAIN for t in self.room(room, tick, due_at)]


@pytest.fixture
def story() -> Tower:
    return Tower(story=True)


@pytest.fixture
def production() -> Tower:
    return Tower(story=False)


@given(st.sampled_from(SOURCES))
def test_one_missing_source_partition_no_tick_ever(missing):
    """Story time: an absence of any one partition is absence of proof."""
    tower = Tower(story=True)
    for _ in range(3):
        for topic, partition in SOURCES:
            if (topic, partition) != missing:
                assert tower.source(topic, partition, AT) == []
    assert len(tower.source(*missing, AT)) == LEDGER.partitions


def test_the_least_watermark_is_the_time(story):
    story.all_sources(AT)
    story.chain_through(1)
    for topic, partition in SOURCES[1:]:
        assert story.source(topic, partition, AT + 60_000) == []
    ticks = story.source(*SOURCES[0], AT + 30_000)
    assert {tick.at for _, tick in ticks} == {AT + 30_000}
    assert {tick.complete_through for _, tick in ticks} == {AT + 30_000}


def test_a_tick_goes_to_every_partition_of_one_room_at_a_time(story):
    """SURVEILLANCE first; ESCALATION when every seat of it has committed; DELIVERY after that."""
    assert [name for name, _ in story.all_sources(AT)] == [LEDGER.name] * LEDGER.partitions
    assert story.room("surveillance", 1, partitions=range(LEDGER.partitions - 1)) == []
    assert [name for name, _ in story.room("surveillance", 1, partitions=range(3, 4))] == [ESCALATION_INBOX.name] * 4
    assert story.room("delivery", 1, partitions=range(1)) == []
    assert [name for name, _ in story.room("escalation", 1)] == [DELIVERY_INBOX.name] * 4
    assert story.room("delivery", 1) == []
    assert all(said.word.complete for said in story.seat.words)


def test_no_new_tick_while_one_is_on_its_way(story):
    story.all_sources(AT)
    assert story.all_sources(AT + 60_000) == []
    assert [tick.number for _, tick in story.chain_through(1) if tick.number == 2] == [2] * 4


def test_patience_ends_and_the_tick_says_that_it_is_incomplete(story):
    """A room that does not answer holds the others up for the patience and no longer."""
    story.all_sources(AT)
    issued = story.wall
    assert story.source(*SOURCES[0], AT, wall=issued + PATIENCE) == []
    ticks = story.source(*SOURCES[0], AT, wall=issued + PATIENCE + 2)
    assert {(name, tick.complete) for name, tick in ticks} == {(ESCALATION_INBOX.name, False)}


def test_a_watermark_never_falls(story):
    story.all_sources(AT)
    story.chain_through(1)
    assert story.all_sources(AT - 60_000) == []
    assert max(said.word.at for said in story.seat.words) == AT


def test_in_production_at_is_the_brokers_clock(production):
    """So that one idle partition cannot freeze the ladder of an explosion."""
    ticks = production.source(*SOURCES[0], NOON_2026)
    assert {(tick.at == tick.wall, tick.complete_through) for _, tick in ticks} == {(True, 0)}


def test_in_production_completeness_waits_for_every_source(production):
    """One missing: no completeness, whatever the clock says."""
    for topic, partition in SOURCES[:-1]:
        production.source(topic, partition, NOON_2026 + 5)
    assert {said.word.complete_through for said in production.seat.words} == {0}
    production.chain_through(1, due_at=0)
    production.source(*SOURCES[-1], NOON_2026 + 3)
    production.chain_through(2, due_at=0)
    production.chain_through(3)
    assert max(said.word.complete_through for said in production.seat.words) == NOON_2026 + 3


def test_in_production_it_ticks_when_somebody_waits_and_at_least_hourly(production):
    production.source(*SOURCES[0], NOON_2026)
    production.chain_through(1)
    assert production.source(*SOURCES[0], NOON_2026 + 60_000, wall=NOON_2026 + 60_000) == []
    production.room("escalation", 1, due_at=NOON_2026 + 90_000, partitions=range(2, 3))
    assert production.source(*SOURCES[0], NOON_2026 + 90_000, wall=NOON_2026 + 90_000) != []
    production.chain_through(2)
    assert production.source(*SOURCES[0], NOON_2026, wall=NOON_2026 + 100_000) == []
    assert production.source(*SOURCES[0], NOON_2026, wall=NOON_2026 + 95_000 + HOUR_MS) != []


def test_ticks_are_numbered_without_gaps_and_time_never_goes_back(story):
    for step in range(1, 5):
        story.all_sources(AT + step * 60_000)
        story.chain_through(step)
    ticks = [said.word for said in story.seat.words if said.topic == LEDGER]
    assert sorted({tick.number for tick in ticks}) == [1, 2, 3, 4]
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


def test_a_tick_carries_the_revisions_in_force(story):
    """Those that INTAKE stamped on the progress: CLOCK asks nobody."""
    story.all_sources(AT)
    assert {said.stamp for said in story.seat.words} == {STAMP}


def test_what_is_no_progress_moves_nothing(story):
    assert story.hears(Tick(1, AT, AT, AT)) == []


def test_a_report_without_revisions_takes_none_away(story):
    """A word of INTAKE that carries no stamp leaves the revisions as they were: a tick without them could not be decided by."""
    story.all_sources(AT)
    bare = Record(
        "progress",
        0,
        99,
        NOON_2026 + 99,
        b"",
        codec.encode(Progress("intake", INTAKE_TOPICS[0].name, 0)),
        (("policy", b""), ("roster", b"")),
    )
    now = CLOCK.step(story.seat.entries, bare, Pace(story_time=True, patience_ms=PATIENCE)).changes["clock"]
    assert (now.policy, now.roster) == (STAMP.policy, STAMP.roster)
