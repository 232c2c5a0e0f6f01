"""The acknowledgement page over a real Kafka, with ESCALATION's own room behind it: one whole conversation, as a reader has it."""

import asyncio
import html
import json
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer

from handlers import sign
from schemas import codec
from schemas.ids import STORY
from schemas.ledger import Progress, SourceRead
from schemas.operator import Decline
from schemas.topics import ACTS, ALL, ATTEMPTS, DELIVERY_INBOX, ESCALATIONS, PROGRESS
from streams.console.ackpage.app import AckPage
from streams.console.ackpage.desk import Desk
from streams.console.ackpage.door import Buckets
from streams.live import kafka
from tests.story import DAY, Chain, Uttered, bulletin, clock, read

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

KEYS = (b"a key of the tests",)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class House:
    """ESCALATION's room with real topics around it: what it hears and says stands there."""

    def __init__(self, settings):
        self.settings, self.chain, self.told = settings, Chain(), 0

    async def hears(self, said, at):
        self.chain.hears(said, at)
        return await self._say()

    async def _say(self):
        words, self.told = self.chain.escalation.words[self.told :], len(self.chain.escalation.words)
        wall = 0
        async with kafka.publisher(self.settings) as producer:
            for said in words:
                sent = await producer.send_and_wait(self.settings.prefix + said.topic.name, codec.encode(said.word), partition=0)
                wall = sent.timestamp
        return wall

    async def acts(self):
        return [record async for record in kafka.read(self.settings, ACTS)]

    async def judges(self, seen=0):
        """Answer whatever is said, for ever; acts are judged in the order of the topic."""
        while True:
            for record in (await self.acts())[seen:]:
                seen += 1
                data = json.loads(record.value)
                said = Uttered(ACTS, record.header("ce_type"), data, "acted_at", record.header("ce_source"), record.header("ce_id"))
                self.chain.acts(said, read(clock(data["acted_at"])))
                await self._say()
            await asyncio.sleep(0.1)

    @asynccontextmanager
    async def judging(self):
        task = asyncio.create_task(self.judges(len(await self.acts())))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    def link(self, position="disnakertrans:72", revision=1, keys=KEYS, days=1):
        letter = next(d for d in self.chain.deliveries if (d.to.position, d.revision) == (position, revision))
        return f"/a/{sign.token(sign.ticket(letter, self.wall + days * DAY), keys)}"


@pytest.fixture
async def house(settings):
    settings = settings.model_copy(update={"time": "watermarks", "telephone": "+62 000"})
    await kafka.apply(settings, (ACTS, ESCALATIONS, PROGRESS, DELIVERY_INBOX, ATTEMPTS), audit_days=1)
    house = House(settings)
    async with kafka.publisher(settings) as producer:
        word = Progress("intake", "smelter-incidents", 0, 7, sources=(SourceRead(STORY, clock("11:12"), 4),))
        await producer.send_and_wait(settings.prefix + PROGRESS.name, codec.encode(word), partition=0)
    house.wall = await house.hears(bulletin(dead=12, id="b-1"), "11:10")
    return house


@asynccontextmanager
async def opened(house, wait_seconds=5, buckets=None):
    page = AckPage(house.settings, KEYS, Desk(house.settings, wait_seconds), Buckets(1_000, 1_000) if buckets is None else buckets)
    async with TestClient(TestServer(page.app())) as client:
        yield client


async def shown(client, path, status=200):
    response = await client.get(path)
    assert response.status == status
    return html.unescape(await response.text())


def mark(text):
    return re.search(r'name="form" value="([^"]+)"', text)[1]


async def pressed(client, link, text, act="acknowledge", **more):
    """The page after the press, as a browser follows it."""
    response = await client.post(link, data={"form": mark(text), "act": act, "name": "N. N.", **more})
    return response, html.unescape(await response.text())


async def test_a_whole_conversation(house):
    """Mail scanners read the link, a person reads and presses, ESCALATION answers, the page can be read again."""
    async with opened(house) as client:
        link = house.link()
        for _ in range(20):
            assert "Ambil alih (r1)" in await shown(client, link)
            assert (await client.head(link)).status == 200
        assert await house.acts() == []
        text = await shown(client, link)
        async with house.judging():
            response, after = await pressed(client, link, text)
            again, repeated = await pressed(client, link, text)
        assert (response.status, response.history[0].status, again.status) == (200, 303, 200)
        assert "baru berhenti bila pihak lain juga mengambil alih" in after
        assert "Anda sudah mengambil alih r1" in after
        assert "Ambil alih (r1)" not in after
        assert "Sudah tercatat sebelumnya" in repeated
        first, second = await house.acts()
        assert first.header("ce_id") == second.header("ce_id")
        (taken,) = house.chain.standing[next(iter(house.chain.standing))].standing.taken
        assert (taken.position, taken.name, taken.revision, taken.at) == ("disnakertrans:72", "N. N.", 1, clock("11:12"))
        assert "tercatat" in (await shown(client, f"{response.url.path}?{response.url.query_string}"))


async def test_an_update_that_comes_first_wins(house):
    """ESCALATION alone decides the race: what was pressed on an older page is not taken, and the new one is offered in one press."""
    async with opened(house) as client:
        link = house.link()
        text = await shown(client, link)
        await house.hears(bulletin("IMIP", "estate", dead=13, id="b-2"), "11:11")
        async with house.judging():
            _, after = await pressed(client, link, text)
            assert "BELUM tercatat: keadaannya sudah berubah" in after
            assert "Sudah berubah sejak pesan r1 Anda. Ini yang terbaru: r2." in after
            assert "ANGKA TIDAK BERUBAH SEJAK r1; yang berubah:" in after
            assert "Ambil alih (r2)" in after
            _, third = await pressed(client, link, after)
        assert "Anda sudah mengambil alih r2" in third
        assert [json.loads(record.value)["on"]["revision"] for record in await house.acts()] == [1, 2]


