"""Acts: a named person's act on a stated revision in; the judgement and what follows from it out (law 10, G4). Nobody else judges."""

from typing import NamedTuple

from msgspec.structs import replace

from schemas.discretion import revision_for
from schemas.escalation import AdmittedAct, Declined, EscalationState, Finished, Handed, Judged, MessageType, Role, Taken, Why
from schemas.ids import digest
from schemas.operator import Verdict
from schemas.surveillance import shown
from streams.pipeline.escalation.address import Invited, named, tell
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.compose import Message
from streams.pipeline.escalation.decide import Decision, begun, ended
from streams.pipeline.escalation.ladder import HOUR_MS, is_gravest, is_nobodys, is_stopped, is_urgent, may_stop, next_climb, unanswered
from streams.pipeline.escalation.memory import MOST_ACTS, Open, Silenced


class Judgement(NamedTuple):
    """The escalation after the act, and the answer to the person."""

    escalation: Open
    judged: Judged


def judge(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """One act: refused with a reason, recorded, or carried out. One that comes again changes nothing (law 5)."""
    known = digest(act.source, act.id)
    if known in escalation.acts:
        return Judgement(escalation, Judged.REPEATED)
    if refused := _refused(escalation, act, books):
        return Judgement(escalation, refused)
    judgement = _JUDGES[act.act](escalation, act, books)
    if judgement.judged in _WITHOUT_EFFECT:
        return Judgement(escalation, judgement.judged)
    return judgement._replace(escalation=_remembered(judgement.escalation, act, known, books))


_WITHOUT_EFFECT = frozenset({Judged.REPEATED})


def _remembered(escalation: Open, act: AdmittedAct, known: str, books: Books) -> Open:
    escalation = replace(escalation, acts=(*escalation.acts, known)[-MOST_ACTS:])
    if books.is_supervised(act.position):  # G4: a firm that keeps acknowledging does not keep R16 from asking again.
        return escalation
    return replace(escalation, active_at=max(escalation.active_at, act.at))


def _refused(escalation: Open, act: AdmittedAct, books: Books) -> Judged | None:
    if books.roster.position(act.position) is None:
        return Judged.UNKNOWN_POSITION
    if act.act not in _JUDGES:
        return Judged.NOT_ENTITLED
    if not escalation.is_live:
        return Judged.CLOSED
    if act.revision != escalation.revision_for(act.position):
        return Judged.OUTDATED
    return None


def _acknowledge(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """It stops the ladder once every group that the ladder names has acknowledged; the supervised and the informed stop nothing."""
    hearer = escalation.hearer(act.position)
    if hearer is None:  # Else the inspection of another province could stop this ladder.
        return Judgement(escalation, Judged.NOT_TOLD)
    if any(t.position == act.position and revision_for(t.position, t) == act.revision for t in escalation.taken):
        return Judgement(escalation, Judged.REPEATED)
    stops = hearer.role == Role.ACT and not books.is_supervised(act.position)
    taken = Taken(act.position, shown(act.name), act.at, escalation.revision, stops, escalation.shown)
    others = tuple(one for one in escalation.taken if one.position != act.position)
    declined = tuple(one for one in escalation.declined if one.position != act.position)
    escalation = replace(escalation, taken=(*others, taken), declined=declined)
    if is_stopped(escalation, books.policy):
        return Judgement(replace(escalation, state=EscalationState.TAKEN, hurried_to=None), Judged.TAKEN)
    in_part = stops and may_stop(act.position, escalation, books.policy)
    return Judgement(escalation, Judged.TAKEN_IN_PART if in_part else Judged.RECORDED)


def _verify(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """A signal is real, or it is not. The supervised may confirm one, not deny it; strangers to the place may do neither."""
    if act.verdict == Verdict.REAL:
        if not escalation.has_told(act.position) and not _is_of_the_place(escalation, act.position, books):
            return Judgement(escalation, Judged.NOT_TOLD)
        began = act.at if escalation.is_waiting_signal else escalation.ladder_from
        return Judgement(replace(escalation, verified=True, ladder_from=began), Judged.TAKEN)
    if books.is_supervised(act.position) or not escalation.is_waiting_signal:
        return Judgement(escalation, Judged.NOT_ENTITLED)
    if not escalation.has_told(act.position):
        return Judgement(escalation, Judged.NOT_TOLD)
    return Judgement(replace(escalation, state=EscalationState.ENDED), Judged.TAKEN)


def _is_of_the_place(escalation: Open, position: str, books: Books) -> bool:
    """Whether a position is an official one that could be told of this, at any grade."""
    levels = [level.tell for ladder in books.policy.ladders for level in ladder.levels]
    routed = [audience for route in books.policy.routes for audience in (route.signal, route.doubt)]
    patterns = {one.position for audience in (*levels, *routed) for one in audience}
    place = escalation.leading.situation.place
    return not books.is_supervised(position) and position in {named(pattern, place) for pattern in patterns}


def _decline(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """Not mine. Where nobody who was asked is left to stop the ladder, the next level does not wait; the supervised hurry nobody (G4)."""
    if not escalation.has_told(act.position):
        return Judgement(escalation, Judged.NOT_TOLD)
    if any(t.position == act.position and t.revision >= escalation.ladder_revision for t in escalation.taken):
        return Judgement(escalation, Judged.HOLDS_IT)
    if any(d.position == act.position and revision_for(d.position, d) == act.revision for d in escalation.declined):
        return Judgement(escalation, Judged.REPEATED)
    others = tuple(one for one in escalation.declined if one.position != act.position)
    declined = Declined(act.position, shown(act.name), act.at, escalation.revision, escalation.shown)
    escalation = replace(escalation, declined=(*others, declined))
    if not _leaves_nobody(escalation, act.position, books):
        return Judgement(escalation, Judged.RECORDED)
    return Judgement(replace(escalation, hurried_to=act.at), Judged.PASSED_ON)


def _leaves_nobody(escalation: Open, position: str, books: Books) -> bool:
    """Whether a position that has declined was the last of its group who could still take it, and somebody is left to be told."""
    if books.is_supervised(position) or escalation.state != EscalationState.OPEN:
        return False
    climb = next_climb(escalation, books.policy)
    groups = [group for group in unanswered(escalation, books.policy) if position.startswith(group)]
    return climb is not None and climb.all_of_it and any(is_nobodys(group, escalation, books.policy) for group in groups)


def _done(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """What was asked of this position is done; it stops no ladder, and shows that somebody is at it (R16)."""
    hearer = escalation.hearer(act.position)
    if hearer is None:
        return Judgement(escalation, Judged.NOT_TOLD)
    if act.action not in {asking.action for asking in hearer.asks}:
        return Judgement(escalation, Judged.NOT_ASKED)
    if any((done.position, done.action) == (act.position, act.action) for done in escalation.done):
        return Judgement(escalation, Judged.REPEATED)
    finished = Finished(act.position, shown(act.name), act.action, act.at)
    return Judgement(replace(escalation, done=(*escalation.done, finished)), Judged.RECORDED)


def _handover(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """To a position of the roster; who has taken it holds it until that one takes it too. The supervised wake nobody (G4)."""
    giver, taker = escalation.hearer(act.position), escalation.hearer(act.to)
    if giver is None:
        return Judgement(escalation, Judged.NOT_TOLD)
    if books.is_supervised(act.position):
        return Judgement(escalation, Judged.NOT_ENTITLED)
    if giver.role == Role.INFORM:
        return Judgement(escalation, Judged.NOT_ASKED)
    if books.roster.position(act.to) is None:
        return Judgement(escalation, Judged.UNKNOWN_POSITION)
    if taker is not None and taker.role == Role.ACT:
        return Judgement(escalation, Judged.REPEATED)
    handed = Handed(act.position, shown(act.name), act.to, act.at)
    return Judgement(replace(escalation, handed=(*escalation.handed, handed)), Judged.HANDED_OVER)


def _silence(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """Of the gravest nobody may want to hear no more; of others not for longer than the policy allows."""
    if not escalation.has_told(act.position):
        return Judgement(escalation, Judged.NOT_TOLD)
    if is_gravest(escalation, books.policy):
        return Judgement(escalation, Judged.TOO_GRAVE)
    if act.until is None or act.until > act.at + books.policy.silence_hours * HOUR_MS:
        return Judgement(escalation, Judged.TOO_LONG)
    leading = escalation.leading
    said = Silenced(act.position, act.until, books.policy.rank(leading.grade), leading.peak)
    others = tuple(one for one in escalation.silenced if one.position != act.position)
    return Judgement(replace(escalation, silenced=(*others, said)), Judged.SILENCED)


def _stand_down(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """The end of an escalation, once no R11 clock runs (R16).

    Only somebody who was told and could stop the ladder may end it; an S4 or S5 ends only after its ladder has been stopped (G4).
    """
    if books.is_supervised(act.position) or not may_stop(act.position, escalation, books.policy):
        return Judgement(escalation, Judged.NOT_ENTITLED)
    hearer = escalation.hearer(act.position)
    if hearer is None:
        return Judgement(escalation, Judged.NOT_TOLD)
    if hearer.role == Role.INFORM:
        return Judgement(escalation, Judged.NOT_ENTITLED)
    if escalation.open_until is not None and act.at < escalation.open_until:
        return Judgement(escalation, Judged.CLOCK_OPEN)
    if is_urgent(escalation, books.policy) and not is_stopped(escalation, books.policy):
        return Judgement(escalation, Judged.NOT_TAKEN)
    return Judgement(replace(escalation, state=EscalationState.STOOD_DOWN), Judged.TAKEN)


_JUDGES = {
    "acknowledge": _acknowledge,
    "verify": _verify,
    "decline": _decline,
    "done": _done,
    "handover": _handover,
    "silence": _silence,
    "stand_down": _stand_down,
}


def carried_out(before: Open, after: Open, act: AdmittedAct, books: Books) -> Decision:
    """What follows from an act that was not refused."""
    if after.state == EscalationState.STOOD_DOWN:
        return ended(after, after.state, Message(Why.STOOD_DOWN, act.at, after.level, MessageType.CANCEL), books)
    if after.state == EscalationState.ENDED:
        return ended(after, after.state, Message(Why.CANCELLED, act.at, after.level, MessageType.CANCEL), books)
    if len(after.handed) > len(before.handed):
        return _handed_over(after, act, books)
    if before.is_waiting_signal and not after.is_waiting_signal:
        return begun(after.revised(), Why.FACTS_CHANGED, act.at, books)
    return Decision(after)


def _handed_over(escalation: Open, act: AdmittedAct, books: Books) -> Decision:
    """The taker is asked what the giver was asked, and told by whom."""
    giver, taker, position = escalation.hearer(act.position), escalation.hearer(act.to), books.roster.position(act.to)
    if giver is None or position is None:
        return Decision(escalation)
    if taker is not None:
        escalation = escalation.with_hearer(replace(taker, role=Role.ACT, asks=giver.asks))
    by = giver.to[0] if giver.to else None
    message = Message(Why.HANDED_OVER, act.at, max(escalation.level, 0), about=f":{act.position}", meant_for=by)
    written = tell(escalation, message, (Invited(position, Role.ACT, giver.asks),), books)
    return Decision(written.escalation, written.words, Why.HANDED_OVER)
