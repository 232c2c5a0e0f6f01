"""Law 9: deliveries = accepted + withdrawn + given up, whatever senders, receivers and clocks do; and laws 2, 5 and 7 as far as
they are DELIVERY's.

`Night` judges each word as it is said: an end comes once, one attempt is open, numbers count, a second copy is marked. Here is what can
only be said in the morning.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import encode
from schemas.delivery import Ending, Receipt, ReceiptKind
from schemas.escalation import MessageType
from schemas.ledger import Tick
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.line import Record
from tests.unit.pipeline.test_delivery_driver import NIGHTS, NOON, House, Night, a_delivery, a_night


@settings(max_examples=250)
@given(NIGHTS)
def test_in_the_morning_all_is_told_or_accounted_for(events):
    """However receipts are lost, late or doubled, and whoever fails: each delivery has ended, and what it stood for is known."""
    night = a_night(events)
    every_delivery_has_ended_exactly_once(night)
    what_is_withdrawn_is_told_by_something_newer_or_was_never_heard_of(night)
    the_last_message_of_a_thread_is_its_newest(night)
    nobody_is_told_twice_unmarked(night)
    a_quiet_house_remembers_no_letters(night)


def every_delivery_has_ended_exactly_once(night):
    """Conservation; that no end comes twice is judged as it is said."""
    assert {name: type(outcome.ending) for name, outcome in night.ended.items()} == dict.fromkeys(night.told, Ending)


def what_is_withdrawn_is_told_by_something_newer_or_was_never_heard_of(night):
    """Following `stands_for` leads to what was accepted or given up; to nothing only where nothing had been heard."""
    for name in night.ended:
        outcome = night.ended[name]
        while outcome.ending is Ending.WITHDRAWN and outcome.stands_for:
            assert night.told[outcome.stands_for].revision >= night.told[outcome.delivery].revision
            outcome = night.ended[outcome.stands_for]
        if outcome.ending is Ending.WITHDRAWN:
            of_it = [message for message in night.mailbox if _thread(message) == (night.told[name].to.receiver, night.told[name].thread)]
            assert all(message.delivery.at >= night.told[name].at for message in of_it)


def the_last_message_of_a_thread_is_its_newest(night):
    """What arrives never goes back to an older revision, and an acceptance is of something that did arrive (law 7)."""
    last = {}
    for message in night.mailbox:
        line = (*_thread(message), message.delivery.matter)
        assert message.delivery.revision >= last.get(line, 0)
        last[line] = message.delivery.revision
    arrived = {message.delivery.id for message in night.mailbox}
    assert {name for name, outcome in night.ended.items() if outcome.ending is Ending.ACCEPTED} <= arrived


def nobody_is_told_twice_unmarked(night):
    """A second copy of a message bears the mark, and so does its outcome (promise 1)."""
    seen = set()
    for message in night.mailbox:
        assert message.delivery.id not in seen or message.possible_duplicate
        if message.delivery.id in seen:
            assert night.ended[message.delivery.id].possible_duplicate
        seen.add(message.delivery.id)


def a_quiet_house_remembers_no_letters(night):
    """When all has ended the letters are closed, and after a year of quiet the threads are too."""
    assert not [key for key in night.memory if key.count("/") == 2]
    night.after(367 * 24 * 60)
    assert not [key for key in night.memory if "/" in key]


@given(st.permutations(range(1, 7)), st.lists(st.sampled_from([0, 1, 6]), min_size=6, max_size=6))
def test_revisions_in_any_order_lead_to_the_last(revisions, pauses):
    """Whatever order the revisions of one thread come in, the receiver's messages only go forward, and the last is the newest (law 7)."""
    night = Night()
    for revision, minutes in zip(revisions, pauses, strict=True):
        night.revisions["duty-mail", "E-1"] = revision - 1
        night.tells("E-1", msg_type=MessageType.ALERT if revision == 1 else MessageType.UPDATE)
        night.sends("duty-mail", "now")
        night.after(minutes)
        night.sends("duty-mail", "now")
    night.drains()
    got = [message.delivery.revision for message in night.mailbox]
    assert got == sorted(got)
    assert got[-1] == 6


def _thread(message):
    return message.delivery.to.receiver, message.delivery.thread


# Law 2: total.


@given(st.binary(max_size=300), st.one_of(st.none(), st.binary(max_size=30)))
def test_no_bytes_make_the_room_raise(value, key):
    """Bytes that are no word are parked."""
    house = House()
    record = _record(house, value)._replace(key=key)
    assert [said.topic.name for said in DELIVERY.step({}, record, house.books).words] == ["parked"]


JSON = st.recursive(
    st.one_of(
        st.sampled_from(["duty-mail", "E-1", "a/b", "", "S5", "Cancel"]), st.none(), st.booleans(), st.integers(), st.text(max_size=8)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=5,
)
WORDS = (
    a_delivery("b", revision=2),
    Receipt("a", "duty-mail", 1, ReceiptKind.FAILED, retry_after=5, disable=True, in_doubt=True, answer="451"),
    Tick(1, NOON, NOON, NOON),
)


@settings(max_examples=200)
@given(st.sampled_from(WORDS), st.dictionaries(st.integers(0, 40), JSON, min_size=1, max_size=3), st.sampled_from(["duty-mail", "x", ""]))
def test_no_word_makes_the_room_raise(word, changes, key):
    """A word with anything in any field is answered or parked, with entries that can be packed."""
    fields = json.loads(encode(word))
    names = sorted(fields.keys() - {"word"})
    for number, value in changes.items():
        fields[names[number % len(names)]] = value
    house = House()
    house.tell("a")
    house.hears(json.dumps(fields).encode(), key)
    house.after(60)


@given(NIGHTS)
def test_a_night_told_again_is_the_same_night(events):
    """Same records, same words, same memory (law 8)."""
    first, again = a_night(events), a_night(events)
    assert (first.words, first.memory) == (again.words, again.memory)


def _record(house: House, value: bytes):
    return Record("delivery-inbox", 0, 1, house.wall, b"duty-mail", value)


def test_the_judge_knows_a_bad_night():
    """The judge itself can say no: an attempt that nobody was promised is refused."""
    night = Night()
    night.tells("E-1")
    attempt = night.in_hand["duty-mail"]
    with pytest.raises(AssertionError, match="two attempts are open"):
        night._judge_attempt(attempt)
