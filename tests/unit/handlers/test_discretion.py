"""Law 12: what outsiders receive about cases is the same whatever a small count is, in every channel and across revisions."""

import itertools
from collections import defaultdict

import pytest
from msgspec.structs import replace

from handlers import render
from handlers.discretion import discreet
from schemas.discretion import step
from schemas.surveillance import Because, ClusterSituation, Reason
from tests.golden.mail.clusters import CLUSTERS, CONFIRMED, OUTBREAK, SATGAS, cluster, seen
from tests.golden.mail.incidents import SECRETS, links_of

OUTSIDERS = ["dir-perwilayahan", "estate:mm2100", "satgas:33.24", "satgas-provinsi:32", "satgas-nasional", ""]
ENTITLED = ["satgas:32.16", "dinkes:32.16", "satgas:31.75", "dinkes:31.75"]
BECAUSE = {"suspected": Because.CLUSTER_SUSPECTED, "confirmed": Because.CLUSTER_CONFIRMED, "large": Because.CLUSTER_LARGE}
WORKERS = (None, 20, 80, 2200)


def level_of(confirmed: int, probable: int, workers: int | None) -> str:
    """R7, as the domain has it."""
    if confirmed >= 10 or (workers and confirmed >= 2 and confirmed * 100 >= workers * 5):
        return "large"
    if confirmed >= 2:
        return "confirmed"
    return "suspected" if probable >= 2 or (confirmed and probable) else ""


POSSIBLE = [
    replace(CONFIRMED, level=level, confirmed=confirmed, probable=probable, workers=workers)
    for confirmed, probable, workers in itertools.product(range(13), range(6), WORKERS)
    if (level := level_of(confirmed, probable, workers))
]


def sent(situation: ClusterSituation, position: str, before: ClusterSituation | None = None) -> bytes:
    """Everything that leaves for one reader, in every channel."""
    figure = situation.confirmed if situation.level != "suspected" else situation.confirmed + situation.probable
    reasons = (Reason(BECAUSE[situation.level], figure, 2), Reason(Because.ATTACK_RATE, figure * 1000, 2))
    known = seen(1, "C2", before) if before else None
    to = SATGAS | {"position": position}
    told = cluster("C2", replace(situation, rate=figure * 1000, regency_rate=9), *reasons, revision=2, seen=known, **to)
    links = links_of(told)
    return b"".join(
        (render.mail(told, links, 0).content, render.line(told, links, 0).content, render.hook(told, links, 0, SECRETS).content)
    )


def as_told(situation: ClusterSituation) -> tuple[str, int, int]:
    """What an outsider may know of it."""
    return situation.level, step(situation.confirmed), step(situation.probable)


def test_an_outsider_reads_the_same_whatever_a_count_is_within_its_step():
    read = defaultdict(set)
    for situation in POSSIBLE:
        read[as_told(situation)].add(sent(situation, "dir-perwilayahan"))
    assert all(len(letters) == 1 for letters in read.values())


def test_from_no_step_can_a_count_be_told_whatever_rule_made_the_level():
    """The rule is known: of every level and step there must be more than one way to have come to it."""
    ways = defaultdict(set)
    for situation in POSSIBLE:
        ways[as_told(situation)].add(situation.confirmed)
    small = {told: counts for told, counts in ways.items() if min(counts) < 5}
    assert small
    assert all(len(counts) > 1 for counts in small.values())


@pytest.mark.parametrize("position", OUTSIDERS)
def test_no_two_messages_tell_how_few_have_come_or_gone(position):
    """Of every pair of revisions only the steps are told: 3 -> 6 never says +3, and 9 -> 10 never says +1."""
    read = defaultdict(set)
    for before, after in itertools.product((2, 4, 6, 9), range(2, 12)):
        old, new = (replace(CONFIRMED, confirmed=count, probable=0) for count in (before, after))
        read[step(before), step(after)].add(sent(new, position, old))
    assert all(len(letters) == 1 for letters in read.values())


@pytest.mark.parametrize("position", ENTITLED)
def test_those_who_treat_the_cases_are_told_each_number(position):
    for count in (3, 4):
        told = cluster("C2", replace(CONFIRMED, confirmed=count), **SATGAS | {"position": position})
        assert f"{count} terkonfirmasi" in render.text(told, links_of(told))


def test_no_webhook_bears_a_small_count_even_for_those_who_treat_the_cases():
    calls = set()
    for confirmed in range(2, 5):
        told = cluster("C2", replace(CONFIRMED, confirmed=confirmed), **SATGAS | {"channel": "webhook"})
        calls.add(render.hook(told, links_of(told), 0, SECRETS).content)
    assert len(calls) == 1


@pytest.mark.parametrize("position", OUTSIDERS)
def test_the_sum_of_an_estate_is_no_way_to_the_count_of_a_firm(position):
    """Whoever knows the steps of its firms could subtract: outsiders are told how many firms, and never how many cases."""
    letters = set()
    for confirmed in (6, 7, 19, 20, 311):
        reasons = [
            Reason(Because.FIRMS_WITH_CLUSTERS, 3, 3),
            *([Reason(Because.CASES_IN_ESTATE, confirmed, 20)] if confirmed >= 20 else []),
        ]
        told = cluster("C4", replace(OUTBREAK, confirmed=confirmed), *reasons, **SATGAS | {"position": position})
        assert discreet(told).delivery.situation.confirmed == 0
        letters.add(render.text(told, links_of(told)))
    assert len(letters) == 1


def test_an_outsider_does_not_hear_where_the_cases_live():
    """Neither as a fact nor by who else was told."""
    told = CLUSTERS["cluster-outsider"]
    assert "31.75" not in render.text(told, links_of(told))
    assert "31.75" not in render.hook(told, links_of(told), 0, SECRETS).content.decode()


@pytest.mark.parametrize("name", CLUSTERS)
def test_what_is_left_out_once_is_left_out_the_same_twice(name):
    once = discreet(CLUSTERS[name])
    assert discreet(once) == once
