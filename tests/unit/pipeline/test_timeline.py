"""The timeline, walked once, says what anybody finds who looks at each of its moments afresh."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.intake import IncidentBulletin
from streams.pipeline.surveillance.incident.facts import OFFICIAL, Assertion, age, assertion_of, kept, key_of
from streams.pipeline.surveillance.incident.rules import grade_of
from streams.pipeline.surveillance.incident.timeline import Stretch, Tally, walked
from tests.story import POLICY, World, bulletin, clock
from tests.strategies import nights

WORLD = World()


def assertions(facts) -> list[Assertion]:
    """The bulletins among what was received."""
    found = []
    for fact in facts:
        admitted = WORLD.admits(fact.said, fact.at)["firm:itss"]
        if admitted.kind == IncidentBulletin.type:
            found.append(assertion_of(admitted, IncidentBulletin.model_validate_json(bytes(admitted.fact))))
    return found


def standing_at(every: list[Assertion], until: int) -> list[Assertion]:
    """What stood at one moment, by definition: made by then, neither replaced by then nor taken back at any time."""
    taken_back = {(a.source, a.replaces) for a in every if a.retracted}
    made = [a for a in every if a.asserted_at <= until]
    replaced = {(a.source, a.replaces) for a in made if a.replaces} | taken_back
    return sorted((a for a in made if not a.retracted and (a.source, a.id) not in replaced), key=age)


def tally_of(standing: list[Assertion]) -> Tally:
    """The deciding parties' figures, added up afresh."""
    tally = Tally()
    for assertion in [a for a in standing if a.rank in OFFICIAL] or standing:
        tally.add(assertion)
    return tally


def grade(deciding: Tally) -> str:
    return grade_of(deciding, POLICY.severity)


@given(nights(most=12))
def test_the_walk_finds_what_each_moment_shows(facts):
    """Grades stretch from one moment to the next; what stands in the end stands, and its highest figures are its figures."""
    every = assertions(facts)
    along = walked(every, grade)
    moments = sorted({a.asserted_at for a in every if not a.retracted})
    assert along.stretches == tuple(Stretch(grade(tally_of(standing_at(every, moment))), ended) for moment, ended in pairwise(moments))
    final = standing_at(every, max(moments, default=0))
    assert along.standing == tuple(final)
    assert along.deciding.highest() == tally_of(final).highest()
    assert grade(along.deciding) == grade(tally_of(final))


NEAR = st.integers(0, 12)
PARTIES = st.sampled_from(["Polres", "IMIP", "koran", "Partai", "PT"])
RANKS = st.sampled_from(["police", "estate", "media"])
FEW = POLICY.surveillance.model_copy(update={"newest_facts": 4, "facts_each": 2, "parties": 2})


@st.composite
def crowds(draw) -> dict[str, Assertion]:
    """More bulletins than are remembered."""
    said = draw(st.lists(st.tuples(NEAR, PARTIES, RANKS), min_size=1, max_size=14))
    one = assertions([type("Received", (), {"said": bulletin(id="b"), "at": clock("11:10")})])[0]
    facts = [
        Assertion("s", f"b-{n}", "d", party, rank, asserted_at, one.occurred_at, one.kind)
        for n, (asserted_at, party, rank) in enumerate(said)
    ]
    return {key_of(fact.source, fact.id): fact for fact in facts}


@given(st.data(), crowds())
def test_what_is_kept_of_very_many_does_not_depend_on_their_order(data, crowd):
    """One after the other in any order, with repeats, or all at once: the same facts are left."""
    left: dict[str, Assertion] = {}
    for key in data.draw(st.permutations([*crowd, *list(crowd)[:3]])):
        left = kept({**left, key: crowd[key]}, FEW)
    assert left == kept(crowd, FEW)


@given(crowds())
def test_the_newest_and_the_last_words_of_the_highest_are_kept(crowd):
    """A flood of newer words of another party does not wash away the police's."""
    left = kept(crowd, FEW).values()
    newest = sorted(crowd.values(), key=age)[-FEW.newest_facts :]
    assert set(newest) <= set(left)
    assert len(left) <= FEW.newest_facts + FEW.facts_each * FEW.parties
    if police := sorted((fact for fact in crowd.values() if fact.rank == "police" and fact.party == "IMIP"), key=age):
        assert police[-1] in left
