"""What becomes of a record, whoever drives the room: signed words, changed entries, or one parked word."""

import pytest

from schemas import codec
from schemas.ledger import Parked, Progress, Tick
from schemas.topics import ESCALATIONS, INTAKE_TOPICS, LEDGER, PARKED, PROGRESS
from schemas.word import Stamp
from streams.live.library import load
from streams.pipeline.answer import LARGEST_ROW_BYTES, POSTPONED_MS, Answered, Speaker, tick_of
from streams.pipeline.dues import Least
from streams.pipeline.line import Due, NotInstalledError, Record, Room, Said, Step

STAMPED = (("policy", b"p"), ("roster", b"r"))
WORD = Parked("a room", "a key", "nothing", origin=None)
TICK = Tick(7, 1_000, 2_000, 950, proven=(("t|s", 700),))


def record(key: bytes = b"k", value: bytes = b"", headers=STAMPED, topic=LEDGER) -> Record:
    return Record(topic.name, 1, 40, 0, key, value, headers)


def tick(word: Tick = TICK) -> Record:
    return record(b"", codec.encode(word), (*STAMPED, ("word", b"tick")))


def says(count: int):
    """A step that changes one entry and says so many words."""
    words = tuple(Said(ESCALATIONS, "k", WORD, Stamp("p", "r")) for _ in range(count))
    return lambda entries, record, policy: Step({"e": b"new"}, words, {"e": Due(at=9)})


def breaks(entries, record, policy) -> Step:
    raise ZeroDivisionError("3201011234567890 Siti")


def speaker(step, broken=None, policy_of=lambda record: "policy", inboxes=(LEDGER,)) -> Speaker:
    return Speaker(Room("clerk", inboxes, step, bytes, bytes, broken), policy_of, inboxes[0], 1, "release")


def signatures(answered: Answered) -> list[tuple[str, str, str, str]]:
    """Topic, by, cause and n of each row."""
    headers = [(topic.name, dict(headers)) for topic, _, _, _, headers in answered.rows]
    return [(name, *(known[h].decode() for h in ("by", "cause", "n"))) for name, known in headers]


def parked(answered: Answered) -> Parked:
    """The first word, which says that the record was parked."""
    topic, _, _, value, _ = answered.rows[0]
    assert topic == PARKED
    word = codec.decode(value)
    assert isinstance(word, Parked)
    return word


def test_words_are_signed_by_the_seat_with_their_cause_and_number():
    answered = speaker(says(2)).answer({}, record())
    assert signatures(answered) == [("escalations", "clerk/1", "ledger/1/40", "0"), ("escalations", "clerk/1", "ledger/1/40", "1")]
    assert (answered.packed, answered.due) == ({"e": b"new"}, {"e": Due(at=9)})


def test_a_room_with_several_inboxes_names_the_one_it_speaks_at():
    answered = speaker(says(1), inboxes=INTAKE_TOPICS).answer({}, record())
    assert signatures(answered) == [("escalations", "clerk/report-submissions/1", "report-submissions/1/40", "0")]


def test_what_a_tick_leads_to_names_the_entry_and_counts_from_nought():
    answered = speaker(says(1)).answer_tick({"e": b""}, tick(), "e", Due(at=5))
    assert signatures(answered) == [("escalations", "clerk/1", "ledger/1/40/e", "0")]


def test_a_record_that_breaks_the_room_is_parked_and_not_quoted():
    """Laws 2 and 12: type, file, line and function; nothing of what the error says."""
    answered = speaker(breaks).answer({"e": b""}, record())
    word = parked(answered)
    assert word.error.startswith("ZeroDivisionError at test_answer.py:")
    assert word.error.endswith(" in breaks")
    assert (word.room, word.key, word.origin.offset) == ("clerk", "k", 40)
    assert (answered.changes, answered.packed, answered.because) == ({}, {}, word.error)


@pytest.mark.parametrize(
    ("due", "later"),
    [
        pytest.param(Due(at=1_000), Due(at=1_000 + POSTPONED_MS), id="due by law"),
        pytest.param(Due(wall=1_999), Due(wall=2_000 + POSTPONED_MS), id="due by the broker's clock"),
        pytest.param(Due(at=900, wall=5_000), Due(at=1_000 + POSTPONED_MS, wall=5_000), id="due by one, waiting for the other"),
        pytest.param(Due(proven=("", 900)), Due(at=1_000 + POSTPONED_MS), id="due by a proof, which stays proven"),
        pytest.param(Due(at=2_000, proven=("t|s", 700)), Due(at=2_000), id="due by a proof, and anyway soon"),
        pytest.param(Due(at=900, proven=("t|s", 701)), Due(at=1_000 + POSTPONED_MS, proven=("t|s", 701)), id="waiting for a proof"),
        pytest.param(Due(at=900, proven=("t|x", 1)), Due(at=1_000 + POSTPONED_MS, proven=("t|x", 1)), id="waiting for a gate unheard of"),
    ],
)
def test_an_entry_on_whose_tick_the_room_breaks_is_due_again_in_an_hour(due, later):
    """Never forgotten: the ladder of an explosion. Never hot: CLOCK would hurry for it without end."""
    answered = speaker(breaks).answer_tick({"e": b"old"}, tick(), "e", due)
    assert parked(answered).key == "e"
    assert (answered.packed, answered.due) == ({"e": b"old"}, {"e": later})


