"""The edge of SENDERS: a slot for each attempt that begins, time that counts from before the commit, and no kind that waits for another."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from handlers.channel import Result
from handlers.sign import Seal
from schemas import codec
from schemas.delivery import Attempt, Receipt, ReceiptKind
from schemas.topics import ATTEMPTS
from streams.live.senders import Outlet, Way
from streams.live.turn import Committed
from streams.pipeline.line import Record
from streams.pipeline.senders import SENDERS
from tests.story import IN_FORCE, STAMP
from tests.unit.pipeline.test_delivery_driver import NOON, a_delivery

SECONDS = IN_FORCE.policy.delivery.retry("mail").send_seconds
STAMPED = tuple((name, value.encode()) for name, value in STAMP._asdict().items())


class Books:
    """The one policy; it counts how often it is asked."""

    asked = 0

    def in_force(self, record: Record):
        self.asked += 1
        return IN_FORCE


class Receiver:
    """A channel that answers when it is let."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.got: list[object] = []
        self.answer = Result(ReceiptKind.ACCEPTED)

    async def send(self, message: object) -> Result:
        self.got.append(message)
        await self.answers.wait()
        return self.answer

    async def close(self) -> None:
        return


class Office:
    """One outlet with everything around it: a clock that is set by hand, a receiver, and the receipts."""

    def __init__(self, slots: int, kind: str = "mail") -> None:
        self.now = 100.0
        self.receiver, self.books = Receiver(), Books()
        self.receipts: list[Receipt] = []
        seal = Seal(keys=(b"k",), page="https://x.example", domain="x.example", sender="s@x.example")
        way = Way(lambda attempt, links, date: attempt, self.receiver, slots)
        self.outlet = Outlet(kind, way, self.books, seal, say=self._say, elapsed=lambda: self.now)
        self.outlet.jobs = asyncio.Queue()
        self.hosting = self.outlet.hosting

    async def _say(self, record: Record, word: Receipt) -> None:
        self.receipts.append(word)

    async def commit(self, records: Sequence[Record]) -> None:
        """The transaction has come through, and the words of these records are handed over."""
        said = [Committed(None, record, NOON) for record in records]
        await self.hosting.after_commit(records, said)

    async def work(self) -> None:
        """Execute everything that was handed over, and wait for what comes of it."""
        jobs = [self.outlet.jobs.get_nowait() for _ in range(self.outlet.jobs.qsize())]

        async def handed():
            for job in jobs:
                yield job

        await self.outlet.take(handed())
        await self.outlet.close()


def attempts(count: int, channel: str = "mail", partition: int = 0) -> list[Record]:
    words = [Attempt(a_delivery(f"D-{n}", channel=channel), 1, NOON + 60_000) for n in range(count)]
    return [Record(ATTEMPTS.name, partition, n, NOON, b"", codec.encode(word), STAMPED) for n, word in enumerate(words)]


