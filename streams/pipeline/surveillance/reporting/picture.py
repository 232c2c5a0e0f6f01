"""Picture: a duty and what it is judged by in; where it stands, and what of that is to be said, out. Knows no tick and no entry."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from schemas.obligations import Obligation, Step
from schemas.surveillance import AlertState, Because, Deadline, DutySituation, Proven, Reason, Rule, Share
from streams.pipeline.calendar import Period, find, named
from streams.pipeline.surveillance.alerts import Finding
from streams.pipeline.surveillance.reporting.counts import Compared, compared
from streams.pipeline.surveillance.reporting.memory import Duty, Inspected, Proposed
from streams.pipeline.surveillance.reporting.outcome import Sight, decided, heard, positives_of, reach, received_at, settles_at_of
from streams.pipeline.surveillance.reporting.sanctions import Confirmed, Decided, Ground, Outcome, Proposal, Standing, standing

MOST_IN_A_ROW = 3
"""So many misses in a row are told apart; more are as bad, and how many more depends on how far back anybody remembers."""

_SILENCE, _COUNT = "silence", "count"

ProvenOf = Callable[[Period], Proven | None]


class View(NamedTuple):
    """A duty as it stands: each period that was decided, its warnings, and its proposals."""

    duty: Duty
    obligation: Obligation
    sight: Sight
    decided: tuple[Decided, ...]
    standing: Standing

    @property
    def open(self) -> Iterator[Decided]:
        """The periods of which a late report still changes what was decided."""
        since = reach(self.duty, self.sight.deadlines)
        return (each for each in self.decided if each.period.due_at >= since)

    @property
    def numbers(self) -> dict[date, int]:
        """How many misses in a row each missed period makes, as far as they are told apart."""
        return {warned.day: min(warned.number, MOST_IN_A_ROW) for warned in self.standing.warned}

    def is_disputed(self, *days: str) -> bool:
        """Whether the firm says of any of these periods that it is not so (G3)."""
        return any(ruling.act == "dispute" and ruling.day in days for ruling in self.duty.rulings)


def view_of(duty: Duty, obligation: Obligation, sight: Sight) -> View:
    """How a duty stands by what is known now."""
    over = decided(duty, obligation, sight)
    confirmed = (Confirmed(Step(r.step), date.fromisoformat(r.day), r.at) for r in duty.rulings if r.act == "confirm" and r.step)
    earlier = (
        Proposal(Step(p.step), date.fromisoformat(p.day), Ground(p.ground), tuple(map(date.fromisoformat, p.evidence)), p.regime)
        for p in duty.proposed
    )
    return View(duty, obligation, sight, over, standing(over, confirmed, _mismatches(duty), earlier))


def _mismatches(duty: Duty) -> tuple[date, ...]:
    """The periods of which somebody's latest finding is that the statement was not true."""
    latest: dict[tuple[str, str], Inspected] = {}
    for found in sorted(duty.inspected, key=lambda found: (found.found_at, found.source, found.id)):
        latest[found.day, found.by] = found
    return tuple(sorted({date.fromisoformat(found.day) for found in latest.values() if not found.agrees}))


def settled(view: View) -> tuple[Proposed, ...]:
    """The proposals that nothing can change any more but an officer's word."""
    since = reach(view.duty, view.sight.deadlines)
    made = (*view.standing.proposals, *view.standing.confirmed)
    dated = ((each, find(view.obligation, each.day)) for each in made)
    return tuple(
        Proposed(p.day.isoformat(), p.step, p.ground, tuple(day.isoformat() for day in p.evidence), p.regime)
        for p, period in sorted(dated, key=lambda pair: (pair[0].day, pair[0].step))
        if period is not None and period.due_at < since
    )


def findings(view: View, proven_of: ProvenOf, *, historic: bool = False) -> Iterator[Finding]:
    """The firm's warnings (R2), the proposals to officials (R3), what they must look at, silences (R4), and each end."""
    live = [*_warnings(view, proven_of), *_proposals(view, proven_of), *_to_look_at(view), *_silences(view, proven_of), *_concealed(view)]
    yield from (finding._replace(historic=historic) for finding in live)
    ended = {last.id for last in view.duty.spoken if last.fires} - {finding.id for finding in live}
    if ended:
        yield from (finding for finding in _ends(view) if finding.id in ended)


