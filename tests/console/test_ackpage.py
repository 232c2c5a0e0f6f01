"""The acknowledgement page as a telephone shows it: a real browser at 360 pixels, by keyboard alone, without a script.

What is published is caught here; what becomes of it over a real Kafka is asked in tests/live.
"""

import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from handlers import sign
from schemas import codec
from schemas.escalation import Delivery
from schemas.topics import DELIVERY_INBOX, ESCALATIONS
from streams.console.ackpage.app import AckPage
from streams.console.ackpage.desk import Desk
from streams.console.ackpage.door import Buckets
from streams.live.settings import Settings
from streams.pipeline.line import Record
from tests.console.browser import CHROMIUM, tab
from tests.story import DAY, NOON_2026, Chain, acknowledge, bulletin, clock

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}; with one (apt install chromium) it is looked at"),
]

KEYS = (b"a key of the tests",)
PICTURES = os.environ.get("SIAGA_TEST_PICTURES", "")


def kept(name, picture):
    """To be looked at by a person, where somebody has named a folder for it."""
    Path(PICTURES, name).write_bytes(picture)


class NoKafka(Desk):
    """A desk over ESCALATION's room in memory: what is pressed is judged at once."""

    def __init__(self, settings, chain):
        super().__init__(settings)
        self.chain, self.pressed, self.read = chain, [], 0
        self.hear()

    def hear(self):
        for said in self.chain.escalation.words[self.read :]:
            topic = DELIVERY_INBOX if isinstance(said.word, Delivery) else ESCALATIONS
            self.view.take(Record(topic.name, 0, 0, NOON_2026, b"", codec.encode(said.word)))
        self.read = len(self.chain.escalation.words)

    def open(self):
        return AsyncExitStack()

    async def said(self, act, data, id, key):
        self.pressed.append((act.__name__, data))
        standing = next(iter(self.chain.standing.values()))
        how = acknowledge(data["position"], name=data["name"], revision=data["on"]["revision"])
        answer = self.chain.act(
            how._replace(model=act, more={n: data[n] for n in ("reason", "action") if n in data}), clock("11:12"), standing
        )[-1].word
        self.hear()
        self.view._answers.put(id, answer)
        return answer


@pytest.fixture
async def served(tmp_path):
    chain = Chain()
    chain.hears(bulletin(dead=12, id="b-1"), "11:10")
    desk = NoKafka(Settings.load(prefix="exercise.", state=tmp_path, telephone="+62 21 000 000"), chain)
    page = AckPage(desk._settings, KEYS, desk, Buckets(1_000, 1_000))
    letter = next(d for d in chain.deliveries if d.to.position == "disnakertrans:72")
    async with TestServer(page.app()) as server:
        desk.url = str(server.make_url(f"/a/{sign.token(sign.ticket(letter, NOON_2026 + DAY), KEYS)}"))
        yield desk


FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
FOCUS = "(e => e.tagName + (e.name ? ':' + e.name : ''))(document.activeElement)"
SMALL = "[...document.querySelectorAll('button, summary, input:not([type=hidden])')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 40 && e.type !== 'radio').length"
CONTRAST = """(() => {
  const lum = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const b = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(b)) return b; } return 'rgb(255,255,255)'; };
  return Math.min(...[...document.querySelectorAll('main *')].filter(e => e.textContent.trim()).map(e => {
    const [a, b] = [lum(getComputedStyle(e).color), lum(ground(e))].sort((x, y) => y - x); return (a + .05) / (b + .05); }));
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_telephone_and_can_be_read(served, tmp_path, scheme):
    """No sideways scrolling at 360 pixels, nothing too small to press, contrast AA, the language said, no script there."""
    async with tab(tmp_path / "profile") as page:
        await page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await page.size(360)
        await page.go(served.url)
        assert await page.value("document.documentElement.lang") == "id"
        await page.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert await page.value(FITS)
        assert await page.value(SMALL) == 0
        assert await page.value(CONTRAST) >= 4.5
        assert await page.value("document.scripts.length") == 0
        assert await page.value("getComputedStyle(document.querySelector('button')).minHeight") == "48px"  # The style was let in.
        if PICTURES:
            kept(f"{scheme}.png", await page.picture())
    assert served.pressed == []


async def test_by_keyboard_alone(served, tmp_path):
    """Name, take it, what was asked is done, not mine: in this order; Enter sends."""
    async with tab(tmp_path / "profile") as page:
        await page.size(360)
        await page.go(served.url)
        order = []
        for _ in range(4):
            await page.key("Tab", 9)
            order.append(await page.value(FOCUS))
        assert order == ["INPUT:name", "BUTTON:act", "SUMMARY", "SUMMARY"]
        await page.go(served.url + "?again")
        await page.key("Tab", 9)
        await page.types("N. N.")
        await page.key("Enter", 13, "\r")
        await page.until("document.querySelector('[role=status]') !== null")
        assert "Ambil alih sekarang" not in await page.value("document.querySelector('ol').textContent")
        assert "baru berhenti bila pihak lain" in await page.value("document.querySelector('[role=status]').textContent")
        assert await page.value(FITS)
        if PICTURES:
            kept("taken.png", await page.picture())
    ((act, data),) = served.pressed
    assert (act, data["name"], data["position"]) == ("Acknowledge", "N. N.", "disnakertrans:72")
