"""Address: an audience in, deliveries to receivers out. A position is resolved to its holder here, and who that was is recorded."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from schemas.escalation import Asked, Delivery, MessageType, Role, Told, Why
from schemas.ids import DESK, delivery_id
from schemas.policy import Audience, Escalating, Position, Receiver, Roster
from schemas.surveillance import Alert, AlertState, Because, Certainty, Rule
from schemas.topics import DELIVERY_INBOX
from schemas.word import Stamp, UtcMs
from streams.pipeline.escalation.group import Open
from streams.pipeline.escalation.ladder import is_waiting_signal, ladder_of, next_climb
from streams.pipeline.line import Said

FACTS, FILING = "facts", "filing"
_ASKED = {
    "disnakertrans:": ("take_over", "state_filed", "inspectors_left"),
    "estate:": ("keep_informed",),
    "kemnaker": ("take_over", "inspectors_left"),
}
"""What is asked of a position that must act, by its kind; everybody else is asked to take over."""


class Message(NamedTuple):
    """What is told to an audience: why, at which level, about which topic, and when by law and policy."""

    why: Why
    at: UtcMs
    level: int
    topic: str = FACTS
    msg_type: MessageType = MessageType.ALERT


class Books(NamedTuple):
    """The revisions that a record is decided by, opened at the right page."""

    policy: Escalating
    roster: Roster
    stamp: Stamp


def resolve(audience: Iterable[Audience], escalation: Open, books: Books) -> tuple[tuple[Position, Role], ...]:
    """The positions of an audience in this place; one that the roster does not have falls to the desk of last resort, once."""
    found: dict[str, tuple[Position, Role]] = {}
    for wanted in audience:
        name = _named(wanted.position, escalation)
        position = books.roster.position(name) if name else None
        if position is None and name != "":
            position = books.roster.position(books.policy.desk_of_last_resort)
        if position is not None:
            found.setdefault(position.id, (position, Role(wanted.role)))
    return tuple(found.values())


def _named(pattern: str, escalation: Open) -> str:
    """The position's id in this place; empty for the manager of an estate where there is no estate."""
    place = escalation.leading.situation.place
    if "{estate}" in pattern and (escalation.estate == DESK or escalation.estate.startswith("regency:")):
        return ""
    if "{regency}" in pattern and not place.regency:
        return ""
    return pattern.format(estate=place.estate, regency=place.regency, province=place.province)


def tell(escalation: Open, message: Message, people: Iterable[tuple[Position, Role]], books: Books) -> tuple[Open, tuple[Said, ...]]:
    """The escalation with these people told, and one delivery for each of their receivers."""
    people = tuple(people)
    told = {t.position: t for t in escalation.told}
    for position, role in people:
        receivers = tuple(r.id for r in _first_choice(position))
        told.setdefault(position.id, Told(position.id, message.level, message.at, receivers, position.holder, role))
    escalation = msgspec.structs.replace(escalation, told=tuple(told.values()), level=max(escalation.level, message.level))
    words = tuple(
        _said(delivery(escalation, message, (position, role, receiver), books), books.stamp)
        for position, role in people
        for receiver in _first_choice(position)
    )
    return escalation, words


def _first_choice(position: Position) -> tuple[Receiver, ...]:
    return tuple(r for r in position.receivers if not r.fallback) or position.receivers


def tell_again(escalation: Open, message: Message, books: Books) -> tuple[Open, tuple[Said, ...]]:
    """Everybody who was told, told again in the same thread: exactly those, whatever has been acknowledged (law 7)."""
    people = ((books.roster.position(told.position), Role(told.role)) for told in escalation.told)
    return tell(escalation, message, ((position, role) for position, role in people if position is not None), books)


def is_cut_off(position: str, unreached: Iterable[str], books: Books) -> bool:
    """None of the receivers that a position is told through first can be reached."""
    found = books.roster.position(position)
    return found is not None and {r.id for r in _first_choice(found)} <= set(unreached)


