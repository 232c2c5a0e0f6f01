"""What the digest of a deadline says: who reported, who did not, and that nobody is accused of what nobody can tell (law 2, G3)."""

from collections.abc import Iterable

from handlers.language import tidy
from handlers.letters.parts import Digest
from handlers.telling import place_name
from handlers.wording.codes import word
from handlers.wording.digest import COLUMNS
from schemas.surveillance import RULE_OF, Deadline, DigestSituation, Rule

IN_COLUMNS = ("due", "absent", "warnings_1", "warnings_2", "warnings_3")
ALWAYS = ("due", "absent")
BESIDES = ("late", "excused")
COMPARED = ("absent",)
"""What the period before is compared by: the rest follows, or stands in the table."""


def name(t: Digest) -> str:
    """The report that was due, by its name; empty where nothing was."""
    due = t.situation.deadline
    return "" if due is None else tidy({"id": due.name_id, "en": due.name_en}[t.lang])


def sums(t: Digest) -> str:
    """For a subject: how many of how many did not report, and how many to check."""
    if t.situation.deadline is None:
        return ""
    numbers = _numbers(t)
    said = [t.say("subject_deadline", absent=numbers["absent"], due=numbers["due"])] if "due" in numbers and "absent" in numbers else []
    if _has(t, "to_check"):
        said.append(t.say("subject_to_check", count=numbers["to_check"]))
    return ", ".join(said)


def lead(t: Digest) -> str:
    """Until when, by which instrument, how many did and did not, and that what is proposed is no decision."""
    due = t.situation.deadline
    if due is None:
        return ""
    numbers = {"reported": "0", "absent": "0", **_numbers(t)}
    form = "deadline_lead" if t.situation.columns else "deadline_list"
    said = [t.say(form, **_deadline(t, due), reported=numbers["reported"], absent=numbers["absent"])]
    for column, sentence in (("warnings_3", "deadline_third"), ("to_check", "deadline_proposals"), ("objections", "deadline_objections")):
        if _has(t, column):
            said.append(t.say(sentence, count=numbers[column]))
    if _has(t, "warnings_3") or _has(t, "to_check"):
        said.append(t.say("deadline_unchanged"))
    return " ".join(said)


def _deadline(t: Digest, due: Deadline) -> dict[str, str]:
    place = t.situation.place
    somewhere = any((place.estate_name, place.regency_name, place.province_name))
    where = f", {place_name(t, place)}" if somewhere else ""
    return {"report": name(t), "where": where, "due": t.tongue.before(due.due_at), "source": tidy(due.source)}


def _numbers(t: Digest) -> dict[str, str]:
    return {column: t.tongue.number(value) for column, value in t.situation.numbers()}


def _has(t: Digest, column: str) -> bool:
    return dict(t.situation.numbers()).get(column, 0) > 0


def columns(situation: DigestSituation) -> tuple[int, ...]:
    """Which columns stand in the table, by their places: of a deadline those that a reader adds up, the empty warnings left out."""
    places = {column: n for n, column in enumerate(situation.columns)}
    if situation.deadline is None:
        return tuple(range(len(situation.columns)))
    wanted = (places[column] for column in IN_COLUMNS if column in places)
    return tuple(n for n in wanted if situation.columns[n] in ALWAYS or any(row.counts[n] for row in situation.rows))


def besides(t: Digest) -> Iterable[str]:
    """What stands in no column, and of whom nobody can tell."""
    if t.situation.deadline is None:
        return
    numbers = _numbers(t)
    others = [f"{numbers[column]} {word(COLUMNS, column, t.lang)}" for column in BESIDES if _has(t, column)]
    if others:
        yield t.say("deadline_others", others=t.tongue.listed(others))
    if _has(t, "undecided"):
        ends = [t.say("deadline_undecided_ends")] if _names_undecided(t) else []
        yield " ".join((t.say("deadline_undecided", count=numbers["undecided"]), *ends))
    if _has(t, "disputed"):
        yield t.say("deadline_disputed", count=numbers["disputed"])


def _names_undecided(t: Digest) -> bool:
    """Whoever is told of them by name is of those who may end it, or who know them."""
    return any(RULE_OF[because] is Rule.UNDECIDED for subject in t.situation.subjects for because in subject.because)


def reassurance(t: Digest) -> Iterable[str]:
    """What becomes of a report that was received in time and arrives later."""
    if t.situation.deadline and _has(t, "absent"):
        yield t.say("deadline_late")
