"""What every test may ask for. No magic: a fixture gives what its name says, and nothing is patched."""

import pytest
from hypothesis import HealthCheck, settings

from tests.story import IN_FORCE, POLICY, ROSTER, Chain, Shift, World

# The same examples in every run and on every machine: a red test is red for everybody. `pytest --hypothesis-profile=search` looks further.
settings.register_profile(
    "house", derandomize=True, max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def tell() -> Shift:
    """A shift at the desk: Morowali, 24 December 2023, no inspection publishes what it receives."""
    return Shift()


@pytest.fixture
def connected() -> Shift:
    """The same, where the labour inspection publishes the accident reports that it receives."""
    return Shift(connected=True)


@pytest.fixture
def chain() -> Chain:
    return Chain()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def policy():
    return POLICY


@pytest.fixture
def roster():
    return ROSTER


@pytest.fixture
def in_force():
    return IN_FORCE
