"""Unreached: how a delivery ended in, what is done for whoever could not be reached out (law 9, G4)."""

from msgspec.structs import replace

from schemas.delivery import Ending, GaveUp, Outcome
from schemas.escalation import EscalationState, MessageType, Role, Why
from streams.pipeline.escalation.address import Written, addressees, concerned, tell, write
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.compose import Letter, Message
from streams.pipeline.escalation.decide import Decision
from streams.pipeline.escalation.memory import Hearer, Open
from streams.pipeline.escalation.routes import route_of


def heard_back(escalation: Open, outcome: Outcome, books: Books) -> Decision | None:
    """What follows; None where nothing does. Whoever is reached again is unreached no longer."""
    if outcome.ending == Ending.ACCEPTED and outcome.receiver in escalation.unreached:
        left = tuple(one for one in escalation.unreached if one != outcome.receiver)
        return Decision(replace(escalation, unreached=left))
    if outcome.ending != Ending.GIVEN_UP:
        return None
    hearer = escalation.hearer(outcome.position)
    if hearer is None:
        return None
    if outcome.gave_up == GaveUp.UNREACHABLE:
        return _unreachable(escalation, hearer, outcome, books)
    return _undelivered(escalation, outcome, books)


def _unreachable(escalation: Open, hearer: Hearer, outcome: Outcome, books: Books) -> Decision:
    """A position none of whose endpoints can be reached: its fallback is told; without one, the next level does not wait."""
    before = frozenset(escalation.unreached)
    escalation = replace(escalation, unreached=tuple(sorted({*before, outcome.receiver})))
    if not _is_cut_off(hearer, frozenset(escalation.unreached)):
        return Decision(escalation)
    message = Message(Why.FALLBACK, outcome.at, max(escalation.level, 0))
    fallen = _fall_back(escalation, hearer, message, books)
    if fallen.words:
        return Decision(*fallen, Why.FALLBACK)
    newly = not _is_cut_off(hearer, before)
    if newly and _should_hurry(escalation, hearer, books):
        escalation = replace(escalation, hurried_to=outcome.at)
    return Decision(escalation)


def _is_cut_off(hearer: Hearer, unreached: frozenset[str]) -> bool:
    return {to.receiver for to in hearer.to} <= unreached


def _fall_back(escalation: Open, hearer: Hearer, message: Message, books: Books) -> Written:
    """The fallback endpoints of the position, as the roster has them now; whatever follows goes to them too."""
    position = books.roster.position(hearer.position)
    known = {to.receiver for to in hearer.to}
    others = [r for r in position.receivers if r.fallback and r.id not in known] if position else []
    if position is None or not others:
        return Written(escalation)
    to = addressees(position, hearer.role, others)
    escalation = escalation.with_hearer(hearer.heard(message.matter, to))
    return write(escalation, message, [Letter(one, hearer.asks) for one in to], books)


def _should_hurry(escalation: Open, hearer: Hearer, books: Books) -> bool:
    """The supervised do not set the pace (G4), nor do those who are merely informed."""
    is_acting = hearer.role == Role.ACT and not books.is_supervised(hearer.position)
    return is_acting and escalation.state == EscalationState.OPEN


def _undelivered(escalation: Open, outcome: Outcome, books: Books) -> Decision | None:
    """A letter that we could not write down, keep or send ourselves: the desk is told of what it was about, once for each endpoint."""
    if outcome.receiver in escalation.undelivered:
        return None
    leading = escalation.leading
    route = route_of(leading, books.policy)
    desk = concerned(route.doubt or route.tell, leading.situation, books)
    escalation = replace(escalation, undelivered=tuple(sorted({*escalation.undelivered, outcome.receiver})))
    message = Message(Why.UNDELIVERED, outcome.at, max(escalation.level, 0), MessageType.UPDATE, about=f":{outcome.receiver}")
    told = [one for one in desk if one.position.id != outcome.position]
    written = tell(escalation, message, told, books)
    return Decision(*written, Why.UNDELIVERED if written.words else None)
