"""Reporting: what firms owe at each deadline, what became of it, and what is proposed to officials (R1 to R4)."""

from streams.pipeline.surveillance.reporting.deadline import tick
from streams.pipeline.surveillance.reporting.desk import (
    hear_act,
    hear_act_on_all,
    hear_doubt,
    hear_finding,
    hear_permit,
    hear_refusal,
    hear_report,
    tick_excused,
)
from streams.pipeline.surveillance.reporting.tally import tick_tally

__all__ = [
    "hear_act",
    "hear_act_on_all",
    "hear_doubt",
    "hear_finding",
    "hear_permit",
    "hear_refusal",
    "hear_report",
    "tick",
    "tick_excused",
    "tick_tally",
]
