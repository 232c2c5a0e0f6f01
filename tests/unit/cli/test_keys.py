"""The keyboard of somebody who watches: one key counts when it is asked for, and none is ever echoed into the picture."""

import os
import pty
import select
import sys

SCRIPT = """
import asyncio, os, select, sys
from streams.cli.stage import keys

async def main():
    print("watched", keys.are_watched())
    os.read(0, 1)
    pressed = asyncio.create_task(keys.pressed())
    await asyncio.sleep(0.2)
    print("early" if pressed.done() else "asked", flush=True)
    await pressed
    print("pressed", flush=True)
    await asyncio.sleep(0.3)

with keys.held():
    asyncio.run(main())
print("left over", bool(select.select([sys.stdin], [], [], 0)[0]), flush=True)
"""


def test_a_key_counts_when_it_is_asked_for_and_none_is_echoed():
    """Those pressed before the question are no answer, those after it are thrown away and reach no shell."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", SCRIPT])
    shown = until(terminal, b"watched")
    os.write(terminal, b"go")
    shown += until(terminal, b"asked")
    os.write(terminal, b"x")
    shown += until(terminal, b"pressed")
    os.write(terminal, b"late")
    shown += until(terminal, b"left over False")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
    assert shown.split() == [b"watched", b"True", b"asked", b"pressed", b"left", b"over", b"False"]


def until(terminal: int, words: bytes) -> bytes:
    """What is shown up to and with these words."""
    shown = b""
    while words not in shown:
        assert select.select([terminal], [], [], 10)[0], shown
        shown += os.read(terminal, 1000)
    return shown
