"""What is proposed to officials after repeated misses, and what their word changes (R3, G2, G3)."""

from datetime import date

import msgspec
import pytest

from schemas.ledger import Bound, Count, Odd
from schemas.surveillance import Alert, Because
from streams.pipeline.calendar import following
from tests.circulars import due_days
from tests.deadlines import DAY, FRI, FRI2, GRACE, HOUR, TUE, TUE2, TUE3, Deadlines, due
from tests.story import POLICY

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


class TestProposals:
    def test_three_in_a_row_are_proposed_to_officials(self, seat):
        for day in (TUE, FRI, TUE2):
            seat.passes(day)
        alert = seat.alerts["R3 iomki/2021-08-10/P-1/deactivation"]
        assert (alert.state, alert.reasons[0].because, alert.reasons[0].figure) == ("firing", Because.IN_A_ROW, 3)
        assert (alert.situation.step, alert.situation.evidence) == ("deactivation", ("2021-08-03", "2021-08-06", "2021-08-10"))
        assert alert.share.numbers == (("to_check", 1),)

    def test_a_report_received_in_time_after_all_takes_the_proposal_back(self, seat):
        """Law 7: counters roll back, and the later warnings count anew."""
        for day in (TUE, FRI, TUE2):
            seat.passes(day)
        seat.report(FRI, due(FRI) - HOUR)
        assert seat.standing["R3 iomki/2021-08-10/P-1/deactivation"] == "withdrawn"
        assert seat.alerts["R2 iomki/2021-08-10/P-1"].situation.number == 1

    def test_what_officials_confirm_is_settled_and_leads_further(self, seat):
        """G3: only then."""
        for day in (TUE, FRI, TUE2):
            seat.passes(day)
        seat.act("confirm", TUE2, due(TUE2) + DAY, step="deactivation")
        assert seat.alerts["R3 iomki/2021-08-10/P-1/deactivation"].reasons[0].because is Because.CONFIRMED
        seat.passes(FRI2)
        assert seat.alerts["R3 iomki/2021-08-13/P-1/revocation"].reasons[0].because is Because.AFTER_CONFIRMED

    def test_without_their_word_nothing_further_is_proposed(self, seat):
        for day in (TUE, FRI, TUE2, FRI2, TUE3):
            seat.passes(day)
        assert [name for name in seat.standing if name.startswith("R3")] == ["R3 iomki/2021-08-10/P-1/deactivation"]

    def test_who_confirms_what_was_never_proposed_confirms_nothing(self, seat):
        seat.passes(TUE)
        seat.act("confirm", TUE, due(TUE) + DAY, step="deactivation")
        seat.passes(FRI)
        assert [name for name in seat.standing if name.startswith("R3")] == []

    def test_a_dispute_of_a_mere_warning_is_a_matter_for_officials_until_one_of_them_waives_it(self, seat):
        """At once: the digest is closed, and each change of it is told."""
        seat.passes(TUE)
        said = seat.act("dispute", TUE, due(TUE) + DAY, position="firm:f1")
        assert {alert.rule for alert in said} == {"R2", "G3"}
        objection = seat.alerts["G3 iomki/2021-08-03/P-1"]
        assert (objection.state, objection.at, objection.share.numbers) == ("firing", due(TUE) + DAY, (("disputed", 1),))
        seat.act("waive", TUE, due(TUE) + 2 * DAY)
        assert seat.alerts["G3 iomki/2021-08-03/P-1"].state == "withdrawn"

    def test_a_dispute_is_shown_with_everything_that_rests_on_it(self, seat):
        for day in (TUE, FRI, TUE2):
            seat.passes(day)
        seat.act("dispute", FRI, due(TUE2) + DAY, position="firm:f1")
        proposal, warning = seat.alerts["R3 iomki/2021-08-10/P-1/deactivation"], seat.alerts["R2 iomki/2021-08-06/P-1"]
        assert (proposal.situation.disputed, warning.situation.disputed) == (True, True)
        assert proposal.share.numbers == (("to_check", 1), ("objections", 1))
        assert not seat.alerts[WARNED].situation.disputed

    def test_what_was_proposed_long_ago_is_neither_repeated_nor_lost(self, seat):
        """Its periods are forgotten; an officer's word still ends it."""
        for day in (TUE, FRI, TUE2):
            seat.passes(day)
        name = "R3 iomki/2021-08-10/P-1/deactivation"
        for months in range(1, 5):
            seat.tick(due(TUE2) + months * 30 * DAY)
        assert [word.revision for _, word in seat.words if isinstance(word, Alert) and f"{word.rule} {word.about}" == name] == [1]
        seat.act("confirm", TUE2, due(TUE2) + 121 * DAY, step="deactivation")
        assert (seat.standing[name], seat.alerts[name].revision) == ("resolved", 2)

    def test_who_always_reports_is_never_proposed_for_anything(self, seat):
        """However old the reports grow on which that rests."""
        for day in (day for day in due_days() if TUE <= day <= date(2021, 12, 31)):
            seat.report(day)
            seat.passes(day)
        assert seat.standing == {}

    def test_memory_does_not_grow_with_the_years(self, seat):
        """Who never reports and whom nobody answers."""
        sizes = []
        for weeks in range(1, 60):
            seat.tick(due(TUE) + weeks * 7 * DAY)
            sizes.append(len(msgspec.json.encode(seat.desk.entries["firm:f1|duty|iomki|P-1"])))
        assert max(sizes[30:]) <= max(sizes[:30]) < 8_000
        assert len(seat.desk.entries) < 80

    def test_a_statement_found_untrue_is_proposed(self, seat):
        seat.report(TUE)
        seat.passes(TUE)
        seat.finding(TUE, due(TUE) + DAY)
        assert seat.standing == {"R3 iomki/2021-08-03/P-1/revocation": "firing"}

    def test_the_last_word_of_each_inspector_counts(self, seat):
        """In whatever order they come; of the last period that was over, where none is named."""
        seat.report(TUE)
        seat.passes(TUE)
        seat.finding(None, due(TUE) + 2 * DAY, id="f2", agrees=True)
        seat.finding(TUE, due(TUE) + DAY, id="f1")
        assert seat.standing == {}
        seat.finding(TUE, due(TUE) + 2 * DAY, id="f3", by="disnakertrans:72")
        assert set(seat.standing.values()) == {"firing"}

    def test_a_stranger_finds_nothing(self, seat):
        seat.passes(TUE)
        (odd,) = seat.finding(TUE, due(TUE) + DAY, by="somebody")
        assert (odd.what, seat.standing) == (Odd.UNKNOWN_POSITION, {WARNED: "firing"})


