"""Shelf: the stories that come with the package, by name. The only file of this folder that reads one."""

from importlib.resources import files

from streams.simulate.story import Story, parse

_SHELF = files("streams.simulate") / "stories"


def names() -> tuple[str, ...]:
    """The stories there are, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _SHELF.iterdir() if file.name.endswith(".toml")))


def load(name: str) -> Story:
    """The story of that name. Raises LookupError, with the names there are, when there is none."""
    if name not in names():
        raise LookupError(f"no story {name!r}; there are: {', '.join(names())}")
    return parse(name, (_SHELF / f"{name}.toml").read_text(encoding="utf-8"))
