"""Law 12, in metrics: a scrape leaves the building too. Whatever a word holds, no label repeats it."""

import msgspec
import pytest
from prometheus_client import generate_latest

from schemas.ids import gate
from schemas.ledger import SourceRead
from schemas.topics import ESCALATION_INBOX, INBOXES, PROGRESS, REPORTS
from streams.live.gauges import Gauges
from streams.live.metrics import TABLE, Metrics
from streams.live.seats import SeatStatus
from streams.pipeline.clock import CLOCK
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.escalation.memory import Open
from streams.pipeline.seen import PARTITIONS, PartitionSeen, SeatSeen
from tests.golden.wire.samples import WORDS

CANARY = "Siti3201011234567890"
FORBIDDEN = {
    "subject",
    "firm",
    "estate",
    "receiver",
    "position",
    "address",
    "name",
    "token",
    "case",
    "cases",
    "count",
    "source",
    "delivery",
}


def planted(value):
    """The same with the canary in every text, closed words too: what a defect may put there."""
    match value:
        case msgspec.Struct():
            return msgspec.structs.replace(value, **{name: planted(getattr(value, name)) for name in value.__struct_fields__})
        case tuple():
            return tuple(planted(each) for each in value)
        case str():
            return CANARY
        case _:
            return value


def scrape(*words, gauges=tuple):
    metrics = Metrics()
    metrics.gauges = gauges
    metrics.heard(CANARY, words)
    for metric in TABLE:
        if metric.is_counter:
            metrics.count(metric.name, *(CANARY for _ in metric.labels))
    return generate_latest(metrics.registry).decode()


@pytest.mark.parametrize("word", WORDS, ids=lambda word: type(word).__name__)
def test_no_word_brings_its_own_text_into_a_scrape(word):
    canary = planted(word)
    acknowledged = msgspec.structs.replace(canary, act="acknowledge") if hasattr(canary, "act") else canary
    assert CANARY not in scrape(canary, acknowledged)


class Held:
    """Seats of one room at one partition."""

    def __init__(self, room, inbox, memory):
        self.hosting = type("Hosting", (), {"room": room})
        self.held = {0: type("Seat", (), {"memory": memory})}
        self._status = SeatStatus(room.name, inbox.name, 0, "working", 0, 1, len(memory), 0)

    def status(self):
        return (self._status,)


def test_nothing_that_stands_in_memory_is_named():
    """Neither the source that a firm calls its own, nor the escalation, nor its estate."""
    alert = planted(next(word for word in WORDS if type(word).__name__ == "Alert"))
    escalations = {CANARY: Open(CANARY, CANARY, CANARY, 0, alerts=(alert,), leading_rule=alert.rule)}
    seen = {f"intake/{topic}/{n}": PartitionSeen(1, 9, 9, (SourceRead(CANARY, 9, 1),)) for topic, n in PARTITIONS}
    waits = {"seat": SeatSeen(due_proven=((gate(REPORTS.name, CANARY), 5), (gate(CANARY, CANARY), 5)))}
    held = (Held(ESCALATION, ESCALATION_INBOX, escalations), Held(CLOCK, PROGRESS, seen | waits))
    told = scrape(gauges=Gauges(held, tells_time=True, now=lambda: 1_000_000))
    assert 'siaga_escalations_open{grade="other"} 1.0' in told
    assert f'siaga_complete_through_seconds{{gate="{REPORTS.name}"}}' in told
    assert CANARY not in told


def test_no_label_is_of_a_kind_that_names_somebody():
    """And there are so few values that no series can be somebody: rooms, topics, steps, grades."""
    assert not {label for metric in TABLE for label, _ in metric.labels} & FORBIDDEN
    assert scrape().count("\nsiaga_") < 40 * len(INBOXES)
