"""Restate: a duty of which something has changed in; how it stands now, its alerts, and what is counted otherwise, out."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.ids import COMPLETE, gate
from schemas.ledger import Tick
from schemas.obligations import LOOK_BACK_DAYS, Obligation
from schemas.policy import Deadlines
from schemas.surveillance import Alert, Proven, Rule
from schemas.topics import REPORTS
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, following, local_day
from streams.pipeline.line import Due, Entry, Step
from streams.pipeline.surveillance.alerts import speak
from streams.pipeline.surveillance.cluster.memory import Informed, Known, known_name
from streams.pipeline.surveillance.doubts import doubts_name
from streams.pipeline.surveillance.reporting.memory import NEVER, Duty, Tally, excused_name, tally_name
from streams.pipeline.surveillance.reporting.outcome import DAY_MS, HOUR_MS, Sight, is_bound, is_over, reach, received_at
from streams.pipeline.surveillance.reporting.picture import findings, settled, view_of
from streams.pipeline.surveillance.reporting.tally import ALL, Move, Told, counted, moved, moves
from streams.pipeline.surveillance.rulebook import Rulebook


class Case(msgspec.Struct, frozen=True, gc=False):
    """What a duty is judged with: the memory, its obligation, the rulebook."""

    entries: Mapping[str, Entry]
    obligation: Obligation
    book: Rulebook


class Restated(NamedTuple):
    """A duty as it stands, the alerts that say what is new of it, and what is counted otherwise."""

    duty: Duty
    alerts: tuple[Alert, ...] = ()
    moves: tuple[Move, ...] = ()


def restated(case: Case, duty: Duty, told: Told) -> Restated:
    """Every period is judged anew by all that is known; what follows is dated as `told` says."""
    view = view_of(duty, case.obligation, _sight(case, duty))

    def proven_of(period: Period) -> Proven | None:
        tally = case.entries.get(tally_name(duty.obligation, period.day.isoformat(), ALL))
        return tally.proven if isinstance(tally, Tally) else told.proven

    spoken, alerts = speak(duty.spoken, findings(view, proven_of, historic=told.historic), told.at)
    now = counted(view)
    after = replace(duty, counted=now, spoken=spoken, proposed=settled(view), revised=False)
    return Restated(after, alerts, tuple(moves(view, now, told)))


def _sight(case: Case, duty: Duty) -> Sight:
    doubts = case.entries.get(doubts_name(duty.subject))
    excused = case.entries.get(excused_name(duty.obligation))
    days = frozenset(day for day, _ in excused.periods) if excused else frozenset()
    return Sight(case.book.policy.deadlines, doubts.hours if doubts else (), days, duty.unheard, _known(case, duty))


def _known(case: Case, duty: Duty) -> tuple[Informed, ...]:
    known = case.entries.get(known_name(duty.subject))
    return known.cases if isinstance(known, Known) else ()


def step_of(entries: Mapping[str, Entry], found: Iterable[Restated], book: Rulebook, now: Tick | None = None) -> Step:
    """The duties, each with its next due, and the tallies, which tell what has changed as soon as time has come there."""
    found = tuple(each._replace(duty=pruned(each.duty, book.policy.deadlines)) for each in found)
    tallies = moved(entries, (move for each in found for move in each.moves))
    due = {each.duty.name: due_of(each.duty, book, now) for each in found} | {n: Due(at=tally.changed_at) for n, tally in tallies.items()}
    return Step({**{each.duty.name: each.duty for each in found}, **tallies}, book.said(a for each in found for a in each.alerts), due)


def due_of(duty: Duty, book: Rulebook, now: Tick | None = None) -> Due:
    """When something will have become of a duty without anybody saying anything: the next reminder, deadline, or the time to forget it."""
    deadlines, obligation = book.policy.deadlines, book.policy.obligation(duty.obligation)
    if duty.enrolled_at == NEVER:
        heard = (
            [said.received_at for said in duty.submissions] + [ruling.at for ruling in duty.rulings] + [i.found_at for i in duty.inspected]
        )
        return Due(at=book.forgotten_at(max(heard, default=0)))
    if duty.revised:
        return Due(at=duty.enrolled_at)
    period = following(obligation, duty.decided_through) if obligation else None
    if obligation is None or period is None or is_over(duty):
        return Due(at=forgotten_at(duty, deadlines))
    source = gate(REPORTS.name, obligation.received_by)
    if not has_reported(duty, period):
        reminder = next((at for at, _ in reminders(period, deadlines) if at > duty.reminded_through), None)
        if reminder is not None and is_bound(duty, obligation, period):
            return Due(proven=(source, reminder))
    decides_at = period.due_at + deadlines.grace_hours * HOUR_MS
    is_read = now is not None and now.complete_through >= decides_at
    return Due(proven=(source, period.due_at) if is_read else (COMPLETE, decides_at))


def reminders(period: Period, deadlines: Deadlines) -> tuple[tuple[UtcMs, int], ...]:
    """When the firm is reminded, and how many hours before the deadline that is; of what could not be verified nobody is (R4)."""
    hours = sorted(deadlines.remind_before_hours, reverse=True) if period.regime.warns else ()
    return tuple((period.due_at - before * HOUR_MS, before) for before in hours)


def has_reported(duty: Duty, period: Period) -> bool:
    """Whether a report for a period has been received that was not withdrawn."""
    day = period.day.isoformat()
    return received_at([said for said in duty.submissions if said.day == day]) is not None


def forgotten_at(duty: Duty, deadlines: Deadlines) -> UtcMs:
    """When nothing that is said of a duty that is over can change anything any more."""
    return duty.decided_through + (deadlines.lateness_days + LOOK_BACK_DAYS) * DAY_MS


def pruned(duty: Duty, deadlines: Deadlines) -> Duty:
    """Without what is too old to matter. What was confirmed or disputed is kept: an officer's word ends what was once proposed."""
    since = reach(duty, deadlines)
    first = local_day(max(since - LOOK_BACK_DAYS * DAY_MS, 0)).isoformat()
    return replace(
        duty,
        submissions=tuple(said for said in duty.submissions if said.day >= first),
        crowded=tuple(each for each in duty.crowded if each[0] >= first),
        rulings=tuple(ruling for ruling in duty.rulings if ruling.day >= first or ruling.act in ("confirm", "dispute")),
        inspected=tuple(found for found in duty.inspected if found.day >= first),
        unheard=tuple(each for each in duty.unheard if each.until > since - LOOK_BACK_DAYS * DAY_MS),
        spoken=tuple(last for last in duty.spoken if last.since >= since or (last.fires and last.is_of(Rule.PROPOSAL))),
    )
