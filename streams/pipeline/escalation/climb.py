"""Climb: an escalation and the time in; levels told, signals released, and what was acknowledged asked again, out (R16)."""

from msgspec.structs import replace

from schemas.escalation import EscalationState, MessageType, Why
from schemas.word import UtcMs
from streams.pipeline.escalation.address import Written, concerned, not_told, tell, tell_again
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.compose import Message
from streams.pipeline.escalation.decide import Decision, begun
from streams.pipeline.escalation.ladder import Climb, next_climb, rearms_at, signal_ends_at
from streams.pipeline.escalation.memory import Open


def fallen_due(escalation: Open, due: UtcMs, books: Books) -> Decision:
    """What time alone does to an escalation at `due`."""
    if signal_ends_at(escalation, books.policy) == due:
        unanswered = replace(escalation.revised(), unverified=True)
        return begun(unanswered, Why.UNVERIFIED_UNANSWERED, due, books)
    if rearms_at(escalation, books.policy) == due:
        fresh = replace(escalation.revised(), state=EscalationState.OPEN, active_at=due)
        return begun(fresh, Why.REARMED, due, books)
    return _climbed(escalation, due, books)


def _climbed(escalation: Open, due: UtcMs, books: Books) -> Decision:
    """The next level is told; where the ladder says so, everybody told before is asked again."""
    climb = next_climb(escalation, books.policy)
    assert climb is not None  # noqa: S101  the caller has just seen it due
    hurried = escalation.hurried_to is not None and climb.due == escalation.hurried_to
    dead = next((hearer.to[0] for hearer in escalation.hearers if hurried and hearer.is_cut_off(frozenset(escalation.unreached))), None)
    written = Written(replace(escalation, next_level=climb.number + 1, hurried_to=None))
    audience = climb.level.tell if climb.all_of_it else tuple(a for a in climb.level.tell if a.regardless)
    invited = not_told(concerned(audience, escalation.leading.situation, books), escalation)
    why = _why(climb, hurried=hurried, dead=dead is not None)
    if climb.level.all_again and climb.all_of_it:
        message = Message(why, due, climb.number, MessageType.UPDATE, meant_for=dead)
        written = tell_again(written.escalation, message, escalation.hearers, books)
    first = tell(written.escalation, Message(why, due, climb.number, meant_for=dead), invited, books)
    return Decision(first.escalation, (*written.words, *first.words), why)


def _why(climb: Climb, *, hurried: bool, dead: bool) -> Why:
    """Nobody has answered; or the level was brought forward: somebody cannot be reached, or what is beside the facts is grave."""
    if not climb.all_of_it:
        return Why.INFORMED_REGARDLESS
    if not hurried:
        return Why.UNANSWERED
    return Why.UNREACHED if dead else Why.RAISED
