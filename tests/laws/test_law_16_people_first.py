"""Law 16: the guards outrank every rule. Here G4, G5, G7 and G8, and R16's re-arming and standing down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.escalation import Judged, Role, Why
from schemas.ids import digest
from schemas.surveillance import Because
from streams.pipeline.line import InForce
from tests.story import (
    DESK,
    INFORMED_OF_S5,
    LEVEL_0_OF_S3,
    LEVEL_0_OF_S4,
    LEVEL_0_OF_S5,
    LEVEL_2_OF_S5,
    POLICY,
    ROSTER,
    STRANGER,
    Chain,
    Shift,
    acknowledge,
    bulletin,
    clock,
    filed,
    outcome,
    read,
    retraction,
    stand_down,
    told,
    verify,
)
from tests.strategies import POSITIONS

FIRST, UNANSWERED, INFORMED, CHANGED, ROSE = Why.FIRST_NOTICE, Why.UNANSWERED, Why.INFORMED_REGARDLESS, Why.FACTS_CHANGED, Why.GRADE_ROSE
SIGNAL = {"by": "Partai Buruh", "rank": "union"}
ASKED_OF_A_SIGNAL = ("estate:imip", "disnakertrans:72", "duty-officer")


class TestG4TheSupervisedCannotStopTheirOwnLadder:
    def test_an_estate_that_acknowledges_stops_nothing(self, tell: Shift):
        """Recorded, and the ladder climbs as if nothing had been said."""
        tell("11:10", bulletin(dead=12))
        tell("11:12", acknowledge("estate:imip"))
        assert [answer.judged for answer in tell.answers] == [Judged.RECORDED]
        assert tell("12:11") == [
            *told("11:25", UNANSWERED, *INFORMED_OF_S5),
            *told("12:10", UNANSWERED, *LEVEL_0_OF_S5, *INFORMED_OF_S5, *LEVEL_2_OF_S5),
        ]

    @given(st.lists(st.sampled_from(POSITIONS), max_size=6))
    def test_only_inspection_and_ministry_together_stop_s5(self, positions):
        """Whoever acknowledges in whatever order: the ladder stops when one of each has, and not before."""
        chain = Chain()
        chain.hears(bulletin(dead=12), "11:10")
        (escalation,) = chain.standing.values()
        for position in positions:
            chain.act(acknowledge(position), clock("11:12"), escalation)
        chain.tick_through("12:30")
        entitled = {p for p in positions if p in LEVEL_0_OF_S5}
        stopped = "disnakertrans:72" in entitled and any(p.startswith(("dir-perwilayahan", "dg-")) for p in entitled)
        whys = {d.why for d in chain.deliveries}
        assert (UNANSWERED not in whys, INFORMED in whys) == (stopped, stopped)

    @pytest.mark.parametrize("first", ["disnakertrans:72", "dg-kpaii"])
    def test_one_of_the_two_is_taken_in_part(self, tell: Shift, first):
        """In either order: the first is told that the other is still wanted, the second stops it."""
        second = ({"disnakertrans:72", "dg-kpaii"} - {first}).pop()
        tell("11:10", bulletin(dead=12))
        tell("11:12", acknowledge(first))
        tell("11:13", acknowledge(second))
        assert [answer.judged for answer in tell.answers] == [Judged.TAKEN_IN_PART, Judged.TAKEN]

    def test_minister_and_governor_are_informed_whoever_has_acknowledged(self, tell: Shift):
        """S5 at 15 minutes, informed and not asked to act."""
        tell("11:10", bulletin(dead=12))
        tell("11:12", acknowledge("disnakertrans:72"))
        tell("11:13", acknowledge("dg-kpaii"))
        assert tell("12:30") == told("11:25", INFORMED, *INFORMED_OF_S5)
        roles = {d.to.position: (d.to.role, d.asked) for d in tell.deliveries if d.to.position in INFORMED_OF_S5}
        assert roles == dict.fromkeys(INFORMED_OF_S5, (Role.INFORM, ()))

    def test_a_policy_that_lets_the_supervised_stop_is_overruled(self):
        """The guards outrank the policy: a ladder that names the estate among those who stop it is not stopped by the estate."""
        ladders = tuple(
            ladder.model_copy(update={"stops": (("estate:", "disnakertrans:"),)}) if ladder.grade == "S3" else ladder
            for ladder in POLICY.escalation.ladders
        )
        careless = POLICY.model_copy(update={"escalation": POLICY.escalation.model_copy(update={"ladders": ladders})})
        chain = Chain()
        chain.escalation.in_force = InForce(careless, ROSTER)
        chain.hears(bulletin(), "11:10")
        (escalation,) = chain.standing.values()
        chain.act(acknowledge("estate:imip"), clock("11:12"), escalation)
        chain.tick_through("13:11")
        assert UNANSWERED in {d.why for d in chain.deliveries}

    def test_s4_informs_nobody_regardless(self, tell: Shift):
        """What is taken at S4 is taken."""
        assert tell("11:10", bulletin(dead=1)) == told("11:10", FIRST, *LEVEL_0_OF_S4)
        tell("11:12", acknowledge("disnakertrans:72"))
        tell("11:13", acknowledge("dir-perwilayahan"))
        assert tell("16:00") == []

    def test_the_inspection_of_another_province_stops_nothing(self, tell: Shift):
        """Whoever was not told cannot take it."""
        tell("11:10", bulletin(dead=12))
        tell("11:12", acknowledge("disnakertrans:74"))
        tell("11:13", acknowledge("dg-kpaii"))
        assert [answer.judged for answer in tell.answers] == [Judged.NOT_TOLD, Judged.TAKEN_IN_PART]

    def test_a_firms_own_filing_stops_no_clock(self, tell: Shift):
        """Only what a labour inspection says it has received counts as filed."""
        tell("11:10", bulletin(dead=12))
        tell("12:00", filed(source=STRANGER, id="f-1"))
        heard = tell("+2d 05:31")
        assert told("+2d 05:30", Why.MATTER, "disnakertrans:72")[0] in heard

    def test_the_supervised_may_confirm_a_signal_but_not_deny_it(self, tell: Shift):
        """The estate says that it is wrong: not entitled. It says that it is real: the ladder begins."""
        tell("11:10", bulletin(dead=1, **SIGNAL))
        tell("11:11", verify("estate:imip", "wrong"))
        heard = tell("11:12", verify("estate:imip", "real"))
        assert [answer.judged for answer in tell.answers] == [Judged.NOT_ENTITLED, Judged.TAKEN]
        assert set(told("11:12", FIRST, "dinas-perindustrian:72.06", "dir-perwilayahan")) <= set(heard)

    def test_the_supervised_cannot_stand_down(self, tell: Shift):
        tell("11:10", bulletin(kind="fire", fire_minutes=70))
        tell("+3d 11:10", stand_down("estate:imip"))
        assert tell.answers[-1].judged == Judged.NOT_ENTITLED
        assert tell.escalation().state == "open"

    def test_the_supervised_do_not_put_off_the_rearming(self, tell: Shift):
        """The estate acknowledges every ten hours: after twelve without anybody else it is asked again all the same."""
        tell("11:10", bulletin(dead=12, id="b-1"))
        tell("11:12", acknowledge("disnakertrans:72"))
        tell("11:13", acknowledge("dg-kpaii"))
        tell("20:00", acknowledge("estate:imip"))
        assert {h.at for h in tell("23:14") if h.because == Why.REARMED} == {"23:13"}


class TestG5AnExplosionIsNeverRefused:
    @pytest.mark.parametrize(
        ("said", "doubt", "desk"),
        [
            pytest.param({"firm": "nobody"}, "unknown_firm", {"duty-officer"}, id="an unknown firm goes to the duty officer"),
            pytest.param(
                {"firm": "nobody", "regency": "72.06"},
                "unknown_firm",
                {"dinas-perindustrian:72.06", "duty-officer"},
                id="an unknown firm in a known regency goes to the regency's desk",
            ),
            pytest.param(
                {"firm": "nobody", "regency": "99.99"}, "unknown_firm", {"duty-officer"}, id="an unknown regency goes to the duty officer"
            ),
            pytest.param(
                {"estate": "vdni"},
                "contradictory_estate",
                {"dinas-perindustrian:72.06", "duty-officer"},
                id="an estate other than the register's",
            ),
            pytest.param(
                {"firm": "gni", "estate": "imip"}, "contradictory_estate", {"duty-officer"}, id="an estate for a firm that stands in none"
            ),
            pytest.param({"plant": "nowhere"}, "unknown_plant", {"duty-officer"}, id="an unknown plant"),
            pytest.param({"firm": "smi", "plant": "itss-bahodopi"}, "plant_of_another_firm", {"duty-officer"}, id="another firm's plant"),
            pytest.param({"occurred_at": "+9d 11:10"}, "time_in_the_future", {"duty-officer"}, id="a time in the future"),
            pytest.param({"occurred_at": "11:15"}, "contradictory_time", {"duty-officer"}, id="said before it occurred"),
            pytest.param({"discovered_at": "05:00"}, "contradictory_time", {"duty-officer"}, id="found before it occurred"),
            pytest.param({"kind": "kaboom"}, "unknown_kind", {"duty-officer"}, id="a kind that nobody has heard of"),
            pytest.param(
                {"dead_by_nationality": {"wni": 7, "wna": 6}}, "contradictory_split", {"duty-officer"}, id="a split that does not add up"
            ),
        ],
    )
    def test_what_is_doubtful_is_admitted_and_reaches_a_person(self, tell: Shift, said, doubt, desk):
        heard = tell("11:10", bulletin(**{"dead": 12, **said}))
        assert desk <= {h.position for h in heard}
        assert all(doubt in admitted.unresolved for admitted in tell.admitted)
        assert doubt in tell.alerts[0].situation.unresolved

    def test_a_doubt_that_arises_later_goes_to_the_desk_too(self, tell: Shift):
        """The desk hears of it with the bulletin that is in doubt, once."""
        tell("11:10", bulletin(dead=12))
        heard = tell("11:40", bulletin("IMIP", "estate", dead=12, plant="nowhere"))
        assert {"dinas-perindustrian:72.06", "duty-officer"} <= {h.position for h in heard}
        assert "duty-officer" in {h.position for h in tell("12:00", bulletin("IMIP", "estate", dead=13, plant="nowhere"))}

    def test_what_is_not_doubtful_does_not_go_to_the_desk(self, tell: Shift):
        assert tell("11:10", bulletin(dead=12)) == told("11:10", FIRST, *LEVEL_0_OF_S5)

    def test_a_little_ahead_of_the_broker_is_not_the_future(self, tell: Shift):
        """Ten minutes are the tolerance: clocks differ."""
        tell("11:10", bulletin(dead=12, occurred_at="11:19", asserted_at="11:20"))
        assert tell.alerts[0].situation.unresolved == ()


class TestG7SignalsAreNotTruth:
    def test_a_union_alone_asks_three_to_verify(self, tell: Shift):
        """Estate, inspection and duty officer; nobody wider, whatever figures it states."""
        assert tell("11:10", bulletin(dead=15, **SIGNAL)) == told("11:10", FIRST, *ASKED_OF_A_SIGNAL)
        assert {d.asked[0].action for d in tell.deliveries} == {"verify"}
        assert tell.escalation().certainty == "signal"

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param({**SIGNAL, "rank": "media"}, id="the media"),
        ],
    )
    def test_so_does_any_other_signal(self, tell: Shift, said):
        assert tell("11:10", bulletin(dead=15, **said)) == told("11:10", FIRST, *ASKED_OF_A_SIGNAL)

    def test_a_source_that_nobody_knows_is_a_signal_and_the_desk_sees_why(self, tell: Shift):
        """Police or not: whoever may quote them is in the register."""
        heard = tell("11:10", bulletin(dead=15, source=STRANGER))
        assert heard == told("11:10", FIRST, *ASKED_OF_A_SIGNAL[:2], "duty-officer", "dinas-perindustrian:72.06")
        assert tell.alerts[0].situation.unresolved == ("unknown_source",)

    def test_after_fifteen_minutes_it_is_told_as_unverified(self, tell: Shift):
        """Silence is no denial: the ladder begins, and says that it is not verified."""
        tell("11:10", bulletin(dead=12, **SIGNAL))
        heard = tell("11:26")
        assert {h.at for h in heard} == {"11:25"}
        assert {h.position for h in heard} == {*ASKED_OF_A_SIGNAL, *LEVEL_0_OF_S5}
        assert all(d.standing.unverified for d in tell.deliveries if read(d.at) == "11:25")

    def test_verified_is_told_at_once(self, tell: Shift):
        tell("11:10", bulletin(dead=12, **SIGNAL))
        heard = tell("11:15", verify("disnakertrans:72", "real"))
        assert {h.position for h in heard} == {*ASKED_OF_A_SIGNAL, *LEVEL_0_OF_S5}
        assert not any(d.standing.unverified for d in tell.deliveries)

    def test_the_ladder_of_a_verified_signal_counts_from_its_verification(self, tell: Shift):
        """Fifteen minutes from when it became known to be real, not from the rumour."""
        tell("11:10", bulletin(dead=12, **SIGNAL))
        tell("11:20", verify("disnakertrans:72", "real"))
        assert {h.at for h in tell("11:36")} == {"11:35"}

    def test_found_wrong_it_ends_for_those_who_were_asked(self, tell: Shift):
        tell("11:10", bulletin(dead=12, **SIGNAL))
        assert tell("11:15", verify("disnakertrans:72", "wrong")) == told("11:15", Why.CANCELLED, *ASKED_OF_A_SIGNAL)
        assert tell("12:30") == []

    @pytest.mark.parametrize(
        "second",
        [
            pytest.param({"by": "IMIP", "rank": "estate", "id": "b-2"}, id="an official party"),
            pytest.param({"by": "koran", "rank": "media", "source": STRANGER, "id": "b-2"}, id="a second source"),
        ],
    )
    def test_a_second_source_releases_it(self, tell: Shift, second):
        tell("11:10", bulletin(dead=12, id="b-1", **SIGNAL))
        assert set(LEVEL_0_OF_S5) <= {h.position for h in tell("11:15", bulletin(dead=12, **second))}

    def test_the_same_source_twice_is_one_source(self, tell: Shift):
        tell("11:10", bulletin(dead=12, id="b-1", **SIGNAL))
        assert {h.position for h in tell("11:15", bulletin(dead=13, id="b-2", **SIGNAL))} == set(ASKED_OF_A_SIGNAL)


class TestG8FactsAndGradesApart:
    def test_a_held_grade_is_shown_beside_the_present_facts(self, tell: Shift):
        """Twelve dead become none: S5 is held 72 hours from when it ceased to stand, and S3 is said beside it."""
        tell("11:10", bulletin(dead=12, id="b-1"))
        tell("15:00", bulletin(dead=0, id="b-2", replaces={"id": "b-1"}))
        last = tell.deliveries[-1]
        assert (last.grade, last.grade_now, read(last.standing.held_until)) == ("S5", "S3", "+3d 15:00")
        assert last.reasons[0].because == Because.HELD

    def test_it_falls_when_the_time_is_over_and_those_told_are_told(self, tell: Shift):
        heard = tell("11:10", bulletin(dead=12, id="b-1"))
        tell("15:00", bulletin(dead=0, id="b-2", replaces={"id": "b-1"}))
        tell("+3d 14:59")
        positions = {h.position for h in tell.heard}
        assert {h.position for h in heard} <= positions
        fell = tell("+3d 15:01")
        assert sorted(fell) == sorted(told("+3d 15:00", CHANGED, *positions))
        assert (tell.escalation().grade, tell.deliveries[-1].standing.held_until) == ("S3", None)

    def test_what_was_retracted_is_held_by_nobody(self, tell: Shift):
        first = bulletin(dead=12, id="b-1")
        tell("11:10", first)
        tell("11:11", bulletin("IMIP", "estate", dead=0, id="b-2"))
        tell("11:12", bulletin("PT ITSS", "firm", dead=0, id="b-3"))
        assert tell.escalation().grade == "S5"
        tell("11:13", retraction(first))
        assert (tell.escalation().grade, tell.escalation().grade_now) == ("S3", "S3")

    def test_a_cause_is_per_party_and_never_gives_a_grade(self, tell: Shift):
        """Two causes stand side by side; a cause alone changes no figure and no grade."""
        tell("11:10", bulletin(dead=12, cause="tabung oksigen", id="b-1"))
        tell("15:00", bulletin("IMIP", "estate", cause="terak", id="b-2"))
        situation = tell.alerts[-1].situation
        assert [(c.party, c.digest) for c in situation.causes] == [("IMIP", digest("terak")), ("Polres Morowali", digest("tabung oksigen"))]
        assert {f.name for f in situation.figures} == {"dead"}


class TestR16:
    def test_twelve_hours_without_act_or_bulletin_rearm(self, tell: Shift):
        """An S5 that somebody took and nobody spoke of again: everybody is asked again, on a new revision."""
        tell("11:10", bulletin(dead=12))
        tell("11:12", acknowledge("disnakertrans:72"))
        tell("11:13", acknowledge("dg-kpaii"))
        heard = tell("23:14")
        assert {h.position for h in heard if h.because == Why.REARMED} == {*LEVEL_0_OF_S5, *INFORMED_OF_S5}
        escalation = tell.escalation()
        assert (escalation.state, escalation.revision) == ("open", 2)

    @pytest.mark.parametrize("sign", [pytest.param("act", id="an act"), pytest.param("bulletin", id="a bulletin")])
    def test_a_sign_of_life_puts_it_off(self, tell: Shift, sign):
        tell("11:10", bulletin(dead=12, id="b-1"))
        tell("11:12", acknowledge("disnakertrans:72"))
        tell("11:13", acknowledge("dg-kpaii"))
        tell("20:00", acknowledge("dg-ilmate") if sign == "act" else bulletin("IMIP", "estate", dead=12, id="b-2"))
        assert Why.REARMED not in {h.because for h in tell("+1d 07:59")}
        assert {h.at for h in tell("+1d 08:01") if h.because == Why.REARMED} == {"+1d 08:00"}

    def test_an_acknowledgement_before_the_rearming_does_not_stop_what_comes_after(self, tell: Shift):
        tell("11:10", bulletin(dead=12))
        tell("11:12", acknowledge("disnakertrans:72"))
        tell("11:13", acknowledge("dg-kpaii"))
        tell("23:14")
        tell("23:15", acknowledge("disnakertrans:72"))
        assert tell.answers[-1].judged == Judged.TAKEN_IN_PART
        tell("23:16", acknowledge("dg-kpaii"))
        assert tell.answers[-1].judged == Judged.TAKEN

    def test_s3_is_not_rearmed(self, tell: Shift):
        tell("11:10", bulletin())
        tell("11:12", acknowledge("disnakertrans:72"))
        assert Why.REARMED not in {h.because for h in tell("+1d 05:00")}

    def test_it_is_not_stood_down_while_a_filing_clock_runs(self, tell: Shift):
        tell("11:10", bulletin(dead=12))
        tell("12:00", stand_down("disnakertrans:72"))
        assert (tell.answers[-1].judged, tell.escalation().state) == (Judged.CLOCK_OPEN, "open")

    def test_filed_it_may_be_stood_down_and_those_told_hear_of_it(self, tell: Shift):
        tell("11:10", bulletin(dead=12))
        tell("12:00", filed())
        tell("12:15")
        tell("12:20", acknowledge("disnakertrans:72"))
        tell("12:21", stand_down("disnakertrans:72"))
        assert tell.answers[-1].judged == Judged.NOT_TAKEN, "one of the two has not taken it"
        tell("12:22", acknowledge("dg-kpaii"))
        tell("12:23", stand_down("polres:72.06"))
        assert tell.answers[-1].judged == Judged.NOT_ENTITLED, "the police could not have stopped the ladder either"
        tell("12:24", stand_down("disnakertrans:74"))
        assert tell.answers[-1].judged == Judged.NOT_TOLD
        positions = {h.position for h in tell.heard}
        assert sorted(tell("12:30", stand_down("disnakertrans:72"))) == sorted(told("12:30", Why.STOOD_DOWN, *positions))
        assert tell("+3d 12:30") == []

    def test_a_second_clock_holds_it_open_again(self, tell: Shift):
        """A worker is declared disabled: another 48 hours."""
        tell("11:10", bulletin(dead=12))
        tell("12:00", filed())
        tell("13:00", outcome("disabled"))
        tell("13:30", stand_down("disnakertrans:72"))
        assert tell.answers[-1].judged == Judged.CLOCK_OPEN

    def test_a_higher_grade_opens_what_was_stood_down(self, tell: Shift):
        tell("11:10", bulletin(id="b-1"))
        tell("12:00", filed())
        tell("12:30", stand_down("disnakertrans:72"))
        heard = tell("13:00", bulletin(dead=12, id="b-2"))
        assert {h.because for h in heard} == {ROSE, FIRST}
        assert {h.position for h in heard} == {*LEVEL_0_OF_S3, *LEVEL_0_OF_S5}
        assert tell.escalation().state == "open"

    def test_quiet_hours_do_not_apply(self, tell: Shift):
        """Three in the morning."""
        assert len(tell("+1d 03:00", bulletin(dead=12, source=DESK))) == 7
        assert len(tell("+1d 03:16")) == 2
