"""A real browser, headless, spoken to over its own debugging protocol; nothing of it is a dependency."""

import asyncio
import base64
import itertools
import json
import os
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


class Tab:
    """One page of the browser."""

    def __init__(self, socket):
        self._socket, self._numbers = socket, itertools.count(1)

    async def ask(self, method, **params):
        """One command and its answer; events in between are passed over."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        answer = {}
        while answer.get("id") != number:
            answer = await self._socket.receive_json()
        assert "error" not in answer, answer
        return answer["result"]

    async def value(self, expression):
        """What a JavaScript expression gives, evaluated from outside: the page's own policy forbids it to the page."""
        found = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    async def until(self, expression):
        async with asyncio.timeout(20):
            while not await self.value(expression):
                await asyncio.sleep(0.05)

    async def go(self, url):
        await self.ask("Page.navigate", url=url)
        await self.until(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(url[:60])})")

    async def size(self, width, height=740):
        await self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)

    async def key(self, name, code, text=""):
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            await self.ask("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **more)

    async def types(self, text):
        await self.ask("Input.insertText", text=text)

    async def picture(self):
        shot = await self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@asynccontextmanager
async def tab(profile):
    """A browser of its own, ended with the block."""
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions"]
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *options, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        told = Path(profile) / "DevToolsActivePort"
        async with asyncio.timeout(30):
            while not told.exists() or "\n" not in told.read_text():
                await asyncio.sleep(0.1)
        port = told.read_text().split("\n")[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as listed:
                (page, *_) = [each for each in await listed.json() if each["type"] == "page"]
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Tab(socket)
    finally:
        process.kill()
        await process.wait()
