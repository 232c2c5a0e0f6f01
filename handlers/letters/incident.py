"""The letter about an incident: what happened where, when, how many, according to whom and how sure; and what the message is about.

Causes are never repeated, only who gave an account; names of persons are never printed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.language import tidy
from handlers.letters import incident_facts
from handlers.letters.incident_facts import Incident, received_by
from handlers.letters.incident_lead import UNKNOWN_FIRM, firm_name, lead_figures, one_sentence, when
from handlers.letters.parts import Change, Row, Table, change_words, compared, ended, reason_of_end, why_words
from handlers.telling import GRADE_COLUMNS, Telling, ends, graded, has_reason, is_cancelled, is_held, is_unverified, place_name
from handlers.wording.codes import BECAUSE, MATTERS, UNRESOLVED, word
from handlers.wording.incident import ASPECTS, event
from schemas.delivery import Attempt
from schemas.escalation import Delivery, Why
from schemas.surveillance import Because, FilingClock, IncidentSituation
from schemas.word import UtcMs

FILING_MATTER = "filing"
MINUTE_MS = 60_000
FILING = (Because.FILING_UNKNOWN, Because.FILING_OVERDUE, Because.FILING_DUE_SOON, Because.FILED)
PARTS_OF_INJURED = ("serious", "light", "hospitalised", "observed", "outpatient")
SPLIT = frozenset({"wni", "wna"})


def closing(_: Incident) -> str:
    """The phrase it closes with."""
    return "closing"


def about(t: Incident) -> str:
    """For programs: whose incident."""
    return f"firm:{tidy(t.situation.place.firm.removeprefix('firm:'), 120)}"


def lead(t: Incident) -> str:
    """The one sentence; nothing of what was taken back."""
    return "" if is_cancelled(t.delivery) else one_sentence(t)


# What comes before the sentence about the incident


def matters(t: Incident) -> Iterable[str]:
    """Ended, another matter, in doubt, held."""
    return (*ended(t, f"{_event_noun(t)}, {when(t)}"), *filter(None, (_unanswered(t), _filing(t), _unresolved(t), _doubt(t), _held(t))))


def _event_noun(t: Incident) -> str:
    """What kind of incident, at whose plant: ledakan tungku, PT ITSS (IMIP, Kab. Morowali)."""
    place = t.situation.place
    noun = event(t.situation.kind).noun.of(t.lang)
    return f"{noun}, {firm_name(t, place)} ({place_name(t, place)})"


def _unanswered(t: Incident, form: str = "unanswered_for") -> str:
    """To whoever had it before: for how long nobody has taken it."""
    told, taken = t.standing.told, t.standing.taken
    if t.delivery.why is not Why.UNANSWERED or t.attempt.seen is None or not told or any(each.stops for each in taken):
        return ""
    minutes = (t.delivery.at - min(each.at for each in told)) // MINUTE_MS
    return t.say(form, minutes=t.tongue.number(minutes)) if minutes > 0 else ""


def filing_matter(delivery: Delivery) -> str:
    """Question, breach, reminder, receipt or withdrawal, where the message is about the written report; else empty."""
    if delivery.matter != FILING_MATTER:
        return ""
    found = has_reason(delivery, FILING)
    return found.value if found else "filing_withdrawn" if ends(delivery) else ""


def _filing(t: Incident) -> str:
    matter, clocks = filing_matter(t.delivery), t.situation.clocks
    if matter == "filing_withdrawn":
        return t.say(matter, reason=reason_of_end(t))
    if not matter or not clocks:
        return ""
    if matter == Because.FILED:
        return _filed(t, clocks)
    return t.say(matter, due=t.tongue.deadline(_counted(matter, clocks)))


def _counted(matter: str, clocks: Sequence[FilingClock]) -> UtcMs:
    """Reminded of on the earliest time stated, counted on the latest (R11)."""
    clock = _open_clock(clocks)
    return clock.due_first if matter == Because.FILING_DUE_SOON else clock.due_last


def statutory_due(t: Telling[Any]) -> UtcMs | None:
    """The end of the 48 hours that a message about the written report speaks of: what it asks has no other."""
    situation, matter = t.situation, filing_matter(t.delivery)
    return _counted(matter, situation.clocks) if matter and isinstance(situation, IncidentSituation) and situation.clocks else None


def _open_clock(clocks: Sequence[FilingClock]) -> FilingClock:
    """The clock that ends first among those that still run, or the first."""
    running = [clock for clock in clocks if clock.filed_at is None] or list(clocks)
    return min(running, key=lambda clock: clock.due_last)


def _filed(t: Incident, clocks: Sequence[FilingClock]) -> str:
    filed = max(clocks, key=lambda clock: clock.filed_at or 0)
    when = t.tongue.moment(filed.filed_at) if filed.filed_at is not None else ""
    return t.say("filed", receiver=received_by(t, filed), filed=when)


def _unresolved(t: Incident) -> str:
    unresolved = t.situation.unresolved
    if ends(t.delivery) or not (unresolved or has_reason(t.delivery, (Because.UNRESOLVED,))):
        return ""
    reasons = t.tongue.listed([word(UNRESOLVED, code, t.lang) for code in unresolved])
    return t.say("unresolved", reasons=reasons or word(BECAUSE, Because.UNRESOLVED, t.lang))


def _doubt(t: Incident) -> str:
    if ends(t.delivery) or not is_unverified(t.delivery):
        return ""
    return t.say("unverified" if t.standing.unverified else "signal")


def _held(t: Incident) -> str:
    if not is_held(t.delivery):
        return ""
    until = t.standing.held_until
    if until is None:
        return t.say("held_open", grade=t.grade, now=t.grade_now)
    return t.say("held", grade=t.grade, until=t.tongue.deadline(until), now=t.grade_now)


# What has changed


def changes(attempt: Attempt) -> list[Change]:
    """Every figure that differs from what this reader saw. `treated` giving way to `injured` is one change, not two."""
    if attempt.seen is None:
        return []
    old, new = dict(attempt.seen.numbers), dict(attempt.delivery.situation.numbers())
    if not old.keys() >= SPLIT <= new.keys():  # A split that is new is no correction of another.
        old, new = ({name: value for name, value in values.items() if name not in SPLIT} for values in (old, new))
    differing = compared(old, new)
    if "treated" not in old or "treated" in new or "injured" in old or "injured" not in new:
        return differing
    renamed = Change("treated", old["treated"], new["injured"], "injured")
    return [renamed if change.name == "injured" else change for change in differing if change.name != "treated"]


def _worth_saying(attempt: Attempt) -> Iterable[Change]:
    """The changes without the parts of a total that come or go with it."""
    now = dict(attempt.delivery.situation.numbers())
    before = dict(attempt.seen.numbers) if attempt.seen else {}
    for change in changes(attempt):
        silent = (change.old is None and "injured" in now) or (change.new is None and "injured" in before)
        if not (silent and change.name in PARTS_OF_INJURED):
            yield change


def changed(t: Incident) -> str:
    """The grade and the figures, since the revision that the reader saw."""
    seen = t.attempt.seen
    if seen is None or ends(t.delivery):
        return ""
    said = [change_words(t, change) for change in _worth_saying(t.attempt)]
    if seen.grade != t.delivery.grade:
        said.insert(0, t.say("grade_change", old=tidy(seen.grade, GRADE_COLUMNS), new=t.grade))
    names = t.tongue.listed(_aspects_changed(t))
    if said:
        return t.say("since", revision=seen.revision, changes="; ".join((*said, *([t.say("aspects", names=names)] if names else []))))
    if names:
        return t.say("aspects_only", revision=seen.revision, names=names)
    return t.say("still" if seen.revision == t.delivery.revision else "unchanged", revision=seen.revision)


def _aspects_changed(t: Incident) -> list[str]:
    """What else differs from what this reader saw, by name."""
    before = dict(t.attempt.seen.aspects) if t.attempt.seen else {}
    return [word(ASPECTS, name, t.lang) for name, mark in t.situation.aspects() if before and before.get(name) != mark]


# Why, and what is over


def is_over(t: Incident) -> str:
    """An end of the report's matter leaves the incident's requests as they are."""
    if filing_matter(t.delivery) in (Because.FILED, "filing_withdrawn"):
        return t.say("nothing_more_filing")
    return t.say("nothing_more") if ends(t.delivery) else ""


def reasons(t: Incident) -> bool:
    """Not of what was taken back; what a report's end rests on has been said."""
    return not (is_cancelled(t.delivery) or filing_matter(t.delivery) == "filing_withdrawn")


