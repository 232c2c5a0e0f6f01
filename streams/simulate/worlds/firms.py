"""Firms: a seed and a number in; made-up firms with their permits on the real estates out, and what the register says of them."""

import random
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from streams.simulate.story import DESIGN, Entered, Spoken

SINCE = "2021-01-01T00:00:00+07:00"
SIINAS = "https://siinas.example"
"""The system that receives the reports."""

IDN_AREA_DATA = "idn-area-data"


class Estate(NamedTuple):
    """A real estate, in its regency."""

    id: str
    name: str
    regency: str


class Regency(NamedTuple):
    """A regency or city."""

    code: str
    name: str
    province: str
    zone: str


class Firm(NamedTuple):
    """A made-up firm with one permit; without an estate it stands in its regency."""

    id: str
    name: str
    permit: str
    regency: str
    estate: str | None = None


class Site(NamedTuple):
    """Where firms may stand, and how many of a thousand do."""

    regency: Regency
    estate: Estate | None
    weight: int


@cache
def sites() -> tuple[Site, ...]:
    """All sites, in the order of the table."""
    table = tomllib.loads(files("streams.simulate.worlds").joinpath("estates.toml").read_text(encoding="utf-8"))
    return tuple(site for row in table["regencies"] for site in _sites_of(row))


def _sites_of(row: dict[str, Any]) -> Iterator[Site]:
    regency = Regency(row["code"], row["name"], row["province"], row["zone"])
    yield Site(regency, None, row["weight"])
    for estate in row.get("estates", ()):
        yield Site(regency, Estate(estate["id"], estate["name"], regency.code), estate["weight"])


def firms(count: int, seed: int) -> tuple[Firm, ...]:
    """So many firms, spread over the sites by their weights."""
    chance, places = random.Random(seed), sites()
    chosen = chance.choices(places, [site.weight for site in places], k=count)
    return tuple(firm(number, site.regency.code, site.estate.id if site.estate else None) for number, site in enumerate(chosen, 1))


def firm(number: int, regency: str, estate: str | None = None) -> Firm:
    """The firm of that number."""
    return Firm(f"contoh-{number:05}", f"PT Contoh {number:05}", f"IOMKI-{number:05}", regency, estate)


def register(known: Iterable[Firm], policy: str, roster: str) -> Iterator[Entered]:
    """What the register says: the regencies and estates, SIINas, the revisions in force, then each firm with its permit."""
    used = tuple(known)
    codes, estates = {each.regency for each in used}, {each.estate for each in used}
    for regency in dict.fromkeys(site.regency for site in sites()):
        if regency.code in codes:
            data = {"id": regency.code, "name": regency.name, "province": regency.province, "zone": regency.zone}
            yield _entered("registry-region", data, IDN_AREA_DATA)
    for site in sites():
        if site.estate and site.estate.id in estates:
            yield _entered("registry-estate", {"id": site.estate.id, "name": site.estate.name, "regency": site.estate.regency})
    owner = {"owner": "Pusdatin Kemenperin (contoh)", "speaks_as": ["firm"], "trusted_times": True}
    heartbeat = {"topics": ["report-submissions"], "silent_after_minutes": 480}
    yield _entered("registry-source", {"id": SIINAS, **owner, **heartbeat})
    active = {"policy": policy, "roster": roster, "effective_from": SINCE, "by": "dir-perwilayahan"}
    yield Entered(source=(DESIGN,), entry=Spoken(word="activate", id="activate-1", data=active))
    for each in used:
        yield _entered("registry-firm", {"id": each.id, "name": each.name} | _place(each))
        held = {"id": each.permit, "firm": each.id, "holder": "industrial_firm", "obligations": ["iomki"], "state": "active"}
        yield _entered("registry-permit", held)


def _place(known: Firm) -> dict[str, str]:
    return {"estate": known.estate, "regency": known.regency} if known.estate else {"regency": known.regency}


def _entered(word: str, data: dict[str, Any], source: str = DESIGN) -> Entered:
    return Entered(source=(source,), entry=Spoken(word=word, id=f"{word}-{data['id']}", data={**data, "valid_from": SINCE}))
