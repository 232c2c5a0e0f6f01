"""The language of the tests: what was said when, and who heard of it.

    tell("11:10", bulletin(dead=12))            one line of the operator's log; answers with what was heard by then
    tell("+1d 08:00")                           nothing happens until then
    told("11:10", FIRST_NOTICE, "estate:imip")  what somebody must have heard

Times are of the first day, 24 December 2023, in Morowali (WITA, UTC+8); `+2d 05:30` is two days later. `Shift` drives the whole line in
memory in story time, as the simulator does; `Seat` drives one room; `World` is INTAKE with a register.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

from schemas import codec
from schemas.cases import CaseNotice, ResponseAction
from schemas.delivery import Attempt
from schemas.discretion import revision_for
from schemas.escalation import Answer, Delivery, Escalation, Why
from schemas.ids import digest
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome
from schemas.ledger import Admitted, Tick
from schemas.operator import Acknowledge, Decline, Done, Handover, Silence, StandDown, Verify
from schemas.registry import Activate, EstateEntry, FirmEntry, ObligationAssigned, PermitEntry, PlantEntry, RegionEntry, SourceEntry
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.surveillance import Alert
from schemas.topics import (
    ACTS,
    ATTEMPTS,
    CASES,
    DELIVERY_INBOX,
    ESCALATION_INBOX,
    ESCALATIONS,
    INCIDENTS,
    LEDGER,
    REGISTRY,
    REPORTS,
    Topic,
)
from schemas.word import Stamp, UtcMs, Word, format_time
from streams.live.library import load
from streams.pipeline.clock import Pace
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry
from streams.pipeline.line import Due, InForce, Record, Room, Said
from streams.pipeline.surveillance import SURVEILLANCE
from streams.replay.dry_run import Answering, DryRun
from streams.replay.rooms import hosted
from streams.replay.story_time import go_on, move

LIBRARY = load()
POLICY = LIBRARY.policies["2026-11-23.1"]
ROSTER = LIBRARY.rosters["example-1"]
IN_FORCE = InForce(POLICY, ROSTER)
STAMP = Stamp(POLICY.revision, ROSTER.revision)

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WITA = timezone(timedelta(hours=8))
FIRST_DAY = datetime(2023, 12, 24, tzinfo=WITA)
NOON_2026: UtcMs = 1_790_000_000_000
"""Where the broker's clock begins: far from the story's, so that nobody confuses the two."""

DESK = "https://desk.example"
INSPECTION = "https://inspection.example"
STRANGER = "https://stranger.example"
"""Sources: one that the register lets quote everybody, one of the labour inspection, one that nobody knows."""

LEVEL_0_OF_S5 = ("estate:imip", "disnakertrans:72", "polres:72.06", "bpbd:72.06", "dir-perwilayahan", "dg-kpaii", "dg-ilmate")
LEVEL_0_OF_S4 = ("estate:imip", "disnakertrans:72", "dinas-perindustrian:72.06", "dir-perwilayahan")
LEVEL_0_OF_S3 = ("estate:imip", "disnakertrans:72", "dinas-perindustrian:72.06")
INFORMED_OF_S5 = ("minister-office", "governor:72")
LEVEL_2_OF_S5 = ("kemnaker", "menko")


# ------------------------------------------------------------------------------------------------ times


def clock(text: str) -> UtcMs:
    """`11:10`, `11:10:20`, `+2d 05:30`, or RFC 3339, to UTC milliseconds."""
    if "T" in text:
        return ms(datetime.fromisoformat(text))
    days, _, time = text.rpartition(" ")
    hours, minutes, *seconds = (int(part) for part in time.split(":"))
    days = int(days.removeprefix("+").removesuffix("d") or 0)
    return ms(FIRST_DAY + timedelta(days=days, hours=hours, minutes=minutes, seconds=sum(seconds)))


def ms(instant: datetime) -> UtcMs:
    """An aware datetime to UTC milliseconds."""
    return int((instant - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def read(instant: UtcMs) -> str:
    """UTC milliseconds as the log writes them."""
    local = datetime.fromtimestamp(instant / 1000, UTC).astimezone(WITA)
    days = (local.date() - FIRST_DAY.date()).days
    time = f"{local:%H:%M}" if local.second == 0 else f"{local:%H:%M:%S}"
    return f"+{days}d {time}" if days else time


# ------------------------------------------------------------------------------------------------ what is said


class Uttered(NamedTuple):
    """A fact or act before it is published. Times of `data` that are None are filled in with the moment it is told."""

    topic: Topic
    type: str
    data: dict[str, Any]
    said_field: str = ""
    source: str = DESK
    id: str = ""

    def at(self, instant: UtcMs) -> "Uttered":
        """The same, said at that instant; an id that nobody chose derives from the content."""
        data = {name: value for name, value in self.data.items() if value is not None}
        if self.said_field:
            data.setdefault(self.said_field, format_time(instant))
        return self._replace(data=data, id=self.id or digest(self.type, json.dumps(data, sort_keys=True)))

    def cloud(self, recorded_at: UtcMs | None) -> dict[str, Any]:
        """The CloudEvent in structured mode."""
        known = {"time": self.data[self.said_field]} if self.said_field else {}
        recorded = {"recordedtime": format_time(recorded_at)} if recorded_at is not None else {}
        return {"specversion": "1.0", "id": self.id, "source": self.source, "type": self.type, **known, **recorded, "data": self.data}


class Acting(NamedTuple):
    """An act, on the revision in force when it is told, unless it names another."""

    model: type
    position: str
    name: str = "petugas contoh"
    revision: int | None = None
    more: Mapping[str, str] = {}
    about: str = ""


def bulletin(by: str = "Polres Morowali", rank: str = "police", **said: Any) -> Uttered:
    """What one party says. Unless stated: furnace 41 of PT ITSS exploded at 05:30."""
    facts = {
        "firm": "itss",
        "plant": "itss-bahodopi" if said.get("firm", "itss") == "itss" else None,
        "kind": "furnace_explosion",
        "occurred_at": "05:30",
        "exercise": True,
        **said,
        "asserted_by": {"name": by, "rank": rank},
    }
    return _uttered(INCIDENTS, IncidentBulletin.type, facts, "asserted_at")


def filed(**said: Any) -> Uttered:
    """A labour inspection has received the written report."""
    facts = {"firm": "itss", "occurred_at": "05:30", "received_by": "Disnakertrans Sulteng", "exercise": True, **said}
    return _uttered(INCIDENTS, AccidentReportFiled.type, {"source": INSPECTION, **facts}, "filed_at")


def outcome(what: str, by: str = "RSUD Morowali", rank: str = "firm", **said: Any) -> Uttered:
    """A worker is declared dead, disabled or ill."""
    facts = {"firm": "itss", "occurred_at": "05:30", "outcome": what, "persons": 1, "exercise": True, **said}
    return _uttered(INCIDENTS, InjuryOutcome.type, {**facts, "declared_by": {"name": by, "rank": rank}}, "declared_at")


def report(state: str = "submitted", **said: Any) -> Uttered:
    """A report that a firm submits: unless stated, that of PT ITSS due on Tuesday 3 August 2021."""
    facts = {"firm": "itss", "obligation": "iomki", "period": "2021-08-03", "permit": "IOMKI/1", "state": state, "exercise": True, **said}
    return _uttered(REPORTS, ReportSubmission.type, facts, "submitted_at")


def finding(**said: Any) -> Uttered:
    """What somebody found in the field: unless stated, that the report of 3 August is not true."""
    facts = {"firm": "itss", "obligation": "iomki", "period": "2021-08-03", "permit": "IOMKI/1", "by": "dir-perwilayahan", **said}
    facts = {"agrees": False, "what": "pekerja positif tidak dilaporkan", "exercise": True, **facts}
    return _uttered(REPORTS, InspectionFinding.type, facts, "found_at")


def case(token: str = "kasus-abcdefgh-0001", **said: Any) -> Uttered:
    """What a health service says of one case: unless stated, one of PT ITSS is confirmed, with symptoms since 22 December."""
    facts = {"firm": "itss", "case": token, "status": "confirmed", "onset": "2023-12-22", "exercise": True, **said}
    return _uttered(CASES, CaseNotice.type, facts, "reported_at")


def responded(action: str, by: str = "task_force", **said: Any) -> Uttered:
    """What was done about a case or a cluster: unless stated, at PT ITSS from 12:00 on."""
    facts = {"firm": "itss", "action": action, "by": by, "starts_at": "12:00", "exercise": True, **said}
    return _uttered(CASES, ResponseAction.type, facts, "stated_at")


def _uttered(topic: Topic, kind: str, facts: dict[str, Any], said_field: str) -> Uttered:
    source, id = facts.pop("source", DESK), facts.pop("id", "")
    timed = {n: format_time(clock(v)) if n.endswith("_at") and isinstance(v, str) else v for n, v in facts.items()}
    return Uttered(topic, kind, timed, said_field, source, id)


def retraction(of: Uttered, **said: Any) -> Uttered:
    """The party of `of` takes it back."""
    by = of.data["asserted_by"]
    occurred = {"occurred_at": of.data["occurred_at"], "firm": of.data["firm"], "source": of.source, **said}
    return bulletin(by["name"], by["rank"], **occurred, replaces={"id": of.id}, retracted=True)


def acknowledge(position: str, **how: Any) -> Acting:
    """A named person takes it."""
    return Acting(Acknowledge, position, **how)


def verify(position: str, verdict: str, **how: Any) -> Acting:
    """The answer to a signal: `real` or `wrong`."""
    return Acting(Verify, position, more={"verdict": verdict}, **how)


def stand_down(position: str, **how: Any) -> Acting:
    """It is over, says this position."""
    return Acting(StandDown, position, more={"reason": "selesai"}, **how)


def decline(position: str, **how: Any) -> Acting:
    """It is not theirs, says this position."""
    return Acting(Decline, position, more={"reason": "bukan wilayah kami"}, **how)


def handover(position: str, to: str, **how: Any) -> Acting:
    """Another is to do it."""
    return Acting(Handover, position, more={"to": to, "reason": "cuti"}, **how)


def silence(position: str, until: str, **how: Any) -> Acting:
    """No more changes until then, in Makassar."""
    return Acting(Silence, position, more={"until": format_time(clock(until)), "reason": "rapat"}, **how)


def done(position: str, action: str = "take_over", **how: Any) -> Acting:
    """What was asked of this position is done."""
    return Acting(Done, position, more={"action": action}, **how)


def act_on(model: type, position: str = "dir-perwilayahan", *, on: Mapping[str, Any] = {}, **more: Any) -> Uttered:
    """An act on a period: unless stated, of PT ITSS."""
    duty = {"firm": "itss", "permit": "IOMKI/1", "obligation": "iomki", "period": "2021-08-03", **on}
    data = {"on": {name: value for name, value in duty.items() if value is not None}, "position": position, "name": "petugas contoh"}
    return Uttered(ACTS, model.type, {**data, "exercise": True, **more}, "acted_at", "https://people.example")


def entry(model: type, id: str, **fields: Any) -> Uttered:
    """One entry of the register, valid since 2019 unless it says otherwise."""
    since = fields.pop("since", "2019-01-01T00:00:00+08:00")
    data = {"id": id, "valid_from": format_time(clock(since)), "exercise": True, **fields}
    return Uttered(REGISTRY, model.type, data, id=f"{model.type}/{id}/{since}")


def permit(id: str = "IOMKI/1", **fields: Any) -> Uttered:
    """A permit: unless stated, that of PT ITSS in Bahodopi, active, to report on IOMKI."""
    known = {"firm": "itss", "plant": "itss-bahodopi", "holder": "industrial_firm", "obligations": ["iomki"], "state": "active"}
    return entry(PermitEntry, id, **{**known, **fields})


def assigned(**fields: Any) -> Uttered:
    """An obligation assigned by name: unless stated, wasdal to PT ITSS from 2024 on."""
    known = {"obligation": "wasdal", "firm": "itss" if "permit" not in fields else None, "from": "2024-01-01T00:00:00+07:00"}
    data = {**known, "agreed_with": "Pemkab Morowali", "exercise": True, **fields}
    return Uttered(REGISTRY, ObligationAssigned.type, {name: value for name, value in data.items() if value is not None})


def activation(policy: str | None, *, since: str = "2023-12-01T00:00:00+08:00", roster: str | None = None) -> Uttered:
    """A policy or roster revision comes into force."""
    data = {"policy": policy, "roster": roster, "effective_from": format_time(clock(since)), "by": "dir-perwilayahan", "exercise": True}
    return Uttered(REGISTRY, Activate.type, {n: v for n, v in data.items() if v is not None}, id=f"activate/{policy}/{roster}/{since}")


def register(*, connected: bool = False) -> tuple[Uttered, ...]:
    """Who there is: Morowali and Konawe, IMIP and Morosi, their firms, and the two sources that we know."""
    inspections = ["Sulawesi Tengah", "Sulawesi Tenggara"] if connected else []
    regions = (("72.06", "Morowali", "Sulawesi Tengah", "Asia/Makassar"), ("72.12", "Morowali Utara", "Sulawesi Tengah", "Asia/Makassar"))
    regions = (
        *regions,
        ("74.02", "Konawe", "Sulawesi Tenggara", "Asia/Makassar"),
        ("82.02", "Halmahera Tengah", "Maluku Utara", "Asia/Jayapura"),
    )
    return (
        *(entry(RegionEntry, code, name=name, province=province, zone=zone) for code, name, province, zone in regions),
        entry(EstateEntry, "imip", name="IMIP", regency="72.06"),
        entry(EstateEntry, "vdni", name="Morosi", regency="74.02"),
        entry(FirmEntry, "itss", name="PT ITSS", estate="imip"),
        entry(PlantEntry, "itss-bahodopi", firm="itss", name="Bahodopi", estate="imip"),
        entry(FirmEntry, "smi", name="PT SMI", estate="imip"),
        entry(FirmEntry, "oss", name="PT OSS", estate="vdni"),
        entry(FirmEntry, "gni", name="PT GNI", regency="72.12"),
        entry(FirmEntry, "iwip", name="PT IWIP", regency="82.02"),
        entry(SourceEntry, DESK, owner="Desk", speaks_as=["police", "ministry", "estate", "firm", "union", "media"], trusted_times=True),
        entry(SourceEntry, INSPECTION, owner="Disnakertrans", speaks_as=["labour_inspection"], receives_accident_reports=inspections),
        activation(POLICY.revision, roster=ROSTER.revision),
    )


# ------------------------------------------------------------------------------------------------ what is heard


class Heard(NamedTuple):
    """One message to one position, however many receivers it has."""

    at: str
    because: Why
    position: str


def told(at: str, because: Why, *positions: str) -> list[Heard]:
    """These positions heard at that time, for that reason."""
    return [Heard(at, because, position) for position in positions]


def heard_of(deliveries: Iterable[Delivery]) -> list[Heard]:
    """Deliveries as people hear them."""
    return list(dict.fromkeys(Heard(read(d.at), d.why, d.to.position) for d in deliveries))


# ------------------------------------------------------------------------------------------------ drivers


def admission(
    *,
    connected: bool = False,
    story_time: bool = True,
    exercise: bool = True,
    entries: Iterable[Uttered] | None = None,
) -> Admission:
    """What INTAKE knows, with nothing read yet but the register of the tests."""
    registry = Registry(policies=LIBRARY.policies, rosters=LIBRARY.rosters, exercise=exercise, story_time=story_time)
    for offset, said in enumerate(register(connected=connected) if entries is None else entries):
        registry.take(published(said, clock("2019-01-01T00:00:00+08:00"), offset=offset))
    return Admission(registry)


def published(said: Uttered, at: UtcMs, *, offset: int = 0, wall: UtcMs | None = None) -> Record:
    """What is said, as a record of its topic, in structured mode."""
    value = json.dumps(said.at(at).cloud(at)).encode()
    return Record(said.topic.name, 0, offset, NOON_2026 + offset if wall is None else wall, None, value)


class World:
    """INTAKE alone, with a register."""

    def __init__(self, **known: Any) -> None:
        self.admission = admission(**known)
        self.offset = 0

    def take(self, said: Uttered, since: str = "2019-01-01T00:00:00+08:00") -> None:
        """The register learns one more entry."""
        self.admission.registry.take(published(said, clock(since), offset=self.admission.registry.revision))

    def says(self, said: Uttered, at: UtcMs | str) -> tuple[Said, ...]:
        """What INTAKE answers to one event received at `at`."""
        self.offset += 1
        at = clock(at) if isinstance(at, str) else at
        return INTAKE.step({}, published(said, at, offset=self.offset), self.admission).words

    def admits(self, said: Uttered, at: UtcMs | str) -> dict[str, Admitted]:
        """The admitted words by their subject."""
        return {word.key: word.word for word in self.says(said, at) if isinstance(word.word, Admitted)}


class Seat:
    """One room at one partition, in memory; every entry goes through its packing, as on the changelog."""

    def __init__(self, room: Room, in_force: Any = IN_FORCE) -> None:
        self.room, self.in_force = room, in_force
        self.entries: dict[str, Any] = {}
        self.dues: dict[str, Due] = {}
        self.words: list[Said] = []
        self.offset = 0

    def hears(self, word: Word, key: str = "") -> tuple[Said, ...]:
        """One word, in the ledger of its subject unless a key is named; what the room answers."""
        key = key or getattr(word, "subject", "")
        self.offset += 1
        headers = tuple((name, value.encode()) for name, value in STAMP._asdict().items())
        record = Record(self.room.inboxes[0].name, 0, self.offset, NOON_2026 + self.offset, key.encode(), codec.encode(word), headers)
        step = self.room.step(dict(self.entries), record, self.in_force)
        for name, changed in step.changes.items():
            self.dues.pop(name, None)
            if changed is None:
                self.entries.pop(name, None)
            else:
                self.entries[name] = self.room.unpack(self.room.pack(changed))
        self.dues.update(step.due)
        self.words += step.words
        return step.words

    def hears_all(self, said: Iterable[Said]) -> tuple[Said, ...]:
        """The words among `said` that go to this room's inbox."""
        mine = (s for s in said if s.topic == self.room.inboxes[0])
        return tuple(answer for s in mine for answer in self.hears(s.word, s.key))

    def tick(self, at: UtcMs, number: int = 1) -> tuple[Said, ...]:
        """Time moves to `at` for every entry that is due."""
        due = sorted((d.at, name) for name, d in self.dues.items() if d.at is not None and d.at <= at)
        tick = Tick(number=number, at=at, wall=NOON_2026 + number, complete_through=at)
        return tuple(word for _, name in due for word in self.hears(tick, name))

    def least_due(self) -> UtcMs | None:
        """When time next matters here."""
        return min((d.at for d in self.dues.values() if d.at is not None), default=None)

    def tick_through(self, at: UtcMs) -> tuple[Said, ...]:
        """A tick at every deadline up to `at`."""
        words: tuple[Said, ...] = ()
        while (due := self.least_due()) is not None and due <= at:
            words += self.tick(due)
            assert self.least_due() != due, "a deadline that has fired is gone"
        return words

    def said(self, kind: type) -> list[Any]:
        """All words of a kind so far."""
        return [s.word for s in self.words if isinstance(s.word, kind)]