def is_graded(t: Incident) -> bool:
    """Whether the reasons are those of the grade."""
    return bool(t.grade) and not filing_matter(t.delivery)


def why(t: Incident) -> str:
    """Why it reached the reader, or which matter beside the facts it concerns."""
    if t.delivery.why is Why.MATTER and t.delivery.matter in MATTERS:
        return word(MATTERS, t.delivery.matter, t.lang)
    return why_words(t)


def rows(t: Incident) -> Iterable[Row]:
    """Every party's word, labelled."""
    return incident_facts.rows(t)


def facts(t: Incident) -> list[dict[str, Any]]:
    """Every party's figure, for programs."""
    return incident_facts.facts(t)


def table(_: Incident) -> Table | None:
    """An incident's figures differ by party, and stand in rows."""
    return None


def notes(_: Incident) -> Iterable[str]:
    """Nothing beside the rows."""
    return ()


# The subject


def subject(t: Incident) -> str:
    """Grade, revision, what, who, where, how many."""
    place = t.situation.place
    what = (event(t.situation.kind).noun.of(t.lang), firm_name(t, place), place_name(t, place, brief=True), _headcount(t))
    return f"{_rank(t)} r{t.delivery.revision}: {_unanswered(t, 'subject_unanswered')}{_matter(t)}{', '.join(filter(None, what))}"


def _rank(t: Incident) -> str:
    delivery = t.delivery
    grade = graded(t) or t.say("subject_desk")
    if is_cancelled(delivery):
        return f"{grade} {t.say('subject_cancelled')}"
    if ends(delivery) and not filing_matter(delivery):
        return f"{grade} {t.say('subject_stood_down')}"
    return f"{grade} {t.say('subject_held', now=t.grade_now)}" if is_held(delivery) else grade


def _matter(t: Incident) -> str:
    """What the message is about, where it is not simply the incident."""
    delivery, clocks = t.delivery, t.situation.clocks
    matter = filing_matter(delivery)
    if is_cancelled(delivery):
        return ""
    if matter and (clocks or matter == "filing_withdrawn"):
        return t.say(f"subject_{matter}", due=t.tongue.moment(_open_clock(clocks).due_first) if clocks else "")
    if is_unverified(delivery):
        return t.say("subject_unverified" if t.standing.unverified else "subject_signal")
    looked_for = UNKNOWN_FIRM in t.situation.unresolved or has_reason(delivery, (Because.UNRESOLVED,))
    return t.say("subject_unresolved") if looked_for else ""


def _headcount(t: Incident) -> str:
    figures = [figure for figure in lead_figures(t.situation.figures) if figure.headline.value]
    return ", ".join(incident_facts.counted_words(t, each) for each in figures[:1])
