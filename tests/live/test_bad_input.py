"""Bad input on a real topic: one word of refusal each, the line goes on, and what explodes is never refused."""

import asyncio
import json
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from schemas import codec
from schemas.topics import ALL, CASES, ESCALATION_INBOX, ESCALATIONS, INCIDENTS, INTAKE_TOPICS, LEDGER, REGISTRY, REJECTED, REPORTS, Topic
from streams.live import kafka
from streams.live.settings import Settings
from streams.simulate import shelf
from streams.simulate.story import registry_events
from tests.live.night import Night, night

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

DESK = "https://siaga.example/desk"
GOOD = {
    "firm": "itss",
    "kind": "fire",
    "asserted_by": {"name": "Polres Morowali", "rank": "police"},
    "asserted_at": "2026-11-20T06:00:00+08:00",
    "occurred_at": "2026-11-20T05:30:00+08:00",
    "dead": 0,
    "exercise": True,
}


def event(id: str, data: object = GOOD, **attributes: object) -> bytes:
    """A structured event about PT ITSS; attributes given as None are left out."""
    cloud = {"specversion": "1.0", "id": id, "source": DESK, "type": "siaga.incident-bulletin.v1", "data": data} | attributes
    return json.dumps({name: value for name, value in cloud.items() if value is not None}).encode()


BAD: dict[str, tuple[bytes | None, str, str]] = {
    "not UTF-8": (b'{"id": "\xff"}', "not_utf8", "value"),
    "not JSON": (b"{half", "not_json", "value"),
    "a tombstone": (None, "tombstone", "value"),
    "a duplicate key": (event("dup")[:-1] + b', "id": "again"}', "duplicate_key", "id"),
    "an unknown type": (event("type", type="siaga.gossip.v1"), "unknown_type", "type"),
    "a type of another topic": (event("topic", type="siaga.acknowledge.v1"), "wrong_topic", "type"),
    "an unknown field": (event("field", GOOD | {"nik": "x"}), "unknown_field", "nik"),
    "a missing field": (event("missing", {k: v for k, v in GOOD.items() if k != "kind"}), "field_missing", "kind"),
    "a missing attribute": (event("x", source=None), "header_missing", "source"),
    "a header that contradicts the body": (event("header"), "header_contradicts", "source"),
    "a megabyte of text": (event("long", GOOD | {"cause": "a" * 900_000}), "too_large", "value"),
    "a time without a zone": (event("zone", GOOD | {"asserted_at": "2026-11-20T06:00:00"}), "wrong_value", "asserted_at"),
    "a negative count": (event("minus", GOOD | {"dead": -1}), "wrong_value", "dead"),
    "a fact that is no exercise": (event("real", GOOD | {"exercise": False}), "exercise_misplaced", "exercise"),
}

PERMIT = {
    "id": "IOMKI/1",
    "valid_from": "2019-01-01T00:00:00+07:00",
    "firm": "itss",
    "holder": "industrial_firm",
    "obligations": ["iomki"],
    "state": "active",
    "exercise": True,
}
SOURCE = {"id": DESK, "valid_from": "2019-01-01T00:00:00+07:00", "owner": "Desk", "trusted_times": True, "exercise": True}
SOURCE |= {"speaks_as": ["police", "ministry", "estate", "firm", "union", "media"]}
REPORT = {
    "obligation": "iomki",
    "period": "2021-08-03",
    "permit": "IOMKI/1",
    "firm": "itss",
    "state": "submitted",
    "submitted_at": "2021-08-02T08:00:00+07:00",
    "exercise": True,
}
ACTIVATE = {"policy": "2099-01-01.1", "effective_from": "2023-01-01T00:00:00+07:00", "by": "dir-perwilayahan", "exercise": True}


def report(id: str, said: dict[str, object], **attributes: object) -> bytes:
    """A report of PT ITSS."""
    return event(id, REPORT | said, **{"type": "siaga.report-submission.v1", **attributes})


TOKEN, PHONE = "canary-token-of-a-case", "081234567890"
CASE = {"firm": "itss", "case": TOKEN, "status": "confirmed", "onset": "2026-11-19", "reported_at": "2026-11-20T06:00:00+08:00"}


def case(id: str, said: dict[str, object], **attributes: object) -> bytes:
    """A notice of a case at PT ITSS."""
    return event(id, CASE | {"exercise": True} | said, **{"type": "siaga.case-notice.v1", **attributes})


