"""Sources: what the desk must know of a publishing system."""

from streams.pipeline.surveillance.source.desk import refused, tick

__all__ = ["refused", "tick"]
