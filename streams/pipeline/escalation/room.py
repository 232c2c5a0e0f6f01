"""ESCALATION: alerts, acts, outcomes and ticks of one estate in; escalations, deliveries and answers out."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from schemas import codec
from schemas.delivery import Ending, Outcome
from schemas.escalation import AdmittedAct, Answer, Escalation, EscalationState, Judged, MessageType, Role, Why
from schemas.ids import escalation_id
from schemas.intake import Grade
from schemas.ledger import Tick
from schemas.policy import Audience
from schemas.surveillance import Alert, AlertState, Because, Rule
from schemas.topics import ESCALATION_INBOX, ESCALATIONS
from schemas.word import Stamp, UtcMs
from streams.pipeline.escalation import address
from streams.pipeline.escalation.acts import judge
from streams.pipeline.escalation.address import FILING, Books, Message, resolve, tell, tell_again
from streams.pipeline.escalation.group import Open, is_news, joined, opened
from streams.pipeline.escalation.ladder import (
    due_of,
    is_waiting_signal,
    ladder_of,
    next_climb,
    rearms_at,
    signal_ends_at,
)
from streams.pipeline.line import NOTHING, Due, Entry, InForce, Record, Room, Said, Step


class Told(NamedTuple):
    """An escalation after a decision, what was said to receivers, and why; `why` is None where nobody is told."""

    escalation: Open
    words: tuple[Said, ...] = ()
    why: Why | None = None


def step(entries: Mapping[str, Entry], record: Record, in_force: InForce) -> Step:
    """One record of the escalation inbox, or a tick at one due escalation."""
    stamp = Stamp(record.header("policy"), record.header("roster"))
    books = Books(in_force.policy.escalation, in_force.roster, stamp)
    match codec.decode(record.value or b""):
        case Alert() as alert:
            return _alert(entries, alert, books)
        case AdmittedAct() as act:
            return _act(entries, (record.key or b"").decode(), act, books)
        case Outcome() as outcome:
            return _outcome(entries, outcome, books)
        case Tick() as tick:
            entry = entries.get((record.key or b"").decode())
            return _tick(entry, tick, books) if isinstance(entry, Open) else NOTHING
        case _:
            return NOTHING


def _name(estate: str, escalation: str) -> str:
    return f"{estate}|{escalation}"


def _kept(told: Told, at: UtcMs, books: Books, more: tuple[Said, ...] = ()) -> Step:
    """The entry, its due, and one word on where the escalation stands."""
    escalation = told.escalation
    name, due = _name(escalation.estate, escalation.id), due_of(escalation, books.policy)
    standing = Said(ESCALATIONS, escalation.estate, _standing(told, at, books), books.stamp)
    return Step({name: escalation}, (*told.words, standing, *more), {} if due is None else {name: Due(at=due)})


def _standing(told: Told, at: UtcMs, books: Books) -> Escalation:
    escalation, climb = told.escalation, next_climb(told.escalation, books.policy)
    leading = escalation.leading
    return Escalation(
        id=escalation.id,
        estate=escalation.estate,
        about=escalation.about,
        revision=escalation.revision,
        state=escalation.state,
        at=at,
        why=told.why,
        level=escalation.level,
        grade=leading.grade,
        grade_now=leading.grade_now,
        certainty=leading.situation.certainty,
        reasons=leading.reasons,
        told=escalation.told,
        taken=escalation.taken,
        not_told=_not_told(escalation, books),
        next_level_at=climb.due if climb else None,
        headline=leading.situation.place.firm_name,
        exercise=escalation.exercise,
    )


def _not_told(escalation: Open, books: Books) -> tuple[str, ...]:
    """The positions of the ladder that have not been told: those whom an acknowledgement spared."""
    if escalation.severity is None:
        return ()
    audience = [a for level in ladder_of(escalation, books.policy).levels for a in level.tell]
    return tuple(p.id for p, _ in resolve(audience, escalation, books) if not escalation.has_told(p.id))


def _alert(entries: Mapping[str, Entry], alert: Alert, books: Books) -> Step:
    known = entries.get(_name(alert.estate, escalation_id(alert.estate, alert.about)))
    before = known if isinstance(known, Open) else opened(alert)
    if not is_news(before, alert):
        return NOTHING
    after = joined(before, alert)
    match alert.rule:
        case Rule.FILING:
            told = _filing(before, after, alert, books)
        case Rule.REFUSED:
            told = _refused(after, alert, books)
        case _:
            told = _severity(before, after, alert, books)
    return _kept(told, alert.at, books)


def _severity(before: Open, after: Open, alert: Alert, books: Books) -> Told:
    """Facts have changed. Those told are told again; a first notice or a higher grade begins a ladder (R12, R16)."""
    if alert.state != AlertState.FIRING:
        return _ended(after, EscalationState.ENDED, Message(Why.CANCELLED, alert.at, after.level, msg_type=MessageType.CANCEL), books)
    if before.severity is None:
        return _begun(after, Why.FIRST_NOTICE, alert.at, books)
    released = is_waiting_signal(before) and not is_waiting_signal(after)
    rose = Grade(alert.grade) > Grade(before.severity.grade)
    if released or rose or before.state == EscalationState.ENDED:
        fresh = msgspec.structs.replace(after, state=EscalationState.OPEN)
        return _begun(fresh, Why.GRADE_ROSE if rose else Why.FACTS_CHANGED, alert.at, books)
    after, again = tell_again(after, Message(Why.FACTS_CHANGED, alert.at, after.level, msg_type=MessageType.UPDATE), books)
    after, desk = _desk_told(after, alert, books)
    return Told(after, (*again, *desk), Why.FACTS_CHANGED)


def _desk_told(escalation: Open, alert: Alert, books: Books) -> tuple[Open, tuple[Said, ...]]:
    """Facts in doubt are the desk's to clear up, whenever the doubt arises (G5); nobody is woken by the past (G6)."""
    wanted = books.policy.desk if alert.situation.unresolved and not alert.historic else ()
    people = [(p, role) for p, role in resolve(wanted, escalation, books) if not escalation.has_told(p.id)]
    return tell(escalation, Message(Why.FIRST_NOTICE, alert.at, max(escalation.level, 0)), people, books)


