"""A digest that cannot be delivered: told at the position's next endpoint, then at the desk of last resort; each letter once (law 9)."""

import pytest

from schemas.delivery import Attempt, Ending, Outcome, ReceiptKind
from schemas.escalation import Addressee, Delivery, Item, Role, Why
from schemas.ledger import Tick
from schemas.policy import Receiver
from schemas.surveillance import DigestSituation, Subject
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.line import InForce
from tests.deadline_alerts import READ, place, tally, warning
from tests.story import POLICY, ROSTER, Seat
from tests.unit.pipeline.test_delivery_driver import MINUTE, NOON, House, addressee, attempted
from tests.unit.pipeline.test_digest import HOUR, item

OFFICE = addressee(receiver="office", position="dinas", address="office@x.example")
FALLBACK = addressee(receiver="office-file", position="dinas", channel="file", address="office.ndjson")
DESK = addressee(receiver="desk", position="duty-officer", role=Role.INFORM, address="desk@x.example")


@pytest.fixture
def house() -> House:
    house = House()
    house.clock = -HOUR
    return house


def closed(house: House, *instead: Addressee, **said) -> Attempt:
    """The office's digest, when it closes."""
    house.hears(item("a", absent=3, to=OFFICE, instead=instead, **said), "office")
    house.clock = 0
    (attempt,) = attempted(house.tick())
    return attempt


def passed_on(house: House, attempt: Attempt, kind: ReceiptKind = ReceiptKind.REFUSED, **said) -> list[Delivery]:
    """Its end, and who is told instead."""
    before = len(house.words)
    house.receipt(attempt, kind, **said)
    return [word for word in house.words[before:] if isinstance(word, Delivery)]


def test_the_next_endpoint_is_told_what_the_first_could_not_be(house):
    attempt = closed(house, FALLBACK, DESK)
    (letter,) = passed_on(house, attempt)
    assert (letter.to, letter.why, letter.meant_for, letter.instead) == (FALLBACK, Why.FALLBACK, OFFICE, (DESK,))
    assert letter.situation == attempt.delivery.situation
    assert (letter.id, letter.thread) != (attempt.delivery.id, attempt.delivery.thread)
    (again,) = attempted(house.hears(letter, "office-file"))
    (last,) = passed_on(house, again)
    assert (last.to, last.why, last.meant_for, last.asked, last.instead) == (DESK, Why.UNDELIVERED, OFFICE, (), ())
    (end,) = attempted(house.hears(last, "desk"))
    assert passed_on(house, end) == []
    assert [outcome.ending for outcome in house.said(Outcome)] == [Ending.GIVEN_UP] * 3


def test_who_wants_nothing_any_more_is_the_desks_to_mend_at_once(house):
    """A 410: the fallback tells the office, and the desk hears of the address."""
    letters = passed_on(house, closed(house, FALLBACK, DESK), disable=True)
    assert [(letter.to.receiver, letter.why, letter.instead) for letter in letters] == [
        ("office-file", Why.FALLBACK, ()),
        ("desk", Why.UNDELIVERED, ()),
    ]


def test_what_comes_for_a_disabled_endpoint_later_goes_to_the_next_in_line_alone(house):
    """The desk has heard."""
    passed_on(house, closed(house, FALLBACK, DESK), disable=True)
    house.clock = HOUR
    house.hears(item("a", 2, absent=2, to=OFFICE, instead=(FALLBACK, DESK), at=NOON + HOUR), "office")
    words = house.after(6 * 60)
    letters = [word for word in words if isinstance(word, Delivery) and word.meant_for]
    assert [(letter.to.receiver, letter.revision) for letter in letters] == [("office-file", 2)]


def test_a_digest_that_was_told_is_told_to_nobody_else(house):
    attempt = closed(house, FALLBACK, DESK)
    house.accept(attempt)
    assert [word for word in house.said(Delivery) if word.meant_for] == []


def test_a_list_that_cannot_be_passed_on_is_one_message_without_names(house):
    """However many pages: the desk must not get the names of five thousand firms, nor five and twenty letters."""
    batch = addressee(receiver="office", position="siinas", channel="webhook", batch=True)
    letters: list[Delivery] = []
    for page in (1, 2):
        house.hears(item("a", page=page, to=batch, instead=(DESK,), subjects=(Subject(f"p{page}", "f", "PT Mangkir"),)), "office")
        letters += passed_on(house, list(house.said(Attempt))[-1])
    first, second = letters
    assert first.id == second.id
    assert isinstance(first.situation, DigestSituation)
    assert (first.situation.subjects, first.situation.page) == ((), 0)
    house.hears(first, "desk")
    assert house.hears(second, "desk") == []


def test_letters_of_two_offices_are_two_threads_at_the_desk(house):
    """And neither is that of a digest which the desk has itself."""
    letters = []
    for name in ("one", "two"):
        to = addressee(receiver=name, position=name)
        house.hears(item("a", to=to, instead=(DESK,)), name)
    house.clock = 0
    for attempt in attempted(house.tick()):
        letters += passed_on(house, attempt)
    assert len({letter.thread for letter in letters} | {"G-1"}) == 3


def test_escalation_names_the_other_endpoints_and_the_desk():
    """In the order of the roster; the desk is the last, and not its own."""
    backed = tuple(
        position.model_copy(
            update={"receivers": (*position.receivers, Receiver(id="cadangan", channel="file", address="x", fallback=True))}
        )
        if position.id == "estate:mm2100"
        else position
        for position in ROSTER.positions
        if position.id != "dinas-perindustrian:32.16"
    )
    estate = Seat(ESCALATION, InForce(POLICY, ROSTER.model_copy(update={"positions": backed})))
    for alert in (tally(place("mm2100", "32.16"), absent=1), warning(place("mm2100", "32.16", "PT A"))):
        estate.hears(alert, "mm2100")
    estate.tick(READ)
    instead = {one.to.receiver: [to.receiver for to in one.instead] for one in estate.said(Item)}
    assert instead == {
        "keselamatan-mm2100": ["cadangan", "piket"],
        "piket": ["piket-log"],
        "perwilayahan": ["piket"],
        "wasdal-hook": ["piket"],
        "siinas-hook": ["piket"],
    }


def test_the_attempt_of_a_digest_is_said_in_the_step_that_says_it(house):
    """Else a tick is committed while nothing seems to be open."""
    house.hears(item("a", to=OFFICE), "office")
    house.clock = 0
    assert [type(word) for word in house.tick()] == [Delivery, Attempt]
    house.hears(item("b", page=1, to=addressee(receiver="batch", batch=True)), "batch")
    assert [type(word) for word in house.words[-2:]] == [Delivery, Attempt]


def test_the_attempt_may_begin_by_the_ticks_wall(house):
    """The tick's, as with any other letter, and not when the tick was written down."""
    house.hears(item("a", to=OFFICE), "office")
    (attempt,) = attempted(house.hears(Tick(1, NOON, house.wall - MINUTE, NOON), "office|G-1"))
    assert attempt.not_after == house.wall
