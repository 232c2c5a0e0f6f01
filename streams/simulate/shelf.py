"""Shelf: the stories there are, written down or made up, by name. The only file of this folder that reads one."""

from collections.abc import Callable, Mapping
from importlib.resources import files

from streams.simulate.story import Story, parse
from streams.simulate.worlds.bekasi import bekasi
from streams.simulate.worlds.deadlines import backfill, bekasi_deadline, deadline_night, quiet_week, siinas_down

_SHELF = files("streams.simulate") / "stories"

MADE_UP: Mapping[str, Callable[..., Story]] = {
    "backfill": backfill,
    "deadline-night": deadline_night,
    "quiet-week": quiet_week,
    "siinas-down": siinas_down,
}
"""Stories that a seed tells, of so many firms."""

COUNTED: Mapping[str, Callable[[], Story]] = {"bekasi": bekasi, "bekasi-deadline": bekasi_deadline}
"""Stories of as many firms as there were."""


def names() -> tuple[str, ...]:
    """The stories there are, in alphabetical order."""
    return tuple(sorted((*MADE_UP, *COUNTED, *_written())))


def load(name: str, count: int | None = None) -> Story:
    """The story of that name, of so many firms. Raises LookupError, with what there is, when there is none, or it has its own number."""
    if name in MADE_UP:
        return MADE_UP[name]() if count is None else MADE_UP[name](count)
    if count is not None:
        raise LookupError(f"{name} has the firms that it has; a number of them goes with: {', '.join(MADE_UP)}")
    if name in COUNTED:
        return COUNTED[name]()
    if name in _written():
        return parse(name, (_SHELF / f"{name}.toml").read_text(encoding="utf-8"))
    raise LookupError(f"no story {name!r}; there are: {', '.join(names())}")


def _written() -> tuple[str, ...]:
    return tuple(file.name.removesuffix(".toml") for file in _SHELF.iterdir() if file.name.endswith(".toml"))
