"""Awkward cases taken from reality (domain §8): those that concern incidents."""

from schemas.escalation import MessageType, Why
from schemas.ids import digest
from schemas.surveillance import Because, Rule
from tests.story import (
    LEVEL_0_OF_S4,
    LEVEL_0_OF_S5,
    Shift,
    bulletin,
    figures,
    filed,
    outcome,
    read,
    retraction,
    told,
)

FIRST, CHANGED, FILING, CANCELLED = Why.FIRST_NOTICE, Why.FACTS_CHANGED, Why.MATTER, Why.CANCELLED
IMIP = {"by": "IMIP", "rank": "estate"}
KONAWE = ("estate:vdni", "disnakertrans:74", "dinas-perindustrian:74.02", "dir-perwilayahan")


def situation(shift: Shift):
    return [a for a in shift.alerts if a.rule == Rule.SEVERITY][-1].situation


def test_6_the_total_stays_and_the_split_is_corrected(tell: Shift):
    """7 + 6 becomes 9 + 4: thirteen all the while, and those who were told hear of the correction."""
    tell("15:00", bulletin(**IMIP, dead=13, dead_by_nationality={"wni": 7, "wna": 6}, id="b-1"))
    tell("16:59")
    told_so_far = {h.position for h in tell.heard}
    heard = tell("17:00", bulletin(**IMIP, dead=13, dead_by_nationality={"wni": 9, "wna": 4}, id="b-2", replaces={"id": "b-1"}))
    assert sorted(heard) == sorted(told("17:00", CHANGED, *told_so_far))
    assert (list(figures(situation(tell))), situation(tell).wni, situation(tell).wna) == ([("dead", 13, ())], 9, 4)


def test_7_an_unofficial_higher_count_is_shown_and_decides_nothing(tell: Shift):
    """Fifteen, says a party: beside the headline for ever, and no grade comes of it."""
    tell("11:10", bulletin(**IMIP, dead=4, kind="other", id="b-1"))
    tell("20:00", bulletin("Partai Buruh", "union", dead=15, kind="other", id="b-2"))
    assert list(figures(situation(tell))) == [("dead", 4, (15,))]
    assert tell.escalation().grade == "S4"
    tell("+2d 10:00", bulletin(dead=5, kind="other", id="b-3"))
    assert list(figures(situation(tell))) == [("dead", 5, (4, 15))]


def test_8_two_times_and_a_wrong_zone_label(connected: Shift):
    """05:30 or 06:15 WITA; one paper printed WIB, an hour later. All are shown; nobody is in breach before the latest of them."""
    connected("11:10", bulletin(occurred_at="05:30", dead=1, id="b-1"))
    connected("15:00", bulletin(**IMIP, occurred_at="06:15", dead=1, id="b-2"))
    connected("16:00", bulletin("koran", "media", occurred_at="2023-12-24T05:30:00+07:00", id="b-3"))
    assert [read(t.occurred_at) for t in situation(connected).times] == ["05:30", "06:15", "06:30"]
    connected("+2d 06:29")
    assert Because.FILING_OVERDUE not in {r.because for a in connected.alerts for r in a.reasons}
    assert told("+2d 06:30", FILING, "disnakertrans:74")[0] not in connected.heard
    assert connected("+2d 06:31") == told("+2d 06:30", FILING, "disnakertrans:72", "dir-perwilayahan")


def test_9_the_contractor_is_the_employer_not_the_tenant(connected: Shift):
    """OSS 2025: the incident stays with the site and its estate; the employer is named; the declaration opens a clock of its own."""
    connected("11:10", bulletin("klinik", "firm", firm="oss", kind="fall", employer="PT Multi Prima Usahatama", injured={"serious": 1}))
    assert (situation(connected).place.firm, situation(connected).employer) == ("oss", "PT Multi Prima Usahatama")
    connected("+1d 09:00", outcome("disabled", firm="oss"))
    assert [(c.opened_by, read(c.due_last)) for c in situation(connected).clocks] == [
        ("occurrence", "+2d 05:30"),
        ("disabled", "+3d 09:00"),
    ]


