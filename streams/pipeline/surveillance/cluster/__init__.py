"""Clusters: what health services say of cases, correlated by plant and by estate, graded and timed; and what was done (R6 to R10, R19)."""

from streams.pipeline.surveillance.cluster.desk import hear_case, hear_response, tick, tick_responses
from streams.pipeline.surveillance.cluster.estate import hear as hear_in_estate
from streams.pipeline.surveillance.cluster.estate import tick as tick_outbreak
from streams.pipeline.surveillance.cluster.estate import tick_firm
from streams.pipeline.surveillance.cluster.known import tick_known
from streams.pipeline.surveillance.cluster.notices import tick_case

__all__ = [
    "hear_case",
    "hear_in_estate",
    "hear_response",
    "tick",
    "tick_case",
    "tick_firm",
    "tick_known",
    "tick_outbreak",
    "tick_responses",
]
