"""CLOCK: the least of all sources moves time; rooms are chained; patience has an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.escalation import AdmittedAct
from schemas.ids import COMPLETE, STORY, gate
from schemas.ledger import Brake, CompletenessBroken, Count, Origin, PartitionRead, Progress, Silence, SourceRead, Tick
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, INCIDENTS, INTAKE_TOPICS, LEDGER, REGISTRY, REPORTS
from schemas.word import Word
from streams.pipeline.brake import MOST_HELD, judged
from streams.pipeline.clock import CLOCK, HOUR_MS, NUDGE, Pace, wakes_at
from streams.pipeline.line import Record
from tests.story import DESK, LIBRARY, NOON_2026, POLICY, STAMP, Seat, clock

AT = clock("11:10")
SOURCES = [(topic.name, partition) for topic in INTAKE_TOPICS for partition in range(topic.partitions)]
CHAIN = (("surveillance", LEDGER), ("escalation", ESCALATION_INBOX), ("delivery", DELIVERY_INBOX))
PATIENCE = POLICY.clock.patience_seconds * 1_000
REGISTER = (REGISTRY.name, 0)


class Tower:
    """CLOCK, and the seats that report to it."""

    def __init__(self, *, story: bool) -> None:
        self.seat = Seat(CLOCK, Pace(story_time=story, policy_of=LIBRARY.policy, roster_of=LIBRARY.roster))
        self.wall = NOON_2026
        self.marks = 0

    def hears(self, word: Word, wall: int | None = None) -> list[tuple[str, Tick]]:
        """One report at the broker's time; the ticks that it causes, by the topic they go to."""
        self.wall = self.wall + 1 if wall is None else wall
        self.seat.offset = self.wall - NOON_2026 - 1
        return [(said.topic.name, said.word) for said in self.seat.hears(word)]

    def source(self, topic: str, partition: int, mark: int, wall: int | None = None, source: str = STORY) -> list[tuple[str, Tick]]:
        """A seat of INTAKE has read its own mark, and a publisher's."""
        self.marks += 1
        read = (SourceRead(source, mark, 10 * self.marks),)
        word = Progress("intake", topic, partition, offset=self.marks, appended=mark + 5_000, through=mark, sources=read)
        return self.hears(word, wall)

    def all_sources(self, mark: int) -> list[tuple[str, Tick]]:
        return [tick for topic, partition in SOURCES for tick in self.source(topic, partition, mark)]

    def room(self, room: str, tick: int, due_at: int | None = None, partitions: range | None = None, **due) -> list[tuple[str, Tick]]:
        """Every seat of a room has committed a tick."""
        inbox = dict(CHAIN)[room]
        seats = partitions or range(inbox.partitions)
        return [t for p in seats for t in self.hears(Progress(room, inbox.name, p, tick=tick, due_at=due_at, **due))]

    def chain_through(self, tick: int, due_at: int | None = None, **due) -> list[tuple[str, Tick]]:
        return [t for room, _ in CHAIN for t in self.room(room, tick, due_at, **due)]

    def ticks(self, topic=LEDGER) -> dict[int, Tick]:
        """The ticks so far, by their number."""
        return {said.word.number: said.word for said in self.seat.words if said.topic == topic and isinstance(said.word, Tick)}


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


def period(partition: int, due: int, absent: int, name: str = "2026-10", room: str = "surveillance") -> Count:
    return Count(room, partition, "monthly", name, due, absent, 0)


