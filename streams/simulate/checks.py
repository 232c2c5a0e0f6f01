"""Checks: what a history must not contain. Each is one sentence of the promises, and yields what contradicts it, in words.

They import no room: they judge only by what stands in the topics and by what arrived.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from schemas.delivery import Attempt, Ending, Outcome, Receipt, ReceiptKind
from schemas.escalation import AdmittedAct, Delivery, Escalation
from schemas.ledger import Admitted, Parked, Rejected, Tick
from schemas.surveillance import Alert, AlertState
from schemas.topics import REGISTRY
from schemas.word import UtcMs
from streams.pipeline.line import Record
from streams.simulate.history import History, Origin, cause_of, origin_of, stated_origin, where

CAUGHT_CHANNELS = ("mail", "webhook")
"""The channels that have a catcher; files are their own evidence."""


class Verdict(StrEnum):
    """What the checker says, the worst first."""

    LOST = "LOST"
    TOLD_TWICE = "TOLD-TWICE"
    OUT_OF_ORDER = "OUT-OF-ORDER"
    DELIVERED = "ALL-RECORDS-DELIVERED"


class Found(NamedTuple):
    """One contradiction, in words."""

    verdict: Verdict
    words: str


Check = Callable[[History], Iterator[Found]]


# --------------------------------------------------------------------------- our words


def every_word_is_readable(history: History) -> Iterator[Found]:
    """Every record of our own topics is a word of ours."""
    for record in history.unreadable:
        yield Found(Verdict.LOST, f"{where(record)} is no word that the schemas know")


def every_word_is_said_once(history: History) -> Iterator[Found]:
    """(`by`, `cause`, `n`) occurs once over all our topics: who said it, because of which record, and which of its words it is."""
    first: dict[tuple[str, str, str], Record] = {}
    for record, _ in history.said:
        key = (record.header("by"), record.header("cause"), record.header("n"))
        if not all(key):
            yield Found(Verdict.LOST, f"{where(record)} does not say where it came from: by, cause, n = {key}")
        elif key in first:
            yield Found(Verdict.TOLD_TWICE, f"{where(record)} repeats {where(first[key])}: by, cause, n = {key}")
        first.setdefault(key, record)


# --------------------------------------------------------------------------- what was published


class _Fate(NamedTuple):
    """What became of an intake record, and for which ledger."""

    kind: str
    whose: str = ""


def every_record_becomes_one_thing(history: History) -> Iterator[Found]:
    """Each record of an intake topic but watermarks was admitted, rejected or parked: one of them, and once for each subject."""
    fates = _fates(history)
    for record in history.published:
        name, found = where(record), fates[origin_of(record)]
        if not found and history.finished and record.topic != REGISTRY.name:
            yield Found(Verdict.LOST, f"{name} was neither admitted nor rejected")
        if len({fate.kind for fate in found}) > 1:
            yield Found(Verdict.TOLD_TWICE, f"{name} became more than one thing: {', '.join(sorted({fate.kind for fate in found}))}")
        for fate, count in Counter(found).items():
            if count > 1:
                yield Found(Verdict.TOLD_TWICE, f"{name} was {fate.kind} {count} times {fate.whose}".rstrip())


def _fates(history: History) -> defaultdict[Origin, list[_Fate]]:
    fates: defaultdict[Origin, list[_Fate]] = defaultdict(list)
    for fact in history.all(Admitted):
        fates[stated_origin(fact.origin)].append(_Fate("admitted", f"to {fact.subject} about {fact.incident}"))
    for record, act in history.heard(AdmittedAct):
        whose = f"for {act.escalation}" if act.escalation else f"to {record.topic}/{record.partition}"
        fates[stated_origin(act.origin)].append(_Fate("admitted", whose))
    for refusal in history.all(Rejected):
        fates[stated_origin(refusal.origin)].append(_Fate("rejected"))
    for parked in history.all(Parked):
        if parked.room == "intake":
            fates[stated_origin(parked.origin)].append(_Fate("parked"))
    return fates


# --------------------------------------------------------------------------- alerts and escalations


UNLINKED = "C0"
"""The grade of cases that nothing links: no ladder has it, and they are told in sums (R7). `links` looks into those."""


def every_alert_is_escalated(history: History) -> Iterator[Found]:
    """An alert that fires leads to an escalation of its estate about the same thing, unless a digest tells it (its share, or C0)."""
    escalated = {(escalation.estate, escalation.about) for escalation in history.all(Escalation)}
    for record, alert in history.heard(Alert):
        fires = alert.state is AlertState.FIRING and alert.share is None and alert.grade != UNLINKED
        if history.finished and fires and (alert.estate, alert.about) not in escalated:
            yield Found(Verdict.LOST, f"alert {alert.id} r{alert.revision} at {where(record)} led to no escalation of {alert.estate}")


def revisions_count_up(history: History) -> Iterator[Found]:
    """An alert's words are revisions 1, 2, 3 …; an escalation's begin with 1, and each is the last one's revision or the next.

    What was forgotten and begins again is told apart by since when it has been so.
    """
    for kind, steps, heard in (("alert", (1,), history.heard(Alert)), ("escalation", (0, 1), history.heard(Escalation))):
        last: dict[tuple[str, UtcMs], int] = {}
        for record, word in heard:
            before = last.get((word.id, word.since))
            if word.revision - (before or 0) not in (steps if before else (1,)):
                yield Found(Verdict.OUT_OF_ORDER, f"{kind} {word.id} went from r{before or 0} to r{word.revision} at {where(record)}")
            last[word.id, word.since] = word.revision


# --------------------------------------------------------------------------- deliveries


def every_delivery_ends_once(history: History) -> Iterator[Found]:
    """A delivery is composed once and ends once: accepted, withdrawn or given up."""
    composed = Counter(delivery.id for delivery in history.all(Delivery))
    ended = Counter(outcome.delivery for outcome in history.all(Outcome))
    yield from (Found(Verdict.TOLD_TWICE, f"delivery {one} was composed {n} times") for one, n in composed.items() if n > 1)
    yield from (Found(Verdict.TOLD_TWICE, f"delivery {one} ended {n} times") for one, n in ended.items() if n > 1)
    yield from (Found(Verdict.LOST, f"delivery {one} ended and was never composed") for one in ended if one not in composed)
    if history.finished:
        yield from (Found(Verdict.LOST, f"delivery {one} has not ended") for one in composed if one not in ended)


def what_stands_in_is_newer(history: History) -> Iterator[Found]:
    """A delivery that was withdrawn because another tells it: that one exists, for the same receiver, and is not older."""
    deliveries = history.deliveries()
    for outcome in history.all(Outcome):
        withdrawn, other = deliveries.get(outcome.delivery), deliveries.get(outcome.stands_for)
        if not (outcome.stands_for and withdrawn):
            continue
        if other is None or other.to.receiver != withdrawn.to.receiver or _is_older(other, withdrawn):
            words = f"delivery {withdrawn.id} (r{withdrawn.revision}) was withdrawn for {outcome.stands_for}, which does not tell it"
            yield Found(Verdict.LOST, words)


def _is_older(one: Delivery, other: Delivery) -> bool:
    return one.thread == other.thread and one.revision < other.revision


def every_acceptance_arrived(history: History) -> Iterator[Found]:
    """What counts as accepted stands in the catcher's own log."""
    arrived, deliveries = {message.delivery for message in history.caught}, history.deliveries()
    for outcome in history.accepted():
        delivery = deliveries.get(outcome.delivery)
        if delivery and delivery.to.channel in CAUGHT_CHANNELS and delivery.id not in arrived:
            yield Found(Verdict.LOST, f"delivery {delivery.id} to {delivery.to.receiver} counts as accepted and never arrived")


