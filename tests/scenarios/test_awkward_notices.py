"""Bad input about cases, through INTAKE and the desk of clusters: twice, late, out of order, corrected, moved, withdrawn."""

import pytest

from schemas.ledger import Odd, Oddity
from schemas.surveillance import Alert, AlertState, Rule
from schemas.word import format_time
from tests.story import Chain, Uttered, case, clock

ONE, OTHER = "kasus-abcdefgh-0001", "kasus-abcdefgh-0002"


def of(token: str, number: int = 1, **said) -> Uttered:
    """A notice of a case in hall 2."""
    replaces = said.pop("replaces", {"id": f"{token}/{number - 1}"} if number > 1 else None)
    return case(token, id=f"{token}/{number}", area="hall-2", **said, **({"replaces": replaces} if replaces else {}))


def hears(chain: Chain, *said: Uttered, at: str = "11:10") -> None:
    for one in said:
        chain.surveillance.hears_all(chain.world.says(one, at))


def confirmed(chain: Chain) -> dict[str, int]:
    """How many confirmed cases each firm has whose cluster is open."""
    last = {alert.id: alert for alert in chain.surveillance.said(Alert) if alert.rule == Rule.CLUSTER}
    return {alert.situation.place.firm: alert.situation.confirmed for alert in last.values() if alert.state == AlertState.FIRING}


def odd(chain: Chain) -> list[Odd]:
    return [word.what for word in chain.surveillance.said(Oddity)]


def test_two_cases_are_a_cluster(chain):
    hears(chain, of(ONE), of(OTHER))
    assert confirmed(chain) == {"itss": 2}


def test_a_notice_three_times_is_one_case(chain):
    hears(chain, of(ONE), of(ONE), of(ONE))
    assert (confirmed(chain), odd(chain)) == ({}, [])


def test_two_sources_that_tell_of_the_same_case_tell_of_one(chain):
    """The token says that it is the same; INTAKE makes one case id of it."""
    hears(chain, of(ONE), of(ONE)._replace(source="https://other.example"))
    assert confirmed(chain) == {}


def test_a_notice_again_with_other_content_is_listed_and_decides_nothing(chain):
    hears(chain, of(ONE), of(OTHER), of(OTHER, status="discarded"))
    assert confirmed(chain) == {"itss": 2}
    assert set(odd(chain)) == {Odd.OTHER_CONTENT}


def test_ten_corrections_in_one_second(chain):
    """The last counts, whichever arrives last; and it is told of once a day at most (R9)."""
    at = clock("11:10")
    status = ["suspect", "probable", "confirmed", "discarded", "suspect", "confirmed", "discarded", "probable", "discarded", "confirmed"]
    ten = [of(ONE, n, status=each, reported_at=format_time(at + 100 * n)) for n, each in enumerate(status, 1)]
    for order in (ten, ten[::-1], ten[5:] + ten[:5]):
        fresh = Chain()
        hears(fresh, of(OTHER), *order)
        fresh.surveillance.tick(clock("+2d 00:00"))
        assert confirmed(fresh) == {"itss": 2}
        hears(fresh, of(ONE, 11, status="discarded"), at="+2d 01:00")
        fresh.surveillance.tick(clock("+4d 00:00"))
        assert confirmed(fresh) == {}


def test_a_case_that_was_another_firms_is_right_at_both(chain):
    hears(chain, of(ONE), of(OTHER), of("kasus-abcdefgh-0003", firm="smi"))
    assert confirmed(chain) == {"itss": 2}
    hears(chain, of(OTHER, 2, firm="smi", replaces={"id": f"{OTHER}/1", "firm": "itss"}), at="12:00")
    chain.surveillance.tick(clock("+2d 00:00"))
    assert confirmed(chain) == {"smi": 2}


def test_so_it_is_when_the_correction_comes_first(chain):
    moved = of(OTHER, 2, firm="smi", replaces={"id": f"{OTHER}/1", "firm": "itss"})
    hears(chain, moved, of(ONE), of(OTHER), of("kasus-abcdefgh-0003", firm="smi"))
    assert confirmed(chain) == {"smi": 2}


@pytest.mark.parametrize("first", [True, False])
def test_what_is_withdrawn_is_no_case_whichever_comes_first(chain, first):
    notice, withdrawal = of(OTHER), of(OTHER, 2, withdrawn=True)
    hears(chain, of(ONE), *((notice, withdrawal) if first else (withdrawal, notice)))
    chain.surveillance.tick(clock("+2d 00:00"))
    assert confirmed(chain) == {}


def test_a_withdrawal_of_a_notice_that_was_never_sent_takes_nothing_back(chain):
    hears(chain, of(ONE), of(OTHER), of("kasus-abcdefgh-0003", 2, withdrawn=True))
    assert (confirmed(chain), odd(chain)) == ({"itss": 2}, [])


def test_a_late_notice_within_21_days_counts_and_a_later_one_is_listed(chain):
    hears(chain, of(ONE, onset="2023-12-03"), of(OTHER, onset="2023-12-03"))
    assert confirmed(chain) == {"itss": 2}
    hears(chain, of("kasus-abcdefgh-0003", onset="2023-12-01"))
    assert confirmed(chain) == {"itss": 2}
    assert set(odd(chain)) == {Odd.TOO_LATE}


def test_a_notice_of_the_future_or_without_a_day_breaks_nothing(chain):
    hears(chain, of(ONE, onset="2093-01-01"), of(OTHER, onset=None), of("kasus-abcdefgh-0003", onset="0002-01-01"))
    chain.surveillance.tick(clock("+2d 00:00"))
    assert len(chain.world.admits(case(onset="9997-12-31"), "11:10")) == 2
