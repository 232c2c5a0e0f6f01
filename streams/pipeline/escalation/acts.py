"""Acts: a named person's act on a stated revision in, ESCALATION's judgement out (law 10, G4). Nobody else judges an act."""

from typing import NamedTuple

import msgspec

from schemas.escalation import AdmittedAct, EscalationState, Judged, Taken
from schemas.operator import Verdict
from streams.pipeline.escalation.address import Books
from streams.pipeline.escalation.group import Open
from streams.pipeline.escalation.ladder import clock_is_open, is_stopped, is_waiting_signal, ladder_of


class Judgement(NamedTuple):
    """The escalation after the act, and the answer to the person."""

    escalation: Open
    judged: Judged


def judge(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """One act: refused with a reason, recorded, or carried out."""
    if refused := _refused(escalation, act, books):
        return Judgement(escalation, refused)
    if not _is_supervised(act, books):  # G4: a firm that keeps acknowledging does not keep R16 from asking again.
        escalation = msgspec.structs.replace(escalation, active_at=max(escalation.active_at, act.at))
    return _JUDGES[act.act](escalation, act, books)


def _refused(escalation: Open, act: AdmittedAct, books: Books) -> Judged | None:
    if books.roster.position(act.position) is None:
        return Judged.UNKNOWN_POSITION
    if act.act not in _JUDGES:
        return Judged.NOT_ENTITLED
    if not escalation.is_live:
        return Judged.CLOSED
    if act.revision != escalation.revision:
        return Judged.OUTDATED
    return None


def _is_supervised(act: AdmittedAct, books: Books) -> bool:
    return act.position.startswith(books.policy.supervised)


def _acknowledge(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """It stops the ladder once every group that the ladder names has acknowledged; the supervised stop nothing."""
    if not escalation.has_told(act.position):  # Else the inspection of another province could stop this ladder.
        return Judgement(escalation, Judged.NOT_TOLD)
    if any(t.position == act.position and t.revision == act.revision for t in escalation.taken):
        return Judgement(escalation, Judged.REPEATED)
    stops = not _is_supervised(act, books)
    taken = (*escalation.taken, Taken(act.position, act.name, act.at, act.revision, stops))
    escalation = msgspec.structs.replace(escalation, taken=taken)
    if is_stopped(escalation, books.policy):
        return Judgement(msgspec.structs.replace(escalation, state=EscalationState.TAKEN, hurried_to=None), Judged.TAKEN)
    in_part = stops and any(act.position.startswith(tuple(group)) for group in ladder_of(escalation, books.policy).stops)
    return Judgement(escalation, Judged.TAKEN_IN_PART if in_part else Judged.RECORDED)


def _verify(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """A signal is real, or it is not. The supervised may confirm one, not deny it."""
    if act.verdict == Verdict.REAL:
        waiting = is_waiting_signal(escalation)
        verified = msgspec.structs.replace(escalation, verified=True, ladder_from=act.at if waiting else escalation.ladder_from)
        return Judgement(verified, Judged.TAKEN)
    if _is_supervised(act, books) or not is_waiting_signal(escalation):
        return Judgement(escalation, Judged.NOT_ENTITLED)
    if not escalation.has_told(act.position):
        return Judgement(escalation, Judged.NOT_TOLD)
    return Judgement(msgspec.structs.replace(escalation, state=EscalationState.ENDED), Judged.TAKEN)


def _stand_down(escalation: Open, act: AdmittedAct, books: Books) -> Judgement:
    """The end of an escalation, once no R11 clock runs (R16).

    Only somebody who was told and could stop the ladder may end it; an S4 or S5 ends only after its ladder has been stopped (G4).
    """
    ladder = ladder_of(escalation, books.policy)
    if _is_supervised(act, books) or not any(act.position.startswith(tuple(group)) for group in ladder.stops):
        return Judgement(escalation, Judged.NOT_ENTITLED)
    if not escalation.has_told(act.position):
        return Judgement(escalation, Judged.NOT_TOLD)
    if clock_is_open(escalation, act.at):
        return Judgement(escalation, Judged.CLOCK_OPEN)
    if ladder.urgent and not is_stopped(escalation, books.policy):
        return Judgement(escalation, Judged.NOT_TAKEN)
    return Judgement(msgspec.structs.replace(escalation, state=EscalationState.STOOD_DOWN), Judged.TAKEN)


_JUDGES = {"acknowledge": _acknowledge, "verify": _verify, "stand_down": _stand_down}
