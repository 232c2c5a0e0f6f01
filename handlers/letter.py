"""The letter: an attempt in, what one reader is to be told out, in both languages, section by section in the order of the contract.

Pure. It decides what is said and in which words; `handlers.render` lays it out. Causes are never repeated, only who gave an account, since
they are free text and may be wrong; names of persons are never printed, only positions.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from handlers import wording
from handlers.headline import (
    GRADE_COLUMNS,
    PARTS_OF_INJURED,
    Telling,
    asks_something,
    counted_words,
    filing_matter,
    has_facts,
    has_reason,
    is_cancelled,
    is_refused,
    lead,
    matters,
    party_words,
    received_by,
    telling,
)
from handlers.language import Lang, local, tidy
from handlers.sign import Links
from handlers.wording import BECAUSE, FIGURES, OPENED_BY, POSITIONS, word
from schemas.delivery import Attempt
from schemas.escalation import Asked, MessageType, Taken, Told
from schemas.surveillance import RULE_OF, Because, Figure, FilingClock, Reason
from schemas.word import UtcMs

SPLIT = frozenset({"wni", "wna"})


class Row(NamedTuple):
    """A known fact and its label."""

    label: str
    text: str


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
    grounds: tuple[str, ...]
    others: tuple[str, ...]
    page: str
    closing: str
    button: str


class Change(NamedTuple):
    """What one figure was when this reader last looked, and what it is now; None where it was or is not stated."""

    name: str
    old: int | None
    new: int | None
    new_name: str = ""


def side(attempt: Attempt, links: Links, lang: Lang) -> Side:
    """The whole letter in one language."""
    t = telling(attempt, lang)
    return Side(
        lang=lang,
        banners=_banners(t),
        matters=matters(t),
        lead=lead(t) if has_facts(t.delivery) else "",
        changed=_changed(t),
        asked_heading=_asked_heading(t),
        asks=_asks(t),
        press_how=_press_how(t, links),
        not_mine=t.say("not_mine") if asks_something(t.delivery) else "",
        facts_heading=t.say("known"),
        facts=_facts(t),
        grounds=_grounds(t),
        others=_others(t),
        page=t.say("page"),
        closing=t.say("closing", title=_title(t)),
        button=t.say("button" if asks_something(t.delivery) else "button_read"),
    )


# 1. Banners


def _banners(t: Telling) -> tuple[str, ...]:
    attempt = t.attempt
    said = (
        (t.delivery.exercise, "exercise"),
        (attempt.possible_duplicate, "duplicate"),
        (bool(attempt.coalesced), "coalesced"),
    )
    return tuple(t.say(name, count=t.tongue.number(len(attempt.coalesced))) for applies, name in said if applies)


# 3. What changed since the revision that the reader saw


def changes(attempt: Attempt) -> list[Change]:
    """Every figure that differs from what this reader saw. `treated` giving way to `injured` is one change, not two."""
    if attempt.seen is None:
        return []
    old, new = dict(attempt.seen.numbers), dict(attempt.delivery.situation.numbers())
    if not old.keys() >= SPLIT <= new.keys():  # A split that is new is no correction of another.
        old, new = ({name: value for name, value in values.items() if name not in SPLIT} for values in (old, new))
    names = [*new, *(name for name in old if name not in new)]
    differing = [Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]
    if "treated" not in old or "treated" in new or "injured" in old or "injured" not in new:
        return differing
    renamed = Change("treated", old["treated"], new["injured"], "injured")
    return [renamed if change.name == "injured" else change for change in differing if change.name != "treated"]


def _worth_saying(attempt: Attempt) -> Iterable[Change]:
    """The changes without the parts of a total that come or go with it."""
    now = dict(attempt.delivery.situation.numbers())
    before = dict(attempt.seen.numbers) if attempt.seen else {}
    for change in changes(attempt):
        silent = (change.old is None and "injured" in now) or (change.new is None and "injured" in before)
        if not (silent and change.name in PARTS_OF_INJURED):
            yield change


def change_words(t: Telling, change: Change) -> str:
    """One change in words."""
    old, new = ("" if value is None else t.tongue.number(value) for value in (change.old, change.new))
    form = "renamed" if change.new_name else "appeared" if change.old is None else "vanished" if change.new is None else "change"
    names = {"name": word(FIGURES, change.name, t.lang), "new_name": word(FIGURES, change.new_name, t.lang)}
    return t.say(form, old=old, new=new, **names)


def _changed(t: Telling) -> str:
    seen, delivery = t.attempt.seen, t.delivery
    if seen is None or delivery.msg_type is MessageType.CANCEL:
        return ""
    said = [change_words(t, change) for change in _worth_saying(t.attempt)]
    if seen.grade != delivery.grade:
        said.insert(0, t.say("grade_change", old=tidy(seen.grade, GRADE_COLUMNS), new=t.grade))
    if said:
        return t.say("since", revision=seen.revision, changes="; ".join(said))
    return t.say("still" if seen.revision == delivery.revision else "unchanged", revision=seen.revision)


# 4. What is asked, each with its deadline


def _asked_heading(t: Telling) -> str:
    if t.delivery.msg_type is MessageType.CANCEL:
        return t.say("nothing_more_filing" if filing_matter(t.delivery) is Because.FILED else "nothing_more")
    return t.say("asked" if asks_something(t.delivery) else "nothing_asked")


def _asks(t: Telling) -> tuple[str, ...]:
    return tuple(_ask(t, asked) for asked in t.delivery.asked) if asks_something(t.delivery) else ()


def _ask(t: Telling, asked: Asked) -> str:
    text = word(wording.ACTIONS, asked.action, t.lang)
    if asked.due is None:
        return f"{text}."
    form = "due_statutory" if asked.action in wording.STATUTORY else "due"
    return f"{text}. {t.say(form, due=t.tongue.deadline(asked.due))}"


def _press_how(t: Telling, links: Links) -> str:
    telephone = tidy(links.telephone, 30)
    phone = t.say("phone", number=f" {telephone}" if telephone else "", code=links.code)
    return f"{t.say('press_how')} {phone}"


# 5. What is known


def _facts(t: Telling) -> tuple[Row, ...]:
    if not has_facts(t.delivery):
        return ()
    sections: tuple[Callable[[Telling], Iterable[tuple[str, str]]], ...]
    sections = (_time_rows, _figure_rows, _people_rows, _cause_rows, _filing_rows)
    return tuple(Row(t.say(label), text) for section in sections for label, text in section(t))


def _time_rows(t: Telling) -> Iterable[tuple[str, str]]:
    situation = t.incident
    stated = [f"{_moment(t, each.occurred_at)} ({_parties(t, each.parties, each.more)})" for each in situation.times]
    if situation.more_times:
        stated.append(t.say("more", count=t.tongue.number(situation.more_times)))
    if stated:
        yield "time", t.say("or").join(stated)
    if situation.discovered_at is not None:
        yield "found", _moment(t, situation.discovered_at)


def _moment(t: Telling, instant: UtcMs) -> str:
    instants = [each.occurred_at for each in t.incident.times]
    one_day = len({local(each, t.tongue.zone).date() for each in instants}) == 1
    return t.tongue.since(instant, min(instants)) if one_day else t.tongue.moment(instant)


def _parties(t: Telling, parties: Iterable[str], more: int = 0) -> str:
    """Parties in words, and how many more there are."""
    rest = [t.say("more", count=t.tongue.number(more))] if more else []
    return t.tongue.listed([*(wording.party(tidy(party, 50), t.lang) for party in parties), *rest])


def _figure_rows(t: Telling) -> Iterable[tuple[str, str]]:
    figures = t.incident.figures
    for (label, party, rank, asserted_at), group in groupby(figures, key=_row_of):
        counted = ", ".join(counted_words(t, figure) for figure in group)
        yield label, _dated(t, counted, party, rank, asserted_at)
    for figure in figures:
        if len(set(figure.values)) > 1:
            yield "dispute", _differing(t, figure)


def _dated(t: Telling, counted: str, party: str, rank: str, asserted_at: UtcMs) -> str:
    return t.say("dated", counts=counted, party=party_words(t, party, rank), when=_moment(t, asserted_at))


def _row_of(figure: Figure) -> tuple[str, str, str, UtcMs]:
    stated = figure.headline
    return wording.FIGURE_LABELS.get(figure.name, "casualties"), stated.party, stated.rank, stated.asserted_at


def _differing(t: Telling, figure: Figure) -> str:
    others = sorted(figure.others, key=lambda each: (each.value, each.asserted_at, each.party))
    said = [_dated(t, t.tongue.number(each.value), each.party, each.rank, each.asserted_at) for each in others]
    if figure.unlisted:
        said.append(t.say("more", count=t.tongue.number(figure.unlisted.parties)))
    return f"{counted_words(t, figure, ranged=True)}: {'; '.join(said)}"


def _people_rows(t: Telling) -> Iterable[tuple[str, str]]:
    situation = t.incident
    if situation.wni is not None and situation.wna is not None:
        yield "nationality", t.say("nationalities", wni=t.tongue.number(situation.wni), wna=t.tongue.number(situation.wna))
    employer = tidy(situation.employer)
    if employer and employer != tidy(situation.place.firm_name):
        yield "employer", t.say("employer_other", employer=employer)


def _cause_rows(t: Telling) -> Iterable[tuple[str, str]]:
    causes = t.incident.causes
    parties = _parties(t, dict.fromkeys(cause.party for cause in causes), t.incident.more_causes)
    form = "cause_none" if not causes else "cause_one" if len({cause.digest for cause in causes}) == 1 else "cause_many"
    yield "cause", t.say(form, parties=parties)


def _filing_rows(t: Telling) -> Iterable[tuple[str, str]]:
    for clock in t.incident.clocks:
        if clock.filed_at is not None:
            yield "filing", t.say("filing_done", receiver=received_by(t, clock), filed=t.tongue.moment(clock.filed_at))
            continue
        form = "filing_open" if clock.due_first == clock.due_last else "filing_span"
        opened, due = word(OPENED_BY, clock.opened_by, t.lang), t.tongue.deadline(clock.due_first)
        yield "filing", t.say(form, opened=opened, due=due, last=_last_due(t, clock))
    if t.incident.more_clocks:
        yield "filing", t.say("more", count=t.tongue.number(t.incident.more_clocks))


def _last_due(t: Telling, clock: FilingClock) -> str:
    same_day = local(clock.due_first, t.tongue.zone).date() == local(clock.due_last, t.tongue.zone).date()
    return t.tongue.clock(clock.due_last) if same_day else t.tongue.deadline(clock.due_last)


# 6. Why it reached the reader


def _grounds(t: Telling) -> tuple[str, ...]:
    return tuple(
        filter(None, (_grade_held(t), _because(t), t.say("why", level=t.delivery.level, why=word(wording.WHY, t.delivery.why, t.lang))))
    )


def _grade_held(t: Telling) -> str:
    held = has_reason(t.delivery, (Because.HELD,))
    return t.say("grade_held", grade=t.grade, reasons=word(BECAUSE, held, t.lang)) if held else ""


def _because(t: Telling) -> str:
    reasons = [reason for reason in t.delivery.reasons if reason.because not in (Because.HELD, Because.FILED)]
    if not reasons or is_cancelled(t.delivery) or is_refused(t.delivery):
        return ""
    said = t.tongue.listed([reason_words(t, reason) for reason in reasons])
    grade = t.grade_now if _grade_held(t) else t.grade
    form = "grade_because" if grade and filing_matter(t.delivery) is None else "because"
    return t.say(form, grade=grade, reasons=said, source=_sources(t, reasons))


def reason_words(t: Telling, reason: Reason) -> str:
    """One reason: the figure and the threshold that it met."""
    if reason.figure is None:
        return word(wording.UNMEASURED if reason.because in wording.UNMEASURED else BECAUSE, reason.because, t.lang)
    said = word(BECAUSE, reason.because, t.lang)
    said = f"{said} {t.tongue.number(reason.figure)}"
    return said if reason.threshold is None else f"{said} >= {t.tongue.number(reason.threshold)}"


def _sources(t: Telling, reasons: Sequence[Reason]) -> str:
    rules = dict.fromkeys(RULE_OF[reason.because].value for reason in reasons)
    sources = dict.fromkeys(t.say("design") if reason.source == "design" else tidy(reason.source, 80) for reason in reasons)
    return ", ".join((*rules, *filter(None, sources)))


# 7. Who else was told, who has taken it


def _others(t: Telling) -> tuple[str, ...]:
    return tuple(filter(None, (_told(t), _taken(t), _next(t))))


def _told(t: Telling) -> str:
    told = sorted(t.delivery.told, key=lambda each: (each.level, each.at))
    if not told:
        return t.say("told_nobody")
    levels = [(level, list(group)) for level, group in groupby(told, key=lambda each: each.level)]
    return t.say("told", levels="; ".join(_told_level(t, level, group) for level, group in levels))


def _told_level(t: Telling, level: int, told: Sequence[Told]) -> str:
    positions = ", ".join(dict.fromkeys(position_words(t, each.position) for each in told))
    return t.say("told_level", level=level, when=_said_plainly(t, told[0].at), positions=positions)


def _said_plainly(t: Telling, instant: UtcMs) -> str:
    return t.tongue.since(instant, t.delivery.at)


def position_words(t: Telling, position: str) -> str:
    """A position in words; its place only where it is not the incident's own."""
    prefix, _, where = position.partition(":")
    place = t.delivery.situation.place
    name = word(POSITIONS, prefix, t.lang)
    elsewhere = where and where not in (place.estate, place.regency, place.province, place.firm)
    return f"{name} {tidy(where, 40)}" if elsewhere else name


def _taken(t: Telling) -> str:
    stopping = [each for each in t.delivery.taken if each.stops]
    others = [each for each in t.delivery.taken if not each.stops]
    said = [t.say("answered", taken=_takers(t, others))] if others else []
    if stopping:
        said.append(t.say("taken", taken=_takers(t, stopping)))
    elif t.delivery.msg_type is not MessageType.CANCEL:
        said.append(t.say("taken_none"))
    return " ".join(said)


def _takers(t: Telling, taken: Sequence[Taken]) -> str:
    return ", ".join(f"{position_words(t, each.position)} ({_said_plainly(t, each.at)}, r{each.revision})" for each in taken)


def _next(t: Telling) -> str:
    delivery = t.delivery
    if delivery.next_level_at is None or delivery.msg_type is MessageType.CANCEL:
        return ""
    stopping = any(each.stops for each in delivery.taken)
    return t.say("next_partial" if stopping else "next", when=t.tongue.deadline(delivery.next_level_at))


def _title(t: Telling) -> str:
    title = t.delivery.title_id if t.lang == "id" else t.delivery.title_en
    return tidy(title) or position_words(t, t.delivery.position)
