"""The desk of reporting: a report, a finding, an act or a doubt in; the changed duties and their alerts out.

It recognises what it has heard before: the same fact again changes nothing, the same id with other content is listed (law 5).
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec
from msgspec.structs import replace

from schemas.escalation import AdmittedAct
from schemas.ids import FIRM
from schemas.ledger import Admitted, Odd, Refusal
from schemas.obligations import LOOK_BACK_DAYS, Obligation
from schemas.reports import InspectionFinding
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, find, following, local_day, window
from streams.pipeline.entitled import period_of, refused
from streams.pipeline.line import NOTHING, Entry, Step
from streams.pipeline.surveillance import cluster, doubts
from streams.pipeline.surveillance.cluster.memory import known_name
from streams.pipeline.surveillance.doubts import Doubtful
from streams.pipeline.surveillance.reporting.enrolment import with_holding
from streams.pipeline.surveillance.reporting.memory import (
    NEVER,
    Duty,
    Inspected,
    Ruling,
    Submission,
    duty_name,
    holding_name,
)
from streams.pipeline.surveillance.reporting.outcome import DAY_MS, HOUR_MS, reach, with_submission
from streams.pipeline.surveillance.reporting.restate import Case, due_of, restated, step_of
from streams.pipeline.surveillance.reporting.tally import Told
from streams.pipeline.surveillance.rulebook import Rulebook

RULINGS = ("confirm", "waive", "excuse", "dispute")
BEFORE_ITS_PERIOD = "before_its_period"
"""Why INTAKE refuses a report of a period that has not begun: it is about the next one, not about the one in which it came."""


class _Report(msgspec.Struct, frozen=True, gc=False):
    """What is kept of a report; INTAKE has judged all of it."""

    obligation: str
    period: date
    permit: str
    state: str
    replaces: str | None = None
    positives: int | None = None


_report_of = msgspec.json.Decoder(_Report).decode


def hear_report(entries: Mapping[str, Entry], admitted: Admitted, book: Rulebook) -> Step:
    """A report for one period."""
    fact = _report_of(admitted.fact)
    obligation = book.policy.obligation(fact.obligation)
    period = find(obligation, fact.period) if obligation else None
    if obligation is None or period is None:
        return NOTHING
    duty = _duty(entries, admitted, fact)
    known = next((said for said in duty.submissions if (said.source, said.id) == (admitted.source, admitted.id)), None)
    if known is not None:
        return _again(known.digest, admitted, book)
    if (answer := _beyond(duty, period, admitted, book)) is not None:
        return answer
    said = Submission(
        period.day.isoformat(),
        admitted.source,
        admitted.id,
        admitted.digest,
        fact.state,
        admitted.at if admitted.received_at is None else admitted.received_at,
        fact.replaces or "",
        fact.positives,
    )
    after = replace(with_submission(duty, said), exercise=duty.exercise or admitted.exercise)
    return _changed(Case(entries, obligation, book), after, period, admitted.at)


def hear_finding(entries: Mapping[str, Entry], admitted: Admitted, book: Rulebook) -> Step:
    """What a named position found in the field: of one period, or of the last that was over (R3)."""
    fact = InspectionFinding.model_validate_json(bytes(admitted.fact))
    obligation = book.policy.obligation(fact.obligation)
    period = _found_of(obligation, fact) if obligation else None
    if obligation is None or period is None:
        return NOTHING
    if book.roster.position(fact.by) is None:
        return Step(words=(book.odd(admitted, what=Odd.UNKNOWN_POSITION),))
    duty = _duty(entries, admitted, fact)
    known = next((found for found in duty.inspected if (found.source, found.id) == (admitted.source, admitted.id)), None)
    if known is not None:
        return _again(known.digest, admitted, book)
    if (answer := _beyond(duty, period, admitted, book)) is not None:
        return answer
    found = Inspected(period.day.isoformat(), fact.by, fact.found_at, fact.agrees, admitted.source, admitted.id, admitted.digest)
    return _changed(Case(entries, obligation, book), replace(duty, inspected=(*duty.inspected, found)), period, admitted.at)


def _found_of(obligation: Obligation, fact: InspectionFinding) -> Period | None:
    if fact.period is not None:
        return find(obligation, fact.period)
    before = window(obligation, local_day(fact.found_at - LOOK_BACK_DAYS * DAY_MS), local_day(fact.found_at))
    return next((period for period in reversed(before) if period.due_at <= fact.found_at), None)


def _duty(entries: Mapping[str, Entry], admitted: Admitted, fact: _Report | InspectionFinding) -> Duty:
    """The duty, or one that the register has not enrolled yet."""
    known: Duty | None = entries.get(duty_name(admitted.subject, fact.obligation, fact.permit))
    return known or Duty(admitted.subject, fact.obligation, fact.permit)


def _again(first_digest: str, admitted: Admitted, book: Rulebook) -> Step:
    return NOTHING if first_digest == admitted.digest else Step(words=(book.odd(admitted, first_digest),))


def _beyond(duty: Duty, period: Period, admitted: Admitted, book: Rulebook) -> Step | None:
    """What is answered where a fact can change nothing: one that comes too late is listed, one of a time before ours is not (G6).

    Nothing comes too late for a period that nobody has decided yet: its source may have been silent for months.
    """
    if duty.enrolled_at != NEVER and period.due_at < duty.enrolled_at:
        return NOTHING
    is_late = period.due_at <= duty.decided_through and admitted.at > period.due_at + book.policy.deadlines.lateness_days * DAY_MS
    if is_late or period.due_at < reach(duty, book.policy.deadlines):
        return Step(words=(book.odd(admitted, what=Odd.TOO_LATE),)) if duty.enrolled_at != NEVER else NOTHING
    return None


def _changed(case: Case, duty: Duty, period: Period, at: UtcMs) -> Step:
    """What was said of a period that nobody has decided yet is only kept; else every period is judged anew."""
    name = duty.name
    if period.due_at > duty.decided_through:
        step = Step({name: duty}, due={name: due_of(duty, case.book)})
    else:
        step = step_of(case.entries, (restated(case, duty, Told(at)),), case.book)
    return step if name in case.entries else with_holding(case.entries, duty.subject, step)


def hear_act(entries: Mapping[str, Entry], act: AdmittedAct, book: Rulebook) -> Step:
    """What a person said of one permit's period. ESCALATION answers it; here it is carried out, if it was theirs to say (G2, G3).

    Of a permit that the register has not enrolled yet it is kept until it has.
    """
    obligation, period = book.policy.obligation(act.obligation), period_of(act.obligation, act.period, book.policy)
    if obligation is None or period is None or not act.firm or act.act not in RULINGS or refused(act, book.policy, book.roster):
        return NOTHING
    subject = f"{FIRM}{act.firm}"
    duty = entries.get(duty_name(subject, act.obligation, act.permit)) or Duty(subject, act.obligation, act.permit)
    rulings = {(each.day, each.act, each.step): each for each in duty.rulings}
    said = Ruling(act.period, act.act, act.at, act.position, act.step)
    first = min(rulings.get((said.day, said.act, said.step), said), said, key=lambda each: (each.at, each.position))
    rulings[said.day, said.act, said.step] = first
    after = replace(duty, rulings=tuple(sorted(rulings.values(), key=lambda each: (each.day, each.act, each.step))))
    return NOTHING if after == duty else _changed(Case(entries, obligation, book), after, period, act.at)


def hear_refusal(entries: Mapping[str, Entry], refusal: Refusal, book: Rulebook) -> Step:
    """INTAKE has refused something of this firm, which may have been its report (law 2)."""
    about = () if refusal.received_at is None else (min(refusal.received_at, refusal.at),)
    if refusal.reason == BEFORE_ITS_PERIOD:
        about = (*about, *_in_the_next_periods(min((refusal.at, *about)), book))
    return hear_doubt(entries, refusal.subject, Doubtful(refusal.origin, refusal.at, refusal.kind, about), book)


def _in_the_next_periods(at: UtcMs, book: Rulebook) -> Iterator[UtcMs]:
    """The last hour of each next period that opens later, of which anybody may be warned."""
    for obligation in book.policy.obligations:
        period = following(obligation, at)
        if period and period.opens_at <= at:
            period = following(obligation, period.due_at)
        if period and period.regime.warns:
            yield period.due_at - HOUR_MS


def hear_doubt(entries: Mapping[str, Entry], subject: str, doubtful: Doubtful, book: Rulebook) -> Step:
    """Something of this firm could not be read: its periods are judged anew."""
    step = doubts.doubt(entries, subject, doubtful, book)
    return and_anew(entries, subject, step, doubtful.at, book) if step.changes else step


def and_anew(entries: Mapping[str, Entry], subject: str, step: Step, at: UtcMs, book: Rulebook) -> Step:
    """What a step has changed bears on every report of a firm: all its periods are judged anew."""
    holding = entries.get(holding_name(subject))
    if holding is None:
        return step
    now = ChainMap(dict(step.changes), dict(entries))
    duties = [entry for name in holding.duties if isinstance(entry := now.get(name), Duty)]
    cases = ((duty, Case(now, of, book)) for duty in duties if (of := book.policy.obligation(duty.obligation)))
    found = [(duty, restated(case, duty, Told(at))) for duty, case in cases]
    changed = step_of(now, (each for duty, each in found if each.duty != duty), book)
    return Step({**step.changes, **changed.changes}, (*step.words, *changed.words), {**step.due, **changed.due})


def hear_case(entries: Mapping[str, Entry], admitted: Admitted, book: Rulebook) -> Step:
    """A case of which the firm was told bears on what it reported (R5)."""
    step, name = cluster.hear_case(entries, admitted, book), known_name(admitted.subject)
    is_new = name in step.changes and step.changes[name] != entries.get(name)
    return and_anew(entries, admitted.subject, step, admitted.at, book) if is_new else step