def _begun(escalation: Open, why: Why, at: UtcMs, books: Books) -> Told:
    """A ladder begins: those told before are told of the change, then the first level; a signal asks its first circle alone."""
    escalation = msgspec.structs.replace(escalation, ladder_from=at, ladder_revision=escalation.revision, next_level=0, hurried_to=None)
    if escalation.leading.historic and not escalation.told:
        return Told(msgspec.structs.replace(escalation, state=EscalationState.ENDED))  # G6: recorded, and nobody is woken by the past.
    escalation, again = tell_again(escalation, Message(why, at, escalation.level, msg_type=MessageType.UPDATE), books)
    message = Message(Why.FIRST_NOTICE, at, 0)
    if is_waiting_signal(escalation):
        audience = books.policy.signal_asks
    else:
        audience = ladder_of(escalation, books.policy).levels[0].tell
        escalation = msgspec.structs.replace(escalation, next_level=1)
    if escalation.leading.situation.unresolved:
        audience = (*audience, *books.policy.desk)
    people = [(p, role) for p, role in resolve(audience, escalation, books) if not escalation.has_told(p.id)]
    escalation, first = tell(escalation, message, people, books)
    escalation, filing = _filing_caught_up(escalation, at, books)
    return Told(escalation, (*again, *first, *filing), why)


def _filing_caught_up(escalation: Open, at: UtcMs, books: Books) -> tuple[Open, tuple[Said, ...]]:
    """What R11 said while a signal waited is told with its release: a deadline does not pass in silence."""
    alert = escalation.filing
    if is_waiting_signal(escalation) or escalation.told_of_filing or alert is None or alert.state != AlertState.FIRING:
        return escalation, ()
    told = _filing(escalation, escalation, msgspec.structs.replace(alert, at=at), books)
    return told.escalation, told.words


