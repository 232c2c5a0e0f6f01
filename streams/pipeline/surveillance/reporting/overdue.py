"""Overdue: the memory of a firm in; how many of its obligations have a period that is over and for which nothing has come, out (R15)."""

from collections.abc import Mapping

from streams.pipeline.line import Entry
from streams.pipeline.surveillance.reporting.memory import Duty, Holding, holding_name
from streams.pipeline.surveillance.reporting.tally import ABSENT


def overdue(entries: Mapping[str, Entry], subject: str) -> int:
    """Of a firm, as far as proven ticks have decided; what an officer has waived is not owed."""
    holding = entries.get(holding_name(subject)) or Holding(subject)
    return sum(1 for name in holding.duties if (duty := entries.get(name)) is not None and _is_overdue(duty))


def _is_overdue(duty: Duty) -> bool:
    absent = {counted.day for counted in duty.counted if counted.column == ABSENT}
    answered = {submission.day for submission in duty.submissions}
    waived = {ruling.day for ruling in duty.rulings if ruling.act == "waive"}
    return bool(absent - answered - waived)
