"""What health services say, as INTAKE tells it to SURVEILLANCE: notices of cases and accounts of what was done, at made-up firms.

Days are numbers: day 0 is 19 August 2020. Unless stated, a notice is heard at noon of its own day.
"""

import json
from datetime import date, timedelta
from typing import Any

import msgspec

from schemas.cases import CaseNotice, ResponseAction
from schemas.ids import ESTATE, FIRM, digest
from schemas.ledger import Admitted, Origin, Place, Registered
from schemas.surveillance import Alert, AlertState, Rule
from schemas.word import UtcMs, format_time
from streams.pipeline.surveillance import SURVEILLANCE
from streams.pipeline.surveillance.cluster.days import end_of
from tests.story import DAY, HOUR, POLICY, Seat

DAY_0 = date(2020, 8, 19)
ZONE = "Asia/Jakarta"
SERVICE = "https://dinkes.example"
SUBJECT = f"{FIRM}pabrik"
CLUSTERS = POLICY.clusters


def day(number: int) -> date:
    """A day of the calendar."""
    return DAY_0 + timedelta(days=number)


def noon(number: int) -> UtcMs:
    """Noon of a day in Jakarta."""
    return end_of(day(number).toordinal(), ZONE) - 12 * HOUR


def end(number: int) -> UtcMs:
    """When a day is over in Jakarta."""
    return end_of(day(number).toordinal(), ZONE)


def place(firm: str = "pabrik", plant: str = "p1", estate: str = "mm2100") -> Place:
    """Where a firm's plant stands."""
    return Place(firm, firm.title(), plant, plant, estate, estate.upper(), "32.16", "Bekasi", "32", "Jawa Barat", ZONE)


def case_id(case: str) -> str:
    """As INTAKE names a case."""
    return f"case-{digest(case)}"


def notice(case: str, status: str = "confirmed", onset: int | None = 0, **said: Any) -> Admitted:
    """A notice of one case."""
    at = said.pop("at", None)
    at = noon(onset or 0) if at is None else at
    where, registered = said.pop("place", place()), said.pop("registered", Registered())
    known = {name: said.pop(name) for name in ("id", "moved_away", "source", "registry", "exercise", "unresolved") if name in said}
    contact = said.pop("contact_of", None)
    data = {
        "firm": where.firm,
        "case": case_id(case),
        "status": status,
        "onset": day(onset).isoformat() if onset is not None else None,
        "reported_at": format_time(said.pop("reported_at", at)),
        "contact_of": case_id(contact) if contact else None,
        "exercise": True,
        **said,
    }
    raw = json.dumps({name: value for name, value in data.items() if value is not None}).encode()
    fact = {"registry": 1, "exercise": True, "source": SERVICE, "id": digest(raw), **known}
    return Admitted(
        kind=CaseNotice.type,
        digest=digest(raw),
        at=at,
        accepted_at=at,
        origin=Origin("covid-case-notices", 0, 1),
        fact=msgspec.Raw(raw),
        place=where,
        registered=registered,
        subject=f"{FIRM}{where.firm}",
        **fact,
    )


def response(action: str, by: str = "task_force", at: UtcMs = 0, **said: Any) -> Admitted:
    """An account of something that was done."""
    where = said.pop("place", place())
    ends = said.pop("ends_at", None)
    data = {
        "firm": where.firm,
        "action": action,
        "by": by,
        "starts_at": format_time(said.pop("starts_at", at)),
        "ends_at": format_time(ends) if ends else None,
        "stated_at": format_time(at),
        "exercise": True,
        **said,
    }
    raw = json.dumps({name: value for name, value in data.items() if value is not None}).encode()
    return Admitted(
        kind=ResponseAction.type,
        source=SERVICE,
        id=digest(raw),
        digest=digest(raw),
        at=at,
        accepted_at=at,
        origin=Origin("covid-case-notices", 0, 1),
        fact=msgspec.Raw(raw),
        place=where,
        subject=f"{FIRM}{where.firm}",
        registry=1,
        exercise=True,
    )


class Ward:
    """SURVEILLANCE hearing of cases, in the ledgers of their firms and estates."""

    def __init__(self) -> None:
        self.seat = Seat(SURVEILLANCE)

    def hears(self, *facts: Admitted) -> None:
        """Facts, as INTAKE tells them."""
        for fact in facts:
            assert fact.place is not None
            self.seat.hears(fact)
            estate = msgspec.structs.replace(fact, subject=f"{ESTATE}{fact.place.estate}")
            self.seat.hears(estate)

    def tick(self, at: UtcMs) -> None:
        """Time moves on, with a tick at every deadline."""
        self.seat.tick_through(at)

    def alerts(self, rule: Rule = Rule.CLUSTER) -> list[Alert]:
        """Every word of one rule so far."""
        return [alert for alert in self.seat.said(Alert) if alert.rule == rule]

    def last(self, rule: Rule = Rule.CLUSTER) -> Alert | None:
        """The last word of one rule, whatever it is about."""
        return next(reversed(self.alerts(rule)), None)

    def firing(self) -> dict[str, Alert]:
        """What fires by now, by alert."""
        last = {(alert.id, alert.estate): alert for alert in self.seat.said(Alert)}
        return {id: alert for (id, _), alert in last.items() if alert.state == AlertState.FIRING}


__all__ = ["CLUSTERS", "DAY", "DAY_0", "HOUR", "SERVICE", "SUBJECT", "Ward", "case_id", "day", "end", "noon", "notice", "place", "response"]
