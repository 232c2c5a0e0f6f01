"""The letter about a cluster of cases: where, how many, since when, what links them, what was done, and what is asked.

What a reader may not know has been taken out before (`handlers.discretion`). No case is named, and no cause.
"""

from collections.abc import Iterable
from typing import Any

from handlers.discretion import is_exact
from handlers.language import tidy
from handlers.letters.parts import Change, Row, Table, change_words, seen_changes, why_words
from handlers.telling import GRADE_COLUMNS, Telling, ends, graded, has_reason, is_cancelled, place_name, told_before
from handlers.wording.cluster import ASPECTS, BY, COUNTED, DONE, LEVELS, LINKED
from handlers.wording.codes import BECAUSE, UNRESOLVED, word
from schemas.delivery import Attempt
from schemas.discretion import CASES
from schemas.escalation import Why
from schemas.surveillance import Because, ClusterSituation, Responded

Cluster = Telling[ClusterSituation]

MISSING = (Because.NOT_COORDINATED, Because.NO_ACTION)
OVER = (Because.CLUSTER_CLOSED,)
_ESTATE = "estate"


def closing(_: Cluster) -> str:
    """The phrase it closes with."""
    return "closing"


def about(t: Cluster) -> str:
    """For programs: which plant, or which estate."""
    place = t.situation.place
    return f"cluster:{tidy('/'.join(filter(None, (place.firm, place.plant))) or place.estate, 120)}"


def subject(t: Cluster) -> str:
    """Grade, revision, where, how many."""
    counts = "" if _is_over(t) or is_cancelled(t.delivery) else _counts(t)
    what = filter(None, (_firm(t), place_name(t, t.situation.place, brief=True), counts))
    return f"{_rank(t)} r{t.delivery.revision}: {', '.join(what)}"


def _rank(t: Cluster) -> str:
    grade = graded(t) or t.say("subject_desk")
    if is_cancelled(t.delivery):
        return f"{grade} {t.say('subject_cancelled')}"
    if _is_over(t):
        return f"{grade} {t.say('subject_over')}"
    return f"{grade} {t.say('subject_stood_down')}" if ends(t.delivery) else grade


def _firm(t: Cluster) -> str:
    """The firm, of one plant; an estate's outbreak names none."""
    return "" if t.situation.level == _ESTATE else tidy(t.situation.place.firm_name)


def _is_over(t: Cluster) -> bool:
    return has_reason(t.delivery, OVER) is not None


def matters(t: Cluster) -> Iterable[str]:
    """Taken back, over, unanswered, answered, doubted."""
    delivery = t.delivery
    if ends(delivery) and delivery.why is Why.STOOD_DOWN:
        return (t.say("stood_down"),)
    if is_cancelled(delivery):
        return (t.say("cancelled", told_as=told_before(t), reason=t.say("cluster_found_none")),)
    if _is_over(t):
        return (t.say("cluster_closed"),)
    missing = [word(BECAUSE, each.because, t.lang) for each in delivery.reasons if each.because in MISSING]
    said = [t.say("response_missing", what=t.tongue.listed(missing))] if missing else []
    if has_reason(delivery, (Because.RESPONDED,)):
        said.append(t.say("response_done"))
    unresolved = [word(UNRESOLVED, code, t.lang) for code in t.situation.unresolved]
    return (*said, *([t.say("unresolved", reasons=t.tongue.listed(unresolved))] if unresolved else []))


def lead(t: Cluster) -> str:
    """What, where, how many, when, according to whom."""
    situation = t.situation
    where = ", ".join(filter(None, (_firm(t), place_name(t, situation.place))))
    if is_cancelled(t.delivery):
        return where
    level = word(LEVELS, situation.level, t.lang)
    window = {"first": t.tongue.day(situation.first_day), "last": t.tongue.day(situation.last_day)}
    span = t.say("cluster_window", **window) if situation.last_day else ""
    return t.say("cluster_lead", level=level[:1].upper() + level[1:], where=where, counts=_counts(t), span=span)


def _counts(t: Cluster) -> str:
    """Confirmed and probable; of an estate also firms, and to outsiders those alone: sums can be subtracted from."""
    situation = t.situation
    firms = [_counted(t, "firms", situation.firms)] if situation.level == _ESTATE else []
    if firms and not is_exact(t.delivery):
        return firms[0]
    probable = [] if is_exact(t.delivery) and not situation.probable else [_counted(t, "probable", situation.probable)]
    return t.tongue.listed([_counted(t, "confirmed", situation.confirmed), *probable, *firms])


def _counted(t: Cluster, name: str, value: int) -> str:
    """A count with its name."""
    return t.say(_form(t, name, value), count=t.tongue.number(value), name=word(COUNTED, name, t.lang))


def _form(t: Cluster, name: str, value: int) -> str:
    if name not in CASES or is_exact(t.delivery):
        return "exactly"
    return "at_least" if value else "few"


