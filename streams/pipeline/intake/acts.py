"""Acts: what a person stated in; one admitted word out, to every room that answers it or carries it out. INTAKE judges no act (law 10)."""

from collections.abc import Iterator
from datetime import date

import msgspec

from schemas.escalation import AdmittedAct
from schemas.ids import FIRM, digest
from schemas.operator import Act, Confirm, Done, Handover, OnDuty, OnDutyOrPeriod, OnEscalation, OnPeriod, Silence, Verify
from schemas.registry import PermitEntry
from schemas.topics import ESCALATION_INBOX, LEDGER, PROGRESS
from schemas.word import UtcMs
from streams.pipeline.calendar import find
from streams.pipeline.intake.admit import Reading
from streams.pipeline.intake.registry import Stated
from streams.pipeline.line import Said


def admit_act(reading: Reading, act: Act) -> Iterator[Said]:
    """ESCALATION answers every act; what is on periods SURVEILLANCE carries out, for one firm or for all; what lifts a brake, CLOCK."""
    word, stamp = _admitted(reading, act), reading.stamp
    match act.on:
        case OnEscalation(estate=estate):
            yield Said(ESCALATION_INBOX, estate, word, stamp)
        case OnDuty(firm=str(firm), permit=str(permit)) | OnDutyOrPeriod(firm=str(firm), permit=str(permit)):
            estate = _estate(reading, firm, permit, _decided_at(reading, act.on))
            yield Said(LEDGER, f"{FIRM}{firm}", word, stamp)
            yield Said(ESCALATION_INBOX, estate, word, stamp)
        case OnPeriod(obligation=obligation, period=day):
            for topic in (LEDGER, ESCALATION_INBOX):
                for partition in range(topic.partitions):
                    yield Said(topic, f"{obligation}/{day.isoformat()}", word, stamp, partition)
            yield Said(PROGRESS, f"{obligation}/{day.isoformat()}", word, stamp)


def _admitted(reading: Reading, act: Act) -> AdmittedAct:
    word = AdmittedAct(
        act=act.type.removeprefix("siaga.").removesuffix(".v1").replace("-", "_"),
        source=reading.event.source,
        id=reading.event.id,
        escalation="",
        revision=0,
        position=act.position,
        name=act.name,
        at=reading.at,
        origin=reading.origin,
        verdict=act.verdict if isinstance(act, Verify) else "",
        reason=getattr(act, "reason", None) or "",
        exercise=act.exercise,
        step=(act.step or "") if isinstance(act, Confirm) else "",
        digest=digest(reading.event.data),
        action=act.action if isinstance(act, Done) else "",
        to=act.to if isinstance(act, Handover) else "",
        until=act.until if isinstance(act, Silence) else None,
    )
    return msgspec.structs.replace(word, **_stated(act.on))


def _stated(on: OnEscalation | OnPeriod) -> dict[str, str | int]:
    """What it is on, as the word names it."""
    stated = on.model_dump(exclude={"estate"}, exclude_none=True)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in stated.items()}


def _decided_at(reading: Reading, on: OnPeriod) -> UtcMs:
    """The instant by which a period was decided: where the plant stood then, its escalation is."""
    obligation = reading.policy.obligation(on.obligation)
    period = find(obligation, on.period) if obligation else None
    return period.due_at if period else reading.at


def _estate(reading: Reading, firm: str, permit: str, at: UtcMs) -> str:
    entry = reading.registry.last(PermitEntry, permit, at)
    place, _ = reading.registry.place(Stated(firm, entry.plant if entry else None), at)
    return place.estate
