"""Sources: what the desk must know of a publishing system, and what a firm's ledger must remember of what could not be read."""

from streams.pipeline.surveillance.source.desk import Doubtful, doubt, refused, tick, tick_doubts

__all__ = ["Doubtful", "doubt", "refused", "tick", "tick_doubts"]
