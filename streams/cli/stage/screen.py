"""Screen: lines in order, and on a terminal one more under them that says what is being waited for; it gives way to the next line.

Where the stream is no terminal there are the lines alone, and not one escape code.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from typing import TextIO

_ERASED = "\r\x1b[K"


class Screen:
    """One stream."""

    def __init__(self, stream: TextIO, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._elapsed = stream, elapsed
        self._is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._awaited, self._since = "", 0.0

    def line(self, text: str) -> None:
        """A line that stays."""
        self._write(f"{_ERASED}{text}\n" if self._is_terminal else f"{text}\n")
        self.draw()

    def wait(self, words: str) -> None:
        """From now on this is waited for; nothing any more, when there are no words."""
        self._awaited, self._since = words, self._elapsed()
        self.draw()

    def draw(self) -> None:
        """Write anew what is being waited for, and for how long by now."""
        if not self._is_terminal:
            return
        seconds = int(self._elapsed() - self._since)
        words = f"        … {self._awaited}{f' ({seconds} s)' if seconds else ''}" if self._awaited else ""
        self._write(_ERASED + words[: shutil.get_terminal_size().columns - 1])

    async def keep_drawing(self) -> None:
        """Once a second, for ever."""
        while True:
            await asyncio.sleep(1)
            self.draw()

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
