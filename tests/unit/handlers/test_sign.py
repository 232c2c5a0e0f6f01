"""Tokens, codes, webhook signatures, Message-IDs."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from handlers import sign
from handlers.sign import ALPHABET, Ticket, TokenFault
from tests.golden.mail.incidents import KEYS, R1, SEAL

VECTORS = json.loads((Path(__file__).parents[2] / "golden" / "webhook" / "signatures.json").read_text())
TICKET = Ticket("D-1", "E-1", "imip", 2, "disnakertrans:72", "disnakertrans", 1_700_000_000_000)


def test_a_token_is_read_back_until_it_expires():
    text = sign.token(TICKET, KEYS)
    assert sign.read_token(text, KEYS, TICKET.expires_at - 1) == TICKET
    assert sign.read_token(text, KEYS, TICKET.expires_at) is TokenFault.EXPIRED


def test_equal_tickets_are_equal_tokens():
    assert sign.token(TICKET, KEYS) == sign.token(TICKET, KEYS)


def test_a_token_of_the_older_key_still_opens_and_one_of_a_key_that_is_gone_does_not():
    old = sign.token(TICKET, KEYS[:1])
    assert sign.read_token(old, KEYS, 0) == TICKET
    assert sign.read_token(old, KEYS[1:], 0) is TokenFault.FORGED


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_token_with_any_character_changed_opens_nothing(place, char):
    text = sign.token(TICKET, KEYS)
    place %= len(text) - 1  # the last character holds two bits that base64 ignores
    changed = text[:place] + char + text[place + 1 :]
    assert changed == text or sign.read_token(changed, KEYS, 0) is TokenFault.FORGED


@given(st.text())
def test_any_text_that_is_no_token_is_forged(text):
    assert sign.read_token(text, KEYS, 0) is TokenFault.FORGED


@pytest.mark.parametrize("content", [[], {"a": 1}, "text", [1, 2, 3, 4, 5, 6, 7, 8]])
def test_a_signed_text_of_another_shape_is_no_ticket(content):
    signed = sign._signer(KEYS).sign(base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")).decode()
    assert sign.read_token(signed, KEYS, 0) is TokenFault.FORGED


def test_the_link_holds_the_whole_token():
    url = SEAL.links(R1, TICKET.expires_at).ack_url
    assert url.startswith("https://siaga.example/a/")
    ticket = sign.read_token(url.rpartition("/")[2], KEYS, 0)
    assert ticket == Ticket(R1.id, R1.thread, R1.estate, R1.revision, R1.to.position, R1.to.receiver, TICKET.expires_at)


def test_codes_are_six_unmistakable_characters_and_the_same_each_time():
    codes = {sign.code(f"D-{n}", KEYS[-1]) for n in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == 6 and set(code) <= set(ALPHABET) for code in codes)
    assert not set("0O1ILAEU") & set(ALPHABET)
    assert sign.code("D-1", KEYS[-1]) == sign.code("D-1", KEYS[-1]) != sign.code("D-1", KEYS[0])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_webhook_signatures_are_those_of_the_standard(vector):
    headers = dict(sign.hook_headers(vector["id"], vector["at"], vector["content"], tuple(vector["secrets"])))
    assert headers == vector["headers"]


def test_while_keys_are_changed_a_receiver_with_either_key_verifies(time_stands_still):
    secrets = ("whsec_b2xkb2xkb2xkb2xk", "whsec_bmV3bmV3bmV3bmV3")
    headers = dict(sign.hook_headers("D-1", time_stands_still, '{"a":1}', secrets))
    assert all(Webhook(secret).verify('{"a":1}', headers) == {"a": 1} for secret in secrets)


@pytest.fixture
def time_stands_still():
    import time_machine

    with time_machine.travel(1_700_000_000, tick=False):
        yield 1_700_000_000_000


def test_a_message_id_derives_from_the_delivery():
    assert sign.message_id("D-1a2b", "siaga.example") == "<D-1a2b@siaga.example>"
    assert sign.bounce_address("D-1a2b", "siaga.example") == "bounce+D-1a2b@siaga.example"


@given(st.text(), st.text())
def test_whatever_the_id_a_message_id_is_one_atom_at_a_domain(stem, domain):
    assert sign.message_id(stem, domain).strip("<>").replace("@", "").replace("-", "").replace(".", "").isalnum()