def fall_back(escalation: Open, message: Message, receiver: str, books: Books) -> tuple[Said, ...]:
    """Deliveries to the fallback receivers of the position whose `receiver` could not be reached."""
    position = next((p for p in books.roster.positions if any(r.id == receiver for r in p.receivers)), None)
    if position is None or any(r.id == receiver and r.fallback for r in position.receivers):
        return ()
    role = next((Role(told.role) for told in escalation.told if told.position == position.id), Role.ACT)
    others = (r for r in position.receivers if r.fallback)
    return tuple(_said(delivery(escalation, message, (position, role, r), books), books.stamp) for r in others)


def _said(word: Delivery, stamp: Stamp) -> Said:
    return Said(DELIVERY_INBOX, word.receiver, word, stamp)


def delivery(escalation: Open, message: Message, to: tuple[Position, Role, Receiver], books: Books) -> Delivery:
    """One message to one receiver."""
    position, role, receiver = to
    alert = _subject_of(escalation, message)
    climb = next_climb(escalation, books.policy)
    return Delivery(
        id=delivery_id(
            escalation=escalation.id,
            revision=escalation.revision,
            level=message.level,
            receiver=receiver.id,
            topic=f"{message.topic}:{message.why}:{alert.revision if message.topic == FILING else escalation.ladder_revision}",
        ),
        escalation=escalation.id,
        estate=escalation.estate,
        revision=escalation.revision,
        level=message.level,
        receiver=receiver.id,
        channel=receiver.channel,
        address=receiver.address,
        position=position.id,
        title_id=position.title_id,
        title_en=position.title_en,
        holder=position.holder,
        role=role,
        why=message.why,
        topic=message.topic,
        msg_type=message.msg_type,
        at=message.at,
        grade=escalation.leading.grade,
        grade_now=escalation.leading.grade_now,
        certainty=Certainty.VERIFIED if escalation.verified else alert.situation.certainty,
        situation=alert.situation,
        reasons=alert.reasons,
        asked=asked_of(escalation, message, position.id, role),
        told=escalation.told,
        taken=escalation.taken,
        held_until=escalation.leading.held_until,
        next_level_at=climb.due if climb else None,
        urgent=escalation.severity is not None and ladder_of(escalation, books.policy).urgent,
        unverified=escalation.unverified and not escalation.verified,
        exercise=escalation.exercise,
    )


def _subject_of(escalation: Open, message: Message) -> Alert:
    return escalation.filing if message.topic == FILING and escalation.filing else escalation.leading


def asked_of(escalation: Open, message: Message, position: str, role: Role) -> tuple[Asked, ...]:
    """What the reader is asked to do, with its deadline: nothing of those who are merely informed, or of an end."""
    alert = _subject_of(escalation, message)
    if role == Role.INFORM or message.msg_type == MessageType.CANCEL or alert.state != AlertState.FIRING:
        return ()
    if alert.rule == Rule.REFUSED:
        return (Asked("correct_and_republish"),)
    if message.topic == FILING:
        return _asked_of_filing(alert, position)
    if is_waiting_signal(escalation):
        return (Asked("verify", None),)
    actions = next((actions for kind, actions in _ASKED.items() if position.startswith(kind)), ("take_over",))
    return tuple(Asked(action, _filing_due(alert) if action == "state_filed" else None) for action in actions)


def _asked_of_filing(alert: Alert, position: str) -> tuple[Asked, ...]:
    if position.startswith("estate:"):
        return (Asked("file_report", _filing_due(alert)),)
    overdue = any(reason.because in (Because.FILING_OVERDUE, Because.FILING_UNKNOWN) for reason in alert.reasons)
    return (Asked("say_received" if overdue else "state_filed", _filing_due(alert)),)


def _filing_due(alert: Alert) -> UtcMs | None:
    return dict(alert.deadlines).get("report")
