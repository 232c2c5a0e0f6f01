"""Items: what one estate adds to a digest in, one item for each endpoint of its audience out.

Each reader looks from their own level: an estate's manager and a regency's office see estates, a province regencies, the nation provinces.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.escalation import Addressee, Asked, Item, Role, Row
from schemas.ledger import Place
from schemas.policy import Audience, Escalating, Route
from schemas.surveillance import Numbers, Proven, Subject, shown
from schemas.topics import DELIVERY_INBOX
from schemas.word import UtcMs
from streams.pipeline.escalation.address import Invited, addressees, first_choice, resolve
from streams.pipeline.escalation.books import Books
from streams.pipeline.line import Said

SUBJECTS_OF_AN_ITEM = 12
SUBJECTS_OF_A_PAGE = 200
LARGEST_PAGE_BYTES = 10 * 1024


class Gathering(NamedTuple):
    """One estate's part of a digest, added up."""

    thread: str
    series: str
    period: str
    estate: str
    place: Place
    closes: UtcMs
    at: UtcMs
    revision: int
    numbers: Numbers
    subjects: tuple[Subject, ...]
    rank: int
    deadlines: tuple[tuple[str, UtcMs], ...]
    proven: Proven | None
    exercise: bool


class _Reader(NamedTuple):
    """One endpoint of the audience: what is asked of it, and where it looks from."""

    to: Addressee
    asked: tuple[Asked, ...]
    row: Row
    place: Place
    matter: str


def items(gathering: Gathering, changed: list[Subject], books: Books) -> tuple[Said, ...]:
    """For a person the sums and the first subjects; for a system that passes on, every subject that has changed, page by page."""
    words = [word for reader in _readers(gathering, books) for word in _for(reader, gathering, changed)]
    return tuple(Said(DELIVERY_INBOX, word.to.receiver, word, books.stamp) for word in words)


def _for(reader: _Reader, gathering: Gathering, changed: list[Subject]) -> Iterator[Item]:
    whole = _item(reader, gathering)
    if not reader.to.batch:
        listed = gathering.subjects[:SUBJECTS_OF_AN_ITEM]
        yield replace(whole, subjects=listed, more_subjects=len(gathering.subjects) - len(listed))
        return
    for number, page in enumerate(pages(changed), start=1):
        yield replace(whole, subjects=page, page=number)


def pages(subjects: list[Subject]) -> Iterator[tuple[Subject, ...]]:
    """So many at a time, and fewer where they are long."""
    page: list[Subject] = []
    size = 0
    for subject in subjects:
        room = len(msgspec.json.encode(subject)) + 1
        if page and (len(page) == SUBJECTS_OF_A_PAGE or size + room > LARGEST_PAGE_BYTES):
            yield tuple(page)
            page, size = [], 0
        page.append(subject)
        size += room
    if page:
        yield tuple(page)


def _readers(gathering: Gathering, books: Books) -> Iterator[_Reader]:
    """Everybody whom a route into this digest names, once; who is missing from the roster falls to the desk of last resort."""
    seen: set[str] = set()
    for route in _routes(gathering.series, books.policy):
        for audience in route.tell:
            for invited in resolve((audience,), gathering.place, books):
                if invited.position.id not in seen:
                    seen.add(invited.position.id)
                    yield from _endpoints(invited, audience, route, gathering)


def _routes(series: str, policy: Escalating) -> Iterator[Route]:
    return (route for route in policy.routes if route.digest == series)


def _endpoints(invited: Invited, audience: Audience, route: Route, gathering: Gathering) -> Iterator[_Reader]:
    deadlines = dict(gathering.deadlines)
    asked = tuple(Asked(ask.action, deadlines.get(ask.by)) for ask in invited.asks) if invited.role == Role.ACT else ()
    row, place = _looking(audience.position, gathering.place)
    for to in addressees(invited.position, invited.role, first_choice(invited.position)):
        yield _Reader(to, asked, row, place, route.matter)


def _looking(pattern: str, place: Place) -> tuple[Row, Place]:
    """The line that this estate falls into, and the place that is the reader's own."""
    region = Place(firm="", firm_name="", province=place.province, province_name=shown(place.province_name), zone=place.zone)
    if "{province}" in pattern:
        return Row(place.regency, shown(place.regency_name)), region
    district = replace(region, regency=place.regency, regency_name=shown(place.regency_name))
    row = Row(place.estate, shown(place.estate_name))
    if "{regency}" in pattern:
        return row, district
    if "{estate}" in pattern:
        return row, replace(district, estate=place.estate, estate_name=shown(place.estate_name))
    return Row(place.province, shown(place.province_name)), Place(firm="", firm_name="", zone="Asia/Jakarta")


def _item(reader: _Reader, gathering: Gathering) -> Item:
    return Item(
        thread=gathering.thread,
        series=gathering.series,
        period=gathering.period,
        to=reader.to,
        place=reader.place,
        estate=gathering.estate,
        revision=gathering.revision,
        row=reader.row,
        numbers=gathering.numbers,
        closes=gathering.closes,
        at=gathering.at,
        matter=reader.matter,
        rank=gathering.rank,
        asked=reader.asked,
        proven=gathering.proven,
        exercise=gathering.exercise,
    )
