"""Memory of clusters: each notice, each case, and what a plant or an estate adds up to by day of onset, as small entries.

Days are ordinals of the calendar (`date.toordinal`) in the firm's time zone. Every subject, firm or estate, has its own.
"""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.ids import digest
from schemas.ledger import Place
from schemas.word import Part, UtcMs
from streams.pipeline.line import Entry
from streams.pipeline.surveillance.alerts import Spoken

COUNTED = frozenset({"confirmed", "probable"})
"""What a case must be to be counted; all others only carry links (R6)."""


class Notice(Part, frozen=True, array_like=True, tag="case-notice"):
    """One notice, condensed. Without a digest nothing is known of it but that others replace it.

    day: as stated, 0 where none is. reported: the day on which it was said. replacers: how many others replace it. circular: it replaces
    one that replaces it, so that neither counts as replacing. silent: it decides nothing, because it came too late. informed_at: when the
    firm was told of it (R5).
    """

    digest: str = ""
    case: str = ""
    firm: str = ""
    plant: str = ""
    status: str = ""
    day: int = 0
    reported: int = 0
    said_at: UtcMs = 0
    source: str = ""
    id: str = ""
    area: str = ""
    contact_of: str = ""
    residence: str = ""
    doubts: tuple[str, ...] = ()
    replaces: str = ""
    withdrawn: bool = False
    silent: bool = False
    replacers: int = 0
    circular: bool = False
    informed_at: UtcMs | None = None


class Standing(Part, frozen=True, array_like=True):
    """What a case is by now, whatever notices speak of it. informed_at: when the firm was first told that it is confirmed (R5)."""

    firm: str
    plant: str
    status: str
    day: int
    area: str = ""
    contact_of: str = ""
    residence: str = ""
    doubts: tuple[str, ...] = ()
    informed_at: UtcMs | None = None

    @property
    def counts(self) -> bool:
        """Whether it is counted at all."""
        return self.status in COUNTED


class Case(Part, frozen=True, array_like=True, tag="case"):
    """One case. notices: their keys. contacts: the cases that are said to be contacts of it."""

    subject: str
    case: str
    notices: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    standing: Standing | None = None
    at: UtcMs = 0


class Informed(Part, frozen=True, array_like=True):
    """A confirmed case of which the firm was told, at which plant, and when."""

    case: str
    plant: str
    at: UtcMs


class Known(Part, frozen=True, array_like=True, tag="known"):
    """The confirmed cases that a firm was told of, by when it was (R5)."""

    subject: str
    cases: tuple[Informed, ...] = ()
    at: UtcMs = 0


class Row(Part, frozen=True, array_like=True):
    """The cases of one plant with onset on one day: how many by status, area, residence and doubt."""

    day: int
    tally: tuple[tuple[str, int], ...]


class Rate(Part, frozen=True, array_like=True):
    """How common the disease was in the regency on a day, by the newest revision of the registry."""

    day: int
    registry: int
    rate: int


class Link(Part, frozen=True, array_like=True):
    """How many pairs of counted cases are contacts of one another, by the earlier and the later day of onset."""

    first: int
    last: int
    pairs: int


class Cluster(Part, frozen=True, array_like=True, tag="cluster"):
    """The cases of one plant; `plant` is empty for those of a firm of which no plant is known.

    workers: of the firm, and the revision of the registry that says so. too_late: notices that came when they could decide nothing.
    confirmed_at: since when the cluster has been confirmed and told, from which R19 counts. turned_at: when it last closed or opened again;
    waits_until: when it may do so next, if it has to. at: of the latest fact. ticked_at: the latest deadline that has fired (law 3).
    """

    subject: str
    plant: str
    place: Place
    registry: int = 0
    exercise: bool = True
    workers: tuple[int, int] = (-1, 0)
    rows: tuple[Row, ...] = ()
    links: tuple[Link, ...] = ()
    rates: tuple[Rate, ...] = ()
    too_late: int = 0
    confirmed_at: UtcMs = 0
    turned_at: UtcMs = 0
    waits_until: UtcMs | None = None
    spoken: tuple[Spoken, ...] = ()
    at: UtcMs = 0
    ticked_at: UtcMs = 0

    @property
    def name(self) -> str:
        """Its entry; it comes after those of all cases, so that a tick reaches it when they have been forgotten."""
        return cluster_name(self.subject, self.plant)


