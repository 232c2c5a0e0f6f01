"""Memory of what is told in digests: what each alert adds, and one estate's part of one digest."""

from schemas.ledger import Place
from schemas.surveillance import Deadline, Numbers, Proven, Rule, Subject
from schemas.word import Part, UtcMs


class Shared(Part, frozen=True, array_like=True, tag="shared"):
    """What one alert adds.

    said: in which revision of the estate's items it was last told as it is; 0 while it has not been. heard: whoever is told of each by name
    has heard that it fires. quiet: it completes the sums, and is no reason to write to anybody.
    """

    rule: Rule
    since: UtcMs
    revision: int
    fires: bool
    numbers: Numbers
    subject: Subject
    rank: int
    said: int = 0
    heard: bool = False
    quiet: bool = False
    deadlines: tuple[tuple[str, UtcMs], ...] = ()


class Page(Part, frozen=True, array_like=True, tag="page"):
    """Which alerts have a share: a page of the list."""

    alerts: tuple[str, ...] = ()


class Gathered(Part, frozen=True, array_like=True, tag="gathered"):
    """One estate's part of one digest.

    pages: of the list of its alerts. revision: of what has been said of it; content: a digest of that. changed_at: since when it has been
    waiting to be said. touched: when it last changed. deadline: what was due, if anything was. proven: the last proof that any waited for.
    settles_at: from when on nothing can change it, as far as any alert knows.
    """

    name: str
    thread: str
    series: str
    period: str
    estate: str
    place: Place
    closes: UtcMs
    pages: int = 0
    revision: int = 0
    content: str = ""
    changed_at: UtcMs | None = None
    touched: UtcMs = 0
    deadline: Deadline | None = None
    proven: Proven | None = None
    exercise: bool = False
    settles_at: UtcMs = 0
