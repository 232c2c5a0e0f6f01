"""DELIVERY, case by case: what a receiver is told, when, and how each delivery ends."""

import pytest
from msgspec.structs import replace

from schemas.codec import encode
from schemas.delivery import Attempt, Ending, GaveUp, Outcome, ReceiptKind
from schemas.escalation import MessageType, Why
from schemas.ledger import Parked, Tick
from schemas.surveillance import SourceSituation, Trouble
from schemas.topics import ATTEMPTS, ESCALATION_INBOX
from schemas.word import Stamp, Word
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.delivery.memory import MOST_COALESCED, MOST_KNOWN, Queued, Thread
from streams.pipeline.delivery.room import LARGEST_LETTER_BYTES, LATEST_INSTANT
from streams.pipeline.line import Due, Record
from tests.unit.pipeline.test_delivery_driver import (
    BOOKS,
    DELIVERING,
    HEADERS,
    LAPSE,
    MINUTE,
    NOON,
    House,
    a_delivery,
    attempted,
    ended,
    only_attempt,
    outcome,
)

ALERT, CANCEL = MessageType.ALERT, MessageType.CANCEL
FIRST = {"msg_type": ALERT, "why": Why.FIRST_NOTICE}
END = {"msg_type": CANCEL, "why": Why.CANCELLED}
BEGUN, ACCEPTED, REFUSED, FAILED, EXPIRED = ReceiptKind


def told(house: House, name: str = "first", **said: object) -> Attempt:
    """A message that was accepted."""
    attempt = only_attempt(house.tell(name, **{**FIRST, **said}))
    house.accept(attempt)
    return attempt


