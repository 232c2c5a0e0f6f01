"""A deadline as SURVEILLANCE tells it: what each estate's tally, a permit's warning, a proposal and a reminder look like (R1 to R4)."""

from typing import Any

from schemas.ids import alert_id
from schemas.ledger import Place
from schemas.surveillance import (
    Alert,
    AlertState,
    Because,
    Certainty,
    Deadline,
    DigestSituation,
    DutySituation,
    Proven,
    Reason,
    Rule,
    Share,
    SourceSituation,
    Trouble,
)
from tests.story import HOUR, clock

PERIOD = "iomki/2021-08-03"
DUE = clock("2021-08-04T00:00:00+07:00")
CLOSES = DUE + 8 * HOUR
READ = CLOSES + 41_000
"""When everything had been read: CLOCK's tick comes then."""
DEADLINE = Deadline("laporan IOMKI", "IOMKI report", DUE, "SE Menperin 3/2021")
PROVEN = Proven(7, "https://siinas.example", DUE, READ, 8, 8)


def place(estate: str, regency: str, name: str = "") -> Place:
    """Where a firm of that estate stands; the name is the firm's."""
    return Place(
        firm=name.lower(),
        firm_name=name,
        estate=estate,
        estate_name=estate.upper(),
        regency=regency,
        regency_name=f"Kab. {regency}",
        province=regency[:2],
        province_name=f"Prov. {regency[:2]}",
    )


def tally(where: Place, partition: int = 0, *, absent: int = 0, due: int = 10, revision: int = 1, **said: Any) -> Alert:
    """R1: how many of an estate's firms, as far as one seat knows them, reported."""
    numbers = (("due", due), ("reported", due - absent), ("absent", absent), ("undecided", 0))
    share = Share(said.pop("period", PERIOD), CLOSES, numbers, DEADLINE, quiet=absent == 0)
    situation = DigestSituation(place=where, series="", period=share.period, closes=CLOSES, columns=(), rows=(), totals=())
    about = f"{share.period}/{partition}"
    return _alert(Rule.COUNTED, where, about, Because.COUNTED, situation, share=share, revision=revision, **said)


def warning(where: Place, permit: str = "IOMKI-1", **said: Any) -> Alert:
    """R2: a permit whose report did not come."""
    about = f"{said.pop('period', PERIOD)}/{permit}"
    return _alert(Rule.WARNING, where, about, Because.NOT_REPORTED, _duty(where, permit), **said)


def undecided(where: Place, permit: str = "IOMKI-1", **said: Any) -> Alert:
    """Law 2: a permit of which nobody can tell."""
    about, share = f"{PERIOD}/{permit}", Share(PERIOD, CLOSES, (), DEADLINE)
    return _alert(Rule.UNDECIDED, where, about, Because.REPORT_REFUSED, _duty(where, permit), share=share, **said)


def objection(where: Place, permit: str = "IOMKI-1", **said: Any) -> Alert:
    """G3: a firm says that its warning is not so."""
    about, share = f"{PERIOD}/{permit}", Share(PERIOD, CLOSES, (("disputed", 1),), DEADLINE)
    return _alert(Rule.OBJECTION, where, about, Because.DISPUTED, _duty(where, permit), share=share, **said)


def proposal(where: Place, permit: str = "IOMKI-1", **said: Any) -> Alert:
    """R3: a permit with three misses in a row."""
    share = Share(PERIOD, CLOSES, (("to_check", 1),), DEADLINE)
    return _alert(Rule.PROPOSAL, where, f"{PERIOD}/{permit}/deactivation", Because.IN_A_ROW, _duty(where, permit), share=share, **said)


def reminder(where: Place, permit: str = "IOMKI-1", before: int = 24) -> Alert:
    """R4: so many hours before."""
    at = DUE - before * HOUR
    share = Share(f"{PERIOD}/{before}h", at, (), DEADLINE)
    about = f"{PERIOD}/{permit}/{before}h"
    return _alert(Rule.REMINDER, where, about, Because.NOT_YET_REPORTED, _duty(where, permit), share=share, at=at, since=at, proven=None)


def trouble(rule: Rule, because: Because, what: Trouble, who: str = "https://siinas.example", **said: Any) -> Alert:
    """R20, G1, G2: a source, at the desk."""
    situation = SourceSituation(who=who, what=what, certainty=Certainty.VERIFIED)
    return _alert(rule, Place("", ""), who, because, situation, **{"share": None, "proven": None, **said})


def _duty(where: Place, permit: str) -> DutySituation:
    return DutySituation(place=where, obligation="iomki", period="2021-08-03", permit=permit, due_at=DUE)


def _alert(rule: Rule, where: Place, about: str, because: Because, situation: Any, **said: Any) -> Alert:
    usual = {
        "since": CLOSES,
        "at": CLOSES,
        "revision": 1,
        "state": AlertState.FIRING,
        "proven": PROVEN,
        "share": Share(PERIOD, CLOSES, (), DEADLINE),
    }
    fixed = {"grade": "", "grade_now": "", "peak": 0, "reasons": (Reason(because),), "situation": situation}
    subject = f"{where.estate}/{where.firm}"
    return Alert(id=alert_id(rule, subject, about), rule=rule, estate=where.estate, about=about, **fixed, **{**usual, **said})