def every_arrival_was_begun(history: History) -> Iterator[Found]:
    """Nothing arrives that had not been begun, with a receipt that committed."""
    begun = history.begun()
    for message in history.caught:
        if message.delivery not in begun:
            yield Found(Verdict.TOLD_TWICE, f"{message.where} caught {message.delivery}, which nobody had begun")


def nothing_arrives_twice(history: History) -> Iterator[Found]:
    """A delivery arrives once; again only as often as an attempt at it was marked as a possible duplicate."""
    marked = history.marked()
    for delivery, count in history.arrivals().items():
        if (unexcused := count - 1 - marked.get(delivery, 0)) > 0:
            words = f"{delivery} arrived {count} times, with {marked.get(delivery, 0)} attempts marked as possible duplicates"
            yield from (Found(Verdict.TOLD_TWICE, words) for _ in range(unexcused))


class _Thread(NamedTuple):
    """What one receiver hears about one matter of one escalation, or of one digest."""

    receiver: str
    thread: str
    matter: str


def _thread(delivery: Delivery) -> _Thread:
    return _Thread(delivery.to.receiver, delivery.thread, delivery.matter)


def messages_go_forward(history: History) -> Iterator[Found]:
    """In one thread, what a receiver gets never goes back to an earlier revision."""
    deliveries, newest = history.deliveries(), dict[_Thread, Delivery]()
    for message in history.caught:
        delivery = deliveries.get(message.delivery)
        if delivery is None:
            continue
        before = newest.setdefault(_thread(delivery), delivery)
        if delivery.revision < before.revision:
            words = f"{delivery.to.receiver} got r{delivery.revision} of {delivery.thread} after r{before.revision} ({message.where})"
            yield Found(Verdict.OUT_OF_ORDER, words)
        else:
            newest[_thread(delivery)] = delivery


