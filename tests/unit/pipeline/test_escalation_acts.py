"""Acts: every judgement that ESCALATION can give, and what follows from it (law 10)."""

import pytest

from schemas.escalation import Answer, Delivery, Escalation, Judged
from streams.pipeline.line import InForce
from tests.story import (
    POLICY,
    ROSTER,
    Chain,
    acknowledge,
    bulletin,
    clock,
    decline,
    done,
    filed,
    handover,
    silence,
    stand_down,
    uttered_act,
    verify,
)

SIGNAL = {"by": "Partai Buruh", "rank": "union"}


@pytest.fixture
def taken(chain: Chain) -> Escalation:
    """An S3 that is open: one acknowledgement stops it."""
    chain.hears(bulletin(id="b-1"), "11:10")
    return chain.escalation.said(Escalation)[-1]


def judged(chain, acting, at="11:12", escalation=None):
    escalation = escalation or next(iter(chain.standing.values()))
    answers = [s.word for s in chain.act(acting, clock(at), escalation) if isinstance(s.word, Answer)]
    return answers[-1].judged


@pytest.mark.parametrize(
    ("acting", "expected"),
    [
        pytest.param(acknowledge("disnakertrans:72"), Judged.TAKEN, id="the inspection takes an S3"),
        pytest.param(acknowledge("dinas-perindustrian:72.06"), Judged.TAKEN, id="so may the industry office"),
        pytest.param(acknowledge("estate:imip"), Judged.RECORDED, id="the supervised are recorded"),
        pytest.param(acknowledge("polres:72.06"), Judged.NOT_TOLD, id="who was not told cannot take it"),
        pytest.param(acknowledge("disnakertrans:74"), Judged.NOT_TOLD, id="nor the inspection next door"),
        pytest.param(acknowledge("nobody"), Judged.UNKNOWN_POSITION, id="a position that the roster does not have"),
        pytest.param(acknowledge("disnakertrans:72", revision=7), Judged.OUTDATED, id="a revision that is not in force"),
        pytest.param(stand_down("disnakertrans:72"), Judged.CLOCK_OPEN, id="standing down while a filing clock runs"),
        pytest.param(stand_down("estate:imip"), Judged.NOT_ENTITLED, id="the supervised stand nothing down"),
        pytest.param(verify("disnakertrans:72", "wrong"), Judged.NOT_ENTITLED, id="what is no signal cannot be denied"),
        pytest.param(verify("disnakertrans:72", "real"), Judged.TAKEN, id="but confirmed"),
        pytest.param(decline("estate:imip"), Judged.RECORDED, id="the supervised hurry nobody by declining"),
        pytest.param(decline("dinas-perindustrian:72.06"), Judged.RECORDED, id="another who was asked is left"),
        pytest.param(decline("polres:72.06"), Judged.NOT_TOLD, id="who was not told has nothing to decline"),
        pytest.param(done("disnakertrans:72", "take_over"), Judged.RECORDED, id="what was asked is done"),
        pytest.param(done("disnakertrans:72", "fly"), Judged.NOT_ASKED, id="what nobody asked"),
        pytest.param(done("polres:72.06"), Judged.NOT_TOLD, id="who was not told was asked nothing"),
        pytest.param(handover("disnakertrans:72", "dg-kpaii"), Judged.HANDED_OVER, id="another is to do it"),
        pytest.param(handover("disnakertrans:72", "nobody"), Judged.UNKNOWN_POSITION, id="somebody whom the roster does not have"),
        pytest.param(handover("disnakertrans:72", "dinas-perindustrian:72.06"), Judged.REPEATED, id="who is asked already"),
        pytest.param(handover("polres:72.06", "dg-kpaii"), Judged.NOT_TOLD, id="who was not told has nothing to hand over"),
        pytest.param(handover("estate:imip", "dg-kpaii"), Judged.NOT_ENTITLED, id="the supervised wake nobody"),
        pytest.param(silence("disnakertrans:72", "18:00"), Judged.SILENCED, id="no more changes for some hours"),
        pytest.param(silence("disnakertrans:72", "+1d 11:13"), Judged.TOO_LONG, id="but not for more than a day"),
        pytest.param(silence("polres:72.06", "18:00"), Judged.NOT_TOLD, id="who was not told hears no changes"),
    ],
)
def test_an_act_on_an_open_s3(chain, taken, acting, expected):
    assert judged(chain, acting) == expected