class TestBrake:
    """G2: if more are absent than can be believed, nobody is sanctioned before a person has looked."""

    def night(self, tower: Tower, tick: int, *counts: Count) -> list:
        """SURVEILLANCE says its counts, and then that it has committed the tick."""
        for count in counts:
            assert tower.hears(count) == []
        return tower.room("surveillance", tick)

    @pytest.fixture
    def ticking(self, production) -> Tower:
        production.source(*REGISTER, NOON_2026)
        return production

    def next_tick(self, tower: Tower, number: int) -> None:
        tower.room("escalation", number - 1)
        tower.room("delivery", number - 1)
        tower.room("surveillance", number - 1, due_at=0, partitions=range(1))
        assert max(tower.ticks()) == number

    def test_a_period_of_which_too_many_are_absent_is_braked_and_the_desk_is_told(self, ticking):
        """The counts of all seats together; the word comes before the tick that carries the brake."""
        said = self.night(ticking, 1, period(0, 60, 10), period(1, 40, 31))
        assert said[0] == (ESCALATION_INBOX.name, Brake("monthly", "2026-10", 100, 41, 40, ticking.ticks()[1].at))
        assert [tick.brakes for _, tick in said[1:]] == [("monthly/2026-10",)] * 4
        assert [tick.brakes for _, tick in ticking.room("escalation", 1)] == [("monthly/2026-10",)] * 4
        (desk,) = [said for said in ticking.seat.words if isinstance(said.word, Brake)]
        assert (desk.key, desk.stamp) == ("desk", STAMP)

    def test_as_many_as_the_share_pass(self, ticking):
        assert [tick.brakes for _, tick in self.night(ticking, 1, period(0, 60, 9), period(1, 40, 31))] == [()] * 4

    def test_a_seat_counts_cumulatively(self, ticking):
        """Its latest count is all that it has counted."""
        said = self.night(ticking, 1, period(0, 60, 30), period(0, 100, 40))
        assert [tick.brakes for _, tick in said] == [()] * 4

    def test_it_is_decided_once_on_the_first_counts(self, ticking):
        """A brake that came and went with every late report would be no brake."""
        self.night(ticking, 1, period(0, 100, 50))
        self.next_tick(ticking, 2)
        said = self.night(ticking, 2, period(0, 100, 10))
        assert [tick.brakes for _, tick in said[1:]] == [("monthly/2026-10",)] * 4

    def test_what_is_usual_may_be_more_than_the_share(self, ticking):
        """Twice the median of the last four periods: of 35, 10, 25, 40 first, then of 10, 25, 40, 60."""
        usual = [period(0, 100, absent, f"2026-0{month}") for month, absent in ((2, 90), (3, 35), (4, 10), (5, 25), (6, 40))]
        self.night(ticking, 1, *usual)
        self.next_tick(ticking, 2)
        said = self.night(ticking, 2, period(0, 100, 60, "2026-08"))
        assert "monthly/2026-08" not in said[0][1].brakes
        self.next_tick(ticking, 3)
        said = self.night(ticking, 3, period(0, 100, 80, "2026-09"))
        assert said[0][1] == Brake("monthly", "2026-09", 100, 80, 65, ticking.ticks()[3].at)

    def test_what_is_held_back_is_not_usual(self, ticking):
        """Else one night on which a system failed would let the next pass."""
        self.night(ticking, 1, period(0, 100, 100, "2026-09"))
        self.next_tick(ticking, 2)
        assert "monthly/2026-10" in self.night(ticking, 2, period(0, 100, 100))[1][1].brakes

    def test_counts_that_not_every_seat_has_given_decide_nothing(self, ticking):
        """Patience ran out: no absence fires on that tick, and the whole count comes with the next."""
        ticking.hears(period(0, 100, 90))
        said = ticking.hears(NUDGE, wall=ticking.wall + PATIENCE + 10)
        assert [(name, tick.complete, tick.brakes) for name, tick in said] == [(ESCALATION_INBOX.name, False, ())] * 4

    def test_eight_periods_are_remembered(self, ticking):
        self.night(ticking, 1, *(period(0, 100, 10, f"2025-{month:02}") for month in range(1, 13)))
        assert [each.name for each in ticking.seat.entries["count|monthly"].periods] == [f"2025-{month:02}" for month in range(5, 13)]


NIGHT = "2021-08-03"
MASS = Count("surveillance", 0, "iomki", NIGHT, 100, 50, 0)