def the_last_message_is_true(history: History) -> Iterator[Found]:
    """In a thread the last that was composed is the last that was accepted; withdrawn and given up apart.

    Nor does a receiver end on a message that was withdrawn, which is what a failure after the last byte can do.
    """
    outcomes, deliveries = history.outcomes(), history.deliveries()
    for delivery in _last(deliveries.get(message.delivery) for message in history.caught):
        if (outcome := outcomes.get(delivery.id)) and outcome.ending is Ending.WITHDRAWN:
            words = f"{delivery.to.receiver} last got r{delivery.revision} of {delivery.thread}, which was withdrawn, and nothing since"
            yield Found(Verdict.LOST, words)
    accepted = dict.fromkeys(o.delivery for o in history.accepted())
    told = {_thread(delivery): delivery for delivery in _last(deliveries.get(one) for one in accepted)}
    for truth in _last(delivery for delivery in deliveries.values() if delivery.id in accepted):
        if (last := told[_thread(truth)]).revision != truth.revision:
            words = f"{truth.to.receiver} was last told r{last.revision} of {truth.thread}; what was composed last is r{truth.revision}"
            yield Found(Verdict.OUT_OF_ORDER, words)


def _last(deliveries: Iterable[Delivery | None]) -> Iterable[Delivery]:
    """The last delivery of each thread."""
    return {_thread(delivery): delivery for delivery in deliveries if delivery}.values()


# --------------------------------------------------------------------------- attempts


def attempts_count_up(history: History) -> Iterator[Found]:
    """Attempts at a delivery are numbered 1, 2, 3 …, and each is begun once at most."""
    last: dict[str, int] = {}
    for record, attempt in history.heard(Attempt):
        delivery, before = attempt.delivery.id, last.get(attempt.delivery.id, 0)
        if attempt.number != before + 1:
            verdict = Verdict.TOLD_TWICE if attempt.number <= before else Verdict.OUT_OF_ORDER
            yield Found(verdict, f"attempt {attempt.number} at {delivery} follows attempt {before} ({where(record)})")
        last[delivery] = max(attempt.number, before)
    begun = Counter((r.delivery, r.attempt) for r in history.all(Receipt) if r.kind is ReceiptKind.BEGUN)
    yield from (Found(Verdict.TOLD_TWICE, f"attempt {number} at {one} was begun {n} times") for (one, number), n in begun.items() if n > 1)


class _Made(NamedTuple):
    """An attempt, and where in the delivery inbox stands what DELIVERY made it because of: only there have all things one order."""

    attempt: Attempt
    cause: Origin


def one_attempt_is_open(history: History) -> Iterator[Found]:
    """A receiver has one open attempt at most: the one before has a receipt that ends it, or nobody may execute it any more."""
    made: defaultdict[str, list[_Made]] = defaultdict(list)
    for record, attempt in history.heard(Attempt):
        if cause := cause_of(record):
            made[attempt.delivery.to.receiver].append(_Made(attempt, cause))
    is_over, broker_time = _endings(history), _times(history)
    for receiver, attempts in made.items():
        for before, after in pairwise(attempts):
            if not is_over(before.attempt, after.cause) and broker_time.get(after.cause, 0) <= before.attempt.not_after:
                words = f"attempt {after.attempt.number} at {after.attempt.delivery.id} was made while attempt {before.attempt.number}"
                yield Found(Verdict.TOLD_TWICE, f"{receiver}: {words} at {before.attempt.delivery.id} was open")


def _endings(history: History) -> Callable[[Attempt, Origin], bool]:
    """Whether a receipt that ends an attempt stands at or before a place of the delivery inbox."""
    over: dict[tuple[str, int], Origin] = {}
    for record, receipt in history.heard(Receipt):
        if receipt.kind is not ReceiptKind.BEGUN:
            over.setdefault((receipt.delivery, receipt.attempt), origin_of(record))
    return lambda attempt, place: (found := over.get((attempt.delivery.id, attempt.number))) is not None and found <= place


def _times(history: History) -> dict[Origin, UtcMs]:
    """The broker's time at a record: what a tick says that it is, else when the record was appended."""
    return {origin_of(r): word.wall if isinstance(word, Tick) else r.timestamp for r, word in history.said}


# --------------------------------------------------------------------------- all of them

CHECKS: tuple[Check, ...] = (
    every_word_is_readable,
    every_word_is_said_once,
    every_record_becomes_one_thing,
    every_alert_is_escalated,
    revisions_count_up,
    every_delivery_ends_once,
    what_stands_in_is_newer,
    every_acceptance_arrived,
    every_arrival_was_begun,
    nothing_arrives_twice,
    messages_go_forward,
    attempts_count_up,
    one_attempt_is_open,
    the_last_message_is_true,
)
