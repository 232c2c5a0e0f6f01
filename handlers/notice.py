"""The notice: an attempt in, the `data` of its webhook out, for programs. Scales are CAP's on the wire; our grade stands beside them.

Pure. Every word in it is either a code of the schemas, or text in both languages.
"""

from typing import Any

from handlers import wording
from handlers.headline import LANGUAGES, asks_something, headline, is_held, telling
from handlers.language import tidy
from handlers.letter import change_words, changes, reason_words
from handlers.sign import Links
from schemas.delivery import Attempt
from schemas.escalation import MessageType
from schemas.surveillance import RULE_OF, Certainty, IncidentSituation
from schemas.word import UtcMs, format_time

URGENT_GRADES = ("S4", "S5")


def body(attempt: Attempt, links: Links) -> dict[str, Any]:
    """The webhook's `data`. Scales are CAP's on the wire (severity, urgency, certainty), our grade stands beside them."""
    delivery = attempt.delivery
    return {
        **_identity(attempt),
        **_scales(attempt),
        "headline": {lang: headline(telling(attempt, lang)) for lang in LANGUAGES},
        "subject": f"firm:{tidy(delivery.situation.place.firm.removeprefix('firm:'), 120)}",
        "place": _place(attempt),
        "why": delivery.why.value,
        "because": [_because(attempt, number) for number in range(len(delivery.reasons))],
        "facts": _facts(attempt),
        "changed": _changed(attempt),
        "asked": _asked(attempt),
        "told": [{"position": told.position, "level": told.level, "at": format_time(told.at)} for told in delivery.told],
        "taken": [{"position": taken.position, "at": format_time(taken.at), "revision": taken.revision} for taken in delivery.taken],
        "next_level_at": _time(delivery.next_level_at),
        "ack_url": links.ack_url,
        "code": links.code,
    }


def _identity(attempt: Attempt) -> dict[str, Any]:
    delivery = attempt.delivery
    return {
        "id": delivery.escalation,
        "delivery": delivery.id,
        "revision": delivery.revision,
        "status": "Exercise" if delivery.exercise else "Actual",
        "msg_type": delivery.msg_type.value,
        "supersedes": attempt.seen.revision if attempt.seen else None,
        "possible_duplicate": attempt.possible_duplicate,
        "coalesced": list(attempt.coalesced),
    }


def _scales(attempt: Attempt) -> dict[str, Any]:
    delivery = attempt.delivery
    return {
        "severity": wording.CAP_SEVERITY.get(delivery.grade, "Unknown"),
        "urgency": _urgency(attempt),
        "certainty": wording.CAP_CERTAINTY.get(delivery.certainty, "Unknown"),
        "grade": delivery.grade,
        "grade_now": delivery.grade_now,
        "held_until": _time(delivery.held_until) if is_held(delivery) else None,
        "unverified": delivery.unverified or delivery.certainty is Certainty.SIGNAL,
        "role": delivery.role.value,
    }


def _urgency(attempt: Attempt) -> str:
    delivery = attempt.delivery
    if delivery.msg_type is MessageType.CANCEL:
        return "Past"
    return "Immediate" if delivery.urgent or delivery.grade in URGENT_GRADES else "Expected"


def _place(attempt: Attempt) -> dict[str, str]:
    place = attempt.delivery.situation.place
    names = {"firm": tidy(place.firm_name), "estate": tidy(place.estate_name), "regency": tidy(place.regency_name)}
    return {**names, "province": tidy(place.province_name), "zone": place.zone}


def _because(attempt: Attempt, number: int) -> dict[str, Any]:
    reason = attempt.delivery.reasons[number]
    words = {lang: reason_words(telling(attempt, lang), reason) for lang in LANGUAGES}
    measured = {"figure": reason.figure, "threshold": reason.threshold, "source": reason.source}
    return {"because": reason.because.value, "rule": RULE_OF[reason.because].value, **measured, "words": words}


def _facts(attempt: Attempt) -> list[dict[str, Any]]:
    """Every party's figure, the headline first; causes are free text and stay behind the link."""
    situation = attempt.delivery.situation
    figures = situation.figures if isinstance(situation, IncidentSituation) else ()
    stated = ((figure, each) for figure in figures for each in (figure.headline, *figure.others))
    return [
        {
            "name": figure.name,
            "value": each.value,
            "source": tidy(each.party),
            "rank": each.rank,
            "asserted_at": format_time(each.asserted_at),
            "headline": each is figure.headline,
        }
        for figure, each in stated
    ]


def _changed(attempt: Attempt) -> list[dict[str, Any]]:
    tongues = [telling(attempt, lang) for lang in LANGUAGES]
    return [
        {"name": each.name, "from": each.old, "to": each.new, "words": {t.lang: change_words(t, each) for t in tongues}}
        for each in changes(attempt)
    ]


def _asked(attempt: Attempt) -> list[dict[str, Any]]:
    asked = attempt.delivery.asked if asks_something(attempt.delivery) else ()
    return [{"action": each.action, "due": _time(each.due)} for each in asked]


def _time(instant: UtcMs | None) -> str | None:
    return None if instant is None else format_time(instant)
