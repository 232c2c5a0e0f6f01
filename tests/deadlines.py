"""A seat of SURVEILLANCE at report deadlines: permits, reports, acts and proven ticks in, by hand; what it says out."""

import json
from datetime import date
from typing import Any

import msgspec

from schemas import codec
from schemas.cases import CaseNotice
from schemas.codec import decode
from schemas.escalation import AdmittedAct
from schemas.ids import digest, gate
from schemas.ledger import (
    Admitted,
    Bound,
    Enrolled,
    Origin,
    PartitionRead,
    Place,
    PlaceSince,
    Proof,
    Refusal,
    Registered,
    SourcePublished,
    StateSince,
    Tick,
)
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.surveillance import Alert
from schemas.topics import CASES, LEDGER, REPORTS
from schemas.word import UtcMs, Word, as_datetime
from streams.pipeline.calendar import end_of
from streams.pipeline.line import Record
from streams.pipeline.surveillance import SURVEILLANCE
from streams.replay.dry_run import Desk, Hosted
from tests.iomki import IOMKI
from tests.story import IN_FORCE, STAMP

HOUR, DAY = 3_600_000, 86_400_000
GRACE = 8 * HOUR
SIINAS = IOMKI.received_by
BEGINS = end_of(date(2021, 7, 30))
"""The period that is due on Tuesday, 3 August 2021, opens."""
MM2100 = Place("f1", "PT F1", estate="mm2100", estate_name="MM2100", regency="32.16", regency_name="Kab. Bekasi", province="32")
KIIC = Place("f1", "PT F1", estate="kiic", estate_name="KIIC", regency="32.15", regency_name="Kab. Karawang", province="32")
OFFICER = "dir-perwilayahan"
TUE, FRI, TUE2, FRI2, TUE3 = (date(2021, 8, day) for day in (3, 6, 10, 13, 17))


def due(day: date) -> UtcMs:
    """Before this instant a report was due."""
    return end_of(day)