class TestOfficers:
    @pytest.mark.parametrize("act", ["waive", "excuse"])
    def test_an_officer_takes_the_warning_back(self, seat, act):
        seat.passes(TUE)
        seat.act(act, TUE, due(TUE) + DAY)
        assert seat.standing == {WARNED: "withdrawn"}

    def test_who_is_not_entitled_changes_nothing(self, seat):
        seat.passes(TUE)
        assert seat.act("waive", TUE, due(TUE) + DAY, position="firm:f1") == []
        assert seat.act("dispute", TUE, due(TUE) + DAY, position="firm:f2") == []
        assert seat.excuse_all(TUE, due(TUE) + DAY, "estate-mm2100") == []
        assert seat.standing == {WARNED: "firing"}

    def test_a_period_excused_for_everybody_takes_all_warnings_back(self, seat):
        """G2: told at the next tick, and dated by the act."""
        seat.enrol("P-2", "f2")
        seat.passes(TUE)
        seat.excuse_all(TUE, due(TUE) + DAY)
        seat.tick(due(TUE) + DAY)
        assert set(seat.standing.values()) == {"withdrawn"}
        assert {seat.alerts[name].at for name in seat.standing} == {due(TUE) + DAY}
        assert tallied(seat, TUE) == {"due": 2, "reported": 0, "absent": 0, "excused": 2}

    def test_an_excuse_before_the_deadline_holds_for_it(self, seat):
        seat.excuse_all(TUE, due(TUE) - DAY)
        seat.passes(TUE)
        assert seat.standing == {}

    def test_an_excuse_lasts_as_long_as_its_source_is_silent(self, seat):
        """Months, if need be."""
        seat.excuse_all(TUE, due(TUE) - DAY)
        seat.tick(due(TUE) + 131 * DAY, published=due(TUE) - HOUR)
        seat.tick(due(TUE) + 132 * DAY, published=due(TUE) + HOUR)
        assert seat.standing == {}

    def test_what_is_said_of_a_permit_before_it_is_enrolled_is_kept(self):
        """A report, an excuse by name; and an excuse for all of another period takes neither away."""
        seat = Deadlines()
        seat.report(TUE)
        seat.act("excuse", FRI, due(TUE) - DAY)
        seat.excuse_all(date(2021, 7, 30), due(TUE) - DAY)
        seat.tick(due(TUE) - DAY)
        seat.enrol()
        seat.passes(FRI)
        assert seat.standing == {}

    def test_an_excuse_long_after_everything_was_forgotten_counts_nothing_below_zero(self, seat):
        """Of an obligation that falls due twice a year the last period stays open for months."""
        seat = Deadlines()
        july = due(date(2024, 7, 31))
        seat.enrol(at=due(date(2024, 6, 30)), obligations=(Bound("siinas", due(date(2024, 6, 30))),))
        seat.tick(july + GRACE)
        seat.tick(july + 104 * DAY)
        seat.hears(seat._acted("excuse", date(2024, 7, 31), july + 104 * DAY, position="dir-perwilayahan", firm="f1", permit="P-1",
                               obligation="siinas"), "firm:f1")  # fmt: skip
        seat.tick(july + 105 * DAY)
        assert all(count.absent >= 0 for count in (word for _, word in seat.words if isinstance(word, Count)))

    def test_an_excuse_is_forgotten_when_nothing_can_be_said_of_it_any_more(self, seat):
        seat.excuse_all(TUE, due(TUE) - DAY)
        seat.tick(due(TUE) + 200 * DAY)
        assert "~excused|iomki" not in seat.desk.entries


def test_what_an_officer_says_half_a_year_later_still_reaches_the_estate():
    """Twice a year means that nothing else has been decided in between."""
    siinas = POLICY.obligation("siinas")
    period = following(siinas, due(siinas.in_service_since))
    seat, late = Deadlines(), period.due_at + 150 * DAY
    for permit in ("P-1", "P-2"):
        seat.enrol(permit, at=period.opens_at - DAY, obligations=(Bound("siinas", period.opens_at - DAY),))
    seat.tick(period.due_at + GRACE)
    seat.tick(late)
    act = msgspec.structs.replace(
        seat._acted("excuse", period.day, late, position="dir-perwilayahan", firm="f1", permit="P-1"), obligation="siinas"
    )
    seat.hears(act, "firm:f1")
    seat.tick(late + HOUR)
    alert = seat.alerts[f"R1 siinas/{period.day}/0"]
    assert dict(alert.share.numbers) == {"due": 2, "reported": 0, "absent": 1, "excused": 1}
    assert alert.share.settles_at > late