class TestAttempts:
    """One at a time, each for a limited time."""

    def test_a_first_message_is_tried_at_once(self) -> None:
        """A first attempt has number 1, the sender's limit by the broker's clock, no thread and nothing seen."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        assert (attempt.number, attempt.not_after, attempt.root, attempt.seen) == (1, house.wall + MINUTE, "", None)
        assert not attempt.possible_duplicate
        assert house.dues["duty-mail"] == Due(wall=house.wall + LAPSE)

    def test_words_carry_key_and_stamp_of_their_cause(self) -> None:
        """Attempts are keyed by receiver, outcomes by estate, and both bear the record's revisions (law 13)."""
        tried = DELIVERY.step({}, Record("delivery-inbox", 0, 1, NOON, b"", _packed("a"), HEADERS), BOOKS)
        unsent = DELIVERY.step({}, Record("delivery-inbox", 0, 1, NOON, b"", _packed("b", channel="fax"), HEADERS), BOOKS)
        assert [(s.topic, s.key, s.stamp) for s in tried.words] == [(ATTEMPTS, "duty-mail", Stamp("test", "roster-1"))]
        assert [(s.topic, s.key, s.stamp) for s in unsent.words] == [(ESCALATION_INBOX, "imip", Stamp("test", "roster-1"))]

    def test_a_second_message_waits_for_the_first(self) -> None:
        """At most one attempt is open per receiver, whatever the thread."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        assert house.tell("b", thread="E-2", urgent=True, grade="S5", **FIRST) == []
        assert only_attempt(house.accept(attempt)).delivery.id == "b"

    def test_receivers_do_not_wait_for_each_other(self) -> None:
        """A slow receiver holds up nobody else."""
        house = House()
        house.tell("a", **FIRST)
        assert only_attempt(house.tell("b", receiver="governor-mail", **FIRST)).delivery.id == "b"

    def test_an_update_says_what_was_seen_and_hangs_on_the_first(self) -> None:
        """The thread is the first accepted delivery's; `seen` is what the receiver last accepted in it."""
        house = House()
        told(house, revision=1, grade="S3", dead=2)
        house.clock = 6 * MINUTE
        attempt = only_attempt(house.tell("b", revision=2, dead=2))
        assert attempt.root == "first"
        assert attempt.seen is not None
        assert (attempt.seen.revision, attempt.seen.grade, attempt.seen.at, attempt.seen.numbers) == (1, "S3", NOON, (("dead", 2),))
        assert attempt.seen.aspects == attempt.delivery.situation.aspects() != ()

    def test_an_older_message_of_another_topic_takes_nothing_back(self) -> None:
        """`seen` never goes backwards."""
        house = House()
        told(house, revision=3)
        told(house, "filing", revision=2, matter="filing")
        house.clock = 6 * MINUTE
        attempt = only_attempt(house.tell("b", revision=4))
        assert attempt.seen is not None
        assert attempt.seen.revision == 3

    def test_a_repeated_delivery_says_nothing(self) -> None:
        """An id that has arrived before changes nothing, on its way or ended (law 5)."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        memory = dict(house.memory)
        assert house.tell("a", **FIRST) == []
        assert house.memory == memory
        house.accept(attempt)
        assert house.tell("a", **FIRST) == []


class TestReceipts:
    """Each receipt, and what follows."""

    def test_acceptance_ends_it(self) -> None:
        """Accepted ends a delivery, once; the letter is closed."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.accept(attempt)
        house.accept(attempt)
        assert ended(house.words) == [("a", "accepted")]
        assert "duty-mail/E-1/a" not in house.memory
        assert "duty-mail" not in house.dues

    def test_a_refusal_gives_up(self) -> None:
        """A final refusal is given up at once with the receiver's words; the next message is still tried."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        words = house.receipt(attempt, REFUSED, answer="550 no such box")
        assert (outcome(words, "a").ending, outcome(words, "a").answer) == (Ending.GIVEN_UP, "550 no such box")
        assert not outcome(words, "a").disabled
        assert only_attempt(house.tell("b", revision=2)).delivery.id == "b"

    @pytest.mark.parametrize("kind", [REFUSED, FAILED])
    def test_a_receiver_that_wants_nothing_any_more_gets_nothing(self, kind: ReceiptKind) -> None:
        """After 410 everything waiting and everything to come is given up with the receiver's answer."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("b", thread="E-2", **FIRST)
        house.tell("c", revision=2)
        words = house.receipt(attempt, kind, answer="410 Gone", disable=True)
        assert sorted(ended(words)) == [("a", "given_up"), ("b", "given_up"), ("c", "given_up")]
        later = outcome(house.tell("d", revision=3), "d")
        assert (later.answer, later.disabled, later.attempts) == ("410 Gone", True, 0)
        assert attempted(house.words) == [attempt]

    def test_a_new_address_opens_a_disabled_letterbox(self) -> None:
        """What was disabled is an address; the roster heals it by naming another."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), REFUSED, disable=True)
        assert only_attempt(house.tell("b", revision=2, address="new@example.org")).delivery.id == "b"

    def test_a_receiver_that_disables_without_a_word_is_disabled(self) -> None:
        """An empty answer is an answer."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), REFUSED, disable=True)
        assert outcome(house.tell("b", revision=2), "b").ending is Ending.GIVEN_UP

    def test_what_waits_for_another_address_survives_the_disabling(self) -> None:
        """Only letters to the disabled address are given up."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("b", thread="E-2", address="new@example.org", **FIRST)
        assert only_attempt(house.receipt(attempt, REFUSED, disable=True)).delivery.id == "b"

    def test_failures_follow_the_schedule_and_then_give_up(self) -> None:
        """The channel's schedule, by the broker's clock; the last failure gives up."""
        house = House(BOOKS)
        attempt = only_attempt(house.tell("a", **FIRST))
        for number, seconds in ((2, 30), (3, 60), (4, 300)):
            assert house.receipt(attempt, FAILED, answer="451 later") == []
            assert house.after((seconds - 1) / 60) == []
            attempt = only_attempt(house.after(1 / 60))
            assert (attempt.number, attempt.possible_duplicate) == (number, False)
        assert outcome(house.receipt(attempt, FAILED, answer="451 later"), "a").attempts == 4

    @pytest.mark.parametrize(
        ("asked", "waits"),
        [
            pytest.param(20, 30, id="a shorter Retry-After changes nothing"),
            pytest.param(45, 45, id="a longer Retry-After is honoured"),
            pytest.param(10**12, 390, id="nobody puts us off for longer than the whole schedule"),
            pytest.param(-5, 30, id="a negative Retry-After changes nothing"),
        ],
    )
    def test_retry_after(self, asked: int, waits: int) -> None:
        """The receiver may ask for a longer pause, within bounds."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), FAILED, retry_after=asked)
        assert house.dues["duty-mail"] == Due(wall=house.wall + waits * 1_000)

    def test_an_expired_attempt_is_tried_again_and_is_no_failure_of_the_receiver(self) -> None:
        """Expired waits for the shortest pause and costs nothing of the schedule; the breaker does not count it."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        for number in range(2, 12):
            assert house.receipt(attempt, EXPIRED) == []
            assert house.box().failures == 0
            attempt = only_attempt(house.after(0.5))
            assert attempt.number == number

    def test_after_attempts_that_nobody_began_the_whole_schedule_is_left(self) -> None:
        """Six of them once gave up what had never been sent."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        for _ in range(6):
            house.receipt(attempt, EXPIRED)
            attempt = only_attempt(house.after(0.5))
        for minutes in (0.5, 1, 5):
            assert house.receipt(attempt, FAILED) == []
            attempt = only_attempt(house.after(minutes))
        assert outcome(house.receipt(attempt, FAILED), "a").attempts == 10

    @pytest.mark.parametrize("kind", [BEGUN, FAILED, REFUSED, EXPIRED])
    def test_a_late_receipt_says_nothing(self, kind: ReceiptKind) -> None:
        """Receipts of a try that is no longer open are ignored."""
        house = House()
        first = only_attempt(house.tell("a", **FIRST))
        only_attempt(house.after(LAPSE / MINUTE))
        memory = dict(house.memory)
        assert house.receipt(first, kind, disable=True) == []
        assert house.memory == memory

    def test_an_acceptance_of_what_was_withdrawn_says_nothing(self) -> None:
        """A delivery that has ended does not end again, whatever waits beside it."""
        house = House()
        first = only_attempt(house.tell("a", **FIRST))
        house.receipt(first, FAILED)
        house.tell("b", revision=2)
        assert house.receipt(first, ACCEPTED) == []
        assert [queued.thread for queued in house.box().waiting] == ["E-1"]

    def test_a_receipt_for_nobody_says_nothing(self) -> None:
        """A receipt of a delivery never heard of is ignored."""
        house = House()
        assert house.accept(Attempt(a_delivery("ghost"), 1, NOON)) == []
        assert house.memory == {}