def test_an_outdated_revision_is_told_the_new_one(chain, taken):
    """This has changed: press again."""
    chain.hears(bulletin("IMIP", "estate", cause="terak", id="b-2"), "11:11")
    answer = chain.act(acknowledge("disnakertrans:72", revision=1), clock("11:12"), taken)[-1].word
    assert (answer.judged, answer.revision) == (Judged.OUTDATED, 2)


def test_the_same_acknowledgement_twice_is_repeated(chain, taken):
    assert [judged(chain, acknowledge("disnakertrans:72"), at) for at in ("11:12", "11:13")] == [Judged.TAKEN, Judged.REPEATED]
    assert len(chain.standing[taken.id].standing.taken) == 1


def test_an_act_on_an_escalation_nobody_knows(chain, taken):
    unknown = uttered_act(acknowledge("disnakertrans:72"), taken)
    unknown.data["on"]["escalation"] = "E-0000000000"
    answer = chain.acts(unknown, "11:12")[-1].word
    assert (answer.judged, answer.revision) == (Judged.UNKNOWN_ESCALATION, 0)


def test_what_has_ended_is_closed(chain, taken):
    chain.hears(filed(), "12:00")
    assert judged(chain, stand_down("disnakertrans:72"), "12:01") == Judged.TAKEN
    assert judged(chain, acknowledge("disnakertrans:72"), "12:02") == Judged.CLOSED


def test_when_nobody_is_left_the_next_level_does_not_wait(chain, taken):
    """Both who could take an S3 say that it is not theirs: the ladder climbs with the next tick, and not half an hour later."""
    before = chain.standing[taken.id].standing.next_level_at
    assert judged(chain, decline("dinas-perindustrian:72.06"), "11:12") == Judged.RECORDED
    assert chain.standing[taken.id].standing.next_level_at == before > clock("11:13")
    assert judged(chain, decline("disnakertrans:72"), "11:13") == Judged.PASSED_ON
    standing = chain.standing[taken.id].standing
    assert standing.next_level_at == clock("11:13")
    assert [(d.position, d.at, d.revision) for d in standing.declined] == [
        ("dinas-perindustrian:72.06", clock("11:12"), 1),
        ("disnakertrans:72", clock("11:13"), 1),
    ]
    assert judged(chain, decline("disnakertrans:72"), "11:14") == Judged.REPEATED


def test_of_an_s5_one_group_that_declines_is_enough(chain):
    """Its ladder stops only when inspection and ministry have both taken it: without the inspection it cannot."""
    chain.hears(bulletin(dead=12), "11:10")
    assert judged(chain, decline("disnakertrans:72"), "11:12") == Judged.PASSED_ON


def test_the_supervised_neither_hurry_a_ladder_nor_hold_it_up(chain):
    """Whatever group a policy has put them in, their word counts for nothing (G4)."""
    ladders = [ladder.model_copy(update={"stops": (("estate:", "disnakertrans:"),)}) for ladder in POLICY.escalation.ladders]
    escalating = POLICY.escalation.model_copy(update={"ladders": tuple(ladders)})
    chain.escalation.in_force = InForce(POLICY.model_copy(update={"escalation": escalating}), ROSTER)
    chain.hears(bulletin(id="b-1"), "11:10")
    assert judged(chain, decline("disnakertrans:72"), "11:12") == Judged.PASSED_ON
    assert judged(chain, decline("estate:imip"), "11:13") == Judged.RECORDED
    assert next(iter(chain.standing.values())).standing.next_level_at == clock("11:12")


def test_who_has_taken_it_holds_it(chain, taken):
    """An acknowledgement is not taken back by a press of the other button."""
    found = [judged(chain, act("disnakertrans:72"), at) for act, at in ((acknowledge, "11:12"), (decline, "11:13"))]
    assert found == [Judged.TAKEN, Judged.HOLDS_IT]


def test_who_has_declined_may_think_better_of_it(chain, taken):
    found = [judged(chain, act("disnakertrans:72"), at) for act, at in ((decline, "11:12"), (acknowledge, "11:13"))]
    assert found == [Judged.RECORDED, Judged.TAKEN]
    assert chain.standing[taken.id].standing.declined == ()


