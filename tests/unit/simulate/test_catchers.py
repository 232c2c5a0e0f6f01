"""The catchers write down what arrived, and nothing else: judged by real conversations over SMTP and HTTP on loopback."""

import asyncio
import base64
import json
import signal
import sys
from datetime import UTC, datetime
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import pytest
from standardwebhooks import Webhook

from streams.simulate.catchers import HOOK_LOG, MAIL_LOG, Catching, catching, read_options
from streams.simulate.faults import Fault, Faults, What

SECRET = "whsec_" + base64.b64encode(b"a secret for this test only").decode()
OTHER = "whsec_" + base64.b64encode(b"the secret before rotation").decode()
BODY = '{"type":"siaga.escalation","data":{"id":"E-1"}}'


def mail(delivery="D-1", subject="[LATIHAN/EXERCISE] S5 BENCANA r1: ledakan tungku"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "siaga@siaga.example", "bpbd@morowali.example", subject
    message["Message-ID"], message["In-Reply-To"] = f"<{delivery}@siaga.example>", "<D-0@siaga.example>"
    message.set_content("Tungku 41 meledak: dua belas meninggal.\nJam 05.30 WITA · belum dikonfirmasi.\n")
    return message


async def send(ports, message=None, to="bpbd@morowali.example", seconds=5):
    return await aiosmtplib.send(
        message or mail(),
        sender="b-1@siaga.example",
        recipients=[to],
        hostname="127.0.0.1",
        port=ports.mail_port,
        timeout=seconds,
        start_tls=False,
    )


async def post(ports, body=BODY, secret=SECRET, path="/hooks/siaga", seconds=5):
    when = datetime.now(UTC)
    signature = Webhook(secret).sign("D-1", when, body)
    headers = {"webhook-id": "D-1", "webhook-timestamp": str(int(when.timestamp())), "webhook-signature": signature}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(seconds)) as session:
        url = f"http://127.0.0.1:{ports.hook_port}{path}"
        async with session.post(url, data=body, headers=headers) as answer:
            return answer.status


async def get(ports, path):
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{ports.http_port}{path}") as answer:
        return answer.status, answer.content_type, await answer.text()


def lines(folder, name, kind):
    return [line for line in map(json.loads, (folder / name).read_text().splitlines()) if line["kind"] == kind]


def mails(folder):
    return lines(folder, MAIL_LOG, "mail")


def hooks(folder):
    return lines(folder, HOOK_LOG, "webhook")


async def test_a_mail_is_written_down_with_its_envelope(tmp_path):
    async with catching(Catching(tmp_path)) as ports:
        await send(ports)
        (caught,) = mails(tmp_path)  # Flushed at once: whoever reads need not wait for the end.
    assert (caught["message_id"], caught["in_reply_to"]) == ("<D-1@siaga.example>", "<D-0@siaga.example>")
    assert (caught["from"], caught["to"]) == ("b-1@siaga.example", ["bpbd@morowali.example"])
    assert caught["subject"].startswith("[LATIHAN/EXERCISE] S5")
    assert "Message-ID: <D-1@siaga.example>" in caught["raw"]
    assert datetime.fromisoformat(caught["at"]).tzinfo


async def test_mails_can_be_read_in_a_browser(tmp_path):
    async with catching(Catching(tmp_path)) as ports:
        await send(ports)
        status, kind, listed = await get(ports, "/")
        assert (status, kind) == (200, "text/plain")
        assert "/mails/1" in listed
        _, kind, text = await get(ports, "/mails/1")
        assert kind == "text/plain"
        assert "Jam 05.30 WITA · belum dikonfirmasi." in text
        assert "Message-ID: <D-1@siaga.example>" in (await get(ports, "/mails/1/raw"))[2]
        assert (await get(ports, "/mails/2"))[0] == 404