class TestNoOutcome:
    """Begun or not, and nothing more is heard."""

    def test_nothing_is_tried_again_before_the_sender_must_have_stopped(self) -> None:
        """Again only when the wall is past not_after, the send's time-out and the tolerance; only a tick says so (law 3)."""
        house = House()
        house.tell("a", **FIRST)
        house.clock = LAPSE - 1
        assert house.tick() == []
        house.clock = LAPSE + MINUTE
        assert house.tell("b", thread="E-2", **FIRST) == []
        assert only_attempt(house.tick()).delivery.id == "a"

    @pytest.mark.parametrize("begun", [True, False])
    def test_a_second_try_is_marked_if_the_first_was_begun(self, begun: bool) -> None:
        """possible_duplicate, if and only if there was a begun receipt; the outcome says so too."""
        house = House()
        first = only_attempt(house.tell("a", **FIRST))
        if begun:
            house.receipt(first, BEGUN)
        again = only_attempt(house.after(LAPSE / MINUTE))
        assert (again.number, again.possible_duplicate) == (2, begun)
        assert outcome(house.accept(again), "a").possible_duplicate is begun

    def test_the_mark_stays_after_an_honest_failure(self) -> None:
        """What may have arrived once may have arrived for ever."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), BEGUN)
        house.receipt(only_attempt(house.after(LAPSE / MINUTE)), FAILED)
        assert only_attempt(house.after(1)).possible_duplicate

    def test_our_own_senders_being_down_uses_up_no_schedule(self) -> None:
        """A try that nobody began costs nothing: it is not given up while the senders are away."""
        house = House()
        house.tell("a", **FIRST)
        for _ in range(20):
            house.after(LAPSE / MINUTE)
        assert ended(house.words) == []
        assert attempted(house.words)[-1].number == 21

    def test_begun_tries_without_outcome_use_up_the_schedule(self) -> None:
        """A sender that dies at each try does not send for ever."""
        house = House()
        words = house.tell("a", **FIRST)
        while attempts := attempted(words):
            house.receipt(attempts[0], BEGUN)
            words = house.after(LAPSE / MINUTE)
        given_up = outcome(words, "a")
        assert (given_up.ending, given_up.attempts, given_up.possible_duplicate) == (Ending.GIVEN_UP, 4, True)

    def test_a_failure_in_doubt_is_marked_like_silence(self) -> None:
        """A time-out behind the last byte may have been an acceptance."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), FAILED, in_doubt=True)
        assert only_attempt(house.after(0.5)).possible_duplicate

    def test_a_late_acceptance_ends_what_waits_for_its_next_try(self) -> None:
        """Accepted for an earlier number ends the delivery; only one copy can have arrived."""
        house = House()
        first = only_attempt(house.tell("a", **FIRST))
        house.receipt(first, BEGUN)
        house.receipt(only_attempt(house.after(LAPSE / MINUTE)), FAILED)
        words = house.receipt(first, ACCEPTED)
        assert not outcome(words, "a").possible_duplicate
        assert "duty-mail" not in house.dues

    def test_a_late_acceptance_leaves_the_open_try_its_time(self) -> None:
        """The delivery ends, but the next one waits until the open try can no longer be executed: the order of arrival is the truth's."""
        house = House()
        first = only_attempt(house.tell("a", **FIRST))
        house.receipt(first, BEGUN)
        second = only_attempt(house.after(LAPSE / MINUTE))
        assert outcome(house.receipt(first, ACCEPTED), "a").possible_duplicate
        assert house.tell("b", revision=2, grade="S4") == []
        assert only_attempt(house.accept(second)).delivery.id == "b"
        assert ended(house.words) == [("a", "accepted")]

    @pytest.mark.parametrize("kind", [FAILED, REFUSED, EXPIRED, None])
    def test_whatever_becomes_of_the_open_try_it_ends_nothing_twice(self, kind: ReceiptKind | None) -> None:
        """An ended delivery's open try only frees its place."""
        house = House()
        first = only_attempt(house.tell("a", **FIRST))
        house.receipt(first, BEGUN)
        second = only_attempt(house.after(LAPSE / MINUTE))
        house.receipt(first, ACCEPTED)
        if kind:
            house.receipt(second, kind, in_doubt=kind is FAILED)
        else:
            house.receipt(second, BEGUN)
            house.after(LAPSE / MINUTE)
        assert ended(house.words) == [("a", "accepted")]
        assert house.box().open is None
        assert house.receipt(first, ACCEPTED) == []


