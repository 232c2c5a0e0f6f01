"""The jobs of `two_rooms` as a user of a stream library would write them: an event and what was known in, what is known and an alert out.

They run beside whichever library. They do less than the rooms: no register, no refusals, no digests, no dues, no proof.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from schemas.reports import ReportSubmission


class Job(NamedTuple):
    """read: the bytes of an event. about: whose memory it changes. keep: what is known of that from now on, and an alert if there is one.

    alerts: whether there ever is.
    """

    topic: str
    alerts: bool
    read: Callable[[bytes], Any]
    about: Callable[[Any], str]
    keep: Callable[[Any, bytes | None], tuple[bytes, bytes | None]]


# --------------------------------------------------------------------------- reports: which periods a permit has reported


def _permit(report: ReportSubmission) -> str:
    return report.permit


def _reported(report: ReportSubmission, before: bytes | None) -> tuple[bytes, bytes | None]:
    known = json.loads(before) if before else []
    return json.dumps(sorted({*known, report.period.isoformat()})).encode(), None


# --------------------------------------------------------------------------- incidents: the picture of each, and an alert


class Fact(BaseModel):
    """As the outside publishes it."""

    model_config = ConfigDict(frozen=True)


class Party(Fact):
    """Who asserts."""

    name: str
    rank: str


class Bulletin(Fact):
    """What one party says."""

    firm: str
    kind: str
    asserted_by: Party
    asserted_at: datetime
    occurred_at: datetime
    dead: int | None = None
    missing: int | None = None
    exercise: bool = False


class Cloud(Fact):
    """The CloudEvent around it."""

    specversion: str
    id: str
    source: str
    type: str
    recordedtime: datetime
    data: Bulletin


class Picture(Fact):
    """What is known of one incident."""

    firm: str
    day: str
    dead: int = 0
    seen: tuple[str, ...] = ()
    revision: int = 0


class Alert(Fact):
    """What is concluded."""

    about: str
    grade: str
    revision: int
    dead: int


def _firm_and_day(cloud: Cloud) -> str:
    return f"{cloud.data.firm}/{cloud.data.occurred_at.date()}"


def _correlated(cloud: Cloud, before: bytes | None) -> tuple[bytes, bytes | None]:
    name = _firm_and_day(cloud)
    picture = Picture.model_validate_json(before) if before else Picture(firm=cloud.data.firm, day=name)
    if cloud.id in picture.seen:
        return before or b"", None
    dead = max(picture.dead, cloud.data.dead or 0)
    after = picture.model_copy(update={"dead": dead, "seen": (*picture.seen, cloud.id), "revision": picture.revision + 1})
    grade = "S5" if dead >= 5 else "S4" if dead else "S3"
    alert = Alert(about=name, grade=grade, revision=after.revision, dead=dead)
    return after.model_dump_json().encode(), alert.model_dump_json().encode()


JOBS = {
    "reports": Job("report-submissions", False, ReportSubmission.model_validate_json, _permit, _reported),
    "incidents": Job("smelter-incidents", True, Cloud.model_validate_json, _firm_and_day, _correlated),
}
