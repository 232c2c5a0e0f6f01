"""Incidents: what each party says of a smelter incident, correlated, graded, and timed (R11, R12, R13)."""

from streams.pipeline.surveillance.incident.desk import hear, tick

__all__ = ["hear", "tick"]
