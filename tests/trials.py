"""Trials: a seed in; firms, their deadlines and everything that goes wrong upstream out, played on the whole line by the broker's clock.

The broker here keeps what a real one keeps: records of an open transaction hide everything behind them, a partition that nobody holds is
not read, and each partition has a clock of its own, which may be set back.
"""

import json
import random
from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from schemas.intake import IntakeWatermark, SourceWatermark
from schemas.registry import Activate, EstateEntry, FirmEntry, PermitEntry, RegionEntry, SourceEntry
from schemas.reports import ReportSubmission
from schemas.topics import ACTS, ESCALATION_INBOX, INTAKE_TOPICS, REGISTRY, REPORTS, Topic
from schemas.word import format_time
from streams.live.library import Library
from streams.pipeline.clock import Pace
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.registry import Registry
from streams.pipeline.line import Record
from streams.replay.dry_run import DryRun
from streams.replay.rooms import hosted
from tests import truth, verify_proof
from tests.circulars import DAY, GRACE, HOUR, due_at, opens_at
from tests.story import LIBRARY, POLICY, ROSTER
from tests.truth import Fact

MINUTE, SECOND = 60_000, 1_000
SIINAS, OSS = "https://siinas.example", "https://oss.example"
"""Who receives the reports, and somebody else who publishes to the same topic and proves nothing."""
DAYS = (date(2021, 8, 3), date(2021, 8, 6))
SITES = (
    ("mm2100", "32.16", "Asia/Jakarta"),
    ("imip", "72.06", "Asia/Makassar"),
    ("weda", "82.02", "Asia/Jayapura"),
    ("", "32.15", "Asia/Jakarta"),
)
"""WIB, WITA, WIT, and a firm outside every estate."""
FUTURE = 10 * MINUTE
FAULTS = (
    "open transaction", "aborted transaction", "unheld", "another topic unheld", "half", "no watermarks", "clock back a little", "clock back far",
)  # fmt: skip
BLOCKING = FAULTS[:6]
"""While these last nothing can be proven."""


class Kept(NamedTuple):
    """A record in a partition, and the transaction that it belongs to."""

    record: Record
    transaction: str = ""


class Partition:
    """One partition of an intake topic: what is in it, and how far it has been read."""

    def __init__(self, topic: Topic, number: int) -> None:
        self.topic, self.number = topic, number
        self.kept: list[Kept] = []
        self.end = self.read = 0
        self.skew = 0
        self.held = True

    def append(self, value: bytes, at: int, transaction: str = "") -> int:
        """When the record was appended, by this partition's clock."""
        self.kept.append(Kept(Record(self.topic.name, self.number, self.end, at + self.skew, None, value), transaction))
        self.end += 1
        return at + self.skew


