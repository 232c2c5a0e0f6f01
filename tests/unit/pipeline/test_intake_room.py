"""INTAKE as a room: who is let in where, how far has been read, and what its memory is."""

import json

import pytest

from schemas.escalation import AdmittedAct, Escalation
from schemas.ids import STORY
from schemas.intake import IntakeWatermark, SourceWatermark
from schemas.ledger import Admitted, CompletenessBroken, Odd, Origin, Progress, Rejected, Silence, SourceRead
from schemas.registry import SourceEntry
from schemas.topics import ACTS, ESCALATION_INBOX, INCIDENTS, LEDGER, PROGRESS, REGISTRY, REJECTED, Topic
from schemas.word import format_time
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.watermarks import SOURCES_READ, SourcesRead
from streams.pipeline.line import Record
from tests.story import (
    DESK,
    INSPECTION,
    MINUTE,
    NOON_2026,
    POLICY,
    STAMP,
    STRANGER,
    Chain,
    Seat,
    Uttered,
    acknowledge,
    admission,
    bulletin,
    clock,
    decline,
    done,
    entry,
    published,
    register,
    stand_down,
    uttered_act,
    verify,
)

YEAR = "2023-01-01T00:00:00+08:00"
TOLERANCE = POLICY.clock.tolerance_seconds * 1000


def mark(through: str, source: str = DESK, topic: Topic = INCIDENTS) -> Record:
    said = Uttered(
        topic, SourceWatermark.type, {"complete_through": format_time(clock(through))}, "complete_through", source, f"w-{through}"
    )
    return published(said, clock(through), offset=9)


def own_mark(topic: Topic = INCIDENTS) -> Record:
    return published(Uttered(topic, IntakeWatermark.type, {}, id="own"), clock("11:10"), offset=11)


def said_at(through: str, source: str = DESK, offset: int = 9, heard_at: int | None = None) -> SourceRead:
    return SourceRead(source, clock(through), offset, clock(through) if heard_at is None else heard_at)


