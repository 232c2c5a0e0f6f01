"""A real Kafka for the folder, and a prefix of its own for each test."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.live.broker import Broker
from streams.live.settings import Settings

_numbers = itertools.count()


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The user's own Kafka when SIAGA_KAFKA names one, else the embedded one."""
    if named := os.environ.get("SIAGA_KAFKA"):
        yield named
        return
    with Broker(Path(tmp_path_factory.mktemp("kafka"))) as broker:
        yield broker.bootstrap


@pytest.fixture
def settings(bootstrap: str, tmp_path: Path) -> Settings:
    """Settings under a prefix that no other test has."""
    return Settings.load(kafka=bootstrap, prefix=f"exercise.{os.getpid()}.{next(_numbers)}.", state=tmp_path)
