"""Links: what must follow from what, from an admitted fact to the letter that arrives. Checks like those of `checks`, and as blind.

A record that a room has parked leads to nothing, which is said and counted elsewhere: here it is not lost.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from schemas import codec
from schemas.escalation import AdmittedAct, Answer, Delivery, Escalation, EscalationState, Item
from schemas.intake import IncidentBulletin
from schemas.ledger import Admitted, Parked
from schemas.surveillance import Alert, AlertState
from schemas.topics import ESCALATION_INBOX
from streams.pipeline.line import Record
from streams.simulate.checks import UNLINKED, Check, Found, Verdict
from streams.simulate.history import Caught, History, Origin, cause_of, origin_of, stated_origin, where

# --------------------------------------------------------------------------- admitted → alert


class _OffSite(msgspec.Struct, frozen=True):
    dead: int | None = None
    hospitalised: int | None = None
    declared: bool = False


class _Replaces(msgspec.Struct, frozen=True):
    id: str = ""


class _Bulletin(msgspec.Struct, frozen=True):
    """What makes a bulletin S4 or S5 by itself, whatever else is known and whatever the policy (domain §3.4)."""

    dead: int | None = None
    missing: int | None = None
    off_site: _OffSite = _OffSite()
    replaces: _Replaces | None = None
    retracted: bool = False

    @property
    def is_grave(self) -> bool:
        """Somebody is dead or missing, or people outside the fence were harmed or sent away."""
        outside = self.off_site
        return not self.retracted and any((self.dead, self.missing, outside.dead, outside.hospitalised, outside.declared))


def every_grave_fact_is_alerted(history: History) -> Iterator[Found]:
    """A bulletin that is S4 or S5 by itself leads to an alert about its incident, unless its source has taken it back."""
    said = [(record, fact, _bulletin(fact)) for record, fact in history.heard(Admitted) if fact.kind == IncidentBulletin.type]
    taken_back = {(fact.source, told.replaces.id) for _, fact, told in said if told.retracted and told.replaces}
    alerted, parked = {alert.about for alert in history.all(Alert)}, _parked(history)
    for record, fact, told in said if history.finished else ():
        stands = told.is_grave and not fact.moved_away and (fact.source, fact.id) not in taken_back
        if stands and fact.incident not in alerted and origin_of(record) not in parked:
            yield Found(Verdict.LOST, f"bulletin {fact.id} of {fact.source} about {fact.incident} at {where(record)} led to no alert")


def _bulletin(fact: Admitted) -> _Bulletin:
    return msgspec.json.decode(fact.fact, type=_Bulletin)


# --------------------------------------------------------------------------- alert → digest


def every_unlinked_cluster_is_in_a_sum(history: History) -> Iterator[Found]:
    """Cases that nothing links, and that still are such at the end, are in the sums that digests have of their estate (R7).

    A digest names the first of them and counts all: there is one finding for each that its count falls short by, of those not named.
    """
    if not history.finished:
        return
    firing = {alert.id: (record, alert) for record, alert in history.heard(Alert)}
    left = [each for each in firing.values() if each[1].state is AlertState.FIRING and each[1].grade == UNLINKED]
    newest: dict[tuple[str, str], Item] = {}
    for item in history.all(Item):
        if (known := newest.get((item.estate, item.thread))) is None or known.revision <= item.revision:
            newest[item.estate, item.thread] = item
    summed: Counter[str] = Counter()
    for item in newest.values():
        summed[item.estate] += dict(item.numbers).get(UNLINKED, 0)
    named = {(item.estate, subject.about) for item in newest.values() for subject in item.subjects}
    for record, alert in sorted(left, key=lambda each: (each[1].estate, each[1].about) not in named):
        summed[alert.estate] -= 1
        if summed[alert.estate] < 0:
            yield Found(Verdict.LOST, f"alert {alert.id} r{alert.revision} at {where(record)} is in no digest of {alert.estate}")


# --------------------------------------------------------------------------- alert → escalation


def every_revision_is_escalated(history: History) -> Iterator[Found]:
    """Whatever an alert says of what is being escalated leads to one word on that escalation, because of it."""
    parked, words = _parked(history), _words_on_escalations(history)
    for record, alert in history.heard(Alert) if history.finished else ():
        place, said = origin_of(record), words[alert.estate, alert.about]
        at = bisect_left(said, (place,))
        before = said[at - 1].state if at and said[at - 1].cause[:2] == place[:2] else None
        is_open = before is not None and (alert.state is AlertState.FIRING or before in (EscalationState.OPEN, EscalationState.TAKEN))
        follows = at < len(said) and said[at].cause == place
        if is_open and not follows and place not in parked:
            yield Found(Verdict.LOST, f"alert {alert.id} r{alert.revision} at {where(record)} led to no word on its escalation")


class _Because(NamedTuple):
    """Because of which record an escalation was said to stand where."""

    cause: Origin
    state: EscalationState


def _words_on_escalations(history: History) -> defaultdict[tuple[str, str], list[_Because]]:
    """By estate and what it is about, in the order of their causes."""
    words: defaultdict[tuple[str, str], list[_Because]] = defaultdict(list)
    for record, word in history.heard(Escalation):
        if cause := cause_of(record):
            words[word.estate, word.about].append(_Because(cause, word.state))
    for said in words.values():
        said.sort(key=lambda one: one.cause)
    return words


def no_word_escalates_twice(history: History) -> Iterator[Found]:
    """One alert, act, outcome or tick leads to one word on an escalation at most."""
    count = Counter((record.header("cause"), word.id) for record, word in history.heard(Escalation))
    for (cause, escalation), n in count.items():
        if n > 1:
            yield Found(Verdict.TOLD_TWICE, f"escalation {escalation} was said {n} times because of {cause}")


# --------------------------------------------------------------------------- told → delivery


def everybody_told_has_a_delivery(history: History) -> Iterator[Found]:
    """Whoever an escalation says has been told is told: there is a delivery for that position."""
    written = {(delivery.thread, delivery.to.position) for delivery in history.all(Delivery)}
    missing = dict.fromkeys(
        (escalation.id, told.position, told.level)
        for escalation in history.all(Escalation)
        for told in escalation.standing.told
        if (escalation.id, told.position) not in written
    )
    for escalation, position, level in missing if history.finished else ():
        yield Found(
            Verdict.LOST, f"escalation {escalation} says that {position} was told at level {level}, and nothing was written to them"
        )


def nobody_is_written_to_twice(history: History) -> Iterator[Found]:
    """Two deliveries differ in more than their id."""
    first: dict[bytes, str] = {}
    for delivery in {delivery.id: delivery for delivery in history.all(Delivery)}.values():
        same = first.setdefault(codec.encode(msgspec.structs.replace(delivery, id="")), delivery.id)
        if same != delivery.id:
            yield Found(Verdict.TOLD_TWICE, f"delivery {delivery.id} tells {delivery.to.receiver} what {same} tells, word for word")


# --------------------------------------------------------------------------- act → answer


def every_act_is_answered(history: History) -> Iterator[Found]:
    """An admitted act is answered once, because of it, by its own id; one on a period of all firms by one of those who heard it."""
    parked, heard = _parked(history), defaultdict[Origin, list[tuple[Record, AdmittedAct]]](list)
    for record, act in history.heard(AdmittedAct):
        if record.topic == ESCALATION_INBOX.name:
            heard[stated_origin(act.origin)].append((record, act))
    answered = Counter((cause_of(record), answer.act_id) for record, answer in history.heard(Answer))
    for copies in heard.values():
        record, act = copies[0]
        count = sum(answered[origin_of(copy), act.id] for copy, _ in copies)
        on = act.escalation or f"{act.obligation}/{act.period}"
        name = f"{act.act} {act.id} by {act.position} on {on} at {where(record)}"
        if not count and history.finished and not any(origin_of(copy) in parked for copy, _ in copies):
            yield Found(Verdict.LOST, f"{name} was never answered")
        if count > 1:
            yield Found(Verdict.TOLD_TWICE, f"{name} was answered {count} times")


# --------------------------------------------------------------------------- delivery → what arrives


def everything_arrives_where_it_was_sent(history: History) -> Iterator[Found]:
    """A mail comes to the address of its delivery, and to no other; in an exercise a webhook comes to the door of its receiver."""
    deliveries = history.deliveries()
    for message in history.caught:
        if (delivery := deliveries.get(message.delivery)) and message.to != (wanted := _wanted(delivery, message)):
            words = f"{message.where} caught {delivery.id} for {', '.join(message.to) or 'nobody'}; it was to go to {', '.join(wanted)}"
            yield Found(Verdict.LOST, words)


def _wanted(delivery: Delivery, message: Caught) -> tuple[str, ...]:
    if message.channel == "mail":
        return (delivery.to.address,)
    return (delivery.to.receiver,) if delivery.exercise else message.to


def everything_says_what_it_was_sent_for(history: History) -> Iterator[Found]:
    """A message's own text is of the delivery that its envelope names: the links of a mail, the body of a webhook."""
    for message in history.caught:
        if other := next((one for one in message.speaks_of if one != message.delivery), None):
            yield Found(Verdict.LOST, f"{message.where} caught {message.delivery}, and its text is that of {other}")


def _parked(history: History) -> set[Origin]:
    return {stated_origin(parked.origin) for parked in history.all(Parked)}


LINKS: tuple[Check, ...] = (
    every_grave_fact_is_alerted,
    every_unlinked_cluster_is_in_a_sum,
    every_revision_is_escalated,
    no_word_escalates_twice,
    everybody_told_has_a_delivery,
    nobody_is_written_to_twice,
    every_act_is_answered,
    everything_arrives_where_it_was_sent,
    everything_says_what_it_was_sent_for,
)