def _filing(before: Open, escalation: Open, alert: Alert, books: Books) -> Told:
    """R11's word: a reminder, a question or a breach, each to its own audience; its end to exactly those who heard of it.

    A question or breach that no longer stands, because the deadline has moved, is taken back from those who heard of it too (law 7).
    """
    if is_waiting_signal(escalation) or escalation.leading.historic:
        return Told(escalation)
    resolved = alert.state != AlertState.FIRING
    people = {} if resolved else {p.id: (p, role) for p, role in resolve(_filing_audience(alert, books), escalation, books)}
    if resolved or (_is_overdue(before.filing) and not _is_overdue(alert)):
        heard = {name: (p, Role.ACT) for name in escalation.told_of_filing if (p := books.roster.position(name))}
        people = heard | people
    msg_type = _filing_type(alert) if resolved else MessageType.ALERT
    message = Message(Why.FILING, alert.at, escalation.level, FILING, msg_type)
    escalation, words = tell(escalation, message, people.values(), books)
    told_of_filing = tuple(dict.fromkeys((*escalation.told_of_filing, *people)))
    return Told(msgspec.structs.replace(escalation, told_of_filing=told_of_filing), words, Why.FILING)


def _filing_type(alert: Alert) -> MessageType:
    """What is over is news of the same matter; only what should never have been said is cancelled."""
    return MessageType.UPDATE if alert.state == AlertState.RESOLVED else MessageType.CANCEL


def _is_overdue(alert: Alert | None) -> bool:
    reasons = alert.reasons if alert and alert.state == AlertState.FIRING else ()
    return any(reason.because in (Because.FILING_OVERDUE, Because.FILING_UNKNOWN) for reason in reasons)


def _filing_audience(alert: Alert, books: Books) -> tuple[Audience, ...]:
    because = {reason.because for reason in alert.reasons}
    if Because.FILING_OVERDUE in because:
        return books.policy.breach_tells
    return books.policy.filing_asks if Because.FILING_UNKNOWN in because else books.policy.filing_reminds


def _refused(escalation: Open, alert: Alert, books: Books) -> Told:
    """G5: the desk is told of every refused incident or case notice; DELIVERY coalesces."""
    why = Why.FACTS_CHANGED if escalation.told else Why.FIRST_NOTICE
    msg_type = MessageType.UPDATE if escalation.told else MessageType.ALERT
    people = resolve(books.policy.desk, escalation, books)
    return Told(*tell(escalation, Message(why, alert.at, 0, msg_type=msg_type), people, books), why)


def _ended(escalation: Open, state: EscalationState, message: Message, books: Books) -> Told:
    """The end, told to exactly those who heard of the beginning."""
    escalation = msgspec.structs.replace(escalation, state=state, hurried_to=None)
    return Told(*tell_again(escalation, message, books), message.why)


def _act(entries: Mapping[str, Entry], estate: str, act: AdmittedAct, books: Books) -> Step:
    entry = entries.get(_name(estate, act.escalation))
    if not isinstance(entry, Open):
        return Step(words=(_answer(estate, act, (Judged.UNKNOWN_ESCALATION, 0), books),))
    judgement = judge(entry, act, books)
    answer = _answer(estate, act, (judgement.judged, judgement.escalation.revision), books)
    if judgement.escalation is entry:
        return Step(words=(answer,))
    return _kept(_carried_out(entry, judgement.escalation, act, books), act.at, books, (answer,))


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


def _carried_out(before: Open, after: Open, act: AdmittedAct, books: Books) -> Told:
    """What follows from an act that was not refused."""
    if after.state == EscalationState.STOOD_DOWN:
        return _ended(after, after.state, Message(Why.STOOD_DOWN, act.at, after.level, msg_type=MessageType.CANCEL), books)
    if after.state == EscalationState.ENDED:
        return _ended(after, after.state, Message(Why.CANCELLED, act.at, after.level, msg_type=MessageType.CANCEL), books)
    if is_waiting_signal(before) and not is_waiting_signal(after):
        return _begun(msgspec.structs.replace(after, revision=after.revision + 1), Why.FACTS_CHANGED, act.at, books)
    return Told(after)


