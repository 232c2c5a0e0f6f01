"""What is counted, under which names and labels; and what stands in memory, as gauges."""

import re
from pathlib import Path

import msgspec
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from schemas.delivery import Ending, Outcome, Receipt
from schemas.escalation import Answer, EscalationState, Judged
from schemas.ids import gate
from schemas.ledger import SourceRead
from schemas.topics import ALL, LEDGER, REPORTS
from streams.live.gauges import Gauges
from streams.live.metrics import BY_NAME, COUNTED, TABLE, Metrics
from streams.live.seats import SeatStatus
from streams.pipeline.brake import Obligation, Period, SeatCount
from streams.pipeline.clock import CLOCK
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.escalation.memory import Open
from streams.pipeline.seen import PARTITIONS, PartitionSeen, SeatSeen
from tests.golden.wire.samples import WORDS

ROOT = Path(__file__).parents[3]
NOW = 1_627_603_200_000  # 2021-07-30T00:00:00Z
SOURCE = "https://pt-firm.example"


def scraped(metrics):
    """Every sample that somebody would read, by name and labels."""
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    return {(sample.name, *sorted(sample.labels.items())): sample.value for family in families for sample in family.samples}


def counted(room, *words):
    """What these words have changed."""
    metrics = Metrics()
    before = scraped(metrics)
    metrics.heard(room, words)
    return {name: value for name, value in scraped(metrics).items() if value != before.get(name, 0)}


def sample(word_type, **changes):
    return msgspec.structs.replace(next(word for word in WORDS if type(word) is word_type), **changes)


OUTCOME = sample(Outcome, possible_duplicate=False)


@pytest.mark.parametrize(
    ("ending", "step"), [(Ending.ACCEPTED, "relay_accepted"), (Ending.WITHDRAWN, "withdrawn"), (Ending.GIVEN_UP, "given_up")]
)
def test_a_delivery_ends_under_one_step_and_accepted_is_not_called_delivered(ending, step):
    """Law 9: what a relay has taken nobody has read yet."""
    word = msgspec.structs.replace(OUTCOME, ending=ending)
    assert counted("delivery", word) == {("siaga_deliveries_total", ("step", step)): 1}


def test_a_possible_duplicate_is_counted_beside_its_ending():
    assert ("siaga_possible_duplicates_total",) in counted("delivery", msgspec.structs.replace(OUTCOME, possible_duplicate=True))


def test_an_attempt_is_counted_by_its_channel_and_is_no_delivery():
    begun = sample(Receipt, kind="begun")
    assert counted("senders-webhook", begun, begun) == {("siaga_attempts_total", ("channel", "webhook"), ("step", "begun")): 2}


@pytest.mark.parametrize(("act", "times"), [("acknowledge", 1), ("stand_down", 0)])
def test_acknowledgements_are_counted_as_they_were_judged_and_other_acts_are_none(act, times):
    told = counted("escalation", sample(Answer, act=act, judged=Judged.OUTDATED))
    assert told.get(("siaga_acknowledgements_total", ("judged", "outdated")), 0) == times


@pytest.mark.parametrize("word", [word for word in WORDS if type(word) in COUNTED], ids=lambda word: type(word).__name__)
def test_each_word_that_a_seat_keeps_is_counted(word):
    """And whatever counts it is in the table."""
    changed = counted("delivery", msgspec.structs.replace(word, act="acknowledge") if isinstance(word, Answer) else word)
    assert changed
    assert {name for name, *_ in changed} <= set(BY_NAME)


def test_what_may_happen_is_there_before_it_happens():
    """A series that begins at 1 has never risen, for whoever asks how much it rose."""
    told = scraped(Metrics())
    assert told[("siaga_deliveries_total", ("step", "given_up"))] == 0
    assert told[("siaga_possible_duplicates_total",)] == 0
    assert told[("siaga_parked_total", ("room", "surveillance"))] == 0
    assert {metric.name for metric in TABLE if metric.is_counter} == {name for name, *_ in told}


class Held:
    """Seats of one room, with this memory in the only one."""

    def __init__(self, room, memory, lag=3):
        self.hosting = type("Hosting", (), {"room": room})
        self.held = {0: type("Seat", (), {"memory": memory})}
        self._status = SeatStatus(room.name, LEDGER.name, 0, "working", 0, lag, len(memory), 0)

    def status(self):
        return (self._status,)


