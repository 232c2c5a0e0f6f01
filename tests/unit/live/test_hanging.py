"""How long a seat that opens asks Kafka how its transaction stands."""

import pytest
from aiokafka.errors import IncompatibleBrokerVersion, KafkaConnectionError, LeaderNotAvailableError, NodeNotReadyError

from streams.live import hanging


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hanging, "_PAUSE_SECONDS", 0)


class Kafka:
    """Fails so often in one way, then answers."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.asked = error, times, 0

    async def __call__(self) -> str:
        self.asked += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "answer"


@pytest.mark.parametrize("error", [KafkaConnectionError(), NodeNotReadyError()], ids=repr)
async def test_while_nobody_can_be_reached_it_goes_on_asking(error):
    """The pulse ends the process when that has lasted for longer than the patience of its settings."""
    assert await hanging._insist(Kafka(error, 10 * hanging._TRIES)) == "answer"


async def test_a_broker_that_answers_with_an_error_is_asked_so_often():
    kafka = Kafka(LeaderNotAvailableError(), 10 * hanging._TRIES)
    with pytest.raises(LeaderNotAvailableError):
        await hanging._insist(kafka)
    assert kafka.asked == hanging._TRIES


async def test_a_kafka_that_cannot_say_is_asked_once():
    kafka = Kafka(IncompatibleBrokerVersion(), 1)
    with pytest.raises(IncompatibleBrokerVersion):
        await hanging._insist(kafka)
    assert kafka.asked == 1
