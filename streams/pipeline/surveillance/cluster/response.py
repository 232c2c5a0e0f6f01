"""Response: what was done at a firm in; what of it concerns a cluster, and whether it was coordinated and acted in time, out (R10, R19)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.cases import ActedBy, Action, ResponseAction
from schemas.ledger import Admitted
from schemas.policy import Clusters
from schemas.surveillance import Because, Reason, Responded
from schemas.word import UtcMs
from streams.pipeline.surveillance.cluster.memory import Response

HOUR_MS = 3_600_000
COORDINATION = frozenset({Action.REPORTED_TO_DINKES, Action.COORDINATED, Action.VISIT})
MEASURES = frozenset({Action.CLOSURE, Action.ISOLATION, Action.QUARANTINE, Action.DISINFECTION})
MOST_SHOWN = 12


class Owed(NamedTuple):
    """One thing that a confirmed cluster asks for: by when, why it is missed, and whether it has been done."""

    name: str
    due_at: UtcMs
    because: Because
    hours: int
    done: bool


def response_of(admitted: Admitted, plant: str) -> Response:
    """What is kept of an account of something done."""
    told = ResponseAction.model_validate_json(bytes(admitted.fact))
    identity = (told.stated_at, admitted.source, admitted.id, admitted.digest)
    return Response(*identity, plant if told.plant else "", told.action, told.by, told.starts_at, told.ends_at)


def concerning(done: Iterable[Response], plant: str, since: UtcMs) -> tuple[Response, ...]:
    """What was done at a plant, or at all of its firm, since the cluster began."""
    return tuple(each for each in done if each.plant in ("", plant) and (each.ends_at or each.starts_at) >= since)


def shown(done: Sequence[Response]) -> tuple[Responded, ...]:
    """Each thing that was done once, and everybody who says so; two lengths of one closure are two accounts."""
    parties: dict[tuple[str, UtcMs, UtcMs | None], set[str]] = {}
    for each in done:
        parties.setdefault((each.action, each.starts_at, each.ends_at), set()).add(each.by)
    ordered = sorted(parties.items(), key=lambda item: (item[0][1], item[0][0], item[0][2] or 0))
    return tuple(Responded(action, tuple(sorted(by)), starts, ends) for (action, starts, ends), by in ordered[-MOST_SHOWN:])


def is_normative(done: Sequence[Response]) -> bool:
    """Something was done by the firm's own account alone (R19)."""
    return bool(done) and not any(each.by == ActedBy.TASK_FORCE for each in done)


def owed(done: Sequence[Response], confirmed_at: UtcMs, policy: Clusters) -> Iterator[Owed]:
    """R19: coordination that the task force itself confirms, and any measure at all."""
    coordinated = any(each.by == ActedBy.TASK_FORCE and each.action in COORDINATION for each in done)
    acted = any(each.action in MEASURES for each in done)
    within, act_within = policy.coordinate_hours, policy.act_hours
    yield Owed("coordinate", confirmed_at + within * HOUR_MS, Because.NOT_COORDINATED, within, coordinated)
    yield Owed("act", confirmed_at + act_within * HOUR_MS, Because.NO_ACTION, act_within, acted)


def missed(due: Iterable[Owed], ticked_at: UtcMs, source: str) -> tuple[Reason, ...]:
    """What a tick has found undone."""
    return tuple(Reason(each.because, threshold=each.hours, source=source) for each in due if not each.done and each.due_at <= ticked_at)
