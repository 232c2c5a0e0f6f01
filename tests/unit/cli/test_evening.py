"""The end of the demo: what the checker and the audit found, in two lines and in one object."""

import io

import pytest

from streams.cli.hall.auditing import Found
from streams.cli.stage import troupe
from streams.cli.stage.bill import COLUMNS
from streams.cli.stage.evening import Evening, Told
from streams.cli.stage.screen import Screen
from streams.replay.audit import Audited
from streams.replay.difference import Difference, Kind
from streams.simulate.checker import check

KAFKA = troupe.Kafka("127.0.0.1:1", "Apache Kafka", check=lambda: None)
NOTHING_SAID = check([], [], [])


def found(first=""):
    difference = Difference("clock/0", "progress/0/7", "0", Kind.ADDED) if first else None
    return Found((Audited("clock", "progress", 0, 40_000, 30_000, int(bool(first)), difference),), first, None)


@pytest.mark.parametrize(
    ("second", "verdict", "says"),
    [
        pytest.param("", "IDENTICAL", [], id="everything is said again"),
        pytest.param("clock/0 says now", "DIFFERENT", ["audit found: clock/0 says now"], id="the second story differs"),
    ],
)
def test_the_demo_ends_with_the_audit_of_all_stories(second, verdict, says):
    stream = io.StringIO()
    evening = Evening(Screen(stream), 0.0, speed=None, waits_for_somebody=False)
    told = evening._verdict(KAFKA, [Told("one", NOTHING_SAID, found(), 1, 2.0), Told("two", NOTHING_SAID, found(second), 0, 3.0)])
    assert told["audit"] == {"verdict": verdict, "records": 80_000, "words": 60_000}
    *before, checker, last = stream.getvalue().splitlines()
    assert before == says
    assert checker.startswith("checker ALL-RECORDS-DELIVERED · ")
    assert last.startswith(f"audit {verdict} · 80,000 records, 60,000 words   next: ")
    assert len(last) <= COLUMNS