async def asked(office: Office, records: Sequence[Record]) -> int | None:
    """How many may begin; None when that has to be waited for."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            return await office.hosting.before_batch(records)
    return None


async def test_slots_are_reserved_when_they_are_found_free():
    """Four seats ask before any of them has committed: four slots are four attempts in all."""
    office = Office(slots=4)
    answers = [await asked(office, attempts(3, partition=p)) for p in range(4)]
    assert answers == [3, 1, None, None]


async def test_a_slot_that_was_reserved_for_nothing_is_given_back():
    """The transaction did not commit, or its seat closed before: somebody else will begin that attempt."""
    office, records = Office(slots=2), attempts(2)
    assert await asked(office, records) == 2
    await office.commit(records[:1])
    office.hosting.let_go(records)
    assert office.outlet.free == 1
    office.receiver.answers.set()
    await office.work()
    assert office.outlet.free == 2


async def test_whoever_waits_goes_on_when_a_slot_comes_free():
    office, records = Office(slots=1), attempts(2)
    assert await asked(office, records) == 1
    await office.commit(records[:1])
    office.hosting.let_go(records[:1])
    waiting = asyncio.create_task(office.hosting.before_batch(records[1:]))
    office.receiver.answers.set()
    await office.work()
    assert await waiting == 1


async def test_a_pause_after_the_commit_costs_the_attempt_its_time():
    """SIGSTOP, or a machine that sleeps, between commit and hand-over: by now DELIVERY may have let another begin."""
    office, records = Office(slots=2), attempts(2)
    await office.hosting.before_batch(records)
    office.now += SECONDS + 1
    await office.commit(records)
    await office.work()
    assert [receipt.kind for receipt in office.receipts] == [ReceiptKind.EXPIRED] * 2
    assert office.receiver.got == []


async def test_an_attempt_that_begins_too_late_by_the_brokers_clock_is_not_sent():
    office, records = Office(slots=1), attempts(1)
    await office.hosting.before_batch(records)
    await office.hosting.after_commit(records, [Committed(None, records[0], NOON + 60_001)])
    await office.work()
    assert [receipt.kind for receipt in office.receipts] == [ReceiptKind.EXPIRED]


async def test_only_as_many_are_decoded_as_there_are_slots():
    """Thousands wait behind a relay that is slow: decoding them all at each turn blocked the loop for seconds."""
    office = Office(slots=3)
    assert await asked(office, attempts(2_000)) == 3
    assert office.books.asked == 4


async def test_a_kind_whose_slots_are_taken_holds_up_no_other():
    """Each kind has seats of its own: every webhook receiver hangs, and mails begin."""
    hooks, mails = Office(slots=1, kind="webhook"), Office(slots=9)
    inbox = [record for pair in zip(attempts(3, "webhook"), attempts(3), strict=True) for record in pair]
    inbox = [record._replace(offset=n) for n, record in enumerate(inbox)]
    assert await asked(hooks, inbox) == 2
    assert await asked(hooks, inbox[2:]) is None
    assert await asked(mails, inbox) == 6
    assert mails.outlet.free == 6


def test_each_kind_answers_for_itself_alone():
    for channel, room in SENDERS.items():
        said = [room.step({}, attempts(1, each)[0], IN_FORCE).words for each in SENDERS]
        assert [len(words) for words in said] == [each == channel for each in SENDERS]


@pytest.mark.parametrize("value", [b"{", b"[" * 100_000, None], ids=["no word", "too deep", "nothing"])
async def test_what_cannot_be_read_takes_no_slot(value):
    """Its seat parks it."""
    office = Office(slots=1)
    assert await asked(office, [Record(ATTEMPTS.name, 0, 0, NOON, b"", value, STAMPED), *attempts(1)]) == 2
    assert office.outlet.free == 0


@pytest.mark.parametrize(
    ("answered", "level"),
    [(Result(ReceiptKind.ACCEPTED), "info"), (Result(ReceiptKind.FAILED, "451"), "warning")],
    ids=["accepted", "failed"],
)
async def test_an_operator_is_warned_of_what_did_not_get_through(answered, level):
    """Each attempt is one line of the log, and the level tells which ones to look at."""
    office = Office(slots=1)
    office.receiver.answer = answered
    office.receiver.answers.set()
    records = attempts(1)
    await asked(office, records)
    await office.commit(records)
    with capture_logs() as lines:
        await office.work()
    assert [(line["event"], line["log_level"], line["outcome"]) for line in lines] == [("senders.done", level, answered.kind)]


def test_what_is_no_attempt_at_all_is_parked_by_one_room_of_the_three():
    """It names no kind of endpoint: the first breaks on it, and the others leave it alone."""
    record = Record(ATTEMPTS.name, 0, 1, NOON, b"", b"\xff", STAMPED)
    broke = []
    for channel, room in SENDERS.items():
        try:
            assert room.step({}, record, IN_FORCE).words == ()
        except ValueError:
            broke.append(channel)
    assert broke == ["mail"]
