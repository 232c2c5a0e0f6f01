"""The order in which entries come due."""

import pytest

from schemas.ledger import Tick
from streams.pipeline.dues import Dues, Least, Reached, is_sooner, reached_by
from streams.pipeline.line import Due


def due(**at: int) -> Dues:
    """Dues by the time of law and policy."""
    dues = Dues()
    for entry, instant in at.items():
        dues.set(entry, Due(at=instant))
    return dues


def take(dues: Dues, at: int, wall: int = 0, **gates: int) -> list[str]:
    """Everything due, each once."""
    seen: set[str] = set()
    return [entry for entry in dues.until(Reached(at, wall, gates), seen) if not seen.add(entry)]


def test_the_least_instant_comes_first_and_names_decide_between_equals() -> None:
    """Order is by instant, then by entry: every run sweeps alike."""
    assert take(due(b=2, c=1, a=2, d=9), at=2) == ["c", "a", "b"]


def test_an_entry_that_was_moved_comes_at_its_new_instant_only() -> None:
    """The old instant is forgotten."""
    dues = due(a=1, b=2)
    dues.set("a", Due(at=5))
    assert take(dues, at=4) == ["b"]
    assert dues.least() == Least(at=2)


def test_either_clock_makes_an_entry_due_once() -> None:
    """An entry that waits for both clocks is stepped once a tick, however many of them have passed."""
    dues = Dues()
    dues.set("a", Due(at=3, wall=1))
    dues.set("b", Due(wall=2))
    assert take(dues, at=3, wall=2) == ["a", "b"]
    assert dues.least() == Least(at=3, wall=1)


def test_what_becomes_due_in_the_sweep_comes_up_in_its_turn() -> None:
    """Stepping one entry may make another due; one that was stepped does not come again in the same tick."""
    dues, seen, order = due(a=1, b=5), set(), []
    for entry in dues.until(Reached(6, 0), seen):
        seen.add(entry)
        order.append(entry)
        if entry == "a":
            dues.set("a", Due(at=2))
            dues.set("c", Due(at=3))
    assert order == ["a", "c", "b"]
    assert dues.least() == Least(at=2)


def test_what_was_looked_at_and_left_is_still_due() -> None:
    """A sweep that ends early forgets nothing."""
    dues = due(a=1, b=2)
    sweep = dues.until(Reached(9, 0), set())
    next(sweep)
    sweep.close()
    assert take(dues, at=9) == ["a", "b"]


def test_a_busy_entry_does_not_fill_the_memory() -> None:
    """Stale instants are swept out."""
    dues = due(a=1)
    for instant in range(10_000):
        dues.set("a", Due(at=instant))
    assert len(dues._at._heap) < 2_000
    assert take(dues, at=10_000) == ["a"]


def waiting() -> Dues:
    """Three entries that wait for proofs, one of them for a time as well."""
    dues = Dues()
    dues.set("a", Due(proven=("g", 5)))
    dues.set("b", Due(proven=("g", 3)))
    dues.set("c", Due(at=9, proven=("h", 4)))
    return dues


def test_a_gate_lets_through_what_it_has_come_past() -> None:
    """Each gate for itself; what it has not reached is not due, whatever the clocks say."""
    assert take(waiting(), at=8, wall=8) == []
    assert take(waiting(), at=0, g=4) == ["b"]
    assert take(waiting(), at=0, g=9, h=9) == ["b", "c", "a"]
    assert take(waiting(), at=9) == ["c"]


def test_the_least_of_each_gate_is_told() -> None:
    assert waiting().least() == Least(at=9, proven=(("g", 3), ("h", 4)))


def test_an_entry_may_change_its_gate_or_wait_for_none() -> None:
    """What nobody waits for any more is not told; CLOCK would wake for it."""
    dues = waiting()
    dues.set("b", Due(proven=("h", 1)))
    dues.set("a", Due(at=2))
    assert dues.least() == Least(at=2, proven=(("h", 1),))
    assert (dues.of("a"), dues.of("b")) == (Due(at=2), Due(proven=("h", 1)))
    dues.set("b", None)
    dues.set("c", None)
    assert dues.least() == Least(at=2)
    assert take(dues, at=9, g=9, h=9) == ["a"]
    assert dues._gates == {}, "a gate of each period would fill the memory"


def test_a_gate_that_empties_in_the_sweep_is_forgotten_and_may_come_back() -> None:
    """An absence that has fired is gone; the next period waits for the same gate."""
    dues, seen, order = waiting(), set(), []
    for entry in dues.until(Reached(0, 0, {"g": 6}), seen):
        seen.add(entry)
        order.append(entry)
        dues.set(entry, Due(proven=("g", 50)) if entry == "a" else None)
    assert order == ["b", "a"]
    assert dues.least() == Least(at=9, proven=(("g", 50), ("h", 4)))
    assert take(dues, at=0, g=50) == ["a"]


def test_a_tick_reaches_its_gates_and_what_is_complete() -> None:
    assert reached_by(Tick(1, 2, 3, 4, proven=(("t|s", 1),))) == Reached(2, 3, {"": 4, "t|s": 1})


@pytest.mark.parametrize(
    ("now", "sooner"),
    [
        (Least(at=4), True),
        (Least(at=5, wall=9, proven=(("g", 7),)), False),
        (Least(wall=1), True),
        (Least(proven=(("g", 6),)), True),
        (Least(proven=(("h", 99),)), True),
        (Least(), False),
    ],
)
def test_clock_hears_of_whatever_is_due_sooner_than_it_knows(now: Least, sooner: bool) -> None:
    """A gate that it has not heard of is sooner than never."""
    assert is_sooner(now, Least(at=5, wall=9, proven=(("g", 7),))) == sooner
