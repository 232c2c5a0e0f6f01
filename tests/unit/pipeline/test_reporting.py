"""The desk of reporting: who did not report is warned of on proof alone, and whatever arrives later is put right (R1 to R4)."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.ledger import Bound, Count, Odd, Oddity, PlaceSince, StateSince
from schemas.surveillance import Alert, Because
from tests.deadlines import BEGINS, DAY, FRI, GRACE, HOUR, KIIC, MM2100, SIINAS, TUE, TUE2, Deadlines, due
from tests.iomki import DEADLINES

WARNED = "R2 iomki/2021-08-03/P-1"


@pytest.fixture
def seat() -> Deadlines:
    """A seat that knows one firm with one permit, which must report from 3 August 2021 on."""
    seat = Deadlines()
    seat.enrol()
    return seat


def tallied(seat: Deadlines, day: date, partition: int = 0) -> dict[str, int]:
    """What the estate was told last of a period."""
    return dict(seat.alerts[f"R1 iomki/{day}/{partition}"].share.numbers)


def undecided(seat: Deadlines) -> list[Alert]:
    """The last words on those of whom nobody can tell."""
    return [alert for alert in seat.alerts.values() if alert.rule == "law2"]


class TestWarnings:
    def test_who_did_not_report_is_warned_of(self, seat):
        """With the deadline, the instrument, and how it was proven."""
        seat.passes(TUE)
        alert = seat.alerts[WARNED]
        assert (alert.state, alert.revision, alert.at, alert.estate) == ("firing", 1, due(TUE) + GRACE, "mm2100")
        assert [(reason.because, reason.figure) for reason in alert.reasons] == [(Because.NOT_REPORTED, 1)]
        assert alert.reasons[0].source.startswith("SE Menperin 3/2021")
        situation = alert.situation
        assert (situation.period, situation.permit, situation.due_at, situation.number) == ("2021-08-03", "P-1", due(TUE), 1)
        assert (alert.share.period, alert.share.closes, alert.share.numbers) == ("iomki/2021-08-03", due(TUE) + GRACE, ())
        assert (alert.share.deadline.due_at, alert.share.deadline.name_en) == (due(TUE), "IOMKI report")
        proven = alert.proven
        assert (proven.tick, proven.source, proven.through, proven.partitions, proven.of) == (1, SIINAS, due(TUE) + GRACE, 4, 4)

    def test_who_reported_is_not_written_to(self, seat):
        """The tally is said all the same, so that sums are complete; it is quiet."""
        seat.report(TUE)
        seat.passes(TUE)
        assert seat.standing == {}
        assert tallied(seat, TUE) == {"due": 1, "reported": 1, "absent": 0}
        assert seat.alerts["R1 iomki/2021-08-03/0"].share.quiet

    @pytest.mark.parametrize(
        ("published", "read"),
        [
            pytest.param(due(TUE) - 1, due(FRI), id="its source has not published up to the deadline"),
            pytest.param(0, due(FRI), id="its source never said how far it has published"),
            pytest.param(due(FRI), due(TUE) + GRACE - 1, id="not everything has been read"),
        ],
    )
    def test_without_proof_nobody_is_accused_however_late_it_is(self, seat, published, read):
        """Law 6, G1: the tick itself may be days later."""
        assert seat.tick(due(FRI) - 1, published=published, read=read) == []
        assert seat.standing == {}
        seat.tick(due(FRI) - 1)
        assert (seat.standing, seat.alerts[WARNED].at) == ({WARNED: "firing"}, due(TUE) + GRACE)

    def test_each_deadline_is_dated_by_itself(self, seat):
        """Law 3: one tick, three deadlines, and the words of three ticks."""
        seat.tick(due(TUE2) + GRACE)
        other = Deadlines()
        other.enrol()
        for day in (TUE, FRI, TUE2):
            other.passes(day)
        dated = {name: (alert.at, alert.state, alert.situation, alert.share) for name, alert in seat.alerts.items()}
        assert dated == {name: (alert.at, alert.state, alert.situation, alert.share) for name, alert in other.alerts.items()}
        assert seat.alerts["R3 iomki/2021-08-10/P-1/deactivation"].at == due(TUE2) + GRACE

    def test_what_is_decided_long_after_is_history(self, seat):
        """G6: it interrupts nobody."""
        seat.tick(due(TUE) + 40 * DAY)
        assert seat.alerts[WARNED].historic
        assert seat.alerts["R1 iomki/2021-08-03/0"].historic

    def test_nothing_is_left_to_fire_twice(self, seat):
        seat.passes(TUE)
        assert seat.tick(due(TUE) + GRACE + 1) == []

    def test_a_warning_that_has_grown_old_stays_as_it_was_told(self, seat):
        """Nobody took it back: for months the firm reports, and no word says that it was never to have been warned of."""
        seat.passes(TUE)
        for weeks in range(20):
            seat.tick(due(FRI) + (7 * weeks) * DAY + GRACE)
        assert (seat.alerts[WARNED].state, seat.alerts[WARNED].revision) == ("firing", 1)

    def test_who_turns_out_to_have_owed_it_is_accused_on_the_proof_of_that_deadline(self):
        """Law 6: that nobody else owed a report when it was decided makes no difference."""
        seat = Deadlines()
        seat.enrol(obligations=(Bound("iomki", due(TUE)),), registry=1)
        assert [word for word in seat.passes(TUE) if isinstance(word, Count)] == []
        seat.enrol(registry=9)
        assert (seat.standing, seat.alerts[WARNED].proven.tick) == ({WARNED: "firing"}, 1)


class TestReports:
    def test_a_source_that_was_silent_for_months_is_heard(self, seat):
        """Received in time, published when a late report would change nothing any more: nobody had been accused yet."""
        assert seat.report(TUE, due(TUE) - DAY, came=due(TUE) + 70 * DAY) == []
        seat.tick(due(TUE) + 70 * DAY, published=due(TUE))
        assert seat.standing == {}
        assert tallied(seat, TUE) == {"due": 1, "reported": 1, "absent": 0}

    @pytest.mark.parametrize(
        ("after_due", "state", "because", "column"),
        [
            pytest.param(
                -1, "withdrawn", Because.NOT_ACCUSED, "reported", id="received in time and published late: never to have been said"
            ),
            pytest.param(GRACE - 1, "withdrawn", Because.NOT_ACCUSED, "late", id="received within the grace"),
            pytest.param(GRACE, "resolved", Because.ANSWERED, "absent", id="received after the warning: it is answered, and was right"),
        ],
    )
    def test_a_report_that_arrives_after_the_warning_ends_it(self, seat, after_due, state, because, column):
        """Law 7, and the tally agrees with what each receiver last read."""
        seat.passes(TUE)
        seat.report(TUE, due(TUE) + after_due)
        alert = seat.alerts[WARNED]
        assert (alert.state, alert.revision, alert.reasons[0].because) == (state, 2, because)
        assert alert.situation.received_at == due(TUE) + after_due
        seat.tick(due(TUE) + 2 * DAY)
        assert tallied(seat, TUE)[column] == 1

    def test_a_tally_that_changes_is_told_again_and_dated_by_the_report(self, seat):
        seat.passes(TUE)
        seat.report(TUE, due(TUE) + 1)
        seat.tick(due(TUE) + DAY)
        alert = seat.alerts["R1 iomki/2021-08-03/0"]
        assert (alert.revision, alert.at, alert.share.quiet) == (2, due(TUE) + GRACE, True)
        assert tallied(seat, TUE) == {"due": 1, "reported": 0, "late": 1, "absent": 0}

    def test_a_withdrawn_report_is_no_report(self, seat):
        seat.report(TUE, id="s1")
        seat.passes(TUE)
        seat.report(TUE, due(TUE) + DAY, id="s2", state="withdrawn", replaces="s1")
        assert seat.standing == {WARNED: "firing"}

    def test_the_same_report_again_says_nothing(self, seat):
        seat.passes(TUE)
        seat.report(TUE, due(TUE) + DAY)
        assert seat.report(TUE, due(TUE) + DAY) == []

    def test_the_same_id_with_other_content_is_listed_and_decides_nothing(self, seat):
        """Law 5."""
        seat.report(TUE, id="s1")
        (odd,) = seat.report(FRI, id="s1")
        assert isinstance(odd, Oddity)
        assert odd.what is Odd.OTHER_CONTENT
        seat.passes(FRI)
        assert seat.standing == {"R2 iomki/2021-08-06/P-1": "firing"}

    def test_two_reports_that_contradict_each_other_are_both_reports(self, seat):
        """Nobody is accused because a firm was counted twice."""
        seat.report(TUE, id="s1", workers=10)
        seat.report(TUE, id="s2", workers=12)
        seat.passes(TUE)
        assert seat.standing == {}

    def test_a_report_that_comes_too_late_is_listed(self, seat):
        """Beyond the allowed lateness nothing changes any more (law 4)."""
        seat.passes(TUE)
        (odd,) = seat.report(TUE, due(TUE) + DEADLINES.lateness_days * DAY + 1)
        assert (odd.what, seat.standing) == (Odd.TOO_LATE, {WARNED: "firing"})

    def test_what_was_due_before_the_permit_was_known_is_nobodys_business(self, seat):
        """G6."""
        assert seat.report(date(2021, 7, 27)) == []
        assert seat.desk.entries["firm:f1|duty|iomki|P-1"].submissions == ()

    def test_hundreds_of_corrections_stay_small_and_decide_what_they_decided(self, seat):
        """Law 2: the first of them was in time; the rest is counted."""
        for n in range(400):
            seat.report(TUE, BEGINS + DAY + n, id=f"correction-{n:032}")
        duty = seat.desk.entries["firm:f1|duty|iomki|P-1"]
        assert (len(duty.submissions) <= 9, duty.submissions[0].received_at) == (True, BEGINS + DAY)
        assert sum(count for _, count in duty.crowded) == 400 - len(duty.submissions)
        seat.passes(TUE)
        assert (seat.standing, tallied(seat, TUE)["reported"]) == ({}, 1)

    def test_where_too_much_was_said_to_tell_that_nothing_was_nobody_is_accused(self, seat):
        """Everything that is still known of has been withdrawn."""
        for n in range(20):
            seat.report(TUE, BEGINS + DAY + 2 * n, id=f"s{n:02}")
            seat.report(TUE, BEGINS + DAY + 2 * n + 1, id=f"w{n:02}", state="withdrawn", replaces=f"s{n:02}")
        seat.passes(TUE)
        assert seat.standing == {}

    def test_a_report_may_be_heard_before_its_permit(self):
        """The register and the reports come over different topics."""
        seat = Deadlines()
        seat.report(TUE)
        seat.enrol()
        seat.passes(TUE)
        assert seat.standing == {}


class TestDoubts:
    def test_while_a_refused_report_is_unresolved_nobody_is_accused(self, seat):
        """Law 2: counted as undecided, for a person to look at."""
        seat.refused(due(TUE) - HOUR)
        seat.passes(TUE)
        assert seat.standing == {}
        assert tallied(seat, TUE) == {"due": 1, "reported": 0, "absent": 0, "undecided": 1}
        assert not seat.alerts["R1 iomki/2021-08-03/0"].share.quiet

    def test_who_cannot_be_decided_is_named_with_why_until_a_report_or_an_officer_ends_it(self, seat):
        seat.enrol("P-2")
        seat.refused(due(TUE) - HOUR)
        seat.passes(TUE)
        named = {alert.about: (alert.situation.place.firm_name, [r.because for r in alert.reasons]) for alert in undecided(seat)}
        assert named == {f"iomki/2021-08-03/P-{n}": ("PT F1", [Because.REPORT_REFUSED]) for n in (1, 2)}
        seat.report(TUE, due(TUE) + DAY)
        seat.act("excuse", TUE, due(TUE) + DAY, permit="P-2")
        assert [alert.state for alert in undecided(seat)] == ["withdrawn", "withdrawn"]

    def test_a_refusal_that_is_heard_late_takes_the_warning_back(self, seat):
        seat.passes(TUE)
        seat.refused(due(TUE) - HOUR)
        assert seat.standing == {WARNED: "withdrawn"}

    def test_it_takes_back_those_of_all_permits_of_the_firm(self, seat):
        """Nobody knows which permit was meant; both are counted once."""
        seat.enrol("P-2")
        seat.passes(TUE)
        seat.refused(due(TUE) - HOUR)
        assert set(seat.standing.values()) == {"withdrawn"}
        seat.tick(due(TUE) + DAY)
        assert tallied(seat, TUE) == {"due": 2, "reported": 0, "absent": 0, "undecided": 2}

    @pytest.mark.parametrize("decides_first", [False, True])
    def test_what_was_received_in_its_period_and_refused_after_it_may_have_been_its_report(self, seat, decides_first):
        """The source was down over the deadline: what it publishes in the end, it had received before; in whatever order that is read."""
        steps = [lambda: seat.refused(due(TUE) + 2 * DAY, received_at=due(TUE) - HOUR), lambda: seat.passes(TUE)]
        for step in reversed(steps) if decides_first else steps:
            step()
        seat.tick(due(TUE) + 2 * DAY)
        assert "firing" not in seat.standing.values()
        assert tallied(seat, TUE)["undecided"] == 1

    def test_times_that_have_not_come_push_no_other_doubt_out(self, seat):
        """Law 2: however often a source says that it received something tomorrow, what was refused today is not forgotten."""
        seat.refused(due(TUE) - HOUR)
        for hours in range(1_100):
            seat.refused(due(TUE) - HOUR, received_at=due(TUE) + (9 + hours) * HOUR)
        seat.passes(TUE)
        assert seat.standing == {}
        seat.passes(FRI)
        assert list(seat.standing) == ["R2 iomki/2021-08-06/P-1"]

    def test_what_is_refused_later_does_not_take_back_what_was_proven(self, seat):
        seat.passes(TUE)
        seat.refused(due(TUE) + GRACE + HOUR)
        assert seat.standing == {WARNED: "firing"}

    def test_what_is_refused_before_its_period_was_about_the_next(self, seat):
        """The firm did report, too early: nobody accuses it of that period."""
        seat.report(TUE)
        seat.refused(due(TUE) - HOUR, reason="before_its_period")
        seat.passes(TUE)
        seat.passes(FRI)
        assert seat.standing == {}
        seat.passes(TUE2)
        assert list(seat.standing) == ["R2 iomki/2021-08-10/P-1"]

    def test_nobody_who_reports_two_days_before_a_new_circular_takes_effect_is_accused(self, seat):
        """The first period of V3, due on Friday 10 September, opens on that day."""
        for day in (TUE, FRI):
            seat.report(day)
        seat.tick(due(date(2021, 9, 7)) - HOUR)
        seat.refused(due(date(2021, 9, 8)) - HOUR, reason="before_its_period")
        seat.passes(date(2021, 9, 10))
        assert "R2 iomki/2021-09-10/P-1" not in seat.standing

    def test_the_report_that_resolves_it_is_late_and_warned_of_by_nobody(self, seat):
        seat.refused(due(TUE) - HOUR)
        seat.passes(TUE)
        seat.report(TUE, due(TUE) + 2 * DAY)
        seat.tick(due(TUE) + 2 * DAY)
        assert (seat.standing, tallied(seat, TUE)["late"]) == ({}, 1)


class TestPermits:
    def test_a_permit_that_ended_in_mid_period_owes_nothing(self, seat):
        seat.enrol(states=(StateSince(BEGINS, "active"), StateSince(due(TUE) - HOUR, "ended")), registry=9)
        seat.passes(TUE)
        assert seat.alerts == {}

    def test_what_the_register_learns_later_takes_the_warning_back(self, seat):
        """And the firm is not counted among those who owed it."""
        seat.passes(TUE)
        seat.enrol(at=due(TUE) + DAY, obligations=(Bound("iomki", BEGINS),), states=(StateSince(BEGINS, "ended"),), registry=9)
        assert seat.standing == {WARNED: "withdrawn"}
        seat.tick(due(TUE) + DAY)
        assert tallied(seat, TUE) == {"due": 0, "reported": 0, "absent": 0}

    @pytest.mark.parametrize("known", [False, True], ids=["it never had the permit", "it had it before"])
    def test_who_takes_a_permit_over_from_before_its_entry_is_not_accused_of_that_period(self, known):
        """The report bore the former holder's name; and the next period is the new one's own."""
        seat, entered = Deadlines(), due(TUE) - DAY
        if known:
            seat.enrol(states=(StateSince(BEGINS - DAY, "active"), StateSince(BEGINS, "ended")), registry=1)
        states = (StateSince(BEGINS - HOUR, "active"),)
        seat.enrol(at=entered, taken_over=BEGINS - HOUR, states=states, obligations=(Bound("iomki", BEGINS - HOUR),), registry=9)
        seat.passes(TUE)
        assert (seat.standing, tallied(seat, TUE)) == ({}, {"due": 1, "reported": 0, "absent": 0, "undecided": 1})
        assert [reason.because for alert in undecided(seat) for reason in alert.reasons] == [Because.ANOTHER_NAME]
        seat.report(TUE, due(TUE) + DAY)
        seat.tick(due(TUE) + DAY)
        assert (seat.standing, tallied(seat, TUE)["late"]) == ({}, 1)
        seat.passes(FRI)
        assert list(seat.standing) == ["R2 iomki/2021-08-06/P-1"]

    def test_a_permit_that_goes_to_and_fro_for_ever_stays_small(self, seat):
        """Law 2."""
        for hours in range(1, 40):
            seat.enrol(
                at=BEGINS + hours * HOUR, taken_over=BEGINS + hours * HOUR - 9, registry=90 + hours, obligations=(Bound("iomki", BEGINS),)
            )
        assert len(seat.desk.entries["firm:f1|duty|iomki|P-1"].unheard) <= 20
        seat.passes(TUE)
        assert seat.standing == {}

    def test_an_older_word_of_the_register_changes_nothing(self, seat):
        seat.enrol(registry=9)
        assert seat.enrol(states=(StateSince(BEGINS, "ended"),), registry=8) == []
        seat.passes(TUE)
        assert seat.standing == {WARNED: "firing"}

    def test_one_firm_with_two_permits_owes_two_reports(self, seat):
        seat.enrol("P-2")
        seat.report(TUE, permit="P-2")
        seat.passes(TUE)
        assert seat.standing == {WARNED: "firing"}
        assert tallied(seat, TUE) == {"due": 2, "reported": 1, "absent": 1, "warnings_1": 1}

    def test_a_plant_that_moves_in_mid_period_is_the_business_of_where_it_stood_when_it_was_due(self, seat):
        places = (PlaceSince(BEGINS, MM2100), PlaceSince(due(TUE) - HOUR, KIIC))
        seat.enrol(places=places, registry=9)
        seat.passes(TUE)
        assert seat.alerts[WARNED].estate == "kiic"

    def test_a_move_that_is_learnt_later_is_told_in_both_estates(self, seat):
        seat.passes(TUE)
        said = seat.enrol(places=(PlaceSince(BEGINS, KIIC),), registry=9)
        assert [(word.estate, word.state) for word in said if isinstance(word, Alert)] == [("mm2100", "withdrawn"), ("kiic", "firing")]
        seat.tick(due(TUE) + DAY)
        sums = {
            alert.estate: dict(alert.share.numbers)["due"]
            for alert in (w for _, w in seat.words if isinstance(w, Alert))
            if alert.rule == "R1"
        }
        assert sums == {"mm2100": 0, "kiic": 1}

    def test_a_plant_in_another_zone_has_the_same_deadline(self):
        """WITA and WIT: before 24:00 in Jakarta."""
        seat = Deadlines()
        seat.enrol(places=(PlaceSince(BEGINS, msgspec.structs.replace(MM2100, zone="Asia/Jayapura")),))
        seat.report(TUE, due(TUE) - 1)
        seat.passes(TUE)
        assert seat.standing == {}

    def test_holders_of_another_kind_and_obligations_by_name_bind_nobody_else(self):
        seat = Deadlines()
        seat.enrol(holder="warehouse")
        seat.enrol("P-2", obligations=(Bound("wajib-lapor", BEGINS),))
        seat.enrol("P-3", obligations=(Bound("iomki", BEGINS, agreed_with="32"),))
        assert seat.desk.entries.keys() == {"~ruled"}

    def test_an_ended_permit_is_forgotten_when_nothing_can_change_it(self, seat):
        seat.passes(TUE)
        seat.enrol(states=(StateSince(BEGINS, "active"), StateSince(due(TUE) + HOUR, "ended")), registry=9)
        seat.tick(due(FRI) + GRACE)
        seat.tick(due(FRI) + 200 * DAY)
        seat.tick(due(FRI) + 300 * DAY)
        assert seat.desk.entries.keys() == {"~ruled"}


SAID = (
    ("report", TUE, due(TUE) + HOUR, {"id": "s1"}),
    ("report", TUE, due(TUE) + DAY, {"id": "s2", "state": "withdrawn", "replaces": "s1"}),
    ("report", FRI, due(FRI) + 2 * DAY, {"id": "s3"}),
    ("report", TUE2, due(TUE2) - DAY, {"id": "s4"}),
    ("act", "waive", FRI, due(TUE2), {}),
    ("act", "dispute", TUE, due(TUE2), {"position": "firm:f1"}),
    ("finding", TUE, due(TUE2), {"id": "f1"}),
    ("finding", TUE, due(TUE2) + 1, {"id": "f2", "agrees": True}),
    ("refused", due(FRI) - HOUR, {}),
)


@settings(max_examples=60, deadline=None)
@given(st.permutations(SAID), st.lists(st.integers(0, len(SAID) - 1), max_size=3), st.integers(0, len(SAID)))
def test_the_order_of_arrival_leaves_no_trace(said, repeated, decided_after):
    """Law 4: whatever comes before or after the deadlines were decided, in the end the same alerts stand with the same content."""

    def stands(order, decided_after):
        seat = Deadlines()
        seat.enrol()
        for n, (method, *arguments, named) in enumerate(order):
            if n == decided_after:
                seat.passes(TUE2)
            getattr(seat, method)(*arguments, **named)
        seat.tick(due(TUE2) + 2 * DAY)
        return {n: (a.state, a.situation, a.share) for n, a in seat.alerts.items() if a.state == "firing" and not n.startswith("R4")}

    assert stands([*said, *(said[n] for n in repeated)], decided_after) == stands(SAID, 0)
