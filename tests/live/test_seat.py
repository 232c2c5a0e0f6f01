"""The seat: everything once, nothing before it is committed, and words when it must stop."""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NoReturn

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import IllegalOperation, ProducerFenced
from aiokafka.structs import TopicPartition

from schemas.codec import decode, encode
from schemas.ledger import Parked, Progress, Tick
from schemas.topics import PARKED, PROGRESS, Topic, changelog
from streams.live import kafka, seat
from streams.live.seat import Hosting
from streams.live.seats import Seats
from streams.live.settings import Settings
from streams.live.turn import OFFSET
from streams.pipeline.answer import POSTPONED_MS
from streams.pipeline.line import NotInstalledError, Record, Room
from streams.replay.dry_run import Desk, Hosted
from tests.live.counting import INBOX, OUT, ROOM, Count

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

TOPICS = (INBOX, OUT, changelog(ROOM.name, INBOX), PROGRESS, PARKED)
HOSTING = Hosting(ROOM, lambda record: None)


class Ended(Exception):
    """The process would have ended with these words."""


def end(words: str) -> NoReturn:
    """Stand in for the end of the process."""
    raise Ended(words)


@pytest.fixture
async def topics(settings: Settings) -> Settings:
    """The topics of the counting room."""
    assert (await kafka.apply(settings, TOPICS, audit_days=1)).differences == ()
    return settings


@asynccontextmanager
async def held(settings: Settings, hosting: Hosting = HOSTING) -> AsyncIterator[Seats]:
    """Seats that hold every partition while the block runs."""
    seats = Seats(settings, hosting, INBOX, release="test")
    running = asyncio.create_task(seats.run())
    try:
        await until(lambda: len(seats.held) == INBOX.partitions)
        yield seats
    finally:
        seats.stop()
        await running


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; twenty seconds are enough for anything here."""
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.02)


async def publish(settings: Settings, rows: Sequence[tuple[str, bytes]], partition: int = 0) -> None:
    """Write to the counting room's inbox."""
    async with kafka.publisher(settings) as producer:
        sent = [await producer.send(settings.prefix + INBOX.name, value, key=key.encode(), partition=partition) for key, value in rows]
        await asyncio.gather(*sent)


async def publish_tick(settings: Settings, number: int, at: int) -> None:
    """Write a tick to partition 0."""
    async with kafka.publisher(settings) as producer:
        headers = [("word", b"tick")]
        await producer.send_and_wait(settings.prefix + INBOX.name, encode(Tick(number, at, 0, 0)), partition=0, headers=headers)


async def words(settings: Settings, topic: Topic = OUT) -> list[tuple[Record, Any]]:
    """Everything said to a topic."""
    return [(record, decode(record.value)) async for record in kafka.read(settings, topic)]


async def heard(settings: Settings, count: int, topic: Topic = OUT) -> list[tuple[Record, Any]]:
    """Everything said to a topic, once it is at least `count` words."""
    async with asyncio.timeout(20):
        while len(said := await words(settings, topic)) < count:
            await asyncio.sleep(0.05)
    return said


def signatures(said: Sequence[tuple[Record, object]]) -> Counter[tuple[str, str, str]]:
    """How often each (by, cause, n) occurs."""
    return Counter((record.header("by"), record.header("cause"), record.header("n")) for record, _ in said)


async def test_every_record_is_answered_once(topics: Settings) -> None:
    """Each record leads to its words, once, signed with where they come from."""
    async with held(topics):
        await publish(topics, [(f"k{n % 7}", b"") for n in range(5000)])
        said = await heard(topics, 5000)
    assert len(said) == 5000
    assert set(signatures(said).values()) == {1}
    first = next(record for record, _ in said if record.header("cause") == "counting-inbox/0/0")
    assert {name for name, _ in first.headers} == {"word", "by", "cause", "n", "policy", "roster", "release"}
    assert (first.header("by"), first.header("policy"), first.header("release")) == ("counting/0", "p1", "test")


async def test_memory_comes_back(topics: Settings) -> None:
    """A seat that was closed goes on where it stopped, with what it knew."""
    async with held(topics):
        await publish(topics, [("a", b""), ("a", b""), ("b", b"90"), ("c", b""), ("c", b"close")])
        await heard(topics, 4)
    async with held(topics) as seats:
        assert seats.held[0].memory == {"a": Count(2), "b": Count(1, 90)}
        assert seats.held[0].next >= 5
        await publish(topics, [("a", b"")])
        said = await heard(topics, 5)
    assert [word.tick for record, word in said if record.key == b"a"] == [1, 2, 3]