def lifting(act: str = "release", position: str = "dir-perwilayahan", period: str = NIGHT, **more: str) -> AdmittedAct:
    """Somebody looked at the mass absence of 3 August 2021."""
    origin = Origin("operator-acts", 0, 1)
    return AdmittedAct(act, "siaga/cli", "a-1", "", 0, position, "N. N.", AT, origin, obligation="iomki", period=period, **more)


class TestLifting:
    """G2: a person lifts a brake, and nobody else."""

    @pytest.fixture
    def held(self, production) -> Tower:
        production.source(*REGISTER, NOON_2026)
        production.hears(MASS)
        production.room("surveillance", 1)
        assert self.brakes(production) == {1: ("iomki/2021-08-03",)}
        return production

    def brakes(self, tower: Tower) -> dict[int, tuple[str, ...]]:
        return {number: tick.brakes for number, tick in tower.ticks(ESCALATION_INBOX).items()}

    def lifts(self, tower: Tower, act: AdmittedAct) -> list[Brake]:
        return [word for _, word in tower.hears(act)]

    def next_tick(self, tower: Tower, number: int) -> None:
        tower.room("escalation", number - 1)
        tower.room("delivery", number - 1, due_at=0)
        tower.room("surveillance", number)

    @pytest.mark.parametrize("act", ["release", "excuse"])
    def test_an_official_lifts_it_from_the_next_tick_on_and_the_desk_is_told(self, held, act):
        (said,) = self.lifts(held, lifting(act))
        assert (said.lifted, said.lifted_by, said.at, said.absent) == (act, "dir-perwilayahan", AT, 50)
        self.next_tick(held, 2)
        assert self.brakes(held)[2] == ()

    def test_the_tick_on_its_way_is_still_held(self, held):
        """SURVEILLANCE has decided it without having heard that the period is excused."""
        self.next_tick(held, 2)
        held.room("escalation", 2)
        held.room("delivery", 2, due_at=0)
        assert max(held.ticks()) == 3
        self.lifts(held, lifting("excuse"))
        held.room("surveillance", 3)
        self.next_tick(held, 4)
        assert {n: bool(brakes) for n, brakes in self.brakes(held).items()} == {1: True, 2: True, 3: True, 4: False}

    @pytest.mark.parametrize(
        "act",
        [
            pytest.param(lifting(position="dinas-perindustrian:72.06"), id="who does not decide"),
            pytest.param(lifting(position="dg-nobody"), id="who is not in the roster"),
            pytest.param(lifting(period="2021-08-06"), id="another period"),
            pytest.param(lifting(period="2021-08-04"), id="no period"),
            pytest.param(lifting("confirm"), id="another act"),
            pytest.param(lifting("excuse", firm="itss", permit="IOMKI/1"), id="one firm alone"),
        ],
    )
    def test_nothing_else_lifts_it(self, held, act):
        assert self.lifts(held, act) == []
        self.next_tick(held, 2)
        assert self.brakes(held)[2] == ("iomki/2021-08-03",)

    def test_it_is_lifted_once_and_not_in_advance(self, held):
        assert len(self.lifts(held, lifting())) == 1
        assert self.lifts(held, lifting()) == []
        assert self.lifts(held, lifting(period="2021-08-06")) == []

    def test_an_act_without_revisions_lifts_nothing(self, held):
        """Nobody could say who was entitled."""
        record = Record("progress", 0, 99, NOON_2026 + 99, b"", codec.encode(lifting()))
        assert CLOCK.step(held.seat.entries, record, held.seat.in_force).changes == {}

    def test_fewer_absences_are_told_and_lift_nothing(self, held):
        """The desk hears of each crossing, once."""
        for tick, absent in ((2, 40), (3, 39), (4, 41), (5, 41)):
            held.hears(Count("surveillance", 0, "iomki", NIGHT, 100, absent, 0))
            self.next_tick(held, tick)
        told = [said.word.absent for said in held.seat.words if isinstance(said.word, Brake)]
        assert told == [50, 40, 41]
        assert set(self.brakes(held).values()) == {("iomki/2021-08-03",)}

    def test_of_a_brake_that_is_off_nobody_is_told_anything(self, held):
        self.lifts(held, lifting())
        before = len([said for said in held.seat.words if isinstance(said.word, Brake)])
        held.hears(Count("surveillance", 0, "iomki", NIGHT, 100, 10, 0))
        self.next_tick(held, 2)
        assert len([said for said in held.seat.words if isinstance(said.word, Brake)]) == before

    def test_a_brake_that_nobody_looked_at_is_not_forgotten_with_its_period(self, held):
        """What it holds back would leave of itself, four weeks later."""
        for day in range(1, 13):
            held.hears(Count("surveillance", 0, "iomki", f"2021-09-{day:02}", 100, 1, 0))
        self.next_tick(held, 2)
        assert self.brakes(held)[2] == ("iomki/2021-08-03",)
        assert len(held.seat.entries["count|iomki"].periods) == 9

    def test_a_hundred_are_held(self, held):
        """Nothing grows without bound."""
        for n in range(MOST_HELD + 10):
            held.hears(Count("surveillance", 0, "iomki", f"{2022 + n // 12}-{1 + n % 12:02}-01", 100, 100, 0))
            held.seat.entries["count|iomki"] = judged(held.seat.entries["count|iomki"], POLICY.deadlines, {}).obligation
        assert MOST_HELD <= len(held.seat.entries["count|iomki"].periods) <= MOST_HELD + 8


