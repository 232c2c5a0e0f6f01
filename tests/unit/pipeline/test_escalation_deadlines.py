"""A deadline, from its alerts to what each receiver is told: sums for the offices, names for those who decide, pages for SIINas (R1 to R4)."""

import pytest
from msgspec.structs import replace

from schemas.escalation import Asked, Delivery, Escalation, Item, Role, Why
from schemas.ledger import Tick
from schemas.surveillance import AlertState, Because, Rule, Trouble
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.escalation.gathering import BRAKE_MINUTES
from streams.pipeline.escalation.shares import Gathered
from tests.deadline_alerts import (
    CLOSES,
    DEADLINE,
    DUE,
    PERIOD,
    READ,
    objection,
    place,
    proposal,
    reminder,
    tally,
    trouble,
    undecided,
    warning,
)
from tests.story import DAY, HOUR, MINUTE, Seat

MM2100, GIIC = place("mm2100", "32.16", "PT Mangkir"), place("giic", "32.16", "PT Alpa")
OFFICES = {"estate:mm2100", "dinas-perindustrian:32.16", "dir-perwilayahan"}


@pytest.fixture
def estate() -> Seat:
    return Seat(ESCALATION)


@pytest.fixture
def office() -> Seat:
    return Seat(DELIVERY)


def items_of(estate: Seat, position: str) -> list[Item]:
    return [item for item in estate.said(Item) if item.to.position == position]


