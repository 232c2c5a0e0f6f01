"""A receiver that cannot be reached: whose fallback is told, and when the next level does not wait (law 9, G4)."""

import pytest

from schemas.delivery import Ending, GaveUp, Outcome
from schemas.escalation import MessageType, Why
from schemas.policy import Receiver
from streams.pipeline.line import InForce
from tests.story import POLICY, ROSTER, Chain, bulletin, clock, retraction


@pytest.fixture
def chain() -> Chain:
    """An S5, told to its first level at 11:10."""
    chain = Chain()
    chain.hears(bulletin(dead=12), "11:10")
    return chain


def give_up(chain: Chain, receiver: str, position: str, at: str = "11:12", gave_up: GaveUp = GaveUp.UNREACHABLE, **how) -> None:
    """DELIVERY has given a receiver up."""
    (escalation,) = chain.standing.values()
    attempts, disabled = how.get("attempts", 9), how.get("disabled", False)
    ended = (Ending.GIVEN_UP, clock(at), attempts, gave_up)
    outcome = Outcome("D-x", escalation.id, escalation.estate, receiver, position, *ended, disabled=disabled)
    chain.escalation.hears(outcome, escalation.estate)


def with_fallback(position: str) -> InForce:
    """The books in which that position has a fallback, a file."""
    positions = tuple(
        p.model_copy(update={"receivers": (*p.receivers, Receiver(id="fallback", channel="file", address="x", fallback=True))})
        if p.id == position
        else p
        for p in ROSTER.positions
    )
    return InForce(POLICY, ROSTER.model_copy(update={"positions": positions}))


def next_level_at(chain: Chain) -> int | None:
    """When the next level is told if nothing happens."""
    (escalation,) = chain.standing.values()
    return escalation.standing.next_level_at


@pytest.mark.parametrize(
    ("given_up", "next_at"),
    [
        pytest.param([("kpaii", "dg-kpaii")], "11:12", id="a position without any other receiver brings the next level forward"),
        pytest.param([("wasdal-hook", "dir-perwilayahan")], "11:25", id="one of two receivers of a position does not"),
        pytest.param([("wasdal-hook", "dir-perwilayahan"), ("perwilayahan", "dir-perwilayahan")], "11:12", id="both do"),
        pytest.param([("keselamatan", "estate:imip"), ("imip-hook", "estate:imip")], "11:25", id="the supervised do not set the pace"),
    ],
)
def test_who_cannot_be_reached_may_bring_the_next_level_forward(chain, given_up, next_at):
    for receiver, position in given_up:
        give_up(chain, receiver, position)
    assert next_level_at(chain) == clock(next_at)


def test_one_dead_position_brings_forward_one_level_only(chain):
    """Every later letter to it is given up too; that is no news."""
    give_up(chain, "kpaii", "dg-kpaii")
    chain.tick_through("11:13")
    give_up(chain, "kpaii", "dg-kpaii", "11:14")
    assert next_level_at(chain) == clock("12:10")


@pytest.fixture
def backed() -> Chain:
    """The same S5, where DG KPAII has a fallback."""
    chain = Chain()
    chain.escalation.in_force = with_fallback("dg-kpaii")
    chain.hears(bulletin(dead=12, id="b-1"), "11:10")
    return chain


def test_a_fallback_is_told_instead(backed):
    """A position with a fallback receiver is reached by that, and the ladder keeps its pace."""
    give_up(backed, "kpaii", "dg-kpaii")
    assert [(d.to.receiver, d.why) for d in backed.deliveries if d.to.position == "dg-kpaii"] == [
        ("kpaii", Why.FIRST_NOTICE),
        ("fallback", Why.FALLBACK),
    ]
    assert next_level_at(backed) == clock("11:25")


def test_what_follows_goes_to_the_fallback_too(backed):
    """Whoever has the first message has its corrections (law 7)."""
    give_up(backed, "kpaii", "dg-kpaii")
    backed.hears(bulletin(dead=13, id="b-2"), "11:20")
    assert [d.to.receiver for d in backed.deliveries if d.revision == 2 and d.to.position == "dg-kpaii"] == ["kpaii", "fallback"]


def test_a_fallback_is_told_once(backed):
    """Each later letter to the dead endpoint is given up too; the fallback has been told."""
    for at in ("11:12", "11:13"):
        give_up(backed, "kpaii", "dg-kpaii", at)
    assert [d.why for d in backed.deliveries if d.to.receiver == "fallback"] == [Why.FALLBACK]


def test_when_the_fallback_fails_too_the_next_level_does_not_wait(backed):
    give_up(backed, "kpaii", "dg-kpaii")
    give_up(backed, "fallback", "dg-kpaii", "11:14")
    assert next_level_at(backed) == clock("11:14")


def test_the_position_is_the_outcomes(backed):
    """An endpoint that two positions share falls back for the one whose letter was given up."""
    give_up(backed, "kpaii", "polres:72.06")
    assert [d for d in backed.deliveries if d.why == Why.FALLBACK] == []


