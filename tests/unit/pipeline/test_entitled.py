"""Who may say what about a period: every act, every kind of position (G2, G3)."""

import pytest

from schemas.escalation import AdmittedAct, Judged
from schemas.ledger import Origin
from schemas.policy import Position, Receiver
from streams.pipeline.entitled import refused
from tests.story import POLICY, ROSTER, clock

AT_NIGHT = clock("2021-08-04T08:00:00+07:00")

ON_DUTY = {"firm": "itss", "permit": "IOMKI/1"}
DECISIONS = ("confirm", "waive", "excuse", "release")


def act(act: str, position: str, obligation: str = "iomki", period: str = "2021-08-03", **on: str) -> AdmittedAct:
    origin = Origin("operator-acts", 0, 1)
    return AdmittedAct(act, "siaga/cli", "a-1", "", 0, position, "N. N.", AT_NIGHT, origin, obligation=obligation, period=period, **on)


@pytest.mark.parametrize("position", ["dir-perwilayahan", "dg-kpaii", "dg-ilmate"])
@pytest.mark.parametrize("what", DECISIONS)
def test_who_decides_by_the_policy_may(what, position):
    assert refused(act(what, position, **ON_DUTY), POLICY, ROSTER) is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        *(pytest.param(act(what, "dinas-perindustrian:72.06"), Judged.NOT_ENTITLED, id=f"{what} by a regency") for what in DECISIONS),
        *(pytest.param(act(what, "estate:imip", **ON_DUTY), Judged.NOT_ENTITLED, id=f"{what} by the supervised") for what in DECISIONS),
        *(pytest.param(act(what, "firm:itss", **ON_DUTY), Judged.UNKNOWN_POSITION, id=f"{what} by the firm itself") for what in DECISIONS),
        pytest.param(act("waive", "satgas-iomki-nowhere", **ON_DUTY), Judged.UNKNOWN_POSITION, id="nobody of the roster"),
        pytest.param(act("dispute", "firm:oss", **ON_DUTY), Judged.NOT_ENTITLED, id="a dispute for another firm"),
        pytest.param(act("dispute", "dir-perwilayahan", **ON_DUTY), Judged.NOT_ENTITLED, id="a dispute by an official, who would waive"),
        pytest.param(act("dispute", "firm:"), Judged.NOT_ENTITLED, id="a dispute of nobody"),
        pytest.param(act("acknowledge", "dir-perwilayahan"), Judged.NOT_ENTITLED, id="what is no act on a period"),
        pytest.param(act("release", "dir-perwilayahan", period="2021-08-04"), Judged.UNKNOWN_PERIOD, id="a day on which nothing falls due"),
        pytest.param(act("release", "dir-perwilayahan", period="soon"), Judged.UNKNOWN_PERIOD, id="no day at all"),
        pytest.param(act("release", "dir-perwilayahan", obligation="gossip"), Judged.UNKNOWN_PERIOD, id="no obligation"),
    ],
)
def test_everybody_else_is_refused(said, why):
    assert refused(said, POLICY, ROSTER) == why


def test_a_firm_disputes_for_itself_though_no_roster_lists_firms():
    assert refused(act("dispute", "firm:itss", **ON_DUTY), POLICY, ROSTER) is None


def test_a_decision_is_taken_by_prefix():
    """Whoever acts for an office that decides has a position beneath it."""
    deputy = Position(
        id="dir-perwilayahan:2", title_id="Wakil", title_en="Deputy", holder="contoh",
        receivers=(Receiver(id="w", channel="mail", address="w@kemenperin.example"),),
    )  # fmt: skip
    roster = ROSTER.model_copy(update={"positions": (*ROSTER.positions, deputy)})
    assert refused(act("release", deputy.id), POLICY, roster) is None
