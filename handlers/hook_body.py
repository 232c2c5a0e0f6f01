"""The body of a webhook: an attempt in, its `data` out, for programs. Scales are CAP's on the wire; our grade stands beside them.

Pure. Every word in it is either a code of the schemas, or text in both languages.
"""

from typing import Any

from handlers.discretion import discreet
from handlers.language import tidy
from handlers.letter import headline, reason_words
from handlers.letters import letter_of
from handlers.letters.parts import change_words
from handlers.sign import Links
from handlers.telling import LANGUAGES, asks_something, ends, is_held, is_unverified, telling
from handlers.wording.codes import CAP_CERTAINTY, CAP_SEVERITY
from schemas.delivery import Attempt
from schemas.escalation import Standing
from schemas.surveillance import RULE_OF
from schemas.word import UtcMs, format_time


def body(attempt: Attempt, links: Links) -> dict[str, Any]:
    """The webhook's `data`."""
    attempt = discreet(attempt)
    delivery, t = attempt.delivery, telling(attempt, "en")
    letter, standing = letter_of(delivery.situation), delivery.standing or Standing()
    return {
        **_identity(attempt),
        **_scales(attempt, standing),
        "headline": {lang: headline(telling(attempt, lang)) for lang in LANGUAGES},
        "subject": letter.about(t),
        "place": _place(attempt),
        "why": delivery.why.value,
        "because": [_because(attempt, number) for number in range(len(delivery.reasons))],
        "facts": letter.facts(t),
        "changed": _changed(attempt),
        "asked": _asked(attempt),
        "told": [{"position": told.position, "level": told.level, "at": format_time(told.at)} for told in standing.told],
        "taken": [{"position": taken.position, "at": format_time(taken.at), "revision": taken.revision} for taken in standing.taken],
        "next_level_at": _time(standing.next_level_at),
        "ack_url": links.ack_url or None,
        "code": links.code,
    }


def _identity(attempt: Attempt) -> dict[str, Any]:
    delivery = attempt.delivery
    return {
        "id": delivery.thread,
        "delivery": delivery.id,
        "revision": delivery.revision,
        "status": "Exercise" if delivery.exercise else "Actual",
        "msg_type": delivery.msg_type.value,
        "supersedes": attempt.seen.revision if attempt.seen else None,
        "possible_duplicate": attempt.possible_duplicate,
        "coalesced": list(attempt.coalesced),
    }


def _scales(attempt: Attempt, standing: Standing) -> dict[str, Any]:
    delivery = attempt.delivery
    return {
        "severity": CAP_SEVERITY.get(delivery.grade, "Unknown"),
        "urgency": "Past" if ends(delivery) else "Immediate" if delivery.urgent else "Expected",
        "certainty": CAP_CERTAINTY.get(delivery.certainty, "Unknown"),
        "grade": delivery.grade,
        "grade_now": delivery.grade_now,
        "held_until": _time(standing.held_until) if is_held(delivery) else None,
        "unverified": is_unverified(delivery),
        "role": delivery.to.role.value,
    }


def _place(attempt: Attempt) -> dict[str, str]:
    place = attempt.delivery.situation.place
    names = {"firm": tidy(place.firm_name), "estate": tidy(place.estate_name), "regency": tidy(place.regency_name)}
    return {**names, "province": tidy(place.province_name), "zone": place.zone}


def _because(attempt: Attempt, number: int) -> dict[str, Any]:
    reason = attempt.delivery.reasons[number]
    words = {lang: reason_words(telling(attempt, lang), reason) for lang in LANGUAGES}
    measured = {"figure": reason.figure, "threshold": reason.threshold, "source": reason.source}
    return {"because": reason.because.value, "rule": RULE_OF[reason.because].value, **measured, "words": words}


def _changed(attempt: Attempt) -> list[dict[str, Any]]:
    tongues = [telling(attempt, lang) for lang in LANGUAGES]
    return [
        {
            "name": each.name,
            **({} if each.is_step else {"from": _known(each.old), "to": _known(each.new)}),
            "words": {t.lang: change_words(t, each) for t in tongues},
        }
        for each in letter_of(attempt.delivery.situation).changes(attempt)
    ]


def _known(value: int | None) -> int | None:
    """A figure; a length that its source does not know is none."""
    return value if value is not None and value >= 0 else None


def _asked(attempt: Attempt) -> list[dict[str, Any]]:
    asked = attempt.delivery.asked if asks_something(attempt.delivery) else ()
    return [{"action": each.action, "due": _time(each.due)} for each in asked]


def _time(instant: UtcMs | None) -> str | None:
    return None if instant is None else format_time(instant)