class Response(Part, frozen=True, array_like=True):
    """One thing that was done, and by whose account; of all plants where none is named."""

    stated_at: UtcMs
    source: str
    id: str
    digest: str
    plant: str
    action: str
    by: str
    starts_at: UtcMs
    ends_at: UtcMs | None = None


class Responses(Part, frozen=True, array_like=True, tag="responses"):
    """What was done at one firm, oldest first; and of which plants cases are known."""

    subject: str
    done: tuple[Response, ...] = ()
    plants: tuple[str, ...] = ()
    at: UtcMs = 0


class FirmDays(Part, frozen=True, array_like=True, tag="firm-days"):
    """How many confirmed cases one firm of an estate has, by plant and day of onset."""

    subject: str
    firm: str
    days: tuple[tuple[str, int, int], ...] = ()


class Span(Part, frozen=True, array_like=True):
    """The window of an estate that ends on a day: confirmed cases, firms that have any, firms that have a confirmed cluster.

    onsets: the confirmed cases of the day itself.
    """

    end: int
    confirmed: int = 0
    firms: int = 0
    clustered: int = 0
    onsets: int = 0


class Outbreak(Part, frozen=True, array_like=True, tag="outbreak"):
    """The confirmed cases of one estate (R8); the rest as of a cluster."""

    subject: str
    place: Place
    registry: int = 0
    exercise: bool = True
    spans: tuple[Span, ...] = ()
    turned_at: UtcMs = 0
    waits_until: UtcMs | None = None
    spoken: tuple[Spoken, ...] = ()
    at: UtcMs = 0
    ticked_at: UtcMs = 0


class Draft(NamedTuple):
    """Entries as they are, and as they are about to be; the cases and notices of one subject."""

    subject: str
    known: Mapping[str, Entry]
    changes: dict[str, Entry | None]

    def get(self, name: str) -> Entry | None:
        """The entry as it will be."""
        return self.changes[name] if name in self.changes else self.known.get(name)

    def put(self, name: str, entry: Entry | None) -> None:
        """It will be so."""
        self.changes[name] = entry

    def case(self, case: str) -> Case:
        """A case, known or not."""
        found = self.get(case_name(self.subject, case))
        return found if isinstance(found, Case) else Case(self.subject, case)

    def put_case(self, case: Case) -> None:
        """It will be so."""
        self.put(case_name(self.subject, case.case), case)

    def notice(self, key: str) -> Notice:
        """A notice, known or not."""
        found = self.get(notice_name(self.subject, key))
        return found if isinstance(found, Notice) else Notice()

    def put_notice(self, key: str, notice: Notice | None) -> None:
        """It will be so."""
        self.put(notice_name(self.subject, key), notice)


def notice_key(source: str, id: str, *, moved: bool = False) -> str:
    """Under which key a notice is kept; that it has moved away is another one than that it is here."""
    return digest(source, id, *(("moved",) if moved else ()))


def notice_name(subject: str, key: str) -> str:
    """The entry of a notice."""
    return f"{subject}|notice|{key}"


def case_name(subject: str, case: str) -> str:
    """The entry of a case."""
    return f"{subject}|case|{case}"


def cluster_name(subject: str, plant: str) -> str:
    """The entry of a plant's cluster."""
    return f"{subject}|cluster|{plant}"


def responses_name(subject: str) -> str:
    """The entry of what was done at a firm."""
    return f"{subject}|responses"


def known_name(subject: str) -> str:
    """The entry of what a firm was told."""
    return f"{subject}|known"


def firm_days_name(subject: str, firm: str) -> str:
    """The entry of one firm of an estate."""
    return f"{subject}|firm-days|{firm}"


def outbreak_name(subject: str) -> str:
    """The entry of an estate."""
    return f"{subject}|outbreak"