class TestCoalescing:
    """Updates of one thread, R13's corrections in the five minutes after an explosion."""

    def test_updates_wait_and_the_newest_wins(self) -> None:
        """Within five minutes updates wait; the older one is withdrawn as soon as it is superseded, and its id rides along."""
        house = House()
        told(house)
        house.clock = MINUTE
        assert house.tell("b", revision=2) == []
        words = house.tell("c", revision=3)
        assert (outcome(words, "b").ending, outcome(words, "b").stands_for) == (Ending.WITHDRAWN, "c")
        assert house.dues["duty-mail"] == Due(at=NOON + 5 * MINUTE)
        attempt = only_attempt(house.after(4))
        assert (attempt.delivery.id, attempt.coalesced) == ("c", ("b",))

    @pytest.mark.parametrize(
        ("said", "passes"),
        [
            pytest.param({"grade": "S4"}, True, id="a risen grade passes at once"),
            pytest.param({"dead": 3}, True, id="more dead pass at once"),
            pytest.param({"dead": 2}, False, id="as many dead wait"),
            pytest.param({"grade": "S2"}, False, id="a fallen grade waits"),
            pytest.param({"dead": 1}, False, id="fewer dead wait"),
            pytest.param({"matter": "filing"}, True, id="another matter is another message"),
            pytest.param(END, True, id="an end is told at once"),
        ],
    )
    def test_what_passes_at_once(self, said: dict[str, object], passes: bool) -> None:
        """Severity and deaths do not wait (law 11), nor does a retraction (G8)."""
        house = House()
        told(house, dead=2)
        house.clock = MINUTE
        house.tell("b", revision=2, dead=2)
        attempts = attempted(house.tell("c", **{"revision": 3, "dead": 2, **said}))
        assert [attempt.delivery.id for attempt in attempts] == (["c"] if passes else [])
        taken = [name for name, ending in ended(house.words) if ending == "withdrawn"]
        assert taken == ([] if said.get("matter") else ["b"])

    def test_only_a_tick_ends_the_wait(self) -> None:
        """Neither a later delivery nor a receipt fires another letter's deadline (law 3)."""
        house = House()
        told(house)
        house.tell("b", revision=2)
        house.clock = 6 * MINUTE
        attempt = only_attempt(house.tell("x", thread="E-2", **FIRST))
        assert attempt.delivery.id == "x"
        assert attempted(house.accept(attempt)) == []
        assert only_attempt(house.tick()).delivery.id == "b"

    def test_a_rise_beside_an_open_attempt_goes_next(self) -> None:
        """While an attempt is open newer ones wait, even risen ones; they go when it ends."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("b", revision=2, grade="S4")
        assert only_attempt(house.accept(attempt)).delivery.id == "b"

    def test_an_update_beside_an_open_attempt_waits_from_then(self) -> None:
        """The five minutes count from the last message, though the update came before it was accepted."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("b", revision=2)
        assert attempted(house.accept(attempt)) == []
        assert only_attempt(house.after(5)).delivery.id == "b"

    def test_a_failed_message_is_not_repeated_when_a_newer_one_waits(self) -> None:
        """A retrying delivery is withdrawn in favour of the newer; its turn, its free passage and its schedule go over."""
        house = House()
        house.receipt(only_attempt(house.tell("a", urgent=True, grade="S5", **FIRST)), FAILED)
        words = house.tell("b", revision=2, grade="S5")
        withdrawn = outcome(words, "a")
        assert (withdrawn.ending, withdrawn.stands_for, withdrawn.attempts, withdrawn.possible_duplicate) == (
            Ending.WITHDRAWN,
            "b",
            1,
            False,
        )
        attempt = only_attempt(house.after(0.5))
        assert (attempt.delivery.id, attempt.number, attempt.coalesced, attempt.root) == ("b", 1, ("a",), "")
        assert house.box().spent == 0

    def test_a_rise_does_not_wait_for_the_retry_of_what_it_supersedes(self) -> None:
        """More dead are tried at once, though the last try failed."""
        house = House()
        house.receipt(only_attempt(house.tell("a", dead=1, **FIRST)), FAILED)
        assert only_attempt(house.tell("b", revision=2, dead=2)).delivery.id == "b"

    def test_a_message_that_may_have_arrived_is_remembered_as_such(self) -> None:
        """Withdrawn in doubt says so; the newer one hangs on it and waits its five minutes, but is no duplicate itself."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), BEGUN)
        house.tell("b", revision=2)
        words = house.after(LAPSE / MINUTE)
        assert (outcome(words, "a").stands_for, outcome(words, "a").possible_duplicate) == ("b", True)
        attempt = only_attempt(house.after(5))
        assert (attempt.delivery.id, attempt.root, attempt.possible_duplicate, attempt.seen) == ("b", "a", False, None)

    def test_a_stream_of_updates_does_not_keep_a_dead_receiver_alive(self) -> None:
        """The schedule goes over to what supersedes, so that the fallback is reached in time."""
        house = House()
        revision = 1
        words = house.tell("r1", **FIRST)
        while not any(isinstance(word, Outcome) and word.ending is Ending.GIVEN_UP for word in house.words):
            for attempt in attempted(words):
                house.receipt(attempt, FAILED)
            revision += 1
            words = [*house.tell(f"r{revision}", revision=revision), *house.after(5)]
            assert revision < 10
        assert outcome(house.words, "r4").ending is Ending.GIVEN_UP
        assert [attempt.delivery.id for attempt in attempted(house.words)] == ["r1", "r2", "r3", "r4", "r5"]

    def test_an_older_revision_that_comes_late_is_withdrawn(self) -> None:
        """The last message must equal the truth, so what is older is never told after it."""
        house = House()
        told(house, revision=5)
        withdrawn = outcome(house.tell("b", revision=4), "b")
        assert (withdrawn.ending, withdrawn.stands_for, withdrawn.attempts) == (Ending.WITHDRAWN, "first", 0)

    def test_of_very_many_the_last_are_named_and_the_others_counted(self) -> None:
        """However long a letter waits: it does not grow with what it stands for."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        for revision in range(MOST_COALESCED + 21):
            house.tell(f"b{revision}", thread="E-2", revision=revision + 1, **FIRST)
        told = only_attempt(house.accept(attempt))
        assert (len(told.coalesced), told.more_coalesced) == (MOST_COALESCED, 20)
        assert told.coalesced[-1] == f"b{MOST_COALESCED + 19}"

    def test_being_updated_costs_nobody_their_turn(self) -> None:
        """The newer letter takes the older one's place in the queue."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("b1", thread="E-2", revision=1, **FIRST)
        house.tell("c1", thread="E-3", revision=1, **FIRST)
        house.tell("b2", thread="E-2", revision=2)
        assert only_attempt(house.accept(attempt)).delivery.id == "b2"


class TestCancels:
    """The end of what was told, and of what was not."""

    def test_nobody_is_told_of_the_end_of_what_they_never_heard_of(self) -> None:
        """Waiting ones and the cancel are both withdrawn, and nothing stands for them."""
        house = _broke()
        house.tell("b", thread="E-9", **FIRST)
        words = house.tell("c", thread="E-9", revision=2, **END)
        assert [(o.delivery, o.ending, o.stands_for) for o in words if isinstance(o, Outcome)] == [
            ("b", Ending.WITHDRAWN, ""),
            ("c", Ending.WITHDRAWN, ""),
        ]
        assert (house.box().waiting, house.box().passing) == ((), ())

    def test_the_end_of_another_matter_leaves_the_facts_alone(self) -> None:
        """A filing question taken back does not swallow the waiting word that more have died."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("b", revision=2)
        assert ended(house.tell("c", revision=2, matter="filing", **END)) == []
        assert "b" not in [delivery for delivery, _ in ended(house.accept(attempt))]

    def test_an_end_waits_for_the_open_attempt_and_follows_it(self) -> None:
        """Open counts as heard until it turns out otherwise."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        assert house.tell("c", revision=2, **END) == []
        assert only_attempt(house.accept(attempt)).delivery.id == "c"

    @pytest.mark.parametrize("kind", [FAILED, REFUSED])
    def test_an_end_is_withdrawn_when_the_open_attempt_came_to_nothing(self, kind: ReceiptKind) -> None:
        """A failed try was not heard: neither it nor its end is told."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("c", revision=2, **END)
        words = house.receipt(attempt, kind)
        assert outcome(words, "c").ending is Ending.WITHDRAWN
        assert attempted(words) == []

    def test_an_end_is_told_when_the_open_attempt_may_have_been_heard(self) -> None:
        """In doubt the end is told."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), BEGUN)
        house.tell("c", revision=2, **END)
        words = house.after(LAPSE / MINUTE)
        assert (outcome(words, "a").stands_for, only_attempt(words).delivery.id) == ("c", "c")

    def test_an_end_takes_all_topics_with_it(self) -> None:
        """A reminder of what has ended is not sent."""
        house = House()
        told(house)
        attempt = only_attempt(house.tell("x", thread="E-2", **FIRST))
        house.tell("b", revision=2)
        house.tell("f", revision=2, matter="filing", **FIRST)
        house.tell("c", revision=3, **END)
        assert sorted(ended(house.words)[1:]) == [("b", "withdrawn"), ("f", "withdrawn")]
        assert only_attempt(house.accept(attempt)).coalesced == ("b", "f")

    def test_what_opens_again_takes_the_waiting_end_with_it(self) -> None:
        """An end that has not been told is overtaken by whatever follows, in any topic."""
        house = House()
        told(house)
        attempt = only_attempt(house.tell("x", thread="E-2", **FIRST))
        house.tell("c", revision=2, **END)
        words = house.tell("f", revision=3, matter="filing", **FIRST)
        assert outcome(words, "c").stands_for == "f"
        assert only_attempt(house.accept(attempt)).delivery.id == "f"

    def test_a_late_word_of_an_untold_end_is_withdrawn_for_nothing(self) -> None:
        """What is older than an end that nobody was told of is not told either."""
        house = House()
        house.tell("c", revision=5, **END)
        assert outcome(house.tell("b", revision=4), "b").stands_for == ""


class TestBudget:
    """A bucket of three here, and one more in ten minutes."""

    def test_when_the_bucket_is_empty_the_next_waits_for_a_token(self) -> None:
        """Others wait for a token, by the time of law (law 11)."""
        house = _broke()
        assert attempted(house.tell("d", thread="E-9", **FIRST)) == []
        assert house.dues["duty-mail"] == Due(at=NOON + 10 * MINUTE)
        assert house.after(9) == []
        assert only_attempt(house.after(1)).delivery.id == "d"

    def test_a_bucket_fills_up_and_not_over(self) -> None:
        """After a quiet day there are three tokens, not more."""
        house = _broke()
        house.clock = 24 * 60 * MINUTE
        for name in "defg":
            for attempt in attempted(house.tell(name, thread=f"E-{name}", **FIRST)):
                house.accept(attempt)
        assert attempted(house.words)[-1].delivery.id == "f"

    @pytest.mark.parametrize(
        ("said", "passes"),
        [
            pytest.param({"grade": "S5", **FIRST}, True, id="a first message of S5 passes"),
            pytest.param({"grade": "S5", "why": Why.GRADE_ROSE}, True, id="so does a grade that rose to it"),
            pytest.param({"grade": "S5"}, False, id="its updates pay"),
            pytest.param({"grade": "S5", **END}, False, id="its end pays"),
            pytest.param({"urgent": False, **FIRST}, False, id="a first message of a lower grade pays"),
        ],
    )
    def test_first_messages_of_the_gravest_pass(self, said: dict[str, object], passes: bool) -> None:
        """First S4 and S5 messages always pass and are counted apart."""
        house = _broke()
        attempts = attempted(house.tell("d", **{"thread": "E-1", "revision": 2, "urgent": True, **said}))
        assert bool(attempts) is passes
        assert house.box().spent == 3

    def test_a_retry_costs_no_second_token(self) -> None:
        """One token per letter, however often it is tried."""
        house = House()
        house.receipt(only_attempt(house.tell("a", **FIRST)), FAILED)
        house.after(0.5)
        assert house.box().spent == 1

    def test_the_free_go_first_then_the_higher_then_the_oldest(self) -> None:
        """The order of the waiting."""
        house = House()
        attempt = only_attempt(house.tell("a", **FIRST))
        house.tell("low", thread="E-2", grade="S1", **FIRST)
        house.tell("old", thread="E-3", grade="S3", **FIRST)
        house.tell("new", thread="E-4", grade="S3", **FIRST)
        house.tell("free", thread="E-5", grade="S2", urgent=True, **FIRST)
        for _ in range(4):
            attempt = (attempted(house.accept(attempt)) or attempted(house.after(10)))[0]
        assert [attempt.delivery.id for attempt in attempted(house.words)] == ["a", "free", "old", "new", "low"]

    def test_the_last_token_is_kept_for_a_higher_grade_that_waits_for_something_else(self) -> None:
        """A higher grade is never held back by a lower one, not even by what it spent a minute ago."""
        house = House()
        told(house, grade="S4")
        told(house, "x", thread="E-2")
        house.tell("high", revision=2, grade="S4")
        assert attempted(house.tell("low", thread="E-3", grade="S1", **FIRST)) == []
        assert only_attempt(house.after(5)).delivery.id == "high"

    def test_a_full_letterbox_gives_up_the_last_in_order(self) -> None:
        """A thousand threads wait at most; the lowest and newest goes to its fallback, not the newcomer."""
        house = _broke()
        house.tell("D-0", thread="W-0", grade="S2", **FIRST)
        entries = {key: DELIVERY.unpack(packed) for key, packed in house.memory.items()}
        thread, letter, box = entries["duty-mail/W-0"], entries["duty-mail/W-0/D-0"], entries["duty-mail"]
        most = DELIVERING.most_waiting
        waits = [replace(thread.waiting[0], id=f"D-{n}", queued=10 + n) for n in range(most)]
        entries |= {f"duty-mail/W-{n}": replace(thread, waiting=(wait,)) for n, wait in enumerate(waits)}
        entries |= {f"duty-mail/W-{n}/D-{n}": letter for n in range(most)}
        entries["duty-mail"] = replace(box, waiting=tuple(Queued(1, -2, 10 + n, f"W-{n}") for n in range(most)))
        step = DELIVERY.step(entries, Record("delivery-inbox", 0, 1, NOON, b"", _packed("new", thread="E-new", **FIRST), HEADERS), BOOKS)
        (given_up,) = [said.word for said in step.words]
        assert (given_up.delivery, given_up.answer, given_up.gave_up) == (f"D-{most - 1}", "the letterbox is full", GaveUp.FULL)
        assert len(step.changes["duty-mail"].waiting) == most
        assert len(DELIVERY.pack(step.changes["duty-mail"])) < 32 * 1024


class TestBreaker:
    """A receiver that fails and fails."""

    def test_after_failures_in_a_row_the_receiver_is_left_alone(self) -> None:
        """Three failures here, then four minutes' pause before each further try of anything, S5 included."""
        house = House()
        for number in range(3):
            house.receipt(only_attempt(house.tell(f"a{number}", thread=f"E-{number}", **FIRST)), FAILED)
        assert house.tell("urgent", thread="E-9", grade="S5", urgent=True, **FIRST) == []
        assert house.after(3.9) == []
        attempt = only_attempt(house.after(0.1))
        assert attempt.delivery.id == "urgent"
        assert house.receipt(attempt, FAILED) == []
        assert house.after(3.9) == []

    def test_a_success_closes_the_breaker(self) -> None:
        """After an acceptance the next follows at once."""
        house = House()
        for number in range(3):
            house.receipt(only_attempt(house.tell(f"a{number}", thread=f"E-{number}", **FIRST)), FAILED)
        assert attempted(house.accept(only_attempt(house.after(4)))) != []
        assert house.box().failures == 0

    def test_a_delivery_after_the_pause_waits_for_no_tick(self) -> None:
        """A pause long past holds up nothing that arrives later."""
        house = House()
        for number in range(3):
            house.receipt(only_attempt(house.tell(f"a{number}", thread=f"E-{number}", **FIRST)), FAILED)
        house.clock = 60 * MINUTE
        assert only_attempt(house.tell("late", thread="E-9", urgent=True, **FIRST)).delivery.id == "late"


