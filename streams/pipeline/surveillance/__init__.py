"""SURVEILLANCE: correlate facts into pictures, decide by policy, and keep alerts."""

from streams.pipeline.surveillance.room import SURVEILLANCE

__all__ = ["SURVEILLANCE"]