async def test_the_log_is_appended_to(tmp_path):
    for delivery in ("D-1", "D-2"):
        async with catching(Catching(tmp_path)) as ports:
            await send(ports, mail(delivery))
    assert [caught["message_id"] for caught in mails(tmp_path)] == ["<D-1@siaga.example>", "<D-2@siaga.example>"]


@pytest.mark.parametrize(("code", "error"), [(451, "not now"), (550, "not here")])
async def test_it_refuses_the_first_of_each_recipient(tmp_path, code, error):
    """A refused mail is no caught mail."""
    async with catching(Catching(tmp_path, mail_faults=(Fault(What.CODE, code, 1, per="receiver"),))) as ports:
        for to in ("a@x.example", "b@x.example"):
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
                await send(ports, to=to)
            assert refused.value.recipients[0].code == code
            assert error in refused.value.recipients[0].message
            await send(ports, to=to)
    assert [caught["to"] for caught in mails(tmp_path)] == [["a@x.example"], ["b@x.example"]]
    assert len(lines(tmp_path, MAIL_LOG, "fault")) == 2


async def test_a_mail_dropped_before_the_answer_has_been_caught(tmp_path):
    """The sender cannot know; the log does."""
    async with catching(Catching(tmp_path, mail_faults=(Fault(What.DROP, first=1),))) as ports:
        with pytest.raises(aiosmtplib.SMTPException):
            await send(ports)
        assert [caught["answer"] for caught in mails(tmp_path)] == ["none"]
        await send(ports)
    assert [caught["answer"] for caught in mails(tmp_path)] == ["none", "250"]


async def test_a_mail_server_that_hangs_catches_nothing(tmp_path):
    async with catching(Catching(tmp_path, mail_faults=(Fault(What.HANG, first=1),))) as ports:
        with pytest.raises(aiosmtplib.SMTPException):
            await send(ports, seconds=0.3)
        await send(ports)
    assert len(mails(tmp_path)) == 1


async def test_a_mail_server_that_shuts_the_door(tmp_path):
    async with catching(Catching(tmp_path, mail_faults=(Fault(What.REFUSE, first=1),))) as ports:
        with pytest.raises((aiosmtplib.SMTPException, OSError)):
            await send(ports)
        await send(ports)
    assert len(mails(tmp_path)) == 1
    assert [line["what"] for line in lines(tmp_path, MAIL_LOG, "fault")] == ["refuse"]


async def test_a_slow_mail_server_answers_in_the_end(tmp_path):
    async with catching(Catching(tmp_path, mail_faults=(Fault(What.DELAY, seconds=0.2),))) as ports:
        begun = asyncio.get_running_loop().time()
        await send(ports)
        assert asyncio.get_running_loop().time() - begun >= 0.2


async def test_a_signed_webhook_verifies(tmp_path):
    async with catching(Catching(tmp_path, secrets=(SECRET,))) as ports:
        assert await post(ports) == 200
    (caught,) = hooks(tmp_path)
    assert (caught["webhook_id"], caught["path"], caught["body"], caught["verified"]) == ("D-1", "/hooks/siaga", BODY, True)


async def test_either_of_two_keys_verifies_while_keys_rotate(tmp_path):
    async with catching(Catching(tmp_path, secrets=(OTHER, SECRET))) as ports:
        await post(ports)
        await post(ports, secret=OTHER)
    assert [caught["verified"] for caught in hooks(tmp_path)] == [True, True]


@pytest.mark.parametrize("secrets", [(), (OTHER,)], ids=["no key", "another key"])
async def test_a_webhook_that_does_not_verify_is_caught_and_marked(tmp_path, secrets):
    async with catching(Catching(tmp_path, secrets=secrets)) as ports:
        assert await post(ports) == 200
    assert [caught["verified"] for caught in hooks(tmp_path)] == [False]