class TestWhoIsTold:
    def test_the_offices_and_nobody_for_each_firm(self, estate):
        """A tally, a warning and a proposal of one estate: one item for each office, a page for SIINas."""
        for alert in (tally(MM2100, absent=1), warning(MM2100), proposal(MM2100)):
            estate.hears(alert, "mm2100")
        estate.tick(READ)
        assert {item.to.position for item in estate.said(Item)} == {*OFFICES, "siinas"}
        assert len({(item.to.receiver, item.page) for item in estate.said(Item)}) == len(estate.said(Item))
        assert estate.said(Escalation) == []

    def test_the_parts_of_an_estate_are_added_up(self, estate):
        """Its firms are counted at two seats."""
        estate.hears(tally(MM2100, 0, absent=1), "mm2100")
        estate.hears(tally(MM2100, 1, absent=2, due=7), "mm2100")
        estate.tick(READ)
        (item,) = items_of(estate, "dinas-perindustrian:32.16")
        assert dict(item.numbers) == {"due": 17, "reported": 14, "absent": 3, "undecided": 0}
        assert (item.deadline, item.quiet) == (DEADLINE, False)

    def test_names_are_told_where_a_route_lists_them_and_nowhere_else(self, estate):
        """The warned are SIINas' alone; who is proposed is named to those who check and decide; the estate gets sums."""
        for alert in (tally(MM2100, absent=1), warning(MM2100), proposal(MM2100)):
            estate.hears(alert, "mm2100")
        estate.tick(READ)
        named = {item.to.position: [subject.about for subject in item.subjects] for item in estate.said(Item)}
        proposed, warned = f"{PERIOD}/IOMKI-1/deactivation", f"{PERIOD}/IOMKI-1"
        assert named == {
            "estate:mm2100": [],
            "dinas-perindustrian:32.16": [proposed],
            "dir-perwilayahan": [proposed],
            "siinas": [warned, proposed],
        }

    @pytest.mark.parametrize("matter", [pytest.param(undecided, id="nobody can tell"), pytest.param(objection, id="the firm objects")])
    def test_what_an_official_must_look_at_is_named_to_officials_and_to_nobody_else(self, estate, matter):
        """Not to the estate, and not through SIINas to the firm as if it were held against it."""
        for alert in (tally(MM2100, absent=1), matter(MM2100)):
            estate.hears(alert, "mm2100")
        estate.tick(READ)
        named = {item.to.position: [subject.about for subject in item.subjects] for item in estate.said(Item)}
        about = [f"{PERIOD}/IOMKI-1"]
        assert named == {"estate:mm2100": [], "dinas-perindustrian:32.16": about, "dir-perwilayahan": about}

    def test_those_of_whom_nobody_can_tell_push_nobody_out_of_the_list(self, estate, office):
        for number in range(20):
            estate.hears(undecided(MM2100, f"IOMKI-{number}"), "mm2100")
        estate.hears(proposal(MM2100), "mm2100")
        estate.tick(READ)
        office.hears_all(estate.words)
        office.tick(READ)
        told = next(word for word in office.said(Delivery) if word.to.position == "dir-perwilayahan")
        assert told.situation.subjects[0].about.endswith("/deactivation")
        assert (len(told.situation.subjects), told.situation.more_subjects) == (12, 9)

    def test_who_checks_is_asked_with_a_deadline_once_there_is_something_to_check(self, estate):
        """By Thursday at 16.00, WIB; without a proposal nobody is asked for anything."""
        estate.hears(tally(MM2100, absent=1), "mm2100")
        estate.tick(READ)
        assert {(item.asked, item.to.role) for item in estate.said(Item)} == {((), Role.INFORM)}
        estate.hears(proposal(MM2100, at=READ), "mm2100")
        estate.tick(READ)
        asked = {item.to.position: item.asked for item in estate.said(Item) if item.revision == 2}
        thursday = CLOSES + 32 * HOUR
        assert asked["dinas-perindustrian:32.16"] == (Asked("check_proposals", thursday), Asked("mark_excused", thursday))
        assert asked["dir-perwilayahan"] == (Asked("check_proposals", thursday),)
        assert asked["estate:mm2100"] == ()

    def test_a_deadline_of_the_proposals_own_goes_before_the_policys(self, estate):
        """Of two the earlier."""
        for permit, hours in (("a", 30), ("b", 20)):
            estate.hears(proposal(MM2100, permit, deadlines=(("check", CLOSES + hours * HOUR),)), "mm2100")
        estate.tick(READ)
        assert items_of(estate, "dir-perwilayahan")[0].asked == (Asked("check_proposals", CLOSES + 20 * HOUR),)

    def test_a_deadline_is_remembered_as_long_as_an_officer_may_still_change_it(self, estate):
        """Half a year where that is when the next report falls due."""
        first = tally(MM2100, absent=1)
        estate.hears(replace(first, share=replace(first.share, settles_at=CLOSES + 184 * DAY)), "mm2100")
        estate.tick(READ)
        estate.tick(CLOSES + 185 * DAY)
        assert [entry for entry in estate.entries.values() if isinstance(entry, Gathered)]
        estate.tick(CLOSES + 186 * DAY + 1)
        assert not [entry for entry in estate.entries.values() if isinstance(entry, Gathered)]

    def test_reminders_go_to_siinas_alone_and_are_forgotten_after_a_day(self, estate):
        for before in (24, 3):
            estate.hears(reminder(MM2100, before=before), "mm2100")
            estate.tick(DUE - before * HOUR)
        assert [(item.to.position, item.period, item.page) for item in estate.said(Item)] == [
            ("siinas", f"{PERIOD}/24h", 1),
            ("siinas", f"{PERIOD}/3h", 1),
        ]
        estate.tick_through(DUE - 3 * HOUR + DAY - 1)
        assert [entry.period for entry in estate.entries.values() if isinstance(entry, Gathered)] == [f"{PERIOD}/3h"]
        estate.tick_through(DUE - 3 * HOUR + DAY)
        assert estate.entries == {}

    def test_a_deadline_is_kept_for_as_long_as_a_late_report_may_change_it(self, estate):
        """Sixty days and two."""
        estate.hears(tally(MM2100, absent=1), "mm2100")
        estate.tick_through(CLOSES + 62 * DAY - 1)
        estate.hears(tally(MM2100, revision=2, at=CLOSES + 62 * DAY - 1), "mm2100")
        estate.tick_through(CLOSES + 62 * DAY)
        assert [item.revision for item in items_of(estate, "estate:mm2100")] == [1, 2]
        estate.tick_through(CLOSES + 124 * DAY)
        assert estate.entries == {}

    def test_a_firm_outside_every_estate_has_no_manager_to_tell(self, estate):
        outside = place("regency:32.16", "32.16", "PT Luar")
        estate.hears(tally(outside, absent=1), outside.estate)
        estate.tick(READ)
        assert {item.to.position for item in estate.said(Item)} == {"dinas-perindustrian:32.16", "dir-perwilayahan"}


