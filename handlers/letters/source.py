"""The letter about a publishing system, for the desk: what is the matter with it, and what was said of it last."""

from collections.abc import Iterable
from typing import Any

from handlers.language import tidy
from handlers.letters.parts import Change, Row, Table, ended, seen_changes, why_words
from handlers.telling import Telling, ends, is_cancelled
from handlers.wording.codes import BECAUSE, word
from handlers.wording.source import unresolved
from schemas.delivery import Attempt
from schemas.surveillance import Because, SourceSituation

Source = Telling[SourceSituation]

closing = "closing"


def about(t: Source) -> str:
    """For programs: which source."""
    return f"source:{tidy(t.situation.who, 120)}"


def _party(t: Source) -> str:
    """Whose bulletins they are, as far as that could be read."""
    return tidy(t.situation.who, 80) or t.say("some_source")


def subject(t: Source) -> str:
    """The desk's own mark, the revision, and what is the matter."""
    end = f" {t.say('subject_cancelled')}" if is_cancelled(t.delivery) else ""
    return f"{t.say('subject_desk')}{end} r{t.delivery.revision}: {t.say(f'subject_{t.situation.what}', party=_party(t))}"


def matters(t: Source) -> Iterable[str]:
    """What is the matter, how often, and with which reason last."""
    situation = t.situation
    if is_cancelled(t.delivery):
        return ended(t, t.say(f"subject_{situation.what}", party=_party(t)))
    reasons = unresolved(situation.last, t.lang) or word(BECAUSE, Because.REFUSED_AT_INTAKE, t.lang)
    count = dict(situation.counts).get(situation.what, 1)
    matter = t.say(situation.what, party=_party(t), reasons=reasons, count=t.tongue.number(count))
    return (*ended(t, ""), matter)


def lead(_: Source) -> str:
    """There is nothing more to speak of: nobody could read it."""
    return ""


def changes(attempt: Attempt) -> list[Change]:
    """The counts that differ."""
    return seen_changes(attempt)


def changed(_: Source) -> str:
    """The count has been said."""
    return ""


def is_over(t: Source) -> str:
    """Only an end ends it."""
    return t.say("nothing_more") if ends(t.delivery) else ""


def reasons(_: Source) -> bool:
    """The reason has been said."""
    return False


def is_graded(_: Source) -> bool:
    """A source has no grade."""
    return False


def why(t: Source) -> str:
    """Why it reached the reader."""
    return why_words(t)


def rows(_: Source) -> Iterable[Row]:
    """Nothing is known."""
    return ()


def table(_: Source) -> Table | None:
    """Nor in columns."""
    return None


def notes(_: Source) -> Iterable[str]:
    """Nor beside them."""
    return ()


def facts(t: Source) -> list[dict[str, Any]]:
    """The counts, for programs."""
    return [{"name": tidy(name), "value": value} for name, value in t.situation.counts]