def _warnings(view: View, proven_of: ProvenOf) -> Iterator[Finding]:
    numbers = view.numbers
    for period, outcome in view.open:
        if outcome is Outcome.MISSED and period.regime.warns:
            number = numbers[period.day]
            disputed = view.is_disputed(period.day.isoformat())
            reasons = (Reason(Because.NOT_REPORTED, number, source=period.regime.source), *_objection(period, disputed=disputed))
            yield _finding(view, period, Rule.WARNING, reasons, number=number, disputed=disputed)._replace(
                says=(number, disputed), share=_share(view, period), proven=proven_of(period)
            )


def _proposals(view: View, proven_of: ProvenOf) -> Iterator[Finding]:
    for proposal in view.standing.proposals:
        period = find(view.obligation, proposal.day)
        if period is not None:
            evidence = tuple(day.isoformat() for day in proposal.evidence)
            disputed = view.is_disputed(*evidence, period.day.isoformat())
            because = Reason(Because(proposal.ground), len(evidence), source=period.regime.source)
            found = _finding(
                view, period, Rule.PROPOSAL, (because, *_objection(period, disputed=disputed)), step=proposal.step,
                evidence=evidence, disputed=disputed,
            )  # fmt: skip
            says, share = (proposal.ground, evidence, disputed), _share(view, period, "to_check", "objections" if disputed else "")
            yield found._replace(says=says, share=share, proven=proven_of(period))


def _to_look_at(view: View) -> Iterator[Finding]:
    """What nobody but an official, or a report, settles: of whom nobody can tell (law 2), and who says that a warning is not so (G3)."""
    for period, outcome in view.open:
        if outcome is Outcome.UNDECIDED:
            refused = view.sight.refused_in(period)
            because = Reason(Because.REPORT_REFUSED if refused else Because.ANOTHER_NAME, source=period.regime.source)
            yield _finding(view, period, Rule.UNDECIDED, (because,))._replace(says=(because.because,), share=_share(view, period))
        elif outcome is Outcome.MISSED and period.regime.warns and view.is_disputed(period.day.isoformat()):
            objection = _finding(view, period, Rule.OBJECTION, _objection(period, disputed=True), disputed=True)
            yield objection._replace(share=_share(view, period, "disputed"))


def _silences(view: View, proven_of: ProvenOf) -> Iterator[Finding]:
    """Whose last report stated positive cases, and who then missed the next (R4): the first miss alone, and nobody is accused by it."""
    told = [(day, count) for day, said in heard(view.duty).items() if (count := positives_of(said.submissions)) is not None]
    open_days, since = {period.day for period, _ in view.open}, ""
    for period, outcome in view.decided:
        day = period.day.isoformat()
        if outcome is Outcome.MISSED:
            _, positives = max(((on, count) for on, count in told if since < on < day), default=("", 0))
            since = day
            if positives and period.day in open_days and period.regime.warns:
                because = Reason(Because.SILENT_AFTER_POSITIVES, source=period.regime.source)
                found = _finding(view, period, Rule.SILENCE_AFTER, (because,), what=_SILENCE, positives=positives)
                yield found._replace(says=(positives,), share=_share(view, period), proven=proven_of(period))


def _concealed(view: View) -> Iterator[Finding]:
    """Who reported fewer cases than the firm had been told of: to be verified, and nothing else (R5)."""
    for period, _ in view.open:
        count = _compared(view, period)
        if count is not None and count.is_fewer:
            because = Reason(Because.FEWER_THAN_KNOWN, source=period.regime.source)
            found = _finding(view, period, Rule.CONCEALED, (because,), what=_COUNT, positives=count.stated)
            yield found._replace(situation=replace(found.situation, known=count.known), says=(count.stated, count.known))