async def test_a_tick_reaches_what_is_due_in_order_and_in_parts(topics: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only due entries are stepped, by instant and name; a long sweep takes several transactions, none of them twice."""
    monkeypatch.setattr(seat, "MOST_SWEPT", 10)
    rows = [(f"k{n:03}", b"%d" % (1000 - n // 2)) for n in range(100)]
    async with held(topics):
        await publish(topics, [*rows, ("later", b"5000"), ("never", b"")])
        await heard(topics, 102)
        await publish_tick(topics, 1, at=990)
        said = await heard(topics, 102 + 80)
        await publish_tick(topics, 2, at=990)
        progress = [word async for word in told(topics) if word.partition == 0]
    rung = [record for record, word in said if word.tick == -1]
    due = sorted((1000 - n // 2, f"k{n:03}") for n in range(100))
    expected = [key for at, key in due if at <= 990]
    by_offset = sorted(rung, key=lambda record: int(record.header("cause").split("/")[2]))
    assert sorted(record.key.decode() for record in by_offset) == sorted(expected)
    for number in range(OUT.partitions):
        here = [record.key.decode() for record in rung if record.partition == number]
        assert here == [key for key in expected if key in set(here)]
    assert {record.header("cause").split("/")[3] for record in rung} == set(expected)
    assert set(signatures(said).values()) == {1}
    assert [(word.tick, word.due_at) for word in progress] == [(-1, None), (-1, 951), (1, 991), (2, 991)]


async def told(settings: Settings) -> AsyncIterator[Progress]:
    """What seats told CLOCK, once the second tick is told."""
    async with asyncio.timeout(20):
        while 2 not in {word.tick for _, word in await words(settings, PROGRESS)}:
            await asyncio.sleep(0.05)
    for _, word in await words(settings, PROGRESS):
        yield word


async def test_a_key_that_breaks_is_parked_alone(topics: Settings) -> None:
    """The line goes on; what broke is named by its place, and nothing of the record is told."""
    async with held(topics) as seats:
        await publish(topics, [("a", b""), ("a", b"break"), ("breaks-on-tick", b"10"), ("b", b"10")])
        await publish_tick(topics, 1, at=10)
        await publish(topics, [("a", b"")])
        said = await heard(topics, 5)
        parked = await heard(topics, 2, PARKED)
        assert seats.held[0].memory["breaks-on-tick"] == Count(1, 10)
        assert len(seats.held[0].memory) == 3
    assert sorted((record.key, word.tick) for record, word in said) == [(b"a", 1), (b"a", 2), (b"b", -1), (b"b", 1), (b"breaks-on-tick", 1)]
    assert {word.key for _, word in parked} == {"a", "breaks-on-tick"}
    for _, word in parked:
        assert isinstance(word, Parked)
        assert word.error.startswith("ZeroDivisionError at counting.py:")
        assert "secret" not in word.error


async def test_a_tick_that_breaks_comes_again(topics: Settings) -> None:
    """Not forgotten and not hot: an hour later, and over a restart too."""
    async with held(topics):
        await publish(topics, [("breaks-on-tick", b"10")])
        await publish_tick(topics, 1, at=10)
        await heard(topics, 1, PARKED)
        await publish_tick(topics, 2, at=11)
    async with held(topics):
        reported = [word.due_at for _, word in await words(topics, PROGRESS) if word.partition == 0]
        assert reported[-1] == 10 + POSTPONED_MS
        await publish_tick(topics, 3, at=10 + POSTPONED_MS)
        parked = await heard(topics, 2, PARKED)
    assert [record.header("cause").rpartition("/")[2] for record, _ in parked] == ["breaks-on-tick"] * 2


async def test_an_entry_that_no_broker_takes_is_parked_and_the_line_goes_on(topics: Settings) -> None:
    """The record that made it too large is set aside; the entry stays as it was."""
    async with held(topics) as seats:
        await publish(topics, [("a", b""), ("a", b"grow"), ("a", b"")])
        said = await heard(topics, 2)
        parked = await heard(topics, 1, PARKED)
        assert seats.held[0].memory == {"a": Count(2)}
    assert [word.tick for _, word in said] == [1, 2]
    assert [word.error.split()[0] for _, word in parked] == ["TooLargeError"]


async def test_a_seat_and_a_desk_say_the_same(topics: Settings) -> None:
    """What a seat wrote, a desk in memory writes again from the inbox: to the byte, headers too."""
    rows = [(f"k{n % 5}", b"%d" % (10 * n)) for n in range(20)]
    async with held(topics):
        await publish(topics, [*rows, ("a", b"break"), ("breaks-on-tick", b"15"), ("a", b"grow")])
        await publish_tick(topics, 1, at=170)
        await publish(topics, [("k1", b"")])
        await heard(topics, 22 + 3)
        await heard(topics, 3, PARKED)
    desk = Desk(Hosted(ROOM, lambda record: None), INBOX, 0, "test")
    again = [row async for record in kafka.read(topics, INBOX, partition=0) for row in desk.answer(record)]
    for topic in (OUT, PARKED):
        for partition in range(topic.partitions):
            written = [(r.key, r.value, list(r.headers)) async for r in kafka.read(topics, topic, partition=partition)]
            assert written == [(key, value, headers) for t, p, key, value, headers in again if (t, p) == (topic, partition)]


async def test_a_missing_revision_ends_the_worker_with_its_name(topics: Settings) -> None:
    """Parked, the record would be gone; as it is, it waits for a worker that can decide it."""

    def nowhere(record: Record) -> None:
        raise NotInstalledError("revision 2031-01-01.1 is not installed")

    await publish(topics, [("a", b"")])
    with pytest.raises(Ended, match=r"revision 2031-01-01\.1 is not installed"):
        await ended(topics, HOSTING._replace(policy_of=nowhere))
    assert await words(topics, PARKED) == []


async def test_closing_waits_for_no_backlog(topics: Settings) -> None:
    """A seat ends between two transactions, however many records it has taken."""
    slow = Room(ROOM.name, ROOM.inboxes, lambda *given: time.sleep(0.02) or ROOM.step(*given), ROOM.pack, ROOM.unpack)
    await publish(topics, [(f"k{n % 7}", b"") for n in range(2_000)])
    async with held(topics, HOSTING._replace(room=slow)):
        await heard(topics, 1)
        begun = time.monotonic()
    assert time.monotonic() - begun < 8
    async with held(topics) as seats:
        await until(lambda: sum(count.times for count in seats.held[0].memory.values()) == 2_000)
        assert set(signatures(await words(topics)).values()) == {1}


async def test_closing_does_not_wait_for_a_sweep(topics: Settings) -> None:
    """What the tick has not been to, it comes to when the seat is opened again; and to nothing twice."""
    slow = Room(ROOM.name, ROOM.inboxes, lambda *given: time.sleep(0.01) or ROOM.step(*given), ROOM.pack, ROOM.unpack)
    async with held(topics):
        await publish(topics, [(f"k{n}", b"5") for n in range(1_500)])
        await heard(topics, 1_500)
    async with held(topics, HOSTING._replace(room=slow)):
        await publish_tick(topics, 1, at=5)
        await heard(topics, 1_501)
        begun = time.monotonic()
    assert time.monotonic() - begun < 6
    assert len(await words(topics)) < 3_000
    async with held(topics):
        said = await heard(topics, 3_000)
    assert set(signatures(said).values()) == {1}


async def test_a_slow_room_leaves_the_loop_its_turns(topics: Settings) -> None:
    """Every fiftieth of a second or so, whatever a record costs: heartbeats and other seats wait for the loop."""
    slow = Room(ROOM.name, ROOM.inboxes, lambda *given: time.sleep(0.02) or ROOM.step(*given), ROOM.pack, ROOM.unpack)
    await publish(topics, [("a", b"")] * 100)
    async with held(topics, HOSTING._replace(room=slow)) as seats:
        longest, last = 0.0, time.monotonic()
        while seats.held[0].memory.get("a", Count(0)).times < 100:
            await asyncio.sleep(0)
            now = time.monotonic()
            longest, last = max(longest, now - last), now
    assert longest < 0.4


async def places(settings: Settings) -> list[int]:
    """The places in the inbox that seat 0 has committed."""
    kept_in = changelog(ROOM.name, INBOX)
    return [int(record.value) async for record in kafka.read(settings, kept_in, partition=0) if record.key == OFFSET.encode()]


async def test_records_that_lead_to_nothing_need_no_transaction_of_their_own(topics: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """They go with the next one that is worth it, or when the seat has been idle for a while."""
    monkeypatch.setattr(seat, "_SETTLE_SECONDS", 3.0)
    async with held(topics) as seats:
        for count in range(1, 4):
            await publish(topics, [("a", b"nothing")])
            await until(lambda count=count: seats.held[0].next >= count)
        assert await places(topics) == [0]
        await publish(topics, [("a", b"")])
        await heard(topics, 1)
        await publish(topics, [("a", b"nothing")])
        await until(lambda: seats.held[0].next == 5)
        assert await places(topics) == [0, 4]
        async with asyncio.timeout(20):
            while (await places(topics))[-1] != 5:
                await asyncio.sleep(0.2)
        assert await lag_seen_by_others(topics) == 5
    async with held(topics) as seats:
        assert (seats.held[0].next, seats.held[0].memory) == (5, {"a": Count(1)})


async def lag_seen_by_others(settings: Settings) -> int:
    """The group's own offset, which tools that watch lag go by."""
    watcher = AIOKafkaConsumer(**settings.kafka_options(), group_id=f"{settings.prefix}siaga.{ROOM.name}.{INBOX.name}")
    await watcher.start()
    try:
        return await watcher.committed(TopicPartition(settings.prefix + INBOX.name, 0))
    finally:
        await watcher.stop()


async def test_under_load_records_come_together(topics: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is answered at once; those that follow closely share a transaction."""
    monkeypatch.setattr(seat, "_GATHER_SECONDS", (2.0, 2.0))
    async with held(topics):
        await asyncio.sleep(2.1)
        for _ in range(8):
            await publish(topics, [("a", b"")])
        await heard(topics, 8)
        assert await places(topics) == [0, 1, 8]


async def test_commit_markers_are_no_gap(topics: Settings) -> None:
    """Where upstreams' markers adjoin, one client asks whether anything was deleted: not a new one for each."""
    upstreams = [AIOKafkaProducer(**topics.kafka_options(), transactional_id=f"{topics.prefix}upstream{n}") for n in range(2)]
    for upstream in upstreams:
        await upstream.start()
    askers: list[AIOKafkaConsumer | None] = []
    async with held(topics) as seats:
        for round_ in range(1, 5):
            for upstream in upstreams:
                await upstream.begin_transaction()
                await upstream.send_and_wait(topics.prefix + INBOX.name, b"", key=b"a", partition=0)
            for upstream in upstreams:
                await upstream.commit_transaction()
            await heard(topics, 2 * round_)
            askers.append(seats._asker)
    for upstream in upstreams:
        await upstream.stop()
    assert askers[0] is None, "the first two follow nothing"
    assert askers[1] is not None
    assert len(set(askers[1:])) == 1


async def test_a_tick_that_is_none_is_parked(topics: Settings) -> None:
    """A record that calls itself a tick and does not decode cannot stop the line."""
    async with held(topics), kafka.publisher(topics) as producer:
        await producer.send_and_wait(topics.prefix + INBOX.name, b"{", partition=0, headers=[("word", b"tick")])
        await publish(topics, [("a", b"")])
        assert len(await heard(topics, 1)) == 1
        assert len(await heard(topics, 1, PARKED)) == 1


async def test_what_upstream_took_back_is_never_seen(topics: Settings) -> None:
    """Records of an aborted transaction do not reach the room."""
    upstream = AIOKafkaProducer(**topics.kafka_options(), transactional_id=f"{topics.prefix}upstream")
    await upstream.start()
    for word, end_of in ((b"", upstream.abort_transaction), (b"", upstream.commit_transaction)):
        await upstream.begin_transaction()
        for n in range(3):
            await upstream.send_and_wait(topics.prefix + INBOX.name, word, key=b"k%d" % n, partition=0)
        await end_of()
    await upstream.stop()
    async with held(topics) as seats:
        said = await heard(topics, 3)
        assert seats.held[0].memory == {f"k{n}": Count(1) for n in range(3)}
    assert [word.tick for _, word in said] == [1, 1, 1]


async def test_memory_does_not_change_before_the_commit(topics: Settings) -> None:
    """A seat that is fenced in the middle of its work keeps nothing of it, and joins again."""
    async with held(topics) as seats:
        await publish(topics, [("a", b"")])
        await heard(topics, 1)
        old = seats.held[0]
        usurper = AIOKafkaProducer(**topics.kafka_options(), transactional_id=f"{topics.prefix}siaga.counting.{INBOX.name}.0")
        await usurper.start()
        await usurper.stop()
        await publish(topics, [("a", b"")])
        said = await heard(topics, 2)
        assert old.memory == {"a": Count(1)}
        await until(lambda: 0 in seats.held and seats.held[0].entries == 1 and seats.held[0].memory == {"a": Count(2)})
    assert [word.tick for _, word in said] == [1, 2]


async def test_the_errors_of_a_fenced_producer_are_looked_at(topics: Settings) -> None:
    """Otherwise Python complains when their memory is collected: in the middle of whatever is being done then."""
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context["message"]))
    fenced, usurper = (AIOKafkaProducer(**topics.kafka_options(), transactional_id=f"{topics.prefix}fenced") for _ in range(2))
    await fenced.start()
    with suppress(ProducerFenced, IllegalOperation):
        async with fenced.transaction():
            await usurper.start()
            for partition in (0, 1, 2, 3, 0, 1, 2, 3):
                batch = fenced.create_batch()
                batch.append(key=b"k", value=b"v", timestamp=0)
                batch.close()
                sent = await fenced.send_batch(batch, topics.prefix + OUT.name, partition=partition)
                sent.add_done_callback(lambda future: future.cancelled() or future.exception())
    seat._hush(fenced)
    await asyncio.gather(fenced.stop(), usurper.stop())
    del fenced, batch, sent
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []


