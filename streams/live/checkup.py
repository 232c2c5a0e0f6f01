"""Checkup: named checks in, a finding for each out. All run side by side, each within a bound, and none can end another."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from streams.live.settings import Settings

SECONDS = 6.0
"""At most so long for one check; all run at once."""


class Finding(NamedTuple):
    """One line of the doctor. `fix` says what to do, as a command where there is one; empty when all is well."""

    check: str
    words: str
    fix: str = ""

    @property
    def is_green(self) -> bool:
        """Whether there is nothing to do."""
        return not self.fix


class Wrong(Exception):
    """What a check found wrong, and its fix."""

    def __init__(self, words: str, fix: str) -> None:
        super().__init__(words)
        self.words, self.fix = words, fix


Examined = Callable[[Settings], Awaitable[str]]
"""A check: returns what is well, in words. Raises Wrong."""


async def examine(settings: Settings, checks: Mapping[str, Examined], *, seconds: float = SECONDS) -> tuple[Finding, ...]:
    """What each check found, in their order."""
    return tuple(await asyncio.gather(*(_one(settings, name, check, seconds) for name, check in checks.items())))


async def _one(settings: Settings, name: str, check: Examined, seconds: float) -> Finding:
    try:
        async with asyncio.timeout(seconds):
            return Finding(name, await check(settings))
    except Wrong as wrong:
        return Finding(name, wrong.words, wrong.fix)
    except TimeoutError:
        return Finding(name, f"no answer within {seconds:g} s", "look whether it is overloaded, and ask again: siaga doctor")
    except Exception as error:  # noqa: BLE001  a check that breaks must not hide what the others found
        return Finding(name, f"could not be checked: {type(error).__name__}: {error}", "mend that, and ask again: siaga doctor")
