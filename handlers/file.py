"""File: one line appended, and on the disk before it is called accepted.

    file = FileChannel(Path("/var/lib/siaga/out"))
    result = await file.send(render.line(attempt, links, date))

A name is a plain file name in the configured directory: no path, no link, no device. A line that a crash has torn is ended before the
next one is written, so that every whole line can be read.

    written and flushed to the disk                      accepted
    a name that is none, a link, a directory, a device   Refusal      refused, final
    the disk is full, missing, read-only                 Unreachable  failed
    written, but the disk did not confirm it             Unanswered   failed, and maybe delivered
"""

import asyncio
import errno
import os
import re
import stat
from pathlib import Path

from handlers.channel import DeliveryError, Line, Refusal, Result, Unanswered, Unreachable, accepted

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,119}")
_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_FILE = (errno.ELOOP, errno.EISDIR, errno.ENXIO)


class FileChannel:
    """Appends lines to files of one directory, one at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._turn = asyncio.Lock()

    async def send(self, message: Line) -> Result:
        """Append one line, once."""
        try:
            async with self._turn:
                return await asyncio.to_thread(self._append, message)
        except DeliveryError as error:
            return error.result

    async def close(self) -> None:
        """Nothing is held open between lines."""

    def _append(self, message: Line) -> Result:
        if not _NAME.fullmatch(message.name) or b"\n" in message.content:
            raise Refusal(f"{message.name!r} is not the name of a file in this directory, or the line is more than one")
        try:
            descriptor = os.open(self._directory / message.name, _APPEND, 0o640)
        except OSError as error:
            raise (Refusal if error.errno in _NO_FILE else Unreachable)(str(error)) from error
        try:
            _write(descriptor, message.content)
        finally:
            os.close(descriptor)
        return accepted(f"appended to {message.name}")


def _write(descriptor: int, content: bytes) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise Refusal("not a plain file")
    line = (b"\n" if _is_torn(descriptor) else b"") + content + b"\n"
    try:
        written = os.write(descriptor, line)
    except OSError as error:
        raise Unreachable(str(error)) from error
    if written < len(line):
        raise Unreachable(f"only {written} of {len(line)} bytes could be written")
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise Unanswered(str(error)) from error


def _is_torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    if size == 0:
        return False
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) != b"\n"
