"""The order in which entries come due."""

from streams.pipeline.dues import Dues
from streams.pipeline.line import Due


def due(**at: int) -> Dues:
    """Dues by the time of law and policy."""
    dues = Dues()
    for entry, instant in at.items():
        dues.set(entry, Due(at=instant))
    return dues


def take(dues: Dues, at: int, wall: int = 0) -> list[str]:
    """Everything due, each once."""
    seen: set[str] = set()
    return [entry for entry in dues.until(at, wall, seen) if not seen.add(entry)]


def test_the_least_instant_comes_first_and_names_decide_between_equals() -> None:
    """Order is by instant, then by entry: every run sweeps alike."""
    assert take(due(b=2, c=1, a=2, d=9), at=2) == ["c", "a", "b"]


def test_an_entry_that_was_moved_comes_at_its_new_instant_only() -> None:
    """The old instant is forgotten."""
    dues = due(a=1, b=2)
    dues.set("a", Due(at=5))
    assert take(dues, at=4) == ["b"]
    assert dues.least() == Due(at=2)


def test_either_clock_makes_an_entry_due_once() -> None:
    """An entry that waits for both clocks is stepped once a tick, however many of them have passed."""
    dues = Dues()
    dues.set("a", Due(at=3, wall=1))
    dues.set("b", Due(wall=2))
    assert take(dues, at=3, wall=2) == ["a", "b"]
    assert dues.least() == Due(at=3, wall=1)


def test_what_becomes_due_in_the_sweep_comes_up_in_its_turn() -> None:
    """Stepping one entry may make another due; one that was stepped does not come again in the same tick."""
    dues, seen, order = due(a=1, b=5), set(), []
    for entry in dues.until(6, 0, seen):
        seen.add(entry)
        order.append(entry)
        if entry == "a":
            dues.set("a", Due(at=2))
            dues.set("c", Due(at=3))
    assert order == ["a", "c", "b"]
    assert dues.least() == Due(at=2)


def test_what_was_looked_at_and_left_is_still_due() -> None:
    """A sweep that ends early forgets nothing."""
    dues = due(a=1, b=2)
    sweep = dues.until(9, 0, set())
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
