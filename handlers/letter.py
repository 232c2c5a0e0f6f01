"""The letter: an attempt in, what one reader is to be told out, in both languages, section by section in the order of the contract.

Pure. Here stands what all letters have in common: banners, what is asked, why it came, who else was told. What is known, each kind of
situation says itself. `handlers.render` lays it out. Names of persons are never printed, only positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from handlers.language import Lang, tidy
from handlers.letters import letter_of
from handlers.letters.incident import statutory_due
from handlers.letters.parts import Letter, Row, Table
from handlers.sign import Links
from handlers.telling import LANGUAGES, AnyTelling, asks_something, ends, has_reason, source_name, telling
from handlers.wording.cluster import of_its_day
from handlers.wording.codes import ACTIONS, BECAUSE, BEFORE_MIDNIGHT, POSITIONS, STATUTORY, UNITS, UNMEASURED, word
from schemas.delivery import Attempt
from schemas.escalation import Asked, Taken, Told
from schemas.surveillance import RULE_OF, Because, Reason
from schemas.word import UtcMs

SUBJECT_COLUMNS = 200
TAKE_OVER = "take_over"


@dataclass(frozen=True, slots=True)
class Side:
    """The letter in one language. Empty text means that there is nothing to say."""

    lang: Lang
    banners: tuple[str, ...]
    matters: tuple[str, ...]
    lead: str
    changed: str
    asked_heading: str
    asks: tuple[str, ...]
    press_how: str
    not_mine: str
    facts_heading: str
    facts: tuple[Row, ...]
    table: Table | None
    notes: tuple[str, ...]
    grounds: tuple[str, ...]
    others: tuple[str, ...]
    page: str
    closing: str
    button: str


def sides(attempt: Attempt, links: Links) -> tuple[Side, ...]:
    """The whole letter, in each language."""
    return tuple(_side(telling(attempt, lang), links) for lang in LANGUAGES)


def _side(t: AnyTelling, links: Links) -> Side:
    letter = letter_of(t.situation)
    return Side(
        lang=t.lang,
        banners=_banners(t),
        matters=tuple(letter.matters(t)),
        lead=letter.lead(t),
        changed=letter.changed(t),
        asked_heading=_asked_heading(t, letter),
        asks=_asks(t),
        press_how=_press_how(t, links),
        not_mine=t.say("not_mine") if asks_something(t.delivery) and links.ack_url else "",
        facts_heading=t.say("known"),
        facts=tuple(letter.rows(t)),
        table=letter.table(t),
        notes=tuple(letter.notes(t)),
        grounds=tuple(filter(None, (_grade_held(t), _because(t, letter), _why(t, letter)))),
        others=tuple(filter(None, (_told(t), _taken(t), _next(t)))) if t.delivery.standing else (),
        page=t.say("page") if links.ack_url else "",
        closing=t.say(letter.closing(t), title=_title(t)),
        button=t.say("button" if asks_something(t.delivery) else "button_read"),
    )


def subject(attempt: Attempt) -> str:
    """One line: exercise, grade, revision, what, who, where, how many."""
    t = telling(attempt, "id")
    exercise = t.say("subject_exercise") if t.delivery.exercise else ""
    return tidy(f"{exercise}{letter_of(t.situation).subject(t)}", SUBJECT_COLUMNS)


def headline(t: AnyTelling) -> str:
    """What the message is about in one paragraph, for readers that show one."""
    letter = letter_of(t.situation)
    return " ".join(filter(None, (*letter.matters(t), letter.lead(t))))


# 1. Banners


def _banners(t: AnyTelling) -> tuple[str, ...]:
    attempt = t.attempt
    coalesced = len(attempt.coalesced) + attempt.more_coalesced
    said = ((t.delivery.exercise, "exercise"), (attempt.possible_duplicate, "duplicate"), (coalesced > 0, "coalesced"))
    return tuple(t.say(name, count=t.tongue.number(coalesced)) for applies, name in said if applies)


# 4. What is asked, each with its deadline


def _asked_heading(t: AnyTelling, letter: Letter) -> str:
    return letter.is_over(t) or t.say("asked" if asks_something(t.delivery) else "nothing_asked")


def _asks(t: AnyTelling) -> tuple[str, ...]:
    return tuple(_ask(t, asked) for asked in t.delivery.asked) if asks_something(t.delivery) else ()


def _ask(t: AnyTelling, asked: Asked) -> str:
    text = word(ACTIONS, asked.action, t.lang)
    if asked.due is None:
        before = t.say("due_before", due=_said_plainly(t, _climbs_at(t))) if asked.action == TAKE_OVER and _climbs_at(t) else ""
        return f"{text}. {before}".rstrip()
    if asked.action in STATUTORY:
        return f"{text}. {t.say('due_statutory', due=t.tongue.deadline(statutory_due(t) or asked.due))}"
    due = t.tongue.before(asked.due) if asked.action in BEFORE_MIDNIGHT else t.tongue.deadline(asked.due)
    return f"{text}. {t.say('due', due=due)}"


def _climbs_at(t: AnyTelling) -> UtcMs:
    """When the next level is told unless somebody takes it; 0 when nothing is to come."""
    due = t.standing.next_level_at
    return due if due is not None and due > t.delivery.at else 0


def _press_how(t: AnyTelling, links: Links) -> str:
    number, thread = tidy(links.telephone, 30), tidy(t.delivery.thread, 20)
    said = [t.say("press_how")] if links.ack_url else []
    if number:
        said.append(t.say("phone", number=number, thread=thread, code=links.code))
    if not links.ack_url and asks_something(t.delivery) and t.delivery.standing:
        said.append(t.say("answer_how", thread=thread, revision=t.delivery.revision))
    return " ".join(said) or t.say("reference", thread=thread)


# 6. Why it reached the reader


def _grade_held(t: AnyTelling) -> str:
    held = has_reason(t.delivery, (Because.HELD,))
    return t.say("grade_held", grade=t.grade, reasons=word(BECAUSE, held, t.lang)) if held else ""


def _because(t: AnyTelling, letter: Letter) -> str:
    reasons = [reason for reason in t.delivery.reasons if reason.because not in (Because.HELD, Because.FILED)]
    if not reasons or not letter.reasons(t):
        return ""
    said = t.tongue.listed([reason_words(t, reason) for reason in reasons])
    grade = t.grade_now if _grade_held(t) else t.grade
    form = "grade_because" if grade and letter.is_graded(t) else "because"
    return t.say(form, grade=grade, reasons=said, source=_sources(t, reasons))


def _why(t: AnyTelling, letter: Letter) -> str:
    """Why it reached the reader; at which level, of what has levels."""
    form = "why" if t.delivery.standing and t.delivery.level >= 0 else "why_plain"
    return t.say(form, level=t.delivery.level, why=letter.why(t))


def reason_words(t: AnyTelling, reason: Reason) -> str:
    """One reason: the figure and the threshold that it met."""
    if reason.figure is None:
        return word(UNMEASURED if reason.because in UNMEASURED else BECAUSE, reason.because, t.lang)
    unit = f" {word(UNITS, reason.because, t.lang)}" if reason.because in UNITS else ""
    said = f"{word(BECAUSE, reason.because, t.lang)} {t.tongue.number(reason.figure)}{unit}"
    return said if reason.threshold is None or unit else f"{said} >= {t.tongue.number(reason.threshold)}"


def _sources(t: AnyTelling, reasons: Sequence[Reason]) -> str:
    rules = dict.fromkeys(RULE_OF[reason.because].value for reason in reasons)
    sources = dict.fromkeys(t.say("design") if reason.source == "design" else tidy(reason.source, 80) for reason in reasons)
    return ", ".join((*rules, *filter(None, sources)))


# 7. Who else was told, who has taken it


def _told(t: AnyTelling) -> str:
    told = sorted(t.standing.told, key=lambda each: (each.level, each.at))
    if not told:
        return t.say("told_nobody")
    levels = [(level, list(group)) for (level, _), group in groupby(told, key=lambda each: (each.level, _said_plainly(t, each.at)))]
    return t.say("told", levels="; ".join(_told_level(t, level, group) for level, group in levels))


def _told_level(t: AnyTelling, level: int, told: Sequence[Told]) -> str:
    positions = ", ".join(dict.fromkeys(position_words(t, each.position) for each in told))
    return t.say("told_level" if level >= 0 else "told_once", level=level, when=_said_plainly(t, told[0].at), positions=positions)


def _said_plainly(t: AnyTelling, instant: UtcMs) -> str:
    return t.tongue.since(instant, t.delivery.at)


def position_words(t: AnyTelling, position: str) -> str:
    """A position in words; its place only where it is not the situation's own."""
    prefix, _, where = position.partition(":")
    place = t.situation.place
    name = of_its_day(word(POSITIONS, prefix, t.lang), t.delivery.at)
    elsewhere = where and where not in (place.estate, place.regency, place.province, place.firm)
    return f"{name} {source_name(where)}" if elsewhere else name


