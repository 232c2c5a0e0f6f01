"""Correlate: what stands of the assertions about an incident in; headlines with their range, times, accounts and names out (R13).

No thresholds here. `standing` is always in the order of saying, oldest first.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from schemas.intake import IncidentKind, Rank
from schemas.surveillance import CauseStated, Certainty, Figure, Stated, TimeStated, Unlisted, shown
from schemas.word import UtcMs
from streams.pipeline.surveillance.incident.facts import OFFICIAL, RANKS, Assertion, Voice

HOUR_MS = 3_600_000
INDEPENDENT = frozenset({Rank.POLICE, Rank.LABOUR_INSPECTION, Rank.MINISTRY})
MOST_OTHERS = 4
"""Parties listed beside a headline."""
MOST_OTHERS_IN_ALL = 12
"""And beside all headlines together: what is left out is counted."""
MOST_TIMES, MOST_PARTIES_OF_A_TIME, MOST_CAUSES = 4, 3, 5

SHOWN = (
    "dead",
    "missing",
    "injured",
    "serious",
    "light",
    "hospitalised",
    "observed",
    "outpatient",
    "treated",
    "exposed",
    "offsite_dead",
    "offsite_hospitalised",
    "evacuated",
    "fire_minutes",
    "cost_usd",
)

_Item = TypeVar("_Item")


def deciding(standing: Sequence[Assertion]) -> Sequence[Assertion]:
    """Those whose word counts: the official parties', or all while there is only a signal (G7)."""
    return [a for a in standing if a.rank in OFFICIAL] or standing


def figures(standing: Sequence[Assertion], headline_hours: int) -> tuple[Figure, ...]:
    """Every count that anybody states, with its headline and what the others say (R13)."""
    recent = max((a.asserted_at for a in deciding(standing)), default=0) - headline_hours * HOUR_MS
    stated = _by_party(standing)
    room, found = MOST_OTHERS_IN_ALL, []
    for name in SHOWN:
        if parties := stated.get(name):
            figure = _figure(name, sorted(parties.values()), recent, min(room, MOST_OTHERS))
            room -= len(figure.others)
            found.append(figure)
    return tuple(found)


def with_declared(figures: Sequence[Figure], declared: Sequence[Assertion]) -> tuple[Figure, ...]:
    """The figures, where officials have declared more persons than a headline says by that sum, and the headline beside it (R12)."""
    if not declared:
        return tuple(figures)
    newest, found = declared[-1], {figure.name: figure for figure in figures}
    for name, total in newest.counts:
        stated, known = Stated(total, newest.party, newest.rank, newest.asserted_at), found.get(name)
        if known is None:
            found[name] = Figure(name, stated)
        elif known.headline.value < total:
            found[name] = Figure(name, stated, (known.headline, *known.others), known.unlisted)
    return tuple(found[name] for name in SHOWN if name in found)


class _Said(NamedTuple):
    """One party's latest figure, as it is ranked: the highest rank first, then the newest."""

    rank: int
    age: UtcMs
    party: str
    value: int
    assertion: Assertion

    @property
    def stated(self) -> Stated:
        return Stated(self.value, self.party, self.assertion.rank, self.assertion.asserted_at)


def _by_party(standing: Iterable[Assertion]) -> dict[str, dict[Voice, _Said]]:
    """Each party's latest figure, by name and voice."""
    found: dict[str, dict[Voice, _Said]] = {name: {} for name in SHOWN}
    for assertion in standing:
        rank, age, party = RANKS[assertion.rank], -assertion.asserted_at, assertion.party
        for name, value in assertion.counts:
            if name in found:
                found[name][assertion.voice] = _Said(rank, age, party, value, assertion)
    return found


def _figure(name: str, parties: list[_Said], recent: UtcMs, most: int) -> Figure:
    """The headline is the highest-ranked official figure asserted lately; failing that, the highest-ranked of all."""
    headline = next((s for s in parties if s.assertion.rank in OFFICIAL and -s.age >= recent), parties[0])
    others = [s for s in parties if s is not headline]
    listed = tuple(s.stated for s in others[:most])
    return Figure(name, headline.stated, listed, _unlisted([s.value for s in others[most:]]))


def _unlisted(values: list[int]) -> Unlisted | None:
    return Unlisted(len(values), min(values), max(values)) if values else None


def first_and_last(items: Sequence[_Item], most: int) -> tuple[_Item, ...]:
    """All of them, or the first few and the last."""
    return tuple(items) if len(items) <= most else (*items[: most - 1], items[-1])


def times(standing: Sequence[Assertion]) -> tuple[TimeStated, ...]:
    """The times of occurrence, earliest first, each with the parties that state it in their latest word."""
    latest = {a.voice: a.occurred_at for a in standing}
    parties: dict[UtcMs, list[str]] = {}
    for (rank, party), stated in sorted(latest.items(), key=lambda each: (each[0][1], each[0][0])):
        parties.setdefault(stated, []).append(_named(rank, party, standing))
    return tuple(_time(instant, parties[instant]) for instant in sorted(parties))


def _time(instant: UtcMs, parties: list[str]) -> TimeStated:
    listed = tuple(parties[:MOST_PARTIES_OF_A_TIME])
    return TimeStated(instant, listed, len(parties) - len(listed))


def causes(standing: Sequence[Assertion]) -> tuple[CauseStated, ...]:
    """Each party's latest account of the cause, by party."""
    latest = {a.voice: a.cause for a in standing if a.cause}
    by_party = sorted(latest.items(), key=lambda each: (each[0][1], each[0][0]))
    return tuple(replace(cause, party=_named(*voice, standing)) for voice, cause in by_party)


def _named(rank: str, party: str, standing: Iterable[Assertion]) -> str:
    """A party's name; of somebody who only quotes one that has spoken itself, what they rank as too."""
    is_quoted = rank not in OFFICIAL and any(a.party == party and a.rank in OFFICIAL for a in standing)
    return shown(f"{party} ({rank})") if is_quoted else party


def headline_kind(standing: Sequence[Assertion]) -> str:
    """What to call it: the highest-ranked deciding party's latest word, `other` and near misses last."""
    vague = (IncidentKind.OTHER, IncidentKind.NEAR_MISS)
    ranked = min(deciding(standing), key=lambda a: (a.kind in vague, RANKS[a.rank], -a.asserted_at, a.id), default=None)
    return ranked.kind if ranked else ""


def latest_text(standing: Sequence[Assertion], field: str) -> str:
    """The latest non-empty text of a field, official parties first."""
    by_weight = (*reversed(deciding(standing)), *reversed(standing))
    return next((str(getattr(a, field)) for a in by_weight if getattr(a, field)), "")


def certainty(standing: Sequence[Assertion]) -> Certainty:
    """G7: without an official party it is a signal, unless a second source says the same.

    Verified once two official parties agree on the headline figure, one of them with no interest in it: firm and estate are the supervised.
    """
    official = [a for a in standing if a.rank in OFFICIAL]
    if not official:
        return Certainty.REPORTED if len({a.source for a in standing}) > 1 else Certainty.SIGNAL
    said = next((parties for parties in _by_party(official).values() if parties), None)
    voices = {a.voice for a in official}
    if said is not None:
        headline = min(said.values()).value
        voices = {voice for voice, each in said.items() if each.value == headline}
    agree = len(voices) > 1 and any(rank in INDEPENDENT for rank, _ in voices)
    return Certainty.VERIFIED if agree else Certainty.REPORTED
