"""Law 7 at report deadlines: whatever arrives in whatever order, in the end the warnings, the sums and everybody's last letter are true."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.escalation import Delivery
from schemas.ledger import Bound, PlaceSince, StateSince
from schemas.policy import Audience, Digest, How, Route
from schemas.surveillance import Alert, Rule
from schemas.topics import DELIVERY_INBOX
from streams.live.library import Library
from tests import truth
from tests.circulars import DAY, HOUR, due_at
from tests.deadlines import BEGINS, FRI, KIIC, MM2100, TUE, Deadlines
from tests.story import LIBRARY, POLICY
from tests.trials import FAULTS, Trial
from tests.truth import Fact

PERMITS = (("f1", "P-1"), ("f1", "P-2"), ("f2", "P-3"))
"""One firm with two permits, and another."""
DAYS = (TUE, FRI)
PLACES = {"WIB": MM2100, "WITA": replace(KIIC, zone="Asia/Makassar"), "WIT": replace(MM2100, zone="Asia/Jayapura")}


def reports():
    """A report: received somewhere around the deadline, published then or days later."""
    states = st.sampled_from(("submitted", "corrected", "returned", "withdrawn"))
    hours = st.tuples(st.integers(-70, 20), st.integers(0, 50))
    what = st.tuples(states, st.integers(0, 3))
    return st.tuples(st.just("report"), st.sampled_from(PERMITS), st.sampled_from(DAYS), hours, what)


def happenings():
    """What happens between two ticks."""
    refused = st.tuples(st.just("refused"), st.sampled_from(("f1", "f2")), st.sampled_from(DAYS), st.integers(-70, 20))
    moves = st.tuples(st.just("moves"), st.sampled_from(PERMITS), st.sampled_from(sorted(PLACES)))
    ends = st.tuples(st.just("ends"), st.sampled_from(PERMITS), st.sampled_from(DAYS), st.integers(-70, 20))
    ticks = st.tuples(st.just("tick"), st.integers(0, 140))
    return st.lists(st.one_of(reports(), reports(), refused, moves, ends, ticks), max_size=14)


class Lived:
    """A seat, and what is so of it."""

    def __init__(self) -> None:
        self.seat = Deadlines()
        self.facts: list[Fact] = []
        self.ended: dict[str, int] = {}
        self.place = dict.fromkeys((permit for _, permit in PERMITS), MM2100)
        for firm, permit in PERMITS:
            self._enrol(firm, permit)

    def _enrol(self, firm: str, permit: str) -> None:
        ends = self.ended.get(permit)
        states = (StateSince(BEGINS, "active"), *((StateSince(ends, "ended"),) if ends else ()))
        bound = (Bound("iomki", BEGINS, ends),)
        place = PlaceSince(BEGINS, replace(self.place[permit], firm=firm))
        self.seat.enrol(permit, firm, at=BEGINS, states=states, obligations=bound, places=(place,), registry=self.seat.offset + 1)

    def report(self, whose: tuple[str, str], day: date, hours: tuple[int, int], what: tuple[str, int]) -> None:
        (firm, permit), (hour, late), (state, number) = whose, hours, what
        at = due_at(day) + hour * HOUR
        id, replaces = f"{permit}/{day}/{number}", "" if state == "submitted" else f"{permit}/{day}/{(number + 1) % 4}"
        if any(fact.id == id for fact in self.facts):
            return
        said = {"state": state} | ({"replaces": replaces} if replaces else {})
        self.seat.report(day, at, id=id, permit=permit, firm=firm, came=at + late * HOUR, **said)
        self.facts.append(Fact("report", firm, permit, day, at, id, state, replaces, at))

    def refused(self, firm: str, day: date, hours: int) -> None:
        at = due_at(day) + hours * HOUR
        self.seat.refused(at, firm)
        self.facts.append(Fact("refused", firm, "", day, at, appended=at))

    def moves(self, whose: tuple[str, str], zone: str) -> None:
        self.place[whose[1]] = PLACES[zone]
        self._enrol(*whose)

    def ends(self, whose: tuple[str, str], day: date, hours: int) -> None:
        self.ended[whose[1]] = due_at(day) + hours * HOUR
        self._enrol(*whose)

    def tick(self, hours: int) -> None:
        self.seat.tick(due_at(TUE) + hours * HOUR)

    def verdicts(self) -> dict[tuple[str, date], str]:
        owed = [
            Fact("owes" if self.ended.get(permit, due_at(day)) >= due_at(day) else "exempt", firm, permit, day)
            for firm, permit in PERMITS
            for day in DAYS
        ]
        return dict(truth.verdicts([*owed, *self.facts]))


@given(happenings())
def test_in_the_end_the_warnings_and_the_sums_are_true(happened):
    """Late, returned, corrected, withdrawn and refused reports; permits that end in mid-period or turn out to stand elsewhere."""
    lived = Lived()
    for what, *how in happened:
        getattr(lived, what)(*how)
    lived.seat.tick(due_at(FRI) + 3 * DAY)
    verdicts = lived.verdicts()
    alerts: dict[tuple[str, str], Alert] = {(a.id, a.estate): a for a in (w for _, w in lived.seat.words if isinstance(w, Alert))}
    firing = {(a.situation.permit, a.situation.period, a.estate) for a in alerts.values() if a.rule == Rule.WARNING and a.state == "firing"}
    absent = {(permit, day) for (permit, day), verdict in verdicts.items() if verdict == "absent"}
    assert firing == {(permit, day.isoformat(), lived.place[permit].estate) for permit, day in absent}
    sums: Counter[tuple[str, str]] = Counter()
    for alert in alerts.values():
        if alert.rule == Rule.COUNTED:
            sums.update({(alert.situation.period, name): count for name, count in alert.share.numbers if not name.startswith("warnings")})
    assert +sums == +Counter(_expected(verdicts))


COLUMNS = {
    "on time": ("reported",),
    "late": ("late",),
    "undecided": ("undecided",),
    "absent": ("absent",),
    "answered": ("absent",),
}


def _expected(verdicts):
    """What is to be added up of each permit."""
    for (_, day), verdict in verdicts.items():
        if verdict != "exempt":
            yield from ((day.isoformat(), column) for column in ("due", *COLUMNS[verdict]))


TOLD = ("dir-perwilayahan", "dinas-perindustrian:72.06")
ROUTES = (
    Route(
        rule=Rule.COUNTED, how=How.DIGEST, matter="reporting", digest="sums",
        tell=(Audience(position="dir-perwilayahan", role="inform"), Audience(position="dinas-perindustrian:{regency}", role="inform")),
    ),
)  # fmt: skip
ESCALATING = POLICY.escalation.model_copy(update={"routes": ROUTES, "digests": (Digest(name="sums", keep_days=60, source="test"),)})
UNBRAKED = POLICY.deadlines.model_copy(update={"brake_percent": 100})
TELLING = Library({POLICY.revision: POLICY.model_copy(update={"escalation": ESCALATING, "deadlines": UNBRAKED})}, LIBRARY.rosters)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_receivers_last_letter_is_true(fault):
    """Through the whole line: what an office of a regency and one of the ministry read last of a deadline is how it was."""
    letters = 0
    for seed in range(4):
        trial = Trial(seed, fault, TELLING).play()
        verdicts = truth.verdicts(trial.facts)
        homes = {fact.permit: trial.homes[fact.firm] for fact in trial.facts}
        last = {
            (d.to.position, d.situation.period): dict(zip(d.situation.columns, d.situation.totals, strict=True))
            for d in trial.line.words(DELIVERY_INBOX)
            if isinstance(d, Delivery)
        }
        letters += len(last)
        for position in TOLD:
            for day in trial.days:
                mine = {k: v for k, v in verdicts.items() if k[1] == day and position.partition(":")[2] in ("", homes[k[0]])}
                true = Counter(column for _, column in _expected(mine))
                read = last.get((position, f"iomki/{day}"))
                if read is None:
                    assert not true["absent"] + true["undecided"], (seed, position, day)
                else:
                    assert {name: count for name, count in read.items() if count and not name.startswith("warnings")} == +true, (
                        seed,
                        position,
                    )
    assert letters


def test_a_letter_is_told_again_to_those_who_read_it_and_to_nobody_else():
    """A report received in time and published after the morning's letter: the same receivers, the same thread, one revision more."""
    told = 0
    for seed in range(12):
        trial = Trial(seed, "clock back a little", TELLING).play()
        readers: dict[str, set[str]] = {}
        for letter in (d for d in trial.line.words(DELIVERY_INBOX) if isinstance(d, Delivery)):
            if letter.revision > 1:
                assert letter.to.receiver in readers[letter.thread]
                told += 1
            readers.setdefault(letter.thread, set()).add(letter.to.receiver)
    assert told
