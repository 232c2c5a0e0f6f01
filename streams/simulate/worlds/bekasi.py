"""Bekasi: the clusters of August and September 2020 in one regency, as a story of cases.

What is public: the index worker died in a hospital of another province; 238 of some 600 swabbed were positive on 25 August, 242 of 776 on
the 26th; the task force spoke of 14 days of closure, the firm of 9; by 7 September 698 workers in 22 factories; other firms had one case or
two. One notice of the story stands for ten of those workers. Tokens, onsets, areas and every other firm are made up (`design`); estates are
real, and firms of two of them stay quiet.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from schemas.ids import digest
from schemas.word import UtcMs, format_time, parse_time
from streams.simulate.story import DESIGN, Acted, Entered, Line, Spoken, Story

POLICY, ROSTER = "2026-11-23.1", "example-1"
SINCE = "2019-01-01T00:00:00+07:00"
SERVICE, ELSEWHERE = "https://dinkes-bekasi.example", "https://dinkes-dki.example"
LG, PLANT = "lg-cikarang", "lg-mm2100"
ABOUT_LG = f"cluster/{LG}/{PLANT}"
BEKASI, JAKARTA_TIMUR, KARAWANG = "32.16", "31.75", "32.15"
ON_25, ON_26, OTHERS = 23, 1, 44
"""Notices of the plant on the two days, beside the index case; and of 21 other factories: with them 69, for 698 workers."""

EARLY = 3
"""So many of the first day come before the others: a laboratory sends its results in heaps."""

FACTORIES = 21
QUIET = (("contoh-kiic-1", "kiic", KARAWANG), ("contoh-kiic-2", "kiic", KARAWANG), ("contoh-cakung-1", "", JAKARTA_TIMUR))
SOURCES = {
    "beritacikarang": "beritacikarang.com, August 2020: the plant in MM2100, its index case and its closure",
    "bisnis-0907": "bisnis.com, 7 September 2020: 698 workers in 22 factories",
    "radarbogor": "radarbogor.id, August 2020: 242 of 776 samples",
    "tribun-lg": "tribunnews.com, August 2020: 238 positive of some 600 swabbed",
}
DESCRIPTION = """
A cluster in MM2100 from an index death in another province, counts that are revised daily, two lengths of one closure, and 21 other
factories. One notice stands for ten workers.
"""
_MINUTE = 60_000


def bekasi() -> Story:
    """From the index death to the day of the 22 factories."""
    lines = sorted((*_the_plant(), *_the_others(), *_the_quiet()), key=lambda line: line.at)
    whole = {
        "name": "bekasi",
        "title": "Bekasi: klaster pabrik, Kab. Bekasi, Agustus 2020",
        "zone": "Asia/Jakarta",
        "description": DESCRIPTION,
        "publisher": SERVICE,
        "starts": "2020-08-19T12:00:00+07:00",
        "until": "2020-09-08T12:00:00+07:00",
        "sources": SOURCES,
        "registry": tuple(_register()),
        "lines": tuple(lines),
    }
    return Story.model_validate(whole)


def _register() -> Iterator[Entered]:
    yield _entry("registry-region", BEKASI, name="Kab. Bekasi", province="Jawa Barat", zone="Asia/Jakarta")
    yield _entry("registry-region", KARAWANG, name="Kab. Karawang", province="Jawa Barat", zone="Asia/Jakarta")
    yield _entry("registry-region", JAKARTA_TIMUR, name="Kota Jakarta Timur", province="DKI Jakarta", zone="Asia/Jakarta")
    yield _entry("registry-estate", "mm2100", name="MM2100", regency=BEKASI)
    yield _entry("registry-estate", "jababeka", name="Jababeka", regency=BEKASI)
    yield _entry("registry-estate", "kiic", name="KIIC", regency=KARAWANG)
    yield _entry("registry-firm", LG, name="PT LG Electronics Indonesia", estate="mm2100", source="tribun-lg")
    yield _entry("registry-plant", PLANT, name="MM2100, Cikarang Barat", firm=LG, estate="mm2100")
    for number in range(FACTORIES):
        yield _entry("registry-firm", _factory(number), name=f"PT Contoh Bekasi {number + 1}", estate=_estate(number))
    for firm, estate, regency in QUIET:
        where = {"estate": estate} if estate else {"regency": regency}
        yield _entry("registry-firm", firm, name=f"PT {firm.replace('-', ' ').title()}", **where)
    for service in (SERVICE, ELSEWHERE):
        yield _entry("registry-source", service, owner="Dinas kesehatan (contoh)", trusted_times=True)
    active = {"policy": POLICY, "roster": ROSTER, "effective_from": SINCE, "by": "dir-perwilayahan"}
    yield Entered(source=(DESIGN,), entry=Spoken(word="activate", id="activate-1", data=active))


def _entry(word: str, id: str, *, source: str = DESIGN, **fields: Any) -> Entered:
    return Entered(source=(source,), entry=Spoken(word=word, id=f"{word}/{id}", data={"id": id, "valid_from": SINCE, **fields}))


def _factory(number: int) -> str:
    return f"contoh-bekasi-{number + 1}"


def _estate(number: int) -> str:
    """Three in the estate of the first plant, the others in another."""
    return "mm2100" if number < 3 else "jababeka"


def _the_plant() -> Iterator[Line]:
    at = _at(19, "20:00")
    index = {"area": "lini-3", "residence": JAKARTA_TIMUR, "publisher": ELSEWHERE, "plant": PLANT}
    yield _note(_at(19, "16:00"), "beritacikarang", "A worker of the plant dies in RS Pasar Rebo, in another province.")
    yield _case(at, LG, 0, date(2020, 8, 10), source=("beritacikarang",), **index)
    yield _note(_at(21, "09:00"), "beritacikarang", "Mass PCR at the plant.")
    yield _case(_at(21, "20:00"), LG, 1, date(2020, 8, 17), status="probable", plant=PLANT, area="lini-3", contact_of=_token(LG, 0))
    taken = Acted(act="acknowledge", about=ABOUT_LG, position=f"satgas:{BEKASI}", name="petugas (contoh)")
    yield _line(_at(21, "21:30"), (DESIGN,), act=taken)
    yield _done(_at(22, "09:00"), "coordinated", "task_force", _at(22, "08:00"))
    yield _done(_at(24, "08:00"), "closure", "firm", _at(24, "07:00"), days=9, source=("beritacikarang",))
    for number in range(ON_25):
        residence = {"residence": JAKARTA_TIMUR} if number % 6 == 0 else {}
        onset = date(2020, 8, 12) + timedelta(number % 11)
        yield _case(
            _at(25, "18:00" if number < EARLY else "18:08"),
            LG,
            number + 2,
            onset,
            source=("tribun-lg",),
            plant=PLANT,
            area=f"lini-{number % 4 + 1}",
            **residence,
        )
    yield _done(_at(25, "20:00"), "closure", "task_force", _at(24, "07:00"), days=14, source=("beritacikarang",))
    for number in range(ON_26):
        yield _case(_at(26, "18:00"), LG, number + 2 + ON_25, date(2020, 8, 24), source=("radarbogor",), plant=PLANT, area="lini-3")


def _the_others() -> Iterator[Line]:
    """Two or three notices for each factory; in two of them the cases were each other's contacts."""
    for number in range(OTHERS):
        factory, nth = number % FACTORIES, number // FACTORIES
        firm, day = _factory(factory), 27 + number * 11 // OTHERS
        linked = {"contact_of": _token(firm, 0)} if nth and factory < 2 else {}
        onset = date(2020, 8, 1) + timedelta(day - 4)
        yield _case(_at(day, "14:00"), firm, nth, onset, source=("bisnis-0907",), **linked)


