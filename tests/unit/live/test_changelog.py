"""What a seat writes of an entry comes back as it was."""

from types import SimpleNamespace

import pytest

from streams.live.changelog import Kept, _remember
from streams.live.turn import _due_headers
from streams.pipeline.line import Due


@pytest.mark.parametrize(
    "due",
    [
        Due(),
        Due(at=1, wall=2),
        Due(proven=("", 7)),
        Due(at=1, proven=("report-submissions|https://firms.example/a b", 1_790_000_000_000)),
    ],
)
def test_when_an_entry_is_due_survives_a_restart(due: Due) -> None:
    """By both clocks, and by the gate that it waits for."""
    kept = Kept()
    _remember(kept, "e", SimpleNamespace(value=b"x", headers=_due_headers(due)), bytes)
    assert (kept.entries, kept.dues.of("e")) == ({"e": b"x"}, due)
