"""The letter about a publishing system, for the desk and its owner: what is the matter with it, what that does, and what is to be done."""

import re
from collections.abc import Iterable
from typing import Any

from handlers.language import tidy
from handlers.letters.parts import Change, Row, Table, ended, seen_changes, why_words
from handlers.telling import Telling, ends, has_reason, is_cancelled, source_name
from handlers.wording.codes import BECAUSE, word
from handlers.wording.digest import COLUMNS
from handlers.wording.duty import report
from handlers.wording.source import unresolved
from schemas.delivery import Attempt
from schemas.surveillance import Because, SentBack, SourceSituation, Trouble

Source = Telling[SourceSituation]

OVER = (Because.SPEAKS_AGAIN, Because.PROVEN, Because.NOBODY_ABSENT, Because.NOTHING_SENT_BACK)
OTHERWISE = (Because.VOUCHED_TOO_EARLY, Because.FEWER_ABSENT)
"""What is the matter is something else than the trouble's own words say."""

_REFUSED = (Trouble.REJECTED, Trouble.SENT_BACK)
_PERIOD = re.compile(r"([^/]+)/\d{4}-\d{2}-\d{2}", re.ASCII)
_TO_DO = {Trouble.SILENT: "do_silent", Trouble.UNPROVEN: "do_unproven", Trouble.BRAKED: "do_braked"}


def closing(_: Source) -> str:
    """The phrase it closes with."""
    return "closing"


def about(t: Source) -> str:
    """For programs: which source."""
    return f"source:{tidy(t.situation.who, 120)}"


def _party(t: Source) -> str:
    """Whose bulletins they are, as far as that could be read."""
    return source_name(t.situation.who) or t.say("some_source")


def _matter(t: Source) -> str:
    """What is the matter, or how it ended, as the phrases name it."""
    said = has_reason(t.delivery, (*OVER, *OTHERWISE))
    return said.value if said else t.situation.what.value


def _is_ended(t: Source) -> bool:
    return has_reason(t.delivery, OVER) is not None


def _about(t: Source) -> str:
    """Which period it concerns, or what else was said last."""
    last = t.situation.last
    found = _PERIOD.fullmatch(last)
    if found:
        return t.say("about_period", report=report(found[1]).name.of(t.lang), period=t.tongue.day(last, always_year=True))
    return t.say("about_last", last=unresolved(last, t.lang)) if last else ""


def subject(t: Source) -> str:
    """The desk's own mark, the revision, and what is the matter."""
    end = f" {t.say('subject_cancelled')}" if _is_taken_back(t) else ""
    return f"{t.say('subject_desk')}{end} r{t.delivery.revision}: {_brief(t)}"


def _brief(t: Source) -> str:
    about = "" if t.situation.what is Trouble.REJECTED else _about(t)
    return f"{t.say(f'subject_{_matter(t)}', party=_party(t))}{about}"


def _is_taken_back(t: Source) -> bool:
    """Whether it never was: what came to an end was true."""
    return is_cancelled(t.delivery) and not _is_ended(t)


def matters(t: Source) -> Iterable[str]:
    """What is the matter, and of refusals how many, and with which reason last."""
    situation = t.situation
    if _is_taken_back(t):
        return ended(t, _brief(t))
    reasons = unresolved(situation.last, t.lang) or word(BECAUSE, Because.REFUSED_AT_INTAKE, t.lang)
    count = dict(situation.counts).get(situation.what, 1)
    since = t.tongue.moment(situation.since or t.delivery.at)
    said = t.say(_matter(t), party=_party(t), about=_about(t), reasons=reasons, count=t.tongue.number(count), since=since)
    return (said,) if _is_ended(t) else (*ended(t, ""), said)


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
    """Every end of it."""
    return t.say("nothing_more") if ends(t.delivery) or _is_ended(t) else ""


def reasons(t: Source) -> bool:
    """The figures that met a threshold; of a refusal the reason has been said, and so has an end."""
    return t.situation.what not in _REFUSED and not _is_ended(t)


def is_graded(_: Source) -> bool:
    """A source has no grade."""
    return False


def why(t: Source) -> str:
    """Why it reached the reader."""
    return why_words(t)


def rows(t: Source) -> Iterable[Row]:
    """The counts, where they say more than how often; and what was refused, group by group."""
    if t.situation.what is Trouble.SENT_BACK:
        return tuple(_refused_rows(t))
    counts = [f"{t.tongue.number(value)} {word(COLUMNS, name, t.lang)}" for name, value in t.situation.counts]
    if t.situation.what is Trouble.REJECTED or not counts or is_cancelled(t.delivery):
        return ()
    return (Row(t.say("counts"), ", ".join(counts)),)


def _refused_rows(t: Source) -> Iterable[Row]:
    for group in t.situation.sent_back:
        first, reason = group.first, unresolved(f"{group.kind}: {group.reason} ({group.field})", t.lang).partition(": ")[2]
        where = {"topic": tidy(first.topic), "partition": first.partition, "offset": first.offset}
        said = t.say("sent_back_row", kind=tidy(group.kind, 40), reason=reason, **where)
        yield Row(t.say("so_many", count=t.tongue.number(group.count)), said)
    if t.situation.more_sent_back:
        yield Row(t.say("so_many", count=t.tongue.number(t.situation.more_sent_back)), t.say("more_sent_back"))


def table(_: Source) -> Table | None:
    """Nor in columns."""
    return None


def notes(t: Source) -> Iterable[str]:
    """What is to be done, by whom."""
    to_do = _TO_DO.get(t.situation.what)
    return (t.say(to_do),) if to_do and not (_is_ended(t) or ends(t.delivery)) else ()


def facts(t: Source) -> list[dict[str, Any]]:
    """The counts, for programs."""
    counts = [{"name": tidy(name), "value": value} for name, value in t.situation.counts]
    return counts + [_refused_fact(group) for group in t.situation.sent_back]


def _refused_fact(group: SentBack) -> dict[str, Any]:
    first = group.first
    named = {"type": tidy(group.kind, 60), "reason": tidy(group.reason), "field": tidy(group.field, 60)}
    return {"name": "refused", **named, "value": group.count, "first": f"{tidy(first.topic)}/{first.partition}/{first.offset}"}
