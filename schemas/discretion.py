"""Discretion: who may know how many cases there are, and what is left of a picture for everybody else (law 12).

Whoever treats the cases is told their number: the task force and the health office of the workplace's regency, and of those where the
cases live. Outsiders read steps of five, the lowest of which is "fewer than 5", zero included: else what is left of a threshold would tell
a small count. Steps differ by five or not at all, so that no two messages give away how few have come or gone. What can be divided by
(workers, shares, rates), what can be subtracted from (sums of an estate), where the cases live, and the days of the first and latest onset,
which move with single cases, are not told at all.

Nor does it tell them anything how often there was news: they are told when what they may know has changed, and count by that.
"""

from msgspec.structs import replace

from schemas.escalation import Declined, Escalation, Standing, Taken
from schemas.surveillance import Because, ClusterSituation, Reason, Situation

STEP = 5
"""Smaller counts are told only to those who treat the cases."""

TREATING = ("satgas", "dinkes")
CASES = ("confirmed", "probable")
_OF_AN_ESTATE = "estate"


def treats(position: str, situation: Situation) -> bool:
    """Whether a position may know the numbers; of what is no cluster everybody may."""
    return not isinstance(situation, ClusterSituation) or treats_in(position, situation.place.regency, *situation.residences)


def treats_in(position: str, *regencies: str) -> bool:
    """Whether a position is one of those that treat the cases of these regencies."""
    prefix, _, where = position.partition(":")
    return prefix in TREATING and where in {*regencies} - {""}


def step(count: int) -> int:
    """The lower end of the step that a count is in."""
    return max(count, 0) // STEP * STEP


def for_outsiders(known: ClusterSituation) -> ClusterSituation:
    """The picture as outsiders may know it."""
    of_estate = known.level == _OF_AN_ESTATE
    return replace(
        known,
        confirmed=0 if of_estate else step(known.confirmed),
        probable=0 if of_estate else step(known.probable),
        discarded=0,
        workers=None,
        first_day="",
        last_day="",
        areas=(),
        rate=None,
        regency_rate=None,
        residences=(),
        too_late=0,
    )


def reasons_for_outsiders(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Without their figures. Where an estate has several firms with clusters, how many cases that makes is not said."""
    shown = [each for each in reasons if each.because != Because.CASES_IN_ESTATE] or list(reasons)
    return tuple(replace(each, figure=None, threshold=None) for each in shown)


def numbers_for_outsiders(numbers: tuple[tuple[str, int], ...], level: str) -> tuple[tuple[str, int], ...]:
    """Figures by name, as they were told to outsiders."""
    of_estate = level == _OF_AN_ESTATE
    return tuple((name, value if name not in CASES else 0 if of_estate else step(value)) for name, value in numbers)


def counts_all(position: str) -> bool:
    """Whether a position counts every revision: offices that treat cases do, also once no case of theirs is left, so as not to go back."""
    return position.partition(":")[0] in TREATING


def revision_for(position: str, revised: Escalation | Taken | Declined) -> int:
    """The revision as a position is told it: outsiders of a cluster count what they may know, everybody else every revision."""
    return revised.revision if counts_all(position) or not revised.shown else revised.shown


def standing_for(position: str, standing: Standing) -> Standing:
    """Where an escalation stands, by the revisions that a position is told."""
    return replace(
        standing,
        taken=tuple(replace(each, revision=revision_for(position, each)) for each in standing.taken),
        declined=tuple(replace(each, revision=revision_for(position, each)) for each in standing.declined),
    )


def standing_for_outsiders(standing: Standing, situation: ClusterSituation) -> Standing:
    """Without those who are told because cases live with them, or did."""

    def is_home(position: str) -> bool:
        return counts_all(position) and not position.endswith(f":{situation.place.regency}")

    return replace(
        standing,
        told=tuple(each for each in standing.told if not is_home(each.position)),
        taken=tuple(each for each in standing.taken if not is_home(each.position)),
        declined=tuple(each for each in standing.declined if not is_home(each.position)),
        done=tuple(each for each in standing.done if not is_home(each.position)),
    )