class TestWhoIsToldByName:
    def test_who_was_told_of_by_name_is_told_of_when_it_is_over(self, estate):
        """SIINas hears that the warning is withdrawn; of one that came and went between two ticks it hears nothing."""
        estate.hears(warning(MM2100, "a"), "mm2100")
        estate.tick(READ)
        estate.hears(warning(MM2100, "a", state=AlertState.WITHDRAWN, revision=2, at=READ), "mm2100")
        estate.hears(warning(MM2100, "b", at=READ), "mm2100")
        estate.hears(warning(MM2100, "b", at=READ, state=AlertState.WITHDRAWN, revision=2), "mm2100")
        estate.tick(READ)
        heard = [[(subject.about[-1], subject.state) for subject in item.subjects] for item in items_of(estate, "siinas")]
        assert heard == [[("a", AlertState.FIRING)], [("a", AlertState.WITHDRAWN)]]

    def test_the_order_of_alerts_leaves_no_trace(self):
        """Law 4: the same items, to the byte."""
        alerts = [tally(MM2100, 0, absent=1), tally(MM2100, 1), warning(MM2100, "a"), proposal(MM2100, "b"), proposal(MM2100, "a")]
        said = []
        for order in (alerts, alerts[::-1]):
            seat = Seat(ESCALATION)
            for alert in order:
                seat.hears(alert, "mm2100")
            seat.tick(READ)
            said.append(seat.words)
        assert said[0] == said[1]


class TestQuiet:
    def chained(self, estate: Seat, office: Seat, at: int) -> list[Delivery]:
        """One tick through both rooms; what is told."""
        before = len(office.words)
        office.hears_all(estate.tick(at))
        said = office.tick(at)
        office.hears_all(said)
        return [word.word for word in office.words[before:] if isinstance(word.word, Delivery)]

    def test_nobody_is_written_to_because_nothing_is_the_matter(self, estate, office):
        for where in (MM2100, GIIC):
            estate.hears(tally(where), where.estate)
        assert self.chained(estate, office, READ) == []

    def test_a_quiet_estate_stands_in_the_table_of_its_regency_but_its_manager_is_left_alone(self, estate, office):
        estate.hears(tally(MM2100), "mm2100")
        estate.hears(tally(GIIC, absent=1), "giic")
        heard = {letter.to.position: letter.situation for letter in self.chained(estate, office, READ)}
        assert set(heard) == {"estate:giic", "dinas-perindustrian:32.16", "dir-perwilayahan"}
        assert [(row.key, row.counts) for row in heard["dinas-perindustrian:32.16"].rows] == [
            ("mm2100", (10, 10, 0, 0)),
            ("giic", (10, 9, 1, 0)),
        ]
        assert {situation.deadline for situation in heard.values()} == {DEADLINE}

    def test_who_was_told_hears_that_nothing_is_the_matter_any_more(self, estate, office):
        """The report had come in time: the truth is told, six hours later, to those who heard otherwise."""
        estate.hears(tally(MM2100, absent=1), "mm2100")
        assert {letter.to.position for letter in self.chained(estate, office, READ)} == OFFICES
        estate.hears(tally(MM2100, revision=2, at=READ + HOUR), "mm2100")
        assert self.chained(estate, office, READ + HOUR) == []
        later = self.chained(estate, office, READ + 7 * HOUR)
        assert {letter.to.position for letter in later} == OFFICES
        assert {dict(letter.situation.numbers())["absent"] for letter in later} == {0}

    def test_what_becomes_loud_is_told_for_the_first_time(self, estate, office):
        """A firm that could not be judged has not reported after all."""
        estate.hears(tally(MM2100), "mm2100")
        self.chained(estate, office, READ)
        estate.hears(tally(MM2100, absent=1, revision=2, at=READ + HOUR), "mm2100")
        assert {(letter.to.position, letter.revision) for letter in self.chained(estate, office, READ + HOUR)} == {(o, 1) for o in OFFICES}


