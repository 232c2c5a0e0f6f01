"""Law 11, as far as it is DELIVERY's: a budget per receiver, coalescing, and no higher grade behind a lower one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.delivery import ReceiptKind
from schemas.escalation import MessageType
from streams.pipeline.delivery.letterbox import missing
from tests.unit.pipeline.test_delivery_driver import DELIVERING, MINUTE, Night, attempted

GRADES = st.sampled_from(["S1", "S2", "S3", "S4", "S5"])


BURSTS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from([0.5, 3, 10, 21]), st.booleans()), min_size=1, max_size=12)


@given(BURSTS)
def test_no_receiver_gets_more_than_its_budget(bursts):
    """In any span of time at most a bucket, and one more for each ten minutes; free messages are counted apart."""
    night, number = Night(), 0
    for size, minutes, urgent in bursts:
        for _ in range(size):
            night.tells(f"E-{number}", msg_type=MessageType.ALERT, grade="S4", urgent=urgent)
            night.sends("duty-mail", "now")
            number += 1
        night.after(minutes)
        night.sends("duty-mail", "now")
    night.drains()
    charged = night.charged.get("duty-mail", [])
    for first, start in enumerate(charged):
        for last in range(first, len(charged)):
            assert last - first + 1 <= DELIVERING.bucket + (charged[last] - start) // (DELIVERING.refill_minutes * MINUTE)


@given(BURSTS)
def test_a_quiet_receiver_has_its_whole_bucket_whatever_passed_free(bursts):
    """Free messages spend nothing: the first three that pay go at once."""
    night = Night()
    for number in range(sum(size for size, _, _ in bursts)):
        night.tells(f"E-{number}", msg_type=MessageType.ALERT, grade="S5", urgent=True)
        night.sends("duty-mail", "now")
    for name in "abc":
        night.tells(f"E-{name}", msg_type=MessageType.ALERT)
        assert night.in_hand["duty-mail"].delivery.thread == f"E-{name}"
        night.sends("duty-mail", "now")


@given(st.lists(st.tuples(GRADES, st.booleans(), st.sampled_from([0, 0, 1, 4, 10])), max_size=25))
def test_the_highest_grade_goes_first(arrivals):
    """Of what waits, the free go first, then the highest grade, then the oldest; here every message has a thread of its own."""
    night, waiting = Night(), []
    for number, (grade, urgent, minutes) in enumerate(arrivals):
        before = len(night.words)
        night.tells(f"E-{number}", grade=grade, urgent=urgent, msg_type=MessageType.ALERT)
        waiting.append((not urgent, -int(grade[1]), number))
        if minutes:
            night.sends("duty-mail", "now")
            night.after(minutes)
        for attempt in attempted(night.words[before:]):
            if attempt.number == 1:
                gone = next(w for w in waiting if w[2] == int(attempt.delivery.thread[2:]))
                assert gone == min(waiting)
                waiting.remove(gone)
    night.drains()


@given(st.integers(0, 12), st.integers(0, 2))
def test_the_first_messages_of_the_gravest_always_pass(others, updates):
    """However many have been told, a first S5, or what has updated it by then, is tried as soon as the open attempt has ended."""
    night = Night()
    for number in range(others):
        night.tells(f"E-{number}", msg_type=MessageType.ALERT)
        night.sends("duty-mail", "now")
    for escalation in ("E-x", "E-y"):
        night.tells(escalation, grade="S5", urgent=True, msg_type=MessageType.ALERT)
    for _ in range(updates):
        night.tells("E-y", grade="S5", urgent=True)
    night.sends("duty-mail", "now")
    assert night.in_hand["duty-mail"].delivery.id == f"D-{others + 1 + updates}"


@given(st.lists(st.sampled_from(["S1", "S2", "S3"]), max_size=8), st.sampled_from([0.5, 1.0, 2.5]))
def test_what_waits_to_be_coalesced_finds_its_token(lower, minutes):
    """An S4's update leaves at the end of its five minutes, whatever of a lower grade has arrived in them."""
    night = Night()
    night.tells("E-high", grade="S4", msg_type=MessageType.ALERT)
    night.sends("duty-mail", "now")
    night.tells("E-high", grade="S4")
    for number, grade in enumerate(lower):
        night.tells(f"E-{number}", grade=grade, msg_type=MessageType.ALERT)
    for _ in range(round(5 / minutes)):
        while night.in_hand:
            night.sends("duty-mail", "now")
        night.after(minutes)
    assert [attempt.delivery.revision for left, attempt in night.left if attempt.delivery.thread == "E-high"] == [1, 2]


@given(st.lists(st.tuples(st.sampled_from([0.2, 1.0, 2.0, 4.0]), st.sampled_from([0, 0, 0, 1, -1])), min_size=1, max_size=20))
def test_updates_of_a_thread_come_five_minutes_apart_unless_more_have_died(updates):
    """Coalescing: between two messages lie five minutes, or a death; and the last message is the last revision."""
    night = Night()
    dead = 5
    night.tells("E-1", msg_type=MessageType.ALERT, dead=dead)
    for minutes, died in updates:
        night.sends("duty-mail", "now")
        night.after(minutes)
        dead += died
        risen = "duty-mail" not in night.open and dead > _dead(night.mailbox[-1])
        night.tells("E-1", dead=dead)
        assert not risen or "duty-mail" in night.in_hand or missing(night.box(), DELIVERING) == DELIVERING.bucket
    night.drains()
    arrived = [(left, attempt) for left, attempt in night.left if attempt in night.mailbox]
    for (left, message), (next_left, next_message) in pairwise(arrived):
        apart = next_left - left >= DELIVERING.coalesce_minutes * MINUTE
        assert apart or _dead(next_message) > _dead(message) or next_message.number > 1
    assert night.mailbox[-1].delivery.revision == len(updates) + 1


def _dead(attempt):
    return attempt.delivery.situation.figures[0].headline.value


@given(st.lists(st.sampled_from([0.1, 0.5, 1.0, 3.0]), min_size=1, max_size=30))
def test_a_failing_receiver_is_left_alone(pauses):
    """After three failures in a row at most one try goes out in four minutes."""
    night = Night()
    for number, minutes in enumerate(pauses):
        night.tells(f"E-{number}", grade="S5", urgent=True, msg_type=MessageType.ALERT)
        while night.in_hand:
            night.fails("duty-mail", ReceiptKind.FAILED, "now")
        night.after(minutes)
    tries = [left for left, _ in night.left][DELIVERING.breaker_after - 1 :]
    assert all(later - earlier >= DELIVERING.breaker_seconds * 1_000 for earlier, later in pairwise(tries))
