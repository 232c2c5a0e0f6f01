"""Deadline: a tick at a duty in; what has become of each period that is proven by now, and the firm's reminders, out (R1 to R4)."""

from collections.abc import Mapping

from msgspec.structs import replace

from schemas.ids import gate
from schemas.ledger import Tick
from schemas.obligations import Obligation
from schemas.policy import Deadlines
from schemas.surveillance import Alert, Because, DutySituation, Proven, Reason, Rule, Share
from schemas.topics import REPORTS
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, following, local_day, window
from streams.pipeline.line import Entry, Step
from streams.pipeline.surveillance.alerts import Finding, collapsed, speak
from streams.pipeline.surveillance.reporting.memory import NEVER, Duty, excused_name, holding_name
from streams.pipeline.surveillance.reporting.outcome import DAY_MS, HOUR_MS, is_bound, is_over
from streams.pipeline.surveillance.reporting.picture import deadline_of
from streams.pipeline.surveillance.reporting.restate import Case, Restated, due_of, forgotten_at, has_reported, reminders, restated, step_of
from streams.pipeline.surveillance.reporting.tally import Move, Told
from streams.pipeline.surveillance.rulebook import Rulebook


def tick(entries: Mapping[str, Entry], duty: Duty, now: Tick, book: Rulebook) -> Step:
    """Every deadline that has been proven is decided, each dated by the end of its grace (law 3)."""
    obligation, deadlines = book.policy.obligation(duty.obligation), book.policy.deadlines
    if obligation is None or _is_forgotten(duty, obligation, now, book):
        return _forgotten(entries, duty)
    proven = _proven(duty, obligation, now, deadlines)
    case = Case(entries, obligation, book)
    found = _decided(case, duty, proven, now) if proven else _anew(case, duty, now)
    duty, reminded = _reminded(case, found.duty, now)
    return step_of(entries, (found._replace(duty=duty, alerts=(*found.alerts, *reminded)),), book, now)


def _is_forgotten(duty: Duty, obligation: Obligation, now: Tick, book: Rulebook) -> bool:
    if duty.enrolled_at == NEVER:
        until = due_of(duty, book).at
        return until is None or until <= now.at
    ends = is_over(duty) or following(obligation, duty.decided_through) is None
    return ends and forgotten_at(duty, book.policy.deadlines) <= now.at


def _forgotten(entries: Mapping[str, Entry], duty: Duty) -> Step:
    name = holding_name(duty.subject)
    holding = entries.get(name)
    left = tuple(each for each in holding.duties if each != duty.name) if holding else ()
    return Step({duty.name: None, name: replace(holding, duties=left) if holding and left else None})


def _published(obligation: Obligation, now: Tick) -> UtcMs:
    """How far the system that receives these reports has published, and been read."""
    return dict(now.proven).get(gate(REPORTS.name, obligation.received_by), 0)


def _proven(duty: Duty, obligation: Obligation, now: Tick, deadlines: Deadlines) -> tuple[Period, ...]:
    """The undecided periods of which an absence may be believed (G1, law 6)."""
    through = min(_published(obligation, now), now.complete_through - deadlines.grace_hours * HOUR_MS)
    if through <= duty.decided_through:
        return ()
    periods = window(obligation, local_day(duty.decided_through), local_day(through))
    return tuple(period for period in periods if duty.decided_through < period.due_at <= through)


def _decided(case: Case, duty: Duty, periods: tuple[Period, ...], now: Tick) -> Restated:
    """One after the other; what a later one has overtaken is not spoken."""
    spoken, evidence, policy = duty.spoken, _evidence(case.obligation, now), case.book.policy
    alerts: list[Alert] = []
    made: list[Move] = []
    for period in periods:
        historic = now.at - period.due_at > policy.escalation.history_days * DAY_MS
        told = Told(period.due_at + policy.deadlines.grace_hours * HOUR_MS, evidence, historic)
        duty, said, moves = restated(case, replace(duty, decided_through=period.due_at), told)
        alerts += said
        made += (Move.that_proves(period, told, exercise=duty.exercise), *moves)
    collapse = collapsed(spoken, duty.spoken, alerts) if len(periods) > 1 else (duty.spoken, tuple(alerts))
    return Restated(replace(duty, spoken=collapse[0]), collapse[1], tuple(made))


def _anew(case: Case, duty: Duty, now: Tick) -> Restated:
    """No deadline has come: it may be that its calendar was revised, or something excused for everybody, which dates what is said."""
    if duty.revised:
        return restated(case, duty, Told(now.at))
    excused = case.entries.get(excused_name(case.obligation.id))
    at = max((at for _, at in excused.periods), default=0) if excused else 0
    return restated(case, duty, Told(at)) if at else Restated(duty)


def _evidence(obligation: Obligation, now: Tick) -> Proven | None:
    """What the tick says of the source and of the partitions of its topic. In a story they were read when the story had come there."""
    if now.proof is None:
        return None
    published = [each.through for each in now.proof.published if (each.topic, each.source) == (REPORTS.name, obligation.received_by)]
    read = [each.appended for each in now.proof.read if each.topic == REPORTS.name]
    if not published or not read:
        return None
    return Proven(now.number, obligation.received_by, min(published), min(max(read), now.at), len(published), REPORTS.partitions)


def _reminded(case: Case, duty: Duty, now: Tick) -> tuple[Duty, tuple[Alert, ...]]:
    """The last reminder that is due by now, to a firm that has not reported; one that comes too late to be of use is not sent (R4)."""
    obligation, deadlines = case.obligation, case.book.policy.deadlines
    period = following(obligation, duty.decided_through)
    reached = _published(obligation, now)
    due = [(at, hours) for at, hours in reminders(period, deadlines) if duty.reminded_through < at <= reached] if period else []
    if period is None or not due:
        return duty, ()
    at, hours = due[-1]
    duty = replace(duty, reminded_through=at)
    owes = is_bound(duty, obligation, period) and not has_reported(duty, period) and not _is_excused(case, duty, period)
    if now.at >= period.due_at or not owes:
        return duty, ()
    return duty, speak((), (_reminder(duty, obligation, period, at, hours),), at)[1]


def _is_excused(case: Case, duty: Duty, period: Period) -> bool:
    day, excused = period.day.isoformat(), case.entries.get(excused_name(duty.obligation))
    by_name = any(ruling.act == "excuse" and ruling.day == day for ruling in duty.rulings)
    return by_name or (excused is not None and day in dict(excused.periods))


def _reminder(duty: Duty, obligation: Obligation, period: Period, at: UtcMs, hours: int) -> Finding:
    situation = DutySituation(
        place=duty.place_at(at), obligation=duty.obligation, period=period.day.isoformat(), permit=duty.permit, due_at=period.due_at
    )
    return Finding(
        Rule.REMINDER,
        duty.subject,
        f"{period.name}/{duty.permit}/{hours}h",
        (Reason(Because.NOT_YET_REPORTED, source=period.regime.source),),
        situation,
        (),
        share=Share(f"{period.name}/{hours}h", at, (("reminders", 1),), deadline_of(obligation, period)),
        exercise=duty.exercise,
    )