class TestWatermarks:
    def test_a_storys_own_mark_moves_it_at_once(self):
        step = INTAKE.step({}, mark("11:10", STORY), admission())
        (said,) = step.words
        assert said.topic == PROGRESS
        assert said.word.sources == (said_at("11:10", STORY),)
        assert step.changes == {SOURCES_READ: SourcesRead((said_at("11:10", STORY),))}

    @pytest.mark.parametrize("story", [True, False])
    def test_any_other_waits_for_the_next_that_tells(self, story):
        """In a story other sources' watermarks are facts like any other."""
        step = INTAKE.step({}, mark("11:10"), admission(story_time=story))
        assert step.words == ()
        (said,) = INTAKE.step(step.changes, own_mark(), admission(story_time=story)).words
        assert said.word == Progress(
            room="intake",
            topic=INCIDENTS.name,
            partition=0,
            offset=11,
            appended=NOON_2026 + 11,
            through=NOON_2026 + 11 - TOLERANCE,
            sources=(said_at("11:10", heard_at=None if story else NOON_2026 + 9),),
        )
        assert said.stamp == STAMP._replace(registry=str(len(register())))

    def test_a_mark_that_is_said_again_is_that_of_its_first_record(self):
        known = {SOURCES_READ: SourcesRead((said_at("11:10", offset=4),))}
        step = INTAKE.step(known, mark("11:10"), admission())
        assert (step.words, step.changes[SOURCES_READ].watermarks) == ((), (said_at("11:10", offset=4),))

    def heard(self, *times: str, limit: int | None = 30) -> SourceRead:
        """A source of the register that may be silent for 30 minutes, at each of these times."""
        known = admission(entries=(*register(), entry(SourceEntry, DESK, owner="Desk", silent_after_minutes=limit, since=YEAR)))
        seat = Seat(INTAKE, known)
        for time in times:
            seat.entries |= seat.room.step(seat.entries, mark(time), known).changes
        return seat.entries[SOURCES_READ].watermarks[0]

    def test_a_silence_longer_than_the_limit_is_remembered(self):
        """From its last watermark to the next, by when they were taken in (G2)."""
        assert self.heard("10:00", "10:30", "11:00").silences == ()
        assert self.heard("10:00", "10:31", "11:00").silences == (Silence(clock("10:00"), clock("10:31")),)
        assert self.heard("10:00", "12:00", limit=None).silences == ()

    def test_a_source_that_is_always_late_is_one_silence(self):
        """It pushes no other out."""
        times = [f"{hour}:00" for hour in range(10, 22)]
        assert self.heard(*times).silences == (Silence(clock("10:00"), clock("21:00")),)

    def test_eight_silences_are_remembered(self):
        times = [f"{hour}:{minute}" for hour in range(10, 22) for minute in ("00", "10")]
        assert [silence.since for silence in self.heard(*times).silences] == [clock(f"{hour}:10") for hour in range(13, 21)]

    def test_who_says_the_same_again_is_not_silent(self):
        """It has received nothing new, and says so."""
        limited = entry(SourceEntry, DESK, owner="D", silent_after_minutes=1, since=YEAR)
        known = admission(story_time=False, entries=(*register(), limited))
        entries: dict = {}
        for wall in range(NOON_2026, NOON_2026 + 5 * MINUTE, MINUTE):
            entries |= INTAKE.step(entries, mark("11:10")._replace(timestamp=wall), known).changes
        (read,) = entries[SOURCES_READ].watermarks
        assert (read.heard_at, read.silences) == (NOON_2026 + 4 * MINUTE, ())

    @pytest.mark.parametrize(("present", "at"), [("11:00", "11:10"), ("11:10", "11:10"), ("12:00", "12:00")])
    def test_what_comes_late_in_a_story_is_late(self, present, at):
        """Its time of law is the story's present, as on the broker's clock; when it was received stays as it was stated (G1)."""
        entries = {SOURCES_READ: SourcesRead((said_at(present, STORY),))}
        record = published(bulletin(id="b"), clock("11:10"), offset=3)
        words = [said.word for said in INTAKE.step(entries, record, admission()).words if said.topic == LEDGER]
        assert {(word.at, word.recorded_at) for word in words} == {(clock(at), clock("11:10"))}
        on_the_clock = INTAKE.step(entries, record, admission(story_time=False)).words
        assert {said.word.at for said in on_the_clock if said.topic == LEDGER} == {NOON_2026 + 3}

    def test_every_source_has_its_own(self):
        entries = {SOURCES_READ: SourcesRead((said_at("11:10", offset=4),))}
        step = INTAKE.step(entries, mark("11:00", INSPECTION), admission())
        assert step.changes[SOURCES_READ].watermarks == (said_at("11:10", offset=4), said_at("11:00", INSPECTION))

    @pytest.mark.parametrize(
        ("through", "source", "what"),
        [
            pytest.param("11:00", DESK, Odd.WATERMARK_BACKWARDS, id="one that goes backwards"),
            pytest.param("11:20", STRANGER, Odd.WATERMARK_OF_A_STRANGER, id="one of a source that nobody knows"),
            pytest.param("2030-01-01T00:00:00+08:00", DESK, Odd.WATERMARK_IN_THE_FUTURE, id="one that lies in the future"),
            pytest.param("11:20", STORY, Odd.WATERMARK_OF_A_STRANGER, id="a story's, where no story moves time"),
        ],
    )
    def test_one_that_nobody_can_believe_is_listed_and_changes_nothing(self, through, source, what):
        """It would hold every deadline back, or let an absence fire that nobody has proven."""
        entries = {SOURCES_READ: SourcesRead((said_at("11:10", offset=4),))}
        step = INTAKE.step(entries, mark(through, source), admission(story_time=False))
        assert step.changes == {}
        (said,) = step.words
        assert (said.topic, said.key) == (REJECTED, INCIDENTS.name if source in (STRANGER, STORY) else source)
        assert (said.word.what, said.word.source, said.word.origin) == (what, source, Origin(INCIDENTS.name, 0, 9))
        assert said.word.digest

    def test_a_little_ahead_of_the_broker_is_believed_and_no_more(self):
        known = admission(story_time=False)
        ahead = POLICY.intake.future_tolerance_minutes * MINUTE
        for beyond, changes in ((0, True), (1, False)):
            record = mark(format_time(NOON_2026 + 9 + ahead + beyond))
            assert bool(INTAKE.step({}, record, known).changes) == changes

    def test_two_thousand_invented_sources_are_remembered_by_nobody(self):
        seat = Seat(INTAKE, admission())
        for n in range(2_000):
            record = mark("11:10", f"https://invented.example/{n}")
            assert seat.room.step(seat.entries, record, seat.in_force).changes == {}

    def test_a_word_that_states_no_time_is_dated_by_the_story(self):
        """Where a story moves time, the broker's clock is another year's."""
        entries = {SOURCES_READ: SourcesRead((said_at("10:00", INSPECTION), said_at("11:10", STORY)))}
        record = Record(INCIDENTS.name, 0, 0, NOON_2026, None, b"{}")
        for story_time, at in ((True, clock("11:10")), (False, NOON_2026)):
            refusals = [said.word for said in INTAKE.step(entries, record, admission(story_time=story_time)).words if said.topic == LEDGER]
            assert {refusal.at for refusal in refusals} == {at}

    def test_what_is_remembered_survives_its_packing(self):
        read = SourcesRead((SourceRead(DESK, 1, 0), SourceRead("x", 2, 1)), 7)
        assert INTAKE.unpack(INTAKE.pack(read)) == read

    def test_it_remembers_no_ids(self):
        """Law 5: whether it was heard before is SURVEILLANCE's to say."""
        assert INTAKE.step({}, published(bulletin(id="b"), clock("11:10")), admission()).changes == {}


