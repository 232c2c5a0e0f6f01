"""The door: rates and origins."""

import pytest

from streams.console.ackpage.door import HEADERS, Buckets, comes_from_here


def test_a_bucket_empties_and_fills():
    buckets = Buckets(a_second=2, at_once=3)
    assert [buckets.admits("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert [buckets.admits("a", 0.5) for _ in range(2)] == [True, False]
    assert [buckets.admits("a", 100.0) for _ in range(4)] == [True, True, True, False]


def test_one_address_takes_nothing_from_another():
    buckets = Buckets(at_once=1)
    assert [buckets.admits(each, 0.0) for each in ("a", "a", "b")] == [True, False, True]


def test_addresses_are_forgotten():
    buckets = Buckets(most=5)
    assert all(buckets.admits(str(number), 0.0) for number in range(1_000))
    assert len(buckets) == 5


@pytest.mark.parametrize(
    ("site", "origin", "here"),
    [
        ("same-origin", "null", True),
        ("same-origin", "https://siaga.example", True),
        ("", "", True),
        ("", "null", True),
        ("none", "", True),
        ("cross-site", "null", False),
        ("same-site", "https://other.siaga.example", False),
        ("", "https://evil.example", False),
        ("same-origin", "https://siaga.example.evil.example", False),
    ],
)
def test_a_form_of_a_strange_page_is_refused(site, origin, here):
    assert comes_from_here(site, origin, "siaga.example") is here


def test_no_script_can_run():
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "script-src" not in HEADERS["Content-Security-Policy"]