async def test_an_offset_that_retention_took_stops_the_worker(topics: Settings) -> None:
    """Records deleted unread are a loss, and nobody goes on as if nothing was."""
    async with held(topics):
        await publish(topics, [("a", b"")])
        await heard(topics, 1)
    await publish(topics, [("a", b"")] * 20)
    admin = AIOKafkaAdminClient(**topics.kafka_options())
    await admin.start()
    await admin.delete_records({TopicPartition(topics.prefix + INBOX.name, 0): RecordsToDelete(before_offset=15)})
    await admin.close()
    with pytest.raises(Ended, match=r"offset \d+ is not in the log, which goes from 15"):
        await ended(topics)


async def test_memory_without_an_offset_stops_the_worker(topics: Settings) -> None:
    """Whoever wrote there, the seat cannot know how far that memory had come."""
    async with kafka.publisher(topics) as producer:
        await producer.send_and_wait(topics.prefix + changelog(ROOM.name, INBOX).name, ROOM.pack(Count(1)), key=b"a", partition=0)
    with pytest.raises(Ended, match="memory without an offset"):
        await ended(topics)


async def ended(settings: Settings, hosting: Hosting = HOSTING) -> None:
    """Run seats until they stop the process, and raise what they said."""
    said: list[str] = []

    def note(words: str) -> NoReturn:
        said.append(words)
        seats.stop()
        raise Ended(words)

    seats = Seats(settings, hosting, INBOX, end=note)
    async with asyncio.timeout(20):
        try:
            await seats.run()
        finally:
            if said:
                raise Ended(said[0])