def _outcome(entries: Mapping[str, Entry], outcome: Outcome, books: Books) -> Step:
    """A position none of whose receivers can be reached: its fallback is told; without one, the next level does not wait (law 9)."""
    entry = entries.get(_name(outcome.estate, outcome.escalation))
    if outcome.ending != Ending.GIVEN_UP or not isinstance(entry, Open):
        return NOTHING
    unreached = tuple(sorted({*entry.unreached, outcome.receiver}))
    after = msgspec.structs.replace(entry, unreached=unreached)
    if not address.is_cut_off(outcome.position, unreached, books):
        return _kept(Told(after), outcome.at, books)
    message = Message(Why.FALLBACK, outcome.at, max(entry.level, 0))
    words = address.fall_back(after, message, outcome.receiver, books)
    newly = not address.is_cut_off(outcome.position, entry.unreached, books)
    if not words and newly and _should_hurry(after, outcome.position, books):
        after = msgspec.structs.replace(after, hurried_to=outcome.at)
    return _kept(Told(after, words, Why.FALLBACK if words else None), outcome.at, books)


def _should_hurry(escalation: Open, position: str, books: Books) -> bool:
    """The supervised do not set the pace (G4), nor do those who are merely informed."""
    acting = any(told.position == position and told.role == Role.ACT for told in escalation.told)
    return acting and escalation.state == EscalationState.OPEN and not position.startswith(books.policy.supervised)


def _tick(escalation: Open, tick: Tick, books: Books) -> Step:
    """Everything that is due by now, in the order in which it fell due, each dated by itself (law 3)."""
    words: tuple[Said, ...] = ()
    after, why, at = escalation, None, tick.at
    while (due := due_of(after, books.policy)) is not None and due <= tick.at:
        told = _fallen_due(after, due, books)
        after, words, why, at = told.escalation, (*words, *told.words), told.why, due
    return NOTHING if after is escalation else _kept(Told(after, words, why), at, books)


def _fallen_due(escalation: Open, due: UtcMs, books: Books) -> Told:
    if signal_ends_at(escalation, books.policy) == due:
        unanswered = msgspec.structs.replace(escalation, unverified=True, revision=escalation.revision + 1)
        return _begun(unanswered, Why.UNVERIFIED_UNANSWERED, due, books)
    if rearms_at(escalation, books.policy) == due:
        fresh = msgspec.structs.replace(escalation, state=EscalationState.OPEN, revision=escalation.revision + 1, active_at=due)
        return _begun(fresh, Why.REARMED, due, books)
    return _climbed(escalation, due, books)


def _climbed(escalation: Open, due: UtcMs, books: Books) -> Told:
    """The next level is told; where the ladder says so, everybody told before is asked again."""
    climb = next_climb(escalation, books.policy)
    assert climb is not None  # noqa: S101  the caller has just seen it due
    after = msgspec.structs.replace(escalation, next_level=climb.number + 1, hurried_to=None)
    audience = climb.level.tell if climb.all_of_it else tuple(a for a in climb.level.tell if a.regardless)
    people = [(p, role) for p, role in resolve(audience, after, books) if not after.has_told(p.id)]
    why = Why.UNANSWERED if climb.all_of_it else Why.INFORMED_REGARDLESS
    again: tuple[Said, ...] = ()
    if climb.level.all_again and climb.all_of_it:
        after, again = tell_again(after, Message(why, due, climb.number, msg_type=MessageType.UPDATE), books)
    after, first = tell(after, Message(why, due, climb.number), people, books)
    return Told(after, (*again, *first), why)


_unpack = msgspec.json.Decoder(Open).decode

ESCALATION = Room("escalation", (ESCALATION_INBOX,), step, msgspec.json.encode, _unpack)
