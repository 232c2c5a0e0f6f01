"""Clusters from the outside: notices as health services publish them, through INTAKE, to the alerts of SURVEILLANCE."""

import pytest

from schemas.surveillance import Alert, AlertState, Rule
from tests.story import Chain, case, responded

FIRST, SECOND = "kasus-abcdefgh-0001", "kasus-abcdefgh-0002"


@pytest.fixture
def chain() -> Chain:
    """A confirmed cluster at PT ITSS."""
    chain = Chain()
    chain.hears(case(FIRST, area="tungku-41", id="n1"), "11:00")
    chain.hears(case(SECOND, area="tungku-41", id="n2"), "11:10")
    return chain


def said(chain: Chain, rule: Rule = Rule.CLUSTER) -> list[tuple[str, str, str]]:
    """(about, state, grade) of every word of one rule."""
    return [(alert.about, alert.state, alert.grade) for alert in chain.surveillance.said(Alert) if alert.rule == rule]


def test_two_cases_of_one_area_are_a_cluster(chain):
    assert said(chain) == [("cluster/itss", "firing", "C2")]


def test_a_contact_is_known_by_its_token():
    """Which nobody behind INTAKE ever sees, and which is the same case all the same."""
    chain = Chain()
    chain.hears(case(FIRST), "11:00")
    chain.hears(case(SECOND, contact_of=FIRST), "11:10")
    assert said(chain)[-1][2] == "C2"


def test_a_case_of_another_firm_of_the_estate_moves_there(chain):
    """Both firms are right afterwards, and the estate counts it once."""
    chain.hears(case(SECOND, firm="smi", id="n3", replaces={"id": "n2", "firm": "itss"}), "12:00")
    assert said(chain)[-1] == ("cluster/itss", "withdrawn", "C2")
    chain.hears(case("kasus-abcdefgh-0003", firm="smi", contact_of=SECOND), "12:10")
    assert said(chain)[-1] == ("cluster/smi", "firing", "C2")
    outbreak = chain.surveillance.entries["estate:imip|outbreak"]
    assert max(span.confirmed for span in outbreak.spans) == 3
    assert max(span.firms for span in outbreak.spans) == 2


def test_what_nobody_coordinates_climbs(chain):
    chain.hears(responded("coordinated", "firm"), "12:00")
    chain.tick("+1d 11:10")
    assert said(chain, Rule.RESPONSE) == [("cluster/itss", "firing", "C3")]
    chain.hears(responded("coordinated"), "+1d 12:00")
    assert said(chain, Rule.RESPONSE)[-1][1] == AlertState.RESOLVED
