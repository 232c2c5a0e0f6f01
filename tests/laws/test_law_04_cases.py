"""Law 4 for cases: notices, permuted and repeated, lead to the same picture and the same open alerts; and none is lost or counted twice."""

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger import Admitted
from schemas.surveillance import AlertState, Rule
from streams.pipeline.surveillance.cluster.memory import Case, Cluster, Outbreak
from tests.clinic import DAY, HOUR, Ward, day, noon, notice, place, response

PLACES = (place(), place(plant="p2"), place("lain", "q1"))
STATUSES = ("confirmed", "confirmed", "probable", "suspect", "close_contact", "discarded")
LAST = noon(40)


@st.composite
def notices(draw) -> tuple[Admitted, ...]:
    """Notices of a few cases of two firms, with corrections, some taken back, some moved, some too late; and what was done."""
    facts: list[Admitted] = []
    for n in range(draw(st.integers(1, 14))):
        onset = draw(st.integers(0, 20))
        said = {
            "area": draw(st.sampled_from([None, "a", "b"])),
            "contact_of": draw(st.sampled_from([None, "k1", "k2", "k3"])),
            "place": draw(st.sampled_from(PLACES)),
            "at": noon(onset) + draw(st.integers(0, 25)) * DAY,
            "id": f"n{n}",
        }
        if draw(st.booleans()):
            said["replaces"] = {"id": f"n{draw(st.integers(0, 13))}"}
            said["withdrawn"] = draw(st.booleans()) or None
            said["moved_away"] = draw(st.booleans())
        case = f"k{draw(st.integers(0, 7))}"
        facts.append(notice(case, draw(st.sampled_from(STATUSES)), onset, **said))
    done = draw(st.lists(st.sampled_from(["closure", "coordinated"]), max_size=3))
    return (*facts, *(response(action, at=noon(n)) for n, action in enumerate(done)))


def played(facts) -> Ward:
    ward = Ward()
    ward.hears(*facts)
    return ward


def picture(ward: Ward) -> dict[str, object]:
    """The memory, but for what has been said on the way, and when."""
    history = {"spoken": (), "turned_at": 0, "waits_until": None}
    found: dict[str, object] = {}
    for name, entry in ward.seat.entries.items():
        match entry:
            case Cluster():
                found[name] = msgspec.structs.replace(entry, confirmed_at=0, ticked_at=0, **history)
            case Outbreak():
                found[name] = msgspec.structs.replace(entry, ticked_at=0, **history)
            case _:
                found[name] = entry
    return found


def open_alerts(ward: Ward) -> dict[str, tuple]:
    """What fires, but for R19's, whose clocks run from when the cluster was told."""
    firing = ward.firing().values()
    return {a.id: (a.grade, a.grade_now, a.peak, a.reasons, a.situation) for a in firing if a.rule != Rule.RESPONSE}


@given(st.data(), notices())
def test_order_and_repetition_leave_no_trace(data, facts):
    """Once nothing waits for its 24 hours any more."""
    repeated = data.draw(st.permutations([*facts, *data.draw(st.lists(st.sampled_from(facts), max_size=5))]))
    plain, shuffled = played(facts), played(repeated)
    assert picture(shuffled) == picture(plain)
    for ward in (plain, shuffled):
        ward.seat.tick(LAST + 10 * DAY)
        ward.seat.tick(LAST + 12 * DAY)
    assert open_alerts(shuffled) == open_alerts(plain)


@given(notices())
def test_every_case_is_counted_once(facts):
    """Conservation: what the rows add up to is what the cases are by now."""
    ward = played(facts)
    cases = [entry for name, entry in ward.seat.entries.items() if isinstance(entry, Case) and name.startswith("firm:")]
    counted = Counter(
        (c.subject, c.standing.plant, c.standing.status)
        for c in cases
        if c.standing and c.standing.status in {"confirmed", "probable", "discarded"}
    )
    rows: Counter[tuple[str, str, str]] = Counter()
    for entry in ward.seat.entries.values():
        if isinstance(entry, Cluster):
            for row in entry.rows:
                rows.update({(entry.subject, entry.plant, name): number for name, number in row.tally if ":" not in name})
    assert rows == counted


@given(notices())
def test_links_are_what_they_are_when_counted_from_the_beginning(facts):
    """What is kept up while cases come and go is what the last picture alone gives."""
    ward = played(facts)
    corrected = [fact for fact in facts if fact.kind.startswith("siaga.case")]
    again = played(sorted(corrected, key=lambda fact: (fact.at, fact.id), reverse=True))
    links = {name: entry.links for name, entry in ward.seat.entries.items() if isinstance(entry, Cluster)}
    assert links == {name: entry.links for name, entry in again.seat.entries.items() if isinstance(entry, Cluster)}


def test_a_notice_told_twice_says_nothing_the_second_time():
    once, twice = Ward(), Ward()
    facts = (notice("k1", area="a"), notice("k2", area="a"), notice("k3", "probable", onset=2))
    once.hears(*facts)
    twice.hears(*(fact for one in facts for fact in (one, one)))
    assert twice.alerts() == once.alerts()
    assert [alert.state for alert in once.alerts()] == [AlertState.FIRING, AlertState.FIRING]
    assert once.last().situation.last_day == day(2).isoformat()
    assert once.last().at - noon(2) < HOUR