def published(id: str, through: str, **attributes: object) -> bytes:
    """How far a source says that it has published."""
    return event(id, {"complete_through": through}, **{"type": "siaga.source-watermark.v1", **attributes})


BAD_REPORTS: dict[str, tuple[Topic, bytes, str, str]] = {
    "no such period": (REPORTS, report("p", {"period": "2021-08-04"}), "unknown_period", "period"),
    "no such obligation": (REPORTS, report("o", {"obligation": "gossip"}), "unknown_obligation", "obligation"),
    "no such permit": (REPORTS, report("n", {"permit": "IOMKI/9"}), "unknown_permit", "permit"),
    "a permit of another firm": (REPORTS, report("f", {"firm": "smi"}), "permit_of_another_firm", "permit"),
    "a source that nobody knows": (REPORTS, report("s", {}, source="https://stranger.example"), "unknown_source", "source"),
    "received before its period": (REPORTS, report("b", {}, recordedtime="2021-07-30T08:00:00+07:00"), "before_its_period", "period"),
    "received in the future": (REPORTS, report("a", {}, recordedtime="2099-01-01T08:00:00+07:00"), "after_its_publication", "recordedtime"),
    "a correction of nothing": (REPORTS, report("c", {"state": "corrected"}), "wrong_value", "data"),
    "a case with a name": (CASES, case("nama", {"nama": "Siti-Canary"}), "unknown_field", "nama"),
    "a case with a telephone": (CASES, case("phone", {"area": PHONE}), "personal_data", "area"),
    "a case that is a number": (CASES, case("nik", {"case": "9" * 18}), "wrong_value", "case"),
    "a case among reports": (REPORTS, case("place", {}), "wrong_topic", "type"),
    "a revision that nobody has": (REGISTRY, event("r", ACTIVATE, type="siaga.activate.v1"), "unknown_revision", "policy"),
}
ODD_WATERMARKS = {
    "first": (published("first", "2021-08-04T00:00:00+07:00"), ""),
    "back": (published("back", "2021-08-03T00:00:00+07:00"), "watermark_backwards"),
    "ahead": (published("ahead", "2099-01-01T00:00:00+07:00"), "watermark_in_the_future"),
    "strange": (published("strange", "2021-08-04T00:00:00+07:00", source="https://stranger.example"), "watermark_of_a_stranger"),
}

CONTRADICTING = [("content-type", b"application/cloudevents+json"), ("ce_source", b"https://siaga.example/somebody-else")]

ODD = {
    "unknown-firm": GOOD | {"firm": "nobody-knows", "regency": "72.06"},
    "future": GOOD | {"occurred_at": "2031-01-01T00:00:00+08:00", "asserted_at": "2031-01-01T00:00:00+08:00"},
}


async def test_every_bad_record_is_refused_by_name_and_every_odd_one_reaches_a_person(settings: Settings, tmp_path: Path) -> None:
    """Laws 2 and 5, G5: refusals name field, reason, origin and what to correct; the unknown and the impossible are admitted in doubt."""
    async with night(settings, tmp_path, SIAGA_TIME="clock") as running:
        offsets = await running.workers.while_they_work(_publish(running))
        await running.workers.while_they_work(_until_all_is_said(running))
        rejected = {(r.origin.topic, r.origin.offset): r for r in await _words(running, REJECTED, "rejected")}
        oddities = await _words(running, REJECTED, "oddity")
        admitted = {a.id: a for a in await _words(running, LEDGER, "admitted") if a.subject.startswith("firm:")}
        escalations = await _words(running, ESCALATIONS, "escalation")
        alerts = await _words(running, ESCALATION_INBOX, "alert")
        ours = [record for topic in ALL if topic not in INTAKE_TOPICS for record in await running.records(topic)]
    for name, origin in offsets.items():
        *_, reason, field = BAD.get(name) or BAD_REPORTS[name]
        word = rejected.pop(origin)
        assert (name, word.reason, word.field) == (name, reason, field)
        assert word.correct
    assert not rejected, "nothing else was refused"
    odd = {oddity.id: oddity.what for oddity in oddities}
    assert odd.pop("after") == "other_content", "the same id with other content is listed, and decides nothing"
    assert odd == {name: what for name, (_, what) in ODD_WATERMARKS.items() if what}
    assert not [alert.about for alert in alerts if alert.rule in ("R2", "R3")], "nobody is accused because of it"
    assert admitted["unknown-firm"].unresolved == ("unknown_firm",)
    assert admitted["future"].unresolved == ("time_in_the_future",)
    assert {"after", "gzip", "snappy", "lz4", "zstd"} <= admitted.keys(), "the line goes on, however its publishers compress"
    assert admitted["a case"].unresolved == ("unknown_firm", "unknown_regency")
    for canary in (TOKEN.encode(), PHONE.encode(), b"Siti-Canary"):
        assert not [record.topic for record in ours if canary in repr(record).encode()], "who is a case stays outside (law 12)"
    told = {e.about: {t.position for t in e.standing.told} for e in escalations}
    assert "dinas-perindustrian:72.06" in next(positions for about, positions in told.items() if about.startswith("nobody-knows/"))
    assert "duty-officer" in told[DESK], "a refused incident interrupts the operator"