def test_a_room_may_say_more_about_a_record_that_it_broke_on():
    """Its words come after the parked one, and its changes stand."""
    answered = speaker(breaks, broken=says(2)).answer({}, record())
    assert [n for *_, n in signatures(answered)] == ["0", "1", "2"]
    assert [name for name, *_ in signatures(answered)] == ["parked", "escalations", "escalations"]
    assert answered.packed == {"e": b"new"}
    assert answered.because == parked(answered).error


def test_a_room_that_breaks_again_leaves_the_parked_word_alone():
    answered = speaker(breaks, broken=breaks).answer({}, record())
    assert (len(answered.rows), answered.packed) == (1, {})
    assert parked(answered).error.endswith(" in breaks")


def test_what_a_room_does_about_a_broken_tick_cannot_forget_the_entry():
    """An hour later, whatever it says of the due; only a closed entry is due no more."""
    answered = speaker(breaks, broken=says(1)).answer_tick({"e": b"old"}, tick(), "e", Due(at=5))
    assert (answered.packed, answered.due) == ({"e": b"new"}, {"e": Due(at=1_000 + POSTPONED_MS)})
    closing = speaker(breaks, broken=lambda *_: Step({"e": None})).answer_tick({"e": b"old"}, tick(), "e", Due(at=5))
    assert (closing.packed, closing.due) == ({"e": None}, {})


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(lambda *_: Step({"e": bytes(LARGEST_ROW_BYTES + 1)}), id="an entry"),
        pytest.param(
            lambda *_: Step({"e": b"x"}, (Said(ESCALATIONS, "k", Parked("r", "k", "e" * LARGEST_ROW_BYTES, None), Stamp("p", "r")),)),
            id="a word",
        ),
    ],
)
def test_what_no_broker_would_take_is_parked_and_its_changes_dropped(step):
    """A refusal by the broker would end the worker, and the next one at the same record."""
    answered = speaker(step).answer({}, record())
    assert parked(answered).error.startswith("TooLargeError at answer.py:")
    assert (answered.changes, answered.packed) == ({}, {})


def missing(*_):
    raise NotInstalledError("revision x")


@pytest.mark.parametrize(
    "clerk", [pytest.param(speaker(says(1), policy_of=missing), id="asked for"), pytest.param(speaker(missing), id="in a step")]
)
def test_a_revision_that_is_missing_is_no_fault_of_the_record(clerk):
    """It ends the worker, which says what to install; parking would let the explosion go."""
    with pytest.raises(NotInstalledError):
        clerk.answer({}, record())
    with pytest.raises(NotInstalledError):
        clerk.answer_tick({"e": b""}, tick(), "e", Due(at=5))


def test_a_missing_revision_is_named_with_the_place_to_put_it():
    books = load()
    stamped = record(headers=(("policy", b"2031-01-01.1"), ("roster", b"example-1")))
    with pytest.raises(NotInstalledError, match=r"revision 2031-01-01\.1, by which ledger/1/40 was decided.*SIAGA_POLICIES"):
        books.in_force(stamped)


def test_a_record_that_nobody_stamped_is_parked():
    """It is none of our own words; it stops nobody."""
    answered = speaker(says(1), policy_of=load().in_force).answer({}, record(headers=()))
    assert parked(answered).error.startswith("UnstampedError at library.py:")


def test_a_report_is_the_seats_own_and_belongs_to_no_room():
    """In an audit no room says it again."""
    topic, partition, key, value, headers = speaker(says(0)).report(4, Least(1, 2, (("", 3),)), "x/1/2")
    assert (topic, partition, key, dict(headers)["cause"]) == (PROGRESS, 0, b"clerk/ledger/1", b"x/1/2/~seat")
    word = Progress("clerk", "ledger", 1, tick=4, due_at=1, due_wall=2, due_proven=(("", 3),))
    assert codec.decode(value) == word


def test_a_tick_is_known_by_its_header_and_by_its_content():
    assert tick_of(tick()) == TICK
    assert tick_of(record(b"", codec.encode(TICK))) is None
    for value in (b"{", codec.encode(WORD), b"[" * 100_000, b'{"word":"admitted","fact":' + b"[" * 100_000):
        assert isinstance(tick_of(record(b"", value, (("word", b"tick"),))), Exception)
