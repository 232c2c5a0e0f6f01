"""Books: the revisions that a record is decided by, opened at the right page."""

from typing import NamedTuple

from schemas.policy import Escalating, Roster
from schemas.word import Stamp


class Books(NamedTuple):
    """What ESCALATION decides by, and the stamp that its words bear."""

    policy: Escalating
    roster: Roster
    stamp: Stamp

    def is_supervised(self, position: str) -> bool:
        """Whether a position is one of those that are supervised (G4)."""
        return position.startswith(self.policy.supervised)
