"""Excuses: a period that officers excuse for everybody in; every duty of the obligation is asked again (G2)."""

from collections.abc import Mapping

from msgspec.structs import replace

from schemas.escalation import AdmittedAct
from schemas.ledger import Tick
from schemas.obligations import LOOK_BACK_DAYS
from streams.pipeline.calendar import due_at
from streams.pipeline.entitled import refused
from streams.pipeline.line import NOTHING, Due, Entry, Step
from streams.pipeline.surveillance.reporting.memory import (
    NEVER,
    Duty,
    Excused,
    excused_name,
)
from streams.pipeline.surveillance.reporting.outcome import DAY_MS, is_over
from streams.pipeline.surveillance.reporting.restate import due_of
from streams.pipeline.surveillance.rulebook import Rulebook


def hear_act_on_all(entries: Mapping[str, Entry], act: AdmittedAct, book: Rulebook) -> Step:
    """A period excused for everybody: every duty of the obligation is asked again (G2)."""
    if act.act != "excuse" or refused(act, book.policy, book.roster):
        return NOTHING
    excused = entries.get(excused_name(act.obligation)) or Excused(act.obligation)
    periods = dict(excused.periods)
    at = min(periods.get(act.period, act.at), act.at)
    if periods.get(act.period) == at:
        return NOTHING
    after = replace(excused, periods=tuple(sorted({**periods, act.period: at}.items())))
    duties = {name: entry for name, entry in entries.items() if isinstance(entry, Duty) and entry.obligation == act.obligation}
    due = {name: due_of(duty, book)._replace(at=at) for name, duty in duties.items()}
    return Step({after.name: after, **duties}, due={after.name: _excused_until(after, book), **due})


def tick_excused(entries: Mapping[str, Entry], excused: Excused, now: Tick, book: Rulebook) -> Step:
    """What is old, and has been decided of everybody, is forgotten; a source may be silent for months."""
    days = (book.policy.deadlines.lateness_days + LOOK_BACK_DAYS) * DAY_MS
    duties = (entry for entry in entries.values() if isinstance(entry, Duty) and entry.obligation == excused.obligation)
    decided = min((duty.decided_through for duty in duties if duty.enrolled_at != NEVER and not is_over(duty)), default=now.at)
    kept = tuple((day, at) for day, at in excused.periods if max(due_at(day), at) + days > now.at or due_at(day) > decided)
    if not kept:
        return Step({excused.name: None})
    left = replace(excused, periods=kept)
    due = _excused_until(left, book).at or 0
    return Step({left.name: left}, due={left.name: Due(at=due if due > now.at else now.at + DAY_MS)})


def _excused_until(excused: Excused, book: Rulebook) -> Due:
    days = (book.policy.deadlines.lateness_days + LOOK_BACK_DAYS) * DAY_MS
    return Due(at=min(max(due_at(day), at) + days for day, at in excused.periods))
