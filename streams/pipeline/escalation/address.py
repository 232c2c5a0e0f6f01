"""Address: an audience in, deliveries to receivers out. A position is resolved to its holder here, and who that was is recorded."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from schemas.escalation import FACTS, Addressee, Role, Why
from schemas.ids import DESK, REGENCY
from schemas.ledger import Place
from schemas.policy import TAKE_OVER, Audience, Position, Receiver
from schemas.surveillance import AlertState, ClusterSituation, Situation, SourceSituation
from schemas.topics import DELIVERY_INBOX
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.compose import Letter, Message, composed
from streams.pipeline.escalation.ladder import is_gravest
from streams.pipeline.escalation.memory import Asking, Hearer, Open, asking
from streams.pipeline.line import Said


class Invited(NamedTuple):
    """Somebody of an audience, and what is asked of them."""

    position: Position
    role: Role
    asks: tuple[Asking, ...]


class Written(NamedTuple):
    """An escalation, and the deliveries that were written for it."""

    escalation: Open
    words: tuple[Said, ...] = ()


def concerned(audience: Iterable[Audience], situation: Situation, books: Books) -> tuple[Invited, ...]:
    """The positions that a situation concerns: of its place, of where its cases live, and the owner of the source that it is about."""
    residences = situation.residences if isinstance(situation, ClusterSituation) else ()
    return resolve(audience, situation.place, books, situation.who if isinstance(situation, SourceSituation) else "", residences)


def resolve(
    audience: Iterable[Audience], place: Place, books: Books, source: str = "", residences: Iterable[str] = ()
) -> tuple[Invited, ...]:
    """The positions of an audience in this place; one that the roster does not have falls to the desk of last resort, once, or nobody."""
    found: dict[str, Invited] = {}
    homes = (*residences,)
    for wanted, name in ((one, name) for one in audience for name in _all_named(one.position, place, source, homes)):
        if not name:
            continue
        instead = None if wanted.or_nobody else books.policy.desk_of_last_resort
        position = books.roster.position(name) or (instead and books.roster.position(instead))
        if position:
            found.setdefault(position.id, Invited(position, Role(wanted.role), asking(wanted.asks)))
    return tuple(found.values())


def _all_named(pattern: str, place: Place, source: str, residences: tuple[str, ...]) -> tuple[str, ...]:
    homes = residences if "{residence}" in pattern else ("",)
    return tuple(named(pattern, place, source, home) for home in homes)


def named(pattern: str, place: Place, source: str = "", residence: str = "") -> str:
    """The position's id in this place; empty for the manager of an estate where there is no estate, and the like."""
    if "{estate}" in pattern and (place.estate == DESK or place.estate.startswith(REGENCY)):
        return ""
    if ("{regency}" in pattern and not place.regency) or ("{source}" in pattern and not source):
        return ""
    if "{residence}" in pattern and not residence:
        return ""
    return pattern.format(estate=place.estate, regency=place.regency, province=place.province, source=source, residence=residence)


def not_told(invited: Iterable[Invited], escalation: Open) -> tuple[Invited, ...]:
    """Those who have heard nothing of this yet."""
    return tuple(one for one in invited if not escalation.has_told(one.position.id))


def tell(escalation: Open, message: Message, invited: Iterable[Invited], books: Books) -> Written:
    """The escalation with these people told, and one delivery for each endpoint through which they are told first."""
    letters: list[Letter] = []
    for one in invited:
        to = addressees(one.position, one.role, first_choice(one.position))
        hearer = escalation.hearer(one.position.id) or _new(one, message)
        escalation = escalation.with_hearer(hearer.heard(message.matter, to))
        letters += (Letter(each, one.asks) for each in to)
    return write(escalation, message, letters, books)


def _new(invited: Invited, message: Message) -> Hearer:
    asks = invited.asks if message.matter == FACTS else asking(TAKE_OVER)
    return Hearer(invited.position.id, message.level, message.at, invited.role, asks, (), ())


def tell_again(escalation: Open, message: Message, hearers: Iterable[Hearer], books: Books) -> Written:
    """These who were told, told again in the same thread where they were told, whatever has become of the roster since (law 7)."""
    awake = [hearer for hearer in hearers if not is_silent(escalation, hearer, message, books)]
    letters = [Letter(to, hearer.asks if message.matter == FACTS else ()) for hearer in awake for to in hearer.to]
    return write(escalation, message, letters, books)


def is_silent(escalation: Open, hearer: Hearer, message: Message, books: Books) -> bool:
    """Whether a position wants not to be told of this change: one that is no graver, of what still is so and is not among the gravest."""
    leading, said = escalation.leading, next((one for one in escalation.silenced if one.position == hearer.position), None)
    if said is None or message.at >= said.until or message.why is not Why.FACTS_CHANGED or message.matter != FACTS:
        return False
    rank = books.policy.rank(leading.grade)
    graver = rank > said.rank or leading.peak > said.peak or is_gravest(escalation, books.policy)
    return leading.state == AlertState.FIRING and not graver


def write(escalation: Open, message: Message, letters: Iterable[Letter], books: Books) -> Written:
    """One delivery for each letter."""
    escalation = replace(escalation, level=max(escalation.level, message.level))
    words = (composed(escalation, message, letter, books) for letter in letters)
    return Written(escalation, tuple(Said(DELIVERY_INBOX, word.to.receiver, word, books.stamp) for word in words))


def first_choice(position: Position) -> tuple[Receiver, ...]:
    """The endpoints that a position is told through first."""
    return tuple(r for r in position.receivers if not r.fallback) or position.receivers


def addressees(position: Position, role: Role, receivers: Iterable[Receiver]) -> tuple[Addressee, ...]:
    """These endpoints of a position, with who holds it now."""
    return tuple(
        Addressee(
            receiver=receiver.id,
            channel=receiver.channel,
            address=receiver.address,
            position=position.id,
            title_id=position.title_id,
            title_en=position.title_en,
            holder=position.holder,
            role=role,
            batch=receiver.batch,
        )
        for receiver in receivers
    )
