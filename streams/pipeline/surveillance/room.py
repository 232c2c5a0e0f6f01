"""SURVEILLANCE: the ledger in, alerts out. One picture per incident of a firm; one count of refusals per source.

It recognises what it has heard before: the same record again changes nothing, the same id with other content is listed (law 5).
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from schemas import codec
from schemas.ids import DESK, FIRM, SOURCE, alert_id
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome
from schemas.ledger import Admitted, Odd, Oddity, Parked, Place, Refusal, Tick
from schemas.policy import Policy
from schemas.surveillance import Alert, AlertState, Because, Certainty, Reason, Rule, Situation
from schemas.topics import ESCALATION_INBOX, LEDGER, PARKED, REJECTED
from schemas.word import Part, Stamp
from streams.pipeline.line import NOTHING, Due, Entry, InForce, Record, Room, Said, Step
from streams.pipeline.surveillance.alerts import Incident, due_of, speak
from streams.pipeline.surveillance.correlate import Assertion, assertion_of
from streams.pipeline.surveillance.rules import Declared, Filed

_Known = TypeVar("_Known", Assertion, Filed, Declared)

MOST_ASSERTIONS = 200
"""Bulletins remembered of one incident; beyond it they are parked, so that an entry stays below 64 KB."""


class Refusals(Part, frozen=True, array_like=True, tag="refusals"):
    """What has been refused from one source, for the operator's desk (G5)."""

    source: str
    count: int
    last: str


def step(entries: Mapping[str, Entry], record: Record, in_force: InForce) -> Step:
    """One record of the ledger, or a tick at one due entry."""
    policy = in_force.policy
    stamp = Stamp(record.header("policy"), record.header("roster"))
    match codec.decode(record.value or b""):
        case Tick() as tick:
            return _tick(entries.get((record.key or b"").decode()), tick, policy, stamp)
        case Admitted() as admitted if admitted.incident and admitted.subject.startswith(FIRM):
            return _admitted(entries, admitted, policy, stamp)
        case Refusal() as refusal if refusal.subject.startswith(SOURCE):
            return _refusal(entries, refusal, stamp)
        case _:  # An estate's own ledger is kept for the rules that look across firms.
            return NOTHING


def _tick(entry: Entry | None, tick: Tick, policy: Policy, stamp: Stamp) -> Step:
    """Everything that is due by now, each dated by its own deadline (law 3). What a later deadline has overtaken is not spoken."""
    if not isinstance(entry, Incident):
        return NOTHING
    incident: Incident = entry
    alerts: dict[str, Alert] = {}
    while (due := due_of(incident, policy)) is not None and due <= tick.at:
        incident, said = speak(msgspec.structs.replace(incident, ticked_at=due), policy, due)
        alerts |= {alert.id: alert for alert in said}
    return _kept(incident, tuple(sorted(alerts.values(), key=lambda alert: (alert.at, alert.id))), policy, stamp)


def _admitted(entries: Mapping[str, Entry], admitted: Admitted, policy: Policy, stamp: Stamp) -> Step:
    assert admitted.place is not None  # noqa: S101  INTAKE places every fact of an incident
    name = f"{admitted.subject}|{admitted.incident}"
    known = entries.get(name) or Incident(admitted.subject, admitted.incident, admitted.place, admitted.exercise)
    heard = next((h for h in _heard(known) if (h.source, h.id) == (admitted.source, admitted.id)), None)
    if heard is not None:
        return NOTHING if heard.digest == admitted.digest else _oddity(admitted, heard.digest, stamp)
    if len(_heard(known)) >= MOST_ASSERTIONS:
        return Step(words=(_parked(admitted, stamp),))
    incident = msgspec.structs.replace(_taken_in(known, admitted), at=max(known.at, admitted.at))
    return _kept(*speak(incident, policy, admitted.at), policy, stamp)


def _heard(incident: Incident) -> tuple[Assertion | Filed | Declared, ...]:
    return (*incident.assertions, *incident.filed, *incident.declared)


