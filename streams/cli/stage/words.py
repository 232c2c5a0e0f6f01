"""Words: how facts, escalations and deliveries read in half a line of a terminal. The only file of the stage that looks into them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from handlers.wording import incident
from handlers.wording.codes import BECAUSE, POSITIONS
from handlers.wording.incident import FIGURES
from schemas.discretion import revision_for
from schemas.escalation import Answer, Delivery, Escalation, EscalationState, Judged, Taken, Why
from schemas.intake import IncidentBulletin
from schemas.registry import FirmEntry
from schemas.surveillance import Reason
from schemas.word import UtcMs
from streams.cli.stage.scene import Scene
from streams.simulate.story import Line, Story

_MAIN_FIGURES = ("dead", "missing", "injured", "treated")
_TAKEN = (Judged.TAKEN, Judged.TAKEN_IN_PART, Judged.RECORDED)
_LONGEST_NAME = 18


class Half(NamedTuple):
    """What a line says: its kind, what happened, and beside it, in as many words as there is room for, where, or who was told.

    is_news: whether it has a line of its own; otherwise it is counted.
    """

    kind: str
    what: str
    beside: tuple[str, ...] = ()
    is_news: bool = True


# --------------------------------------------------------------------------- facts


def names_of(story: Story) -> dict[str, str]:
    """The firms of a story by their ids."""
    entries = (entered.entry.fact() for entered in story.registry)
    return {entry.id: entry.name for entry in entries if isinstance(entry, FirmEntry)}


def fact(line: Line, firms: Mapping[str, str]) -> Half:
    """Who said what, and of which place."""
    assert line.fact  # noqa: S101  the caller has looked
    said = line.fact.fact()
    if not isinstance(said, IncidentBulletin):
        return Half("fact", line.fact.word.replace("-", " "))
    return Half("fact", f"{said.asserted_by.name}: {_counts(said)}", _places(said, firms.get(said.firm, said.firm)))


def _places(said: IncidentBulletin, firm: str) -> tuple[str, ...]:
    unit, estate = incident.unit(said.unit, "en") if said.unit else "", (said.estate or "").upper()
    return tuple(", ".join(filter(None, place)) for place in ((f"{firm} {unit}".strip(), estate), (unit, estate), (estate,)))


def _counts(said: IncidentBulletin) -> str:
    return ", ".join(_figures(said)) or "time and cause only"


def _figures(said: IncidentBulletin) -> list[str]:
    injured = said.injured
    parts = {name: getattr(injured, name) for name in ("treated", "serious", "light", "hospitalised", "observed", "outpatient")}
    stated = {"dead": said.dead, "missing": said.missing, "injured": injured.total} | (parts if injured.total is None else {})
    counts = [f"{count} {FIGURES[name].en}" for name, count in stated.items() if count is not None]
    split = said.dead_by_nationality
    if split and counts:
        counts[0] += f" ({split.wni} Indonesian, {split.wna} foreign)"
    return counts


def change(line: Line, word: Escalation, scene: Scene) -> Half:
    """A later fact, and what it changed."""
    said, told = fact(line, {}), _told_again(word, scene)
    who = said.what.partition(": ")[0]
    if changed := _changes(word, scene):
        return Half("change", f"{who}: {changed}", told)
    assert line.fact  # noqa: S101  `fact` has looked
    bulletin = line.fact.fact()
    if not isinstance(bulletin, IncidentBulletin):
        return Half("change", said.what, told)
    corrects = " corrects" if bulletin.replaces else ""
    known = figures(word, scene).get("dead")
    stands = f"; the {known} stand" if bulletin.dead is not None and known not in (None, bulletin.dead) else ""
    return Half("change", f"{who}{corrects}: {_counts(bulletin)}{stands}", told, is_news=bool(_figures(bulletin)))


# --------------------------------------------------------------------------- escalations


def is_change(word: Escalation) -> bool:
    """Whether it answers a fact about what is known already."""
    return word.why in (Why.FACTS_CHANGED, Why.GRADE_ROSE)


def step(word: Escalation, first: Escalation, taken_before: Sequence[Taken], scene: Scene) -> Half | None:
    """What a word on an escalation says that an audience wants to see."""
    match word.why:
        case Why.FIRST_NOTICE:
            return Half(word.grade, f"because {', '.join(reason(r) for r in word.reasons[:1])}", _told(word, 0))
        case Why.UNANSWERED | Why.RAISED | Why.INFORMED_REGARDLESS | Why.UNVERIFIED_UNANSWERED:
            return Half("climbs", f"{word.grade}, {_span((word.at - first.at) // 60_000)}", _told(word, word.level))
        case Why.FACTS_CHANGED | Why.GRADE_ROSE:
            return Half("change", _changes(word, scene) or "what is known has changed", _told_again(word, scene))
        case Why.MATTER:
            return Half("filing", "has the 48-hour report arrived?", (f"asked of {len(_told_now(word, scene))}",))
        case Why.REARMED:
            return Half("opens", "taken, but no act or news since: the ladder starts again")
    if word.state is EscalationState.TAKEN and taken(word) != taken_before:
        who = " + ".join(short(each.position) for each in _newest(taken(word)))
        return Half("ACK", who, (f"not told: {_names(word.not_told) or 'nobody'}",))
    return None


def taken(word: Escalation) -> Sequence[Taken]:
    """Who has acknowledged so far."""
    return word.standing.taken


def figures(word: Escalation, scene: Scene, revision: int | None = None) -> dict[str, int]:
    """The main figures as they were told at a revision: this one, if none is named."""
    told = [d for d in scene.deliveries.values() if d.thread == word.id and d.revision == (revision or word.revision)]
    return dict(told[-1].situation.numbers()) if told else {}


def counted(shown: Mapping[str, int], *names: str) -> str:
    """`13 dead, 46 injured`."""
    return ", ".join(f"{shown[name]} {FIGURES[name].en}" for name in names if name in shown)


def newest_id(scene: Scene) -> str:
    """The escalation that was spoken of last."""
    return scene.escalations[-1].id


def newest_revision(scene: Scene, position: str) -> int:
    """Its revision, as this position is told it."""
    return revision_for(position, scene.escalations[-1])


def is_taken(answer: Answer, position: str) -> bool:
    """Whether somebody in that position has acknowledged, and it counts."""
    return answer.position == position and answer.judged in _TAKEN


def short(position: str) -> str:
    """A position in a word or two: in English, where its name is not a proper one."""
    prefix, _, where = position.partition(":")
    if prefix == "estate":
        return where.upper()
    if prefix not in POSITIONS:
        return position
    english = POSITIONS[prefix].en
    english = english.partition("(")[2].rstrip(")") or english
    return english if len(english) <= _LONGEST_NAME else POSITIONS[prefix].id


def reason(reason: Reason) -> str:
    said = BECAUSE[reason.because].en if reason.because in BECAUSE else reason.because
    return said if reason.figure is None else f"{said} {reason.figure} >= {reason.threshold}"


def _told(word: Escalation, level: int) -> tuple[str, ...]:
    new = [told.position for told in word.standing.told if told.level == level]
    if not new:
        return ("all told again",)
    again = f", and {len(word.standing.told) - len(new)} again" if len(word.standing.told) > len(new) and level > 1 else ""
    return f"told {len(new)}: {_names(new)}{again}", f"told {len(new)}{again}"


def _told_again(word: Escalation, scene: Scene) -> tuple[str, ...]:
    count = len(_told_now(word, scene))
    return f"the same {count} told again, same thread", f"the same {count} told again", f"{count} told again"


def _told_now(word: Escalation, scene: Scene) -> set[str]:
    deliveries: Iterable[Delivery] = scene.deliveries.values()
    return {d.to.position for d in deliveries if (d.thread, d.at) == (word.id, word.at) and _is_of(d, word)}


def _is_of(delivery: Delivery, word: Escalation) -> bool:
    """Whether it tells of this revision, as its reader counts."""
    return delivery.revision == revision_for(delivery.to.position, word)


def _changes(word: Escalation, scene: Scene) -> str:
    """`12 -> 13 dead, 46 injured`; nothing where no main figure has changed."""
    old, new = figures(word, scene, word.revision - 1), figures(word, scene)
    changed = [name for name in _MAIN_FIGURES if name in new and old.get(name) != new[name]]
    return ", ".join(f"{old[name]} -> {counted(new, name)}" if name in old else counted(new, name) for name in changed)


def _newest(taken: Sequence[Taken]) -> Sequence[Taken]:
    """Those who took the revision that was taken last."""
    return [each for each in taken if each.stops and each.revision == taken[-1].revision]


def _names(positions: Iterable[str]) -> str:
    """Positions in few words: several of the ministry's are counted."""
    named: list[str] = []
    for ours, group in groupby(positions, key=lambda position: position.startswith(("dir-", "dg-"))):
        several = list(group)
        named += [f"{len(several)} ministry"] if ours and len(several) > 1 else [short(position) for position in several]
    return ", ".join(named)


def _span(minutes: UtcMs) -> str:
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
