"""Tally: what changed of duties in; how the permits of one estate stand in one period (R1), and the count of all for CLOCK, out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from schemas.ids import ESTATE
from schemas.ledger import Count, Place, Tick
from schemas.obligations import Obligation
from schemas.policy import Deadlines
from schemas.surveillance import Because, DutySituation, Numbers, Proven, Reason, Rule, Share
from schemas.topics import PROGRESS
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, named
from streams.pipeline.line import Due, Entry, Said, Step
from streams.pipeline.surveillance.alerts import Finding, speak
from streams.pipeline.surveillance.reporting.memory import Counted, Tally, tally_name
from streams.pipeline.surveillance.reporting.outcome import HOUR_MS, reach, settles_at_of
from streams.pipeline.surveillance.reporting.picture import MOST_IN_A_ROW, View, deadline_of
from streams.pipeline.surveillance.reporting.sanctions import Outcome
from streams.pipeline.surveillance.rulebook import Rulebook

ALL = ""
"""Not an estate: all that this seat has, for the brake (G2)."""

ABSENT = "absent"

COLUMN: Mapping[Outcome, str] = {
    Outcome.ON_TIME: "reported",
    Outcome.LATE: "late",
    Outcome.MISSED: ABSENT,
    Outcome.ANSWERED: ABSENT,
    Outcome.WAIVED: ABSENT,
    Outcome.UNDECIDED: "undecided",
    Outcome.EXCUSED: "excused",
}
"""As what an outcome is counted. A report that answers a warning, or an officer who waives it, changes nothing of who was absent."""

WARNINGS = tuple(f"warnings_{number}" for number in range(1, MOST_IN_A_ROW + 1))


class Told(NamedTuple):
    """When something became so by the time of law, and how: on which proof (law 6), and whether so long ago that it is history (G6)."""

    at: UtcMs
    proven: Proven | None = None
    historic: bool = False


class Move(NamedTuple):
    """A permit that is counted otherwise in a period: no longer as `was`, now as `now`."""

    period: Period
    place: Place
    was: Counted | None
    now: Counted | None
    told: Told
    exercise: bool

    @classmethod
    def that_proves(cls, period: Period, told: Told, *, exercise: bool) -> "Move":
        """Nothing is counted; what proves the period is kept, for those who turn out later to have owed it."""
        return cls(period, Place(firm="", firm_name=""), None, None, told, exercise)


def counted(view: View) -> tuple[Counted, ...]:
    """As what each period of a duty counts."""
    numbers = view.numbers
    return tuple(
        Counted(
            period.day.isoformat(),
            view.duty.place_at(period.due_at).estate,
            COLUMN[outcome],
            numbers.get(period.day, 0) if period.regime.warns else 0,
        )
        for period, outcome in view.open
    )


def moves(view: View, now: tuple[Counted, ...], told: Told) -> Iterator[Move]:
    """What is counted otherwise than was told. A period that has grown too old to change stays as it was told."""
    before, after = {each.day: each for each in view.duty.counted}, {each.day: each for each in now}
    periods = {period.day.isoformat(): period for period, _ in view.decided}
    for day in sorted(before.keys() | after.keys()):
        period = periods.get(day) or named(view.obligation, date.fromisoformat(day))
        if period.due_at >= reach(view.duty, view.sight.deadlines) and before.get(day) != after.get(day):
            yield Move(period, view.duty.place_at(period.due_at), before.get(day), after.get(day), told, view.duty.exercise)


def moved(entries: Mapping[str, Entry], made: Iterable[Move]) -> dict[str, Tally]:
    """The tallies that the moves change: of the estates, and of all. What moves in one that has been forgotten changes nothing."""
    changed: dict[str, Tally] = {}
    for move in made:
        before = tally_name(move.period.obligation, move.was.day, move.was.estate) if move.was else None
        if before is not None and before not in changed and before not in entries:
            continue
        whole = tally_name(move.period.obligation, move.period.day.isoformat(), ALL)
        if whole not in changed and whole not in entries:
            changed[whole] = _begun(move, move.period.day.isoformat(), ALL)
        for said, change in ((move.was, -1), (move.now, 1)):
            for estate in (said.estate, ALL) if said else ():
                assert said is not None  # noqa: S101  else there is no estate
                name = tally_name(move.period.obligation, said.day, estate)
                tally = changed.get(name) or entries.get(name) or _begun(move, said.day, estate)
                changed[name] = _added(tally, said, change, move.told.at)
    return changed


def _begun(move: Move, day: str, estate: str) -> Tally:
    place = replace(move.place, firm="", firm_name="", plant="", plant_name="") if estate else None
    told = move.told
    proven = told.proven if estate == ALL else None
    return Tally(move.period.obligation, day, estate, place, proven=proven, historic=told.historic, exercise=move.exercise)


def _added(tally: Tally, said: Counted, change: int, at: UtcMs) -> Tally:
    columns = dict(tally.columns)
    for column in (said.column, f"warnings_{said.number}") if said.number else (said.column,):
        columns[column] = columns.get(column, 0) + change
    kept = tuple((column, count) for column, count in sorted(columns.items()) if count)
    return replace(tally, columns=kept, changed_at=max(tally.changed_at, at))


def tick_tally(entries: Mapping[str, Entry], tally: Tally, now: Tick, book: Rulebook) -> Step:
    """Everything that is due at this instant has been counted: the estate is told, or of all estates CLOCK."""
    deadlines, obligation = book.policy.deadlines, book.policy.obligation(tally.obligation)
    if obligation is None:
        return Step({tally.name: None})
    period = named(obligation, date.fromisoformat(tally.day))
    forgotten_at = settles_at_of(obligation, period, deadlines)
    if tally.told == tally.columns and forgotten_at <= now.at:
        return Step({tally.name: None})
    told, due = replace(tally, told=tally.columns), {tally.name: Due(at=forgotten_at)}
    if tally.estate == ALL:
        return Step({tally.name: told}, (_count(tally, book),) if tally.columns or tally.told else (), due)
    found = _finding(tally, obligation, period, book)
    whole = entries.get(tally_name(tally.obligation, tally.day, ALL))
    found = found._replace(proven=whole.proven if whole else None)
    spoken, alerts = speak(tally.spoken, (found,), max(tally.changed_at, _closes(period, deadlines)))
    return Step({tally.name: replace(told, spoken=spoken)}, book.said(alerts), due)


def _count(tally: Tally, book: Rulebook) -> Said:
    figures = dict(_numbers(tally))
    count = Count("surveillance", book.partition, tally.obligation, tally.day, figures["due"], figures["absent"], figures["undecided"])
    return Said(PROGRESS, f"{tally.obligation}/{tally.day}", count, book.stamp, partition=0)


def _finding(tally: Tally, obligation: Obligation, period: Period, book: Rulebook) -> Finding:
    """One tally of an estate for each seat that has permits there; whoever adds them up has the estate."""
    figures = dict(_numbers(tally))
    numbers = tuple((column, count) for column, count in figures.items() if count or column in ("due", "reported", "absent"))
    situation = DutySituation(
        place=tally.place or Place(firm="", firm_name=""), obligation=tally.obligation, period=tally.day, permit="", due_at=period.due_at
    )
    return Finding(
        Rule.COUNTED,
        f"{ESTATE}{tally.estate}",
        f"{period.name}/{book.partition}",
        (Reason(Because.COUNTED, figures["absent"], source=period.regime.source),),
        situation,
        numbers,
        share=Share(
            period.name,
            _closes(period, book.policy.deadlines),
            numbers,
            deadline_of(obligation, period),
            quiet=not figures["absent"] and not figures["undecided"],
            settles_at=settles_at_of(obligation, period, book.policy.deadlines),
        ),
        historic=tally.historic,
        exercise=tally.exercise,
    )


def _numbers(tally: Tally) -> Numbers:
    """The columns as they are told. Who reported within the grace is told apart from who reported in time."""
    columns = dict(tally.columns)
    reported, absent, undecided, excused = (columns.get(name, 0) for name in ("reported", "absent", "undecided", "excused"))
    late = columns.get("late", 0)
    figures = {
        "due": reported + late + absent + undecided + excused,
        "reported": reported,
        "late": late,
        "absent": absent,
        "undecided": undecided,
        "excused": excused,
    }
    return tuple(figures.items()) + tuple((warning, columns.get(warning, 0)) for warning in WARNINGS)


def _closes(period: Period, deadlines: Deadlines) -> UtcMs:
    return period.due_at + deadlines.grace_hours * HOUR_MS
