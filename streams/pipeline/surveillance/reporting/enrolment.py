"""Enrolment: a permit with its whole history in; its duties, and what becomes of them by it, out."""

from collections.abc import Mapping

from msgspec.structs import replace

from schemas.ledger import Bound, Enrolled
from schemas.obligations import Obligation
from streams.pipeline.calendar import due_at
from streams.pipeline.line import Entry, Step
from streams.pipeline.surveillance.reporting.memory import (
    NEVER,
    Duty,
    Held,
    Holding,
    Stood,
    Unbound,
    Unheard,
    duty_name,
    holding_name,
)
from streams.pipeline.surveillance.reporting.outcome import joined
from streams.pipeline.surveillance.reporting.restate import Case, Restated, restated, step_of
from streams.pipeline.surveillance.reporting.tally import Told
from streams.pipeline.surveillance.rulebook import Rulebook


def hear_permit(entries: Mapping[str, Entry], word: Enrolled, book: Rulebook) -> Step:
    """A permit, with its whole history: one duty for each obligation that binds it."""
    found = (_enrolled(Case(entries, obligation, book), word) for obligation in book.policy.obligations)
    step = with_holding(entries, word.subject, step_of(entries, (each for each in found if each), book))
    asked = {each.obligation for each in word.obligations if each.until is None or each.until > word.at}
    unbound, unknown = Unbound(word), any(book.policy.obligation(each) is None for each in asked)
    known = entries.get(unbound.name)
    if (known is None and not unknown) or (known is not None and word.registry < known.said.registry):
        return step
    return step._replace(changes={**step.changes, unbound.name: unbound if unknown else None})


def _enrolled(case: Case, word: Enrolled) -> Restated | None:
    """The duty that a permit has under one obligation, if that has ever bound it and anything is new."""
    obligation = case.obligation
    name = duty_name(word.subject, obligation.id, word.permit)
    known: Duty | None = case.entries.get(name)
    bound = tuple(each for each in word.obligations if each.obligation == obligation.id and _binds(each, obligation, word.holder))
    if (known is None and not bound) or (known is not None and word.registry < known.registry):
        return None
    before = known or Duty(word.subject, obligation.id, word.permit)
    is_new = before.enrolled_at == NEVER
    after = replace(
        before,
        enrolled_at=word.at if is_new else min(before.enrolled_at, word.at),
        decided_through=word.at - 1 if is_new else before.decided_through,
        registry=word.registry,
        bound=bound,
        held=tuple(Held(each.since, each.state) for each in word.states),
        stood=tuple(Stood(each.since, each.place) for each in word.places),
        exercise=word.exercise,
        unheard=_unheard(before.unheard, word),
    )
    if is_new:
        after = replace(after, submissions=tuple(said for said in after.submissions if due_at(said.day) >= after.enrolled_at))
    return None if after == known else restated(case, after, Told(word.at))


def _unheard(known: tuple[Unheard, ...], word: Enrolled) -> tuple[Unheard, ...]:
    return known if word.taken_over is None else joined(known, (Unheard(word.taken_over, word.at),))


def _binds(bound: Bound, obligation: Obligation, holder: str) -> bool:
    """What is asked of a permit by name binds where the obligation is of that kind; else its holder's kind decides."""
    return obligation.assigned if bound.agreed_with else holder in obligation.holders


def with_holding(entries: Mapping[str, Entry], subject: str, step: Step) -> Step:
    """With the list of the firm's duties, if it has one more."""
    name = holding_name(subject)
    holding = entries.get(name) or Holding(subject)
    duties = tuple(sorted({*holding.duties, *(changed for changed, entry in step.changes.items() if isinstance(entry, Duty))}))
    return step if duties == holding.duties else step._replace(changes={**step.changes, name: replace(holding, duties=duties)})
