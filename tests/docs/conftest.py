"""A real Kafka for what the documents tell their readers to run."""

from tests.live.conftest import bootstrap, settings

__all__ = ["bootstrap", "settings"]
