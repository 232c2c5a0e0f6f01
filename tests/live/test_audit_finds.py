"""The audit over a Kafka where somebody has changed, taken out or slipped in a word of each room; and where retention has deleted some."""

import json
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from schemas import codec
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, INCIDENTS, LEDGER, PARKED, PROGRESS, Topic
from schemas.word import format_time
from streams.live.settings import Settings
from streams.pipeline.line import Record
from tests.live.recorded import audit, put_down
from tests.story import Shift, acknowledge, bulletin

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SAID_BY = {"intake": LEDGER, "clock": LEDGER, "surveillance": ESCALATION_INBOX, "escalation": DELIVERY_INBOX, "delivery": ESCALATION_INBOX}


@pytest.fixture(scope="module")
def history() -> list[Record]:
    """An evening at the desk, in the order of its appending."""
    tell = Shift()
    tell("11:10", bulletin("klinik", "firm", dead=12))
    tell("11:31", acknowledge("disnakertrans:72"), acknowledge("dg-kpaii"))
    tell("13:00", bulletin("IMIP", "estate", dead=13))
    return sorted((record for records in tell.line.records.values() for record in records), key=lambda record: record.timestamp)


def altered(record: Record) -> Record:
    """Another instant, number or revision."""
    word = codec.decode(record.value or b"")
    field = next(name for name in ("at", "number", "revision") if hasattr(word, name))
    return record._replace(value=codec.encode(msgspec.structs.replace(word, **{field: 7})))


def signed(record: Record, **changes: bytes) -> Record:
    return record._replace(headers=tuple((name, changes.get(name, text)) for name, text in record.headers))


def slipped_in(record: Record) -> Record:
    return signed(record, n=b"99")


def unsigned(record: Record) -> Record:
    return signed(record, by=b"nobody/0")


class Plant(NamedTuple):
    """What is done to a word, as which kind it is found, and in which words."""

    kind: str
    done: Callable[[Record], Record]
    words: str


PLANTS = (
    Plant("changed", altered, "was 7, is now"),
    Plant("added", unsigned, "says now what it did not say then"),
    Plant("missing", slipped_in, "does not say now what it said then"),
)


@pytest.mark.parametrize("room", SAID_BY)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.kind)
async def test_it_is_found_and_named(settings: Settings, history: list[Record], room: str, plant: Plant) -> None:
    """The last word of each room on a topic: altered, no longer signed by it, or with another behind it that it never said."""
    topic: Topic = SAID_BY[room]
    victim = [r for r in history if r.topic == topic.name and r.header("by").startswith(room) and not r.header("cause").endswith("~seat")][
        -1
    ]
    if plant.kind == "missing":
        end = sum((r.topic, r.partition) == (victim.topic, victim.partition) for r in history)
        records = [*history, plant.done(victim)._replace(offset=end)]
    else:
        records = [plant.done(r) if r is victim else r for r in history]
    await put_down(settings, records)
    done = audit(settings)
    assert done.returncode == 1, done.stdout + done.stderr
    verdict, first, *_ = done.stdout.splitlines()
    assert verdict.startswith("DIFFERENT · ")
    found = {(each["by"], each["cause"], each["kind"]) for each in json.loads(audit(settings, "--json").stdout)["differences"]}
    assert (victim.header("by"), victim.header("cause"), plant.kind) in found
    assert first.startswith(f"{victim.header('by')}, because of {victim.header('cause')}, word "), done.stdout
    assert plant.words in first


async def test_a_record_by_nobody_is_named(settings: Settings, history: list[Record]) -> None:
    """Every room says the same again, and yet somebody else has spoken."""
    last = [r for r in history if r.topic == PARKED.name and r.partition == 0]
    await put_down(settings, [*history, Record(PARKED.name, 0, len(last), history[-1].timestamp, b"", b"{}", ())])
    done = audit(settings)
    assert done.returncode == 1
    assert done.stdout.splitlines()[1] == f"parked/0/{len(last)}: says that it is by nobody, and is the word of no seat of ours"
    assert json.loads(audit(settings, "--json").stdout)["strangers"] == 1


async def test_where_no_room_has_read_anything_nothing_is_identical(settings: Settings) -> None:
    await put_down(settings, [])
    done = audit(settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"siaga: no room has read anything under {settings.prefix}: there is nothing to audit\n"


async def test_what_retention_has_deleted_is_no_difference(settings: Settings, history: list[Record]) -> None:
    """Intake topics and progress are kept for 30 days: CLOCK and the seats that read them are named, the others are audited as before."""
    await put_down(settings, history)
    whole = json.loads(audit(settings, "--json").stdout)
    assert (whole["verdict"], whole["left_out"]) == ("IDENTICAL", {})
    await delete(settings, (INCIDENTS, 3), (PROGRESS, 10))
    done = audit(settings, "--json")
    cut = json.loads(done.stdout)
    assert (done.returncode, done.stderr, cut["verdict"]) == (0, "", "IDENTICAL")
    assert cut["left_out"] == {"intake at smelter-incidents": 1, "clock at progress": 1}
    assert (cut["seats"], cut["records"] < whole["records"], cut["words"] < whole["words"]) == (whole["seats"] - 2, True, True)
    lines = audit(settings).stdout
    assert (
        "not audited, because retention has deleted where they begin: 1 seats of intake at smelter-incidents and 1 seats of clock" in lines
    )
    assert f"it holds for the others since {cut['since']}" in lines


async def delete(settings: Settings, *before: tuple[Topic, int]) -> None:
    """As retention does: the first so many records of partition 0."""
    admin = AIOKafkaAdminClient(**settings.kafka_options())
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(settings.prefix + t.name, 0): RecordsToDelete(n) for t, n in before})
    finally:
        await admin.close()


async def test_from_and_to_bound_what_is_compared(settings: Settings, history: list[Record]) -> None:
    """The rooms are taken through what came before, for their memory's sake; what came later is not heard."""
    await put_down(settings, history)
    whole = json.loads(audit(settings, "--json").stdout)
    middle = format_time(history[len(history) // 2].timestamp)
    late, early = (json.loads(audit(settings, option, middle, "--json").stdout) for option in ("--from", "--to"))
    assert {each["verdict"] for each in (whole, late, early)} == {"IDENTICAL"}
    assert late["records"] == whole["records"] > early["records"] > 0
    assert late["words"] + early["words"] == whole["words"]
    assert audit(settings, "--from", "yesterday").returncode == 2
