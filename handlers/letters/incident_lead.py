"""The one sentence about an incident: what, where, when, how many, according to whom, how sure."""

from collections.abc import Sequence
from itertools import groupby

from handlers.language import tidy
from handlers.letters.incident_facts import Incident, counted_words, party_words
from handlers.telling import is_unverified, place_name
from handlers.wording.incident import event, unit
from schemas.ledger import Place
from schemas.surveillance import Certainty, Figure, Stated
from schemas.word import UtcMs

LEAD_FIGURES = (
    *("dead", "missing", "offsite_dead", "injured", "treated", "serious", "hospitalised", "light"),
    *("exposed", "offsite_hospitalised", "evacuated"),
)
LEAD_FIGURES_AT_MOST = 4
PARTS_OF_INJURED = ("serious", "light", "hospitalised", "observed", "outpatient")
UNKNOWN_FIRM = "unknown_firm"
_POLICE = "police"


def one_sentence(t: Incident) -> str:
    """The one sentence."""
    clause = _event_clause(t)
    return t.say("lead", clause=clause[:1].upper() + clause[1:], when=when(t), counts=_counts(t), sure=_sure(t))


def _event_clause(t: Incident) -> str:
    """What happened where: Tungku 41 PT ITSS (IMIP, Morowali) meledak."""
    situation = t.situation
    happened = event(situation.kind)
    thing = unit(tidy(situation.unit, 40), t.lang) or happened.thing.of(t.lang)
    joint = {"id": " ", "en": " of "}[t.lang] if happened.thing.id else ", "
    where = joint.join(filter(None, (thing, firm_name(t, situation.place))))
    return happened.clause.of(t.lang).format(where=f"{where} ({place_name(t, situation.place)})")


def firm_name(t: Incident, place: Place) -> str:
    """The firm, or that nobody knows it, with the id that was given."""
    name = tidy(place.firm_name)
    if name and UNKNOWN_FIRM not in t.situation.unresolved:
        return name
    given = tidy(place.firm.removeprefix("firm:"), 40)
    return t.say("no_firm") + (f" `{given}`" if given else "")


def when(t: Incident) -> str:
    """When, as far as the parties agree."""
    instants = sorted(each.occurred_at for each in t.situation.times)
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


def _counts(t: Incident) -> str:
    situation = t.situation
    figures = lead_figures(situation.figures)
    if not figures:
        nothing = t.say("no_counts")
        return _by(t, nothing, situation.newest) if situation.newest else nothing
    groups = groupby(figures, key=lambda figure: (figure.headline.party, figure.headline.asserted_at))
    said = [list(group) for _, group in groups]
    return "; ".join(_by(t, ", ".join(counted_words(t, figure, ranged=True) for figure in group), group[0].headline) for group in said)


def _by(t: Incident, counts: str, stated: Stated) -> str:
    return t.say("by", counts=counts, party=party_words(t, stated.party, stated.rank), when=_said(t, stated.asserted_at))


def _said(t: Incident, asserted_at: UtcMs) -> str:
    reference = min((each.occurred_at for each in t.situation.times), default=t.delivery.at)
    same_day = t.tongue.since(asserted_at, reference) == t.tongue.clock(asserted_at)
    return t.say("said_at", clock=t.tongue.clock(asserted_at)) if same_day else t.say("said_on", moment=t.tongue.moment(asserted_at))


def _sure(t: Incident) -> str:
    if is_unverified(t.delivery):
        return t.say("unverified_yet")
    if t.delivery.certainty is Certainty.VERIFIED:
        return t.say("verified")
    stated = [each for figure in t.situation.figures for each in (figure.headline, *figure.others)]
    return t.say("single" if any(each.rank == _POLICE for each in stated) else "unconfirmed")
