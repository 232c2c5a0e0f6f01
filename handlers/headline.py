"""The headline: what happened where, when, how many, according to whom and how sure; and what the message is about, in one line.

Pure. Here is decided what sort of message an attempt is: a notice, a question about the written report, a cancellation, the desk's own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from handlers import wording
from handlers.language import Lang, Tongue, local, tidy
from handlers.wording import BECAUSE, FIGURES, GRADES, RANKS, phrase, word
from schemas.delivery import Attempt
from schemas.escalation import Delivery, MessageType, Role, Why
from schemas.ledger import Place
from schemas.surveillance import Because, Certainty, Figure, FilingClock, IncidentSituation, SourceSituation, Stated
from schemas.word import UtcMs

LANGUAGES: tuple[Lang, Lang] = ("id", "en")
LEAD_FIGURES = (
    *("dead", "missing", "offsite_dead", "injured", "treated", "serious", "hospitalised", "light"),
    *("exposed", "offsite_hospitalised", "evacuated"),
)
LEAD_FIGURES_AT_MOST = 4
PARTS_OF_INJURED = ("serious", "light", "hospitalised", "observed", "outpatient")
FILING = (Because.FILING_UNKNOWN, Because.FILING_OVERDUE, Because.FILING_DUE_SOON, Because.FILED)
UNKNOWN_FIRM = "unknown_firm"
GRADE_COLUMNS = 10
SUBJECT_COLUMNS = 200
_POLICE = "police"


@dataclass(frozen=True, slots=True)
class Telling:
    """One attempt in one language: the two things that every section needs."""

    attempt: Attempt
    tongue: Tongue

    @property
    def delivery(self) -> Delivery:
        """What is told."""
        return self.attempt.delivery

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

    @property
    def incident(self) -> IncidentSituation:
        """The incident that is told of; an empty one where the matter is another."""
        situation = self.delivery.situation
        return situation if isinstance(situation, IncidentSituation) else IncidentSituation(incident="", kind="")

    def say(self, name: str, /, **filled: object) -> str:
        """A phrase in this language."""
        return phrase(name, self.lang, **filled)


def telling(attempt: Attempt, lang: Lang) -> Telling:
    """The attempt as told in one language, at the plant's zone."""
    delivery = attempt.delivery
    zone = delivery.situation.place.zone
    return Telling(attempt, Tongue(lang, zone, local(delivery.at, zone).year))


def asks_something(delivery: Delivery) -> bool:
    """Whether the reader is asked for anything: not when informed only, not when the matter was cancelled."""
    return delivery.role is Role.ACT and delivery.msg_type is not MessageType.CANCEL and bool(delivery.asked)


def is_cancelled(delivery: Delivery) -> bool:
    """Whether what was told is taken back: a stand-down and a report that has arrived end a matter without making it untrue."""
    ends = delivery.msg_type is MessageType.CANCEL
    return ends and delivery.why is not Why.STOOD_DOWN and filing_matter(delivery) is not Because.FILED


def has_facts(delivery: Delivery) -> bool:
    """Whether there is an incident to speak of: not when it was taken back, nor when nobody could read it."""
    return not is_cancelled(delivery) and not is_refused(delivery)


# 2. What, where, when, how many, according to whom, how sure


def headline(t: Telling) -> str:
    """All of it in one paragraph, for readers that show one."""
    return " ".join(filter(None, (*matters(t), lead(t) if has_facts(t.delivery) else "")))


def lead(t: Telling) -> str:
    """The one sentence."""
    clause = event_clause(t)
    return t.say("lead", clause=clause[:1].upper() + clause[1:], when=_when(t), counts=_counts(t), sure=_sure(t))


def event_clause(t: Telling) -> str:
    """What happened where: Tungku 41 PT ITSS (IMIP, Morowali) meledak."""
    situation = t.incident
    event = wording.event(situation.kind)
    thing = wording.unit(tidy(situation.unit, 40), t.lang) or event.thing.of(t.lang)
    joint = {"id": " ", "en": " of "}[t.lang] if event.thing.id else ", "
    where = joint.join(filter(None, (thing, firm_name(t, situation.place))))
    return event.clause.of(t.lang).format(where=f"{where} ({place_name(t, situation.place)})")


