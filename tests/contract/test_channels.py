"""What every channel promises, whatever it leads to: the same behaviour of the other side is the same result."""

import asyncio
from typing import ClassVar

import pytest
from msgspec.structs import replace

from handlers import render
from handlers.file import FileChannel
from handlers.mail import MailChannel, Relay, Tls
from handlers.webhook import Allowed, Limits, WebhookChannel
from schemas.delivery import ReceiptKind
from tests.golden.mail.incidents import SECRETS, links_of
from tests.golden.mail.letters import LETTERS, sent_at

TOLD = LETTERS["itss-s5-r2"]
LINKS = links_of(TOLD)
NOBODY = 1  # a port that nobody listens on


class ByMail:
    """Mail to a relay."""

    ANSWERS: ClassVar = {"refuses": {"rcpt": "550 no such user"}, "defers": {"data": "451 later"}, "drops": {"drop": True}}

    def __init__(self, open_relay):
        self.open = open_relay

    async def channel(self, behaviour):
        self.relay = await self.open(**self.ANSWERS.get(behaviour, {}))
        port = NOBODY if behaviour == "is away" else self.relay.port
        return MailChannel(Relay("127.0.0.1", port, tls=Tls.PLAIN, seconds=5))

    def message(self):
        return render.mail(TOLD, LINKS, sent_at(TOLD))

    def got(self):
        return [content for _, _, content in self.relay.got]


class ByWebhook:
    """A signed call to a receiver."""

    ANSWERS: ClassVar = {"refuses": {"status": 403}, "defers": {"status": 500}, "drops": {"drop": True}}

    def __init__(self, open_receiver):
        self.open = open_receiver

    async def channel(self, behaviour):
        self.receiver = await self.open(**self.ANSWERS.get(behaviour, {}))
        self.port = NOBODY if behaviour == "is away" else self.receiver.port
        return WebhookChannel(Limits(allowed=(Allowed.parse("127.0.0.1/32"),), plain_http=True, seconds=5))

    def message(self):
        return render.hook(to(f"http://127.0.0.1:{self.port}/hooks/siaga"), LINKS, sent_at(TOLD), SECRETS)

    def got(self):
        return [content for _, content in self.receiver.got]


class ByFile:
    """A line in a directory."""

    def __init__(self, directory):
        self.directory = directory

    async def channel(self, behaviour):
        self.name = "../piket.ndjson" if behaviour == "refuses" else "piket.ndjson"
        return FileChannel(self.directory / "gone" if behaviour in ("defers", "is away") else self.directory)

    def message(self):
        return render.line(to(self.name), LINKS, sent_at(TOLD))

    def got(self):
        path = self.directory / "piket.ndjson"
        return path.read_bytes().splitlines() if path.exists() else []


def to(address):
    return replace(TOLD, delivery=replace(TOLD.delivery, to=replace(TOLD.delivery.to, address=address)))


@pytest.fixture(params=["mail", "webhook", "file"])
def way(request, open_relay, open_receiver, tmp_path):
    return {"mail": lambda: ByMail(open_relay), "webhook": lambda: ByWebhook(open_receiver), "file": lambda: ByFile(tmp_path)}[
        request.param
    ]()


async def sent(way, behaviour):
    channel = await way.channel(behaviour)
    try:
        return await channel.send(way.message())
    finally:
        await channel.close()


async def test_what_the_other_side_takes_is_accepted_and_whole(way):
    result = await sent(way, "accepts")
    assert (result.kind, result.again, result.maybe_delivered) == (ReceiptKind.ACCEPTED, False, False)
    assert [content.rstrip() for content in way.got()] == [way.message().content.rstrip()]


async def test_a_final_no_is_refused(way):
    result = await sent(way, "refuses")
    assert (result.kind, result.again, result.maybe_delivered) == (ReceiptKind.REFUSED, False, False)


async def test_not_now_is_failed_and_may_be_tried_again(way):
    result = await sent(way, "defers")
    assert (result.kind, result.again, result.maybe_delivered) == (ReceiptKind.FAILED, True, False)


async def test_nobody_there_is_failed_and_nothing_was_delivered(way):
    result = await sent(way, "is away")
    assert (result.kind, result.again, result.maybe_delivered) == (ReceiptKind.FAILED, True, False)
    assert way.got() == []


@pytest.mark.parametrize("way", ["mail", "webhook"], indirect=True)  # a disk does not hang up
async def test_silence_after_the_whole_message_says_that_it_may_have_arrived(way):
    result = await sent(way, "drops")
    assert (result.kind, result.again, result.maybe_delivered) == (ReceiptKind.FAILED, True, True)
    assert len(way.got()) == 1


async def test_an_answer_is_one_short_line(way):
    for behaviour in ("accepts", "refuses", "defers", "is away"):
        answer = (await sent(way, behaviour)).answer
        assert answer.isprintable()
        assert 0 < len(answer) <= 200


async def test_messages_may_be_sent_side_by_side_through_one_channel(way):
    channel = await way.channel("accepts")
    results = await asyncio.gather(*(channel.send(way.message()) for _ in range(8)))
    await channel.close()
    assert {result.kind for result in results} == {ReceiptKind.ACCEPTED}
    assert len(way.got()) == 8


async def test_a_channel_can_be_closed_twice_and_before_it_was_used(way):
    channel = await way.channel("accepts")
    await channel.close()
    await channel.close()