@pytest.mark.parametrize(
    ("partitions", "stamp", "words"),
    [
        pytest.param(3, "LogAppendTime", "has 3 partitions, declared are 2", id="another partition count than declared"),
        pytest.param(2, "CreateTime", "keeps CreateTime, not LogAppendTime", id="a topic with its publishers' clocks"),
    ],
)
async def test_a_wrong_topic_stops_the_worker(settings: Settings, partitions: int, stamp: str, words: str) -> None:
    """Counts and append time are relied upon everywhere."""
    admin = AIOKafkaAdminClient(**settings.kafka_options())
    await admin.start()
    await admin.create_topics([NewTopic(settings.prefix + INBOX.name, partitions, 1, topic_configs={"message.timestamp.type": stamp})])
    await admin.close()
    assert words in " ".join((await kafka.apply(settings, TOPICS, audit_days=1)).differences)
    with pytest.raises(Ended, match=words):
        await ended(settings)


async def test_hooks_see_records_before_and_words_after(topics: Settings) -> None:
    """The hook before may take fewer; the hook after has the words with the broker's own times."""
    batches: list[tuple[int, list[int]]] = []

    async def two_at_most(records: Sequence[Record]) -> int | None:
        return min(2, len(records))

    async def note(records: Sequence[Record], committed: Sequence[seat.Committed]) -> None:
        if records:
            batches.append((len(records), [word.appended_at for word in committed]))

    after: Callable[..., Awaitable[None]] = note
    await publish(topics, [("a", b"")] * 5)
    async with held(topics, HOSTING._replace(before_batch=two_at_most, after_commit=after)):
        said = await heard(topics, 5)
        await until(lambda: len(batches) == 3)
    assert [count for count, _ in batches] == [2, 2, 1]
    assert [at for _, times in batches for at in times] == [record.timestamp for record, _ in said]


async def test_a_hook_that_waits_does_not_hold_up_the_end(topics: Settings) -> None:
    """Senders wait for free slots in the hook; closing must not wait for them."""

    async def never(records: Sequence[Record]) -> int | None:
        await asyncio.Event().wait()
        return None

    await publish(topics, [("a", b"")])
    async with asyncio.timeout(10), held(topics, HOSTING._replace(before_batch=never)):
        await asyncio.sleep(0.5)
    assert await words(topics) == []
