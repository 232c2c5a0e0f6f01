"""A receiver that cannot be reached: whose fallback is told, and when the next level does not wait (law 9, G4)."""

import pytest

from schemas.delivery import Ending, GaveUp, Outcome
from schemas.escalation import Why
from streams.pipeline.line import InForce
from tests.story import POLICY, ROSTER, Chain, bulletin, clock


@pytest.fixture
def chain() -> Chain:
    """An S5, told to its first level at 11:10."""
    chain = Chain()
    chain.hears(bulletin(dead=12), "11:10")
    return chain


def give_up(chain: Chain, receiver: str, position: str, at: str = "11:12") -> None:
    """DELIVERY has given a receiver up."""
    (escalation,) = chain.standing.values()
    outcome = Outcome("D-x", escalation.id, escalation.estate, receiver, position, Ending.GIVEN_UP, clock(at), 9, GaveUp.UNREACHABLE)
    chain.escalation.hears(outcome, escalation.estate)


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


def test_a_fallback_is_told_instead():
    """A position with a fallback receiver is reached by that, and the ladder keeps its pace."""
    receivers = {"dg-kpaii": [("kpaii", "mail", False), ("kpaii-file", "file", True)]}
    positions = tuple(
        p.model_copy(
            update={
                "receivers": tuple(
                    p.receivers[0].model_copy(update=dict(zip(("id", "channel", "fallback"), r, strict=True))) for r in receivers[p.id]
                )
            }
        )
        if p.id in receivers
        else p
        for p in ROSTER.positions
    )
    chain = Chain()
    chain.escalation.in_force = InForce(POLICY, ROSTER.model_copy(update={"positions": positions}))
    chain.hears(bulletin(dead=12), "11:10")
    give_up(chain, "kpaii", "dg-kpaii")
    assert [(d.to.receiver, d.why) for d in chain.deliveries if d.to.position == "dg-kpaii"] == [
        ("kpaii", Why.FIRST_NOTICE),
        ("kpaii-file", Why.FALLBACK),
    ]
    assert next_level_at(chain) == clock("11:25")
