"""Law 3: only a tick fires a deadline; it is dated by the deadline; other ticks, same findings."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.escalation import Why
from schemas.surveillance import Alert, AlertState, Because, Rule
from tests.story import HOUR, Chain, Shift, acknowledge, bulletin, clock, read
from tests.strategies import EXPLOSION, Received, nights, ticks


def played(facts: tuple[Received, ...], at_ticks: list[int]) -> Chain:
    """All facts, then these ticks."""
    chain = Chain()
    for fact in facts:
        chain.surveillance.hears_all(chain.world.says(fact.said, fact.at))
    for at in at_ticks:
        chain.surveillance.tick(at)
    return chain


def findings(alerts: list[Alert]) -> list[tuple]:
    return [(a.id, a.state, a.at, a.grade, a.grade_now, a.held_until, a.reasons, a.situation) for a in alerts]


@given(nights())
def test_no_fact_fires_a_deadline(facts):
    """Facts alone, however late they are received, remind nobody, ask nobody, and end no held grade."""
    chain = played(facts, [])
    assert [alert for alert in chain.alerts if alert.rule == Rule.FILING] == []
    grades = [alert.grade for alert in chain.alerts if alert.state == AlertState.FIRING]
    taken_back = any(fact.said.data.get("retracted") or fact.said.data.get("replaces") for fact in facts)
    assert taken_back or grades == sorted(grades)


def test_a_held_grade_does_not_fall_because_a_fact_comes_late(chain: Chain):
    """S5 is held until the third day at 15:00. A bulletin received on the fifth, before any tick, leaves it held; the tick ends it."""
    chain.hears(bulletin(dead=12, id="b-1"), clock("11:10"))
    chain.hears(bulletin(dead=0, id="b-2", replaces={"id": "b-1"}), clock("15:00"))
    chain.hears(bulletin("IMIP", "estate", dead=0, id="b-3"), clock("+5d 10:00"))
    assert [a.grade for a in chain.alerts] == ["S5", "S5", "S5"]
    chain.tick(clock("+5d 10:00"))
    fell = [a for a in chain.alerts if a.rule == Rule.SEVERITY][-1]
    assert (fell.grade, read(fell.at)) == ("S3", "+3d 15:00")


@given(nights())
def test_no_fact_and_no_act_climbs_a_ladder(facts):
    """Without a tick nobody but the first circle of a first notice or a risen grade is ever told because of time."""
    chain = Chain()
    for fact in facts:
        chain.hears(fact.said, fact.at)
    assert {delivery.why for delivery in chain.deliveries} <= {Why.FIRST_NOTICE, Why.GRADE_ROSE, Why.FACTS_CHANGED, Why.CANCELLED}


@given(nights(within=600), ticks())
def test_other_ticks_find_the_same(facts, other_ticks):
    """A tick at every deadline, or a few ticks anywhere: the same findings, each dated by its deadline and not by its tick.

    What one tick finds overtaken by a later deadline is not spoken, and takes no revision; nothing else may differ.
    """
    end = EXPLOSION + 200 * HOUR
    every, few = played(facts, []), played(facts, [max(at, facts[-1].at) for at in other_ticks] + [end])
    every.surveillance.tick_through(end)
    few_found, found = findings(few.alerts), findings(every.alerts)
    assert [finding for finding in found if finding in few_found] == few_found
    assert {finding[0]: finding for finding in few_found} == {finding[0]: finding for finding in found}


@given(st.integers(0, 3), ticks())
def test_other_ticks_tell_the_same_people_at_the_same_times(level, other_ticks):
    """The ladder climbs at its own times, whenever the ticks come."""
    dead = (12, 2, 0, 0)[level]
    said = bulletin(dead=dead, kind="furnace_explosion")
    told = []
    for plan in ([], other_ticks):
        chain = Chain()
        chain.hears(said, EXPLOSION)
        for at in plan:
            chain.escalation.tick(at)
        chain.escalation.tick_through(EXPLOSION + 200 * HOUR)
        told.append([(d.to.position, d.level, d.why, d.at) for d in chain.deliveries])
    assert told[0] == told[1]


def test_a_late_tick_dates_each_deadline_by_itself():
    """One tick, a week late: the question and the end of the held grade each bear their own date; the reminder is overtaken."""
    facts = (bulletin(dead=12, id="first"), bulletin(dead=0, id="second", replaces={"id": "first"}))
    chain = Chain()
    chain.surveillance.hears_all(chain.world.says(facts[0], clock("11:10")))
    chain.surveillance.hears_all(chain.world.says(facts[1], clock("15:00")))
    chain.surveillance.tick(clock("+7d 00:00"))
    fired = [(alert.rule, read(alert.at), alert.grade) for alert in chain.alerts[2:]]
    assert fired == [(Rule.FILING, "+2d 05:30", "S5"), (Rule.SEVERITY, "+3d 15:00", "S3")]
    assert [alert.revision for alert in chain.alerts[2:]] == [1, 3], "a reminder that was not spoken takes no revision"


def test_a_deadline_moved_but_not_saved_is_not_taken_back(chain: Chain):
    """A later time, stated when it too has passed: the question stands, dated by the later deadline; it is not withdrawn in between."""
    chain.hears(bulletin(id="b-1", occurred_at="05:30"), clock("11:10"))
    chain.tick_through(clock("+2d 05:30"))
    words = chain.hears(bulletin("koran", "media", id="b-2", occurred_at="06:15"), clock("+3d 10:00"))
    assert [s.word for s in words if getattr(s.word, "topic", "") == "filing"] == []
    chain.tick(clock("+3d 10:00"))
    filing = [a for a in chain.alerts if a.rule == Rule.FILING]
    assert [(read(a.at), a.reasons[0].because) for a in filing] == [
        ("+1d 17:30", Because.FILING_DUE_SOON),
        ("+2d 05:30", Because.FILING_UNKNOWN),
        ("+2d 06:15", Because.FILING_UNKNOWN),
    ]


def test_the_first_tick_past_a_deadline_fires_it_and_no_later_one_again(tell: Shift):
    """A deadline that has fired is gone."""
    tell("11:10", bulletin(dead=12))
    assert len(tell("11:25")) == 2
    assert tell("11:26") == []


def test_an_act_that_is_late_does_not_undo_what_was_due_before_it(tell: Shift):
    """An acknowledgement at 11:31 stops what is due from then on; 11:25 has been."""
    tell("11:10", bulletin(dead=12))
    heard = tell("11:31", acknowledge("disnakertrans:72"))
    assert [h.position for h in heard] == ["minister-office", "governor:72"]
