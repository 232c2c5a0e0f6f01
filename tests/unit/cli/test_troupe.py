"""What the demo starts is watched: nobody goes on playing on a Kafka that is dead."""

import asyncio

import pytest

from streams.cli.hall.say import NO, Stop
from streams.cli.stage.troupe import Workers
from streams.live.broker import BrokerDied


async def test_a_kafka_that_dies_ends_the_story_in_its_own_words(tmp_path):
    """Not after the two minutes for which a story waits for its line."""

    def check() -> None:
        raise BrokerDied("Apache Kafka ended by itself with code -9")

    with pytest.raises(Stop) as stopped:
        await Workers({}, tmp_path, check, count=0).while_they_work(asyncio.sleep(60))
    assert (stopped.value.words, stopped.value.code) == ("Apache Kafka ended by itself with code -9", NO)
