"""CLOCK: the least of all sources moves time; rooms are chained; patience has an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.ids import COMPLETE, gate
from schemas.ledger import CompletenessBroken, PartitionRead, Progress, Tick
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, INCIDENTS, LEDGER, REPORTS
from streams.pipeline.clock import CLOCK, HOUR_MS, NUDGE, Pace, wakes_at
from streams.pipeline.line import Record
from tests.story import DESK, LIBRARY, NOON_2026, STAMP
from tests.tower import AT, PATIENCE, REGISTER, SOURCES, Tower


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
    ticks = production.source(*REGISTER, NOON_2026)
    assert {(tick.at == tick.wall, tick.complete_through) for _, tick in ticks} == {(True, 0)}


def test_in_production_completeness_waits_for_every_source(production):
    """One missing: no completeness, whatever the clock says."""
    for topic, partition in SOURCES[1:]:
        production.source(topic, partition, NOON_2026 + 5)
    assert {said.word.complete_through for said in production.seat.words} == {0}
    production.chain_through(1, due_at=0)
    production.source(*SOURCES[0], NOON_2026 + 3)
    production.chain_through(2, due_at=0)
    production.chain_through(3)
    assert max(said.word.complete_through for said in production.seat.words) == NOON_2026 + 3


def test_in_production_it_ticks_when_somebody_waits_and_at_least_hourly(production):
    production.source(*REGISTER, NOON_2026)
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
        codec.encode(Progress("intake", *REGISTER)),
        (("policy", b""), ("roster", b"")),
    )
    now = CLOCK.step(story.seat.entries, bare, Pace(story_time=True, policy_of=LIBRARY.policy, roster_of=LIBRARY.roster)).changes["clock"]
    assert (now.policy, now.roster) == (STAMP.policy, STAMP.roster)


def test_the_stamp_is_that_of_the_registers_own_seat(production):
    """Another partition may be behind an activation that a tick has carried already (law 1: never lower)."""
    later = Progress("intake", REPORTS.name, 0, offset=1, appended=NOON_2026, through=NOON_2026)
    assert production.source(*SOURCES[0], NOON_2026) == []
    production.source(*REGISTER, NOON_2026)
    step = CLOCK.step(
        production.seat.entries,
        Record("progress", 0, 9, NOON_2026, b"", codec.encode(later), (("policy", b"an older one"), ("roster", b"r"))),
        production.seat.in_force,
    )
    assert (step.changes["clock"].policy, step.changes["clock"].roster) == (STAMP.policy, STAMP.roster)


def test_a_story_moves_by_its_own_watermarks_alone(story):
    """Other sources' watermarks are facts like any other: one that is silent does not stop the story."""
    story.all_sources(AT)
    story.chain_through(1)
    for topic, partition in SOURCES:
        assert story.source(topic, partition, AT + 60_000, source=DESK) == []
    assert story.all_sources(AT + 1) != []


FIRMS = gate(REPORTS.name, "https://firms.example")