def test_what_is_done_is_told_once_and_stops_nothing(chain, taken):
    assert [judged(chain, done("disnakertrans:72"), at) for at in ("11:12", "11:13")] == [Judged.RECORDED, Judged.REPEATED]
    word = chain.standing[taken.id]
    assert word.state == "open"
    assert [(d.position, d.action, d.at) for d in word.standing.done] == [("disnakertrans:72", "take_over", clock("11:12"))]


def letters(chain, position):
    """What a position was written, so far: why, and at which revision."""
    return [(word.why, word.revision) for word in chain.escalation.said(Delivery) if word.to.position == position]


def test_who_takes_over_is_asked_the_same_and_reads_from_whom(chain, taken):
    judged(chain, handover("disnakertrans:72", "dg-kpaii"), "11:12")
    giver, letter = (next(w for w in chain.escalation.said(Delivery) if w.to.position == p) for p in ("disnakertrans:72", "dg-kpaii"))
    assert (letter.why, letter.to.role, letter.meant_for.position) == ("handed_over", "act", "disnakertrans:72")
    assert [each.action for each in letter.asked] == [each.action for each in giver.asked]
    standing = chain.standing[taken.id].standing
    assert [(h.position, h.to, h.at) for h in standing.handed] == [("disnakertrans:72", "dg-kpaii", clock("11:12"))]
    assert judged(chain, acknowledge("dg-kpaii"), "11:13") in (Judged.TAKEN, Judged.RECORDED)


def test_handing_over_stops_no_ladder(chain, taken):
    before = chain.standing[taken.id].standing.next_level_at
    judged(chain, handover("disnakertrans:72", "dg-kpaii"), "11:12")
    assert chain.standing[taken.id].state == "open"
    assert chain.standing[taken.id].standing.next_level_at == before


def test_it_is_handed_over_once(chain, taken):
    found = [judged(chain, handover("disnakertrans:72", "dg-kpaii"), at) for at in ("11:12", "11:13")]
    assert found == [Judged.HANDED_OVER, Judged.REPEATED]
    assert len(letters(chain, "dg-kpaii")) == 1


def test_a_silence_spares_one_position_the_changes(chain, taken):
    judged(chain, silence("disnakertrans:72", "18:00"), "11:12")
    before = letters(chain, "disnakertrans:72"), letters(chain, "dinas-perindustrian:72.06")
    chain.hears(bulletin(injured={"serious": 2}, asserted_at="12:00"), "12:00")
    assert letters(chain, "disnakertrans:72") == before[0]
    assert len(letters(chain, "dinas-perindustrian:72.06")) > len(before[1])
    chain.hears(bulletin(injured={"serious": 3}, asserted_at="18:00"), "18:00")
    assert len(letters(chain, "disnakertrans:72")) > len(before[0])


def test_no_silence_hides_that_it_becomes_graver(chain, taken):
    judged(chain, silence("disnakertrans:72", "18:00"), "11:12")
    before = letters(chain, "disnakertrans:72")
    chain.hears(bulletin(dead=1, asserted_at="12:00"), "12:00")
    assert len(letters(chain, "disnakertrans:72")) > len(before)


def test_no_silence_hides_more_dead(chain):
    """Of the same grade too."""
    chain.hears(bulletin(dead=1, asserted_at="11:10"), "11:10")
    judged(chain, silence("disnakertrans:72", "18:00"), "11:12")
    told = []
    for at, dead, injured in (("12:00", 1, 3), ("12:30", 2, 3)):
        before = len(letters(chain, "disnakertrans:72"))
        chain.hears(bulletin(dead=dead, injured={"serious": injured}, asserted_at=at), at)
        told.append(len(letters(chain, "disnakertrans:72")) > before)
    assert told == [False, True]


def test_of_the_gravest_nobody_is_spared_anything(chain):
    chain.hears(bulletin(dead=12), "11:10")
    assert judged(chain, silence("disnakertrans:72", "18:00"), "11:12") == Judged.TOO_GRAVE


