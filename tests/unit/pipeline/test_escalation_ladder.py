"""Ladders of domain §4.4, one per grade; grouping; and who is addressed where a position is missing."""

import pytest

from schemas.delivery import Ending, GaveUp, Outcome
from schemas.escalation import Escalation, MessageType, Why
from schemas.policy import Position, Receiver
from schemas.registry import EstateEntry, FirmEntry
from streams.pipeline.line import InForce
from tests.story import (
    INFORMED_OF_S5,
    LEVEL_0_OF_S3,
    LEVEL_0_OF_S4,
    LEVEL_0_OF_S5,
    LEVEL_2_OF_S5,
    POLICY,
    ROSTER,
    Chain,
    Shift,
    bulletin,
    clock,
    entry,
    heard_of,
    told,
)

FIRST, UNANSWERED = Why.FIRST_NOTICE, Why.UNANSWERED


def climbed(chain, said, hours=30):
    """Who is told of the facts, when, if nobody ever answers."""
    chain.hears(said, "11:10")
    chain.tick_through(clock("11:10") + hours * 3_600_000)
    return heard_of(d for d in chain.deliveries if d.matter == "facts")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"dead": 12},
            [
                *told("11:10", FIRST, *LEVEL_0_OF_S5),
                *told("11:25", UNANSWERED, *INFORMED_OF_S5),
                *told("12:10", UNANSWERED, *LEVEL_0_OF_S5, *INFORMED_OF_S5, *LEVEL_2_OF_S5),
            ],
            id="S5: at once, after 15 minutes, and after an hour all again",
        ),
        pytest.param(
            {"dead": 1},
            [
                *told("11:10", FIRST, *LEVEL_0_OF_S4),
                *told("11:40", UNANSWERED, "dg-kpaii", "dg-ilmate"),
                *told("13:10", UNANSWERED, "minister-office"),
            ],
            id="S4: at once, after 30 minutes, after two hours",
        ),
        pytest.param(
            {},
            [
                *told("11:10", FIRST, *LEVEL_0_OF_S3),
                *told("13:10", UNANSWERED, "dir-perwilayahan"),
                *told("+1d 11:10", UNANSWERED, "dg-kpaii"),
            ],
            id="S3: at once, after two hours, after a day",
        ),
        pytest.param({"kind": "fall", "injured": {"light": 1}}, told("11:10", FIRST, "estate:imip"), id="S2: the estate"),
        pytest.param({"kind": "near_miss"}, told("11:10", FIRST, "estate:imip"), id="S1: the estate"),
    ],
)
def test_the_ladder_of_a_grade(chain, said, expected):
    """Levels are reached at their times, each told once, and the ladder ends."""
    assert climbed(chain, bulletin(**said)) == expected
    (standing,) = chain.standing.values()
    assert standing.standing.next_level_at is None
    assert standing.not_told == ()


def test_levels_are_numbered_and_next_is_announced(chain):
    chain.hears(bulletin(dead=12), "11:10")
    chain.tick_through("12:30")
    words = chain.escalation.said(Escalation)
    assert [(w.level, w.standing.next_level_at) for w in words] == [(0, clock("11:25")), (1, clock("12:10")), (2, None)]


def test_a_higher_grade_begins_a_ladder_of_its_own(chain):
    """From S4 to S5 at 11:30: fifteen minutes from then; those told are told that it rose."""
    chain.hears(bulletin(dead=1, id="b-1"), "11:10")
    chain.hears(bulletin(dead=12, id="b-2"), "11:30")
    chain.tick_through("11:50")
    heard = heard_of(chain.deliveries)[len(LEVEL_0_OF_S4) :]
    new = [p for p in LEVEL_0_OF_S5 if p not in LEVEL_0_OF_S4]
    assert heard == [
        *told("11:30", Why.GRADE_ROSE, *LEVEL_0_OF_S4),
        *told("11:30", FIRST, *new),
        *told("11:45", UNANSWERED, *INFORMED_OF_S5),
    ]


