"""A roster: positions that are alike are written once; the example knows everybody whom the packaged policy tells in the made-up world."""

import json

import pytest
from pydantic import ValidationError

from schemas.ledger import Place
from schemas.policy import Roster
from streams.pipeline.escalation.address import named
from streams.simulate.worlds.firms import SIINAS, sites
from tests.story import POLICY, ROSTER

WHO = {"title_id": "Kepala {name}", "title_en": "Head of {name}", "holder": "x"}
PATTERN = {
    "each": "places",
    "id": "dinas:{code}",
    **WHO,
    "receivers": [{"id": "mail-{code}", "channel": "mail", "address": "a@{code}.example"}],
}
OWN = {"id": "dinas:b", **WHO, "receivers": [{"id": "own", "channel": "file", "address": "x"}]}
PLACES = [{"code": "a", "name": "Alpa"}, {"code": "b", "name": "Beta"}]


def roster(**said: object) -> Roster:
    given = {"revision": "test", "positions": [OWN], "patterns": [PATTERN], "each": {"places": PLACES}, **said}
    return Roster.model_validate_json(json.dumps(given))


def test_a_pattern_is_a_position_for_each_row():
    """One that stands there by itself takes its place."""
    known = roster()
    assert [(position.id, position.title_en, position.receivers[0].id) for position in known.positions] == [
        ("dinas:a", "Head of Alpa", "mail-a"),
        ("dinas:b", "Head of {name}", "own"),
    ]
    assert Roster.model_validate_json(known.model_dump_json()) == known


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param({"each": {}}, "no table is called 'places'", id="a table that there is not"),
        pytest.param({"each": {"places": [{"code": "a"}]}}, "a row has no 'name'", id="a column that there is not"),
        pytest.param({"each": {"places": [{"code": "a b", "name": "x"}]}}, "receivers.0.id", id="an id that is none"),
        pytest.param({"positions": [OWN, OWN]}, "two positions of one id", id="two of one id"),
    ],
)
def test_a_roster_that_does_not_fit_together_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        roster(**said)


def test_the_example_knows_everybody_whom_the_policy_tells():
    """Wherever a made-up firm stands, and of the source that they report through: nothing falls to the desk of last resort."""
    levels = [level.tell for ladder in POLICY.escalation.ladders for level in ladder.levels]
    routed = [audience for route in POLICY.escalation.routes for audience in (route.tell, route.signal, route.doubt)]
    patterns = {one.position for audience in (*levels, *routed) for one in audience}
    for site in sites():
        code, estate = site.regency.code, site.estate.id if site.estate else f"regency:{site.regency.code}"
        place = Place(firm="", firm_name="", estate=estate, regency=code, province=code[:2])
        wanted = {named(pattern, place, SIINAS) for pattern in patterns} - {""}
        assert [position for position in sorted(wanted) if ROSTER.position(position) is None] == []