async def _publish(running: Night) -> dict[str, tuple[str, int]]:
    """The register, then everything bad, then everything odd, then a good one and its contradiction; the offsets of the bad."""
    prefix, partition = running.settings.prefix, 0
    async with kafka.publisher(running.settings) as producer:
        for entry in registry_events(shelf.load("itss")):
            message = entry.structured()
            await producer.send_and_wait(prefix + REGISTRY.name, message.value, headers=list(message.headers))
        offsets = {}
        for name, (value, _, _) in BAD.items():
            headers = CONTRADICTING if name == "a header that contradicts the body" else ()
            sent = await producer.send_and_wait(prefix + INCIDENTS.name, value, key=b"itss", partition=partition, headers=headers)
            offsets[name] = (INCIDENTS.name, sent.offset)
        await producer.send_and_wait(prefix + REGISTRY.name, event("permit", PERMIT, type="siaga.registry-permit.v1"))
        await producer.send_and_wait(prefix + REGISTRY.name, event("source", SOURCE, type="siaga.registry-source.v1"))
        for name, (topic, value, _, _) in BAD_REPORTS.items():
            sent = await producer.send_and_wait(prefix + topic.name, value, partition=partition)
            offsets[name] = (topic.name, sent.offset)
        for value, _ in ODD_WATERMARKS.values():
            await producer.send_and_wait(prefix + REPORTS.name, value, partition=partition)
        for id, data in ODD.items():
            await producer.send_and_wait(prefix + INCIDENTS.name, event(id, data), partition=partition)
        odd_case = case("a case", {"firm": "nobody-knows", "residence": "99.99", "contact_of": f"{TOKEN}-b"})
        await producer.send_and_wait(prefix + CASES.name, odd_case, partition=partition)
        await producer.send_and_wait(prefix + INCIDENTS.name, event("after"), partition=partition)
    for compression in ("gzip", "snappy", "lz4", "zstd"):
        async with AIOKafkaProducer(bootstrap_servers=running.settings.kafka, compression_type=compression) as foreign:
            await foreign.send_and_wait(prefix + INCIDENTS.name, event(compression, GOOD | {"firm": compression}), partition=partition)
    async with kafka.publisher(running.settings) as producer:
        await producer.send_and_wait(prefix + INCIDENTS.name, event("after", GOOD | {"dead": 3}), partition=partition)
    return offsets


async def _until_all_is_said(running: Night) -> None:
    async with asyncio.timeout(90):
        odd, bad = 1 + sum(bool(what) for _, what in ODD_WATERMARKS.values()), len(BAD) + len(BAD_REPORTS)
        while len(await _words(running, REJECTED, "oddity")) < odd or len(await _words(running, REJECTED, "rejected")) < bad:
            await asyncio.sleep(1)
        while not await _are_told_of(running, DESK, "nobody-knows/"):
            await asyncio.sleep(1)


async def _are_told_of(running: Night, *wanted: str) -> bool:
    abouts = [word.about for word in await _words(running, ESCALATIONS, "escalation")]
    return all(any(about.startswith(each) for about in abouts) for each in wanted)


async def _words(running: Night, topic: object, name: str) -> list[object]:
    return [codec.decode(r.value or b"") for r in await running.records(topic) if r.header("word") == name]
