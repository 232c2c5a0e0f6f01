"""Items: what one estate adds to a digest in, one item for each endpoint of its audience out.

Each reader looks from their own level: an estate's manager and a regency's office see estates, a province regencies, the nation provinces.
Whoever is named by the routes of several rules gets one item of all of them, and is told by name of those whose route lists them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.escalation import Addressee, Asked, Item, Role, Row
from schemas.ledger import Place
from schemas.policy import Audience, Position, Route
from schemas.surveillance import Numbers, Rule, Subject, shown
from schemas.topics import DELIVERY_INBOX
from schemas.word import UtcMs
from streams.pipeline.escalation.address import addressees, first_choice, resolve
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.ladder import HOUR_MS
from streams.pipeline.escalation.shares import Gathered, Shared
from streams.pipeline.line import Said

SUBJECTS_OF_AN_ITEM = 12
SUBJECTS_OF_A_PAGE = 200
LARGEST_PAGE_BYTES = 10 * 1024


class _Reader(NamedTuple):
    """A position of the audience, and the routes that name it, each with the words by which it does."""

    position: Position
    named: tuple[tuple[Route, Audience], ...]

    def reads(self, shared: Shared) -> bool:
        """Whether this is told to the reader at all."""
        return any(route.rule == shared.rule for route, _ in self.named)

    def lists(self, rule: Rule) -> bool:
        """Whether the reader is told of each by name."""
        return any(route.rule == rule and route.lists for route, _ in self.named)


def items(gathered: Gathered, firing: list[Shared], changed: list[Shared], at: UtcMs, books: Books) -> tuple[Said, ...]:
    """For a person the sums, and the first of those listed; for a system that passes on, every subject that has changed, page by page."""
    words = [word for reader in _readers(gathered, books) for word in _for(reader, gathered, (firing, changed), (at, books))]
    return tuple(Said(DELIVERY_INBOX, word.to.receiver, word, books.stamp) for word in words)


def _readers(gathered: Gathered, books: Books) -> tuple[_Reader, ...]:
    """Everybody whom a route into this digest names, once; who is missing from the roster falls to the desk of last resort."""
    found: dict[str, _Reader] = {}
    for route in (route for route in books.policy.routes if route.digest == gathered.series):
        for audience in route.tell:
            for invited in resolve((audience,), gathered.place, books):
                known = found.get(invited.position.id) or _Reader(invited.position, ())
                found[invited.position.id] = known._replace(named=(*known.named, (route, audience)))
    return tuple(found.values())


def _for(reader: _Reader, gathered: Gathered, shares: tuple[list[Shared], list[Shared]], when: tuple[UtcMs, Books]) -> Iterator[Item]:
    firing, changed = ([shared for shared in some if reader.reads(shared)] for some in shares)
    if not firing and gathered.revision == 1:
        return
    whole = _item(reader, gathered, firing, when)
    listed = [shared.subject for shared in firing if reader.lists(shared.rule)]
    for to in addressees(reader.position, whole.to.role, first_choice(reader.position)):
        if to.batch:
            for number, page in enumerate(pages([shared.subject for shared in changed]), start=1):
                yield replace(whole, to=to, subjects=page, page=number)
        else:
            more = len(listed[SUBJECTS_OF_AN_ITEM:])
            yield replace(whole, to=to, subjects=tuple(listed[:SUBJECTS_OF_AN_ITEM]), more_subjects=more)


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


def _item(reader: _Reader, gathered: Gathered, firing: list[Shared], when: tuple[UtcMs, Books]) -> Item:
    """What all endpoints of a reader are told; the first of them stands for all."""
    at, books = when
    rules = {shared.rule for shared in firing}
    asking = [audience for route, audience in reader.named if route.rule in rules and Role(audience.role) is Role.ACT]
    route, audience = reader.named[0]
    row, place = _looking(audience.position, gathered.place)
    role = Role.ACT if asking else Role.INFORM
    return Item(
        thread=gathered.thread,
        series=gathered.series,
        period=gathered.period,
        to=addressees(reader.position, role, first_choice(reader.position))[0],
        place=place,
        estate=gathered.estate,
        revision=gathered.revision,
        row=row,
        numbers=_totals(firing),
        closes=gathered.closes,
        at=at,
        matter=route.matter,
        rank=max((shared.rank for shared in firing), default=0),
        asked=_asked(asking, gathered, firing),
        proven=gathered.proven,
        exercise=gathered.exercise,
        deadline=gathered.deadline,
        quiet=all(shared.quiet for shared in firing),
        instead=_instead(reader, role, books),
    )


def _instead(reader: _Reader, role: Role, books: Books) -> tuple[Addressee, ...]:
    """The position's other endpoints, and the desk of last resort, which at least knows then whom to telephone."""
    chosen = {receiver.id for receiver in first_choice(reader.position)}
    others = addressees(reader.position, role, [receiver for receiver in reader.position.receivers if receiver.id not in chosen])
    desk = books.roster.position(books.policy.desk_of_last_resort)
    if desk is None or desk.id == reader.position.id:
        return others
    return (*others, *addressees(desk, Role.INFORM, first_choice(desk)))


def _totals(firing: list[Shared]) -> Numbers:
    totals: dict[str, int] = {}
    for name, value in (number for shared in firing for number in shared.numbers):
        totals[name] = totals.get(name, 0) + value
    return tuple(totals.items())


def _asked(asking: Iterable[Audience], gathered: Gathered, firing: list[Shared]) -> tuple[Asked, ...]:
    """Each thing once, with the earliest deadline that an alert names for it, or else the policy's own."""
    deadlines: dict[str, UtcMs] = {}
    for name, instant in (deadline for shared in firing for deadline in shared.deadlines):
        deadlines[name] = min(instant, deadlines.get(name, instant))
    found: dict[str, Asked] = {}
    for ask in (ask for audience in asking for ask in audience.asks):
        usual = gathered.closes + ask.hours * HOUR_MS if ask.hours else None
        found.setdefault(ask.action, Asked(ask.action, deadlines.get(ask.by, usual)))
    return tuple(found.values())


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
