"""Faults: what a catcher should do wrong, and how often. Who is served in; the fault to commit, or none, out. No sockets, no clock."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Self


class What(StrEnum):
    """What goes wrong. A message that is dropped has been caught: it is written down, and only the answer never comes."""

    CODE = "code"
    DELAY = "delay"
    REFUSE = "refuse"
    HANG = "hang"
    DROP = "drop"


class Fault(NamedTuple):
    """One fault, as written on the command line: `what=code,code=451,first=2,per=receiver,to=…`.

    first: how many times (0: every time). seconds: how long a delay, or the silence before the connection of a dropped message is cut.
    per: `total`, or counted for each receiver. to: only for receivers that contain this text.
    """

    what: What
    code: int = 451
    first: int = 0
    seconds: float = 0.0
    per: str = "total"
    to: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when it is none of ours."""
        given = dict(pair.split("=", 1) for pair in text.split(","))
        if given.get("per", "total") not in ("total", "receiver") or not given.keys() <= set(cls._fields):
            raise ValueError(f"{text!r}: a fault is {', '.join(cls._fields)}; per is total or receiver")
        numbers = {name: kind(given[name]) for name, kind in (("code", int), ("first", int), ("seconds", float)) if name in given}
        return cls(**{**given, **numbers, "what": What(given["what"])})  # type: ignore[arg-type]  # the names were checked above


class Faults:
    """The faults of one catcher, and how often each has been committed."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self._committed: Counter[tuple[int, str]] = Counter()

    def of(self, receiver: str, *kinds: What) -> Fault | None:
        """The first fault of these kinds that is still due for this receiver; asking counts as committing it."""
        for number, fault in enumerate(self._faults):
            key = (number, receiver if fault.per == "receiver" else "")
            if fault.what in kinds and fault.to in receiver and (not fault.first or self._committed[key] < fault.first):
                self._committed[key] += 1
                return fault
        return None
