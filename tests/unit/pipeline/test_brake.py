"""The brake: which periods are held back by what all seats have counted, one after the other (G2)."""

from schemas.ledger import Count
from streams.pipeline.brake import MOST_PERIODS, Obligation, counted, judged, lifted
from tests.story import POLICY


def after(obligation: Obligation, period: str, absent: int, due: int = 100) -> Obligation:
    return counted(obligation, Count("surveillance", 0, "iomki", period, due, absent, 0))


def judge(obligation: Obligation) -> Obligation:
    return judged(obligation, POLICY.deadlines, {}).obligation


def test_periods_that_one_tick_proves_are_all_judged_however_many():
    """A source that was silent for weeks proves them together: the first of them are not let through."""
    obligation = Obligation("iomki")
    names = [f"2021-08-{day:02}" for day in range(1, MOST_PERIODS + 5)]
    for name in names:
        obligation = after(obligation, name, 100)
    assert judge(obligation).brakes(1) == tuple(f"iomki/{name}" for name in names)


def test_a_period_of_which_more_turn_out_absent_later_is_braked_then():
    """Everybody had reported; an hour later the source withdraws them all by mistake."""
    quiet = judge(after(Obligation("iomki"), "2021-08-03", 0))
    assert quiet.brakes(1) == ()
    found = judged(after(quiet, "2021-08-03", 100), POLICY.deadlines, {})
    assert found.obligation.brakes(2) == ("iomki/2021-08-03",)
    assert [period.name for period in found.news] == ["2021-08-03"]


def test_what_a_person_has_lifted_stays_off():
    held = judge(after(Obligation("iomki"), "2021-08-03", 90))
    released = lifted(held, held.held("2021-08-03"), 4)
    assert judge(after(released, "2021-08-03", 100)).brakes(5) == ()


def test_a_brake_that_is_lifted_still_holds_for_the_tick_on_its_way():
    """However long ago its period was."""
    obligation = judge(after(Obligation("iomki"), "2021-08-01", 90))
    for day in range(2, MOST_PERIODS + 3):
        obligation = judge(after(obligation, f"2021-08-{day:02}", 0))
    released = lifted(obligation, obligation.held("2021-08-01"), 4)
    assert (released.brakes(4), released.brakes(5)) == (("iomki/2021-08-01",), ())
