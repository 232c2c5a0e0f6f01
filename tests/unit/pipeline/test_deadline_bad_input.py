"""Bad input around a deadline, through the whole line: each is answered by a word that names it, and nobody is accused because of it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest

from schemas.intake import SourceWatermark
from schemas.ledger import Enrolled, Oddity, Rejected
from schemas.registry import Activate, EstateEntry, FirmEntry, PermitEntry, RegionEntry, SourceEntry
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.surveillance import Alert
from schemas.topics import ESCALATION_INBOX, LEDGER, REGISTRY, REJECTED, REPORTS, Topic
from schemas.word import format_time
from tests import verify_proof
from tests.circulars import DAY, GRACE, HOUR, due_at, opens_at
from tests.story import POLICY, ROSTER
from tests.trials import DAYS, MINUTE, SIINAS, Trial, cloud

TUE = DAYS[0]
OPENS, DUE = opens_at(TUE), due_at(TUE)
STRANGER = "https://stranger.example"


class Said(NamedTuple):
    """One record of the outside."""

    at: int
    value: bytes
    topic: Topic = REPORTS
    partition: int = 0


def report(at: int = DUE - DAY, *, received: int | None = None, source: str = SIINAS, id: str = "bad", **said: Any) -> Said:
    """A report of f0, received and published then, unless said otherwise."""
    data = {"obligation": "iomki", "period": "2021-08-03", "permit": "P-0", "firm": "f0", "state": "submitted"}
    data |= {"submitted_at": format_time(at)} | said
    return Said(at, cloud(ReportSubmission.type, id, data, at if received is None else received, source))


def finding(by: str) -> Said:
    """Somebody was at f0."""
    data = {"obligation": "iomki", "period": "2021-08-03", "permit": "P-0", "firm": "f0", "found_at": format_time(DUE - DAY)}
    return Said(DUE - DAY, cloud(InspectionFinding.type, "bad", {**data, "by": by, "agrees": False, "what": "x"}, DUE - DAY))


def mark(at: int, through: int, source: str = SIINAS) -> Said:
    """A source says in partition 0 how far it has published."""
    return Said(at, cloud(SourceWatermark.type, f"bad/{at}", {"complete_through": format_time(through)}, source=source))


def entered(at: int, kind: type, **data: Any) -> Said:
    """An entry of the register."""
    return Said(at, cloud(kind.type, "bad", data), REGISTRY)


GOOD = report(DUE - 2 * HOUR, id="good")


class Night(Trial):
    """f0 is what the case says; f1 is silent; f2 reports, unless the case says that it is silent too. marks: SIINas's honest ones last until then."""

    def __init__(self, said: Iterable[Said], marks: int, silent: tuple[str, ...]) -> None:
        super().__init__(0, "none")
        self.days, self.said, self.marks, self.silent = DAYS[:1], tuple(said), marks, silent
        self.repaired = DUE + 20 * HOUR
        self.origins: list[tuple[str, int, int]] = []

    def _register(self) -> None:
        self._enters(RegionEntry, "32.16", name="Bekasi", province="Jawa Barat", zone="Asia/Jakarta")
        for estate in ("mm2100", "kiic"):
            self._enters(EstateEntry, estate, name=estate, regency="32.16")
        self._enters(SourceEntry, SIINAS, owner="Pusdatin", trusted_times=True)
        active = {"policy": POLICY.revision, "roster": ROSTER.revision, "effective_from": "2019-01-01T00:00:00Z", "by": "dir-perwilayahan"}
        self._publishes(REGISTRY, 0, cloud(Activate.type, "activate", active))
        for number in range(3):
            self._enters(FirmEntry, f"f{number}", name=f"PT F{number}", estate="mm2100", regency="32.16")
            held = {"firm": f"f{number}", "holder": "industrial_firm", "obligations": ["iomki"], "state": "active"}
            self._enters(PermitEntry, f"P-{number}", since=OPENS, **held)
        others = [] if "f2" in self.silent else [report(id="of-f2", firm="f2", permit="P-2")]
        for said in others:
            self._at(said.at, lambda at, said=said: self.reports[1].append(said.value, at))
        for said in self.said:
            self._at(said.at, lambda at, said=said: self._says(said, at))

    def _says(self, said: Said, at: int) -> None:
        partition = self.partitions[said.topic.name, said.partition]
        self.origins.append((said.topic.name, said.partition, partition.end))
        partition.append(said.value, at)

    def _source_marks(self, at: int) -> None:
        if at <= self.marks:
            super()._source_marks(at)

    @property
    def accused(self) -> set[str]:
        """Who stands accused."""
        last = {a.id: a for a in self.line.words(ESCALATION_INBOX) if isinstance(a, Alert) and a.rule == "R2"}
        return {alert.situation.permit for alert in last.values() if alert.state == "firing"}

    def answers(self, kinds: tuple[type, ...] = (Rejected, Oddity)) -> set[str]:
        """What is said of the records of the case."""
        said = (word for topic in (REJECTED, LEDGER) for word in self.line.words(topic) if isinstance(word, kinds))
        mine = [word for word in said if (word.origin.topic, word.origin.partition, word.origin.offset) in self.origins]
        return {word.reason if isinstance(word, Rejected) else getattr(word, "what", word) for word in mine}