def test_14_a_death_found_two_days_later(connected: Shift):
    """GNI 2020: the clock of the law runs from the occurrence; that it was found later is shown, and no breach is older than its news."""
    heard = connected(
        "+2d 10:00", bulletin(firm="gni", kind="landslide", dead=1, occurred_at="2023-12-24T20:00:00+08:00", discovered_at="+2d 09:00")
    )
    assert heard == [
        *told("+2d 10:00", FIRST, "disnakertrans:72", "dinas-perindustrian:72.12", "dir-perwilayahan"),
        *told("+2d 08:00", FILING, "disnakertrans:72"),
    ]
    assert read(situation(connected).discovered_at) == "+2d 09:00"
    assert read(situation(connected).clocks[0].due_last) == "+2d 20:00"
    assert told("+2d 20:00", FILING, "disnakertrans:72", "dir-perwilayahan") == connected("+2d 20:01")[-2:]


def test_15_a_statement_five_days_after_the_event(tell: Shift):
    """IWIP 2025: told at once, at its own grade; the deadline has long passed, and the question bears the deadline's date."""
    heard = tell("+5d 10:00", bulletin(firm="iwip", kind="landslide", dead=2, occurred_at="2023-12-24T05:30:00+09:00"))
    officials = ("disnakertrans:82", "dinas-perindustrian:82.02", "dir-perwilayahan")
    assert heard == [*told("+5d 10:00", FIRST, *officials), *told("+2d 04:30", FILING, "disnakertrans:82")]
    questions = [d for d in tell.deliveries if d.matter == "filing"]
    assert {r.because for d in questions for r in d.reasons} == {Because.FILING_UNKNOWN}


def test_16_no_report_filed_at_all(connected: Shift, tell: Shift):
    """OSS 2021 and 2025: a breach where the inspection publishes what it receives, only a question where it does not."""
    for shift, expected in ((connected, Because.FILING_OVERDUE), (tell, Because.FILING_UNKNOWN)):
        shift("11:10", bulletin("PT OSS", "firm", firm="oss", kind="fall", dead=1))
        shift("+2d 05:29")
        heard = [h for h in shift("+2d 05:31") if h.because == FILING]
        told_of = ("disnakertrans:74", "dir-perwilayahan") if expected == Because.FILING_OVERDUE else ("disnakertrans:74",)
        assert heard == told("+2d 05:30", FILING, *told_of)
        assert {r.because for d in shift.deliveries if d.matter == "filing" and read(d.at) == "+2d 05:30" for r in d.reasons} == {expected}


def test_16_filed_eight_days_later_the_breach_ends_for_those_who_heard_of_it(connected: Shift):
    """And says when it was received."""
    connected("11:10", bulletin("PT OSS", "firm", firm="oss", kind="fall", dead=1))
    connected("+8d 09:00")
    heard = connected("+8d 10:00", filed(firm="oss"))
    ended = [h for h in heard if h.because == FILING]
    assert {h.position for h in ended} == {"estate:vdni", "disnakertrans:74", "dir-perwilayahan"}
    assert read(situation(connected).clocks[0].filed_at) == "+8d 10:00"
    assert {d.msg_type for d in connected.deliveries if d.matter == "filing" and read(d.at) == "+8d 10:00"} == {MessageType.UPDATE}


def test_18_the_retraction_of_a_cause(tell: Shift):
    """The estate takes its account back and gives another: the figures stay, the account is gone, nothing is cancelled."""
    tell("11:10", bulletin(dead=12, cause="tabung oksigen", id="b-1"), bulletin(**IMIP, dead=12, cause="terak", id="b-2"))
    heard = tell("15:00", bulletin(**IMIP, dead=12, cause="masih diselidiki", id="b-3", replaces={"id": "b-2"}))
    assert {h.because for h in heard if h.at == "15:00"} == {CHANGED}
    assert [(c.party, c.digest) for c in situation(tell).causes] == [
        ("IMIP", digest("masih diselidiki")),
        ("Polres Morowali", digest("tabung oksigen")),
    ]
    taken_back = tell("16:00", retraction(bulletin(**IMIP, id="b-3")))
    assert CANCELLED not in {h.because for h in taken_back}
    assert [c.party for c in situation(tell).causes] == ["Polres Morowali"]
    assert tell.escalation().grade == "S5"


def test_the_konawe_ladder_is_konawes(tell: Shift):
    """Beside 9 and 16: another province's inspection, another estate's manager."""
    assert tell("11:10", bulletin("PT OSS", "firm", firm="oss", dead=1)) == told("11:10", FIRST, *KONAWE)
    assert set(KONAWE).isdisjoint({*LEVEL_0_OF_S4[:3], *LEVEL_0_OF_S5[:4]})