def test_one_incident_is_one_escalation_and_two_are_two(chain):
    """Another firm, another day: another escalation of the same estate."""
    for said in (
        bulletin(id="a"),
        bulletin("IMIP", "estate", id="b"),
        bulletin(firm="smi", id="c"),
        bulletin(occurred_at="+1d 05:30", id="d"),
    ):
        chain.hears(said, "+1d 11:10")
    assert [e.about for e in chain.standing.values()] == ["itss/2023-12-24", "smi/2023-12-24", "itss/2023-12-25"]


def test_a_shared_reference_joins_what_days_would_part(chain):
    for at, said in (
        ("11:10", bulletin(incident="ref-1", id="a")),
        ("+1d 11:10", bulletin("IMIP", "estate", incident="ref-1", occurred_at="+1d 00:10", id="b")),
    ):
        chain.hears(said, at)
    assert [e.about for e in chain.standing.values()] == ["itss/ref-1"]


class TestAddress:
    def test_a_position_that_the_roster_lacks_falls_to_the_duty_officer_once(self, chain):
        """Halmahera Tengah has nobody in this roster: S5's police, inspection and disaster agency are one duty officer."""
        known = tuple(position for position in ROSTER.positions if ":82" not in position.id)
        chain.escalation.in_force = InForce(POLICY, ROSTER.model_copy(update={"positions": known}))
        chain.hears(bulletin(firm="iwip", dead=12), "11:10")
        assert heard_of(chain.deliveries) == told("11:10", FIRST, "duty-officer", "dir-perwilayahan", "dg-kpaii", "dg-ilmate")

    def test_a_pseudo_estate_has_no_manager(self, chain):
        """A firm outside every estate: nobody is made up, and nobody stands in for the manager."""
        chain.hears(bulletin(firm="gni", dead=1), "11:10")
        assert heard_of(chain.deliveries) == told("11:10", FIRST, "disnakertrans:72", "dinas-perindustrian:72.12", "dir-perwilayahan")
        assert [e.estate for e in chain.standing.values()] == ["regency:72.12"]

    def test_an_estate_without_a_known_manager_falls_to_the_duty_officer(self, chain):
        chain.world.take(entry(EstateEntry, "new", name="Baru", regency="72.06"))
        chain.world.take(entry(FirmEntry, "new-works", name="PT Baru", estate="new"))
        chain.hears(bulletin(firm="new-works", plant=None, kind="near_miss"), "11:10")
        assert heard_of(chain.deliveries) == told("11:10", FIRST, "duty-officer")

    def test_where_not_even_the_regency_is_known_somebody_is_told_all_the_same(self, chain):
        chain.hears(bulletin(firm="nobody", dead=1), "11:10")
        assert heard_of(chain.deliveries) == told("11:10", FIRST, "duty-officer", "dir-perwilayahan")

    def test_who_held_the_position_is_recorded(self):
        """Positions are resolved to a person when addressed; the record keeps who it was."""
        sari = ROSTER.model_copy(
            update={
                "positions": tuple(
                    p.model_copy(update={"holder": "petugas contoh"}) if p.id == "estate:imip" else p for p in ROSTER.positions
                )
            }
        )
        chain = Chain()
        chain.escalation.in_force = InForce(POLICY, sari)
        chain.hears(bulletin(kind="near_miss"), "11:10")
        assert {d.to.holder for d in chain.deliveries} == {"petugas contoh"}
        assert [t.holder for e in chain.standing.values() for t in e.standing.told] == ["petugas contoh"]

    def test_every_first_choice_receiver_is_told_and_no_fallback(self, chain):
        chain.hears(bulletin(firm="nobody", kind="near_miss"), "11:10")
        chain.hears(bulletin(kind="near_miss"), "11:10")
        assert {d.to.receiver for d in chain.deliveries} == {"piket", "keselamatan", "imip-hook"}

    def test_a_position_with_fallbacks_only_is_reached_by_them(self):
        only = Position(
            id="estate:imip",
            title_id="x",
            title_en="x",
            holder="x",
            receivers=(Receiver(id="log", channel="file", address="x", fallback=True),),
        )
        chain = Chain()
        chain.escalation.in_force = InForce(POLICY, ROSTER.model_copy(update={"positions": (only,)}))
        chain.hears(bulletin(kind="near_miss"), "11:10")
        assert [d.to.receiver for d in chain.deliveries] == ["log"]