def test_s5_needs_two(chain):
    chain.hears(bulletin(dead=12), "11:10")
    found = [judged(chain, acknowledge(p), "11:12") for p in ("polres:72.06", "disnakertrans:72", "dir-perwilayahan", "dg-kpaii")]
    assert found == [Judged.RECORDED, Judged.TAKEN_IN_PART, Judged.TAKEN, Judged.TAKEN]


def test_an_s5_that_nobody_took_is_not_stood_down(chain):
    """G4 outranks R16: first both take it, then one may end it."""
    chain.hears(bulletin(dead=12), "11:10")
    chain.hears(filed(), "11:11")
    assert judged(chain, stand_down("dg-kpaii"), "11:12") == Judged.NOT_TAKEN


def test_every_judgement_can_be_given(chain, taken):
    """The table above and the tests beside it leave none out."""
    told = {
        *(param.values[1] for param in test_an_act_on_an_open_s3.pytestmark[0].args[1]),
        *(Judged.REPEATED, Judged.UNKNOWN_ESCALATION, Judged.CLOSED, Judged.TAKEN_IN_PART, Judged.NOT_TAKEN),
        *(Judged.PASSED_ON, Judged.HOLDS_IT, Judged.NOT_ASKED, Judged.TOO_GRAVE),
        *(Judged.UNKNOWN_PERIOD, Judged.NOT_YET_DUE),  # Of acts on periods: test_entitled.
    }
    assert told == set(Judged)


def test_who_took_it_is_recorded_with_name_time_and_revision(chain, taken):
    judged(chain, acknowledge("disnakertrans:72", name="petugas contoh"))
    (one,) = chain.standing[taken.id].standing.taken
    assert (one.position, one.name, one.at, one.revision, one.stops) == ("disnakertrans:72", "petugas contoh", clock("11:12"), 1, True)


def test_a_refused_act_changes_nothing_and_says_only_so(chain, taken):
    before = dict(chain.escalation.entries)
    words = chain.act(acknowledge("nobody"), clock("11:12"), taken)
    assert len(words) == 1
    assert chain.escalation.entries == before


def test_a_signal_found_wrong_ends(chain):
    chain.hears(bulletin(**SIGNAL), "11:10")
    assert judged(chain, verify("duty-officer", "wrong")) == Judged.TAKEN
    assert [e.state for e in chain.standing.values()] == ["ended"]


def test_a_stopped_ladder_says_whom_it_spared(chain, taken):
    """Who is therefore not told."""
    judged(chain, acknowledge("disnakertrans:72"))
    standing = chain.standing[taken.id]
    assert (standing.state, standing.not_told, standing.standing.next_level_at) == ("taken", ("dir-perwilayahan", "dg-kpaii"), None)


@pytest.mark.parametrize(
    "acting",
    [
        pytest.param(verify("disnakertrans:72", "real"), id="a confirmation"),
        pytest.param(acknowledge("estate:imip"), id="an acknowledgement"),
    ],
)
def test_the_same_act_published_again_changes_nothing(chain, taken, acting):
    """Law 5: known by its source and id, whenever it comes again; it is answered, and moves nothing."""
    act = uttered_act(acting, taken).at(clock("11:12"))
    chain.acts(act, "11:12")
    before = dict(chain.escalation.entries)
    words = chain.acts(act, "15:00")
    assert [s.word.judged for s in words] == [Judged.REPEATED]
    assert chain.escalation.entries == before


def test_another_act_of_the_same_person_is_another_act(chain, taken):
    """It counts as a sign of life (R16)."""
    for at in ("11:12", "15:00"):
        chain.act(verify("disnakertrans:72", "real"), clock(at), taken)
    (entry,) = chain.escalation.entries.values()
    assert entry.active_at == clock("15:00")


def test_only_the_latest_acknowledgement_of_a_position_is_kept(chain, taken):
    """However often it acknowledges, the entry does not grow."""
    for revision in range(2, 6):
        chain.hears(bulletin("IMIP", "estate", injured={"serious": revision}, id=f"b-{revision}"), "11:20")
        judged(chain, acknowledge("estate:imip"), "11:21")
    (standing,) = chain.standing.values()
    assert [(t.position, t.revision) for t in standing.standing.taken] == [("estate:imip", 5)]