def _the_quiet() -> Iterator[Line]:
    """Other firms had one case: nobody is told of those."""
    for firm, _, _ in QUIET:
        yield _case(_at(28, "10:00"), firm, 0, date(2020, 8, 25), source=(DESIGN,))


def _case(
    at: UtcMs, firm: str, number: int, onset: date, *, source: tuple[str, ...] = (DESIGN,), publisher: str = SERVICE, **said: Any
) -> Line:
    token = _token(firm, number)
    data = {"firm": firm, "case": token, "status": "confirmed", "onset": onset.isoformat(), "reported_at": format_time(at), **said}
    spoken = Spoken(word="case-notice", id=f"{firm}/{number}", publisher=publisher, data=data)
    return _line(at, tuple(dict.fromkeys((*source, DESIGN))), fact=spoken)


def _token(firm: str, number: int) -> str:
    return f"kasus-{digest('token', firm, str(number))}"


def _done(at: UtcMs, action: str, by: str, starts: UtcMs, *, days: int = 0, source: tuple[str, ...] = (DESIGN,)) -> Line:
    data = {"firm": LG, "plant": PLANT, "action": action, "by": by, "starts_at": format_time(starts), "stated_at": format_time(at)}
    if days:
        data["ends_at"] = format_time(starts + days * 24 * 60 * _MINUTE)
    return _line(at, source, fact=Spoken(word="response-action", id=f"{action}/{by}", data=data))


def _line(at: UtcMs, source: tuple[str, ...], **said: Any) -> Line:
    return Line.model_validate({"at": format_time(at), "source": source, "clock_is_design": True, **said})


def _note(at: UtcMs, source: str, words: str) -> Line:
    return _line(at, (source,), note=words)


def _at(day: int, clock: str) -> UtcMs:
    """A day of August 2020, counted on into September, in Jakarta."""
    when = date(2020, 8, 1) + timedelta(day - 1)
    return parse_time(f"{when.isoformat()}T{clock}:00+07:00")
