"""SURVEILLANCE: the ledger in, alerts out. Each kind of picture has a desk of its own; here is only who hears what.

A new picture adds a line to each table: which words it hears of which subjects, and what it does with a tick at its entries.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Any

import msgspec

from schemas import codec
from schemas.cases import CaseNotice, ResponseAction
from schemas.escalation import AdmittedAct
from schemas.ids import ESTATE, FIRM, SOURCE
from schemas.ledger import Admitted, Connected, Enrolled, Origin, Refusal, Tick
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.topics import LEDGER
from schemas.word import Word
from streams.pipeline.line import NOTHING, Entry, InForce, Record, Room, Step
from streams.pipeline.surveillance import cluster, doubts, incident, reporting, source
from streams.pipeline.surveillance.cluster.memory import Case, Cluster, FirmDays, Known, Notice, Outbreak, Responses
from streams.pipeline.surveillance.doubts import Doubtful, Doubts
from streams.pipeline.surveillance.incident.facts import KINDS, Assertion, Declared, Filed
from streams.pipeline.surveillance.incident.memory import Incident
from streams.pipeline.surveillance.reporting.memory import Duty, Excused, Holding, Ruled, Tally, Unbound
from streams.pipeline.surveillance.rulebook import Rulebook
from streams.pipeline.surveillance.source.memory import Heartbeat, Returns, Source, Vouching

Hearing = Callable[[Mapping[str, Entry], Any, Rulebook], Step]
Ticking = Callable[[Mapping[str, Entry], Any, Tick, Rulebook], Step]

FACTS: Mapping[tuple[str, str], Hearing] = {
    **{(FIRM, kind): incident.hear for kind in KINDS},
    (FIRM, ReportSubmission.type): reporting.hear_report,
    (FIRM, InspectionFinding.type): reporting.hear_finding,
    (FIRM, CaseNotice.type): reporting.hear_case,
    (ESTATE, CaseNotice.type): cluster.hear_in_estate,
    (FIRM, ResponseAction.type): cluster.hear_response,
}
"""Who hears an admitted fact: by whose ledger it is in, and its type. An estate's are for the rules that look across firms."""

WORDS: Mapping[tuple[str, type[Word]], Hearing] = {
    (FIRM, Refusal): reporting.hear_refusal,
    (SOURCE, Refusal): source.refused,
    (FIRM, Enrolled): reporting.hear_permit,
    (FIRM, AdmittedAct): reporting.hear_act,
    ("", AdmittedAct): reporting.hear_act_on_all,
    (SOURCE, Connected): source.connected,
}
"""Who hears the other words of the ledger; one that is about no subject is about a period of all."""

TICKS: Mapping[type, Ticking] = {
    Incident: incident.tick,
    Source: source.tick,
    Returns: source.returns.tick,
    Heartbeat: source.heartbeat.tick,
    Vouching: source.vouching.tick,
    Doubts: doubts.tick,
    Duty: reporting.tick,
    Tally: reporting.tick_tally,
    Excused: reporting.tick_excused,
    Case: cluster.tick_case,
    Cluster: cluster.tick,
    Responses: cluster.tick_responses,
    Outbreak: cluster.tick_outbreak,
    FirmDays: cluster.tick_firm,
    Known: cluster.tick_known,
    Ruled: reporting.tick_ruled,
}
"""Who is told that an entry is due."""

ENTRIES = (*TICKS, Assertion, Declared, Filed, Holding, Unbound, Notice)


def step(entries: Mapping[str, Entry], record: Record, in_force: InForce) -> Step:
    """One record of the ledger, or a tick at one due entry."""
    book, key = _book(record, in_force), (record.key or b"").decode()
    word = codec.decode(record.value or b"")
    match word:
        case Tick():
            entry = entries.get(key)
            ticking = TICKS.get(type(entry))
            return ticking(entries, entry, word, book) if ticking else NOTHING
        case Admitted():
            hearing = FACTS.get((_ledger_of(key), word.kind))
        case _:
            hearing = WORDS.get((_ledger_of(key), type(word)))
    return hearing(entries, word, book) if hearing else NOTHING


def broken(entries: Mapping[str, Entry], record: Record, in_force: InForce) -> Step:
    """What the ledger of a firm remembers of a record that `step` broke on: that something of this firm is not known (law 2)."""
    subject = (record.key or b"").decode("utf-8", "replace")
    if not subject.startswith(FIRM) or "|" in subject:  # A tick's key is an entry: its fact has been heard.
        return NOTHING
    return reporting.hear_doubt(entries, subject, _doubtful(record), _book(record, in_force))


def _doubtful(record: Record) -> Doubtful:
    """Where and when the fact was published; of what cannot be read at all, the ledger's own record."""
    try:
        word = codec.decode(record.value or b"")
    except (ValueError, RecursionError):
        word = None
    if isinstance(word, Admitted | Refusal):
        return Doubtful(word.origin, word.at, word.kind)
    return Doubtful(Origin(record.topic, record.partition, record.offset), record.timestamp)


def _book(record: Record, in_force: InForce) -> Rulebook:
    return Rulebook(in_force.policy, in_force.roster, in_force.stamp, record.partition)


def _ledger_of(key: str) -> str:
    """Whose ledger a record is in; empty where it is in that of everybody."""
    whose = key[: key.find(":") + 1]
    return whose if whose in _LEDGERS else ""


_LEDGERS = frozenset({FIRM, ESTATE, SOURCE})


_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(reduce(or_, ENTRIES))

SURVEILLANCE = Room("surveillance", (LEDGER,), step, msgspec.json.encode, _decoder.decode, broken)