class Case(NamedTuple):
    """What is said, which word answers it, and who is accused when everything else has gone as it should."""

    said: tuple[Said, ...]
    answer: str
    accused: frozenset[str] = frozenset({"P-1"})
    marks: int = DUE + 30 * HOUR
    silent: tuple[str, ...] = ()


NOBODY: frozenset[str] = frozenset()
BEFORE = DUE - 2 * HOUR
ENDED = {"id": "mm2100", "name": "mm2100", "regency": "32.16", "ended": True, "valid_from": format_time(DUE - DAY)}
UNHEARD_OF = {"effective_from": format_time(OPENS), "by": "dir-perwilayahan"}

CASES = {
    "a report for a period that does not exist": Case((report(period="2021-08-04"),), "unknown_period"),
    "a report for an obligation that does not exist": Case((report(obligation="gossip"),), "unknown_obligation"),
    "a report for a permit of another firm": Case((report(permit="P-2"),), "permit_of_another_firm", silent=("f2",)),
    "a report for a permit that nobody has": Case((report(permit="P-9"),), "unknown_permit"),
    "a report from a source that is not in the register": Case((report(source=STRANGER),), "unknown_source"),
    "a report that was received before the period began": Case((report(OPENS - 30 * MINUTE),), "before_its_period"),
    "a report from before the period that is published within it": Case((report(OPENS + HOUR, received=OPENS - 1),), "before_its_period"),
    "a report that was received after it was published": Case((report(received=DUE + DAY),), "after_its_publication"),
    "a broken report that was received in time and published after the grace": Case(
        (report(DUE + GRACE + 2 * HOUR, received=DUE - HOUR, workers=-1),), "wrong_value"
    ),
    "a correction that does not say of what": Case((report(state="corrected"),), "wrong_value"),
    "a report with a field that nobody knows": Case((report(nik="x"),), "unknown_field"),
    "two contradicting reports under one id": Case((GOOD, report(DUE - HOUR, id="good", workers=3)), "other_content"),
    "a withdrawal of somebody else's report": Case(
        (GOOD, report(DUE - HOUR, permit="P-2", firm="f2", state="withdrawn", replaces="good")), "", frozenset({"P-1"})
    ),
    "an estate that ends with firms in it": Case((GOOD, entered(DUE - DAY, EstateEntry, **ENDED)), "estate_ended_with_firms"),
    "an activation of a revision that nobody has": Case(
        (GOOD, entered(DUE - DAY, Activate, policy="2099-01-01.1", **UNHEARD_OF)), "unknown_revision"
    ),
    "a finding of somebody who is no position": Case((GOOD, finding("somebody")), "unknown_position"),
    "a watermark that goes backwards": Case((mark(DUE + HOUR, DUE - 9 * HOUR),), "watermark_backwards", NOBODY, BEFORE),
    "a watermark of the future": Case((mark(BEFORE, DUE + DAY),), "watermark_in_the_future", NOBODY, BEFORE),
    "a watermark of a stranger": Case((mark(DUE + HOUR, DUE, STRANGER),), "watermark_of_a_stranger", NOBODY, BEFORE),
    "bytes": Case((GOOD, Said(DUE - DAY, b"\xff{")), "not_utf8"),
}


@pytest.mark.parametrize("what", CASES)
def test_bad_input_is_answered_by_name_and_nobody_is_accused_because_of_it(what):
    """Laws 2 and 6. f1, who is silent, is accused all the same: the line goes on."""
    case = CASES[what]
    night = Night(case.said, case.marks, case.silent).play()
    assert night.line.records["parked"] == []
    assert night.answers() == ({case.answer} if case.answer else set())
    assert night.accused == case.accused
    topics = verify_proof.Topics(record for records in night.line.records.values() for record in records)
    assert [wrong for absence in topics.absences() for wrong in verify_proof.verify(topics, absence)] == []


ELSEWHERE = {"id": "f0", "name": "PT F0", "estate": "kiic", "regency": "32.16", "valid_from": format_time(DUE - DAY)}


@pytest.mark.parametrize(
    ("said", "accused"), [pytest.param((GOOD,), {"P-1"}, id="reported"), pytest.param((), {"P-0", "P-1"}, id="silent")]
)
def test_a_firm_that_moves_in_mid_period_owes_one_report(said, accused):
    """It is told to its ledger as of then; who is accused is accused once, where it stood at the deadline."""
    night = Night((*said, entered(DUE - DAY, FirmEntry, **ELSEWHERE)), DUE + 30 * HOUR, ()).play()
    (word,) = night.answers((Enrolled,))
    assert [(since.since, since.place.estate) for since in word.places] == [(OPENS, "mm2100"), (DUE - DAY, "kiic")]
    assert night.accused == accused
    fired = [a for a in night.line.words(ESCALATION_INBOX) if isinstance(a, Alert) and (a.rule, a.situation.permit) == ("R2", "P-0")]
    assert [(alert.estate, alert.revision) for alert in fired] == ([] if said else [("kiic", 1)])
