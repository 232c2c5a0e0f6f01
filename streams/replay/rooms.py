"""The rooms as the past hosts them. In: what INTAKE knows, how CLOCK goes, and what the others decide by. Out: all of them."""

from collections.abc import Callable
from typing import Any

from streams.pipeline.clock import CLOCK, Pace
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.admit import Admission
from streams.pipeline.line import Record
from streams.pipeline.surveillance import SURVEILLANCE
from streams.replay.dry_run import Hosted


def hosted(admission_of: Callable[[Record], Admission], pace: Pace, in_force: Callable[[Record], Any]) -> tuple[Hosted, ...]:
    """Every room that decides, in the order of the line."""
    inner = (Hosted(room, in_force) for room in (SURVEILLANCE, ESCALATION, DELIVERY))
    return (Hosted(INTAKE, admission_of), Hosted(CLOCK, lambda _: pace), *inner)
