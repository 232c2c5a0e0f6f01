"""Mail: TLS, login, every code of a relay, and the moment after which nobody knows."""

import pytest

from handlers.channel import Mail
from handlers.mail import MailChannel, Relay, Tls
from schemas.delivery import ReceiptKind

MAIL = Mail("D-1", "bounce+D-1@siaga.example", "piket@kemenperin.example", b"Subject: x\r\n\r\n.a line that begins with a point\r\n")
ACCEPTED, REFUSED, FAILED = ReceiptKind.ACCEPTED, ReceiptKind.REFUSED, ReceiptKind.FAILED


async def send(relay, message=MAIL, **settings):
    return await MailChannel(Relay("localhost", relay.port, **{"tls": Tls.PLAIN, "seconds": 5, **settings})).send(message)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"rcpt": "550 no such user"}, REFUSED),
        ({"rcpt": "450 greylisted"}, FAILED),
        ({"rcpt": "421 too busy"}, FAILED),
        ({"rcpt": "530 log in first"}, FAILED),
        ({"data": "554 not wanted"}, REFUSED),
        ({"data": "452 disk full"}, FAILED),
        ({"data": "250 fine"}, ACCEPTED),
    ],
    ids=str,
)
async def test_each_code_has_its_result(open_relay, answers, kind):
    result = await send(await open_relay(**answers))
    assert (result.kind, result.maybe_delivered) == (kind, False)
    assert result.answer == next(iter(answers.values()))


async def test_the_envelope_is_the_deliverys_own_and_lines_with_points_arrive_whole(open_relay):
    relay = await open_relay()
    await send(relay)
    assert relay.got == [(MAIL.sender, [MAIL.recipient], MAIL.content)]


async def test_starttls_is_used_and_its_certificate_checked(open_relay, certificate, trust):
    relay = await open_relay(settings={"tls_context": certificate, "require_starttls": True})
    assert (await send(relay, tls=Tls.STARTTLS, context=trust)).kind is ACCEPTED


async def test_tls_from_the_first_byte(open_relay, certificate, trust):
    relay = await open_relay(ssl=certificate)
    assert (await send(relay, tls=Tls.TLS, context=trust)).kind is ACCEPTED


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_a_certificate_that_nobody_vouches_for_fails_and_nothing_is_said(open_relay, certificate, tls):
    settings = {"settings": {"tls_context": certificate}} if tls is Tls.STARTTLS else {"ssl": certificate}
    relay = await open_relay(**settings)
    result = await send(relay, tls=tls)
    assert (result.kind, result.maybe_delivered) == (FAILED, False)
    assert "certificate" in result.answer.lower()
    assert relay.got == []


async def test_a_relay_without_starttls_gets_nothing(open_relay):
    relay = await open_relay()
    result = await send(relay, tls=Tls.STARTTLS)
    assert (result.kind, relay.got) == (FAILED, [])


async def test_a_relay_that_demands_starttls_fails_for_now(open_relay, certificate):
    relay = await open_relay(settings={"tls_context": certificate, "require_starttls": True})
    assert (await send(relay)).kind is FAILED


@pytest.mark.parametrize(("password", "kind"), [("right", ACCEPTED), ("wrong", FAILED)])
async def test_login_is_used_and_its_refusal_is_ours_not_the_receivers(open_relay, certificate, trust, password, kind):
    relay = await open_relay(
        settings={"tls_context": certificate, "auth_required": True, "auth_require_tls": True, "auth_exclude_mechanism": ["LOGIN"]}
    )
    result = await send(relay, tls=Tls.STARTTLS, context=trust, user="siaga", password=password)
    assert result.kind is kind
    assert relay.logins == [password.encode()]
    assert result.answer[:3] == ("250" if kind is ACCEPTED else "535")


async def test_a_relay_that_knows_no_login_gets_nothing_from_us_who_have_one(open_relay):
    relay = await open_relay()
    result = await send(relay, user="siaga", password="right")
    assert (result.kind, relay.got) == (FAILED, [])
    assert "AUTH" in result.answer


async def test_a_relay_that_hangs_after_data_may_have_taken_it(open_relay):
    result = await send(await open_relay(hang=True), seconds=0.5)
    assert (result.kind, result.maybe_delivered) == (FAILED, True)


async def test_a_host_that_does_not_exist_fails():
    result = await MailChannel(Relay("no-such-host.invalid", 25, tls=Tls.PLAIN, seconds=5)).send(MAIL)
    assert (result.kind, result.maybe_delivered) == (FAILED, False)


@pytest.mark.parametrize("recipient", ["", "nobody", "a b@c.example", "a@b.example>\r\nRCPT TO:<x@y.example", "ä@b.example"])
async def test_an_unusable_address_is_refused_without_a_connection(open_relay, recipient):
    relay = await open_relay()
    result = await send(relay, Mail("D-1", MAIL.sender, recipient, b""))
    assert (result.kind, relay.got) == (REFUSED, [])


def test_a_password_is_not_shown():
    assert "right" not in repr(Relay("h", 25, password="right"))