def _compared(view: View, period: Period) -> Compared | None:
    said = heard(view.duty).get(period.day.isoformat())
    return compared(said.submissions, period, view.duty.place_at(period.due_at).plant, view.sight.known) if said else None


def _ends(view: View) -> Iterator[Finding]:
    """What may have been said and is no longer so, with its end: answered, confirmed by officials, or never to have been said.

    A warning of a period that has grown too old to change does not end: it stays as it was told.
    """
    since = reach(view.duty, view.sight.deadlines)
    outcomes = {period.day: outcome for period, outcome in view.decided}
    confirmed = {(each.day, each.step) for each in view.standing.confirmed}
    periods = {period.day: period for period, _ in view.decided}
    told = {*(said.day for said in view.duty.counted), *(said.day for said in view.duty.proposed)}
    for day in sorted({*periods, *map(date.fromisoformat, told), *(day for day, _ in confirmed)}):
        period = periods.get(day) or named(view.obligation, day)
        answered = outcomes.get(day) is Outcome.ANSWERED
        if period.due_at >= since:
            ended = _end(view, period, Rule.WARNING, Because.ANSWERED if answered else Because.NOT_ACCUSED)
            received = received_at(submission for submission in view.duty.submissions if submission.day == day.isoformat())
            yield ended._replace(situation=replace(ended.situation, received_at=received))
            heard_again = _end(view, period, Rule.SILENCE_AFTER, Because.HEARD_AGAIN if answered else Because.NOT_ACCUSED, what=_SILENCE)
            yield heard_again._replace(situation=replace(heard_again.situation, received_at=received))
            yield _end(view, period, Rule.UNDECIDED, Because.NOT_ACCUSED)
            yield _end(view, period, Rule.OBJECTION, Because.NOT_ACCUSED)
            count = _compared(view, period)
            yield _end(view, period, Rule.CONCEALED, Because.AS_KNOWN if count and count.was_fewer else Because.NOT_ACCUSED, what=_COUNT)
        for step in Step:
            because = Because.CONFIRMED if (day, step) in confirmed else Because.NOT_ACCUSED
            yield _end(view, period, Rule.PROPOSAL, because, step)


def _end(view: View, period: Period, rule: Rule, because: Because, step: str = "", *, what: str = "") -> Finding:
    state = AlertState.WITHDRAWN if because is Because.NOT_ACCUSED else AlertState.RESOLVED
    found = _finding(view, period, rule, (Reason(because, source=period.regime.source),), step=step, what=what)
    return found._replace(says=(because,), state=state, share=_share(view, period))


def _finding(
    view: View, period: Period, rule: Rule, reasons: tuple[Reason, ...], *, number: int = 0, step: str = "",
    evidence: tuple[str, ...] = (), disputed: bool = False, positives: int | None = None, what: str = "",
) -> Finding:  # fmt: skip
    """what: tells it apart from the warning of the same period, whose audience is another."""
    duty, day = view.duty, period.day.isoformat()
    situation = DutySituation(
        place=duty.place_at(period.due_at), obligation=duty.obligation, period=day, permit=duty.permit, due_at=period.due_at,
        number=number, step=step, evidence=evidence, disputed=disputed, positives=positives,
    )  # fmt: skip
    about = "/".join(filter(None, (period.name, duty.permit, step or what)))
    return Finding(rule, duty.subject, about, reasons, situation, (), exercise=duty.exercise)


def _objection(period: Period, *, disputed: bool) -> tuple[Reason, ...]:
    return (Reason(Because.DISPUTED, source=period.regime.source),) if disputed else ()


def _share(view: View, period: Period, *columns: str) -> Share:
    """Warnings are counted by the tally of the estate; here only what it does not know."""
    numbers = tuple((column, 1) for column in columns if column)
    settles_at = settles_at_of(view.obligation, period, view.sight.deadlines)
    return Share(period.name, view.sight.decides_at(period), numbers, deadline_of(view.obligation, period), settles_at=settles_at)


def deadline_of(obligation: Obligation, period: Period) -> Deadline:
    """What was due, as letters call it."""
    return Deadline(obligation.name_id, obligation.name_en, period.due_at, period.regime.source)
