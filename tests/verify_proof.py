"""Verify an absence from the topics alone: the records in, everything that its proof says and that is not so, in words, out.

It shares no code with the line: JSON, the circulars' dates, and the partitions that are declared. `python tests/verify_proof.py KAFKA PREFIX`
verifies every absence that stands in the topics of a Kafka.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.circulars import GRACE, HOUR, due_at, opens_at

PARTITIONS = {"report-submissions": 4, "covid-case-notices": 4, "smelter-incidents": 4, "operator-acts": 2, "firm-registry": 1}
REPORTS, LEDGER, ALERTS = "report-submissions", "ledger", "escalation-inbox"
TOPICS = (*PARTITIONS, LEDGER, ALERTS)
TOLERANCE = 5_000
RECEIVER = "https://siinas.example"
STORY = "siaga/story"
OWN_MARK, SOURCE_MARK = "siaga.intake-watermark.v1", "siaga.source-watermark.v1"
REPORT, SOURCE_ENTRY = "siaga.report-submission.v1", "siaga.registry-source.v1"

Where = tuple[str, int, int]


class Seen(NamedTuple):
    """A record that can be read: when it was appended, its CloudEvents attributes or its headers, and what it says."""

    where: Where
    appended: int
    attributes: dict[str, str]
    said: dict[str, Any]

    @property
    def type(self) -> str:
        return self.attributes.get("type", "")


class Topics:
    """The records of the topics, by where they stand."""

    def __init__(self, records: Iterable[Any]) -> None:
        self.seen: dict[Where, Seen] = {}
        for record in records:
            if record.topic in TOPICS and (read := _read(record)):
                self.seen[read.where] = read
        self.ledger = [seen for seen in self.seen.values() if seen.where[0] == LEDGER]
        self.ticks: dict[int, list[Seen]] = {}
        self.of_firm: dict[str, list[Seen]] = {}
        for seen in self.ledger:
            if seen.said.get("word") == "tick":
                self.ticks.setdefault(seen.said["number"], []).append(seen)
            elif subject := seen.said.get("subject"):
                self.of_firm.setdefault(subject, []).append(seen)

    def absences(self) -> Iterator[Seen]:
        """Every alert that a report was not received."""
        found = (seen for seen in self.seen.values() if seen.where[0] == ALERTS and seen.said.get("rule") == "R2")
        yield from (seen for seen in found if seen.said.get("state") == "firing")

    def in_partition(self, topic: str, partition: int, before: int) -> Iterator[Seen]:
        yield from (s for (t, p, o), s in self.seen.items() if (t, p) == (topic, partition) and o < before)


def _read(record: Any) -> Seen | None:
    where = (record.topic, record.partition, record.offset)
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    try:
        body = json.loads(record.value or b"")
    except ValueError:
        return Seen(where, record.timestamp, {}, {})
    if not isinstance(body, dict):
        return Seen(where, record.timestamp, {}, {})
    if record.topic in PARTITIONS:
        binary = {name.removeprefix("ce_"): text for name, text in headers.items() if name.startswith("ce_")}
        if binary:
            return Seen(where, record.timestamp, binary, body)
        attributes = {name: text for name, text in body.items() if isinstance(text, str)}
        return Seen(where, record.timestamp, attributes, body.get("data") or {})
    return Seen(where, record.timestamp, headers, body)


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def verify(topics: Topics, absence: Seen, *, story: bool = False) -> list[str]:
    """What is not as the absence says. story: whether time was a story's own."""
    said, proven = absence.said, absence.said.get("proven")
    if not proven:
        return ["no proof is cited"]
    due = due_at(date.fromisoformat(said["situation"]["period"]))
    wrong = []
    if said["situation"]["due_at"] != due:
        wrong.append(f"due at {said['situation']['due_at']}, and the circular says {due}")
    ticks = topics.ticks.get(proven["tick"], [])
    if not ticks or len({json.dumps(tick.said, sort_keys=True) for tick in ticks}) > 1:
        return [*wrong, f"tick {proven['tick']} is missing, or not the same in each partition of the ledger"]
    tick = ticks[0].said
    if not tick.get("proof"):
        return [*wrong, f"tick {proven['tick']} carries no proof"]
    wrong += _unread(topics, tick, due, story=story)
    wrong += _unpublished(topics, tick, due, proven)
    wrong += _unanswered(topics, absence, {seen.where[1]: seen.where[2] for seen in ticks}, tick)
    return [*wrong, *_not_absent(topics, absence)]


