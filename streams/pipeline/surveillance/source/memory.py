"""Memory of sources: what has been refused from one."""

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
