"""Parts of a letter, and what each kind of letter must be able to say of its situation."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from handlers.language import tidy
from handlers.telling import SituationT, Telling, ends, is_cancelled, told_before
from handlers.wording.codes import BECAUSE, WHY, word
from handlers.wording.digest import COLUMNS
from schemas.delivery import Attempt
from schemas.escalation import Why
from schemas.surveillance import Because, DigestSituation

Digest = Telling[DigestSituation]


class Row(NamedTuple):
    """A known fact and its label."""

    label: str
    text: str


class Table(NamedTuple):
    """Figures in columns, the first column a name; the last row is the sum."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Change(NamedTuple):
    """What one figure was when this reader last looked, and what it is now; None where it was or is not stated.

    is_step: only the lower end of the step that a count is in (`handlers.discretion`).
    """

    name: str
    old: int | None
    new: int | None
    new_name: str = ""
    is_step: bool = False


class Letter(Protocol):
    """What one kind of situation says of itself. Each is a module of this folder."""

    def closing(self, t: Any, /) -> str:
        """The phrase it closes with."""

    def about(self, t: Any, /) -> str:
        """For programs: what it is about."""

    def subject(self, t: Any, /) -> str:
        """The subject, but for the exercise's mark."""

    def matters(self, t: Any, /) -> Iterable[str]:
        """What has to be said before the rest: ended, held, doubted, another matter."""

    def lead(self, t: Any, /) -> str:
        """The one sentence; empty where there is nothing to speak of."""

    def changes(self, attempt: Attempt, /) -> list[Change]:
        """Every figure that differs from what this reader saw."""

    def changed(self, t: Any, /) -> str:
        """What has changed, in words."""

    def is_over(self, t: Any, /) -> str:
        """The heading where nothing is asked because something is over; empty where nothing is."""

    def reasons(self, t: Any, /) -> bool:
        """Whether the reasons are to be listed."""

    def is_graded(self, t: Any, /) -> bool:
        """Whether they are those of a grade."""

    def why(self, t: Any, /) -> str:
        """Why it reached the reader."""

    def rows(self, t: Any, /) -> Iterable[Row]:
        """What is known."""

    def table(self, t: Any, /) -> Table | None:
        """What is known, in columns."""

    def notes(self, t: Any, /) -> Iterable[str]:
        """What stands beside what is known: subjects, proof."""

    def facts(self, t: Any, /) -> list[dict[str, Any]]:
        """What is known, for programs."""


def why_words(t: Telling[SituationT]) -> str:
    """Why it reached the reader; where somebody else could not be reached, who that was."""
    said, missed = word(WHY, t.delivery.why, t.lang), t.delivery.meant_for
    title = missed and tidy(missed.title_id if t.lang == "id" else missed.title_en, 100)
    return f"{said} ({title})" if title else said


def ended(t: Telling[SituationT], about: str) -> tuple[str, ...]:
    """What has to be said of an end of the facts, if this is one."""
    if ends(t.delivery) and t.delivery.why is Why.STOOD_DOWN:
        return (t.say("stood_down"),)
    if not is_cancelled(t.delivery):
        return ()
    return t.say("cancelled", told_as=told_before(t), reason=reason_of_end(t)), t.say("cancelled_about", event=about)


def reason_of_end(t: Telling[SituationT]) -> str:
    """Why what was told no longer holds."""
    retracted = any(reason.because is Because.ALL_RETRACTED for reason in t.delivery.reasons)
    return word(BECAUSE, Because.ALL_RETRACTED, t.lang) if retracted else t.say("found_false")


def seen_changes(attempt: Attempt) -> list[Change]:
    """Every figure that differs from what this reader saw."""
    if attempt.seen is None:
        return []
    return compared(dict(attempt.seen.numbers), dict(attempt.delivery.situation.numbers()))


def compared(old: dict[str, int], new: dict[str, int]) -> list[Change]:
    """What differs between two sets of figures."""
    names = [*new, *(name for name in old if name not in new)]
    return [Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def value_words(t: Telling[SituationT], value: int) -> str:
    """A figure; what is below zero is a length that its source does not know, and never printed as a figure."""
    return t.tongue.number(value) if value >= 0 else t.say("value_unknown")


def step_words(t: Telling[SituationT], value: int) -> str:
    """The step that a count is in."""
    return t.say("at_least_bare" if value else "few_bare", count=t.tongue.number(value))


def change_words(t: Telling[SituationT], change: Change) -> str:
    """One change in words."""
    spoken = step_words if change.is_step else value_words
    old, new = ("" if value is None else spoken(t, value) for value in (change.old, change.new))
    form = "renamed" if change.new_name else "appeared" if change.old is None else "vanished" if change.new is None else "change"
    names = {"name": word(COLUMNS, change.name, t.lang), "new_name": word(COLUMNS, change.new_name, t.lang)}
    return t.say(form, old=old, new=new, **names)
