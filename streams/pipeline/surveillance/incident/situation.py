"""Situation: what stands of an incident, cut to what a reader needs, however much was said of it."""

from collections.abc import Sequence

from msgspec.structs import replace

from schemas.ledger import Place
from schemas.policy import Severity
from schemas.surveillance import FilingClock, IncidentSituation, Stated, shown
from streams.pipeline.surveillance.incident import correlate
from streams.pipeline.surveillance.incident.correlate import MOST_CAUSES, MOST_TIMES, first_and_last
from streams.pipeline.surveillance.incident.facts import Assertion
from streams.pipeline.surveillance.incident.memory import Incident

MOST_CLOCKS = 4
MOST_DOUBTS = 12


def situation(incident: Incident, standing: Sequence[Assertion], clocks: Sequence[FilingClock], policy: Severity) -> IncidentSituation:
    """The incident as it is known now: by bulletins, and where there is none by what was declared."""
    every, declared = standing, [a for a in standing if a.declared]
    standing = [a for a in every if not a.declared] or declared[-1:]
    figures = correlate.with_declared(correlate.figures(standing, policy.headline_hours), declared)
    dead = next((figure.headline for figure in figures if figure.name == "dead"), None)
    split = next((a for a in reversed(standing) if dead and _splits(a, dead)), None)
    newest = standing[-1] if standing else None
    times, causes, listed = correlate.times(standing), correlate.causes(standing), _listed(clocks)
    return IncidentSituation(
        place=placed(incident.place),
        unresolved=tuple(sorted({doubt for a in standing for doubt in a.unresolved}))[:MOST_DOUBTS],
        certainty=correlate.certainty(every),
        incident=incident.incident,
        kind=correlate.headline_kind(standing),
        unit=correlate.latest_text(standing, "unit"),
        times=first_and_last(times, MOST_TIMES),
        more_times=max(0, len(times) - MOST_TIMES),
        discovered_at=min((a.discovered_at for a in standing if a.discovered_at is not None), default=None),
        figures=figures,
        wni=split.wni if split else None,
        wna=split.wna if split else None,
        employer=correlate.latest_text(standing, "employer"),
        causes=causes[:MOST_CAUSES],
        more_causes=max(0, len(causes) - MOST_CAUSES),
        clocks=listed,
        more_clocks=len(clocks) - len(listed),
        newest=Stated(0, newest.party, newest.rank, newest.asserted_at) if newest else None,
    )


def _splits(assertion: Assertion, dead: Stated) -> bool:
    """Whether it divides the headline's dead, all of them, and is the same party's word."""
    if assertion.wni is None or assertion.wna is None:
        return False
    return assertion.voice == (dead.rank, dead.party) and assertion.wni + assertion.wna == dead.value


def placed(place: Place) -> Place:
    """A place with its names as a letter prints them."""
    names = ("firm_name", "plant_name", "estate_name", "regency_name", "province_name")
    return replace(place, **{name: shown(getattr(place, name)) for name in names})


def _listed(clocks: Sequence[FilingClock]) -> tuple[FilingClock, ...]:
    """Those that still run, the last of them among them; then those that have been answered."""
    running = [clock for clock in clocks if clock.filed_at is None]
    answered = [clock for clock in clocks if clock.filed_at is not None]
    chosen = (*first_and_last(sorted(running, key=lambda clock: clock.due_last), MOST_CLOCKS), *answered)[:MOST_CLOCKS]
    return tuple(clock for clock in clocks if clock in chosen)[:MOST_CLOCKS]