class TestCompleteness:
    """A broker's clock that jumps back further than the tolerance."""

    def read(self) -> dict:
        return INTAKE.step({}, own_mark(), admission()).changes

    @pytest.mark.parametrize(
        ("behind", "is_broken"),
        [
            pytest.param(0, True, id="at the time vouched for"),
            pytest.param(-1, False, id="just after it"),
            pytest.param(9_000, True, id="long before"),
        ],
    )
    def test_a_record_behind_what_was_vouched_for_is_admitted_and_told(self, behind, is_broken):
        vouched = NOON_2026 + 11 - TOLERANCE
        late = published(bulletin(id="b"), clock("11:10"), offset=12, wall=vouched - behind)
        words = [said.word for said in INTAKE.step(self.read(), late, admission()).words]
        assert [word.subject for word in words if isinstance(word, Admitted)] == ["firm:itss", "estate:imip"]
        told = [CompletenessBroken(INCIDENTS.name, 0, 12, vouched, vouched - behind)]
        assert [word for word in words if isinstance(word, CompletenessBroken)] == (told if is_broken else [])

    def test_a_refused_record_may_have_been_a_fact(self):
        late = Record(INCIDENTS.name, 0, 12, NOON_2026 - 60_000, None, b"{")
        words = [type(said.word) for said in INTAKE.step(self.read(), late, admission()).words]
        assert words.count(CompletenessBroken) == 1
        assert words.count(Rejected) == 1

    def test_a_watermark_itself_breaks_nothing(self):
        """It says nothing that an absence could hang on; and what is vouched for does not fall."""
        early = own_mark()._replace(timestamp=NOON_2026 - 60_000, offset=12)
        step = INTAKE.step(self.read(), early, admission())
        assert [type(said.word) for said in step.words] == [Progress]
        assert step.changes[SOURCES_READ].vouched == NOON_2026 + 11 - TOLERANCE


class TestPrefixes:
    @pytest.mark.parametrize(
        ("prefix_is_exercise", "fact_is"),
        [
            pytest.param(True, False, id="a real fact under an exercise's prefix"),
            pytest.param(False, True, id="an exercise's fact in production"),
        ],
    )
    def test_what_belongs_elsewhere_is_refused(self, prefix_is_exercise, fact_is):
        known = admission(exercise=prefix_is_exercise)
        words = INTAKE.step({}, published(bulletin(id="b", exercise=fact_is), clock("11:10")), known).words
        assert [(said.word.reason, said.word.field) for said in words if isinstance(said.word, Rejected)] == [
            ("exercise_misplaced", "exercise")
        ]

    def test_a_story_needs_to_know_when_it_was_received(self):
        event = bulletin(id="b").at(clock("11:10")).cloud(None)
        step = INTAKE.step({}, Record(INCIDENTS.name, 0, 0, NOON_2026, None, json.dumps(event).encode()), admission())
        assert (step.words[0].word.reason, step.words[0].word.field) == ("header_missing", "recordedtime")

    def test_production_does_not(self):
        event = bulletin(id="b").at(clock("11:10")).cloud(None)
        words = INTAKE.step(
            {}, Record(INCIDENTS.name, 0, 0, NOON_2026, None, json.dumps(event).encode()), admission(story_time=False)
        ).words
        assert {said.word.at for said in words} == {NOON_2026}


