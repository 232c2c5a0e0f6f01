"""Decide: what follows from an alert. Facts that changed are told again; a first notice or a higher grade begins a ladder (R12, R16).

Whatever a rule says beside the facts is told once to its route's audience; that it is less, or over, to those who heard of it.
"""

from typing import NamedTuple

from msgspec.structs import replace

from schemas.escalation import FACTS, EscalationState, MessageType, Why
from schemas.policy import How, Route
from schemas.surveillance import Alert, AlertState
from schemas.word import UtcMs
from streams.pipeline.escalation.address import Invited, Written, concerned, not_told, tell, tell_again
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.compose import Message
from streams.pipeline.escalation.group import joined
from streams.pipeline.escalation.ladder import is_raised, ladder_of
from streams.pipeline.escalation.memory import Asking, Open
from streams.pipeline.escalation.outsiders import to_be_told
from streams.pipeline.escalation.routes import last_route, route_of
from streams.pipeline.line import Said


class Decision(NamedTuple):
    """An escalation after a decision, what was said to receivers, and why; `why` is None where nobody is told."""

    escalation: Open
    words: tuple[Said, ...] = ()
    why: Why | None = None


def decide(before: Open, alert: Alert, books: Books) -> Decision:
    """The escalation with one more word of a rule."""
    route = last_route(alert, before.alert(alert.rule), books.policy)
    after = joined(before, alert, books.policy)
    match route.how:
        case How.LADDER:
            return _by_ladder(before, after, alert, books)
        case How.ONCE if route.matter == FACTS:
            return _facts_once(after, alert, route, books)
        case How.ONCE:
            return _matter_once(before, after, alert, books)
        case How.RAISE:
            return _raised(before, after, alert)
        case _ if after.hearers:
            return _told_again(before, after, alert, books)
        case _:
            return Decision(replace(after, state=EscalationState.ENDED))


def _by_ladder(before: Open, after: Open, alert: Alert, books: Books) -> Decision:
    if after.leading.state != AlertState.FIRING:
        return _over(after, alert, books)
    if not before.alerts or ladder_of(before, books.policy) is None:
        return begun(after, Why.FIRST_NOTICE, alert.at, books)
    released = before.is_waiting_signal and not after.is_waiting_signal
    rose = books.policy.rank(after.leading.grade) > books.policy.rank(before.leading.grade)
    if released or rose or before.state == EscalationState.ENDED:
        fresh = replace(after, state=EscalationState.OPEN)
        return begun(fresh, Why.GRADE_ROSE if rose else Why.FACTS_CHANGED, alert.at, books)
    message = Message(Why.FACTS_CHANGED, alert.at, after.level, MessageType.UPDATE)
    again = tell_again(after, message, to_be_told(before, after), books)
    invited = (*_in_doubt(again.escalation, books), *_where_they_live(again.escalation, books))
    first = tell(again.escalation, _first(alert.at, max(after.level, 0)), invited, books)
    return Decision(first.escalation, (*again.words, *first.words), Why.FACTS_CHANGED)


def _where_they_live(escalation: Open, books: Books) -> tuple[Invited, ...]:
    """The regencies where cases live are known only as the cases are: whoever is told of them is told whenever one comes to be known."""
    ladder = ladder_of(escalation, books.policy)
    levels = ladder.levels[: escalation.next_level] if ladder and not escalation.is_waiting_signal else ()
    audience = [one for level in levels for one in level.tell if "{residence}" in one.position]
    return not_told(concerned(audience, escalation.leading.situation, books), escalation)


def _raised(before: Open, after: Open, alert: Alert) -> Decision:
    """The next level is told at once, when it begins to be so; it is never told back, for who was told cannot forget."""
    known = before.alert(alert.rule)
    begins = alert.state == AlertState.FIRING and (known is None or known.state != AlertState.FIRING)
    return Decision(replace(after, hurried_to=alert.at) if begins else after)


