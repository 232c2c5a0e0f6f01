"""Where a webhook may go, and how long a receiver may make us wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.webhook import LONGEST_WAIT_SECONDS, Allowed, is_permitted, retry_after

NOW = 1_703_387_405_000  # Sun, 24 Dec 2023 03:10:05 GMT


@pytest.mark.parametrize("host", ["8.8.8.8", "103.10.66.1", "2001:4860:4860::8888", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_pass(host):
    assert is_permitted(host, 443)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255"),
        *("224.0.0.1", "240.0.0.1", "192.0.0.9", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "::127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fe80::1%lo", "fc00::1", "fec0::1", "ff02::1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1"),
    ],
)
def test_everything_else_is_stopped(host):
    assert not is_permitted(host, 443)


def test_the_operator_may_allow_a_range_and_a_port():
    allowed = (
        Allowed.parse("10.1.0.0/16"),
        Allowed.parse("127.0.0.1/32:8088"),
        Allowed.parse("[fd00::/8]:443"),
        Allowed.parse("fc00::/16"),
    )
    assert is_permitted("10.1.2.3", 9, allowed)
    assert is_permitted("::ffff:10.1.2.3", 9, allowed)
    assert is_permitted("127.0.0.1", 8088, allowed)
    assert is_permitted("fd00::1", 443, allowed)
    assert not is_permitted("127.0.0.1", 8089, allowed)
    assert not is_permitted("fd00::1", 444, allowed)
    assert not is_permitted("10.2.0.1", 9, allowed)


@pytest.mark.parametrize("text", ["", "10.0.0.1", "10.0.0.1/8", "localhost/8", "10.0.0.0/8:", "10.0.0.0/8:http", "fd00::/8:443"])
def test_an_allowance_that_is_none_is_refused(text):
    with pytest.raises(ValueError):
        Allowed.parse(text)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Sun, 24 Dec 2023 03:11:05 GMT", 60),
        ("Sun, 24 Dec 2023 03:09:05 GMT", 0),
        ("Sun, 24 Dec 2023 03:11:05 -0000", 60),
        ("999999999", LONGEST_WAIT_SECONDS),
        ("Fri, 24 Dec 9999 03:11:05 GMT", LONGEST_WAIT_SECONDS),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("\u0663", None),
    ],
)
def test_how_long_a_receiver_asks_us_to_wait(header, seconds):
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_no_header_breaks_the_reading(header):
    wait = retry_after(header, NOW)
    assert wait is None or 0 <= wait <= LONGEST_WAIT_SECONDS
