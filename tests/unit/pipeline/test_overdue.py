"""R15: a grave incident at a firm that owes a report is told one level up, and the letters say so."""

import pytest

from schemas.escalation import Why
from schemas.surveillance import Alert, AlertState, Because, Rule
from streams.pipeline.surveillance.reporting.memory import Counted, Duty, Holding, Ruling, Submission, duty_name, holding_name
from tests.story import LEVEL_0_OF_S3, LEVEL_0_OF_S5, Chain, bulletin, clock, heard_of, retraction, told

FIRM, PERMIT, DAY = "firm:itss", "SIINAS/1", "2023-10-31"
NAME = duty_name(FIRM, "siinas", PERMIT)
ABSENT = Counted(DAY, "imip", "absent")


@pytest.fixture
def chain() -> Chain:
    return Chain()


def owes(chain: Chain, *counted: Counted, **known: tuple[object, ...]) -> None:
    """The firm has one permit, of whose periods the line has decided this much."""
    chain.surveillance.entries[holding_name(FIRM)] = Holding(FIRM, (NAME,))
    chain.surveillance.entries[NAME] = Duty(FIRM, "siinas", PERMIT, counted=counted, **known)


def overdue(chain: Chain) -> list[Alert]:
    return [alert for alert in chain.alerts if alert.rule == Rule.OVERDUE]


def facts(chain: Chain) -> list:
    return heard_of(delivery for delivery in chain.deliveries if delivery.matter == "facts")


def test_the_next_level_does_not_wait(chain):
    """S3: the director hears at once, and not after two hours; nobody hears twice."""
    owes(chain, ABSENT)
    chain.hears(bulletin(), "11:10")
    chain.tick("11:11")
    assert facts(chain) == [*told("11:10", Why.FIRST_NOTICE, *LEVEL_0_OF_S3), *told("11:10", Why.RAISED, "dir-perwilayahan")]
    raised = chain.deliveries[-1]
    assert [reason.because for reason in raised.reasons] == [Because.EXPLOSION, Because.OVERDUE_REPORT]
    assert raised.reasons[-1].figure == 1
    chain.tick_through("15:00")
    assert len(facts(chain)) == len(LEVEL_0_OF_S3) + 1


@pytest.mark.parametrize(
    ("counted", "known"),
    [
        pytest.param((), {}, id="nothing is due"),
        pytest.param((Counted(DAY, "imip", "reported"),), {}, id="it has reported"),
        pytest.param((Counted(DAY, "imip", "undecided"),), {}, id="nobody can say"),
        pytest.param((Counted(DAY, "imip", "excused"),), {}, id="an officer has excused it"),
        pytest.param((ABSENT,), {"submissions": (Submission(DAY, "s", "1", "d", "submitted", 1),)}, id="it has reported late"),
        pytest.param((ABSENT,), {"rulings": (Ruling(DAY, "waive", 1, "dir-perwilayahan"),)}, id="an officer has waived it"),
    ],
)
def test_a_firm_that_owes_nothing_is_told_by_the_ladder(chain, counted, known):
    owes(chain, *counted, **known)
    chain.hears(bulletin(), "11:10")
    chain.tick_through("12:00")
    assert (overdue(chain), facts(chain)) == ([], told("11:10", Why.FIRST_NOTICE, *LEVEL_0_OF_S3))


def test_what_is_not_grave_asks_nothing(chain):
    owes(chain, ABSENT)
    chain.hears(bulletin(kind="fall", injured={"light": 1}), "11:10")
    chain.tick_through("12:00")
    assert overdue(chain) == []


def test_it_is_asked_once_when_it_has_become_grave(chain):
    """How it was on that tick is how it was; a report that comes afterwards takes nothing back."""
    owes(chain, ABSENT)
    chain.hears(bulletin(kind="fall", injured={"light": 1}, id="b-1"), "11:10")
    chain.tick("11:11")
    chain.hears(bulletin(id="b-2"), "11:20")
    chain.tick("11:21")
    owes(chain)
    chain.hears(bulletin(id="b-3", dead=1), "11:30")
    chain.tick_through("11:40")
    assert [(alert.state, alert.at) for alert in overdue(chain)] == [(AlertState.FIRING, clock("11:20"))]


def test_every_ladder_that_begins_is_one_level_up(chain):
    """It rises to S5 an hour later: the Minister's office hears at once, too."""
    owes(chain, ABSENT)
    chain.hears(bulletin(id="b-1"), "11:10")
    chain.tick("11:11")
    chain.hears(bulletin(id="b-2", dead=12), "12:10")
    chain.tick("12:11")
    assert ("minister-office", Why.RAISED) in {(one.position, one.because) for one in facts(chain)}
    assert {one.position for one in facts(chain)} >= set(LEVEL_0_OF_S5)


def test_it_ends_with_the_incident(chain):
    owes(chain, ABSENT)
    said = bulletin(id="b-1")
    chain.hears(said, "11:10")
    chain.tick("11:11")
    chain.hears(retraction(said), "11:20")
    assert [alert.state for alert in overdue(chain)] == [AlertState.FIRING, AlertState.WITHDRAWN]
