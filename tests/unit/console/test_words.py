"""Words of the page: nothing that can be the case is without them."""

from schemas.escalation import Judged
from streams.console.ackpage.ticket import Fault
from streams.console.ackpage.words import FAULTS, GOOD, OUTCOMES


def test_every_judgement_has_words():
    assert set(OUTCOMES) == set(Judged)
    assert set(Judged) > GOOD


def test_every_fault_has_words_and_is_an_error():
    assert set(FAULTS) == set(Fault)
    assert all(status >= 400 for status, _ in FAULTS.values())