def _taken_in(incident: Incident, admitted: Admitted) -> Incident:
    """The incident with one more fact; all collections are sorted, so that arrival order leaves no trace (law 4)."""
    place = admitted.place if not admitted.moved_away and admitted.place else incident.place
    identity = (admitted.source, admitted.id, admitted.digest)
    incident = msgspec.structs.replace(incident, place=max(incident.place, place, key=_known))
    raw = bytes(admitted.fact)
    match admitted.kind:
        case IncidentBulletin.type:
            assertion = assertion_of(admitted, IncidentBulletin.model_validate_json(raw))
            return msgspec.structs.replace(incident, assertions=_sorted((*incident.assertions, assertion)))
        case AccidentReportFiled.type:
            report = AccidentReportFiled.model_validate_json(raw)
            heard = Filed(*identity, report.filed_at, report.received_by, admitted.rank)
            return msgspec.structs.replace(incident, filed=_sorted((*incident.filed, heard)))
        case InjuryOutcome.type:
            outcome = InjuryOutcome.model_validate_json(raw)
            declared = Declared(*identity, outcome.outcome, outcome.declared_at, admitted.rank)
            return msgspec.structs.replace(incident, declared=_sorted((*incident.declared, declared)))
    return incident


def _sorted(facts: tuple[_Known, ...]) -> tuple[_Known, ...]:
    return tuple(sorted(facts, key=lambda fact: (fact.source, fact.id)))


def _known(place: Place) -> tuple[int, bytes]:
    """How much a place says, to keep the fuller of two; the bytes decide between equals, whatever came first."""
    return sum(bool(getattr(place, field)) for field in place.__struct_fields__), msgspec.json.encode(place)


def _kept(incident: Incident, alerts: tuple[Alert, ...], policy: Policy, stamp: Stamp) -> Step:
    name = f"{incident.subject}|{incident.incident}"
    due = due_of(incident, policy)
    return Step(
        changes={name: incident},
        words=tuple(Said(ESCALATION_INBOX, alert.estate, alert, stamp) for alert in alerts),
        due={} if due is None else {name: Due(at=due)},
    )


def _oddity(admitted: Admitted, first_digest: str, stamp: Stamp) -> Step:
    oddity = Oddity(
        what=Odd.OTHER_CONTENT,
        source=admitted.source,
        id=admitted.id,
        kind=admitted.kind,
        subject=admitted.subject,
        digest=admitted.digest,
        first_digest=first_digest,
        origin=admitted.origin,
    )
    return Step(words=(Said(REJECTED, admitted.source, oddity, stamp),))


def _parked(admitted: Admitted, stamp: Stamp) -> Said:
    word = Parked(
        room="surveillance", key=admitted.subject, error=f"more than {MOST_ASSERTIONS} facts of one incident", origin=admitted.origin
    )
    return Said(PARKED, admitted.subject, word, stamp)


def _refusal(entries: Mapping[str, Entry], refusal: Refusal, stamp: Stamp) -> Step:
    """G5: every refused incident or case notice interrupts the operator; a source's refusals are one alert that counts."""
    known = entries.get(refusal.subject) or Refusals(refusal.source, 0, "")
    what = f"{refusal.kind}: {refusal.reason} ({refusal.field})"
    refusals = Refusals(refusal.source, known.count + 1, what)
    return Step(changes={refusal.subject: refusals}, words=(Said(ESCALATION_INBOX, DESK, _refused_alert(refusal, refusals), stamp),))


def _refused_alert(refusal: Refusal, refusals: Refusals) -> Alert:
    name = refusal.subject.removeprefix(SOURCE)
    situation = Situation(
        kind="refused", place=Place(firm="", firm_name=name), incident=name, unresolved=(refusals.last,), certainty=Certainty.VERIFIED
    )
    return Alert(
        id=alert_id(Rule.REFUSED, refusal.subject, name),
        rule=Rule.REFUSED,
        estate=DESK,
        about=name,
        revision=refusals.count,
        state=AlertState.FIRING,
        at=refusal.at,
        grade="S3",
        grade_now="S3",
        reasons=(Reason(Because.REFUSED_AT_INTAKE, refusals.count, 1, "design"),),
        situation=situation,
        exercise=refusal.exercise,
    )


_unpack = msgspec.json.Decoder(Incident | Refusals).decode

SURVEILLANCE = Room("surveillance", (LEDGER,), step, msgspec.json.encode, _unpack)
