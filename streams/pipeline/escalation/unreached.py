"""Unreached: how a delivery ended in, what is done for whoever could not be reached out (law 9, G4)."""

from msgspec.structs import replace

from schemas.delivery import Ending, GaveUp, Outcome
from schemas.escalation import Addressee, EscalationState, MessageType, Role, Why
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
    dead = next((to for to in hearer.to if to.receiver == outcome.receiver), None)
    if outcome.gave_up != GaveUp.UNREACHABLE:
        return _undelivered(escalation, outcome, dead, books)
    reached = _unreachable(escalation, hearer, outcome, books)
    if not (outcome.disabled and outcome.attempts):  # Later letters to it are given up without a try: that is no news.
        return reached
    told = _undelivered(reached.escalation, outcome, dead, books)
    return told._replace(words=(*reached.words, *told.words), why=reached.why or told.why) if told else reached


def _unreachable(escalation: Open, hearer: Hearer, outcome: Outcome, books: Books) -> Decision:
    """A position none of whose endpoints can be reached: its fallback is told; without one, the next level does not wait.

    What has ended meanwhile is no alarm for anybody who has not heard of it.
    """
    before = frozenset(escalation.unreached)
    escalation = replace(escalation, unreached=tuple(sorted({*before, outcome.receiver})))
    if not hearer.is_cut_off(frozenset(escalation.unreached)) or not escalation.is_live:
        return Decision(escalation)
    dead = next((to for to in hearer.to if to.receiver == outcome.receiver), None)
    message = Message(Why.FALLBACK, outcome.at, max(escalation.level, 0), meant_for=dead)
    fallen = _fall_back(escalation, hearer, message, books)
    if fallen.words:
        return Decision(*fallen, Why.FALLBACK)
    newly = not hearer.is_cut_off(before)
    if newly and _should_hurry(escalation, hearer, books):
        escalation = replace(escalation, hurried_to=outcome.at)
    return Decision(escalation)


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


def _undelivered(escalation: Open, outcome: Outcome, dead: Addressee | None, books: Books) -> Decision | None:
    """Somebody must mend a letterbox, a letter or an address: the desk is told of what it was about, once for each endpoint."""
    if outcome.receiver in escalation.undelivered:
        return None
    leading = escalation.leading
    route = route_of(leading, books.policy)
    desk = concerned(route.doubt or route.tell, leading.situation, books)
    escalation = replace(escalation, undelivered=tuple(sorted({*escalation.undelivered, outcome.receiver})))
    about = f":{outcome.receiver}"
    message = Message(Why.UNDELIVERED, outcome.at, max(escalation.level, 0), MessageType.UPDATE, about=about, meant_for=dead)
    told = [one for one in desk if one.position.id != outcome.position]
    written = tell(escalation, message, told, books)
    return Decision(*written, Why.UNDELIVERED if written.words else None)