@pytest.mark.parametrize(
    ("acting", "act", "more"),
    [
        pytest.param(acknowledge("disnakertrans:72"), "acknowledge", ("", ""), id="an acknowledgement"),
        pytest.param(verify("disnakertrans:72", "real"), "verify", ("real", ""), id="a verification with its verdict"),
        pytest.param(stand_down("disnakertrans:72"), "stand_down", ("", "selesai"), id="a stand-down with its reason"),
        pytest.param(decline("disnakertrans:72"), "decline", ("", "bukan wilayah kami"), id="a refusal with its reason"),
        pytest.param(done("disnakertrans:72", "state_filed"), "done", ("", ""), id="what is done"),
    ],
)
def test_an_act_goes_to_the_room_of_its_estate(chain: Chain, acting, act, more):
    chain.hears(bulletin(dead=12), "11:10")
    escalation = chain.escalation.said(Escalation)[-1]
    (said,) = chain.world.says(uttered_act(acting, escalation), "11:12")
    word = said.word
    assert (said.topic, said.key, said.stamp) == (ESCALATION_INBOX, "imip", STAMP._replace(registry=str(len(register()))))
    assert isinstance(word, AdmittedAct)
    assert (word.act, word.escalation, word.revision, word.position, word.name) == (
        act,
        escalation.id,
        1,
        "disnakertrans:72",
        "petugas contoh",
    )
    assert (word.verdict, word.reason) == more
    assert (word.at, word.origin.topic) == (clock("11:12"), ACTS.name)


def test_a_refusals_digest_is_keyed():
    """Nobody can guess a refused payload by its digest (law 12)."""
    record = Record(INCIDENTS.name, 0, 0, NOON_2026, None, b"{}")
    digests = {INTAKE.step({}, record, admission()._replace(digest_key=key)).words[0].word.digest for key in (b"", b"a", b"b")}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("time", "doubts"),
    [
        pytest.param("11:10", (), id="the moment it was said"),
        pytest.param("11:12", (), id="the moment of publishing, as libraries write it"),
        pytest.param("11:00", ("contradictory_time",), id="published before it was said"),
    ],
)
def test_an_events_own_time_refuses_nothing(time, doubts):
    """G5: an explosion is never refused because a library filled in a time."""
    said = bulletin(dead=12, asserted_at="11:10").at(clock("11:12"))
    cloud = said.cloud(clock("11:12")) | {"time": format_time(clock(time))}
    step = INTAKE.step({}, Record(INCIDENTS.name, 0, 7, NOON_2026, None, json.dumps(cloud).encode()), admission())
    assert [word.word.unresolved for word in step.words] == [doubts, doubts]


def test_a_retraction_of_nothing_is_taken_in_and_doubted():
    """G5: what it takes back a person must find out."""
    words = INTAKE.step({}, published(bulletin(id="b", retracted=True), clock("11:10")), admission()).words
    assert [said.word.unresolved for said in words[:2]] == [("retraction_of_nothing",)] * 2
    assert [(said.topic, said.key, said.word.reason) for said in words[2:]] == [(LEDGER, f"source:{DESK}", "retraction_of_nothing")]


def test_the_registers_own_seat_knows_nothing_that_was_published_later():
    """Else an audit, which has read all of the topic, would answer otherwise."""
    entries = register()
    sources = {said.data["id"]: offset for offset, said in enumerate(entries) if said.type == SourceEntry.type}
    for offset, whats in ((sources[DESK] - 1, [Odd.WATERMARK_OF_A_STRANGER]), (sources[DESK], [])):
        record = mark("11:10", topic=REGISTRY)._replace(offset=offset)
        words = INTAKE.step({}, record, admission(story_time=False)).words
        assert [said.word.what for said in words] == whats
        assert {said.stamp.registry for said in words} <= {str(offset + 1)}