class Deadlines:
    """One seat, and the words that it has said. Everything is said at an instant of law; offsets count up by themselves."""

    def __init__(self) -> None:
        self.desk = Desk(Hosted(SURVEILLANCE, lambda _: IN_FORCE), LEDGER, 0)
        self.words: list[tuple[str, Word]] = []
        self.offset = self.ticks = 0

    def hears(self, word: Word, key: str) -> list[Word]:
        """One word of the ledger; what is said because of it."""
        self.offset += 1
        headers = (("word", type(word).__struct_config__.tag.encode()), *((name, text.encode()) for name, text in STAMP._asdict().items()))
        record = Record(LEDGER.name, 0, self.offset, self.offset, key.encode(), codec.encode(word), headers)
        said = [(row[0].name, decode(row[3])) for row in self.desk.answer(record)]
        assert not [word for topic, word in said if topic == "parked"], said
        said = [each for each in said if type(each[1]).__name__ != "Progress"]
        self.words += said
        return [word for _, word in said]

    def enrol(self, permit: str = "P-1", firm: str = "f1", *, at: UtcMs = BEGINS, **known: Any) -> list[Word]:
        """A permit of a firm in MM2100 that must report, unless said otherwise."""
        usual = {
            "holder": "industrial_firm",
            "obligations": (Bound("iomki", at),),
            "states": (StateSince(at, "active"),),
            "places": (PlaceSince(at, msgspec.structs.replace(MM2100, firm=firm)),),
            "registry": self.offset,
        }
        word = Enrolled(permit, firm, f"firm:{firm}", at=at, origin=self._origin("firm-registry"), **{**usual, **known})
        return self.hears(word, word.subject)

    def report(
        self,
        day: date,
        at: UtcMs | None = None,
        *,
        id: str = "",
        permit: str = "P-1",
        firm: str = "f1",
        came: UtcMs | None = None,
        **data: Any,
    ) -> list[Word]:
        """A report for a period, received two days before it is due unless said otherwise, and published then unless it came later."""
        at = due(day) - 2 * DAY if at is None else at
        fact = {
            "state": "submitted",
            "submitted_at": _iso(at),
            "obligation": "iomki",
            "period": day.isoformat(),
            "permit": permit,
            "firm": firm,
        }
        return self._admits(ReportSubmission.type, fact | data, id or f"{permit}/{day}", at, firm, came=came)

    def finding(self, day: date | None, at: UtcMs, *, id: str = "f", by: str = OFFICER, agrees: bool = False) -> list[Word]:
        """Somebody was there."""
        fact = {"obligation": "iomki", "permit": "P-1", "firm": "f1", "found_at": _iso(at), "by": by, "agrees": agrees, "what": "looked"}
        return self._admits(InspectionFinding.type, fact | ({"period": day.isoformat()} if day else {}), id, at, "f1")

    def told(self, case: str, at: UtcMs, *, came: UtcMs | None = None, **data: Any) -> list[Word]:
        """A health service says that the firm was told of a confirmed case at an instant; heard then unless it came later."""
        came = at if came is None else came
        where, id = data.pop("place", MM2100), data.pop("id", case)
        fact = {
            "firm": "f1",
            "case": f"case-{digest(case)}",
            "status": "confirmed",
            "onset": as_datetime(at - 2 * DAY).date().isoformat(),
            "reported_at": _iso(came),
            "firm_informed_at": _iso(at),
        }
        raw = json.dumps(fact | data).encode()
        origin, registered = self._origin(CASES.name), Registered()
        service = "https://dinkes.example"
        known = {"place": where, "registered": registered, "subject": "firm:f1"}
        word = Admitted(CaseNotice.type, service, id, digest(raw), came, came, origin, msgspec.Raw(raw), **known)
        return self.hears(word, word.subject)

    def _admits(self, kind: str, fact: dict[str, Any], id: str, at: UtcMs, firm: str, *, came: UtcMs | None = None) -> list[Word]:
        raw = json.dumps(fact).encode()
        origin, came = self._origin(REPORTS.name), at if came is None else came
        word = Admitted(kind, SIINAS, id, digest(raw), came, came, origin, msgspec.Raw(raw), received_at=at, subject=f"firm:{firm}")
        return self.hears(word, word.subject)

    def refused(self, at: UtcMs, firm: str = "f1", reason: str = "wrong_value", received_at: UtcMs | None = None) -> list[Word]:
        """INTAKE has refused a report of the firm."""
        origin = self._origin(REPORTS.name)
        refusal = Refusal(ReportSubmission.type, SIINAS, reason, "state", f"firm:{firm}", at, origin, received_at=received_at)
        return self.hears(refusal, refusal.subject)

    def act(self, act: str, day: date, at: UtcMs, *, position: str = OFFICER, step: str = "", permit: str = "P-1") -> list[Word]:
        """An official, or the firm, about one permit's period."""
        return self.hears(self._acted(act, day, at, position=position, step=step, firm="f1", permit=permit), "firm:f1")

    def excuse_all(self, day: date, at: UtcMs, position: str = OFFICER) -> list[Word]:
        """An official excuses everybody."""
        return self.hears(self._acted("excuse", day, at, position=position), f"iomki/{day}")

    def _acted(self, act: str, day: date, at: UtcMs, **stated: str) -> AdmittedAct:
        usual = {"escalation": "", "revision": 0, "name": "N. N.", "obligation": "iomki", "period": day.isoformat()}
        known = {"source": "https://people.example", "id": f"a{self.offset}", "origin": self._origin("acts")}
        return AdmittedAct(act=act, at=at, **known, **(usual | stated))

    def _origin(self, topic: str) -> Origin:
        return Origin(topic, 0, self.offset)

    def tick(self, at: UtcMs, *, published: UtcMs | None = None, read: UtcMs | None = None) -> list[Word]:
        """Time moves: everything has been read and published up to then, unless said otherwise."""
        self.ticks += 1
        published, read = at if published is None else published, at if read is None else read
        proof = Proof(
            tuple(PartitionRead(REPORTS.name, n, 5, read + n) for n in range(REPORTS.partitions)),
            tuple(SourcePublished(REPORTS.name, n, SIINAS, published + n, 4) for n in range(REPORTS.partitions)),
        )
        tick = Tick(self.ticks, at, at, read, proven=((gate(REPORTS.name, SIINAS), min(published, read)),), proof=proof)
        return self.hears(tick, "")

    def passes(self, day: date) -> list[Word]:
        """A deadline passes, grace and all."""
        return self.tick(due(day) + GRACE)

    @property
    def alerts(self) -> dict[str, Alert]:
        """The latest word on each alert, by rule and what it is about."""
        return {f"{word.rule} {word.about}": word for _, word in self.words if isinstance(word, Alert)}

    @property
    def standing(self) -> dict[str, str]:
        """How the warnings and proposals stand."""
        return {name: alert.state for name, alert in self.alerts.items() if name.startswith(("R2 ", "R3 "))}


def _iso(at: UtcMs) -> str:
    return as_datetime(at).isoformat().replace("+00:00", "Z")
