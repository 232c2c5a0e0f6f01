"""Hold: one process at a time uses a directory. In: the directory, and who takes it. Out: the hold, or the words of whoever has it."""

import sys
from pathlib import Path
from typing import IO


class HeldError(RuntimeError):
    """Somebody else has it: says who."""


class Hold:
    """The kernel lets go of it when this process is gone, however that came about."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "in-use"
        self._file: IO[str] | None = None

    def take(self, holder: str) -> None:
        """Hold it, and leave word who does. Where files cannot be locked it is held in name only."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        if not _locked(file):
            with file:
                file.seek(0)
                raise HeldError(file.read() or "another process")
        file.truncate(0)
        file.write(holder)
        file.flush()
        self._file = file

    def let_go(self) -> None:
        """The next one may take it."""
        if self._file:
            self._file.close()
            self._file = None


def _locked(file: IO[str]) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415  only POSIX has it

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
