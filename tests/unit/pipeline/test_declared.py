"""What officials declare of workers counts in R12, and opens an incident that nobody has told of."""

import pytest

from schemas.surveillance import AlertState, Because, Certainty, Rule
from tests.story import Chain, bulletin, outcome, retraction


def severity(chain: Chain):
    return [alert for alert in chain.alerts if alert.rule == Rule.SEVERITY][-1]


def headline(alert, name="dead"):
    return next((f.headline.value, [o.value for o in f.others]) for f in alert.situation.figures if f.name == name)


def heard(chain: Chain, *said):
    for number, (at, one) in enumerate(said):
        chain.hears(one._replace(id=f"w-{number}"), at)
    return severity(chain)


ONE = bulletin("IMIP", "estate", kind="fall", injured={"serious": 2})


def test_deaths_that_are_declared_raise_the_grade(chain: Chain):
    """Five workers die in hospital, one after the other: S4 with the first, S5 with the fifth."""
    first = heard(chain, ("11:10", ONE), ("+1d 09:00", outcome("dead")))
    assert (first.grade, headline(first), first.peak) == ("S4", (1, []), 1)
    chain.hears(outcome("dead", persons=4, id="last"), "+1d 10:00")
    last = severity(chain)
    assert (last.grade, headline(last), last.reasons[0].because, last.reasons[0].figure) == ("S5", (5, []), Because.DEAD, 5)


@pytest.mark.parametrize(
    ("dead", "persons", "expected"),
    [
        pytest.param(13, 1, (13, []), id="those declared are among those that were told of"),
        pytest.param(1, 3, (3, [1]), id="more were declared than told of"),
    ],
)
def test_the_highest_official_figure_counts_once(chain: Chain, dead, persons, expected):
    said = heard(chain, ("11:10", bulletin(kind="fall", dead=dead)), ("+1d 09:00", outcome("dead", persons=persons)))
    assert headline(said) == expected


def test_who_is_declared_disabled_or_ill_is_seriously_injured(chain: Chain):
    said = heard(chain, ("11:10", bulletin("IMIP", "estate", kind="fall", injured={"light": 1})), ("12:00", outcome("disabled")))
    assert (said.grade, headline(said, "serious")) == ("S3", (1, []))


def test_a_stranger_declares_nobody_dead(chain: Chain):
    said = heard(chain, ("11:10", ONE), ("12:00", outcome("dead", rank="media")))
    assert said.grade == "S3"


def test_a_declaration_without_a_bulletin_opens_an_escalation(chain: Chain):
    """Marked, so that somebody asks what happened; its clock runs."""
    said = heard(chain, ("+1d 09:00", outcome("dead")))
    assert (said.state, said.grade, said.situation.unresolved) == (AlertState.FIRING, "S4", ("no_bulletin",))
    assert [clock.opened_by for clock in said.situation.clocks] == ["dead"]
    assert said.situation.certainty == Certainty.REPORTED
    assert any(each.to.position == "duty-officer" for each in chain.deliveries)


def test_who_takes_back_every_bulletin_takes_back_what_hung_on_it(chain: Chain):
    """Whichever came first: a declaration cannot be taken back by itself, and would stand for ever."""
    said = heard(chain, ("11:10", ONE), ("12:00", outcome("dead")), ("13:00", retraction(ONE._replace(id="w-0"))))
    assert said.state == AlertState.WITHDRAWN


def test_a_bulletin_that_comes_later_clears_the_doubt(chain: Chain):
    said = heard(chain, ("09:00", outcome("dead")), ("11:10", ONE))
    assert (said.grade, said.situation.unresolved, headline(said)) == ("S4", (), (1, []))