def _unread(topics: Topics, tick: dict[str, Any], due: int, *, story: bool) -> Iterator[str]:
    """Every declared partition has been read past the end of the grace, and the record that says so stands there."""
    read = {(topic, partition): (offset, appended) for topic, partition, offset, appended in tick["proof"]["read"]}
    declared = {(topic, partition) for topic, count in PARTITIONS.items() for partition in range(count)}
    if read.keys() != declared:
        yield f"not every partition was read: {sorted(declared ^ read.keys())}"
    if tick["complete_through"] < due + GRACE:
        yield "not everything was read up to the end of the grace"
    for (topic, partition), (offset, appended) in read.items():
        mark = topics.seen.get((topic, partition, offset))
        if mark is None or mark.appended != appended or mark.type not in ((OWN_MARK, SOURCE_MARK) if story else (OWN_MARK,)):
            yield f"{topic}/{partition}/{offset} is no watermark that was appended at {appended}"
        vouched = _story_through(topics, topic, partition, offset) if story else _vouched(topics, topic, partition, offset)
        if vouched < due + GRACE:
            yield f"{topic}/{partition} was vouched for up to {vouched} only"


def _vouched(topics: Topics, topic: str, partition: int, offset: int) -> int:
    """A broker's clock may have been set back: what an earlier watermark vouched for stands."""
    marks = (mark.appended for mark in topics.in_partition(topic, partition, offset + 1) if mark.type == OWN_MARK)
    return max(marks, default=0) - TOLERANCE


def _story_through(topics: Topics, topic: str, partition: int, offset: int) -> int:
    marks = (mark for mark in topics.in_partition(topic, partition, offset + 1) if mark.type == SOURCE_MARK)
    return max((_ms(mark.said["complete_through"]) for mark in marks if mark.attributes["source"] == STORY), default=0)


def _unpublished(topics: Topics, tick: dict[str, Any], due: int, proven: dict[str, Any]) -> Iterator[str]:
    """The receiver of the reports has said in every partition that it had published everything up to the deadline."""
    marks = {p: (t, o) for topic, p, source, t, o, *_ in tick["proof"]["published"] if (topic, source) == (REPORTS, RECEIVER)}
    read = {partition: offset for topic, partition, offset, _ in tick["proof"]["read"] if topic == REPORTS}
    if sorted(marks) != list(range(PARTITIONS[REPORTS])):
        yield f"{RECEIVER} has spoken in partitions {sorted(marks)} only"
    for partition, (through, offset) in marks.items():
        mark = topics.seen.get((REPORTS, partition, offset))
        says = mark is not None and mark.type == SOURCE_MARK and mark.attributes["source"] == RECEIVER
        if mark is None or not says or _ms(mark.said["complete_through"]) != through:
            yield f"{REPORTS}/{partition}/{offset} does not say that {RECEIVER} has published up to {through}"
        if through < due or offset >= read.get(partition, -1):
            yield f"{RECEIVER} has published up to {through} only, or that had not been read"
    cited = (proven["source"], proven["through"], proven["read_at"], proven["partitions"], proven["of"])
    appended = max((appended for topic, _, _, appended in tick["proof"]["read"] if topic == REPORTS), default=0)
    latest = min(appended, tick["at"])  # In a story its own time counts, which the broker's is far ahead of.
    if cited != (RECEIVER, min((t for t, _ in marks.values()), default=0), latest, len(marks), PARTITIONS[REPORTS]):
        yield f"what is cited is not what the tick says: {cited}"


def _unanswered(topics: Topics, absence: Seen, ticks: dict[int, int], tick: dict[str, Any]) -> Iterator[str]:
    """Every report of the firm that lies before the watermarks stood in the firm's ledger before the tick, or had been refused there."""
    situation = absence.said["situation"]
    firm, permit = situation["place"]["firm"], situation["permit"]
    answers = {_origin(seen): seen.where for seen in topics.of_firm.get(f"firm:{firm}", ()) if "origin" in seen.said}
    for topic, partition, offset, _ in tick["proof"]["read"]:
        for seen in topics.in_partition(topic, partition, offset) if topic == REPORTS else ():
            if seen.type == REPORT and (seen.said.get("firm"), seen.said.get("permit")) == (firm, permit):
                answer = answers.get(seen.where)
                if answer is None or answer[2] > ticks[answer[1]]:
                    yield f"{'/'.join(map(str, seen.where))} had not been heard of when the tick came"


