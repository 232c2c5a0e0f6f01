"""Tokens of links and marks of forms: what opens a page, and what each of the others is told."""

import pytest

from handlers import sign
from schemas import codec
from schemas.escalation import Delivery, Escalation
from schemas.topics import DELIVERY_INBOX, ESCALATIONS
from streams.console.ackpage.ticket import Fault, Form, Opened, act_id, opened, read_form, written
from streams.console.ackpage.view import View
from streams.live.settings import Settings
from streams.pipeline.line import Record
from tests.story import NOON_2026, Chain, bulletin

KEYS = (b"an older key", b"the newest key")
WALL = NOON_2026
LATER = WALL + 86_400_000


def record(word, topic=DELIVERY_INBOX, at=WALL):
    return Record(topic.name, 0, 0, at, b"", codec.encode(word))


@pytest.fixture
def view(tmp_path):
    """What has been said of an S5, at two revisions."""
    chain, view = Chain(), View(Settings.load(prefix="exercise.", state=tmp_path))
    chain.hears(bulletin(dead=12, id="b-1"), "11:10")
    chain.hears(bulletin("IMIP", "estate", dead=13, id="b-2"), "11:11")
    for word in (*chain.deliveries, *chain.escalation.said(Escalation)):
        view.take(record(word, DELIVERY_INBOX if isinstance(word, Delivery) else ESCALATIONS))
    view.chain = chain
    return view


def letter(view, position="disnakertrans:72", revision=1):
    return next(d for d in view.chain.deliveries if (d.to.position, d.revision) == (position, revision))


def token(delivery, expires_at=LATER, keys=KEYS):
    return sign.token(sign.ticket(delivery, expires_at), keys)


def test_a_link_opens_its_letter_and_the_newest_to_the_same_reader(view):
    found = opened(token(letter(view)), KEYS, view)
    assert isinstance(found, Opened)
    assert (found.read.revision, found.now.revision, found.now.to.receiver) == (1, 2, found.read.to.receiver)


def test_every_character_of_a_token_counts(view):
    """Each changed once, to its neighbour in the alphabet and to something else: none opens anything but what it was made for."""
    text = token(letter(view))
    whole = opened(text, KEYS, view)
    for place, char in enumerate(text[:-1]):  # The last holds two bits that base64 ignores.
        for other in {"A", "z", "-", ".", chr(ord(char) ^ 1)} - {char}:
            assert opened(text[:place] + other + text[place + 1 :], KEYS, view) == Fault.FORGED
    assert opened(text[:-1], KEYS, view) == Fault.FORGED
    assert whole == opened(text, KEYS, view)


@pytest.mark.parametrize("text", ["", ".", "x" * 3_000, "WyJ4Il0.AAAA", "%00", "🔥"])
def test_rubbish_is_forged(view, text):
    assert opened(text, KEYS, view) == Fault.FORGED


def test_an_expired_one_says_so(view):
    assert opened(token(letter(view), WALL + 1), KEYS, view).read.revision == 1
    assert opened(token(letter(view), WALL), KEYS, view) == Fault.EXPIRED


def test_time_is_the_brokers(view):
    """No clock of ours: what was read last says how late it is."""
    text = token(letter(view))
    view.take(record(letter(view), at=LATER))
    assert opened(text, KEYS, view) == Fault.EXPIRED


def test_the_code_for_the_telephone_opens_nothing(view):
    code = sign.code(letter(view).id, KEYS[-1])
    assert [opened(text, KEYS, view) for text in (code, code.lower())] == [Fault.TELEPHONE] * 2


def test_one_signed_with_a_key_that_is_gone_is_forged(view):
    assert opened(token(letter(view), keys=(b"gone",)), KEYS, view) == Fault.FORGED


def test_a_ticket_whose_letter_is_another_readers_opens_nothing(view):
    """Signed by us, and yet not of this letter: nobody is shown what another was told."""
    mine = sign.ticket(letter(view), LATER)
    theirs = mine._replace(delivery=letter(view, "dg-kpaii").id)
    assert opened(sign.token(theirs, KEYS), KEYS, view) == Fault.ANOTHERS


def test_what_is_not_kept_any_more_is_forgotten(view, tmp_path):
    assert opened(token(letter(view)), KEYS, View(view._settings)) == Fault.FORGOTTEN


def test_a_mark_goes_with_its_ticket_alone(view):
    ticket, form = sign.ticket(letter(view), LATER), Form(letter(view).id, 2, "nonce")
    mark = written(form, KEYS)
    assert read_form(mark, ticket, KEYS) == form
    assert read_form(mark, sign.ticket(letter(view, "dg-kpaii"), LATER), KEYS) is None
    assert [read_form(text, ticket, KEYS) for text in ("", mark[1:], mark + "x", token(letter(view)))] == [None] * 4


def test_an_act_of_a_form_is_one_act_however_often_it_is_pressed():
    form = Form("D-1", 1, "n")
    assert act_id(form, "acknowledge/") == act_id(form, "acknowledge/")
    others = {
        act_id(each, act) for each in (form, form._replace(nonce="m"), form._replace(revision=2)) for act in ("acknowledge/", "done/x")
    }
    assert len(others) == 6


class TestTheView:
    def test_it_is_bounded(self, view, tmp_path):
        small = View(view._settings, most_letters=3)
        for delivery in view.chain.deliveries:
            small.take(record(delivery))
        assert (len(small._letters), len(small._newest)) == (3, 3)
        assert small.letter(view.chain.deliveries[-1].id) == view.chain.deliveries[-1]

    def test_order_leaves_no_trace(self, view):
        """Topics are read side by side: an older letter that is read later is still the older one."""
        back = View(view._settings)
        for delivery in reversed(view.chain.deliveries):
            back.take(record(delivery))
        first = letter(view)
        assert back.newest_letter(first.thread, first.to.receiver).revision == 2

    def test_what_is_no_word_says_nothing(self, view):
        assert view.take(Record(DELIVERY_INBOX.name, 0, 0, WALL, b"", b"{")) is None
        assert view.take(Record(DELIVERY_INBOX.name, 0, 0, WALL, b"", None)) is None