class TestUnreachable:
    """Law 9: a receiver that cannot be reached speeds the escalation up."""

    @staticmethod
    def given_up(chain, receiver, position, at="11:12"):
        (escalation,) = chain.standing.values()
        delivery = next(d.id for d in chain.deliveries if d.to.receiver == receiver)
        word = Outcome(delivery, escalation.id, escalation.estate, receiver, position, Ending.GIVEN_UP, clock(at), 3, GaveUp.UNREACHABLE)
        return chain.escalation.hears(word, escalation.estate)

    def test_its_fallback_is_told(self, chain):
        chain.hears(bulletin(firm="nobody", dead=1), "11:10")
        words = self.given_up(chain, "piket", "duty-officer")
        assert [(s.word.to.receiver, s.word.why) for s in words if s.topic.name == "delivery-inbox"] == [("piket-log", Why.FALLBACK)]

    def test_without_a_fallback_the_next_level_does_not_wait(self, chain):
        chain.hears(bulletin(dead=1), "11:10")
        self.given_up(chain, "disnakertrans", "disnakertrans:72")
        assert chain.escalation.least_due() == clock("11:12")
        chain.tick("11:13")
        assert heard_of(chain.deliveries)[-2:] == told("11:12", Why.UNREACHED, "dg-kpaii", "dg-ilmate")

    def test_the_level_after_that_keeps_its_time(self, chain):
        chain.hears(bulletin(dead=1), "11:10")
        self.given_up(chain, "disnakertrans", "disnakertrans:72")
        chain.tick("11:13")
        assert chain.escalation.least_due() == clock("13:10")

    def test_what_was_accepted_or_withdrawn_hurries_nobody(self, chain):
        chain.hears(bulletin(dead=1), "11:10")
        (escalation,) = chain.standing.values()
        for ending in (Ending.ACCEPTED, Ending.WITHDRAWN):
            word = Outcome("D-x", escalation.id, "imip", "disnakertrans", "disnakertrans:72", ending, clock("11:12"), 1)
            assert chain.escalation.hears(word, "imip") == ()


class TestHistory:
    def test_the_past_wakes_nobody(self, tell: Shift):
        """G6: thirty days and more ago: recorded, and on Monday at eight, WIB, in the digest of history."""
        assert tell("11:10", bulletin(dead=12, occurred_at="2023-11-01T05:30:00+08:00")) == []
        assert tell.alerts[0].historic
        assert tell("+4d 11:10") == told("+1d 09:00", Why.DIGEST, "dinas-perindustrian:72.06", "dir-perwilayahan")
        assert {d.situation.series for d in tell.deliveries} == {"historic"}

    def test_thirty_days_ago_is_not_history_yet(self, tell: Shift):
        assert tell("11:10", bulletin(dead=12, occurred_at="2023-11-24T11:10:00+08:00")) != []


def test_a_cancel_asks_nothing(chain):
    first = bulletin(dead=12, id="b-1")
    chain.hears(first, "11:10")
    chain.hears(bulletin(id="b-2", replaces={"id": "b-1"}, retracted=True), "11:11")
    assert {d.asked for d in chain.deliveries if d.msg_type == MessageType.CANCEL} == {()}
    assert all(d.asked for d in chain.deliveries if d.msg_type == MessageType.ALERT)
