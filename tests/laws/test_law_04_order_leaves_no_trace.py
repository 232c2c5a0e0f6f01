"""Law 4: facts between two ticks, permuted and repeated, lead to the same picture and the same open alerts."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.surveillance import Alert, AlertState
from schemas.word import Part
from streams.pipeline.surveillance.incident.memory import Incident
from tests.story import Chain
from tests.strategies import Received, nights, shuffled_with_repeats


def played(facts: tuple[Received, ...]) -> Chain:
    chain = Chain()
    for fact in facts:
        chain.surveillance.hears_all(chain.world.says(fact.said, fact.at))
    return chain


def picture(chain: Chain) -> dict[str, Part]:
    """The memory, but for what has been spoken on the way."""
    return {
        name: msgspec.structs.replace(entry, spoken=()) if isinstance(entry, Incident) else entry
        for name, entry in chain.surveillance.entries.items()
    }


def open_alerts(chain: Chain) -> dict[str, tuple]:
    """What fires at the end: revisions, dates and who spoke last are history."""
    last: dict[str, Alert] = {alert.id: alert for alert in chain.alerts}
    return {
        alert.id: (alert.grade, alert.grade_now, alert.reasons, alert.held_until, msgspec.structs.replace(alert.situation, newest=None))
        for alert in last.values()
        if alert.state == AlertState.FIRING
    }


@given(st.data(), nights())
def test_order_and_repetition_leave_no_trace(data, facts):
    """Whatever the order of arrival, the same facts make the same picture, alerts and deadlines."""
    plain, shuffled = played(facts), played(data.draw(shuffled_with_repeats(facts)))
    assert picture(shuffled) == picture(plain)
    assert open_alerts(shuffled) == open_alerts(plain)
    assert shuffled.surveillance.dues == plain.surveillance.dues


@given(st.data(), nights(), st.integers(1, 200))
def test_the_next_tick_finds_the_same(data, facts, hours):
    """After the tick that follows, too: not even a filing clock remembers in which order its facts came."""
    at = max(fact.at for fact in facts) + hours * 3_600_000
    plain, shuffled = played(facts), played(data.draw(shuffled_with_repeats(facts)))
    plain.surveillance.tick(at)
    shuffled.surveillance.tick(at)
    assert picture(shuffled) == picture(plain)
    assert open_alerts(shuffled) == open_alerts(plain)


@given(nights())
def test_a_fact_told_twice_says_nothing_the_second_time(facts):
    """Duplicates within a window change no word."""
    once, twice = played(facts), played(tuple(fact for one in facts for fact in (one, one)))
    assert twice.alerts == once.alerts