def changes(attempt: Attempt) -> list[Change]:
    """Every figure that differs from what this reader saw; of outsiders the steps that counts are in."""
    situation, exact = attempt.delivery.situation, is_exact(attempt.delivery)
    is_estate = isinstance(situation, ClusterSituation) and situation.level == _ESTATE
    told = [each for each in seen_changes(attempt) if each.name != "firms" or is_estate]
    return [
        each._replace(is_step=not exact and each.name in CASES) for each in told if exact or each.name not in CASES or each.old is not None
    ]


def changed(t: Cluster) -> str:
    """The grade, the figures, and what else is different."""
    seen = t.attempt.seen
    if seen is None or ends(t.delivery) or _is_over(t):
        return ""
    said = [change_words(t, each) for each in changes(t.attempt)]
    if seen.grade != t.delivery.grade:
        said.insert(0, t.say("grade_change", old=tidy(seen.grade, GRADE_COLUMNS), new=t.grade))
    before = dict(seen.aspects)
    names = t.tongue.listed([word(ASPECTS, name, t.lang) for name, mark in t.situation.aspects() if before.get(name, mark) != mark])
    if said:
        return t.say("since", revision=seen.revision, changes="; ".join((*said, *([t.say("aspects", names=names)] if names else []))))
    if not is_exact(t.delivery) and seen.revision != t.delivery.revision:
        return t.say("cluster_same", revision=seen.revision)
    if names:
        return t.say("aspects_only", revision=seen.revision, names=names)
    return t.say("still" if seen.revision == t.delivery.revision else "unchanged", revision=seen.revision)


def is_over(t: Cluster) -> str:
    """A closed cluster, or one that never was."""
    return t.say("no_more_cluster") if ends(t.delivery) or _is_over(t) else ""


def reasons(t: Cluster) -> bool:
    """Not of what was taken back or is over."""
    return not (is_cancelled(t.delivery) or _is_over(t) or has_reason(t.delivery, (Because.RESPONDED,)))


def is_graded(t: Cluster) -> bool:
    """They are those of the grade."""
    return bool(t.grade)


def why(t: Cluster) -> str:
    """Why it reached the reader."""
    return why_words(t)


def rows(t: Cluster) -> Iterable[Row]:
    """What is known, as far as this reader may know it."""
    if is_cancelled(t.delivery):
        return
    situation, number = t.situation, t.tongue.number
    cases = [_counts(t)]
    cases += [t.say("of_workers", count=number(situation.workers))] if situation.workers else []
    cases += [t.say("discarded", count=number(situation.discarded))] if situation.discarded else []
    cases += [t.say("too_late", count=number(situation.too_late))] if situation.too_late else []
    yield Row(t.say("row_cases"), "; ".join(cases))
    if situation.linked:
        yield Row(t.say("row_links"), t.tongue.listed([word(LINKED, each, t.lang) for each in situation.linked]))
    if situation.areas:
        yield Row(t.say("row_areas"), ", ".join(tidy(each, 40) for each in situation.areas))
    if situation.rate is not None and situation.regency_rate is not None:
        rates = {"rate": number(situation.rate), "regency": number(situation.regency_rate)}
        yield Row(t.say("row_rate"), t.say("rate_words", **rates))
    if situation.residences:
        yield Row(t.say("row_homes"), t.say("homes", codes=", ".join(tidy(each, 10) for each in situation.residences)))
    if situation.responses:
        yield Row(t.say("row_done"), "; ".join(_done(t, each) for each in situation.responses))


def _done(t: Cluster, done: Responded) -> str:
    start = t.tongue.date(done.starts_at)
    span = t.say("done_from", start=start) if done.ends_at is None else t.say("done_span", start=start, end=t.tongue.date(done.ends_at))
    by = t.tongue.listed([word(BY, each, t.lang) for each in done.by])
    return t.say("done_one", action=word(DONE, done.action, t.lang), span=span, by=by)


def table(_: Cluster) -> Table | None:
    """Nothing in columns."""
    return None


def notes(t: Cluster) -> Iterable[str]:
    """What was done only by the firm's account, closures that differ, what is recommended, and what is withheld."""
    situation = t.situation
    if ends(t.delivery) or _is_over(t):
        return
    if situation.normative:
        yield t.say("is_normative")
    if len({each.ends_at for each in situation.responses if each.action == "closure"}) > 1:
        yield t.say("closures_differ")
    if situation.close_days and not any(each.action == "close_plant" for each in t.delivery.asked):
        yield t.say("close_recommended", days=t.tongue.number(situation.close_days))
    yield t.say("keep_identity")
    if not is_exact(t.delivery):
        yield t.say("exact_elsewhere")


def facts(t: Cluster) -> list[dict[str, Any]]:
    """What is known, for programs: of counts the step that they are in, and none below the first."""
    situation = t.situation
    numbers = [(name, value) for name, value in situation.numbers() if name != "firms" or situation.level == _ESTATE]
    exact = is_exact(t.delivery)
    told = [{"name": name, "value": value} for name, value in numbers if exact or name not in CASES]
    if not exact and situation.level != _ESTATE:
        told += [{"name": name, "at_least": value or None} for name, value in numbers if name in CASES]
    done = [{"name": each.action, "by": list(each.by)} for each in situation.responses]
    return [{"name": "level", "value": tidy(situation.level, 20)}, *told, *done]
