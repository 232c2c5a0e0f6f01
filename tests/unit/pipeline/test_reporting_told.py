"""Who is reminded before a deadline, and what an estate and CLOCK are told after it (R1, R4)."""

from datetime import date

import pytest

from schemas.ids import COMPLETE, gate
from schemas.ledger import Count
from schemas.surveillance import Alert
from schemas.topics import REPORTS
from tests.deadlines import DAY, GRACE, HOUR, SIINAS, TUE, Deadlines, due

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


class TestReminders:
    def reminded(self, seat: Deadlines) -> list[str]:
        return [word.about for _, word in seat.words if isinstance(word, Alert) and word.rule == "R4"]

    def test_a_firm_that_has_not_reported_is_reminded_twice(self, seat):
        for hours in (24, 3):
            seat.tick(due(TUE) - hours * HOUR)
        assert self.reminded(seat) == ["iomki/2021-08-03/P-1/24h", "iomki/2021-08-03/P-1/3h"]
        alert = seat.alerts["R4 iomki/2021-08-03/P-1/24h"]
        assert (alert.at, alert.share.period) == (due(TUE) - 24 * HOUR, "iomki/2021-08-03/24h")

    def test_who_has_reported_is_not_reminded(self, seat):
        seat.tick(due(TUE) - 24 * HOUR)
        seat.report(TUE, due(TUE) - 10 * HOUR)
        seat.tick(due(TUE) - 3 * HOUR)
        assert self.reminded(seat) == ["iomki/2021-08-03/P-1/24h"]

    def test_who_withdraws_is_reminded(self, seat):
        seat.report(TUE, id="s1")
        seat.report(TUE, due(TUE) - 20 * HOUR, id="s2", state="withdrawn", replaces="s1")
        seat.tick(due(TUE) - 3 * HOUR)
        assert self.reminded(seat) == ["iomki/2021-08-03/P-1/3h"]

    def test_who_is_excused_is_not_reminded(self, seat):
        seat.enrol("P-2")
        seat.act("excuse", TUE, due(TUE) - 2 * DAY)
        seat.tick(due(TUE) - 24 * HOUR)
        assert self.reminded(seat) == ["iomki/2021-08-03/P-2/24h"]
        seat.excuse_all(TUE, due(TUE) - 10 * HOUR)
        seat.tick(due(TUE) - 3 * HOUR)
        assert self.reminded(seat) == ["iomki/2021-08-03/P-2/24h"]

    def test_nobody_is_reminded_while_the_source_is_behind(self, seat):
        """The report may be on its way; and what comes when the deadline has passed is of no use."""
        seat.tick(due(TUE) - HOUR, published=due(TUE) - 25 * HOUR)
        assert self.reminded(seat) == []
        seat.tick(due(TUE) + HOUR, published=due(TUE) + HOUR)
        assert self.reminded(seat) == []


class TestTallies:
    def test_clock_is_told_how_many_are_absent(self, seat):
        """For the brake (G2): in the same tick, once."""
        seat.enrol("P-2", "f2")
        seat.report(TUE)
        said = seat.passes(TUE)
        assert [word for word in said if isinstance(word, Count)] == [Count("surveillance", 0, "iomki", "2021-08-03", 2, 1, 0)]

    def test_the_duties_are_counted_before_the_tally_is_told(self, seat):
        """Fifty firms, one word of each kind."""
        for n in range(50):
            seat.enrol(f"Q-{n}", f"q{n}")
        said = seat.passes(TUE)
        assert sum(isinstance(word, Count) for word in said) == 1
        assert tallied(seat, TUE) == {"due": 51, "reported": 0, "absent": 51, "warnings_1": 51}

    def test_it_is_waited_for_by_everything_that_was_read_first(self, seat):
        seat.passes(date(2021, 7, 30))
        ((_, instant),) = seat.desk.dues.least().proven
        assert instant == due(TUE) - 24 * HOUR
        seat.report(TUE)
        assert seat.desk.dues.least().proven == ((COMPLETE, due(TUE) + GRACE),)

    def test_when_everything_has_been_read_only_its_source_is_waited_for(self, seat):
        """Else a source that is behind would cause a tick at every word."""
        seat.report(TUE)
        seat.tick(due(TUE) + GRACE, published=due(TUE) - 1)
        assert seat.desk.dues.least().proven == ((gate(REPORTS.name, SIINAS), due(TUE)),)