def gauged(*held, tells_time=True):
    return {(name, *labels): value for name, labels, value in Gauges(held, tells_time=tells_time, now=lambda: NOW)()}


def partitions(through, source):
    return {f"intake/{topic}/{n}": PartitionSeen(1, through, through, (SourceRead(SOURCE, source, 1),)) for topic, n in PARTITIONS}


def test_how_far_behind_a_gate_is_and_no_source_is_named():
    """What is read is one thing, what its source has published another; a source may be a firm's own."""
    waits = {"surveillance/ledger/0": SeatSeen(due_proven=((gate(REPORTS.name, SOURCE), NOW),))}
    told = gauged(Held(CLOCK, partitions(NOW - 5_000, NOW - 60_000) | waits))
    assert told[("siaga_complete_through_seconds", "complete")] == 5
    assert told[("siaga_complete_through_seconds", REPORTS.name)] == 60
    assert not any("pt-firm" in part for name in told for part in name)


def test_a_source_that_nobody_waits_for_is_behind_nothing():
    """One that has ended would be an alarm for ever."""
    told = gauged(Held(CLOCK, partitions(NOW - 5_000, NOW - 60_000)))
    assert [name for name in told if name[0] == "siaga_complete_through_seconds"] == [("siaga_complete_through_seconds", "complete")]


def test_while_a_partition_was_never_vouched_for_nothing_is_complete():
    memory = partitions(NOW, NOW)
    memory.pop(next(iter(memory)))
    assert not any(name[0] == "siaga_complete_through_seconds" for name in gauged(Held(CLOCK, memory)))


def test_a_story_has_a_time_of_its_own():
    told = gauged(Held(CLOCK, partitions(NOW - 5_000, NOW)), tells_time=False)
    assert not any(name[0] == "siaga_complete_through_seconds" for name in told)


def test_undecided_absences_and_the_age_of_the_oldest():
    periods = (
        Period("2021-07-20", (SeatCount("surveillance/0", 9, 0, 0),)),
        Period("2021-07-27", (SeatCount("surveillance/0", 9, 0, 2), SeatCount("surveillance/1", 9, 0, 1))),
    )
    told = gauged(Held(CLOCK, {"count|siinas": Obligation("siinas", periods)}))
    assert told[("siaga_undecided_absences", "siinas")] == 3
    assert told[("siaga_undecided_oldest_seconds", "siinas")] == 3 * 86_400


def test_open_escalations_by_grade_lag_and_seats():
    alert = msgspec.structs.replace(next(word for word in WORDS if type(word).__name__ == "Alert"), grade="S4")
    entries = {
        state: Open("e", "imip", "x", 0, EscalationState(state), alerts=(alert,), leading_rule=alert.rule)
        for state in ("open", "taken", "ended")
    }
    told = gauged(Held(ESCALATION, entries))
    assert {grade: told[("siaga_escalations_open", grade)] for grade in ("S1", "S4", "S5")} == {"S1": 0, "S4": 2, "S5": 0}
    assert told[("siaga_lag_records", "escalation", LEDGER.name, "0")] == 3
    assert (told[("siaga_seats_held", "escalation")], told[("siaga_seats_held", "clock")]) == (1, 0)


def test_a_lag_that_nobody_knows_is_not_told_as_none():
    assert not any(name[0] == "siaga_lag_records" for name in gauged(Held(ESCALATION, {}, lag=None)))


def test_every_metric_that_an_alert_or_a_page_names_exists():
    """With the labels that it is asked by, and values that these may have."""
    for page in ("docs/reference/alerts.yml", "docs/how-to/operate.md"):
        text = (ROOT / page).read_text()
        named = set(re.findall(r"\bsiaga_\w+", text))
        assert named
        assert named <= set(BY_NAME), page
        for name, selector in re.findall(r"(siaga_\w+)\{([^}]*)\}", text):
            labels = dict(BY_NAME[name].labels)
            for label, values in re.findall(r'(\w+)=~?"([^"]*)"', selector):
                allowed = labels[label] or ("complete", *(topic.name for topic in ALL))
                assert set(values.split("|")) <= set(allowed), (page, name, label)