async def test_what_nobody_answers_in_time_is_being_checked_and_shows_later(house):
    async with opened(house, wait_seconds=0.5) as client:
        link = house.link()
        response, after = await pressed(client, link, await shown(client, link))
        assert "Diterima, sedang diperiksa" in after
        house_judges = asyncio.create_task(house.judges())
        path = f"{response.url.path}?{response.url.query_string}"
        async with asyncio.timeout(20):
            while "Anda sudah mengambil alih r1" not in await shown(client, path):
                await asyncio.sleep(0.1)
        house_judges.cancel()


async def test_not_mine_is_one_press_with_a_reason(house):
    async with opened(house) as client, house.judging():
        link = house.link()
        _, after = await pressed(client, link, await shown(client, link), "decline", reason="bukan wilayah kami")
        assert "Tingkat berikutnya segera diberi tahu" in after
        assert "Anda menyatakan ini bukan tugas Anda" in after
        (record,) = await house.acts()
        assert (record.header("ce_type"), Decline.model_validate_json(record.value).reason) == (Decline.type, "bukan wilayah kami")


async def test_a_signal_is_answered_real_or_wrong(house):
    """Nobody presses "done" for a question: it is answered, and what is wrong is over."""
    house.chain, house.told = Chain(), 0
    await house.hears(bulletin("Partai Buruh", "union", id="s-1"), "11:10")
    async with opened(house) as client, house.judging():
        link = house.link("duty-officer")
        text = await shown(client, link)
        assert ("Benar terjadi" in text, 'value="done"' in text) == (True, False)
        _, after = await pressed(client, link, text, "verify", verdict="wrong")
    assert "Tercatat: jawaban Anda" in after
    assert [word.state for word in house.chain.standing.values()] == ["ended"]


async def test_what_the_topics_say_is_known_after_a_new_start(house):
    """The page holds no truth: another one, started later, shows the same."""
    async with opened(house) as client, house.judging():
        await pressed(client, house.link(), await shown(client, house.link()))
    async with opened(house) as another:
        assert "Anda sudah mengambil alih r1" in await shown(another, house.link())


async def test_the_door(house):
    """What may not come in is refused in words, changes nothing, and bears the same headers."""
    async with opened(house) as client:
        link = house.link()
        text = await shown(client, link)
        good = {"form": mark(text), "act": "acknowledge", "name": "N. N."}
        tries = [
            (client.put(link), 405),
            (client.post(link, json=good), 415),
            (client.post(link, data={**good, "name": "n" * 20_000}), 413),
            (client.post(link, data=good, headers={"Origin": "https://evil.example"}), 403),
            (client.post(link, data=good, headers={"Sec-Fetch-Site": "cross-site"}), 403),
            (client.post(link, data={**good, "form": "made up"}), 400),
            (client.post(link, data={**good, "act": "stand_down"}), 400),
            (client.post(link, data={**good, "name": "  "}), 422),
            (client.post(link[:-5], data=good), 404),
            (client.get("/a/7K2M4Q"), 404),
            (client.get(house.link(days=-1)), 410),
            (client.get("/"), 404),
        ]
        for asked, status in tries:
            response = await asked
            assert response.status == status
            assert "<h1>" in await response.text()
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert await house.acts() == []
        assert (await client.get("/style.css")).content_type == "text/css"


async def test_who_asks_too_often_waits(house):
    async with opened(house, buckets=Buckets(0.001, 3)) as client:
        assert [(await client.get("/style.css")).status for _ in range(4)] == [200, 200, 200, 429]


async def test_no_token_is_written_down(house, capfd):
    async with opened(house) as client, house.judging():
        link = house.link()
        await pressed(client, link, await shown(client, link))
        await client.get(link[:-5])
    out, err = capfd.readouterr()
    assert "ackpage.pressed" in out + err
    assert link.removeprefix("/a/")[:40] not in out + err


async def test_the_verb_serves_until_it_is_asked_to_end(house, tmp_path):
    """As a supervisor starts it: it says where it listens, answers, and ends in good order."""
    told = {"SIAGA_KAFKA": house.settings.kafka, "SIAGA_PREFIX": house.settings.prefix, "SIAGA_TIME": "watermarks"}
    told |= {"SIAGA_LINK_SECRET": KEYS[0].decode(), "SIAGA_STATE": str(tmp_path)}
    await kafka.apply(house.settings, ALL, audit_days=1)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams.cli.main", "ackpage", "--port", "0", "--json",
        env=dict(os.environ) | told, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            where = json.loads(await process.stdout.readline())
            async with ClientSession() as client, client.get(f"http://{where['host']}:{where['port']}{house.link()}") as response:
                assert (response.status, "Ambil alih (r1)" in await response.text()) == (200, True)
            process.terminate()
            _, said = await process.communicate()
        assert (process.returncode, house.link()[3:40] in said.decode()) == (0, False), said
    finally:
        with suppress(ProcessLookupError):
            process.kill()


async def test_without_the_secret_it_does_not_start(house):
    await kafka.apply(house.settings, ALL, audit_days=1)
    told = {"SIAGA_KAFKA": house.settings.kafka, "SIAGA_PREFIX": house.settings.prefix, "SIAGA_LINK_SECRET": ""}
    command = [sys.executable, "-m", "streams.cli.main", "ackpage", "--port", "0"]
    done = await asyncio.to_thread(subprocess.run, command, env=dict(os.environ) | told, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "SIAGA_LINK_SECRET" in done.stderr
