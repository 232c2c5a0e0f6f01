"""What a story waits for: the newest attempt of a delivery that has not ended, and nothing that will never be heard of again."""

from itertools import count

import pytest

from schemas.codec import encode
from schemas.delivery import Attempt, Ending, Outcome, Receipt, ReceiptKind
from schemas.topics import ATTEMPTS, DELIVERY_INBOX, ESCALATION_INBOX
from streams.cli.stage.scene import Scene
from streams.pipeline.line import Record
from tests.golden.wire.samples import DELIVERY

_offsets = count()


def attempt(number: int) -> Attempt:
    return Attempt(DELIVERY, number, not_after=0)


def receipt(number: int, kind: ReceiptKind) -> Receipt:
    return Receipt(DELIVERY.id, DELIVERY.to.receiver, number, kind)


ACCEPTED = Outcome(DELIVERY.id, DELIVERY.thread, DELIVERY.estate, DELIVERY.to.receiver, DELIVERY.to.position, Ending.ACCEPTED, 0, 2)
TOPICS = {Attempt: ATTEMPTS, Receipt: DELIVERY_INBOX, Outcome: ESCALATION_INBOX}


def heard(*words) -> Scene:
    scene = Scene()
    for word in words:
        scene.hear(Record(TOPICS[type(word)].name, 0, next(_offsets), 0, None, encode(word)))
    return scene


@pytest.mark.parametrize(
    ("words", "open_"),
    [
        pytest.param([attempt(1)], {1}, id="nobody knows how it went"),
        pytest.param([attempt(1), receipt(1, ReceiptKind.BEGUN)], {1}, id="begun is not an answer"),
        pytest.param([attempt(1), receipt(1, ReceiptKind.ACCEPTED)], set(), id="answered"),
        pytest.param([receipt(1, ReceiptKind.FAILED), attempt(1)], set(), id="the answer was heard first: another topic"),
        pytest.param([attempt(1), attempt(2)], {2}, id="the worker of the first died in its middle"),
        pytest.param([attempt(2), attempt(1), receipt(2, ReceiptKind.ACCEPTED)], set(), id="the second was answered, the first never is"),
        pytest.param([attempt(1), ACCEPTED], set(), id="the delivery has ended"),
    ],
)
def test_only_the_newest_attempt_of_a_delivery_that_has_not_ended_is_open(words, open_):
    assert heard(*words).open_attempts == {(DELIVERY.id, number) for number in open_}
