"""What CLOCK says to the desk: a brake, and a time vouched for too early; told to the operator, and told when it is over (G1, G2)."""

import pytest

from schemas.escalation import Delivery, Why
from schemas.ledger import Brake, CompletenessBroken, Silence
from schemas.policy import Audience, How, Route
from schemas.surveillance import AlertState, Because, Rule, Trouble
from streams.pipeline.escalation import ESCALATION
from tests.story import HOUR, IN_FORCE, POLICY, Seat, clock

AT = clock("2021-08-04T08:00:00+07:00")
TOLD = tuple(Route(rule=rule, how=How.ONCE, tell=(Audience(position="duty-officer"),)) for rule in (Rule.BRAKE, Rule.UNPROVEN))
ROUTED = POLICY.model_copy(update={"escalation": POLICY.escalation.model_copy(update={"routes": (*TOLD, *POLICY.escalation.routes)})})


@pytest.fixture
def seat() -> Seat:
    return Seat(ESCALATION, IN_FORCE._replace(policy=ROUTED))


def brake(absent: int = 50, **more) -> Brake:
    return Brake("iomki", "2021-08-03", 100, absent, 40, more.pop("at", AT), **more)


def told(seat: Seat, word) -> list[Delivery]:
    return [said.word for said in seat.hears(word, "desk") if isinstance(said.word, Delivery)]


def test_the_operator_is_told_of_a_brake_with_its_numbers(seat):
    """Which period, as `siaga act release` names it; whose system it is; and that it is made up, where it is."""
    (one,) = told(seat, brake(exercise=True))
    assert (one.to.position, one.why, one.estate, one.exercise) == ("duty-officer", Why.FIRST_NOTICE, "desk", True)
    situation = one.situation
    assert (situation.what, situation.who, situation.last) == (Trouble.BRAKED, "https://siinas.example", "iomki/2021-08-03")
    assert situation.counts == (("due", 100), ("absent", 50), ("allowed", 40))
    assert [(r.because, r.figure, r.threshold) for r in one.reasons] == [(Because.TOO_MANY_ABSENT, 50, 40)]


def test_fewer_absences_are_told_in_the_same_thread(seat):
    (first,), (again,) = told(seat, brake()), told(seat, brake(39, at=AT + HOUR))
    assert (again.thread, again.revision, again.why) == (first.thread, 2, Why.FACTS_CHANGED)
    assert seat.entries["desk|" + first.thread].leading.state == AlertState.FIRING


@pytest.mark.parametrize(
    ("absent", "because"),
    [
        pytest.param(39, Because.FEWER_ABSENT, id="still held for a person"),
        pytest.param(0, Because.NOBODY_ABSENT, id="nothing left to release"),
    ],
)
def test_what_is_left_of_a_brake_is_said(seat, absent, because):
    told(seat, brake())
    (again,) = told(seat, brake(absent, at=AT + HOUR))
    assert [reason.because for reason in again.reasons] == [because]
    (risen,) = told(seat, brake(at=AT + 2 * HOUR))
    assert (risen.thread, [reason.because for reason in risen.reasons]) == (again.thread, [Because.TOO_MANY_ABSENT])


def test_a_brake_that_a_person_lifted_is_over(seat):
    first = told(seat, brake())[0]
    (end,) = told(seat, brake(lifted="release", lifted_by="dir-perwilayahan", at=AT + HOUR))
    assert (end.thread, end.why) == (first.thread, Why.FACTS_CHANGED)
    open_now = seat.entries["desk|" + first.thread]
    assert (open_now.leading.state, open_now.is_live) == (AlertState.RESOLVED, False)


def test_a_silence_before_the_deadline_is_said_before_the_numbers(seat):
    """In minutes; the numbers only where they alone would have been enough."""
    silence = Silence(AT - 3 * HOUR, AT)
    few, many = (told(seat, brake(absent, silence=silence))[-1].reasons for absent in (2, 50))
    assert [(r.because, r.figure) for r in few] == [(Because.SOURCE_SILENT, 180)]
    assert [r.because for r in many] == [Because.SOURCE_SILENT, Because.TOO_MANY_ABSENT]


def test_two_periods_are_two_threads(seat):
    other = Brake("iomki", "2021-08-06", 100, 60, 40, AT)
    assert told(seat, brake())[0].thread != told(seat, other)[0].thread


def test_of_an_obligation_that_the_policy_has_no_more_the_desk_hears_all_the_same(seat):
    (one,) = told(seat, Brake("gone", "2021-08-03", 100, 60, 40, AT))
    assert one.situation.who == "gone"


def test_the_operator_is_told_of_a_time_vouched_for_too_early(seat):
    """What was proven by then was not: which partition, where, and by how much."""
    word = CompletenessBroken("report-submissions", 2, 40, AT, AT - 5, AT)
    (one,) = told(seat, word)
    assert (one.situation.what, one.situation.who, one.situation.last) == (Trouble.UNPROVEN, "report-submissions", "report-submissions/2")
    assert [(r.because, r.figure) for r in one.reasons] == [(Because.VOUCHED_TOO_EARLY, 5)]
    assert [d.revision for d in told(seat, word)] == [2]
