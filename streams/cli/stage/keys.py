"""Keys: the keyboard of this terminal, where there is one and a person before it. Out: that a key was pressed."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def are_watched() -> bool:
    """Whether somebody sees what is printed, and can press a key: not in a pipe, and not in the background."""
    if os.name != "posix" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()


@contextmanager
def held() -> Iterator[None]:
    """Keys are not echoed while the block runs; those that nobody asked for are thrown away, and the terminal is as it was."""
    import termios
    import tty

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSAFLUSH, before)


async def pressed() -> None:
    """Return when a key has been pressed from now on."""
    import termios

    loop, rung, keyboard = asyncio.get_running_loop(), asyncio.Event(), sys.stdin.fileno()
    termios.tcflush(keyboard, termios.TCIFLUSH)
    loop.add_reader(keyboard, rung.set)
    try:
        await rung.wait()
    finally:
        loop.remove_reader(keyboard)
