"""One hypothesis strategy per word, shared by all laws: bulletins, filings, outcomes, acts, and nights made of them.

A `Said` is a fact and the instant it was received. Ids are given by their place in the night, never by chance.
"""

import json
from typing import NamedTuple

from hypothesis import strategies as st

from schemas.intake import IncidentKind, Outcome, Rank
from schemas.word import UtcMs
from tests.story import (
    DESK,
    INSPECTION,
    MINUTE,
    STRANGER,
    Acting,
    Uttered,
    acknowledge,
    bulletin,
    clock,
    decline,
    done,
    filed,
    handover,
    outcome,
    silence,
    stand_down,
    verify,
)

EXPLOSION = clock("05:30")
TIMES = ("05:30", "06:15", "07:00")
PARTIES = (
    ("Polres Morowali", Rank.POLICE, DESK),
    ("Disnakertrans Sulteng", Rank.LABOUR_INSPECTION, INSPECTION),
    ("IMIP", Rank.ESTATE, DESK),
    ("PT ITSS", Rank.FIRM, DESK),
    ("Partai Buruh", Rank.UNION, DESK),
    ("koran", Rank.MEDIA, STRANGER),
)
POSITIONS = (
    "estate:imip",
    "disnakertrans:72",
    "polres:72.06",
    "dir-perwilayahan",
    "dg-kpaii",
    "minister-office",
    "kemnaker",
    "estate:vdni",
    "disnakertrans:74",
    "nobody",
)


class Received(NamedTuple):
    """A fact, and when its source received it."""

    at: UtcMs
    said: Uttered


counts = st.fixed_dictionaries(
    {},
    optional={
        "dead": st.integers(0, 12),
        "missing": st.integers(0, 5),
        "exposed": st.integers(0, 20),
        "injured": st.fixed_dictionaries(
            {}, optional={"total": st.integers(0, 40), "serious": st.integers(0, 3), "hospitalised": st.integers(0, 8)}
        ),
        "fire_minutes": st.one_of(st.integers(0, 120), st.just("unknown")),
        "cost_usd": st.integers(0, 200_000),
        "release": st.fixed_dictionaries({"substance": st.just("CO"), "toxic": st.booleans()}),
        "cause": st.sampled_from(["terak", "tabung oksigen"]),
    },
)
"""What a party may state; what it does not state is absent."""

instants = st.integers(0, 5 * 24 * 60).map(lambda minutes: EXPLOSION + minutes * MINUTE)


@st.composite
def bulletins(draw: st.DrawFn, *, id: str = "bulletin", replaces: tuple[Uttered, ...] = (), parties: tuple = PARTIES) -> Uttered:
    """What one party says; perhaps in place of something that its source said before, perhaps taking it back."""
    name, rank, source = draw(st.sampled_from(parties))
    said = {
        "kind": draw(st.sampled_from(list(IncidentKind))),
        "occurred_at": draw(st.sampled_from(TIMES)),
        "source": source,
        "id": id,
        **draw(counts),
    }
    earlier = [one for one in replaces if one.source == source]
    if earlier and draw(st.booleans()):
        said |= {"replaces": {"id": draw(st.sampled_from(earlier)).id}, "retracted": draw(st.booleans())}
    return bulletin(name, rank, **said)


def filings(id: str = "filing") -> st.SearchStrategy[Uttered]:
    """The inspection has received the report."""
    return st.sampled_from(TIMES).map(lambda occurred: filed(id=id, occurred_at=occurred))


def outcomes(id: str = "outcome") -> st.SearchStrategy[Uttered]:
    """A worker is declared dead, disabled or ill."""
    return st.builds(
        lambda what, occurred: outcome(what, id=id, occurred_at=occurred), st.sampled_from(list(Outcome)), st.sampled_from(TIMES)
    )


@st.composite
def nights(draw: st.DrawFn, *, most: int = 7, within: int = 5 * 24 * 60) -> tuple[Received, ...]:
    """Several facts about one incident, each with its own id and time of assertion, in the order they were received."""
    minutes = sorted(draw(st.lists(st.integers(0, within), min_size=1, max_size=most)))
    facts: list[Received] = []
    for number, minute in enumerate(minutes):
        at = EXPLOSION + minute * MINUTE
        earlier = tuple(fact.said for fact in facts if "asserted_by" in fact.said.data)
        word = draw(
            st.one_of(
                bulletins(id=f"fact-{number}", replaces=earlier),
                bulletins(id=f"fact-{number}", replaces=earlier),
                filings(f"fact-{number}"),
                outcomes(f"fact-{number}"),
            )
        )
        lag = draw(st.integers(0, 90)) * MINUTE
        facts.append(Received(at + lag, word.at(at)))
    return tuple(sorted(facts, key=lambda fact: fact.at))


def acts() -> st.SearchStrategy[Acting]:
    """What people do, entitled or not."""
    position = st.sampled_from(POSITIONS)
    verdict = st.sampled_from(["real", "wrong"])
    return st.one_of(
        position.map(acknowledge),
        position.map(acknowledge),
        st.builds(verify, position, verdict),
        position.map(stand_down),
        position.map(decline),
        position.map(done),
        st.builds(handover, position, position),
        position.map(lambda each: silence(each, "+1d 05:00")),
    )


@st.composite
def shuffled_with_repeats(draw: st.DrawFn, facts: tuple[Received, ...]) -> tuple[Received, ...]:
    """The same facts in another order, some of them more than once."""
    repeated = draw(st.lists(st.sampled_from(facts), max_size=3))
    return tuple(draw(st.permutations([*facts, *repeated])))


def ticks(until_hours: int = 140) -> st.SearchStrategy[list[UtcMs]]:
    """Ticks at any instants, in their order."""
    return st.lists(st.integers(0, until_hours * 60), max_size=8).map(lambda minutes: [EXPLOSION + m * MINUTE for m in sorted(minutes)])


def hostile_bytes() -> st.SearchStrategy[bytes]:
    """Anything at all: noise, broken JSON, JSON that is none of ours."""
    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
        max_leaves=6,
    )
    return st.one_of(
        st.binary(max_size=80),
        json_values.map(_json),
        st.sampled_from([b"", b"null", b"{}", b"[" * 3_000, b'{"a":1,"a":2}', b'{"\\ud800":1,"\\ud800":2}']),
    )


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
