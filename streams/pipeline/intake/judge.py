"""Judge: a record of an intake topic in; the event that it is, or why this prefix does not take it, out.

One judgement for the registry that folds an entry, for the seat that answers it, and for whoever is about to publish it.
"""

from collections.abc import Collection
from typing import NamedTuple

from schemas.registry import Activate
from schemas.topics import CASES
from streams.pipeline.intake.decode import Event, Refused, Refusing, decode
from streams.pipeline.line import Record
from streams.pipeline.personal import without_persons


class Terms(NamedTuple):
    """What a prefix takes. exercise: made-up facts or real ones, None for both. story_time: time goes by when an event was received."""

    exercise: bool | None
    story_time: bool
    largest_bytes: int
    policies: Collection[str]
    rosters: Collection[str]


def judge(record: Record, terms: Terms) -> Event | Refused:
    """What was published, or why it is not taken."""
    event = decode(record, terms.largest_bytes)
    if isinstance(event, Refused):
        return event
    refused = _misplaced(event, terms)
    if refused is None:
        return event
    is_case = record.topic == CASES.name
    return refused._replace(attributes=without_persons(event.attributes, record.value) if is_case else event.attributes)


def _misplaced(event: Event, terms: Terms) -> Refused | None:
    exercise = getattr(event.fact, "exercise", None)
    if exercise is None:  # Watermarks say nothing that could be made up.
        return None
    if terms.exercise is not None and terms.exercise is not exercise:
        where = "only under a prefix with exercise. in it" if exercise else "marked with exercise: true here"
        return Refused(Refusing.EXERCISE_MISPLACED, "exercise", f"publish this fact {where}", firm=_firm(event))
    if terms.story_time and event.recorded_at is None:
        return Refused(Refusing.HEADER_MISSING, "recordedtime", "in a story every event says when it was received", firm=_firm(event))
    return _not_installed(event.fact, terms) if isinstance(event.fact, Activate) else None


def _firm(event: Event) -> str:
    return getattr(event.fact, "firm", None) or ""


def _not_installed(activate: Activate, terms: Terms) -> Refused | None:
    for field, named, installed in (("policy", activate.policy, terms.policies), ("roster", activate.roster, terms.rosters)):
        if named and named not in installed:
            known = ", ".join(sorted(installed))
            return Refused(Refusing.UNKNOWN_REVISION, field, f"activate a revision that is installed: {known}")
    return None