class TestBounds:
    """What cannot be kept, and what is kept no longer."""

    @pytest.mark.parametrize(
        ("said", "gave_up", "answer"),
        [
            pytest.param({"channel": "fax"}, GaveUp.NO_CHANNEL, "there is no channel fax", id="a channel that we do not have"),
            pytest.param(
                {"holder": "x" * LARGEST_LETTER_BYTES},
                GaveUp.TOO_LARGE,
                "bytes are more than a letter may have",
                id="a letter too large to keep",
            ),
        ],
    )
    def test_what_cannot_be_told_is_given_up_at_once(self, said: dict[str, object], gave_up: GaveUp, answer: str) -> None:
        """Given up with a reason, so that ESCALATION tells the desk; never an exception (law 2)."""
        house = House()
        given_up = outcome(house.tell("a", **FIRST, **said), "a")
        assert (given_up.ending, given_up.gave_up) == (Ending.GIVEN_UP, gave_up)
        assert answer in given_up.answer
        assert "duty-mail/E-1/a" not in house.memory

    @pytest.mark.parametrize(
        "word",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(b"\xff\xfe", id="no text"),
            pytest.param(b'{"word":"delivery"}', id="a delivery without fields"),
            pytest.param(a_delivery("a", receiver="a/b"), id="a receiver with a slash"),
            pytest.param(a_delivery("a", thread=""), id="an empty escalation"),
            pytest.param(a_delivery("a", at=LATEST_INSTANT + 1), id="an instant after the calendar"),
            pytest.param(Tick(1, -1, NOON, NOON), id="a tick before the epoch"),
        ],
    )
    def test_what_cannot_be_understood_is_parked(self, word: Word | bytes) -> None:
        """Odd input becomes a word (law 2)."""
        house = House()
        assert [type(said) for said in house.hears(word)] == [Parked]
        assert house.memory == {}

    @pytest.mark.parametrize("key", ["nobody", "duty-mail/E-1/a", ""])
    def test_a_tick_for_what_is_not_there_says_nothing(self, key: str) -> None:
        """Redoing a tick is harmless."""
        house = House()
        house.tell("a", **FIRST)
        assert house.hears(Tick(1, house.at, house.wall, house.at), key) == []

    @pytest.mark.parametrize(("last", "days"), [(FIRST, 366), (END, 30)])
    def test_a_quiet_thread_is_forgotten(self, last: dict[str, object], days: int) -> None:
        """A month after its end was told, a year after its last message without one."""
        house = House()
        told(house)
        house.accept(only_attempt(house.tell("b", revision=2, **{**last, "matter": "end"})))
        house.after((days - 1) * 24 * 60)
        assert "duty-mail/E-1" in house.memory
        house.hears(Tick(1, house.at, house.wall, house.at), "duty-mail/E-1")
        assert house.dues["duty-mail/E-1"] == Due(at=NOON + days * 24 * 60 * MINUTE)
        house.after(24 * 60)
        assert list(house.memory) == ["duty-mail"]

    def test_a_thread_with_a_letter_on_its_way_is_not_quiet(self) -> None:
        """What is still being tried keeps its thread."""
        house = House()
        house.tell("a", **FIRST)
        house.clock = 400 * 24 * 60 * MINUTE
        house.hears(Tick(1, house.at, house.wall, house.at), "duty-mail/E-1")
        assert house.dues["duty-mail/E-1"] == Due(at=house.at + 366 * 24 * 60 * MINUTE)

    def test_a_thread_remembers_a_thousand_ids_and_that_there_were_more(self) -> None:
        """Beyond that, a revision at or below the forgotten ones has been heard."""
        thread = Thread()
        for number in range(MOST_KNOWN + 5):
            thread = thread.with_known(a_delivery(f"D-{number:016d}", revision=number))
        assert len(thread.known) == MOST_KNOWN
        assert thread.knows(a_delivery("D-other", revision=4))
        assert not thread.knows(a_delivery("D-other", revision=5))
        assert len(DELIVERY.pack(thread)) < 32 * 1024


