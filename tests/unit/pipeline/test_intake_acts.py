"""Acts at INTAKE: who hears of them. On an escalation, on one firm's period, on a period of all firms."""

import pytest

from schemas.escalation import AdmittedAct
from schemas.operator import Confirm, Dispute, Excuse, Release, Waive
from schemas.registry import FirmEntry
from schemas.topics import ESCALATION_INBOX, LEDGER, PROGRESS
from streams.pipeline.intake import INTAKE
from tests.story import act_on, admission, clock, entry, permit, published, register

DUE = clock("2021-08-04T00:00:00+07:00")
MOVED = entry(FirmEntry, "itss", name="PT ITSS", estate="vdni", since="2021-08-10T00:00:00+07:00")
ALL = {"firm": None, "permit": None}


def says(said, *entries):
    known = admission(entries=(*register(), permit(plant=None), MOVED, *entries))
    return INTAKE.step({}, published(said, clock("2021-08-12T00:00:00+07:00")), known).words


ON_DUTY = [
    pytest.param(act_on(Confirm, step="freeze"), ("confirm", "freeze", ""), id="confirm"),
    pytest.param(act_on(Confirm, reason="rapat"), ("confirm", "", "rapat"), id="confirm a warning"),
    pytest.param(act_on(Waive, reason="gempa"), ("waive", "", "gempa"), id="waive"),
    pytest.param(act_on(Excuse, reason="gempa"), ("excuse", "", "gempa"), id="excuse"),
    pytest.param(act_on(Dispute, reason="sudah dikirim"), ("dispute", "", "sudah dikirim"), id="dispute"),
]


@pytest.mark.parametrize(("said", "stated"), ON_DUTY)
def test_an_act_on_a_firms_period_goes_to_who_answers_and_to_who_carries_it_out(said, stated):
    """To the firm's ledger, and to the estate where the plant stood when the period ended: there its escalation is."""
    words = says(said)
    assert [(each.topic, each.key, each.partition) for each in words] == [
        (LEDGER, "firm:itss", None),
        (ESCALATION_INBOX, "imip", None),
    ]
    one, other = (each.word for each in words)
    assert isinstance(one, AdmittedAct)
    assert one == other
    assert (one.act, one.step, one.reason) == stated
    assert (one.firm, one.permit, one.obligation, one.period) == ("itss", "IOMKI/1", "iomki", "2021-08-03")
    assert (one.escalation, one.revision, one.position, one.name) == ("", 0, "dir-perwilayahan", "petugas contoh")
    assert (one.source, one.exercise, len(one.digest)) == ("https://people.example", True, 16)


def test_where_nobody_knows_the_period_the_firm_is_where_it_is_now():
    assert [each.key for each in says(act_on(Waive, on={"obligation": "gossip"}, reason="x"))] == ["firm:itss", "vdni"]


def test_an_act_on_a_firm_that_nobody_knows_is_the_desks():
    """It is answered all the same: ESCALATION judges it, not INTAKE."""
    assert [each.key for each in says(act_on(Waive, on={"firm": "nobody"}, reason="x"))] == ["firm:nobody", "desk"]


def test_a_permits_own_plant_says_where():
    placed = permit("IOMKI/3", firm="oss", plant="itss-bahodopi")
    words = says(act_on(Waive, on={"firm": "oss", "permit": "IOMKI/3"}, reason="x"), placed)
    assert words[1].key == "imip"


@pytest.mark.parametrize("said", [act_on(Excuse, on=ALL, reason="SIINas padam"), act_on(Release, on=ALL, reason="benar")])
def test_an_act_on_a_period_of_all_firms_goes_everywhere(said):
    """Every firm's picture and every estate's escalations are concerned; and CLOCK, which holds the brake (G2)."""
    words = says(said)
    everywhere = [(topic, partition) for topic in (LEDGER, ESCALATION_INBOX) for partition in range(topic.partitions)]
    assert [(each.topic, each.partition) for each in words] == [*everywhere, (PROGRESS, None)]
    assert {each.key for each in words} == {"iomki/2021-08-03"}
    (word,) = {each.word for each in words}
    assert (word.firm, word.permit, word.obligation, word.period) == ("", "", "iomki", "2021-08-03")
