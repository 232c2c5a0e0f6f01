"""The story `bekasi` through the whole line in memory: who was told of which cluster, from when on, and who was left in peace."""

import re

import pytest

from handlers import letter
from schemas.delivery import Attempt
from schemas.escalation import Delivery, Role
from schemas.topics import ATTEMPTS, DELIVERY_INBOX, PARKED, REJECTED
from schemas.word import format_time
from streams.replay.dry_run import DryRun
from streams.replay.story_time import play
from streams.simulate import shelf
from tests.story import admission, dry_run

HOME, WORK = "31.75", "32.16"


@pytest.fixture(scope="module")
def line() -> DryRun:
    line = dry_run(admission(entries=()))
    assert play(line, shelf.load("bekasi")) == ()
    return line


def deliveries(line):
    return [word for word in line.words(DELIVERY_INBOX) if isinstance(word, Delivery)]


def first_told(line, estate, grade):
    """Who was told at that grade, and when first, in UTC."""
    told = {}
    for each in deliveries(line):
        if (each.estate, each.grade) == (estate, grade):
            told.setdefault(each.to.position, format_time(each.at)[:16])
    return told


def test_task_forces_of_workplace_and_residence_are_told_with_the_estate(line):
    at_once = (f"satgas:{WORK}", f"dinkes:{WORK}", "estate:mm2100", f"satgas:{HOME}", f"dinkes:{HOME}")
    assert first_told(line, "mm2100", "C1") == dict.fromkeys(at_once, "2020-08-21T13:00")


def test_what_is_large_reaches_province_and_ministry(line):
    told = first_told(line, "mm2100", "C3")
    assert {told[position] for position in ("satgas-provinsi:32", "dir-perwilayahan")} == {"2020-08-25T11:08"}


def test_whoever_is_only_to_know_is_asked_for_nothing(line):
    homes = [each for each in deliveries(line) if each.to.position.endswith(HOME)]
    assert homes
    assert all(each.to.role == Role.INFORM and not each.asked for each in homes)


def test_three_plants_of_one_estate_are_an_outbreak(line):
    told = first_told(line, "mm2100", "C4")
    assert {"satgas:32.16", "dinkes:32.16", "estate:mm2100", "dir-perwilayahan", "dg-kpaii"} <= set(told)


def test_firms_with_one_case_wake_nobody(line):
    assert not [each for each in deliveries(line) if each.situation.place.regency in ("32.15", HOME)]


def test_nothing_is_refused_or_parked(line):
    assert not [*line.words(REJECTED), *line.words(PARKED)]


def test_no_subject_to_the_ministry_bears_a_small_count(line):
    tried = [word for word in line.words(ATTEMPTS) if isinstance(word, Attempt) and word.delivery.to.position == "dir-perwilayahan"]
    subjects = {letter.subject(each).split(": ", 1)[1] for each in tried if each.delivery.grade.startswith("C")}
    assert subjects
    assert not [subject for subject in subjects if re.search(r"\b([1-4]|1[1-4]|2[1-4]) terkonfirmasi", subject)]
