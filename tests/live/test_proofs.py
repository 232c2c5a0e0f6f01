"""Twenty deadlines on a real Kafka, one after the other, each with something wrong upstream: nobody is wrongly accused, and all is verified."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiokafka import AIOKafkaProducer

from schemas import codec
from schemas.ids import STORY
from schemas.intake import SourceWatermark
from schemas.ledger import Parked, Tick
from schemas.registry import Activate, EstateEntry, FirmEntry, PermitEntry, RegionEntry, SourceEntry
from schemas.reports import ReportSubmission
from schemas.surveillance import Alert
from schemas.topics import ESCALATION_INBOX, INTAKE_TOPICS, LEDGER, PARKED, REGISTRY, REPORTS
from schemas.word import format_time
from streams.live import kafka
from streams.live.settings import Settings
from tests import truth, verify_proof
from tests.circulars import DAY, GRACE, HOUR, due_at, due_days, opens_at
from tests.live.night import Night, night
from tests.story import POLICY, ROSTER
from tests.trials import SIINAS, cloud
from tests.truth import Fact

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

DAYS = [day for day in due_days() if day >= date(2021, 8, 3)][:20]
FAULTS = ("a transaction is held open", "one partition lacks the source's watermark", "the source says nothing")
LIVES = ("absent", "early", "early twice", "refused", "late", "at the last moment")


class Sent(NamedTuple):
    """A report, and the partition it is published in."""

    fact: Fact
    value: bytes
    partition: int


class Upstream:
    """Everybody who publishes, and what is so."""

    def __init__(self, running: Night, producer: AIOKafkaProducer) -> None:
        self.running, self.producer, self.prefix = running, producer, running.settings.prefix
        self.facts: list[Fact] = []
        self.chance = random.Random(20210803)

    async def register(self) -> None:
        """Everybody, before the first deadline opens; each permit holds for one period."""
        starts = opens_at(DAYS[0]) - HOUR
        active = {"policy": POLICY.revision, "roster": ROSTER.revision, "effective_from": "2019-01-01T00:00:00Z", "by": "dir-perwilayahan"}
        await self._enters(Activate, "activate", **active)
        await self._enters(RegionEntry, "72.06", name="Morowali", province="Sulawesi Tengah", zone="Asia/Makassar")
        await self._enters(EstateEntry, "imip", name="IMIP", regency="72.06")
        await self._enters(SourceEntry, SIINAS, owner="Pusdatin", trusted_times=True)
        for day in DAYS:
            for life in range(len(LIVES)):
                firm, permit = self._who(day, life)
                await self._enters(FirmEntry, firm, name=f"PT {firm}", estate="imip")
                held = {"firm": firm, "holder": "industrial_firm", "obligations": ["iomki"], "state": "active"}
                await self._enters(PermitEntry, permit, since=opens_at(day), **held)
                await self._enters(PermitEntry, permit, since=due_at(day) + HOUR, ended=True, **held)
                self.facts.append(Fact("owes", firm, permit, day))
        await self.marks(STORY, starts)

    def _who(self, day: date, life: int) -> tuple[str, str]:
        return f"f-{day}-{life}", f"P-{day}-{life}"

    async def _enters(self, kind: type, id: str, since: int = 0, **fields: Any) -> None:
        data = fields if kind is Activate else {"id": id, "valid_from": format_time(since), **fields}
        value = cloud(kind.type, f"{id}/{since}", data | {"exercise": True}, opens_at(DAYS[0]) - HOUR)
        await self.producer.send(self.prefix + REGISTRY.name, value, partition=0)

    async def marks(self, source: str, through: int, *, without: int = -1) -> None:
        """A source, or the story itself, in every partition of its topics."""
        topics = INTAKE_TOPICS if source == STORY else (REPORTS,)
        value = cloud(SourceWatermark.type, f"{source}/{through}", {"complete_through": format_time(through)}, source=source)
        for topic in topics:
            for partition in range(topic.partitions):
                if source == STORY or partition != without:
                    await self.producer.send(self.prefix + topic.name, value, partition=partition)
        await self.producer.flush()

    def reports(self, day: date) -> Iterator[Sent]:
        """What the firms of one deadline do, in any order and in any partition."""
        due = due_at(day)
        received = {
            "early": due - DAY // 2,
            "early twice": due - DAY // 2,
            "refused": due - HOUR,
            "late": due + HOUR,
            "at the last moment": due - 1,
        }
        sent = [each for number, life in enumerate(LIVES) if life in received for each in self._reports(day, number, life, received[life])]
        self.chance.shuffle(sent)
        yield from sent

    def _reports(self, day: date, number: int, life: str, received: int) -> Iterator[Sent]:
        firm, permit = self._who(day, number)
        data = {"obligation": "iomki", "period": day.isoformat(), "permit": permit, "firm": firm, "state": "submitted", "exercise": True}
        data |= {"submitted_at": format_time(received)} | ({"workers": -1} if life == "refused" else {})
        value = cloud(ReportSubmission.type, permit, data, received)
        fact = Fact("refused" if life == "refused" else "report", firm, permit, day, received, permit, "submitted", "", received)
        for _ in range(2 if life == "early twice" else 1):
            yield Sent(fact, value, self.chance.randrange(REPORTS.partitions))

    async def publish(self, producer: AIOKafkaProducer, sent: Sent) -> None:
        """One report."""
        await producer.send_and_wait(self.prefix + REPORTS.name, sent.value, partition=sent.partition)
        self.facts.append(sent.fact)

    # ------------------------------------------------------------------ what has come of it

    async def accused(self) -> set[tuple[str, str]]:
        """Who stands accused: permit and period."""
        last = {word.id: word for word in await self._words(ESCALATION_INBOX, Alert) if word.rule == "R2"}
        return {(alert.situation.permit, alert.situation.period) for alert in last.values() if alert.state == "firing"}

    async def time(self) -> int:
        """How far time has come."""
        return max((tick.at for tick in await self._words(LEDGER, Tick)), default=0)

    async def _words(self, topic: Any, kind: type) -> list[Any]:
        words = [codec.decode(record.value or b"") for record in await self.running.records(topic)]
        return [word for word in words if isinstance(word, kind)]


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(30):
        while not await is_so():
            await asyncio.sleep(0.05)


async def deadline(upstream: Upstream, day: date, fault: str) -> None:
    """One deadline passes with something wrong, which is then put right."""
    settings, decided = upstream.running.settings, due_at(day) + GRACE
    absent = ("P-{}-{}".format(day, LIVES.index("absent")), day.isoformat())

    async def has_come(instant: int) -> bool:
        return await upstream.time() >= instant

    async def is_accused() -> bool:
        return absent in await upstream.accused()

    async with AIOKafkaProducer(bootstrap_servers=settings.kafka, transactional_id=f"{settings.prefix}upstream") as held:
        is_held = fault == FAULTS[0]
        hidden = upstream.chance.randrange(REPORTS.partitions)
        if is_held:
            await held.begin_transaction()
            await held.send_and_wait(settings.prefix + REPORTS.name, b"its first record", partition=hidden)
        for sent in upstream.reports(day):
            await upstream.publish(held if is_held and sent.partition == hidden else upstream.producer, sent)
        if fault != FAULTS[2]:
            await upstream.marks(SIINAS, due_at(day) + HOUR, without=hidden if fault == FAULTS[1] else -1)
        await upstream.marks(STORY, decided)
        if is_held:
            await asyncio.sleep(0.3)
        else:
            await until(lambda: has_come(decided))
        assert day.isoformat() not in {period for _, period in await upstream.accused()}, fault
        if is_held:
            await held.commit_transaction()
    await upstream.marks(SIINAS, due_at(day) + HOUR)
    await upstream.marks(STORY, decided + HOUR)
    await until(is_accused)


async def test_twenty_deadlines_with_something_wrong_upstream(settings: Settings, tmp_path: Path) -> None:
    """Nobody is accused while nothing is proven, exactly the absent are in the end, and every absence verifies from the topics."""
    async with night(settings, tmp_path) as running, kafka.publisher(settings) as producer:
        upstream = Upstream(running, producer)
        await upstream.register()

        async def all_deadlines() -> None:
            for number, day in enumerate(DAYS):
                await deadline(upstream, day, FAULTS[number % len(FAULTS)])

        await running.workers.while_they_work(all_deadlines())
        topics = await verify_proof.of_kafka(settings.kafka, settings.prefix)
        assert await upstream._words(PARKED, Parked) == []
        accused = await upstream.accused()
    verdicts = truth.verdicts(upstream.facts)
    assert accused == {(permit, day.isoformat()) for (permit, day), verdict in verdicts.items() if verdict == "absent"}
    assert len(accused) == len(DAYS)
    absences = list(topics.absences())
    assert {absence.said["situation"]["permit"] for absence in absences} == {permit for permit, _ in accused}, "nobody else ever was"
    wrong = [words for absence in absences for words in verify_proof.verify(topics, absence, story=True)]
    assert not wrong, "\n".join(wrong)
