"""The desk of incidents: an admitted fact or a tick in, the changed incident and its alerts out.

It recognises what it has heard before: the same fact again changes nothing, the same id with other content is listed (law 5).
"""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from schemas.ledger import Admitted, Place, Tick
from schemas.surveillance import Alert
from streams.pipeline.line import NOTHING, Entry, Step
from streams.pipeline.surveillance.alerts import collapsed, speak
from streams.pipeline.surveillance.incident.facts import Heard, heard, kept, key_of
from streams.pipeline.surveillance.incident.memory import Incident
from streams.pipeline.surveillance.incident.picture import View, due_of, findings, is_to_be_asked, view_of
from streams.pipeline.surveillance.reporting.overdue import overdue
from streams.pipeline.surveillance.rulebook import Rulebook, sooner


def hear(entries: Mapping[str, Entry], admitted: Admitted, book: Rulebook) -> Step:
    """A fact about an incident of a firm."""
    assert admitted.place is not None  # noqa: S101  INTAKE places every fact of an incident
    name = f"{admitted.subject}|{admitted.incident}"
    key = key_of(admitted.source, admitted.id)
    if (known := entries.get(f"{name}|{key}")) is not None:
        return NOTHING if known.digest == admitted.digest else Step(words=(book.odd(admitted, known.digest),))
    before = entries.get(name) or Incident(admitted.subject, admitted.incident, admitted.place, admitted.exercise)
    after = kept(_facts(entries, before) | {key: heard(admitted)}, book.policy.surveillance)
    view = view_of(_with(before, admitted, tuple(sorted(after))), after, book.policy)
    spoken, alerts = speak(before.spoken, findings(view, admitted.at), admitted.at)
    changed: dict[str, Heard | None] = {f"{name}|{gone}": None for gone in before.facts if gone not in after}
    if key in after:
        changed[f"{name}|{key}"] = after[key]
    return _step(view._replace(incident=replace(view.incident, spoken=spoken)), changed, book)._replace(words=book.said(alerts))


def tick(entries: Mapping[str, Entry], incident: Incident, now: Tick, book: Rulebook) -> Step:
    """Everything that is due by now, each dated by its own deadline (law 3). What a later deadline has overtaken is not spoken."""
    facts = _facts(entries, incident)
    if book.forgotten_at(incident.at) <= now.at:
        name = f"{incident.subject}|{incident.incident}"
        return Step({name: None, **{f"{name}|{key}": None for key in facts}})
    view = view_of(incident, facts, book.policy)
    spoken = incident.spoken
    alerts: list[Alert] = []
    if is_to_be_asked(view) and incident.at <= now.at:
        view = view._replace(incident=replace(incident, overdue=overdue(entries, incident.subject)))
        spoken, said = speak(spoken, findings(view, incident.at), incident.at)
        alerts += said
    while (due := due_of(view)) is not None and due <= now.at:
        view = view._replace(incident=replace(view.incident, ticked_at=due))
        spoken, said = speak(spoken, findings(view, due), due)
        alerts += said
    spoken, told = collapsed(incident.spoken, spoken, alerts)
    return _step(view._replace(incident=replace(view.incident, spoken=spoken)), {}, book)._replace(words=book.said(told))


def _facts(entries: Mapping[str, Entry], incident: Incident) -> dict[str, Heard]:
    name = f"{incident.subject}|{incident.incident}"
    found = ((key, entries.get(f"{name}|{key}")) for key in incident.facts)
    return {key: fact for key, fact in found if fact is not None}


def _with(incident: Incident, admitted: Admitted, facts: tuple[str, ...]) -> Incident:
    place = incident.place if admitted.moved_away or admitted.place is None else admitted.place
    return replace(
        incident,
        place=max(incident.place, place, key=_known),
        filing_connected=incident.filing_connected or admitted.registered.filing_connected,
        facts=facts,
        at=max(incident.at, admitted.at),
    )


def _known(place: Place) -> tuple[int, bytes]:
    """How much a place says, to keep the fuller of two; the bytes decide between equals, whatever came first."""
    return sum(bool(getattr(place, field)) for field in place.__struct_fields__), msgspec.json.encode(place)


def _step(view: View, changed: Mapping[str, Heard | None], book: Rulebook) -> Step:
    incident = view.incident
    name = f"{incident.subject}|{incident.incident}"
    asked_at = incident.at if is_to_be_asked(view) else None
    return Step(changes={name: incident, **changed}, due={name: sooner(due_of(view), asked_at, book.forgotten_at(incident.at))})
