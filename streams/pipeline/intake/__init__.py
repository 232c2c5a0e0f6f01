"""INTAKE: decode what the outside said, admit it into the line."""

from streams.pipeline.intake.room import INTAKE

__all__ = ["INTAKE"]
