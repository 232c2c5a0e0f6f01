"""What is known of an incident: times, figures with what differs, people, accounts of the cause, and the report's clocks, row by row."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from handlers.language import local, tidy
from handlers.letters.parts import Row, value_words
from handlers.telling import Telling, is_cancelled
from handlers.wording.codes import word
from handlers.wording.incident import FIGURE_LABELS, FIGURES, OPENED_BY, RANKS
from handlers.wording.incident import party as party_in
from schemas.surveillance import Figure, FilingClock, IncidentSituation
from schemas.word import UtcMs, format_time

Incident = Telling[IncidentSituation]


def rows(t: Incident) -> Iterable[Row]:
    """Every party's word, labelled."""
    if is_cancelled(t.delivery):
        return ()
    sections = (_time_rows, _figure_rows, _people_rows, _cause_rows, _filing_rows)
    return tuple(Row(t.say(label), text) for section in sections for label, text in section(t))


def facts(t: Incident) -> list[dict[str, Any]]:
    """Every party's figure, the headline first; causes are free text and stay behind."""
    stated = ((figure, each) for figure in t.situation.figures for each in (figure.headline, *figure.others))
    return [
        {
            "name": figure.name,
            "value": each.value if each.value >= 0 else None,
            "source": tidy(each.party),
            "rank": each.rank,
            "asserted_at": format_time(each.asserted_at),
            "headline": each is figure.headline,
        }
        for figure, each in stated
    ]


def counted_words(t: Incident, figure: Figure, *, ranged: bool = False) -> str:
    """A figure and what it counts, with the range where sources differ."""
    if figure.headline.value < 0:
        return t.say("length_unknown")
    counted = f"{t.tongue.number(figure.headline.value)} {word(FIGURES, figure.name, t.lang)}"
    values = [value for value in figure.values if value >= 0]
    if not ranged or len(set(values)) == 1:
        return counted
    return f"{counted} ({t.say('range', low=t.tongue.number(min(values)), high=t.tongue.number(max(values)))})"


def party_words(t: Incident, party: str, rank: str) -> str:
    """Who says so, and what they rank as."""
    name, rank_words = party_in(tidy(party, 50), t.lang), word(RANKS, rank, t.lang)
    return f"{name}, {rank_words}" if rank_words and rank_words.lower() not in name.lower() else name


def received_by(t: Incident, clock: FilingClock) -> str:
    """Which inspection has the report."""
    return tidy(clock.received_by) or t.say("inspection")


def _time_rows(t: Incident) -> Iterable[tuple[str, str]]:
    situation = t.situation
    stated = [f"{_moment(t, each.occurred_at)} ({_parties(t, each.parties, each.more)})" for each in situation.times]
    if situation.more_times:
        stated.append(t.say("more", count=t.tongue.number(situation.more_times)))
    if stated:
        yield "time", t.say("or").join(stated)
    if situation.discovered_at is not None:
        yield "found", _moment(t, situation.discovered_at)


def _moment(t: Incident, instant: UtcMs) -> str:
    instants = [each.occurred_at for each in t.situation.times]
    one_day = len({local(each, t.tongue.zone).date() for each in instants}) == 1
    return t.tongue.since(instant, min(instants)) if one_day else t.tongue.moment(instant)


def _parties(t: Incident, parties: Iterable[str], more: int = 0) -> str:
    """Parties in words, and how many more there are."""
    rest = [t.say("more", count=t.tongue.number(more))] if more else []
    return t.tongue.listed([*(party_in(tidy(party, 50), t.lang) for party in parties), *rest])


def _figure_rows(t: Incident) -> Iterable[tuple[str, str]]:
    figures = t.situation.figures
    for (label, party, rank, asserted_at), group in groupby(figures, key=_row_of):
        counted = ", ".join(counted_words(t, figure) for figure in group)
        yield label, _dated(t, counted, party, rank, asserted_at)
    for figure in figures:
        if len(set(figure.values)) > 1:
            yield "dispute", _differing(t, figure)


def _dated(t: Incident, counted: str, party: str, rank: str, asserted_at: UtcMs) -> str:
    return t.say("dated", counts=counted, party=party_words(t, party, rank), when=_moment(t, asserted_at))


def _row_of(figure: Figure) -> tuple[str, str, str, UtcMs]:
    stated = figure.headline
    return FIGURE_LABELS.get(figure.name, "casualties"), stated.party, stated.rank, stated.asserted_at


def _differing(t: Incident, figure: Figure) -> str:
    others = sorted(figure.others, key=lambda each: (each.value, each.asserted_at, each.party))
    said = [_dated(t, value_words(t, each.value), each.party, each.rank, each.asserted_at) for each in others]
    if figure.unlisted:
        said.append(t.say("more", count=t.tongue.number(figure.unlisted.parties)))
    return f"{counted_words(t, figure, ranged=True)}: {'; '.join(said)}"


def _people_rows(t: Incident) -> Iterable[tuple[str, str]]:
    situation = t.situation
    if situation.wni is not None and situation.wna is not None:
        yield "nationality", t.say("nationalities", wni=t.tongue.number(situation.wni), wna=t.tongue.number(situation.wna))
    employer = tidy(situation.employer)
    if employer and employer != tidy(situation.place.firm_name):
        yield "employer", t.say("employer_other", employer=employer)


def _cause_rows(t: Incident) -> Iterable[tuple[str, str]]:
    causes = t.situation.causes
    parties = _parties(t, dict.fromkeys(cause.party for cause in causes), t.situation.more_causes)
    form = "cause_none" if not causes else "cause_one" if len({cause.digest for cause in causes}) == 1 else "cause_many"
    yield "cause", t.say(form, parties=parties)


def _filing_rows(t: Incident) -> Iterable[tuple[str, str]]:
    for clock in t.situation.clocks:
        if clock.filed_at is not None:
            yield "filing", t.say("filing_done", receiver=received_by(t, clock), filed=t.tongue.moment(clock.filed_at))
            continue
        form = "filing_open" if clock.due_first == clock.due_last else "filing_span"
        opened, due = word(OPENED_BY, clock.opened_by, t.lang), t.tongue.deadline(clock.due_first)
        yield "filing", t.say(form, opened=opened, due=due, last=_last_due(t, clock))
    if t.situation.more_clocks:
        yield "filing", t.say("more", count=t.tongue.number(t.situation.more_clocks))


def _last_due(t: Incident, clock: FilingClock) -> str:
    same_day = local(clock.due_first, t.tongue.zone).date() == local(clock.due_last, t.tongue.zone).date()
    return t.tongue.clock(clock.due_last) if same_day else t.tongue.deadline(clock.due_last)
