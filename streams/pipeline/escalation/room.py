"""ESCALATION: alerts, acts, outcomes and ticks of one estate in; escalations, deliveries and answers out."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas import codec
from schemas.delivery import Outcome
from schemas.escalation import AdmittedAct, Answer, Escalation, Judged, Why
from schemas.ids import escalation_id
from schemas.ledger import Tick
from schemas.surveillance import Alert
from schemas.topics import ESCALATION_INBOX, ESCALATIONS
from schemas.word import Stamp, UtcMs
from streams.pipeline.escalation.acts import carried_out, judge
from streams.pipeline.escalation.address import not_told, resolve
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.climb import fallen_due
from streams.pipeline.escalation.compose import standing
from streams.pipeline.escalation.decide import Decision, decide
from streams.pipeline.escalation.group import is_news, opened
from streams.pipeline.escalation.ladder import forgotten_at, ladder_of, moves_at
from streams.pipeline.escalation.memory import Open, entry_name
from streams.pipeline.escalation.unreached import heard_back
from streams.pipeline.line import NOTHING, Due, Entry, InForce, Record, Room, Said, Step

Hearing = Callable[[Mapping[str, Entry], Any, Books], Step]


def step(entries: Mapping[str, Entry], record: Record, in_force: InForce) -> Step:
    """One record of the escalation inbox, or a tick at one due entry."""
    books = Books(in_force.policy.escalation, in_force.roster, Stamp(record.header("policy"), record.header("roster")))
    key = (record.key or b"").decode()
    match codec.decode(record.value or b""):
        case Alert() as alert:
            return _alert(entries, alert, books)
        case AdmittedAct() as act if act.escalation:
            return _act(entries, key, act, books)
        case Outcome() as outcome:
            return _outcome(entries, outcome, books)
        case Tick() as tick:
            entry = entries.get(key)
            return _tick(entry, tick, books) if isinstance(entry, Open) else NOTHING
        case _:
            return NOTHING


def _alert(entries: Mapping[str, Entry], alert: Alert, books: Books) -> Step:
    before = entries.get(entry_name(alert.estate, escalation_id(alert.estate, alert.about))) or opened(alert)
    return _kept(decide(before, alert, books), alert.at, books) if is_news(before, alert) else NOTHING


def _act(entries: Mapping[str, Entry], estate: str, act: AdmittedAct, books: Books) -> Step:
    before = entries.get(entry_name(estate, act.escalation))
    if before is None:
        return Step(words=(_answer(estate, act, (Judged.UNKNOWN_ESCALATION, 0), books),))
    after, judged = judge(before, act, books)
    answer = _answer(estate, act, (judged, after.revision), books)
    if after is before:
        return Step(words=(answer,))
    kept = _kept(carried_out(before, after, act, books), act.at, books)
    return kept._replace(words=(*kept.words, answer))


def _answer(estate: str, act: AdmittedAct, answer: tuple[Judged, int], books: Books) -> Said:
    judged, revision = answer
    word = Answer(
        act=act.act,
        act_id=act.id,
        escalation=act.escalation,
        judged=judged,
        revision=revision,
        at=act.at,
        position=act.position,
        name=act.name,
    )
    return Said(ESCALATIONS, estate, word, books.stamp)


def _outcome(entries: Mapping[str, Entry], outcome: Outcome, books: Books) -> Step:
    escalation = entries.get(entry_name(outcome.estate, outcome.thread))
    decision = heard_back(escalation, outcome, books) if escalation else None
    return _kept(decision, outcome.at, books) if decision else NOTHING


def _tick(escalation: Open, tick: Tick, books: Books) -> Step:
    """Everything that is due by now, in the order in which it fell due, each dated by itself (law 3); then it may be forgotten."""
    words: tuple[Said, ...] = ()
    after, why, at = escalation, None, tick.at
    while (due := moves_at(after, books.policy)) is not None and due <= tick.at:
        after, said, why = fallen_due(after, due, books)
        after, words, at = replace(after, touched=max(after.touched, due)), (*words, *said), due
    if after is not escalation:
        return _kept(Decision(after, words, why), at, books)
    forgotten = forgotten_at(after, books.policy) <= tick.at
    return Step({after.name: None}) if forgotten else NOTHING


def _kept(decision: Decision, at: UtcMs, books: Books) -> Step:
    """The entry, its due, and one word on where the escalation stands."""
    escalation = replace(decision.escalation, touched=max(decision.escalation.touched, at))
    instants = (moves_at(escalation, books.policy), forgotten_at(escalation, books.policy))
    word = Said(ESCALATIONS, escalation.estate, _word(escalation, decision.why, at, books), books.stamp)
    due = Due(at=min(instant for instant in instants if instant is not None))
    return Step({escalation.name: escalation}, (*decision.words, word), {escalation.name: due})


def _word(escalation: Open, why: Why | None, at: UtcMs, books: Books) -> Escalation:
    leading = escalation.leading
    return Escalation(
        id=escalation.id,
        estate=escalation.estate,
        about=escalation.about,
        since=escalation.since,
        revision=escalation.revision,
        state=escalation.state,
        at=at,
        why=why,
        level=escalation.level,
        grade=leading.grade,
        grade_now=leading.grade_now,
        certainty=leading.situation.certainty,
        reasons=leading.reasons,
        standing=standing(escalation, books),
        not_told=_spared(escalation, books),
        headline=leading.situation.place.firm_name,
        exercise=escalation.exercise,
    )


def _spared(escalation: Open, books: Books) -> tuple[str, ...]:
    """The positions of the ladder that have not been told: those whom an acknowledgement spared."""
    ladder = ladder_of(escalation, books.policy)
    audience = [one for level in (ladder.levels if ladder else ()) for one in level.tell]
    invited = resolve(audience, escalation.leading.situation.place, books)
    return tuple(one.position.id for one in not_told(invited, escalation))


_decoder: msgspec.json.Decoder[Open] = msgspec.json.Decoder(Open)

ESCALATION = Room("escalation", (ESCALATION_INBOX,), step, msgspec.json.encode, _decoder.decode)
