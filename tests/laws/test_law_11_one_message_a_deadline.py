"""Law 11, as far as it is a deadline's: one message to a district receiver and three to a ministry one, whatever comes in which order."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.delivery import Attempt, Receipt, ReceiptKind
from schemas.escalation import Delivery, MessageType
from schemas.ledger import Tick
from schemas.surveillance import Alert, AlertState
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.escalation import ESCALATION
from tests.deadline_alerts import CLOSES, PERIOD, READ, place, proposal, tally, warning
from tests.story import HOUR, MINUTE, POLICY, ROSTER, Seat

OFFICE = "dinas-perindustrian:"
REGENCIES = tuple(position.id.removeprefix(OFFICE) for position in ROSTER.positions if position.id.startswith(OFFICE))
"""Those of the example roster: eighteen."""

MINISTRY = frozenset({"perwilayahan", "wasdal-hook", "piket"})
"""The duty officer is told for the managers of estates that the example roster does not know."""


class Night:
    """Two rooms behind each other, and receivers who accept everything at once."""

    def __init__(self) -> None:
        self.escalation, self.delivery = Seat(ESCALATION), Seat(DELIVERY)
        self.sent: list[tuple[int, Attempt]] = []

    def tick(self, at: int, *, brakes: tuple[str, ...] = ()) -> None:
        """ESCALATION has committed the tick before DELIVERY hears it."""
        before = len(self.escalation.words)
        _tick(self.escalation, at, brakes)
        self.delivery.hears_all(self.escalation.words[before:])
        before = len(self.delivery.words)
        _tick(self.delivery, at, ())
        self._settle(before, at)

    def _settle(self, before: int, at: int) -> None:
        while before < len(self.delivery.words):
            said, before = self.delivery.words[before:], len(self.delivery.words)
            self.delivery.hears_all(said)
            for word in (one.word for one in said if isinstance(one.word, Attempt)):
                self.sent.append((at, word))
                self.delivery.hears(
                    Receipt(word.delivery.id, word.delivery.to.receiver, word.number, ReceiptKind.ACCEPTED), word.delivery.to.receiver
                )

    def messages(self) -> dict[str, list[tuple[int, Delivery]]]:
        """What each person's endpoint got, in order; SIINas gets pages."""
        found: dict[str, list[tuple[int, Delivery]]] = {}
        for at, attempt in self.sent:
            if not attempt.delivery.to.batch:
                found.setdefault(attempt.delivery.to.receiver, []).append((at, attempt.delivery))
        return found


def _tick(seat: Seat, at: int, brakes: tuple[str, ...]) -> None:
    for _, name in sorted((due.at, name) for name, due in seat.dues.items() if due.at is not None and due.at <= at):
        seat.hears(Tick(number=1, at=at, wall=at, complete_through=at, brakes=brakes), name)


ESTATES = tuple(place(f"estate-{number}", regency, f"PT {number}") for number, regency in enumerate(REGENCIES))
ALERTS = tuple(alert for where in ESTATES for alert in (tally(where, 0, absent=1), tally(where, 1), warning(where), proposal(where)))
REVISED = st.lists(st.tuples(st.sampled_from(range(len(ESTATES))), st.integers(0, 9), st.integers(1, 30)), max_size=12)
"""An estate, how many are absent by then, and so many hours after the deadline was proven."""


def evening(order: list[Alert], *, braked: bool = False, apart: int = 1) -> Night:
    """All alerts in that order, in parts between which a tick comes; the deadline closes with the last of them."""
    night = Night()
    for start in range(0, len(order), -(-len(order) // apart)):
        for alert in order[start : start + -(-len(order) // apart)]:
            night.escalation.hears(alert, alert.estate)
        night.tick(CLOSES - 1, brakes=(PERIOD,) if braked else ())
    night.tick(READ, brakes=(PERIOD,) if braked else ())
    return night


@given(st.permutations(ALERTS), st.integers(1, 6), st.booleans())
def test_eighteen_estates_of_eighteen_regencies_are_one_message_to_each_office(order, apart, braked):
    """Whatever the order, and whether or not it was held back for a person in between (G2)."""
    night = evening(order, braked=braked, apart=apart)
    if braked:
        assert night.sent == []
        night.tick(READ + HOUR)
    counts = {receiver: len(messages) for receiver, messages in night.messages().items()}
    offices = {messages[0][1].to.position: len(messages) for receiver, messages in night.messages().items() if receiver not in MINISTRY}
    assert offices == {f"{OFFICE}{regency}": 1 for regency in REGENCIES}
    assert all(counts[receiver] <= 3 for receiver in MINISTRY)
    assert dict(night.messages()["perwilayahan"][0][1].situation.numbers())["absent"] == len(ESTATES)


@given(st.permutations(ALERTS), REVISED)
def test_what_changes_afterwards_is_a_correction_in_the_same_thread(order, revised):
    """No second first message; corrections of one thread lie hours apart, and the last of them is the truth (law 7)."""
    night, revisions, absent = evening(order), Counter[int](), dict.fromkeys(range(len(ESTATES)), 1)
    for number, count, hours in sorted(revised, key=lambda one: one[2]):
        revisions[number] += 1
        absent[number] = count
        at = READ + hours * HOUR
        said = tally(ESTATES[number], 0, absent=count, revision=1 + revisions[number], at=at)
        night.escalation.hears(said, said.estate)
        night.tick(at)
    for hours in range(31, 45):
        night.tick(READ + hours * HOUR)
    for messages in night.messages().values():
        assert [letter.msg_type for _, letter in messages] == [MessageType.ALERT, *[MessageType.UPDATE] * (len(messages) - 1)]
        apart = POLICY.delivery.digest_update_hours * HOUR
        assert all(later - earlier >= apart - MINUTE for (earlier, _), (later, _) in pairwise(messages))
    last = night.messages()["perwilayahan"][-1][1]
    assert dict(last.situation.numbers())["absent"] == sum(absent.values())


@given(st.permutations(ALERTS))
def test_a_deadline_that_is_taken_back_before_it_is_told_is_told_to_nobody(order):
    """All reported in time after all."""
    night = Night()
    for alert in order:
        night.escalation.hears(alert, alert.estate)
    for alert in order:
        state = AlertState.FIRING if alert.rule == "R1" else AlertState.WITHDRAWN
        share = tally(ESTATES[0]).share if alert.rule == "R1" else alert.share
        night.escalation.hears(replace(alert, revision=2, state=state, share=share), alert.estate)
    night.tick(READ)
    assert night.sent == []
