"""What Kafka can be asked: brokers, topics, clocks, seats, lag, completeness, and what waits for a person.

One record is written: a nudge, which workers write themselves, and which says nothing but the broker's time.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.protocol.admin import ApiVersionRequest

from schemas.codec import encode
from schemas.topics import ALL, INBOXES, PARKED, PROGRESS, REJECTED, Topic, changelog, config_of
from schemas.word import Stamp, UtcMs
from streams.live import clock, kafka, library
from streams.live.changelog import places
from streams.live.checkup import Wrong
from streams.live.process import release
from streams.live.settings import Settings, TimeSource
from streams.pipeline.clock import CLOCK, CLOCK_ENTRY, NUDGE, NUDGED_BY, Now
from streams.pipeline.line import Entry
from streams.pipeline.seen import PARTITIONS, PartitionSeen
from streams.pipeline.voice import Voice

MOST_LAG = 10_000
"""Records; a seat that works reads so many within seconds."""

MOST_SKEW_MS = 2_000
MOST_STANDING_MS = 10 * 60_000
_DAY_MS = 86_400_000
_MOST_WAITING = 10_000
_TO_FETCH = 1
"""Kafka's number of the request that its releases have changed most often."""


_PLACES = tuple((room, inbox) for room, inboxes in INBOXES.items() for inbox in inboxes)


async def brokers(settings: Settings) -> str:
    """Every broker of the cluster can be reached from here, and all speak the same version of Kafka's protocol."""
    client = AIOKafkaClient(**settings.kafka_options(), request_timeout_ms=3_000)
    try:
        await client.bootstrap()
        known = {each.nodeId: f"{each.host}:{each.port}" for each in client.cluster.brokers()}
        away = [where for node, where in known.items() if not await client.ready(node)]
        if away:
            raise Wrong(
                f"{len(away)} of {len(known)} brokers cannot be reached from here: {', '.join(away)}", "start them, or open the way there"
            )
        speaks = {where: await _fetch_version(client, node) for node, where in known.items()}
    finally:
        await client.close()
    if len(set(speaks.values())) > 1:
        told = ", ".join(f"{where} fetch v{version}" for where, version in speaks.items())
        raise Wrong(f"brokers are of different versions: {told}", "finish the upgrade of the brokers")
    return f"{len(known)} reachable, protocol fetch v{next(iter(speaks.values()))}: {', '.join(known.values())}"


async def topics(settings: Settings) -> str:
    """Every topic is there, with its partitions, append time, and retention."""
    wrong = await kafka.differences(settings, ALL)
    missing = [words for words in wrong if " is missing" in words]
    if missing:
        raise Wrong(f"{len(missing)} topics are missing under {settings.prefix}, as {missing[0].split()[1]}", "siaga topics apply")
    if wrong:
        raise Wrong(wrong[0], "counts never change: move to a new SIAGA_PREFIX; all else is set with kafka-configs.sh --alter")
    days = max(policy.audit_days for policy in library.load(path for path in (settings.policies,) if path).policies.values())
    present = await kafka.list_topics(settings)
    for topic in ALL:
        wanted, kept = config_of(topic, days).get("retention.ms"), present[topic.name].config.get("retention.ms")
        if wanted is not None and kept not in {wanted, None} and (wanted == "-1" or -1 < int(kept or 0) < int(wanted)):
            name = settings.prefix + topic.name
            fix = f"kafka-configs.sh --alter --entity-type topics --entity-name {name} --add-config retention.ms={wanted}"
            raise Wrong(f"topic {name} is kept for {kept} ms, declared are {wanted}: records vanish too early", fix)
    return f"all {len(ALL)} under {settings.prefix}, with append time and retention as declared"


async def clocks(settings: Settings) -> str:
    """How far the broker's clock is from this machine's, by the append time of a nudge. Decisions follow the broker's alone."""
    voice = Voice(NUDGED_BY, release())
    async with kafka.publisher(settings) as producer:
        before = clock.wall_ms()
        headers = voice.headers(NUDGE, Stamp("", ""), ("cause", f"doctor/{before}".encode()), 0)
        sent = await producer.send_and_wait(settings.prefix + PROGRESS.name, encode(NUDGE), partition=0, headers=headers)
        after = clock.wall_ms()
    return skew(sent.timestamp, before, after)


def skew(appended: UtcMs, before: UtcMs, after: UtcMs, *, most_ms: int = MOST_SKEW_MS) -> str:
    """How far the broker is from us, who sent a record and had its answer at these instants. Raises Wrong beyond `most_ms`."""
    ahead = max(0, appended - after) - max(0, before - appended)
    if abs(ahead) > most_ms:
        way = "ahead of" if ahead > 0 else "behind"
        words = f"the broker is {abs(ahead) / 1000:.1f} s {way} this machine; decisions follow the broker's clock"
        raise Wrong(words, "set both by one time server: timedatectl set-ntp true")
    return f"the broker is within {max(abs(ahead), after - before)} ms of this machine; decisions follow the broker's clock"


