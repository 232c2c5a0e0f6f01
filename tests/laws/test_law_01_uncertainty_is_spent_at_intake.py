"""Law 1: an admitted word carries everything a later reader could not know; nothing that is learnt later alters it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.intake import IncidentBulletin
from schemas.ledger import Admitted, Origin
from schemas.registry import EstateEntry, FirmEntry, SourceEntry
from schemas.word import Stamp
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry
from streams.pipeline.line import InForce
from streams.pipeline.surveillance import SURVEILLANCE
from tests.story import (
    DESK,
    HOUR,
    INSPECTION,
    NOON_2026,
    POLICY,
    ROSTER,
    STRANGER,
    Seat,
    World,
    activation,
    admission,
    bulletin,
    clock,
    entry,
    published,
    register,
)
from tests.strategies import Received, nights


def test_an_admitted_word_says_everything(world: World):
    """Times, origin, revisions, place, rank, incident: no later reader asks the register, the clock or the topic."""
    said = bulletin(dead=12, id="b-1")
    words = world.says(said, "11:12")
    at = clock("11:12")
    assert [word.key for word in words] == ["firm:itss", "estate:imip"]
    for word in words:
        assert isinstance(word.word, Admitted)
        assert word.stamp == Stamp(POLICY.revision, ROSTER.revision, str(world.admission.registry.revision))
        admitted = word.word
        assert (admitted.kind, admitted.source, admitted.id) == (IncidentBulletin.type, DESK, "b-1")
        assert (admitted.at, admitted.recorded_at, admitted.occurred_at, admitted.accepted_at) == (at, at, clock("05:30"), NOON_2026 + 1)
        assert admitted.origin == Origin("smelter-incidents", 0, 1)
        assert (admitted.subject, admitted.incident, admitted.rank) == (word.key, "itss/2023-12-24", "police")
        assert admitted.registry == world.admission.registry.revision
        assert admitted.exercise
        assert json.loads(bytes(admitted.fact)) == said.at(at).data
        place = admitted.place
        assert (place.firm_name, place.plant_name, place.estate_name) == ("PT ITSS", "Bahodopi", "IMIP")
        assert (place.regency, place.regency_name, place.province, place.province_name) == ("72.06", "Morowali", "72", "Sulawesi Tengah")
        assert (place.zone, admitted.registered.filing_connected) == ("Asia/Makassar", False)


def test_production_time_is_the_brokers_and_a_storys_is_the_publishers():
    """`at` is the append time in production, whatever the source claims; in a story it is recordedtime."""
    record = published(bulletin(id="b"), clock("11:12"))
    for story_time, at in ((True, clock("11:12")), (False, NOON_2026)):
        words = INTAKE.step({}, record, admission(story_time=story_time)).words
        assert {word.word.at for word in words} == {at}
        assert {word.word.recorded_at for word in words} == {clock("11:12")}


@given(st.data(), nights(most=5))
def test_what_the_register_learns_later_alters_nothing_said_before(data, facts: tuple[Received, ...]):
    """The same prefix of facts gives the same bytes, whatever entries and activations come after it."""
    cut = data.draw(st.integers(0, len(facts)))
    plain, later = World(), World()
    learnt = (
        entry(FirmEntry, "itss", name="PT Lain", estate="vdni", since="2023-12-01T00:00:00+08:00"),
        entry(EstateEntry, "imip", name="Lain", regency="74.02", since="2020-01-01T00:00:00+08:00"),
        entry(SourceEntry, DESK, owner="Nobody", ended=True, since="2020-01-01T00:00:00+08:00"),
    )
    before = [[codec.encode(w.word) for w in world.says(f.said, f.at)] for world in (plain, later) for f in facts[:cut]]
    for said in learnt:
        later.take(said)
    assert before[:cut] == before[cut:]
    ledger = [codec.decode(raw) for words in before[:cut] for raw in words]
    one, other = Seat(SURVEILLANCE), Seat(SURVEILLANCE)
    for word in ledger:
        one.hears(word, word.subject)
    for word in ledger:  # The other seat reads the same ledger after the register has changed: it asks nobody.
        other.hears(word, word.subject)
    assert one.words == other.words


def test_a_place_is_what_it_was_when_it_occurred(world: World):
    """The firm moved in 2022: what occurred before belongs to the old estate, whenever it is told."""
    world.take(entry(FirmEntry, "smi", name="PT SMI", estate="vdni", since="2022-01-01T00:00:00+08:00"))
    old = world.says(bulletin(firm="smi", occurred_at="2021-11-16T14:00:00+08:00", id="old"), "11:10")
    new = world.says(bulletin(firm="smi", id="new"), "11:11")
    assert ([w.key for w in old], [w.key for w in new]) == (["firm:smi", "estate:imip"], ["firm:smi", "estate:vdni"])


def test_a_revision_takes_effect_at_its_stated_instant():
    """Published early, effective later: records before that instant keep the old stamp, records from it on have the new one."""
    stricter = POLICY.model_copy(update={"revision": "2026-12-01.1"})
    policies = {policy.revision: policy for policy in (POLICY, stricter)}
    registry = Registry(policies=policies, rosters=(ROSTER.revision,), exercise=True, story_time=True)
    entries = (*register(), activation(stricter.revision, since="2023-12-24T12:00:00+08:00"))
    for offset, said in enumerate(entries):
        registry.take(published(said, clock("2023-12-01T00:00:00+08:00"), offset=offset))
    known = Admission(registry)
    stamps = [INTAKE.step({}, published(bulletin(id=at), clock(at)), known).words[0].stamp.policy for at in ("11:59:59", "12:00", "12:01")]
    assert stamps == [POLICY.revision, stricter.revision, stricter.revision]


def test_a_decision_is_made_by_the_revision_on_the_record():
    """Not by the newest one that the room happens to have: S5 begins at 5 dead where the record says so."""
    lenient = POLICY.model_copy(update={"severity": POLICY.severity.model_copy(update={"s5_dead": 50})})
    grades = []
    for policy in (POLICY, lenient):
        seat = Seat(SURVEILLANCE, InForce(policy, ROSTER))
        seat.hears_all(World().says(bulletin(dead=7), "11:10"))
        grades.append(seat.words[0].word.grade)
    assert grades == ["S5", "S4"]


firms = st.sampled_from(["itss", "smi", "oss", "gni", "iwip", "nobody"])


@given(firms, firms, st.sampled_from(["05:30", "23:30", "+1d 00:30"]), st.sampled_from([None, "ref-1"]))
def test_a_correction_goes_to_every_subject_of_the_original(was, now, occurred, reference):
    """Firm, day or reference have changed: both firms and both estates hear of it, the old ones that it is gone."""
    world = World()
    original = bulletin(firm=was, plant=None, incident=reference, id="b-1")
    corrected = bulletin(
        firm=now, plant=None, occurred_at=occurred, id="b-2", replaces={"id": "b-1", "firm": was, "incident": reference or "2023-12-24"}
    )
    first, second = world.says(original, "11:10"), world.says(corrected, "+1d 11:20")
    assert {w.key for w in first} <= {w.key for w in second}
    here = {(w.word.subject, w.word.incident) for w in second if not w.word.moved_away}
    there = {(w.word.subject, w.word.incident) for w in second if w.word.moved_away}
    was_there = {(w.word.subject, w.word.incident) for w in first}
    assert there == (was_there if was_there != here and not was_there & here else set())


def test_a_correction_that_moves_nothing_is_told_once(world: World):
    """Same firm, same day: one word per subject."""
    words = world.says(bulletin(id="b-2", replaces={"id": "b-1", "firm": "itss"}), "11:20")
    assert [(w.key, w.word.moved_away) for w in words] == [("firm:itss", False), ("estate:imip", False)]


def test_the_filing_connection_is_read_at_intake():
    """Whether an inspection publishes what it receives is on the word, not asked again 48 hours later."""
    connected, alone = World(connected=True), World()
    found = [world.admits(bulletin(id="b"), "11:10")["firm:itss"].registered for world in (connected, alone)]
    assert [registered.filing_connected for registered in found] == [True, False]


def test_rank_is_what_the_register_lets_a_source_quote(world: World):
    """A party has its rank only through a source that may speak as it; else it counts as the media (G7)."""
    ranks = [
        world.admits(bulletin(rank=rank, source=source, id=f"{rank}-{source[8:12]}"), "11:10")["firm:itss"].rank
        for source, rank in ((DESK, "police"), (INSPECTION, "police"), (INSPECTION, "labour_inspection"), (STRANGER, "police"))
    ]
    assert ranks == ["police", "media", "labour_inspection", "media"]


def test_a_registry_revision_never_falls(world: World):
    """Every entry raises the revision that is stamped."""
    before = world.admits(bulletin(id="b-1"), "11:10")["firm:itss"].registry
    world.take(entry(FirmEntry, "new", name="PT Baru", estate="imip"))
    assert world.admits(bulletin(id="b-2"), clock("11:10") + HOUR)["firm:itss"].registry == before + 1