class Chain:
    """SURVEILLANCE and ESCALATION one behind the other, as CLOCK chains them: quick, and without transport."""

    def __init__(self, **known: Any) -> None:
        self.world = World(**known)
        self.surveillance, self.escalation = Seat(SURVEILLANCE), Seat(ESCALATION)

    def hears(self, said: Uttered, at: UtcMs | str) -> tuple[Said, ...]:
        """One event, through both rooms."""
        return self.escalation.hears_all(self.surveillance.hears_all(self.world.says(said, at)))

    def acts(self, said: Uttered, at: UtcMs | str) -> tuple[Said, ...]:
        """One act, to ESCALATION."""
        return self.escalation.hears_all(self.world.says(said, at))

    def tick(self, at: UtcMs | str) -> tuple[Said, ...]:
        """One tick, chained: ESCALATION has heard SURVEILLANCE's words of it before it comes."""
        at = clock(at) if isinstance(at, str) else at
        words = self.escalation.hears_all(self.surveillance.tick(at))
        return words + self.escalation.tick(at)

    def tick_through(self, at: UtcMs | str) -> tuple[Said, ...]:
        """A tick at every deadline up to `at`."""
        at, words, last = clock(at) if isinstance(at, str) else at, (), -1
        while (
            due := min((d for d in (self.surveillance.least_due(), self.escalation.least_due()) if d is not None), default=None)
        ) is not None:
            if due > at:
                break
            assert due > last, "a deadline that has fired is gone"
            words, last = words + self.tick(due), due
        return words

    @property
    def alerts(self) -> list[Alert]:
        return self.surveillance.said(Alert)

    @property
    def deliveries(self) -> list[Delivery]:
        return self.escalation.said(Delivery)

    @property
    def standing(self) -> dict[str, Escalation]:
        """The latest word on each escalation."""
        return {word.id: word for word in self.escalation.said(Escalation)}

    def act(self, acting: Acting, at: UtcMs, escalation: Escalation) -> tuple[Said, ...]:
        """An act on that escalation."""
        return self.acts(uttered_act(acting, escalation), at)


