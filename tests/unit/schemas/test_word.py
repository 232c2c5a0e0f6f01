"""Words: one time type, one way to be written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.word import format_time, parse_time

FIRST, LAST = parse_time("0002-01-01T00:00:00Z"), parse_time("9997-12-31T23:59:59.999Z")


@given(st.integers(FIRST, LAST))
def test_an_instant_survives_being_written_and_read(instant):
    """Equal instants are equal texts, and back."""
    assert parse_time(format_time(instant)) == instant
    assert len(format_time(instant)) == len("2023-12-24T05:30:00.000Z")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("1970-01-01T00:00:00Z", 0, id="the epoch"),
        pytest.param("1970-01-01T08:00:00+08:00", 0, id="an offset counts"),
        pytest.param("1969-12-31t16:00:00-08:00", 0, id="small letters are RFC 3339 too"),
        pytest.param("1970-01-01T00:00:00.0019Z", 1, id="less than a millisecond is dropped"),
        pytest.param("1970-01-01T00:00:00.123456789z", 123, id="nanoseconds are understood"),
        pytest.param("1969-12-31T23:59:59.999Z", -1, id="before the epoch"),
    ],
)
def test_a_time_with_a_zone_is_an_instant(text, instant):
    assert parse_time(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2021-07-27T05:30:00", id="no zone"),
        pytest.param("2021-07-27", id="a day"),
        pytest.param("2021-07-27 05:30:00+08:00", id="a blank for the T"),
        pytest.param("2021-07-27T05:30+08:00", id="no seconds"),
        pytest.param("2021-07-27T05:30:60+08:00", id="a leap second"),
        pytest.param("2021-07-27T24:00:00+08:00", id="hour 24"),
        pytest.param("2023-02-30T05:30:00+08:00", id="30 February"),
        pytest.param("2021-07-27T05:30:00+99:00", id="an offset of four days"),
        pytest.param("2021-07-27T05:30:00+08:00 ", id="something after it"),
        pytest.param("1703367000", id="digits"),
        pytest.param("\uff12\uff10\uff12\uff11-07-27T05:30:00Z", id="digits of another script"),
        pytest.param("", id="nothing"),
        pytest.param("0001-01-01T00:00:00+14:00", id="before the first year: no local day could be named"),
        pytest.param("9999-12-31T23:59:59Z", id="the last year: no deadline after it could be written"),
    ],
)
def test_what_names_no_instant_is_refused_and_not_repeated(text):
    """A refusal goes to a topic that people read: it must not carry what was sent (law 12)."""
    with pytest.raises(ValueError) as refused:
        parse_time(text)
    assert not text or text not in str(refused.value)