class TestSilence:
    """G2: a source that was silent beyond its limit shortly before the deadline puts on the brake, however few are absent."""

    DUE = clock("2021-08-04T00:00:00+07:00")
    FEW = Count("surveillance", 0, "iomki", NIGHT, 100, 2, 0)

    def judged(self, tower: Tower, silence: Silence, source: str = "https://siinas.example", topic: str = REPORTS.name) -> list[Brake]:
        """A source says that it was silent, and the night's first counts come."""
        tower.source(*REGISTER, NOON_2026)
        read = SourceRead(source, self.DUE, 4, self.DUE, (Silence(1, 2), silence))
        tower.hears(Progress("intake", topic, 1, offset=1, appended=NOON_2026, through=NOON_2026, sources=(read,)))
        tower.hears(self.FEW)
        tower.room("surveillance", 1)
        return [said.word for said in tower.seat.words if isinstance(said.word, Brake)]

    @pytest.mark.parametrize(
        ("silence", "braked"),
        [
            pytest.param(Silence(DUE - 5 * HOUR_MS, DUE - 2 * HOUR_MS), True, id="shortly before"),
            pytest.param(Silence(DUE - HOUR_MS, DUE + HOUR_MS), True, id="over the deadline"),
            pytest.param(Silence(DUE - 48 * HOUR_MS, DUE - 23 * HOUR_MS), True, id="into the day before"),
            pytest.param(Silence(DUE - 48 * HOUR_MS, DUE - 24 * HOUR_MS), False, id="over by the day before"),
            pytest.param(Silence(DUE, DUE + HOUR_MS), False, id="after it"),
        ],
    )
    def test_a_silence_shortly_before_the_deadline(self, production, silence, braked):
        said = self.judged(production, silence)
        assert [(word.silence, word.absent) for word in said] == ([(silence, 2)] if braked else [])

    def test_of_another_source_or_topic_nobody_asks(self, production):
        silence = Silence(self.DUE - 5 * HOUR_MS, self.DUE - 2 * HOUR_MS)
        assert self.judged(production, silence, source="https://oss.example") == []
        assert self.judged(production, silence, topic=INCIDENTS.name) == []

    def test_few_absences_are_no_news_where_it_was_the_silence(self, production):
        """They did not put it on; and still only a person lifts it."""
        assert len(self.judged(production, Silence(self.DUE - 2, self.DUE - 1))) == 1
        for room in ("escalation", "delivery"):
            production.room(room, 1, due_at=0)
        production.room("surveillance", 2)
        assert [tick.brakes for tick in production.ticks(ESCALATION_INBOX).values()] == [("iomki/2021-08-03",)] * 2
        assert len([said for said in production.seat.words if isinstance(said.word, Brake)]) == 1


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
