"""Both languages' manners: numbers, dates, zones, plain text made safe, lines of 72 columns.

In: instants, counts and text from anywhere. Out: text that fits on a line and cannot leave it. No clock, no zone database: the three
Indonesian zones are fixed offsets, and an unknown zone reads as WIB.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from schemas.word import UtcMs, as_datetime, parse_time

Lang = Literal["id", "en"]
COLUMNS = 72

_JAKARTA = "Asia/Jakarta"
_WIB = (7, "WIB")
_ZONES = {
    _JAKARTA: _WIB,
    "Asia/Pontianak": _WIB,
    "Asia/Makassar": (8, "WITA"),
    "Asia/Ujung_Pandang": (8, "WITA"),
    "Asia/Jayapura": (9, "WIT"),
}
_EARLIEST, _LATEST = -62_135_500_000_000, 253_402_200_000_000  # a zone's offset inside what datetime can say
_PARTS_OF_DAY = ((0, "dini hari"), (4, "pagi"), (11, "siang"), (15, "sore"), (18, "malam"))
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ALIVE = re.compile(r"://|=_|\bwww\.", re.IGNORECASE)
_DAYS_IN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_MARKS = {"Mn", "Me"}
_MARKS_IN_A_ROW = 2


class Both(NamedTuple):
    """The same in Indonesian and in English."""

    id: str
    en: str

    def of(self, lang: Lang) -> str:
        """The wording in one language."""
        return self.id if lang == "id" else self.en


_DAYS = Both("Senin Selasa Rabu Kamis Jumat Sabtu Minggu", "Mon Tue Wed Thu Fri Sat Sun")
_MONTHS = Both("Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")


def local(instant: UtcMs, zone: str) -> datetime:
    """The instant on the wall clock of a zone; instants that no calendar can show read as the nearest that it can."""
    hours, _ = _ZONES.get(zone, _WIB)
    return as_datetime(min(max(instant, _EARLIEST), _LATEST)) + timedelta(hours=hours)


def zone_name(zone: str) -> str:
    """WIB, WITA or WIT."""
    return _ZONES.get(zone, _WIB)[1]


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language at one place: how times and numbers are said there. `year` is the one that goes without saying."""

    lang: Lang
    zone: str
    year: int

    def number(self, value: int) -> str:
        """1.611 in Indonesian, 1,611 in English."""
        return f"{value:,}".replace(",", "." if self.lang == "id" else ",")

    def date(self, instant: UtcMs, *, zone: str = "", always_year: bool = False) -> str:
        """Weekday, day and month; the year where it is not the one that goes without saying."""
        day = local(instant, zone or self.zone)
        words = f"{_DAYS.of(self.lang).split()[day.weekday()]} {day.day} {_MONTHS.of(self.lang).split()[day.month - 1]}"
        return f"{words} {day.year}" if always_year or day.year != self.year else words

    def bare_clock(self, instant: UtcMs, zone: str = "") -> str:
        """05.30 or 05:30."""
        return local(instant, zone or self.zone).strftime("%H.%M" if self.lang == "id" else "%H:%M")

    def clock(self, instant: UtcMs) -> str:
        """The time of day, with its zone."""
        return f"{self.bare_clock(instant)} {zone_name(self.zone)}"

    def moment(self, instant: UtcMs) -> str:
        """Date, time of day, zone."""
        return f"{self.date(instant)} {self.clock(instant)}"

    def exact(self, instant: UtcMs, zone: str = "") -> str:
        """Date and time of day to the second, zone."""
        zone = zone or self.zone
        clock = local(instant, zone).strftime("%H.%M.%S" if self.lang == "id" else "%H:%M:%S")
        return f"{self.date(instant, zone=zone)} {clock} {zone_name(zone)}"

    def before(self, instant: UtcMs) -> str:
        """A deadline of a report, by its last second: due is before 24:00 in Jakarta, also said in the plant's own zone."""
        last = instant - 1
        jakarta = self.exact(last, _JAKARTA)
        return jakarta if zone_name(self.zone) == "WIB" else f"{jakarta} ({self.exact(last)})"

    def day(self, iso: str, *, always_year: bool = False) -> str:
        """The day by which a period is named, as its last date; or the name itself where it has none."""
        try:
            noon = parse_time(f"{_DAYS_IN.findall(iso)[-1]}T12:00:00+07:00")
        except (IndexError, ValueError):
            return tidy(iso, 40)
        return self.date(noon, zone=_JAKARTA, always_year=always_year)

    def since(self, instant: UtcMs, reference: UtcMs) -> str:
        """The time of day where `reference` is the same day, otherwise the whole moment."""
        same_day = local(instant, self.zone).date() == local(reference, self.zone).date()
        return self.clock(instant) if same_day else self.moment(instant)

    def deadline(self, instant: UtcMs) -> str:
        """A moment, also in WIB: the ministry reads its clock in Jakarta."""
        if zone_name(self.zone) == "WIB":
            return self.moment(instant)
        jakarta = self.bare_clock(instant, _JAKARTA)
        if local(instant, _JAKARTA).date() != local(instant, self.zone).date():
            jakarta = f"{self.date(instant, zone=_JAKARTA)} {jakarta}"
        return f"{self.moment(instant)} ({jakarta} WIB)"

    def part_of_day(self, instant: UtcMs) -> str:
        """Pagi, siang, sore, malam: Indonesian says it, English does without."""
        hour = local(instant, self.zone).hour
        return [name for begins, name in _PARTS_OF_DAY if begins <= hour][-1] if self.lang == "id" else ""

    def listed(self, items: list[str] | tuple[str, ...]) -> str:
        """a, b dan c."""
        last = " dan " if self.lang == "id" else " and "
        return last.join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def columns(text: str) -> int:
    """How many columns of a terminal the text takes: Chinese characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _printable(text: str) -> str:
    marks, kept = 0, []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARKS else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(" " if category in _UNPRINTABLE else char)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    if columns(text) <= limit:
        return text
    width, kept = 0, []
    for char in text:
        width += columns(char)
        if width >= limit:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "\u2026"


def tidy(text: str, limit: int = 60) -> str:
    """Text from outside as it may stand in a header or on a line: one line, printable, short, its direction shut in.

    An address in a name is broken up so that no mail program makes it a link, and so is the one sequence MIME boundaries begin with.
    """
    one_line = " ".join(_printable(text[: limit * 8]).split())
    harmless = _ALIVE.sub(lambda found: found[0].replace(found[0][-1], f" {found[0][-1]}", 1), one_line)
    short = _cut(harmless, limit)
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in short):
        return f"\u2068{short}\u2069"
    return short


def _words_that_fit(text: str, width: int) -> list[str]:
    pieces = []
    for word in text.split():
        while columns(word) > width:
            head = next(n for n in range(len(word), 0, -1) if columns(word[:n]) <= width)
            pieces.append(word[:head])
            word = word[head:]  # noqa: PLW2901  the rest of the same word
        pieces.append(word)
    return pieces


def wrap(text: str, first: str = "", rest: str = "", width: int = COLUMNS) -> str:
    """Lines of at most `width` columns, the first led by `first`, the others by `rest`."""
    room = width - max(columns(first), columns(rest))
    lines, line = [], ""
    for word in _words_that_fit(text, room):
        if line and columns(line) + 1 + columns(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    lines.append(line)
    return "\n".join((first if n == 0 else rest) + each for n, each in enumerate(lines)).rstrip()


def aligned(table: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], width: int = COLUMNS) -> str:
    """A table as lines of at most `width` columns: the first column a name, cut where there is no room, the others to the right."""
    header, rows = table
    lines = [header, *rows]
    room = max(3, (width - 8) // max(1, len(header) - 1) - 2)
    widths = [min(room, max(columns(line[n]) for line in lines)) for n in range(1, len(header))]
    first = min(max(columns(line[0]) for line in lines), width - sum(each + 2 for each in widths))
    return "\n".join(_aligned(line, first, widths).rstrip() for line in lines)


def _aligned(line: tuple[str, ...], first: int, widths: list[int]) -> str:
    name = _cut(line[0], first)
    cells = (_cut(cell, each) for cell, each in zip(line[1:], widths, strict=True))
    padded = "".join("  " + " " * (each - columns(cell)) + cell for cell, each in zip(cells, widths, strict=True))
    return name + " " * (first - columns(name)) + padded
