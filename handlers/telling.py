"""Telling: one attempt in one language, and what sort of message it is: a notice, an end, another matter, something merely to be known.

Pure. What only one kind of situation can say stands in `handlers.letters`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from handlers.discretion import discreet
from handlers.language import Lang, Tongue, local, tidy
from handlers.wording.codes import GRADES, word
from handlers.wording.phrases import phrase
from schemas.delivery import Attempt
from schemas.escalation import FACTS, Delivery, MessageType, Role, Standing, Why
from schemas.ledger import Place
from schemas.surveillance import Because, Certainty, Situation

LANGUAGES: tuple[Lang, Lang] = ("id", "en")
GRADE_COLUMNS = 10

SituationT = TypeVar("SituationT", bound=Situation)


@dataclass(frozen=True, slots=True)
class Telling(Generic[SituationT]):
    """One attempt in one language: what every section needs."""

    attempt: Attempt
    situation: SituationT
    tongue: Tongue

    @property
    def delivery(self) -> Delivery:
        """What is told."""
        return self.attempt.delivery

    @property
    def standing(self) -> Standing:
        """Where the escalation stands; of a digest there is nothing to say."""
        return self.delivery.standing or Standing()

    @property
    def lang(self) -> Lang:
        """In which language."""
        return self.tongue.lang

    @property
    def grade(self) -> str:
        """The grade held, fit to be printed."""
        return tidy(self.delivery.grade, GRADE_COLUMNS)

    @property
    def grade_now(self) -> str:
        """The grade of the present facts alone, fit to be printed."""
        return tidy(self.delivery.grade_now, GRADE_COLUMNS)

    def say(self, name: str, /, **filled: object) -> str:
        """A phrase in this language."""
        return phrase(name, self.lang, **filled)


AnyTelling = Telling[Situation]


def telling(attempt: Attempt, lang: Lang) -> AnyTelling:
    """The attempt as told in one language, at the zone of its place, with no more than its reader may know."""
    attempt = discreet(attempt)
    delivery = attempt.delivery
    zone = delivery.situation.place.zone
    return Telling(attempt, delivery.situation, Tongue(lang, zone, local(delivery.at, zone).year))


# What sort of message it is


def ends(delivery: Delivery) -> bool:
    """Whether nothing is asked any more, whatever it ends."""
    return delivery.msg_type is MessageType.CANCEL


def is_cancelled(delivery: Delivery) -> bool:
    """Whether the facts that were told are taken back: a stand-down ends them without making them untrue."""
    return ends(delivery) and delivery.matter == FACTS and delivery.why is not Why.STOOD_DOWN


def asks_something(delivery: Delivery) -> bool:
    """Whether the reader is asked for anything: not when informed only, not when the matter was cancelled."""
    return delivery.to.role is Role.ACT and not ends(delivery) and bool(delivery.asked)


def is_held(delivery: Delivery) -> bool:
    """Whether the grade stands above what the present facts give (G8)."""
    return not ends(delivery) and bool(delivery.grade_now) and delivery.grade != delivery.grade_now


def is_unverified(delivery: Delivery) -> bool:
    """Whether it was told of a signal that nobody has verified (G7)."""
    unverified = delivery.standing is not None and delivery.standing.unverified
    return unverified or delivery.certainty is Certainty.SIGNAL


def has_reason(delivery: Delivery, among: Iterable[Because]) -> Because | None:
    """The first of the reasons that is among those asked for."""
    wanted = set(among)
    return next((reason.because for reason in delivery.reasons if reason.because in wanted), None)


# Names that every kind of letter prints


def place_name(t: Telling[SituationT], place: Place, *, brief: bool = False) -> str:
    """Estate and regency; the regency once, without its `Kabupaten`, where there is little room."""
    regency = tidy(place.regency_name)
    if brief:
        regency = regency.removeprefix("Kabupaten ").removeprefix("Kab. ")
    estate = tidy(place.estate_name)
    names = [estate] if regency and regency.lower() in estate.lower() else [estate, regency]
    return (" " if brief else ", ").join(filter(None, names)) or tidy(place.province_name) or t.say("no_place")


def source_name(source: str) -> str:
    """A publishing system by its name, without the scheme that would make a link of it."""
    return tidy(source.removeprefix("https://").removeprefix("http://"), 80)


def graded(t: Telling[SituationT]) -> str:
    """The grade and its name."""
    return f"{t.grade} {word(GRADES, t.grade, t.lang) if t.grade in GRADES else ''}".strip()


def told_before(t: Telling[SituationT]) -> str:
    """What this reader received before: S5 r2."""
    seen = t.attempt.seen
    return f"{tidy(seen.grade, GRADE_COLUMNS)} r{seen.revision}".strip() if seen else t.grade or tidy(t.delivery.thread)