def test_whoever_accepts_again_is_reached_again(backed):
    """The breaker closes: a later failure is a new one."""
    (escalation,) = backed.standing.values()
    give_up(backed, "kpaii", "dg-kpaii")
    (entry,) = backed.escalation.entries.values()
    assert entry.unreached == ("kpaii",)
    backed.escalation.hears(
        Outcome("D-y", escalation.id, escalation.estate, "kpaii", "dg-kpaii", Ending.ACCEPTED, clock("11:13"), 1), "imip"
    )
    (entry,) = backed.escalation.entries.values()
    assert entry.unreached == ()


NOT_ITS_FAULT = [reason for reason in GaveUp if reason != GaveUp.UNREACHABLE]


@pytest.mark.parametrize("reason", NOT_ITS_FAULT)
def test_what_is_our_own_fault_hurries_nobody_and_the_desk_hears_of_it(backed, reason):
    """A full letterbox, a letter too large, a channel that we do not have: whoever could mend it is told, the ladder keeps its pace."""
    give_up(backed, "kpaii", "dg-kpaii", gave_up=reason)
    assert next_level_at(backed) == clock("11:25")
    assert [(d.to.position, d.why) for d in backed.deliveries[-2:]] == [
        ("dinas-perindustrian:72.06", Why.UNDELIVERED),
        ("duty-officer", Why.UNDELIVERED),
    ]


def test_the_desk_hears_once_of_each_endpoint(backed):
    """However many letters are given up; and never of its own letterbox, which is as full as the others."""
    for receiver, position in (("kpaii", "dg-kpaii"), ("kpaii", "dg-kpaii"), ("ilmate", "dg-ilmate"), ("piket", "duty-officer")):
        give_up(backed, receiver, position, gave_up=GaveUp.FULL)
    heard = [d.to.position for d in backed.deliveries if d.why == Why.UNDELIVERED]
    assert heard == ["dinas-perindustrian:72.06", "duty-officer"] * 2 + ["dinas-perindustrian:72.06"]
    ids = [d.id for d in backed.deliveries]
    assert len(ids) == len(set(ids))


def test_what_is_told_early_says_who_could_not_be_reached(chain):
    """Not that nobody has taken it: two minutes are no time to answer. The level after that is told for want of an answer again."""
    give_up(chain, "kpaii", "dg-kpaii")
    chain.tick_through("12:10")
    early = [d for d in chain.deliveries if d.level == 1]
    assert {(d.why, d.at, d.meant_for.title_en) for d in early} == {(Why.UNREACHED, clock("11:12"), "Director General KPAII")}
    assert {(d.why, d.meant_for) for d in chain.deliveries if d.level == 2} == {(Why.UNANSWERED, None)}


def test_a_fallback_knows_whose_address_failed(backed):
    give_up(backed, "kpaii", "dg-kpaii")
    assert [d.meant_for.receiver for d in backed.deliveries if d.why == Why.FALLBACK] == ["kpaii"]


def test_a_fallback_is_not_alarmed_by_what_has_ended(backed):
    """The end itself could not be delivered: whoever has heard nothing of it need not hear of it now."""
    first = bulletin(dead=12, id="b-1")
    backed.hears(retraction(first), "11:20")
    give_up(backed, "kpaii", "dg-kpaii", "11:21")
    assert [d for d in backed.deliveries if d.to.receiver == "fallback"] == []


def test_a_fallback_that_was_told_hears_of_the_end(backed):
    give_up(backed, "kpaii", "dg-kpaii")
    backed.hears(retraction(bulletin(dead=12, id="b-1")), "11:20")
    assert [d.msg_type for d in backed.deliveries if d.to.receiver == "fallback"] == [MessageType.ALERT, MessageType.CANCEL]


def test_an_address_that_wants_nothing_any_more_is_told_to_the_desk_once(backed):
    """A 410: somebody must mend the roster. Letters that come later are given up without a try, and are no news."""
    give_up(backed, "kpaii", "dg-kpaii", disabled=True, attempts=1)
    heard = [(d.to.position, d.why, d.meant_for.receiver) for d in backed.deliveries if d.meant_for]
    assert heard == [
        ("dg-kpaii", Why.FALLBACK, "kpaii"),
        ("dinas-perindustrian:72.06", Why.UNDELIVERED, "kpaii"),
        ("duty-officer", Why.UNDELIVERED, "kpaii"),
    ]
    give_up(backed, "kpaii", "dg-kpaii", "11:13", disabled=True, attempts=0)
    give_up(backed, "kpaii", "dg-kpaii", "11:14", disabled=True, attempts=1)
    assert len([d for d in backed.deliveries if d.meant_for]) == 3


def test_an_address_that_fails_without_such_a_word_is_the_ladders_matter(backed):
    give_up(backed, "kpaii", "dg-kpaii")
    assert [d for d in backed.deliveries if d.why == Why.UNDELIVERED] == []


def test_of_an_address_that_was_not_even_tried_the_desk_has_heard_before(backed):
    """By another escalation, when it was."""
    give_up(backed, "kpaii", "dg-kpaii", disabled=True, attempts=0)
    assert [d.why for d in backed.deliveries if d.meant_for] == [Why.FALLBACK]
