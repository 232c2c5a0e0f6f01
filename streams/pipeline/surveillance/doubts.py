"""Doubts: what of a firm could not be read. Until it has been cleared up, nobody concludes anything from the firm's silence (law 2)."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.ledger import Origin, Tick
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.word import Part, UtcMs
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.surveillance.rulebook import Rulebook

HOUR_MS = 3_600_000
MOST_ORIGINS = 20
MOST_HOURS = 1_000
_REPORTS = ("", ReportSubmission.type, InspectionFinding.type)
"""What may have been a report; of what cannot be read at all, nobody knows."""


class Doubtful(NamedTuple):
    """Something that could not be read: where it was published, when it was said, and what it said that it was.

    about: hours of other periods that it may have been about than the one in which it was said.
    """

    origin: Origin
    at: UtcMs
    kind: str = ""
    about: tuple[UtcMs, ...] = ()


class Doubts(Part, frozen=True, array_like=True, tag="doubts"):
    """What of one firm could not be read.

    count: records refused or parked. at: when last. origins: where the last of them were published. hours: the beginnings of the hours in
    which it may have reported, oldest first; periods begin and end with an hour.
    """

    subject: str
    count: int = 0
    at: UtcMs = 0
    origins: tuple[Origin, ...] = ()
    hours: tuple[UtcMs, ...] = ()


def doubts_name(subject: str) -> str:
    """The entry of a firm's doubts."""
    return f"{subject}|doubts"


def doubt(entries: Mapping[str, Entry], subject: str, doubtful: Doubtful, book: Rulebook) -> Step:
    """Something of this firm could not be read. A record that is read again is counted once."""
    name = doubts_name(subject)
    known = entries.get(name) or Doubts(subject)
    if doubtful.origin in known.origins:
        return NOTHING
    hours = {at // HOUR_MS * HOUR_MS for at in (doubtful.at, *doubtful.about)} if doubtful.kind in _REPORTS else set()
    doubts = Doubts(
        subject,
        known.count + 1,
        max(known.at, doubtful.at),
        (*known.origins, doubtful.origin)[-MOST_ORIGINS:],
        tuple(sorted({*known.hours, *hours}))[-MOST_HOURS:],
    )
    return Step({name: doubts}, due={name: Due(at=book.forgotten_at(doubts.at))})


def tick(_: Mapping[str, Entry], doubts: Doubts, now: Tick, book: Rulebook) -> Step:
    """A doubt about what nobody asks any more is forgotten."""
    name, due = doubts_name(doubts.subject), book.forgotten_at(doubts.at)
    return Step({name: None}) if due <= now.at else Step({name: doubts}, due={name: Due(at=due)})
