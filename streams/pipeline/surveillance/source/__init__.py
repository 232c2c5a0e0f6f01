"""Sources: what the desk must know of a publishing system."""

from streams.pipeline.surveillance.source import heartbeat, returns, vouching
from streams.pipeline.surveillance.source.desk import connected, refused, tick

__all__ = ["connected", "heartbeat", "refused", "returns", "tick", "vouching"]