class TestBrake:
    """G2: nothing leaves of a period that is held back for a person."""

    def tick(self, estate: Seat, at: int, *brakes: str) -> None:
        due = [name for name, due in estate.dues.items() if due.at is not None and due.at <= at]
        for name in sorted(due):
            estate.hears(Tick(number=1, at=at, wall=at, complete_through=at, brakes=brakes), name)
            assert name not in estate.dues or estate.dues[name].at > at

    def test_what_is_held_back_is_looked_at_again_and_told_when_the_brake_is_off(self, estate):
        """With what came in the meantime; another period is told at once."""
        estate.hears(tally(MM2100, absent=9), "mm2100")
        estate.hears(replace(warning(MM2100), share=replace(warning(MM2100).share, period="iomki/2021-07-30")), "mm2100")
        self.tick(estate, READ, PERIOD)
        assert {item.period for item in estate.said(Item)} == {"iomki/2021-07-30"}
        self.tick(estate, READ + BRAKE_MINUTES * MINUTE - 1)
        assert {item.period for item in estate.said(Item)} == {"iomki/2021-07-30"}
        estate.hears(tally(MM2100, absent=2, revision=2, at=READ + HOUR), "mm2100")
        self.tick(estate, READ + HOUR, PERIOD)
        self.tick(estate, READ + 2 * HOUR)
        (item,) = items_of(estate, "estate:mm2100")
        assert (item.revision, dict(item.numbers)["absent"]) == (1, 2)

    def test_nothing_leaves_before_everybody_has_counted(self, estate):
        """A seat is behind: whether there is a brake is known with the next tick."""
        estate.hears(tally(MM2100, absent=9), "mm2100")
        (name,) = estate.dues
        estate.hears(Tick(number=1, at=READ, wall=READ, complete_through=READ, complete=False), name)
        assert estate.said(Item) == []
        self.tick(estate, READ + MINUTE, PERIOD)
        assert estate.said(Item) == []
        self.tick(estate, READ + HOUR)
        assert {item.to.position for item in estate.said(Item)} == OFFICES

    def test_a_correction_is_held_back_too(self, estate):
        estate.hears(tally(MM2100, absent=1), "mm2100")
        self.tick(estate, READ)
        estate.hears(tally(MM2100, absent=8, revision=2, at=READ + HOUR), "mm2100")
        self.tick(estate, READ + HOUR, PERIOD)
        assert len(items_of(estate, "estate:mm2100")) == 1


SOURCES = (
    pytest.param(Rule.SILENT, Because.SOURCE_SILENT, Trouble.SILENT, id="R20"),
    pytest.param(Rule.UNPROVEN, Because.NOT_PROVEN, Trouble.UNPROVEN, id="G1"),
    pytest.param(Rule.BRAKE, Because.TOO_MANY_ABSENT, Trouble.BRAKED, id="G2"),
)


class TestSources:
    @pytest.mark.parametrize(("rule", "because", "what"), SOURCES)
    def test_the_duty_officer_and_the_owner_hear_once_and_at_once(self, estate, rule, because, what):
        """And that it is over; an hour later nobody is told again."""
        estate.hears(trouble(rule, because, what), "desk")
        estate.tick_through(CLOSES + HOUR)
        assert [(d.to.position, d.why) for d in estate.said(Delivery)] == [
            ("duty-officer", Why.FIRST_NOTICE),
            ("source:https://siinas.example", Why.FIRST_NOTICE),
        ]
        estate.hears(trouble(rule, because, what, revision=2, state=AlertState.RESOLVED, at=CLOSES + HOUR), "desk")
        assert [(d.to.position, d.why) for d in estate.said(Delivery)[2:]] == [
            ("duty-officer", Why.FACTS_CHANGED),
            ("source:https://siinas.example", Why.FACTS_CHANGED),
        ]
        assert [word.state for word in estate.said(Escalation)] == ["open", "ended"]

    def test_an_owner_whom_the_roster_lacks_is_the_duty_officers_to_find(self, estate):
        estate.hears(trouble(Rule.SILENT, Because.SOURCE_SILENT, Trouble.SILENT, who="https://unknown.example"), "desk")
        assert [d.to.position for d in estate.said(Delivery)] == ["duty-officer"]

    def test_two_troubles_of_one_source_are_told_each_as_it_is(self, estate):
        """Silent, and a deadline not proven; the end of the one is not that of the other."""
        estate.hears(trouble(Rule.SILENT, Because.SOURCE_SILENT, Trouble.SILENT), "desk")
        estate.hears(trouble(Rule.UNPROVEN, Because.NOT_PROVEN, Trouble.UNPROVEN), "desk")
        estate.hears(trouble(Rule.SILENT, Because.SPEAKS_AGAIN, Trouble.SILENT, revision=2, state=AlertState.RESOLVED), "desk")
        heard = [(d.matter, d.situation.what, d.why) for d in estate.said(Delivery) if d.to.position == "duty-officer"]
        assert heard == [
            ("silence", Trouble.SILENT, Why.FIRST_NOTICE),
            ("proof", Trouble.UNPROVEN, Why.FIRST_NOTICE),
            ("silence", Trouble.SILENT, Why.FACTS_CHANGED),
        ]
        assert estate.said(Escalation)[-1].state == "open"
