"""Memory of sources: what has been refused from one, and what is doubtful of a firm."""

from schemas.ledger import Origin
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


class Doubts(Part, frozen=True, array_like=True, tag="doubts"):
    """Something of this firm could not be read: until it has been cleared up, nobody concludes anything from the firm's silence (law 2).

    count: records refused or parked. at: when last. origins: where the last of them were published.
    """

    subject: str
    count: int = 0
    at: UtcMs = 0
    origins: tuple[Origin, ...] = ()
