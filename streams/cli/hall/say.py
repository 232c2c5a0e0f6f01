"""Say: what a verb found out in; lines or JSON, and an exit code, out. Whatever goes wrong becomes one line on stderr."""

import json
import logging
import sys
from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

DONE, NO, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
_LONGEST_LINE = 500

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines for people.")]


class Stop(Exception):
    """A verb cannot go on: one line that says why and what to do, and the exit code."""

    def __init__(self, words: str, code: int = BAD_INPUT) -> None:
        super().__init__(words)
        self.words, self.code = words, code


class Group(TyperGroup):
    """Several verbs. Whoever names none of them is shown what there is."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """No arguments are a question for help."""
        return super().parse_args(ctx, args or ["--help"])


def new_app(cls: type[Group] = Group, **options: Any) -> typer.Typer:
    """A typer app that prints plainly: no boxes, no colours, no traceback prettier."""
    return typer.Typer(cls=cls, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **options)


class Verbs(Group):
    """All verbs. Ends with the exit code of the verb; an error is one line, never a traceback."""

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]
        """Run one verb. Outside of standalone mode errors are raised, as everywhere in typer."""
        run = partial(super().main, args, standalone_mode=False, **extra | {"prog_name": "siaga"})
        if not standalone_mode:
            return run()
        try:
            code = run()
        except BrokenPipeError:
            sys.stderr.close()  # Whoever read us has gone, and wants to hear nothing more.
            sys.exit(DONE)
        except Exception as error:  # noqa: BLE001  the one door through which errors leave
            words, code = explained(error)
            print(f"siaga: {words}", file=sys.stderr)
        sys.exit(code if isinstance(code, int) else DONE)


def explained(error: Exception) -> tuple[str, int]:
    """An error in one line, and its exit code."""
    match error:
        case Stop(words=words, code=code):
            return one_line(words), code
        case TyperException():
            return one_line(error.format_message() + _where_to_look(error)), BAD_INPUT
        case Abort():
            return "interrupted", INTERRUPTED
        case OSError(filename=str() as name, strerror=str() as why) if not isinstance(error, TimeoutError):
            return one_line(f"{name}: {why.lower()}"), BAD_INPUT
    return one_line(_of_libraries(error)), BAD_INPUT


def _where_to_look(error: TyperException) -> str:
    """The help of the verb that was misused."""
    verb = getattr(getattr(error, "ctx", None), "command_path", "")
    return f" See: {verb} --help" if verb else ""


def _of_libraries(error: Exception) -> str:
    """What pydantic, aiokafka and our own edges raise, told by what to do about it."""
    problems = getattr(error, "errors", None)
    if callable(problems):
        first = problems()[0]
        setting = "".join(f"SIAGA_{str(step).upper()}: " for step in first["loc"][:1])
        return setting + str(first["msg"]).removeprefix("Value error, ")
    if isinstance(error, TimeoutError):
        return "Kafka did not answer in time; is SIAGA_KAFKA right, and is it running?"
    if type(error).__module__.startswith("aiokafka"):
        return f"Kafka cannot be used: {error or type(error).__name__}"
    return str(error) or type(error).__name__


def one_line(text: str) -> str:
    """The text without its line breaks, shortened."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def out(as_json: bool, found: Any, lines: Iterable[str]) -> None:
    """One JSON object, or lines for people."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False), flush=True)
        return
    for line in lines:
        print(line, flush=True)


def end(code: int) -> NoReturn:
    """The exit code of a verb that has said what there was to say."""
    raise typer.Exit(code)


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


@cache
def tell_once(words: str) -> None:
    """A line on stderr that is no error, the first time that it is said."""
    print(f"siaga: {words}", file=sys.stderr, flush=True)


def quiet() -> None:
    """What Kafka's client logs while it fails is said again, better, by the error that follows."""
    for name in ("aiokafka", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
