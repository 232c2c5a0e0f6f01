"""Two runs of the same facts: what must be the same, and what is only named."""

import pytest

from streams.replay.comparison import compared
from streams.replay.story_time import play
from streams.simulate import shelf
from tests.story import Shift, acknowledge, admission, bulletin, dry_run


def records(line):
    return [record for records in line.records.values() for record in records]


def lived(name):
    line = dry_run(admission(entries=()))
    play(line, shelf.load(name))
    return records(line)


def night(*first, then=()):
    tell = Shift()
    for said in first:
        tell("11:10", said)
    tell("11:31", acknowledge("disnakertrans:72"), *then)
    tell("+1d 08:00")
    return records(tell.line)


CLINIC, ESTATE = bulletin("klinik", "firm", dead=12, id="klinik"), bulletin("IMIP", "estate", dead=13, id="imip")


@pytest.mark.parametrize("name", shelf.names())
def test_a_story_is_the_same_as_itself(name):
    found = compared(lived(name), lived(name))
    assert (found.differences, found.on_the_way) == ((), ())
    assert found.alerts > 0


def test_two_facts_the_other_way_round_tell_the_same_people_the_same_and_the_way_is_named():
    """The revision in between had the other figure in each run: that is named, and no difference."""
    found = compared(night(CLINIC, ESTATE), night(ESTATE, CLINIC))
    assert found.differences == ()
    assert any(
        line.endswith("is only in dry-run") and line.startswith("alert ") and "its revision 1 of 2023-12-24T03:10" in line
        for line in found.on_the_way
    )
    assert any(line.endswith("is only in live") for line in found.on_the_way)


def test_a_fact_that_one_run_lacks_is_found_where_it_shows():
    """The figure in the end, in the alert and at each receiver."""
    found = compared(night(CLINIC, ESTATE), night(CLINIC))
    assert any(line.startswith("alert ") and "in the end situation" in line for line in found.differences)
    assert any(line.startswith("delivery ") and "to kpaii" in line for line in found.differences)


def test_somebody_whom_one_run_told_alone_is_found():
    """An S5 climbs to those whom an S4 never reaches."""
    found = compared(night(bulletin(dead=12)), night(bulletin(dead=1)), ("one", "other"))
    assert any(line.startswith("delivery ") and line.endswith("is only in one") for line in found.differences)


def test_an_alert_of_one_run_alone_is_found():
    found = compared(night(CLINIC), night(CLINIC, then=(bulletin(firm="smi", kind="slag_overflow", occurred_at="11:20", dead=1),)))
    assert any(line.startswith("alert ") and line.endswith("is only in live") for line in found.differences)