def firm_name(t: Telling, place: Place) -> str:
    """The firm, or that nobody knows it, with the id that was given."""
    name = tidy(place.firm_name)
    if name and UNKNOWN_FIRM not in t.delivery.situation.unresolved:
        return name
    given = tidy(place.firm.removeprefix("firm:"), 40)
    return t.say("no_firm") + (f" `{given}`" if given else "")


def place_name(t: Telling, place: Place, *, brief: bool = False) -> str:
    """Estate and regency; the regency once, without its `Kabupaten`, where there is little room."""
    regency = tidy(place.regency_name)
    if brief:
        regency = regency.removeprefix("Kabupaten ").removeprefix("Kab. ")
    estate = tidy(place.estate_name)
    names = [estate] if regency and regency.lower() in estate.lower() else [estate, regency]
    return (" " if brief else ", ").join(filter(None, names)) or tidy(place.province_name) or t.say("no_place")


def _when(t: Telling) -> str:
    instants = sorted(each.occurred_at for each in t.incident.times)
    if not instants:
        return t.say("no_time")
    first, last = instants[0], instants[-1]
    if first == last:
        return t.say("at", moment=f"{t.tongue.date(first, always_year=True)} {t.tongue.clock(first)}")
    days = [t.tongue.date(each, always_year=True) for each in (first, last)]
    if days[0] != days[1]:
        return t.say("days", first=days[0], last=days[1])
    parts = {t.tongue.part_of_day(each) for each in (first, last)}
    return t.say("day", date=days[0], part=parts.pop() if len(parts) == 1 else "").rstrip()


def lead_figures(figures: Sequence[Figure]) -> list[Figure]:
    """The figures that a headline carries, in the order of their weight."""
    by_name = {figure.name: figure for figure in figures}
    chosen = [by_name[name] for name in LEAD_FIGURES if name in by_name]
    if "injured" in by_name:  # the total stands for its parts; a clinic's `treated` may include the dead
        chosen = [figure for figure in chosen if figure.name not in ("treated", *PARTS_OF_INJURED)]
    return chosen[:LEAD_FIGURES_AT_MOST] or list(figures)[:1]


def _counts(t: Telling) -> str:
    situation = t.incident
    figures = lead_figures(situation.figures)
    if not figures:
        nothing = t.say("no_counts")
        return _by(t, nothing, situation.newest) if situation.newest else nothing
    groups = groupby(figures, key=lambda figure: (figure.headline.party, figure.headline.asserted_at))
    said = [list(group) for _, group in groups]
    return "; ".join(_by(t, ", ".join(counted_words(t, figure, ranged=True) for figure in group), group[0].headline) for group in said)


def counted_words(t: Telling, figure: Figure, *, ranged: bool = False) -> str:
    """A figure and what it counts, with the range where sources differ."""
    counted = f"{t.tongue.number(figure.headline.value)} {word(FIGURES, figure.name, t.lang)}"
    values = figure.values
    if not ranged or len(set(values)) == 1:
        return counted
    return f"{counted} ({t.say('range', low=t.tongue.number(min(values)), high=t.tongue.number(max(values)))})"


def _by(t: Telling, counts: str, stated: Stated) -> str:
    return t.say("by", counts=counts, party=party_words(t, stated.party, stated.rank), when=_said(t, stated.asserted_at))


def party_words(t: Telling, party: str, rank: str) -> str:
    """Who says so, and what they rank as."""
    name, rank_words = wording.party(tidy(party, 50), t.lang), word(RANKS, rank, t.lang)
    return f"{name}, {rank_words}" if rank_words and rank_words.lower() not in name.lower() else name


def _said(t: Telling, asserted_at: UtcMs) -> str:
    reference = min((each.occurred_at for each in t.incident.times), default=t.delivery.at)
    same_day = t.tongue.since(asserted_at, reference) == t.tongue.clock(asserted_at)
    return t.say("said_at", clock=t.tongue.clock(asserted_at)) if same_day else t.say("said_on", moment=t.tongue.moment(asserted_at))