def test_a_level_that_is_told_regardless_is_no_climb(chain):
    """Once it has been taken nobody reads that it was not enough, although the minister's office is still to be informed (G4)."""
    chain.hears(bulletin(dead=12), "11:10")
    assert [judged(chain, acknowledge(p), "11:12") for p in ("disnakertrans:72", "dg-kpaii")][-1] == Judged.TAKEN
    (standing,) = chain.standing.values()
    assert (standing.state, standing.standing.next_level_at) == ("taken", None)
    chain.tick_through("11:30")
    assert "minister-office" in {each.to.position for each in chain.deliveries}


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        pytest.param("disnakertrans:72", Judged.TAKEN, id="whoever was told"),
        pytest.param("estate:imip", Judged.TAKEN, id="the supervised, if told"),
        pytest.param("polres:72.06", Judged.TAKEN, id="the police of the place, told or not"),
        pytest.param("kemnaker", Judged.TAKEN, id="the ministry, told or not"),
        pytest.param("polres:74.02", Judged.NOT_TOLD, id="the police of another regency"),
        pytest.param("estate:vdni", Judged.NOT_TOLD, id="the manager of another estate"),
        pytest.param("source:https://siinas.example", Judged.NOT_TOLD, id="somebody who has nothing to do with it"),
    ],
)
def test_who_may_say_that_a_signal_is_real(chain, position, expected):
    chain.hears(bulletin("Partai Buruh", "union", dead=1), "11:10")
    assert judged(chain, verify(position, "real")) == expected


def test_it_stands_there_whose_answer_is_missing(chain):
    """G4: of each group that has not answered those who have been told; nobody once it is stopped."""
    chain.hears(bulletin(dead=12), "11:10")
    awaits = [set(group) for group in chain.deliveries[-1].standing.awaits]
    assert awaits == [{"disnakertrans:72"}, {"dir-perwilayahan", "dg-kpaii", "dg-ilmate"}]
    judged(chain, acknowledge("disnakertrans:72"))
    assert [set(group) for group in chain.escalation.said(Escalation)[-1].standing.awaits] == [awaits[1]]
    judged(chain, acknowledge("dg-kpaii"), "11:13")
    assert chain.escalation.said(Escalation)[-1].standing.awaits == ()


def test_an_answer_to_a_milder_picture_is_missing_again(chain):
    """Taken as S4; now it is an S5."""
    chain.hears(bulletin(dead=1, id="b-1"), "11:10")
    judged(chain, acknowledge("disnakertrans:72"))
    chain.hears(bulletin(dead=12, id="b-2"), "11:20")
    assert "disnakertrans:72" in chain.deliveries[-1].standing.awaits[0]


def test_what_waited_with_a_signal_is_told_with_the_present_situation(chain):
    """One dead when the deadline passed, three when the signal was released: the question says three (law 7)."""
    chain.hears(bulletin("Partai Buruh", "union", dead=1, id="b-1"), "+1d 17:20")
    chain.tick("+1d 17:31")
    chain.hears(bulletin("IMIP", "estate", dead=3, id="b-2"), "+1d 17:32")
    matters = [d for d in chain.deliveries if d.matter == "filing"]
    assert {dict(d.situation.numbers())["dead"] for d in matters} == {3}


def test_nobodys_answer_is_missing_of_what_has_ended(chain):
    """An S3 needs no acknowledgement to be stood down."""
    chain.hears(bulletin(), "11:10")
    chain.hears(filed(), "11:11")
    assert chain.escalation.said(Escalation)[-1].standing.awaits
    assert judged(chain, stand_down("disnakertrans:72")) == Judged.TAKEN
    assert chain.escalation.said(Escalation)[-1].standing.awaits == ()


def test_the_supervised_of_the_place_may_not_confirm_what_they_were_not_told(chain):
    """The estate has a manager since 11:11."""
    known = tuple(position for position in ROSTER.positions if position.id != "estate:imip")
    chain.escalation.in_force = InForce(POLICY, ROSTER.model_copy(update={"positions": known}))
    chain.hears(bulletin("Partai Buruh", "union", dead=1), "11:10")
    chain.escalation.in_force = InForce(POLICY, ROSTER)
    assert judged(chain, verify("estate:imip", "real")) == Judged.NOT_TOLD
