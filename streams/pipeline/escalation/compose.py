"""Compose: an escalation, a message and an endpoint in; one delivery, with everything that its reader is to know, out."""

from typing import NamedTuple

from schemas.discretion import standing_for, step, treats
from schemas.escalation import FACTS, Addressee, Asked, Delivery, MessageType, Role, Standing, Why
from schemas.ids import delivery_id
from schemas.surveillance import Alert, AlertState, Certainty, ClusterSituation, IncidentSituation, Reason, Rule
from schemas.word import UtcMs
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.ladder import is_urgent, next_climb, raising, unanswered
from streams.pipeline.escalation.memory import Asking, Open
from streams.pipeline.escalation.outsiders import newest_of_cases


class Message(NamedTuple):
    """What is told: why, at which level, of which matter, and when by law and policy. rule: whose alert it is, if not the leading one's.

    about: what else tells it apart from another message for the same reason.
    meant_for: whom another message could not be delivered to, or who has handed it over.
    """

    why: Why
    at: UtcMs
    level: int
    msg_type: MessageType = MessageType.ALERT
    matter: str = FACTS
    rule: Rule | None = None
    about: str = ""
    meant_for: Addressee | None = None


class Letter(NamedTuple):
    """To whom, and what is asked of them."""

    to: Addressee
    asks: tuple[Asking, ...]


def composed(escalation: Open, message: Message, letter: Letter, books: Books) -> Delivery:
    """One message to one endpoint."""
    alert, leading = escalation.alert(message.rule) or escalation.leading, escalation.leading
    position, situation = letter.to.position, _newest(alert, escalation).situation
    revision = escalation.revision_for(position)
    return Delivery(
        id=delivery_id(
            thread=escalation.id,
            revision=revision,
            level=message.level,
            receiver=letter.to.receiver,
            matter=f"{message.matter}:{message.why}:{_count(escalation, message, alert, position)}{message.about}",
        ),
        thread=escalation.id,
        estate=escalation.estate,
        to=letter.to,
        matter=message.matter,
        revision=revision,
        level=message.level,
        why=message.why,
        msg_type=message.msg_type,
        at=message.at,
        grade=leading.grade,
        grade_now=leading.grade_now,
        rank=books.policy.rank(leading.grade),
        peak=leading.peak if treats(position, situation) else step(leading.peak),
        certainty=Certainty.VERIFIED if escalation.verified else alert.situation.certainty,
        situation=situation,
        reasons=_reasons(escalation, message, alert, books),
        asked=_asked(alert, message, letter),
        standing=standing_for(position, standing(escalation, books)),
        urgent=is_urgent(escalation, books.policy),
        exercise=escalation.exercise,
        meant_for=message.meant_for,
    )


def _count(escalation: Open, message: Message, alert: Alert, position: str) -> int:
    """Which time it is that this may be said at one revision."""
    if message.matter != FACTS:
        return alert.revision
    return escalation.ladder_revision if escalation.revision_for(position) == escalation.revision else escalation.ladder_shown


def _reasons(escalation: Open, message: Message, alert: Alert, books: Books) -> tuple[Reason, ...]:
    """Those of the alert; beside the facts also those of what brings their next level forward."""
    if message.matter != FACTS:
        return alert.reasons
    beside = (reason for raised in raising(escalation, books.policy) for reason in raised.reasons)
    return (*alert.reasons, *beside)


def _newest(alert: Alert, escalation: Open) -> Alert:
    """What is told beside the facts is told with the facts as they are by then, and never with older ones (law 7).

    Of a cluster its rules speak of one thing: R19's word leads, and how many cases there are is R7's.
    """
    leading = escalation.leading
    if isinstance(alert.situation, ClusterSituation):
        return newest_of_cases(escalation) or alert
    one_incident = isinstance(alert.situation, IncidentSituation) and isinstance(leading.situation, IncidentSituation)
    stands = leading.state == AlertState.FIRING and leading.at > alert.at
    return leading if one_incident and stands else alert


def standing(escalation: Open, books: Books) -> Standing:
    """Where the escalation stands, for all who are told of it."""
    climb = next_climb(escalation, books.policy)
    return Standing(
        told=tuple(hearer.told for hearer in escalation.hearers),
        taken=escalation.taken,
        held_until=escalation.leading.held_until,
        next_level_at=climb.due if climb and climb.all_of_it else None,
        unverified=escalation.unverified and not escalation.verified,
        awaits=_awaits(escalation, books),
        declined=escalation.declined,
        done=escalation.done,
        handed=escalation.handed,
    )


def _awaits(escalation: Open, books: Books) -> tuple[tuple[str, ...], ...]:
    """Whose answer would still stop the ladder."""
    if not escalation.is_live:
        return ()
    told = [hearer.position for hearer in escalation.hearers if hearer.role == Role.ACT]
    return tuple(tuple(p for p in told if p.startswith(group)) or group for group in unanswered(escalation, books.policy))


def _asked(alert: Alert, message: Message, letter: Letter) -> tuple[Asked, ...]:
    """What the reader is asked to do, with its deadline: nothing of those who are merely informed, or of an end."""
    ends = message.msg_type == MessageType.CANCEL or alert.state != AlertState.FIRING
    if letter.to.role == Role.INFORM or ends:
        return ()
    deadlines = dict(alert.deadlines)
    return tuple(Asked(ask.action, deadlines.get(ask.by)) for ask in letter.asks)
