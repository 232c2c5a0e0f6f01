"""Overdue: the duties of a firm in; which of its reports were due, were never received, and may still be handed in, out (R15)."""

from collections.abc import Mapping

from streams.pipeline.line import Entry
from streams.pipeline.surveillance.reporting.memory import Duty, Holding, holding_name
from streams.pipeline.surveillance.reporting.sanctions import Outcome
from streams.pipeline.surveillance.reporting.tally import COLUMN


def overdue(entries: Mapping[str, Entry], subject: str) -> tuple[str, ...]:
    """`<obligation>/<day>/<permit>` of each, in order, as the deadlines have been told; what is undecided or excused is none."""
    holding = entries.get(holding_name(subject))
    duties = (entries.get(name) for name in holding.duties) if isinstance(holding, Holding) else ()
    absent = COLUMN[Outcome.MISSED]
    found = (f"{d.obligation}/{c.day}/{d.permit}" for d in duties if isinstance(d, Duty) for c in d.counted if c.column == absent)
    return tuple(sorted(found))