def _sure(t: Telling) -> str:
    delivery = t.delivery
    if delivery.unverified or delivery.certainty is Certainty.SIGNAL:
        return t.say("unverified_yet")
    if delivery.certainty is Certainty.VERIFIED:
        return t.say("verified")
    stated = [each for figure in t.incident.figures for each in (figure.headline, *figure.others)]
    return t.say("single" if any(each.rank == _POLICE for each in stated) else "unconfirmed")


# Matters that come before the sentence about the incident: cancelled, held, filing, the operator's desk


def matters(t: Telling) -> tuple[str, ...]:
    """What has to be said before the incident itself."""
    said = (*_ended(t), _filing_matter(t), _desk_matter(t), _doubt(t), _held(t))
    return tuple(filter(None, said))


def _ended(t: Telling) -> tuple[str, ...]:
    if t.delivery.msg_type is MessageType.CANCEL and t.delivery.why is Why.STOOD_DOWN:
        return (t.say("stood_down"),)
    if not is_cancelled(t.delivery):
        return ()
    seen = t.attempt.seen
    told_as = f"{tidy(seen.grade, GRADE_COLUMNS)} r{seen.revision}".strip() if seen else t.grade or tidy(t.delivery.escalation)
    retracted = has_reason(t.delivery, (Because.ALL_RETRACTED,))
    reason = word(BECAUSE, retracted, t.lang) if retracted else t.say("found_false")
    return t.say("cancelled", told_as=told_as, reason=reason), t.say("cancelled_about", event=f"{event_noun(t)}, {_when(t)}")


def event_noun(t: Telling) -> str:
    """What kind of incident, at whose plant: ledakan tungku, PT ITSS (IMIP, Kab. Morowali)."""
    place = t.delivery.situation.place
    noun = wording.event(t.incident.kind).noun.of(t.lang)
    return f"{noun}, {firm_name(t, place)} ({place_name(t, place)})"


def _doubt(t: Telling) -> str:
    if t.delivery.msg_type is MessageType.CANCEL or is_refused(t.delivery):
        return ""
    if t.delivery.unverified:
        return t.say("unverified")
    return t.say("signal") if t.delivery.certainty is Certainty.SIGNAL else ""


def has_reason(delivery: Delivery, among: Iterable[Because]) -> Because | None:
    """The first of the reasons that is among those asked for."""
    wanted = set(among)
    return next((reason.because for reason in delivery.reasons if reason.because in wanted), None)


def filing_matter(delivery: Delivery) -> Because | None:
    """Question, breach, reminder or receipt, where the message is about the written report."""
    about = delivery.why is Why.FILING or delivery.topic == "filing"
    return has_reason(delivery, FILING) if about else None


def _filing_matter(t: Telling) -> str:
    matter, clocks = filing_matter(t.delivery), t.incident.clocks
    if matter is None or is_cancelled(t.delivery) or not clocks:
        return ""
    if matter is Because.FILED:
        return _filed(t, clocks)
    clock = open_clock(clocks)
    due = clock.due_first if matter is Because.FILING_DUE_SOON else clock.due_last
    return t.say(matter.value, due=t.tongue.deadline(due))


def open_clock(clocks: Sequence[FilingClock]) -> FilingClock:
    """The clock that ends first among those that still run, or the first."""
    running = [clock for clock in clocks if clock.filed_at is None] or list(clocks)
    return min(running, key=lambda clock: clock.due_last)


def _filed(t: Telling, clocks: Sequence[FilingClock]) -> str:
    filed = max(clocks, key=lambda clock: clock.filed_at or 0)
    when = t.tongue.moment(filed.filed_at) if filed.filed_at is not None else ""
    return t.say("filed", receiver=received_by(t, filed), filed=when)


def received_by(t: Telling, clock: FilingClock) -> str:
    """Which inspection has the report."""
    return tidy(clock.received_by) or t.say("inspection")


def is_refused(delivery: Delivery) -> bool:
    """Whether this is the desk's notice of a bulletin that nobody could read."""
    return isinstance(delivery.situation, SourceSituation)