class Trial:
    """One seed's world on the whole line."""

    def __init__(self, seed: int, fault: str, library: Library = LIBRARY) -> None:
        self.seed, self.fault, self.chance = seed, fault, random.Random(f"{seed}/{fault}")
        self.days = DAYS[: self.chance.choice((1, 1, 2))]
        self.starts = opens_at(DAYS[0]) - HOUR
        self.repaired = due_at(self.days[-1]) + 30 * HOUR
        self.facts: list[Fact] = []
        self.homes: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self._script: list[tuple[int, int, Any]] = []
        self._unpublished: list[tuple[int, int, int]] = []
        self._transactions: dict[str, str] = {}
        self._through: dict[int, int] = {}
        registry = Registry(policies=library.policies, rosters=library.rosters, exercise=False, story_time=False)
        admission = Admission(registry)
        pace = Pace(story_time=False, policy_of=library.policy, roster_of=library.roster)
        self.line = DryRun(hosted(lambda _: admission, pace, library.in_force), admission, wall=self.starts)
        self.partitions = {(t.name, n): Partition(t, n) for t in INTAKE_TOPICS for n in range(t.partitions)}
        self.reports = [self.partitions[REPORTS.name, n] for n in range(REPORTS.partitions)]
        self.broken = self.chance.sample(range(REPORTS.partitions), 2)
        """The partitions that suffer, where not all do."""

    # ------------------------------------------------------------------ the world

    def _register(self) -> None:
        for region in {regency: zone for _, regency, zone in SITES}.items():
            self._enters(RegionEntry, region[0], name=region[0], province=region[0][:2], zone=region[1])
        for estate, regency, _ in SITES:
            if estate:
                self._enters(EstateEntry, estate, name=estate, regency=regency)
        self._enters(SourceEntry, SIINAS, owner="Pusdatin", trusted_times=True)
        self._enters(SourceEntry, OSS, owner="BKPM", trusted_times=True)
        self._at(self.starts + MINUTE, self._mark_of_another)
        active = {"policy": POLICY.revision, "roster": ROSTER.revision, "effective_from": "2019-01-01T00:00:00Z", "by": "dir-perwilayahan"}
        self._publishes(REGISTRY, 0, cloud(Activate.type, "activate", active))
        for number in range(self.chance.randint(5, 20)):
            estate, regency, _ = self.chance.choice(SITES)
            self.homes[f"f{number}"] = regency
            self._enters(FirmEntry, f"f{number}", name=f"PT F{number}", **({"estate": estate} if estate else {"regency": regency}))
            for permit in range(self.chance.choice((1, 1, 1, 2))):
                self._permit(f"f{number}", f"P-{number}-{permit}")

    def _permit(self, firm: str, permit: str) -> None:
        """Most hold all along; some are granted or end in mid-period, and owe nothing for it."""
        held = {"firm": firm, "holder": "industrial_firm", "obligations": ["iomki"], "state": "active"}
        granted = self.chance.choice((0, 0, 0, 0, 0, 0, DAY))
        self._enters(PermitEntry, permit, since=opens_at(DAYS[0]) + granted, **held)
        ends = self.chance.choice((None, None, None, None, None, due_at(DAYS[0]) - HOUR))
        if ends:
            self._enters(PermitEntry, permit, since=ends, ended=True, **held)
        for day in self.days:
            owes = opens_at(DAYS[0]) + granted <= opens_at(day) and (ends is None or due_at(day) <= ends)
            self.facts.append(Fact("owes" if owes else "exempt", firm, permit, day))
            self._lives(firm, permit, day)

    def _enters(self, kind: type, id: str, since: int = 0, **fields: Any) -> None:
        data = {"id": id, "valid_from": format_time(since), **fields}
        self._publishes(REGISTRY, 0, cloud(kind.type, f"{id}/{since}", data))

    def _publishes(self, topic: Topic, partition: int, value: bytes) -> None:
        self._at(self.starts, lambda at: self.partitions[topic.name, partition].append(value, at))

    # ------------------------------------------------------------------ the firms

    def _lives(self, firm: str, permit: str, day: date) -> None:
        """What a firm does about one period."""
        due, life = due_at(day), self.chance.random()
        early = self.chance.randrange(opens_at(day), due)
        last = due - self.chance.randrange(1, 20 * MINUTE)
        if life < 0.22:
            return
        if life < 0.42:
            self._reports(firm, permit, day, early)
        elif life < 0.66:
            self._reports(firm, permit, day, last)
        elif life < 0.74:
            self._reports(firm, permit, day, due + self.chance.randrange(0, GRACE))
        elif life < 0.8:
            self._reports(firm, permit, day, due + GRACE + self.chance.randrange(0, 8 * HOUR))
        elif life < 0.86:
            self._reports(firm, permit, day, early, id="one")
            again = self.chance.choice((last, due + HOUR, due + 10 * HOUR))
            state = self.chance.choice(("withdrawn", "corrected", "returned"))
            self._reports(firm, permit, day, max(again, early), id="two", state=state, replaces="one")
        elif life < 0.93:
            self._reports(firm, permit, day, last, workers=-1)
            if self.chance.random() < 0.4:
                self._reports(firm, permit, day, due - 1, id="again")
        else:
            self._reports(firm, permit, day, last, names="P-of-nobody")

    def _reports(self, firm: str, permit: str, day: date, received: int, *, id: str = "one", names: str = "", **said: Any) -> None:
        """Received then; published somewhat or much later, in any partition, once or more often."""
        id = f"{permit}/{day}/{id}"
        if "replaces" in said:
            said["replaces"] = f"{permit}/{day}/{said['replaces']}"
        data = {"obligation": "iomki", "period": day.isoformat(), "permit": names or permit, "firm": firm, "state": "submitted"}
        data |= {"submitted_at": format_time(received)} | said
        value = cloud(ReportSubmission.type, id, data, received)
        kind = "refused" if names or "workers" in said else "report"
        fact = Fact(kind, firm, permit, day, received, id, data["state"], data.get("replaces", ""))
        for copy in range(self.chance.choice((1, 1, 1, 2))):
            number = self.chance.randrange(REPORTS.partitions)
            published = received + self.chance.choice((0, SECOND, MINUTE, HOUR, 11 * HOUR))
            self._sends(fact, value, published, number, is_copy=copy > 0)

    def _sends(self, fact: Fact, value: bytes, published: int, number: int, *, is_copy: bool) -> None:
        if published > self.repaired or (self.fault in ("half", "no watermarks") and number in self.broken and published > self._breaks):
            published = self.repaired
        transaction = (
            self.fault if "transaction" in self.fault and number in self.broken and self._breaks < published < self.repaired else ""
        )
        if transaction == "aborted transaction":
            self._at(published, lambda at: self.reports[number].append(value, at, "aborted transaction"))
            published, transaction = self.repaired, ""
        if not is_copy:
            self._unpublished.append((number, fact.received, published))

        def publish(at: int) -> None:
            appended = self.reports[number].append(value, at, transaction)
            refused = fact.kind == "refused" or fact.received > appended + FUTURE
            self.facts.append(fact._replace(kind="refused" if refused else "report", appended=appended))

        self._at(published, publish)

    @property
    def _breaks(self) -> int:
        return due_at(self.days[0]) - HOUR

    # ------------------------------------------------------------------ what is done, and when

    def _at(self, at: int, act: Any) -> None:
        self._script.append((at, len(self._script), act))

    def _marks(self) -> None:
        """What SIINas and INTAKE say of how far they have come."""
        offsets = (-3 * HOUR, 2 * MINUTE, GRACE + MINUTE, GRACE + 90 * MINUTE, 20 * HOUR)
        instants = [due_at(day) + offset for day in self.days for offset in offsets]
        ends = [self.repaired + offset for offset in (MINUTE, HOUR, 2 * HOUR, 9 * HOUR)]
        for at in (self.starts, *instants, *ends):
            self._at(at, self._source_marks)
            self._at(at + SECOND, self._own_marks)

    def _source_marks(self, at: int) -> None:
        if self.fault == "no watermarks" and at < self.repaired:
            return
        for number, partition in enumerate(self.reports):
            if self.fault == "half" and number in self.broken and self._breaks < at < self.repaired:
                continue
            waiting = [received - 1 for n, received, published in self._unpublished if n == number and received <= at <= published]
            self._through[number] = max(min([at - 1, *waiting]), self._through.get(number, 0))
            through = format_time(self._through[number])
            partition.append(cloud(SourceWatermark.type, f"mark/{number}/{at}", {"complete_through": through}), at)

    def _mark_of_another(self, at: int) -> None:
        for partition in self.reports:
            partition.append(cloud(SourceWatermark.type, "mark", {"complete_through": format_time(self.starts - 1)}, source=OSS), at)

    def _own_marks(self, at: int) -> None:
        for partition in self.partitions.values():
            if partition.held:
                partition.append(cloud(IntakeWatermark.type, f"{at}", {}, source="siaga/intake"), at)

    def _breaking(self) -> None:
        set_back = {"clock back a little": -4 * SECOND, "clock back far": -self.chance.choice((6 * SECOND, 9 * MINUTE, 50 * MINUTE))}

        def breaks(at: int) -> None:
            for number in self.broken:
                if "transaction" in self.fault:
                    self.reports[number].append(b"its first record", at, self.fault)
                self.reports[number].skew = set_back.get(self.fault, 0)
                self.reports[number].held = self.fault != "unheld"
            if "transaction" in self.fault:
                self._transactions[self.fault] = "open"

        def repairs(_: int) -> None:
            self.partitions[ACTS.name, 1].held = True
            for partition in self.reports:
                partition.skew, partition.held = 0, True
            self._transactions[self.fault] = "aborted" if self.fault == "aborted transaction" else "committed"

        def drops(_: int) -> None:
            self.partitions[ACTS.name, 1].held = self.fault != "another topic unheld"

        self._at(self._breaks, breaks)
        self._at(due_at(self.days[0]) + HOUR, drops)
        self._at(self.repaired - 1, repairs)

    def play(self) -> "Trial":
        """Everything in its order; after each step the line reads what can be read."""
        self._register()
        self._breaking()
        self._marks()
        script = sorted(self._script, key=lambda step: step[:2])
        for n, (at, _, act) in enumerate(script):
            act(at)
            if n + 1 == len(script) or script[n + 1][0] > at:
                self._read(at)
        return self

    def _read(self, at: int) -> None:
        self.line.wall = max(self.line.wall, at)
        for partition in self.partitions.values():
            while partition.held and partition.read < partition.end:
                kept = partition.kept[partition.read]
                state = self._transactions.get(kept.transaction, "committed")
                if state == "open":
                    break
                partition.read += 1
                if state == "committed":
                    self.line.records[kept.record.topic].append(kept.record)
                    self.line._waiting.append(kept.record)
        self.line.settle()

    # ------------------------------------------------------------------ what must be so

    def wrong(self) -> list[str]:
        """Everything that must not have happened."""
        topics = verify_proof.Topics(record for records in self.line.records.values() for record in records)
        verdicts = truth.verdicts(self.facts)
        standing: dict[tuple[str, date], str] = {}
        found = [f"parked {record.value!r}" for record in self.line.records["parked"]]
        for seen in (s for s in topics.seen.values() if s.where[0] == ESCALATION_INBOX.name and s.said.get("rule") == "R2"):
            situation = seen.said["situation"]
            key = situation["permit"], date.fromisoformat(situation["period"])
            standing[key] = seen.said["state"]
            if seen.said["state"] != "firing":
                continue
            self.counts["accused"] += 1
            found += [f"{key}: {wrong}" for wrong in verify_proof.verify(topics, seen)]
            if verdicts[key] in ("on time", "exempt"):
                found.append(f"{key} was accused, and was {verdicts[key]}")
            if self.fault in BLOCKING and seen.appended < self.repaired:
                found.append(f"{key} was accused before {self.fault} had been repaired")
        accused = {key for key, state in standing.items() if state == "firing"}
        absent = {key for key, verdict in verdicts.items() if verdict == "absent"}
        found += [f"{key} is accused, and was {verdicts[key]}" for key in sorted(accused - absent)]
        found += [f"{key} is not accused, and was absent" for key in sorted(absent - accused)]
        self.counts.update(verdicts.values())
        return [f"seed {self.seed}, {self.fault}: {wrong}" for wrong in found]


def cloud(kind: str, id: str, data: dict[str, Any], recorded_at: int | None = None, source: str = SIINAS) -> bytes:
    """An event in structured mode."""
    recorded = {} if recorded_at is None else {"recordedtime": format_time(recorded_at)}
    return json.dumps({"specversion": "1.0", "id": id, "source": source, "type": kind, **recorded, "data": data}).encode()
