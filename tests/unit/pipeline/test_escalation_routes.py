"""Routes: how an alert is told is data; whoever was told is told of what follows, as they were told; what is quiet is forgotten."""

import pytest
from msgspec.structs import replace

from schemas.escalation import Escalation, MessageType, Why
from schemas.policy import Ask, Audience, Escalating, How, Route
from schemas.surveillance import AlertState, Because, Reason, Rule
from streams.pipeline.escalation.memory import Open
from streams.pipeline.escalation.routes import UNTOLD, last_route, route_of
from streams.pipeline.line import InForce
from tests.story import DAY, POLICY, ROSTER, Chain, Shift, bulletin, clock, filed, heard_of, retraction, told

FIRST, CHANGED, MATTER = Why.FIRST_NOTICE, Why.FACTS_CHANGED, Why.MATTER
DESK_ROLE = Audience(position="duty-officer", asks=(Ask(action="verify"),))


def with_routes(*routes: Route) -> Escalating:
    """The policy with these routes before its own."""
    return POLICY.escalation.model_copy(update={"routes": (*routes, *POLICY.escalation.routes)})


def chain_with(escalation: Escalating, roster=ROSTER) -> Chain:
    chain = Chain()
    chain.escalation.in_force = InForce(POLICY.model_copy(update={"escalation": escalation}), roster)
    return chain


class TestWhichRoute:
    @pytest.fixture
    def alert(self, chain: Chain):
        """An S4: one dead."""
        chain.hears(bulletin(dead=1, kind="other"), "11:10")
        return chain.alerts[0]

    @pytest.mark.parametrize(
        ("route", "matches"),
        [
            pytest.param({"rule": "R12"}, True, id="its rule"),
            pytest.param({"rule": "R11"}, False, id="another rule"),
            pytest.param({"rule": "R12", "because": ("cost", "dead")}, True, id="one of the reasons"),
            pytest.param({"rule": "R12", "because": ("cost",)}, False, id="none of the reasons"),
            pytest.param({"rule": "R12", "grade_at_least": "S4"}, True, id="its grade"),
            pytest.param({"rule": "R12", "grade_at_least": "S5"}, False, id="a higher grade"),
            pytest.param({"rule": "R12", "grade_at_least": "S3"}, True, id="a lower grade"),
        ],
    )
    def test_a_route_matches_by_rule_reasons_and_grade(self, alert, route, matches):
        mine = Route.model_validate(
            {"how": How.RECORD, **route, "rule": Rule(route["rule"]), "because": tuple(map(Because, route.get("because", ())))}
        )
        assert (route_of(alert, with_routes(mine)) == mine) is matches

    def test_of_all_that_match_the_first_is_taken(self, alert):
        one, other = (Route(rule=Rule.SEVERITY, how=How.RECORD, matter=matter) for matter in ("one", "other"))
        assert route_of(alert, with_routes(one, other)) == one

    def test_what_no_route_matches_is_recorded(self, alert):
        assert route_of(alert, POLICY.escalation.model_copy(update={"routes": ()})) == UNTOLD

    def test_an_end_goes_the_way_that_it_was_told(self, alert):
        """Its reasons are those of the end, not those that the route was chosen by."""
        mine = Route(rule=Rule.SEVERITY, because=(Because.DEAD,), how=How.ONCE, matter="mine")
        ended = replace(alert, state=AlertState.RESOLVED, reasons=(Reason(Because.FILED),))
        assert last_route(ended, alert, with_routes(mine)) == mine
        assert last_route(ended, None, with_routes(mine)) == UNTOLD


class TestHow:
    def test_recorded_is_told_to_nobody_and_stands_on_record(self):
        chain = chain_with(with_routes(Route(rule=Rule.SEVERITY, how=How.RECORD)))
        chain.hears(bulletin(dead=12), "11:10")
        chain.tick_through("+3d 11:10")
        assert [d for d in chain.deliveries if d.matter == "facts"] == []
        assert chain.escalation.said(Escalation)[0].grade == "S5"

    def test_once_is_told_once_and_each_change_to_those_who_heard(self):
        """No ladder: nobody climbs."""
        chain = chain_with(with_routes(Route(rule=Rule.SEVERITY, how=How.ONCE, tell=(DESK_ROLE,))))
        chain.hears(bulletin(dead=1, id="b-1"), "11:10")
        chain.hears(bulletin(dead=2, id="b-2"), "11:20")
        chain.tick_through("+1d 11:10")
        assert heard_of(chain.deliveries) == [*told("11:10", FIRST, "duty-officer"), *told("11:20", CHANGED, "duty-officer")]
        assert {ask.action for d in chain.deliveries for ask in d.asked} == {"verify"}

    def test_what_is_over_is_an_update_and_what_was_withdrawn_a_cancellation(self):
        """Of what is told once, as of a ladder: by the state alone, whatever the reasons."""
        for state, expected in ((AlertState.RESOLVED, MessageType.UPDATE), (AlertState.WITHDRAWN, MessageType.CANCEL)):
            chain = chain_with(with_routes())
            chain.hears(bulletin(dead=1), "11:10")
            last = chain.alerts[-1]
            chain.escalation.hears(replace(last, state=state, revision=2, at=last.at + 1), last.estate)
            ended = [d for d in chain.deliveries if d.revision == 2]
            assert {d.msg_type for d in ended} == {expected}
            assert {d.asked for d in ended} == {()}
            assert [e.state for e in chain.standing.values()] == ["ended"]

    def test_a_matter_that_waits_with_its_signal_is_caught_up(self):
        """G7: what R11 says while a signal waits is told with its release, to its own audience."""
        chain = Chain()
        chain.hears(bulletin("Partai Buruh", "union", dead=1, id="b-1"), "+1d 17:20")
        chain.tick("+1d 17:31")
        assert (chain.alerts[-1].rule, {d.why for d in chain.deliveries}) == (Rule.FILING, {FIRST})
        chain.hears(bulletin("IMIP", "estate", dead=1, id="b-2"), "+1d 17:32")
        assert [d.to.position for d in chain.deliveries if d.why == MATTER] == ["estate:imip", "estate:imip", "disnakertrans:72"]


