"""Reporting: what firms owe at each deadline, what became of it, and what is proposed to officials (R1 to R4)."""

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from schemas.ledger import Tick
from streams.pipeline.line import Entry, Step
from streams.pipeline.surveillance.reporting import deadline, desk, enrolment, excuses, revision, tally
from streams.pipeline.surveillance.reporting.revision import and_then, revised
from streams.pipeline.surveillance.rulebook import Rulebook

__all__ = [
    "hear_act",
    "hear_act_on_all",
    "hear_case",
    "hear_doubt",
    "hear_finding",
    "hear_permit",
    "hear_refusal",
    "hear_report",
    "tick",
    "tick_excused",
    "tick_ruled",
    "tick_tally",
]

Hearing = Callable[[Mapping[str, Entry], Any, Rulebook], Step]
Ticking = Callable[[Mapping[str, Entry], Any, Tick, Rulebook], Step]


def _hearing(hear: Hearing) -> Hearing:
    """By the policy in force: what that has changed comes first."""

    def heard(entries: Mapping[str, Entry], word: Any, book: Rulebook) -> Step:
        first = revised(entries, word.at, book)
        if not first.changes:
            return hear(entries, word, book)
        return and_then(first, hear(ChainMap(dict(first.changes), dict(entries)), word, book))

    return heard


def _ticking(tick: Ticking) -> Ticking:
    """By the policy in force: what that has changed comes first."""

    def ticked(entries: Mapping[str, Entry], entry: Any, now: Tick, book: Rulebook) -> Step:
        first = revised(entries, now.at, book)
        if not first.changes:
            return tick(entries, entry, now, book)
        return and_then(first, tick(ChainMap(dict(first.changes), dict(entries)), first.changes.get(entry.name, entry), now, book))

    return ticked


hear_act, hear_act_on_all = _hearing(desk.hear_act), _hearing(excuses.hear_act_on_all)
hear_finding, hear_permit = _hearing(desk.hear_finding), _hearing(enrolment.hear_permit)
hear_refusal, hear_report = _hearing(desk.hear_refusal), _hearing(desk.hear_report)
hear_doubt, hear_case = desk.hear_doubt, desk.hear_case
tick, tick_excused = _ticking(deadline.tick), _ticking(excuses.tick_excused)
tick_tally, tick_ruled = _ticking(tally.tick_tally), _ticking(revision.tick)