def _taken(t: AnyTelling) -> str:
    stopping = [each for each in t.standing.taken if each.stops]
    others = [each for each in t.standing.taken if not each.stops]
    own = [each for each in t.standing.taken if each.position == t.delivery.to.position]
    said = [t.say("taken_you", revision=each.revision, when=_said_plainly(t, each.at)) for each in own if asks_something(t.delivery)]
    said += [t.say("answered", taken=_takers(t, others))] if others else []
    if stopping:
        said.append(t.say("taken", taken=_takers(t, stopping)))
    elif not ends(t.delivery) and t.delivery.level >= 0:
        said.append(t.say("taken_none"))
    return " ".join(said)


def _takers(t: AnyTelling, taken: Sequence[Taken]) -> str:
    return ", ".join(f"{position_words(t, each.position)} ({_said_plainly(t, each.at)}, r{each.revision})" for each in taken)


def _next(t: AnyTelling) -> str:
    due = _climbs_at(t)
    if not due or ends(t.delivery):
        return ""
    stopping = any(each.stops for each in t.standing.taken)
    return t.say("next_partial" if stopping else "next", when=t.tongue.deadline(due))


def _title(t: AnyTelling) -> str:
    to = t.delivery.to
    return of_its_day(tidy(to.title_id if t.lang == "id" else to.title_en), t.delivery.at) or position_words(t, to.position)