def _told_again(before: Open, after: Open, alert: Alert, books: Books) -> Decision:
    """What needs nobody to be told any more is still told to those who were (law 7)."""
    if alert.state != AlertState.FIRING:
        return _over(after, alert, books)
    message = Message(Why.FACTS_CHANGED, alert.at, after.level, MessageType.UPDATE)
    return Decision(*tell_again(after, message, to_be_told(before, after), books), Why.FACTS_CHANGED)


def _over(escalation: Open, alert: Alert, books: Books) -> Decision:
    """What is over is news; only what should never have been said is cancelled."""
    if alert.state == AlertState.RESOLVED:
        message = Message(Why.FACTS_CHANGED, alert.at, escalation.level, MessageType.UPDATE)
    else:
        message = Message(Why.CANCELLED, alert.at, escalation.level, MessageType.CANCEL)
    return ended(escalation, EscalationState.ENDED, message, books)


def ended(escalation: Open, state: EscalationState, message: Message, books: Books) -> Decision:
    """The end, told to exactly those who heard of the beginning."""
    escalation = replace(escalation, state=state, hurried_to=None)
    return Decision(*tell_again(escalation, message, escalation.hearers, books), message.why)


def _first(at: UtcMs, level: int) -> Message:
    return Message(Why.FIRST_NOTICE, at, level)


def begun(escalation: Open, why: Why, at: UtcMs, books: Books) -> Decision:
    """A ladder begins: those told before are told of the change, then the first level; a signal asks its first circle alone."""
    marks = {"ladder_revision": escalation.revision, "ladder_shown": escalation.shown}
    escalation = replace(escalation, **marks, ladder_from=at, next_level=0, hurried_to=None)
    if is_raised(escalation, books.policy):
        escalation = replace(escalation, hurried_to=at)
    if escalation.leading.historic and not escalation.hearers:
        return Decision(replace(escalation, state=EscalationState.ENDED))  # G6: recorded, and nobody is woken by the past.
    escalation = _asked_anew(escalation, books)
    again = tell_again(escalation, Message(why, at, escalation.level, MessageType.UPDATE), escalation.hearers, books)
    circle = _first_circle(again.escalation, books)
    climbing = again.escalation if escalation.is_waiting_signal else replace(again.escalation, next_level=1)
    first = tell(climbing, _first(at, 0), (*circle, *_in_doubt(climbing, books, circle)), books)
    caught_up = _caught_up(first.escalation, at, books)
    return Decision(caught_up.escalation, (*again.words, *first.words, *caught_up.words), why)


def _first_circle(escalation: Open, books: Books) -> tuple[Invited, ...]:
    leading, ladder = escalation.leading, ladder_of(escalation, books.policy)
    first = ladder.levels[0].tell if ladder else ()
    audience = route_of(leading, books.policy).signal if escalation.is_waiting_signal else first
    return not_told(concerned(audience, leading.situation, books), escalation)


def _in_doubt(escalation: Open, books: Books, circle: tuple[Invited, ...] = ()) -> tuple[Invited, ...]:
    """Facts in doubt are the desk's to clear up, whenever the doubt arises (G5); nobody is woken by the past (G6)."""
    leading = escalation.leading
    if not leading.situation.unresolved or (leading.historic and not circle):
        return ()
    invited = concerned(route_of(leading, books.policy).doubt, leading.situation, books)
    if escalation.is_waiting_signal and circle:
        invited = tuple(one._replace(asks=circle[0].asks) for one in invited)
    circled = {one.position.id for one in circle}
    return tuple(one for one in not_told(invited, escalation) if one.position.id not in circled)


def _asked_anew(escalation: Open, books: Books) -> Open:
    """What is asked of those told before follows the ladder that begins."""
    if escalation.is_waiting_signal:
        return escalation
    ladder = ladder_of(escalation, books.policy)
    audience = [one for level in (ladder.levels if ladder else ()) for one in level.tell]
    asks = {one.position.id: one.asks for one in concerned(audience, escalation.leading.situation, books)}
    return replace(escalation, hearers=tuple(replace(h, asks=asks.get(h.position, (Asking("take_over"),))) for h in escalation.hearers))


