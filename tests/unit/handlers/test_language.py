"""Numbers, dates, zones, and text from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.language import COLUMNS, Tongue, aligned, columns, tidy, wrap, zone_name
from schemas.word import parse_time

WITA = Tongue("id", "Asia/Makassar", 2023)
DUE = parse_time("2023-12-26T05:30:00+08:00")


def test_a_number_is_grouped_as_its_readers_group_it():
    assert WITA.number(1611) == "1.611"
    assert Tongue("en", "Asia/Makassar", 2023).number(1611) == "1,611"


def test_a_deadline_is_said_in_the_plants_zone_and_in_wib():
    assert WITA.deadline(DUE) == "Selasa 26 Des 05.30 WITA (04.30 WIB)"
    assert Tongue("en", "Asia/Makassar", 2023).deadline(DUE) == "Tue 26 Dec 05:30 WITA (04:30 WIB)"


def test_a_deadline_just_after_midnight_is_the_day_before_in_jakarta():
    just_after = parse_time("2023-12-26T00:30:00+08:00")
    assert WITA.deadline(just_after) == "Selasa 26 Des 00.30 WITA (Senin 25 Des 23.30 WIB)"


def test_a_plant_in_wib_reads_one_time():
    assert Tongue("id", "Asia/Jakarta", 2023).deadline(DUE) == "Selasa 26 Des 04.30 WIB"


def test_the_year_is_said_where_it_does_not_go_without_saying():
    assert WITA.date(parse_time("2024-01-01T08:00:00+08:00")) == "Senin 1 Jan 2024"


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Asia/Pontianak", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT"), ("Europe/Berlin", "WIB"), ("", "WIB")],
)
def test_every_zone_has_a_name(zone, name):
    assert zone_name(zone) == name


@pytest.mark.parametrize(
    ("hour", "part"), [("00", "dini hari"), ("04", "pagi"), ("11", "siang"), ("15", "sore"), ("18", "malam"), ("23", "malam")]
)
def test_indonesian_names_the_part_of_the_day(hour, part):
    assert WITA.part_of_day(parse_time(f"2023-12-24T{hour}:30:00+08:00")) == part


@given(st.integers(-(10**17), 10**17))
def test_every_instant_can_be_said(instant):
    assert WITA.deadline(instant)


@given(st.text(), st.integers(2, 80))
def test_tidy_text_is_one_short_printable_line_and_tidying_again_changes_nothing_visible(text, limit):
    tidied = tidy(text, limit)
    assert columns(tidied.strip("\u2068\u2069")) <= limit
    assert tidied.strip("\u2068\u2069").isprintable()
    assert "=_" not in tidied
    assert "://" not in tidied


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        pytest.param("PT A\r\nBcc: x@y.example", "PT A Bcc: x@y.example", id="line ends become blanks"),
        pytest.param("PT \u202eSSTI", "PT SSTI", id="a direction override is dropped"),
        pytest.param("\u05e9\u05dc", "\u2068\u05e9\u05dc\u2069", id="text that runs the other way is shut in"),
        pytest.param("https://evil.example", "https: //evil.example", id="an address is no longer one"),
        pytest.param("x" * 70, "x" * 59 + "\u2026", id="long text is cut where one can see it"),
        pytest.param("a" + "\u0301" * 9, "\u00e1\u0301\u0301", id="marks are not piled up"),
    ],
)
def test_text_from_outside_is_made_harmless(text, tidied):
    assert tidy(text) == tidied


@given(st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"])), st.sampled_from(["", "1. ", "Korban  "]))
def test_no_line_is_wider_than_72_columns(text, first):
    lines = wrap(text, first, " " * len(first)).split("\n")
    assert all(columns(line) <= 72 for line in lines)
    assert "".join("".join(lines).removeprefix(first.rstrip()).split()) == "".join(text.split())


def test_chinese_text_is_measured_in_the_columns_it_takes():
    assert columns("青山") == 4


cells = st.text(max_size=12) | st.sampled_from(["1.611", "\u9752\u5c71" * 30, "warnings 1"])


@given(st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(cells, min_size=n + 1, max_size=n + 1).map(tuple), min_size=1, max_size=4)))
def test_a_table_keeps_to_its_columns(lines):
    """Whatever stands in it: 72 columns, and as many lines as there were."""
    header, *rows = [tuple(tidy(cell, 40) for cell in line) for line in lines]
    told = aligned((header, tuple(rows))).split("\n")
    assert len(told) == len(lines)
    assert all(columns(line) <= COLUMNS for line in told)


def test_figures_stand_under_each_other():
    assert aligned((("Kawasan", "wajib", "belum"), (("MM2100", "210", "38"), ("Jumlah", "1.611", "322")))) == (
        "Kawasan  wajib  belum\nMM2100     210     38\nJumlah   1.611    322"
    )