class TestGates:
    """Absences wait for a proof: everything read, and the source's own word in every partition of its topic."""

    @pytest.fixture
    def night(self, production) -> Tower:
        """Production, read through the evening, with one seat that waits for the firms' own word."""
        for topic, partition in (REGISTER, *SOURCES):
            production.source(topic, partition, NOON_2026)
        production.chain_through(1)
        production.room("surveillance", 1, partitions=range(2, 3), due_proven=((FIRMS, NOON_2026 + 9_000),))
        return production

    def publish(self, tower: Tower, through: int, partitions=range(REPORTS.partitions)) -> list:
        return [tick for p in partitions for tick in tower.source(REPORTS.name, p, through, source="https://firms.example")]

    def read_through(self, tower: Tower, mark: int) -> list:
        return [tick for source in SOURCES for tick in tower.source(*source, mark)]

    def test_a_gate_is_reached_when_everything_is_read_and_the_source_has_spoken_in_every_partition(self, night):
        assert self.read_through(night, NOON_2026 + 20_000) == []
        assert self.publish(night, NOON_2026 + 9_000, range(3)) == []
        ticks = self.publish(night, NOON_2026 + 9_000, range(3, 4))
        assert [tick.proven for _, tick in ticks] == [((FIRMS, NOON_2026 + 9_000),)] * 4

    def test_a_source_that_is_ahead_of_the_reading_proves_nothing(self, night):
        """What it says of its own partitions, another partition of ours may contradict."""
        assert self.publish(night, NOON_2026 + 50_000) == []
        assert self.read_through(night, NOON_2026 + 8_999) == []
        assert {tick.proven for _, tick in self.read_through(night, NOON_2026 + 9_000)} == {((FIRMS, NOON_2026 + 9_000),)}

    def test_what_is_complete_is_a_gate_too(self, night):
        night.room("surveillance", 1, partitions=range(2, 3), due_proven=((COMPLETE, NOON_2026 + 9_000),))
        assert self.read_through(night, NOON_2026 + 8_000) == []
        ticks = self.read_through(night, NOON_2026 + 9_000)
        assert {(tick.complete_through, tick.proven) for _, tick in ticks} == {(NOON_2026 + 9_000, ())}

    def test_a_tick_says_how_far_every_known_source_has_come(self, night):
        """Whoever watches a source need not wait for it to be told how far it is (R20); of one that is missing somewhere nothing is known."""
        self.read_through(night, NOON_2026 + 20_000)
        for source, partitions in (("https://oss.example", range(4)), ("https://half.example", range(3))):
            for partition in partitions:
                night.source(REPORTS.name, partition, NOON_2026 + 7_000, source=source)
        self.publish(night, NOON_2026 + 9_000)
        oss = gate(REPORTS.name, "https://oss.example")
        assert night.ticks()[2].proven == ((FIRMS, NOON_2026 + 9_000), (oss, NOON_2026 + 7_000))

    def test_a_source_that_is_silent_over_night_costs_no_tick(self, night):
        """22,000 entries wait, twelve hours of marks and reports pass: a tick an hour, and no more."""
        before = len(night.ticks())
        for minute in range(12 * 60):
            wall = NOON_2026 + 60_000 * (minute + 1)
            for source in SOURCES:
                night.source(*source, wall, wall=wall)
            night.chain_through(max(night.ticks()), due_proven=((FIRMS, NOON_2026 + 9_000),))
            night.wall = wall
        assert 1 <= len(night.ticks()) - before <= 12
        night.chain_through(max(night.ticks()), due_proven=((FIRMS, NOON_2026 + 9_000),))
        assert {tick.number for _, tick in self.publish(night, NOON_2026 + 9_000)} == {max(night.ticks())}

    def test_the_tick_goes_along_the_chain_as_it_was_issued(self, night):
        self.read_through(night, NOON_2026 + 20_000)
        self.publish(night, NOON_2026 + 9_000)
        ticks = night.room("surveillance", 2)
        assert [(name, tick.proven, tick.proof) for name, tick in ticks] == [
            (ESCALATION_INBOX.name, ((FIRMS, NOON_2026 + 9_000),), None)
        ] * 4

    def test_a_proof_can_be_read_again_by_anybody(self, night):
        """Partition, offset and append time of each mark read last; what each source said, and in which record."""
        self.read_through(night, NOON_2026 + 20_000)
        self.publish(night, NOON_2026 + 9_000)
        proof = night.ticks()[2].proof
        assert [(read.topic, read.partition) for read in proof.read] == SOURCES
        assert PartitionRead(REPORTS.name, 3, night.marks, NOON_2026 + 14_000) in proof.read
        said = [said for said in proof.published if said.source == "https://firms.example"]
        assert [(each.topic, each.partition, each.through) for each in said] == [(REPORTS.name, p, NOON_2026 + 9_000) for p in range(4)]
        assert said[3].offset == 10 * night.marks

    def test_other_ticks_carry_none(self, night):
        night.room("surveillance", 1, due_at=NOON_2026, partitions=range(1))
        assert night.ticks()[2].proof is None
        assert night.ticks()[1].proof is None


class TestNudges:
    """CLOCK is woken when something is due and nobody reports."""

    def test_a_nudge_moves_time_and_is_no_seat(self, production):
        production.source(*REGISTER, NOON_2026)
        production.chain_through(1, due_at=NOON_2026 + 2_000)
        before = set(production.seat.entries)
        assert wakes_at(production.seat.entries, production.seat.in_force) == NOON_2026 + 2_000
        assert production.hears(NUDGE, wall=NOON_2026 + 1_999) == []
        assert production.hears(NUDGE, wall=NOON_2026 + 2_000) != []
        assert set(production.seat.entries) == before

    def test_nothing_is_waited_for_while_a_tick_is_on_its_way(self, production):
        assert wakes_at(production.seat.entries, production.seat.in_force) is None
        production.source(*REGISTER, NOON_2026)
        production.room("delivery", 1, due_at=NOON_2026)
        assert wakes_at(production.seat.entries, production.seat.in_force) is None

    def test_a_story_is_woken_for_transport_alone(self, story):
        """Its time of law moves by its own watermarks."""
        story.all_sources(AT)
        story.chain_through(1, due_at=AT + 1, due_wall=NOON_2026 + 70_000)
        assert wakes_at(story.seat.entries, story.seat.in_force) == NOON_2026 + 70_000


def broken(partition: int = 1, at: int = 0) -> CompletenessBroken:
    return CompletenessBroken(INCIDENTS.name, partition, 7, NOON_2026, NOON_2026 - 5, at)


def test_the_desk_hears_of_broken_completeness_once_an_hour_for_each_partition(production):
    hour = NOON_2026 + HOUR_MS
    assert production.hears(broken(), wall=NOON_2026) == [(ESCALATION_INBOX.name, broken(at=NOON_2026))]
    assert production.hears(broken(), wall=hour - 1) == []
    assert production.hears(broken(2), wall=hour - 1) == [(ESCALATION_INBOX.name, broken(2, at=hour - 1))]
    assert production.hears(broken(), wall=hour) == [(ESCALATION_INBOX.name, broken(at=hour))]
    assert {(said.key, said.stamp) for said in production.seat.words} == {("desk", STAMP)}
