"""The letter about one permit and one period of a duty to report: reminder, warning, proposal, silence, and how each ends (R2 to R4).

siaga proposes, officials decide (G3): only a proposal speaks of a step against a permit, and says that nothing has changed in it.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from handlers.language import tidy
from handlers.letters.parts import Change, Row, Table, ended, seen_changes, why_words
from handlers.telling import Telling, ends, has_reason, is_cancelled, place_name
from handlers.wording.codes import word
from handlers.wording.duty import STEPS, Report, report
from schemas.delivery import Attempt
from schemas.discretion import treats_in
from schemas.escalation import Why
from schemas.surveillance import Because, DutySituation
from schemas.word import format_time

Duty = Telling[DutySituation]

HIGHEST_NUMBER = 3
"""Further back than this a run is not looked at, so that nobody is told a number which they could not check."""


class Sort(StrEnum):
    """What a message about a duty says."""

    WARNING = "duty_warning"
    REMINDER = "duty_reminder"
    PROPOSAL = "duty_proposal"
    ANSWERED = "duty_answered"
    CONFIRMED = "duty_confirmed"
    ON_TIME = "duty_on_time"
    WITHDRAWN = "duty_withdrawn"
    SILENCE = "duty_silence"
    HEARD = "duty_heard"
    FEWER = "duty_fewer"
    AS_KNOWN = "duty_as_known"


OVER = (Sort.ANSWERED, Sort.CONFIRMED, Sort.HEARD, Sort.AS_KNOWN, Sort.ON_TIME, Sort.WITHDRAWN)


_SORTS = {
    Because.ANSWERED: Sort.ANSWERED,
    Because.HEARD_AGAIN: Sort.HEARD,
    Because.CONFIRMED: Sort.CONFIRMED,
    Because.NOT_YET_REPORTED: Sort.REMINDER,
    Because.SILENT_AFTER_POSITIVES: Sort.SILENCE,
    Because.FEWER_THAN_KNOWN: Sort.FEWER,
    Because.AS_KNOWN: Sort.AS_KNOWN,
}
_COUNTS = {Sort.SILENCE: "positives_before", Sort.FEWER: "positives_known"}


def sort_of(t: Duty) -> Sort:
    """What ended it goes before what began it."""
    situation, delivery = t.situation, t.delivery
    if is_cancelled(delivery) or has_reason(delivery, (Because.NOT_ACCUSED,)):
        on_time = situation.received_at is not None and situation.received_at < situation.due_at
        return Sort.ON_TIME if on_time else Sort.WITHDRAWN
    found = has_reason(delivery, _SORTS)
    if found is not None:
        return _SORTS[found]
    return Sort.PROPOSAL if situation.step else Sort.WARNING


def closing(_: Duty) -> str:
    """The phrase it closes with."""
    return "closing"


def about(t: Duty) -> str:
    """For programs: which permit at which period."""
    situation = t.situation
    return "/".join(tidy(part, 60) for part in (f"duty:{situation.obligation}", situation.period, situation.permit))


def _words(t: Duty) -> dict[str, str]:
    situation = t.situation
    received = situation.received_at
    return {
        "nth": _nth(t),
        "report": _report(t).name.of(t.lang),
        "period": t.tongue.day(situation.period, always_year=True),
        "firm": tidy(situation.place.firm_name) or t.say("no_firm"),
        "permit": tidy(situation.permit, 40) or "?",
        "due": t.tongue.before(situation.due_at),
        "step": word(STEPS, situation.step, t.lang),
        "received": "" if received is None else t.say("received", moment=t.tongue.deadline(received)),
    }


def _report(t: Duty) -> Report:
    return report(t.situation.obligation)


def _nth(t: Duty) -> str:
    number = t.situation.number
    if number < 1:
        return ""
    return t.say("nth" if number < HIGHEST_NUMBER else "nth_or_more", number=t.tongue.number(min(number, HIGHEST_NUMBER)))


def subject(t: Duty) -> str:
    """What sort, which report of which period, whose, which permit."""
    words, sort = _words(t), sort_of(t)
    name = "duty_disputed" if sort is Sort.PROPOSAL and t.situation.disputed else sort.value
    revision = f" r{t.delivery.revision}" if t.delivery.revision > 1 else ""
    what = t.say(f"subject_{name}", **words)
    return f"{what}{revision}: {words['report']} {words['period']}, {words['firm']}, {t.say('permit').lower()} {words['permit']}"


def matters(t: Duty) -> Iterable[str]:
    """Stood down; disputed."""
    if ends(t.delivery) and t.delivery.why is Why.STOOD_DOWN:
        yield from ended(t, "")
    if t.situation.disputed and sort_of(t) not in OVER:
        yield t.say("duty_disputed" if sort_of(t) is Sort.PROPOSAL else "duty_objecting")


def lead(t: Duty) -> str:
    """The one sentence."""
    said = t.say(sort_of(t).value, **_words(t))
    return said[:1].upper() + said[1:]


def changes(attempt: Attempt) -> list[Change]:
    """A duty has no figures."""
    return seen_changes(attempt)


def changed(_: Duty) -> str:
    """Each message says all that there is."""
    return ""


def is_over(t: Duty) -> str:
    """Every end of it."""
    return t.say("nothing_more") if ends(t.delivery) or sort_of(t) in OVER else ""


def reasons(t: Duty) -> bool:
    """Not of what is over: it has been said."""
    return sort_of(t) not in OVER


def is_graded(_: Duty) -> bool:
    """A duty has no grade."""
    return False


def why(t: Duty) -> str:
    """Why it reached the reader."""
    return why_words(t)


def rows(t: Duty) -> Iterable[Row]:
    """The permit, the deadline, the periods missed, and how to report."""
    words, sort = _words(t), sort_of(t)
    where = place_name(t, t.situation.place)
    known = [("permit", f"{words['permit']}, {words['firm']} ({where})"), ("until", words["due"])]
    if sort is Sort.PROPOSAL and t.situation.evidence:
        known.append(("misses", t.tongue.listed([t.tongue.day(day) for day in t.situation.evidence])))
    if sort in _COUNTS and _treats(t):
        numbers = {"number": t.tongue.number(t.situation.positives or 0), "known": t.tongue.number(t.situation.known or 0)}
        known.append(("positives", t.say(_COUNTS[sort], **numbers)))
    system = _report(t).system.of(t.lang)
    if system and sort in (Sort.REMINDER, Sort.WARNING):
        known.append(("through", system))
    return tuple(Row(t.say(label), text) for label, text in known)


def _treats(t: Duty) -> bool:
    """Whether the reader treats the cases, and so may know how many there are (law 12); a webhook is thin, whoever reads it."""
    return t.delivery.to.channel != "webhook" and treats_in(t.delivery.to.position, t.situation.place.regency)


def table(_: Duty) -> Table | None:
    """One permit needs no columns."""
    return None


_NOTES = {
    Sort.WARNING: "duty_unchanged",
    Sort.REMINDER: "duty_reported",
    Sort.PROPOSAL: "duty_check",
    Sort.SILENCE: "duty_silent",
    Sort.FEWER: "duty_verify",
}


def notes(t: Duty) -> Iterable[str]:
    """What a reader may do, and what need not worry them."""
    name = _NOTES.get(sort_of(t))
    return (t.say(name),) if name else ()


def facts(t: Duty) -> list[dict[str, Any]]:
    """The duty, for programs."""
    situation = t.situation
    received = situation.received_at
    return [
        {
            "obligation": tidy(situation.obligation, 120),
            "period": tidy(situation.period, 60),
            "permit": tidy(situation.permit, 120),
            "due_at": format_time(situation.due_at),
            "received_at": None if received is None else format_time(received),
            "state": sort_of(t).value.removeprefix("duty_"),
            "number": min(situation.number, HIGHEST_NUMBER),
            "step": tidy(situation.step, 40),
            "evidence": [tidy(day, 40) for day in situation.evidence],
            "disputed": situation.disputed,
        }
    ]