def _origin(seen: Seen) -> Where:
    origin = seen.said["origin"]
    return (origin["topic"], origin["partition"], origin["offset"])


def _not_absent(topics: Topics, absence: Seen) -> Iterator[str]:
    """By everything that stood in the firm's ledger when the absence was said: no report within the grace, and nothing refused."""
    situation = absence.said["situation"]
    day = date.fromisoformat(situation["period"])
    _, partition, offset = absence.attributes["cause"].split("/")[:3]
    heard = [
        s
        for s in topics.of_firm.get(f"firm:{situation['place']['firm']}", ())
        if s.where[1] == int(partition) and s.where[2] <= int(offset)
    ]
    reports = {}
    for seen in (s for s in heard if s.said.get("word") == "admitted" and s.said["kind"] == REPORT):
        origin = topics.seen[_origin(seen)]
        if (origin.said["period"], origin.said["permit"]) != (situation["period"], situation["permit"]):
            continue
        received = _received(topics, origin)
        if received != seen.said["received_at"]:
            yield f"{origin.where} was received at {received}, and was judged by {seen.said['received_at']}"
        reports.setdefault((origin.attributes["source"], origin.attributes["id"]), (received, origin.said))
    taken_back = set()
    for (source, id), (_, fact) in reports.items():
        gone = id if fact["state"] == "withdrawn" else None
        while gone and (source, gone) not in taken_back:
            taken_back.add((source, gone))
            gone = reports.get((source, gone), (0, {}))[1].get("replaces")
    for key, (received, _) in reports.items():
        if key not in taken_back and received < due_at(day) + GRACE:
            yield f"{key} had been received at {received}"
    for seen in (s for s in heard if s.said.get("word") == "refusal"):
        instants = (seen.said["at"], seen.said.get("received_at") or seen.said["at"])
        if any(opens_at(day) <= at // HOUR * HOUR < due_at(day) + GRACE for at in instants):
            yield f"something of the firm had been refused: {_origin(seen)}"


def _received(topics: Topics, report: Seen) -> int:
    """By the source's clock where the register trusts it, else by the broker's (G1)."""
    entries = (s for s in topics.seen.values() if s.type == SOURCE_ENTRY and s.said["id"] == report.attributes["source"])
    trusted = any(entry.said.get("trusted_times") for entry in entries)
    recorded = report.attributes.get("recordedtime")
    return _ms(recorded) if trusted and recorded else report.appended


async def of_kafka(bootstrap: str, prefix: str) -> Topics:
    """Everything that is committed in the topics under a prefix, as it stands now."""
    from aiokafka import AIOKafkaConsumer, TopicPartition

    records = []
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed") as consumer:
        parts = [
            TopicPartition(prefix + t, p) for t in TOPICS for p in consumer.partitions_for_topic(prefix + t) or range(PARTITIONS.get(t, 4))
        ]
        consumer.assign(parts)
        await consumer.seek_to_beginning(*parts)
        ends = await consumer.end_offsets(parts)
        while any([await consumer.position(part) < end for part, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                records += batch
    return Topics(_Record(r.topic.removeprefix(prefix), r.partition, r.offset, r.timestamp, r.value, r.headers) for r in records)


class _Record(NamedTuple):
    topic: str
    partition: int
    offset: int
    timestamp: int
    value: bytes | None
    headers: Any


def main() -> int:
    """Every absence, and what is wrong with it."""
    topics = asyncio.run(of_kafka(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
    story = any(seen.attributes.get("source") == STORY for seen in topics.seen.values())
    found = [(absence, verify(topics, absence, story=story)) for absence in topics.absences()]
    for absence, wrong in found:
        print(absence.said["about"], absence.said["situation"]["place"]["firm"], "; ".join(wrong) or "verified")
    return any(wrong for _, wrong in found)


if __name__ == "__main__":
    sys.exit(main())
