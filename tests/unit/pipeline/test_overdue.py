"""An incident at a firm that owes a report (R15): one level up."""

import pytest
from msgspec.structs import replace

from schemas.surveillance import Alert, AlertState, Because, Rule
from streams.pipeline.surveillance import SURVEILLANCE
from streams.pipeline.surveillance.reporting.memory import Counted, Duty, Holding, holding_name
from tests.story import Seat, World, bulletin, clock

SUBJECT = "firm:itss"


def owing(*columns: str) -> Seat:
    """A seat that has told of one period after the other as this."""
    seat = Seat(SURVEILLANCE)
    counted = tuple(Counted(f"2023-12-{n + 1:02}", "imip", column) for n, column in enumerate(columns))
    duty = Duty(SUBJECT, "siinas", "P-1", counted=counted)
    seat.entries |= {holding_name(SUBJECT): Holding(SUBJECT, (duty.name,)), duty.name: duty}
    return seat


def told(seat: Seat, **said) -> list[Alert]:
    """What is said of R15 on a bulletin."""
    seat.hears_all(World().says(bulletin(**said), clock("11:10")))
    return [alert for alert in seat.said(Alert) if alert.rule == Rule.OVERDUE]


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ({"kind": "vehicle", "injured": {"serious": 1}}, "S4"),
        ({"kind": "vehicle", "dead": 1}, "S5"),
        ({"kind": "vehicle", "dead": 5}, "S5"),
    ],
)
def test_one_level_up(said, grade):
    (alert,) = told(owing("reported", "absent", "absent"), **said)
    assert (alert.state, alert.grade, alert.about) == (AlertState.FIRING, grade, "itss/2023-12-24")
    assert [(reason.because, reason.figure) for reason in alert.reasons] == [(Because.OVERDUE_REPORT, 2)]


def test_what_hurt_little_stays_where_it_is():
    assert told(owing("absent"), kind="vehicle", injured={"light": 1}) == []


@pytest.mark.parametrize("column", ["reported", "late", "excused", "undecided", "answered"])
def test_nothing_else_is_overdue(column):
    assert told(owing(column), kind="vehicle", dead=1) == []


def test_a_firm_that_hands_it_in_ends_it():
    seat = owing("absent")
    told(seat, kind="vehicle", dead=1, id="b-1")
    (name,) = (name for name, entry in seat.entries.items() if isinstance(entry, Duty))
    seat.entries[name] = replace(seat.entries[name], counted=())
    *_, last = told(seat, kind="vehicle", dead=2, id="b-2")
    assert (last.state, last.reasons[0].because) == (AlertState.RESOLVED, Because.ANSWERED)