def _caught_up(escalation: Open, at: UtcMs, books: Books) -> Written:
    """What was said beside the facts while a signal waited is told with its release: a deadline does not pass in silence."""
    written = Written(escalation)
    if escalation.is_waiting_signal:
        return written
    heard = {matter for hearer in escalation.hearers for matter in hearer.matters}
    for alert in escalation.alerts:
        route = last_route(alert, alert, books.policy)
        if route.how is How.ONCE and alert.state == AlertState.FIRING and route.matter not in heard:
            told = _matter_once(written.escalation, written.escalation, replace(alert, at=at), books)
            written = Written(told.escalation, (*written.words, *told.words))
    return written


def _facts_once(escalation: Open, alert: Alert, route: Route, books: Books) -> Decision:
    """Told once to its audience, and each change to those who heard of it; DELIVERY coalesces."""
    if alert.state != AlertState.FIRING:
        return _over(escalation, alert, books)
    message = Message(Why.FACTS_CHANGED, alert.at, 0, MessageType.UPDATE)
    again = tell_again(replace(escalation, state=EscalationState.OPEN), message, escalation.hearers, books)
    invited = not_told(concerned(route.tell, alert.situation, books), again.escalation)
    first = tell(again.escalation, _first(alert.at, 0), invited, books)
    why = Why.FACTS_CHANGED if escalation.hearers else Why.FIRST_NOTICE
    return Decision(first.escalation, (*again.words, *first.words), why)


def _matter_once(before: Open, escalation: Open, alert: Alert, books: Books) -> Decision:
    """A matter beside the facts: each word to the audience of its route; that it is less, or over, to exactly those who heard of it.

    A question or breach that no longer stands, because the deadline has moved, is taken back from those who heard of it (law 7).
    """
    if escalation.is_waiting_signal or escalation.leading.historic:
        return Decision(escalation)
    known = before.alert(alert.rule)
    route = last_route(alert, known, books.policy)
    message = Message(_why_matter(escalation, alert, known, books), alert.at, escalation.level, MessageType.ALERT, route.matter, alert.rule)
    invited = concerned(route.tell, escalation.leading.situation, books)
    if alert.state != AlertState.FIRING:
        over = MessageType.UPDATE if alert.state == AlertState.RESOLVED else MessageType.CANCEL
        message, invited = message._replace(msg_type=over), ()
    falls = alert.state != AlertState.FIRING or (known is not None and last_route(known, None, books.policy).rank > route.rank)
    names = {one.position.id for one in invited}
    hearers = [h for h in escalation.hearers if falls and route.matter in h.matters and h.position not in names]
    again = tell_again(escalation, message, hearers, books)
    told = tell(_as_its_matters_stand(again.escalation, books), message, invited, books)
    return Decision(told.escalation, (*again.words, *told.words), message.why)


def _why_matter(escalation: Open, alert: Alert, known: Alert | None, books: Books) -> Why:
    """Beside facts it is another matter; where there are none it is what the escalation is about."""
    if not _is_of_matters(escalation, books):
        return Why.MATTER
    if alert.state == AlertState.WITHDRAWN:
        return Why.CANCELLED
    began = alert.state == AlertState.FIRING and (known is None or known.state != AlertState.FIRING)
    return Why.FIRST_NOTICE if began else Why.FACTS_CHANGED


def _is_of_matters(escalation: Open, books: Books) -> bool:
    """Whether nothing here is a fact, as with the troubles of a source, each of which comes and goes by itself."""
    return all(route_of(alert, books.policy).matter != FACTS for alert in escalation.alerts)


def _as_its_matters_stand(escalation: Open, books: Books) -> Open:
    """It is open for as long as one of its matters is, where it has no facts."""
    if not _is_of_matters(escalation, books):
        return escalation
    fires = any(alert.state == AlertState.FIRING for alert in escalation.alerts)
    return replace(escalation, state=EscalationState.OPEN if fires else EscalationState.ENDED)