def _broke() -> House:
    """A house whose duty officer has had three messages just now."""
    house = House()
    for name in "xyz":
        told(house, name, thread="E-1" if name == "x" else f"E-{name}")
    return house


def _packed(name: str, **said: object) -> bytes:
    return encode(a_delivery(name, **said))


def test_a_letter_of_another_matter_does_not_go_back_behind_what_was_read():
    """The question failed, the third death was told, the question is tried again: it says three, and its own matter (law 7)."""
    house = House()
    question = only_attempt(house.tell("q", matter="filing", revision=1, dead=2, why=Why.MATTER))
    house.receipt(question, ReceiptKind.FAILED)
    house.accept(only_attempt(house.tell("facts", revision=2, dead=3, grade="S4", grade_now="S4")))
    again = only_attempt(house.after(10))
    assert (again.delivery.id, again.delivery.matter, again.delivery.why) == ("q", "filing", Why.MATTER)
    assert (again.delivery.revision, again.delivery.grade, dict(again.delivery.situation.numbers())) == (2, "S4", {"dead": 3})


def test_a_letter_of_another_kind_keeps_its_own_situation():
    """The troubles of a source are told each as it is."""
    house = House()
    silent = SourceSituation(who="x", what=Trouble.SILENT)
    first = only_attempt(house.tell("q", matter="silence", revision=1, situation=silent))
    house.receipt(first, ReceiptKind.FAILED)
    house.accept(only_attempt(house.tell("r", matter="proof", revision=2, situation=SourceSituation(who="x", what=Trouble.UNPROVEN))))
    assert only_attempt(house.after(10)).delivery.situation == silent
