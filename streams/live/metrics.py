"""Metrics: what this process has said and done, counted for whoever watches it. The one table of their names is here.

In: words that have been committed, transactions, attempts. Out: samples. No label names a subject, a receiver, a firm or a number of cases
(law 12): every label comes from a closed set of our own, and whatever is not in it is `other`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from schemas.delivery import Attempt, Ending, Outcome, Receipt, ReceiptKind
from schemas.escalation import Answer, Delivery, Judged
from schemas.intake import Grade
from schemas.ledger import Parked, Rejected
from schemas.topics import ESCALATIONS, INBOXES, INTAKE_TOPICS
from schemas.word import Word
from streams.pipeline.intake.decode import Refusing
from streams.pipeline.senders import CHANNELS

OTHER = "other"


class Transaction(StrEnum):
    """How a seat's transaction ended."""

    COMMITTED = "committed"
    FENCED = "fenced"
    FAILED = "failed"


class Metric(NamedTuple):
    """One metric. `labels`: each with the values that it may have; none are listed where a gauge takes them from topics or policy."""

    name: str
    labels: tuple[tuple[str, tuple[str, ...]], ...]
    says: str

    @property
    def is_counter(self) -> bool:
        """Whether it only rises, until the process ends."""
        return self.name.endswith("_total")


_ROOMS = tuple(INBOXES)
_DELIVERY_STEPS = {Ending.ACCEPTED: "relay_accepted", Ending.WITHDRAWN: "withdrawn", Ending.GIVEN_UP: "given_up"}
COMPOSED, COMMITTED = "composed", "committed"

TABLE = (
    Metric("siaga_seats_held", (("room", _ROOMS),), "Seats held by this worker; 0 for a room of which it has none."),
    Metric(
        "siaga_lag_records",
        (("room", ()), ("topic", ()), ("partition", ())),
        "Records that wait before a seat of this worker; marks of transactions count as records.",
    ),
    Metric(
        "siaga_transactions_total",
        (("room", _ROOMS), ("outcome", tuple(Transaction))),
        "Transactions of seats: committed, fenced because another worker has the seat, or failed, which ends the worker.",
    ),
    Metric(
        "siaga_complete_through_seconds",
        (("gate", ()),),
        "How long ago the instant is through which a gate has come: `complete`, what INTAKE has read of everything; a topic, what was read "
        "and its sources have published, by the one furthest behind that anybody waits for. From the worker that holds CLOCK.",
    ),
    Metric(
        "siaga_undecided_absences",
        (("obligation", ()),),
        "Reports of which nobody can tell whether they are absent, in the periods that CLOCK remembers. From the worker that holds CLOCK.",
    ),
    Metric(
        "siaga_undecided_oldest_seconds",
        (("obligation", ()),),
        "How long ago the day began, in UTC, on which the oldest undecided report was due. From the worker that holds CLOCK.",
    ),
    Metric("siaga_escalations_open", (("grade", tuple(Grade)),), "Escalations open or taken, by grade, in the seats of this worker."),
    Metric("siaga_escalations_seen_total", (("word", ESCALATIONS.words),), "Words that came on the escalations topic."),
    Metric(
        "siaga_deliveries_total",
        (("step", (COMPOSED, *_DELIVERY_STEPS.values())),),
        "Deliveries: composed, and how they ended. relay_accepted is the relay's or receiver's word, not that anybody has read it.",
    ),
    Metric(
        "siaga_attempts_total",
        (("channel", CHANNELS), ("step", (COMMITTED, *ReceiptKind))),
        "Attempts at deliveries, of which each may need several: committed, begun, and how they went.",
    ),
    Metric("siaga_acknowledgements_total", (("judged", tuple(Judged)),), "Acknowledgements by named persons, as they were judged."),
    Metric("siaga_possible_duplicates_total", (), "Deliveries that ended, of which the receiver may have been told twice."),
    Metric(
        "siaga_rejected_total",
        (("topic", tuple(topic.name for topic in INTAKE_TOPICS)), ("reason", tuple(Refusing))),
        "Records that INTAKE refused.",
    ),
    Metric("siaga_parked_total", (("room", _ROOMS),), "Records that were set aside because a room broke on them."),
)  # fmt: skip
"""Every metric of a worker."""

BY_NAME = {metric.name: metric for metric in TABLE}

Sample = tuple[str, tuple[str, ...], float]
"""A metric's name, its labels' values, its value."""

COUNTED: frozenset[type[Word]] = frozenset({Answer, Attempt, Delivery, Outcome, Parked, Receipt, Rejected})
"""The words that any metric counts. A seat keeps these until the commit, and no others."""


class Metrics(Collector):
    """The counters of one process, and what `gauges` reads when it is asked. Every declared series is there from the start, as 0."""

    def __init__(self) -> None:
        self.gauges: Callable[[], Iterable[Sample]] = tuple
        self.registry = CollectorRegistry()
        self._counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
        for metric in TABLE:
            if metric.is_counter:
                self._counts.update(dict.fromkeys(((metric.name, values) for values in product(*(each for _, each in metric.labels))), 0))
        self.registry.register(self)

    def heard(self, room: str, words: Iterable[Word]) -> None:
        """Count what a seat of this room has committed."""
        for word in words:
            for name, values in _counts_of(room, word):
                self.count(name, *values)

    def count(self, name: str, *values: str) -> None:
        """One more. A value that is not declared is counted as `other`."""
        known = BY_NAME[name].labels
        self._counts[name, tuple(v if v in allowed else OTHER for v, (_, allowed) in zip(values, known, strict=True))] += 1

    def collect(self) -> Iterator[Family]:
        """Every metric with its samples."""
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for metric in TABLE:
            family = CounterMetricFamily if metric.is_counter else GaugeMetricFamily
            families[metric.name] = family(metric.name, metric.says, labels=[name for name, _ in metric.labels])
        for (name, values), count in self._counts.items():
            families[name].add_metric(values, count)
        for name, values, value in self.gauges():
            families[name].add_metric(values, value)
        return iter(families.values())


def _counts_of(room: str, word: Word) -> Iterator[tuple[str, tuple[str, ...]]]:
    match word:
        case Delivery():
            yield "siaga_deliveries_total", (COMPOSED,)
        case Attempt():
            yield "siaga_attempts_total", (word.delivery.to.channel, COMMITTED)
        case Receipt():
            yield "siaga_attempts_total", (room.removeprefix("senders-"), word.kind)
        case Outcome():
            yield "siaga_deliveries_total", (_DELIVERY_STEPS.get(word.ending, OTHER),)
            if word.possible_duplicate:
                yield "siaga_possible_duplicates_total", ()
        case Answer(act="acknowledge"):
            yield "siaga_acknowledgements_total", (word.judged,)
        case Rejected():
            yield "siaga_rejected_total", (word.origin.topic, word.reason)
        case Parked():
            yield "siaga_parked_total", (word.room,)
