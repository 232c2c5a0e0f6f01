"""The job of `two_rooms` as a user of a stream library would write it: a bulletin and what was known in, what is known and an alert out.

It imports pydantic alone, so that it runs beside whichever library. It does less than the rooms: no register, no refusals, no proof.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


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


def read(value: bytes) -> Cloud:
    """The event."""
    return Cloud.model_validate_json(value)


def about(cloud: Cloud) -> str:
    """Which incident: the firm and its day."""
    return f"{cloud.data.firm}/{cloud.data.occurred_at.date()}"


def correlate(cloud: Cloud, before: bytes | None) -> tuple[bytes, bytes | None]:
    """What is known now, and an alert if that changed."""
    name = about(cloud)
    picture = Picture.model_validate_json(before) if before else Picture(firm=cloud.data.firm, day=name)
    if cloud.id in picture.seen:
        return before or b"", None
    dead = max(picture.dead, cloud.data.dead or 0)
    after = picture.model_copy(update={"dead": dead, "seen": (*picture.seen, cloud.id), "revision": picture.revision + 1})
    grade = "S5" if dead >= 5 else "S4" if dead else "S3"
    alert = Alert(about=name, grade=grade, revision=after.revision, dead=dead)
    return after.model_dump_json().encode(), alert.model_dump_json().encode()