def uttered_act(acting: Acting, escalation: Escalation) -> Uttered:
    """An act as it is published."""
    data = {
        "on": {
            "escalation": escalation.id,
            "estate": escalation.estate,
            "revision": acting.revision or revision_for(acting.position, escalation),
        },
        "position": acting.position,
        "name": acting.name,
        "exercise": True,
        **acting.more,
    }
    return Uttered(ACTS, acting.model.type, data, "acted_at", "https://people.example")


class Shift:
    """A shift at the desk: the whole line in memory, in story time. Call it with the time and what was said."""

    def __init__(
        self, *entries: Uttered, connected: bool = False, answering: Answering | None = None, starts: str = "05:00", digest_key: bytes = b""
    ) -> None:
        self.admission = admission(entries=())._replace(digest_key=digest_key, case_key=digest_key)
        self.line = dry_run(self.admission, answering)
        self.now = clock(starts)
        self._told = 0
        for said in (*register(connected=connected), *entries):
            self._publish(said, self.now)
        self._move(self.now)

    def __call__(self, when: str, *said: Uttered | Acting) -> list[Heard]:
        """Time goes on to `when`, where this is said. What has been heard since the last line of the log."""
        at = clock(when)
        go_on(self.line, self.now, at)
        for one in said:
            self._publish(self._uttered(one), at)
        self._move(at)
        heard = heard_of(self.deliveries[self._told :])
        self._told = len(self.deliveries)
        return heard

    def put(self, topic: Topic, value: bytes | None, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        """Something that is no word of ours arrives."""
        self.line.publish(topic, value, headers=headers)
        self.line.settle()

    def _uttered(self, said: Uttered | Acting) -> Uttered:
        return uttered_act(said, self.escalation(said.about)) if isinstance(said, Acting) else said

    def _publish(self, said: Uttered, at: UtcMs) -> None:
        self.line.publish(said.topic, json.dumps(said.at(at).cloud(at)).encode())
        self.line.settle()

    def _move(self, at: UtcMs) -> None:
        move(self.line, at)
        self.now = at

    def words(self, topic: Topic, kind: type) -> list[Any]:
        """All words of a kind on a topic."""
        return [word for word in self.line.words(topic) if isinstance(word, kind)]

    @property
    def deliveries(self) -> list[Delivery]:
        return self.words(DELIVERY_INBOX, Delivery)

    @property
    def heard(self) -> list[Heard]:
        """Everything that anybody was told so far."""
        return heard_of(self.deliveries)

    @property
    def attempts(self) -> list[Attempt]:
        return self.words(ATTEMPTS, Attempt)

    @property
    def alerts(self) -> list[Alert]:
        return self.words(ESCALATION_INBOX, Alert)

    @property
    def admitted(self) -> list[Admitted]:
        return self.words(LEDGER, Admitted)

    @property
    def answers(self) -> list[Answer]:
        return self.words(ESCALATIONS, Answer)

    def escalation(self, about: str = "") -> Escalation:
        """Where the escalation about an incident stands; the latest one if none is named."""
        return [word for word in self.words(ESCALATIONS, Escalation) if about in ("", word.about)][-1]

    def words_on_escalations(self) -> list[Escalation]:
        """The latest word on each escalation."""
        return list({(word.estate, word.id): word for word in self.words(ESCALATIONS, Escalation)}.values())

    def mailbox(self, receiver: str) -> list[Attempt]:
        """What one receiver was sent, in order."""
        return [attempt for attempt in self.attempts if attempt.delivery.to.receiver == receiver]


def dry_run(known: Admission, answering: Answering | None = None) -> DryRun:
    """The whole line, hosted in memory, in story time."""
    rooms = hosted(
        lambda _: known, Pace(story_time=True, policy_of=LIBRARY.policy, roster_of=LIBRARY.roster, exercise=True), LIBRARY.in_force
    )
    return DryRun(rooms, known, wall=NOON_2026, answering=answering)


def figures(situation: Any) -> Iterator[tuple[str, int, tuple[int, ...]]]:
    """Each figure: name, headline, what others say."""
    return ((f.name, f.headline.value, tuple(o.value for o in f.others)) for f in situation.figures)
