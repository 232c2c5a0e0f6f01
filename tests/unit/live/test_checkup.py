"""What the doctor finds without Kafka: each check green, and red on a planted fault."""

import asyncio
import base64
import socket
from importlib.resources import files

import pytest
from aiosmtpd.controller import Controller

from streams.live import checkup, checkup_here, checkup_kafka
from streams.live.checkup import Wrong
from streams.live.settings import Settings

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
EXAMPLE = files("streams").joinpath("policies", "roster-example-1.toml").read_text(encoding="utf-8")
OURS = EXAMPLE.replace('revision = "example-1"', 'revision = "ours-1"').replace("example = true", "")


def found(check, **given):
    """Green words, or a fault with its fix."""
    return asyncio.run(checkup.examine(Settings.load(**given), {"it": check}))[0]


def rosters(tmp_path, text):
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    return {"rosters": tmp_path, "prefix": "siaga."}


@pytest.fixture
def relay():
    """A relay that takes whatever it is given, and remembers it."""

    class Taken:
        mails: list = []  # noqa: RUF012  one test, one relay

        async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
            self.mails.append(envelope)
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Taken(), hostname="127.0.0.1", port=port)
    controller.start()
    yield port, controller.handler.mails
    controller.stop()


def test_a_relay_that_answers_is_green_and_gets_no_mail(relay):
    port, mails = relay
    assert found(checkup_here.relay, smtp_port=port, smtp_tls="plain").is_green
    assert mails == []


def test_a_relay_without_starttls_is_red_where_starttls_is_asked_for(relay):
    assert "starttls" in found(checkup_here.relay, smtp_port=relay[0], smtp_tls="starttls").words.lower()


def test_a_relay_that_is_not_there_is_red_with_the_setting_to_look_at():
    broken = found(checkup_here.relay, smtp_port=1, smtp_tls="plain")
    assert not broken.is_green
    assert "SIAGA_SMTP_HOST" in broken.fix


def test_a_policy_that_cannot_be_read_is_named(tmp_path):
    assert found(checkup_here.policies).is_green
    (tmp_path / "broken.toml").write_text("revision = ")
    assert found(checkup_here.policies, policies=tmp_path).words.startswith("broken.toml: ")


def test_a_whole_roster_is_green(tmp_path):
    whole = found(checkup_here.roster, **rosters(tmp_path, OURS))
    assert whole.is_green, whole.words


def test_the_example_roster_alone_reaches_nobody_real():
    assert "SIAGA_ROSTERS" in found(checkup_here.roster, prefix="siaga.").fix
    assert found(checkup_here.roster, prefix="exercise.x.").is_green


def test_a_position_that_the_policy_tells_and_nobody_holds_is_red(tmp_path):
    hole = found(checkup_here.roster, **rosters(tmp_path, OURS.replace('id = "minister-office"', 'id = "somebody-else"')))
    assert "minister-office is to be told and is nobody" in hole.words


def test_a_position_with_a_file_alone_reaches_no_person(tmp_path):
    mute = OURS.replace('{ id = "piket", channel = "mail", address = "piket@kemenperin.example" },', "")
    assert mute != OURS
    assert "duty-officer has neither mail nor webhook" in found(checkup_here.roster, **rosters(tmp_path, mute)).words


@pytest.mark.parametrize("name", ["link_secret", "webhook_secret", "case_secret"])
@pytest.mark.parametrize("weak", ["", "short", "whsec_c2hvcnQ=", f"{SECRET},short"])
def test_a_secret_that_is_missing_or_short_is_named_and_never_shown(name, weak):
    secrets = dict.fromkeys(("link_secret", "webhook_secret", "case_secret"), SECRET)
    assert found(checkup_here.secrets, **secrets).is_green
    broken = found(checkup_here.secrets, **secrets | {name: weak})
    assert f"SIAGA_{name.upper()}" in broken.words
    assert f"SIAGA_{name.upper()}" in broken.fix
    assert SECRET not in str(broken)


@pytest.mark.parametrize(
    ("url", "allow", "words"),
    [
        ("https://10.1.2.3/hook", "", "must not reach"),
        ("https://nowhere.invalid/hook", "", "is not known"),
        ("https://10.1.2.3/hook", "10.1.2.0/24:443", ""),
    ],
)
def test_where_webhooks_go_is_judged_by_the_rule_of_the_sender(tmp_path, url, allow, words):
    receiver = f'{{ id = "hook", channel = "webhook", address = "{url}" }}'
    only = f'revision = "ours-1"\n[[positions]]\nid = "p"\ntitle_id = "P"\ntitle_en = "P"\nholder = "h"\nreceivers = [{receiver}]\n'
    told = found(checkup_here.webhooks, webhook_allow=allow, **rosters(tmp_path, only))
    assert told.is_green == (not words)
    assert words in told.words


def test_a_check_that_hangs_or_breaks_hides_no_other():
    async def hangs(_):
        await asyncio.Event().wait()

    async def breaks(_):
        raise KeyError("x")

    async def works(_):
        return "well"

    checks = {"hangs": hangs, "breaks": breaks, "works": works}
    hung, broke, worked = asyncio.run(checkup.examine(Settings.load(), checks, seconds=0.05))
    assert (hung.is_green, broke.is_green, worked.is_green) == (False, False, True)
    assert "no answer within 0.05 s" in hung.words


@pytest.mark.parametrize(("appended", "words"), [(9_000, "1.0 s ahead"), (-5_000, "5.0 s behind")])
def test_a_clock_that_differs_is_told_by_how_much(appended, words):
    with pytest.raises(Wrong, match=words):
        checkup_kafka.skew(appended, 0, 0 if appended < 0 else 8_000, most_ms=500)
    assert "within" in checkup_kafka.skew(30, 0, 60)