class TestAsks:
    def test_what_is_asked_is_the_audiences(self):
        """By policy, each with the deadline that it names."""
        ladders = tuple(
            ladder.model_copy(
                update={
                    "levels": (
                        ladder.levels[0].model_copy(
                            update={"tell": (Audience(position="polres:{regency}", asks=(Ask(action="state_filed", by="report"),)),)}
                        ),
                    )
                }
            )
            if ladder.grade == "S3"
            else ladder
            for ladder in POLICY.escalation.ladders
        )
        chain = chain_with(POLICY.escalation.model_copy(update={"ladders": ladders}))
        chain.hears(bulletin(), "11:10")
        (delivery,) = chain.deliveries
        assert [(asked.action, asked.due) for asked in delivery.asked] == [("state_filed", clock("+2d 05:30"))]

    def test_a_deadline_that_is_answered_stands_beside_nothing(self, chain: Chain):
        chain.hears(bulletin(dead=1, id="b-1"), "11:10")
        chain.hears(filed(), "11:20")
        assert {asked.due for d in chain.deliveries if d.revision == 2 for asked in d.asked} == {None}

    def test_a_verified_signal_asks_its_first_circle_what_the_ladder_asks(self, tell: Shift):
        """Asked to verify at first; with the release, what their place on the ladder asks."""
        tell("11:10", bulletin("Partai Buruh", "union", dead=1, id="b-1"))
        tell("11:15", bulletin("IMIP", "estate", dead=1, id="b-2"))
        asked = {d.to.position: [ask.action for ask in d.asked] for d in tell.deliveries if d.revision == 2}
        assert asked["estate:imip"] == ["keep_informed"]
        assert asked["disnakertrans:72"] == ["take_over", "state_filed", "inspectors_left"]
        assert asked["duty-officer"] == ["take_over"]


class TestAsTheyWereTold:
    def test_a_position_that_left_the_roster_hears_the_cancellation(self):
        """Law 7: told at 11:10, gone from the roster at 11:20, and at 11:30 it was all not true."""
        first = bulletin(dead=1, id="b-1")
        chain = Chain()
        chain.hears(first, "11:10")
        left = ROSTER.model_copy(update={"positions": tuple(p for p in ROSTER.positions if p.id != "dir-perwilayahan")})
        chain.escalation.in_force = InForce(POLICY, left)
        chain.hears(retraction(first), "11:30")
        cancelled = {d.to.position for d in chain.deliveries if d.msg_type == MessageType.CANCEL}
        assert cancelled == {d.to.position for d in chain.deliveries if d.msg_type == MessageType.ALERT}
        assert "dir-perwilayahan" in cancelled

    def test_a_correction_goes_to_the_address_that_was_written_to(self):
        """The holder has changed since: whoever has the first message has its correction."""
        moved = ROSTER.model_copy(
            update={
                "positions": tuple(
                    p.model_copy(update={"receivers": tuple(r.model_copy(update={"address": "new@x.example"}) for r in p.receivers)})
                    for p in ROSTER.positions
                )
            }
        )
        chain = Chain()
        chain.hears(bulletin(dead=1, id="b-1"), "11:10")
        chain.escalation.in_force = InForce(POLICY, moved)
        chain.hears(bulletin(dead=2, id="b-2"), "11:30")
        addresses = [{d.to.address for d in chain.deliveries if d.revision == revision} for revision in (1, 2)]
        assert addresses[0] == addresses[1]
        chain.tick_through("11:41")
        assert {d.to.address for d in chain.deliveries if d.level == 1} == {"new@x.example"}


class TestForgetting:
    FORGET = POLICY.escalation.forget_days * DAY

    def test_a_quiet_escalation_is_forgotten(self, chain: Chain):
        """After the policy's days in which nothing was said of it."""
        chain.hears(bulletin(kind="near_miss"), "11:10")
        chain.escalation.tick_through(clock("11:10") + self.FORGET - 1)
        assert [type(entry) for entry in chain.escalation.entries.values()].count(Open) == 1
        assert chain.escalation.tick_through(clock("11:10") + self.FORGET) == ()
        assert (chain.escalation.entries, chain.escalation.dues) == ({}, {})

    def test_what_is_still_climbing_is_not_quiet(self, chain: Chain):
        chain.hears(bulletin(dead=12), "11:10")
        chain.escalation.tick_through(clock("12:10"))
        chain.escalation.tick(clock("11:10") + self.FORGET)
        assert chain.escalation.entries
        chain.escalation.tick(clock("12:10") + self.FORGET)
        assert chain.escalation.entries == {}

    def test_an_alert_that_begins_anew_is_news_although_its_revision_is_known(self, chain: Chain):
        """SURVEILLANCE has forgotten, ESCALATION has not: an act has kept it; since when tells the two apart."""
        chain.hears(bulletin(dead=1, id="b-1"), "11:10")
        chain.hears(bulletin(dead=2, id="b-2"), "11:20")
        again = replace(chain.alerts[0], since=clock("+500d 11:10"), at=clock("+500d 11:10"), revision=1)
        assert chain.escalation.hears(again, again.estate)
        assert chain.escalation.hears(again, again.estate) == ()
        assert chain.escalation.hears(chain.alerts[1], again.estate) == ()
