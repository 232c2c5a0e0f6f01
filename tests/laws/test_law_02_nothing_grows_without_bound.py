"""Law 2, in bytes: whatever the facts, no word is above 16 KB and no entry above 64 KB, so that no broker ever refuses one."""

import pytest

from schemas import codec
from schemas.registry import EstateEntry, FirmEntry, RegionEntry
from schemas.surveillance import LARGEST_NAME_BYTES, LONGEST_NAME, shown
from streams.pipeline.delivery import DELIVERY
from tests.story import INSPECTION, Chain, Seat, acknowledge, bulletin, clock, entry, filed, outcome
from tests.strategies import PARTIES

LARGEST_WORD, LARGEST_ENTRY = 16 * 1024, 64 * 1024
FACTS = 500
WIDE = "\U0001d400"  # one column, four bytes
LONG_ID = "f" + "x" * 118
SAID = {
    "missing": 1_000_000,
    "injured": dict.fromkeys(("total", "light", "serious", "hospitalised", "observed", "outpatient", "treated"), 1_000_000),
    "exposed": 1_000_000,
    "off_site": {"dead": 1_000_000, "hospitalised": 1_000_000, "evacuated": 1_000_000, "hours": 1_000_000, "declared": True},
    "fire_minutes": 1_000_000,
    "cost_usd": 10**12,
    "release": {"substance": WIDE * 200, "toxic": True, "kilograms": 1_000_000},
    "cause": WIDE * 2_000,
    "employer": WIDE * 200,
    "unit": WIDE * 200,
    "firm": LONG_ID,
    "plant": None,
}


def fact(number: int):
    """Another party each time, another time, another account; now and then an outcome or a filing."""
    if number % 10 == 8:
        return outcome(
            "disabled", "Disnakertrans", "labour_inspection", firm=LONG_ID, plant=None, incident="ref", id=f"o-{number}", source=INSPECTION
        )
    if number % 50 == 9:
        return filed(firm=LONG_ID, plant=None, incident="ref", received_by=WIDE * 200, id=f"f-{number}")
    _, rank, _ = PARTIES[number % len(PARTIES)]
    told = {**SAID, "cause": f"{number}{WIDE * 1_990}", "occurred_at": f"05:{number % 60:02}", "dead": number}
    return bulletin(f"{number}{WIDE * 196}", rank, **told, incident="ref", id=f"b-{number}" + "x" * 150)


@pytest.fixture(scope="module")
def night():
    """Five hundred facts of one incident, told to everybody, acknowledged by everybody."""
    chain, delivery = Chain(), Seat(DELIVERY)
    chain.world.take(entry(RegionEntry, "72.06", name=WIDE * 200, province=WIDE * 200, zone="Asia/Makassar"))
    chain.world.take(entry(EstateEntry, "imip", name=WIDE * 200, regency="72.06"))
    chain.world.take(entry(FirmEntry, LONG_ID, name=WIDE * 200, estate="imip"))
    sizes = {"word": 0, "entry": 0}
    for number in range(FACTS):
        at = clock("11:10") + number * 60_000
        words = chain.surveillance.hears_all(chain.world.says(fact(number), at))
        if number % 10 == 0:
            said = chain.escalation.hears_all(words) + chain.tick_through(at)
            for standing in list(chain.standing.values()):
                for position in ("disnakertrans:72", "dg-kpaii", "estate:imip"):
                    said += chain.act(acknowledge(position, name=WIDE * 200), at, standing)
            delivery.hears_all(said)
    for seat in (chain.surveillance, chain.escalation, delivery):
        sizes["word"] = max(sizes["word"], *(len(codec.encode(said.word)) for said in seat.words))
        sizes["entry"] = max(sizes["entry"], *(len(seat.room.pack(kept)) for kept in seat.entries.values()))
    return chain, delivery, sizes


def test_no_word_is_larger_than_a_broker_takes(night):
    _, _, sizes = night
    assert sizes["word"] < LARGEST_WORD


def test_no_entry_is_larger_than_a_broker_takes(night):
    _, _, sizes = night
    assert sizes["entry"] < LARGEST_ENTRY


def test_nobody_was_refused_a_letter_for_its_size(night):
    """Every receiver has an attempt at the newest word, or it waits; none was given up."""
    _, delivery, _ = night
    assert {word.ending for word in delivery.said(codec.WORDS["outcome"])} <= {"withdrawn"}
    assert delivery.said(codec.WORDS["attempt"])


def test_what_is_not_listed_is_counted(night):
    """Of five hundred parties the first are named, with how many more, and the range is that of all."""
    chain, _, _ = night
    situation = chain.alerts[-1].situation
    dead = next(figure for figure in situation.figures if figure.name == "dead")
    assert dead.unlisted is not None
    stated = {number for number in range(FACTS) if number % 10 != 8 and number % 50 != 9}
    assert (min(dead.values), max(dead.values)) == (min(stated), max(stated))
    assert 1 + len(dead.others) + dead.unlisted.parties == len(stated)
    assert situation.more_times + len(situation.times) == 60 - len({n % 60 for n in range(60)} - {n % 60 for n in stated})
    assert situation.more_causes > 0
    assert situation.more_clocks > 0


@pytest.mark.parametrize("name", ["PT ITSS", "x" * 60, "", "PT Indonesia Guang Ching Nickel and Stainless Steel Industry"])
def test_a_name_that_a_letter_can_print_is_left_as_it_is(name):
    assert shown(name) == name


@pytest.mark.parametrize("name", ["x" * 61, "\u94c1" * 40, WIDE * 200, "a\x00b" * 30, "\ud800" * 70])
def test_any_other_is_cut_and_says_so(name):
    """Printable, short in characters and in bytes."""
    cut = shown(name)
    assert cut.isprintable()
    assert cut.endswith("\u2026")
    assert len(cut) <= LONGEST_NAME
    assert len(cut.encode()) <= LARGEST_NAME_BYTES
