"""ESCALATION: group alerts, climb ladders, judge acts, address positions."""

from streams.pipeline.escalation.room import ESCALATION

__all__ = ["ESCALATION"]