async def test_headers_that_make_no_sense_do_not_verify(tmp_path):
    headers = {"webhook-id": "D-1", "webhook-timestamp": "1", "webhook-signature": "nonsense"}
    async with catching(Catching(tmp_path, secrets=(SECRET,))) as ports, aiohttp.ClientSession() as session:
        for changed in ({}, {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()))}):
            async with session.post(f"http://127.0.0.1:{ports.hook_port}/", data=b"\xff", headers=headers | changed) as answer:
                assert answer.status == 200
    assert [caught["verified"] for caught in hooks(tmp_path)] == [False, False]


async def test_a_receiver_that_fails_first(tmp_path):
    async with catching(Catching(tmp_path, hook_faults=(Fault(What.CODE, 503, 2),))) as ports:
        assert [await post(ports) for _ in range(3)] == [503, 503, 200]
    assert len(hooks(tmp_path)) == 1


@pytest.mark.parametrize(("what", "caught"), [(What.DROP, 1), (What.REFUSE, 0), (What.HANG, 0)])
async def test_a_receiver_that_never_answers(tmp_path, what, caught):
    """What was dropped after it had been read has been caught."""
    async with catching(Catching(tmp_path, hook_faults=(Fault(what, first=1),))) as ports:
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await post(ports, seconds=0.5)
        assert len(hooks(tmp_path)) == caught
        assert await post(ports) == 200
    assert len(hooks(tmp_path)) == caught + 1


async def test_a_slow_receiver_answers_in_the_end(tmp_path):
    async with catching(Catching(tmp_path, hook_faults=(Fault(What.DELAY, seconds=0.1, to="/hooks"),))) as ports:
        assert await post(ports) == 200


async def test_they_run_as_a_process_of_their_own(tmp_path):
    """Ports as one JSON line; SIGTERM ends it well."""
    command = (sys.executable, "-m", "streams.simulate.catchers", "--log", str(tmp_path), "--secret", SECRET)
    process = await asyncio.create_subprocess_exec(*command, "--mail-fault", "what=code,code=451,first=1", stdout=asyncio.subprocess.PIPE)
    ports = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    assert set(ports) == {"mail_port", "hook_port", "http_port"}
    given = type("Ports", (), ports)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await send(given)
    await send(given)
    assert await post(given) == 200
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert (len(mails(tmp_path)), hooks(tmp_path)[0]["verified"]) == (1, True)


def test_the_command_line(tmp_path):
    how = read_options(["--log", str(tmp_path), "--hook-port", "7", "--secret", "a", "--secret", "b", "--hook-fault", "what=drop,first=1"])
    assert how == Catching(tmp_path, hook_port=7, secrets=("a", "b"), hook_faults=(Fault(What.DROP, first=1),))


def test_a_fault_is_read_as_it_is_written():
    assert Fault.parse("what=code,code=550,first=2,per=receiver,to=bpbd") == Fault(What.CODE, 550, 2, per="receiver", to="bpbd")
    assert Fault.parse("what=delay,seconds=0.5") == Fault(What.DELAY, seconds=0.5)


@pytest.mark.parametrize("text", ["what=laziness", "code=451", "what=code,often=2", "what=code,per=day", "drop", "what=code,code=many"])
def test_a_fault_that_is_none_is_refused(text):
    with pytest.raises((ValueError, KeyError)):
        Fault.parse(text)


def test_faults_are_counted_for_all_or_for_each():
    total, each = Faults([Fault(What.CODE, first=1)]), Faults([Fault(What.CODE, first=1, per="receiver")])
    assert [bool(total.of(receiver, What.CODE)) for receiver in "aab"] == [True, False, False]
    assert [bool(each.of(receiver, What.CODE)) for receiver in "aab"] == [True, False, True]


def test_a_fault_may_be_for_one_receiver_only_and_for_ever():
    faults = Faults([Fault(What.CODE, to="bpbd")])
    assert [bool(faults.of(receiver, What.CODE)) for receiver in ("bpbd@x", "dg@x", "bpbd@x")] == [True, False, True]
    assert faults.of("bpbd@x", What.DROP) is None