async def seats(settings: Settings) -> str:
    """Somebody holds every seat."""
    unheld = [(room, inbox.partitions - len(held)) for room, inbox, held in await _held(settings) if len(held) < inbox.partitions]
    if unheld:
        rooms = list(dict.fromkeys(_room_to_start(room) for room, _ in unheld))
        raise Wrong(
            f"{sum(count for _, count in unheld)} seats are held by nobody, in {', '.join(rooms)}", f"siaga worker {' '.join(rooms)}"
        )
    return f"all {sum(inbox.partitions for _, inbox in _PLACES)} are held"


async def lag(settings: Settings) -> str:
    """No room is far behind in its inbox, by the places that seats keep in their changelogs. Marks of transactions count as records."""
    done = await places(settings, *(changelog(room, inbox) for room, inbox in _PLACES))
    ends = await kafka.ends(settings, *dict.fromkeys(inbox for _, inbox in _PLACES))
    begins = await kafka.begins(settings, *dict.fromkeys(inbox for _, inbox in _PLACES))
    waiting: dict[str, int] = {}
    for room, inbox in _PLACES:
        for partition in range(inbox.partitions):
            tp = TopicPartition(settings.prefix + inbox.name, partition)
            place = max(done.get((changelog(room, inbox).name, partition), 0), begins[tp])
            waiting[room] = waiting.get(room, 0) + max(0, ends[tp] - place)
    told = ", ".join(f"{room} {count}" for room, count in waiting.items())
    behind = dict.fromkeys(_room_to_start(room) for room, count in waiting.items() if count > MOST_LAG)
    if behind:
        raise Wrong(f"records wait: {told}", f"siaga worker {' '.join(behind)}   (one more, beside those that run)")
    return told


async def completeness(settings: Settings) -> str:
    """CLOCK hears from every partition that INTAKE reads: where it does not, no absence can be proven."""
    memory: dict[bytes, Entry] = {}
    async for record in kafka.read(settings, changelog(CLOCK.name, PROGRESS)):
        if record.key and not record.key.startswith(b"~"):
            memory[record.key] = CLOCK.unpack(record.value) if record.value else None
    now = memory.get(CLOCK_ENTRY.encode())
    if not isinstance(now, Now) or not now.policy:
        raise Wrong("no tick yet: CLOCK has heard of no policy in force", "publish the registry: siaga publish registry.ndjson")
    if settings.time is TimeSource.WATERMARKS:
        return "a story moves its own time"
    standing = list(_standing(memory, clock.wall_ms()))
    if standing:
        more = f" and {len(standing) - 1} more" if standing[1:] else ""
        raise Wrong(f"standing still: {standing[0]}{more}; absences there wait", "siaga worker intake clock")
    return f"every partition was vouched for within the last {MOST_STANDING_MS // 60_000} minutes"


async def waiting(settings: Settings) -> str:
    """Nothing was parked or refused since yesterday."""
    since = clock.wall_ms() - _DAY_MS
    for topic in (PARKED, REJECTED):
        count = 0
        async for _ in kafka.read(settings, topic, since=since):
            count += 1
            if count >= _MOST_WAITING:
                break
        if count:
            name = settings.prefix + topic.name
            fix = f"kafka-console-consumer.sh --bootstrap-server {settings.kafka} --topic {name} --from-beginning"
            raise Wrong(f"{count} {topic.name} since yesterday", f"read why: {fix}")
    return "nothing was parked or rejected since yesterday"


def _standing(memory: Mapping[bytes, Any], now: UtcMs) -> Iterator[str]:
    for topic, partition in PARTITIONS:
        seen = memory.get(f"intake/{topic}/{partition}".encode())
        appended = seen.appended if isinstance(seen, PartitionSeen) else 0
        if now - appended > MOST_STANDING_MS:
            yield f"{topic}/{partition} {f'for {(now - appended) // 60_000} minutes' if appended else 'was never vouched for'}"


async def _fetch_version(client: AIOKafkaClient, node: int) -> int:
    answer = await client.send(node, ApiVersionRequest())
    return next(int(most) for key, _, most in answer.api_versions if key == _TO_FETCH)


async def _held(settings: Settings) -> list[tuple[str, Topic, frozenset[int]]]:
    """Every room at every inbox, and the partitions that members of its group have."""
    admin = AIOKafkaAdminClient(**settings.kafka_options())
    try:
        await admin.start()
        groups = {f"{settings.prefix}siaga.{room}.{inbox.name}": (room, inbox) for room, inbox in _PLACES}
        members = await asyncio.gather(*(_members(admin, name) for name in groups))
    finally:
        await admin.close()
    return [(room, inbox, frozenset(_assigned(each))) for (room, inbox), each in zip(groups.values(), members, strict=True)]


async def _members(admin: AIOKafkaAdminClient, group: str) -> Iterable[Any]:
    """One group a question: aiokafka misreads an answer about several. Asked again while Kafka makes its first coordinator."""
    while True:
        try:
            ((answer,),) = [each.groups for each in await admin.describe_consumer_groups([group])]
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(0.2)
        else:
            members: Iterable[Any] = answer[5]
            return members


def _assigned(members: Iterable[Any]) -> Iterator[int]:
    for *_, assignment in members:
        if assignment:
            for _, partitions in ConsumerProtocolMemberAssignment.decode(assignment).assignment:
                yield from partitions


def _room_to_start(room: str) -> str:
    """What a worker calls it: the senders of all kinds are started together."""
    return room.partition("-")[0]