def _desk_matter(t: Telling) -> str:
    situation = t.delivery.situation
    if isinstance(situation, SourceSituation):
        reason = wording.unresolved(situation.last, t.lang) or word(BECAUSE, Because.REFUSED_AT_INTAKE, t.lang)
        count = dict(situation.counts).get(situation.what, 1)
        return t.say("refused", party=refused_party(t), reasons=reason, count=t.tongue.number(count))
    unresolved = situation.unresolved
    reasons = t.tongue.listed([wording.unresolved(code, t.lang) for code in unresolved])
    if t.delivery.msg_type is MessageType.CANCEL or not (unresolved or has_reason(t.delivery, (Because.UNRESOLVED,))):
        return ""
    return t.say("unresolved", reasons=reasons or word(BECAUSE, Because.UNRESOLVED, t.lang))


def refused_party(t: Telling) -> str:
    """Whose bulletin was refused, as far as it could be read."""
    situation = t.delivery.situation
    return tidy(situation.who if isinstance(situation, SourceSituation) else "", 80) or t.say("some_source")


def is_held(delivery: Delivery) -> bool:
    """Whether the grade stands above what the present facts give (G8)."""
    return delivery.msg_type is not MessageType.CANCEL and bool(delivery.grade_now) and delivery.grade != delivery.grade_now


def _held(t: Telling) -> str:
    delivery = t.delivery
    if not is_held(delivery):
        return ""
    if delivery.held_until is None:
        return t.say("held_open", grade=t.grade, now=t.grade_now)
    return t.say("held", grade=t.grade, until=t.tongue.deadline(delivery.held_until), now=t.grade_now)


# The subject


def subject(attempt: Attempt) -> str:
    """One line: exercise, grade, revision, what, who, where, how many."""
    t = telling(attempt, "id")
    exercise = t.say("subject_exercise") if attempt.delivery.exercise else ""
    return tidy(f"{exercise}{_headline(t)}", SUBJECT_COLUMNS)


def _headline(t: Telling) -> str:
    revision = f"r{t.delivery.revision}"
    if is_refused(t.delivery):
        return f"{t.say('subject_desk')} {revision}: {t.say('subject_refused', party=refused_party(t))}"
    place = t.delivery.situation.place
    what = (wording.event(t.incident.kind).noun.of(t.lang), firm_name(t, place), place_name(t, place, brief=True), _headcount(t))
    return f"{_rank(t)} {revision}: {_matter(t)}{', '.join(filter(None, what))}"


def _grade_words(t: Telling) -> str:
    return word(GRADES, t.grade, t.lang) if t.grade in GRADES else ""


def _rank(t: Telling) -> str:
    delivery = t.delivery
    grade = f"{t.grade} {_grade_words(t)}".strip() if t.grade else t.say("subject_desk")
    if is_cancelled(delivery):
        return f"{grade} {t.say('subject_cancelled')}"
    if delivery.msg_type is MessageType.CANCEL and filing_matter(delivery) is None:
        return f"{grade} {t.say('subject_stood_down')}"
    return f"{grade} {t.say('subject_held', now=t.grade_now)}" if is_held(delivery) else grade


def _matter(t: Telling) -> str:
    """What the message is about, where it is not simply the incident."""
    delivery = t.delivery
    matter = filing_matter(delivery)
    if is_cancelled(delivery):
        return ""
    if matter is not None and t.incident.clocks:
        return t.say(f"subject_{matter.value}", due=t.tongue.moment(open_clock(t.incident.clocks).due_first))
    if delivery.unverified or delivery.certainty is Certainty.SIGNAL:
        return t.say("subject_unverified" if delivery.unverified else "subject_signal")
    looked_for = UNKNOWN_FIRM in delivery.situation.unresolved or has_reason(delivery, (Because.UNRESOLVED,))
    return t.say("subject_unresolved") if looked_for else ""


def _headcount(t: Telling) -> str:
    figures = [figure for figure in lead_figures(t.incident.figures) if figure.headline.value]
    return ", ".join(f"{t.tongue.number(each.headline.value)} {word(FIGURES, each.name, t.lang)}" for each in figures[:1])
