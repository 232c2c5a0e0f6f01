"""The timeline, walked once, says what anybody finds who looks at each of its moments afresh."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.intake import IncidentBulletin
from streams.pipeline.surveillance.incident.facts import OFFICIAL, Assertion, age, assertion_of, kept, key_of
from streams.pipeline.surveillance.incident.rules import grade_of
from streams.pipeline.surveillance.incident.timeline import Stretch, Tally, walked
from tests.story import POLICY, World, bulletin, clock
from tests.strategies import Received, nights

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


def as_read(assertion: Assertion, every: list[Assertion]) -> Assertion:
    """What replaces itself, through however many others, replaces nothing and is doubted."""
    replaces = {a.id: a.replaces for a in every if not a.retracted}
    at = replaces.get(assertion.id, "")
    for _ in every:
        if at == assertion.id:
            return replace(assertion, replaces="", unresolved=("contradictory_replacement",))
        at = replaces.get(at, "")
    return assertion


def tally_of(standing: list[Assertion]) -> Tally:
    """The deciding parties' figures, added up afresh."""
    tally = Tally()
    for assertion in [a for a in standing if a.rank in OFFICIAL] or standing:
        tally.add(assertion)
    return tally


def grade(deciding: Tally) -> str:
    return grade_of(deciding, POLICY.severity)


@st.composite
def disputes(draw) -> list[Assertion]:
    """Few parties that say much, official and not, each replacing or taking back what any of them said before."""
    one = assertions([Received(clock("11:10"), bulletin(id="b"))])[0]
    found: list[Assertion] = []
    for number in range(draw(st.integers(1, 9))):
        counts = draw(st.dictionaries(st.sampled_from(["dead", "fire_minutes", "injured"]), st.sampled_from([-1, 0, 1, 5, 30]), max_size=2))
        replaces = draw(st.sampled_from(["", "", *(f"b-{n}" for n in range(number + 2))]))
        said = Assertion(
            source="s",
            id=f"b-{number}",
            digest="d",
            party=draw(st.sampled_from(["Polres", "koran"])),
            rank=draw(st.sampled_from(["police", "media"])),
            asserted_at=draw(st.integers(0, 6)),
            occurred_at=one.occurred_at,
            kind=draw(st.sampled_from(["fire", "fall", "slag_overflow"])),
            counts=tuple((name, value) for name, value in counts.items() if value >= 0 or name == "fire_minutes"),
            replaces=replaces,
            retracted=bool(replaces) and draw(st.booleans()),
        )
        found.append(said)
    return found


@given(st.one_of(nights(most=12).map(assertions), disputes(), disputes()))
def test_the_walk_finds_what_each_moment_shows(every):
    """Grades stretch from one moment to the next; what stands in the end stands, and its highest figures are its figures."""
    along = walked(every, grade)
    every = [as_read(a, every) for a in every]
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
    one = assertions([Received(clock("11:10"), bulletin(id="b"))])[0]
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


def said(number: int, party: str, rank: str, *, dead: int | None = None, replaces: str = "") -> Assertion:
    """One fall after the other, a minute apart."""
    counts = () if dead is None else (("dead", dead),)
    return Assertion("s", f"b-{number}", "d", party, rank, number, 0, "fall", counts, replaces=replaces)


def test_an_older_word_that_is_replaced_takes_no_newer_one_with_it():
    """Polres says one dead, then five; somebody replaces the first: it is still five."""
    facts = [said(0, "Polres", "police", dead=1), said(1, "Polres", "police", dead=5), said(2, "IMIP", "estate", replaces="b-0")]
    assert walked(facts, grade).deciding.highest()["dead"] == 5


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([said(0, "Polres", "police", dead=5, replaces="b-0")], id="itself"),
        pytest.param(
            [said(0, "Polres", "police", dead=5, replaces="b-1"), said(1, "Polres", "police", dead=5, replaces="b-0")], id="one another"
        ),
        pytest.param(
            [
                said(0, "IMIP", "estate", dead=1, replaces="b-1"),
                said(1, "Polres", "police", dead=5, replaces="b-2"),
                said(2, "Polres", "police", dead=5, replaces="b-1"),
            ],
            id="one another, and somebody else replaces one of them",
        ),
    ],
)
def test_who_replaces_in_a_circle_replaces_nothing(facts):
    """The dead do not vanish, and somebody looks."""
    along = walked(facts, grade)
    assert along.deciding.highest()["dead"] == 5
    assert any("contradictory_replacement" in a.unresolved for a in along.standing)


def test_a_stranger_who_uses_the_name_of_the_police_does_not_speak_for_them():
    facts = [said(0, "Polres", "police", dead=13), said(1, "Polres", "media", dead=0)]
    along = walked(facts, grade)
    assert along.deciding.highest()["dead"] == 13
    assert (grade(along.deciding), [stretch.grade for stretch in along.stretches]) == ("S5", ["S5"])


def test_when_the_last_official_word_is_replaced_the_others_decide_again():
    """S5 by the press, S1 by the police, and then the press in the police's place."""
    facts = [said(0, "koran", "media", dead=5), said(1, "Polres", "police"), said(2, "koran", "media", replaces="b-1")]
    along = walked(facts, grade)
    assert ([stretch.grade for stretch in along.stretches], grade(along.deciding)) == (["S5", "S1"], "S5")
    followed = walked([*facts, said(3, "koran", "media")], grade)
    assert [stretch.grade for stretch in followed.stretches] == ["S5", "S1", "S5"]
