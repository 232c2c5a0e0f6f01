"""Correlate: who says what; the headline and its range (R13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import digest
from schemas.intake import IncidentBulletin
from schemas.surveillance import Certainty
from streams.pipeline.surveillance.incident.correlate import causes, figures, headline_kind, latest_text, times
from streams.pipeline.surveillance.incident.facts import assertion_of
from streams.pipeline.surveillance.incident.timeline import walked
from tests.story import INSPECTION, STRANGER, Chain, World, bulletin, clock, retraction

WORLD = World()
HOURS = 24


def picture(*said):
    """What stands of bulletins, by the time they were asserted."""
    found = []
    for number, (at, one) in enumerate(said):
        admitted = WORLD.admits(one._replace(id=one.id or f"b-{number}"), at)["firm:itss"]
        found.append(assertion_of(admitted, IncidentBulletin.model_validate_json(bytes(admitted.fact))))
    return walked(found, lambda _: "S1").standing


def headline(*said, name="dead"):
    """(the headline's party, its figure, the others' figures)"""
    figure = next(f for f in figures(picture(*said), HOURS) if f.name == name)
    return figure.headline.party, figure.headline.value, [other.value for other in figure.others]


def police(**said):
    return bulletin("Polres", "police", **said)


def inspection(**said):
    return bulletin("Disnaker", "labour_inspection", source=INSPECTION, **said)


def estate(**said):
    return bulletin("IMIP", "estate", **said)


def firm(**said):
    return bulletin("PT ITSS", "firm", **said)


def union(**said):
    return bulletin("Partai Buruh", "union", **said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([("11:00", estate(dead=13)), ("11:30", police(dead=12))], ("Polres", 12, [13]), id="the police outrank the estate"),
        pytest.param(
            [("11:00", inspection(dead=2)), ("11:30", estate(dead=3))], ("Disnaker", 2, [3]), id="the inspection outranks the estate"
        ),
        pytest.param([("11:00", firm(dead=2)), ("11:30", estate(dead=3))], ("IMIP", 3, [2]), id="the estate outranks the firm"),
        pytest.param(
            [("11:00", firm(dead=2)), ("11:30", union(dead=15))],
            ("PT ITSS", 2, [15]),
            id="the firm outranks the union, whose figure is shown",
        ),
        pytest.param(
            [("11:00", police(dead=12)), ("+1d 10:59", estate(dead=13))], ("Polres", 12, [13]), id="23:59 later the police still speak"
        ),
        pytest.param([("11:00", police(dead=12)), ("+1d 11:00", estate(dead=13))], ("Polres", 12, [13]), id="24 hours later they still do"),
        pytest.param(
            [("11:00", police(dead=12)), ("+1d 11:01", estate(dead=13))], ("IMIP", 13, [12]), id="a minute more and the newer word counts"
        ),
        pytest.param(
            [("11:00", police(dead=12)), ("+1d 12:00", union(dead=15))],
            ("Polres", 12, [15]),
            id="an unofficial word makes no official one old",
        ),
        pytest.param(
            [("11:00", estate(dead=13)), ("+2d 11:00", police(cause="tabung"))], ("IMIP", 13, []), id="an old figure is better than none"
        ),
        pytest.param(
            [("11:00", police(dead=12)), ("12:00", police(dead=13))], ("Polres", 13, []), id="a party's latest figure is its figure"
        ),
        pytest.param(
            [("11:00", police(dead=12)), ("12:00", police(cause="tabung"))], ("Polres", 12, []), id="what it does not state again stands"
        ),
        pytest.param(
            [("11:00", union(dead=15)), ("11:30", bulletin("koran", "media", dead=20))],
            ("Partai Buruh", 15, [20]),
            id="unofficial alone: by rank",
        ),
    ],
)
def test_the_headline_is_the_highest_ranked_lately(said, expected):
    assert headline(*said) == expected


def test_what_is_replaced_or_taken_back_does_not_stand():
    first = police(dead=12, id="b-1")
    replaced = picture(("11:00", first), ("12:00", police(dead=13, id="b-2", replaces={"id": "b-1"})))
    retracted = picture(("11:00", first), ("12:00", retraction(first, id="b-2")))
    assert [a.id for a in replaced] == ["b-2"]
    assert retracted == ()


def test_only_the_same_source_replaces():
    """Nobody takes back what another source has said."""
    said = picture(("11:00", police(dead=12, id="b-1")), ("12:00", police(dead=0, id="b-2", source=STRANGER, replaces={"id": "b-1"})))
    assert {a.id for a in said} == {"b-1", "b-2"}


def by_a_stranger(**said):
    return bulletin("Polres", "police", source=STRANGER, **said)


def test_a_stranger_quotes_and_displaces_nobody():
    """What somebody unknown says that the police said is shown as that, beside what the police said."""
    said = picture(
        ("11:00", police(dead=13, occurred_at="05:30", cause="tabung")), ("11:30", by_a_stranger(dead=0, occurred_at="06:15", cause="x"))
    )
    (figure,) = (f for f in figures(said, HOURS) if f.name == "dead")
    assert (figure.headline.value, figure.headline.rank) == (13, "police")
    assert [(other.value, other.rank) for other in figure.others] == [(0, "media")]
    assert [t.parties for t in times(said)] == [("Polres",), ("Polres (media)",)]
    assert [(c.party, c.digest) for c in causes(said)] == [("Polres (media)", digest("x")), ("Polres", digest("tabung"))]


def test_a_word_from_the_future_outlasts_nothing_that_is_said_later():
    """A slip in the year would hide every true figure of that party for a year."""
    early = police(dead=2, asserted_at="+365d 11:00")
    assert headline(("11:00", early), ("12:00", police(dead=13))) == ("Polres", 13, [])


def split_of(*said):
    chain = Chain()
    for number, one in enumerate(said):
        chain.hears(one._replace(id=f"b-{number}"), clock("11:10") + number)
    situation = chain.alerts[-1].situation
    return situation.wni, situation.wna


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([estate(dead_by_nationality={"wni": 9, "wna": 4})], (9, 4), id="it adds up"),
        pytest.param([estate(dead_by_nationality={"wni": 9, "wna": 4}), estate(dead=14)], (None, None), id="the total has moved on"),
        pytest.param(
            [estate(dead_by_nationality={"wni": 9, "wna": 4}), estate(dead=14), estate(dead=13)], (9, 4), id="and back: it adds up again"
        ),
        pytest.param(
            [estate(dead=13), by_a_stranger(dead_by_nationality={"wni": 0, "wna": 13})], (None, None), id="a stranger's is not the estate's"
        ),
    ],
)
def test_a_split_is_shown_while_it_adds_up_to_the_headline(said, expected):
    assert split_of(*said) == expected


def test_a_split_without_a_total_states_its_sum():
    assert headline(("11:00", estate(dead_by_nationality={"wni": 9, "wna": 4})))[1] == 13


@given(
    st.permutations(
        [("11:00", police(dead=12)), ("12:00", estate(dead=13)), ("13:00", union(dead=15)), ("12:00", firm(dead=12, cause="x"))]
    )
)
def test_the_picture_does_not_know_the_order_of_arrival(said):
    found = picture(*((at, one._replace(id=one.data["asserted_by"]["rank"])) for at, one in said))
    assert [a.party for a in found] == ["Polres", "IMIP", "PT ITSS", "Partai Buruh"]


def test_every_time_stated_is_shown_with_its_parties():
    said = picture(("11:00", police(occurred_at="05:30")), ("11:10", estate(occurred_at="06:15")), ("11:20", firm(occurred_at="05:30")))
    assert [(t.occurred_at, t.parties) for t in times(said)] == [(clock("05:30"), ("PT ITSS", "Polres")), (clock("06:15"), ("IMIP",))]


def test_a_party_that_corrects_its_time_states_one_time():
    said = picture(("11:00", police(occurred_at="05:30")), ("11:10", police(occurred_at="06:15")))
    assert [t.occurred_at for t in times(said)] == [clock("06:15")]


def test_causes_are_by_party_and_none_is_the_headline():
    said = picture(("11:00", police(cause="tabung")), ("11:10", estate(cause="terak")), ("11:20", police(cause="pelat")))
    assert [(c.party, c.digest) for c in causes(said)] == [("IMIP", digest("terak")), ("Polres", digest("pelat"))]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([("11:00", police(kind="fire")), ("11:10", estate(kind="furnace_explosion"))], "fire", id="by rank"),
        pytest.param(
            [("11:00", police(kind="other")), ("11:10", estate(kind="furnace_explosion"))],
            "furnace_explosion",
            id="what is vague comes last",
        ),
        pytest.param([("11:00", police(kind="fire")), ("11:10", police(kind="hot_work"))], "hot_work", id="the latest word of one party"),
        pytest.param([("11:00", union(kind="fire")), ("11:10", firm(kind="fall"))], "fall", id="official parties first"),
        pytest.param([], "", id="nobody says anything"),
    ],
)
def test_what_it_is_called(said, expected):
    assert headline_kind(picture(*said)) == expected


def test_the_latest_unit_and_employer_official_parties_first():
    said = picture(("11:00", police(unit="tungku 41", employer="PT OSMI")), ("11:10", union(unit="tungku 42")), ("11:20", estate()))
    assert (latest_text(said, "unit"), latest_text(said, "employer")) == ("tungku 41", "PT OSMI")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([union()], Certainty.SIGNAL, id="a union alone is a signal"),
        pytest.param([union(), union(dead=1)], Certainty.SIGNAL, id="and again"),
        pytest.param([union(), bulletin("koran", "media", source=STRANGER)], Certainty.REPORTED, id="two sources report"),
        pytest.param([firm()], Certainty.REPORTED, id="the firm reports"),
        pytest.param([union(), firm()], Certainty.REPORTED, id="one official party reports"),
        pytest.param([estate(dead=2), firm(dead=2)], Certainty.REPORTED, id="two parties with an interest verify nothing"),
        pytest.param([police(dead=2), firm(dead=3)], Certainty.REPORTED, id="the police and the firm contradict each other"),
        pytest.param([police(dead=2), firm(dead=2)], Certainty.VERIFIED, id="the police and the firm agree on the dead"),
        pytest.param([police(), firm(dead=2)], Certainty.REPORTED, id="the police state no figure"),
        pytest.param([police(), firm()], Certainty.VERIFIED, id="the police and the firm agree that it happened"),
        pytest.param([police(dead=2), inspection(dead=2)], Certainty.VERIFIED, id="police and inspection agree"),
    ],
)
def test_how_sure_it_is(said, expected):
    """G7."""
    chain = Chain()
    for number, one in enumerate(said):
        chain.hears(one._replace(id=f"b-{number}"), clock("11:10") + number)
    assert chain.alerts[-1].situation.certainty == expected
