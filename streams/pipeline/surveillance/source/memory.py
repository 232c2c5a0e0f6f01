"""Memory of sources: what has been refused from one, how far it was heard, and which deadlines it has yet to prove."""

from schemas.ledger import Connection
from schemas.surveillance import SentBack
from schemas.word import Part, UtcMs
from streams.pipeline.surveillance.alerts import Spoken


class Source(Part, frozen=True, array_like=True, tag="source"):
    """What has been refused from one source, for the operator's desk (G5). at: when last."""

    subject: str
    count: int = 0
    last: str = ""
    at: UtcMs = 0
    spoken: tuple[Spoken, ...] = ()
    exercise: bool = False


class Returns(Part, frozen=True, array_like=True, tag="returns"):
    """What was refused from one source since it began, after a quiet time; a message that is overtaken by the next loses nothing.

    began: when the first of it was refused. at: when last. told_at: when its owner was told last; 0 for never. untold: how much of it has
    not been told, since when.
    """

    subject: str
    began: UtcMs = 0
    at: UtcMs = 0
    told_at: UtcMs = 0
    untold: int = 0
    untold_since: UtcMs = 0
    groups: tuple[SentBack, ...] = ()
    more: int = 0
    spoken: tuple[Spoken, ...] = ()
    exercise: bool = False

    @property
    def name(self) -> str:
        """The entry it is kept under."""
        return f"{self.subject}|returns"


class Heartbeat(Part, frozen=True, array_like=True, tag="heartbeat"):
    """How far one source was heard (R20). since: when the line first heard of it. through: of each topic, as far as all of it was heard."""

    source: str
    subject: str
    since: UtcMs
    connections: tuple[Connection, ...]
    through: tuple[tuple[str, UtcMs], ...] = ()
    spoken: tuple[Spoken, ...] = ()
    exercise: bool = False

    @property
    def name(self) -> str:
        """The entry it is kept under."""
        return f"{self.subject}|heartbeat"


class Vouching(Part, frozen=True, array_like=True, tag="vouching"):
    """Which deadlines of reports one source has yet to prove (G1).

    checked: whatever fell due by then has been looked at. unproven: each period that was not proven in time, and when it was due.
    """

    source: str
    subject: str
    checked: UtcMs
    unproven: tuple[tuple[str, UtcMs], ...] = ()
    spoken: tuple[Spoken, ...] = ()
    exercise: bool = False

    @property
    def name(self) -> str:
        """The entry it is kept under."""
        return f"{self.subject}|vouching"
