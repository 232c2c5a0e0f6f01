"""Law 12 over whole histories: neither what outsiders are told, nor how often, nor its numbering, is a way to a small count."""

import itertools
from collections import defaultdict

import pytest

from handlers import render
from handlers.sign import ticket
from schemas.delivery import Attempt
from schemas.discretion import counts_all, step
from schemas.escalation import AdmittedAct, Answer, Delivery, Escalation, Judged
from schemas.ids import escalation_id
from schemas.ledger import Origin
from schemas.surveillance import Alert, AlertState, Because, ClusterSituation, Reason, Rule
from streams.console.ackpage import paper
from streams.console.ackpage.ticket import Opened
from streams.pipeline.delivery.thread import seen_of
from streams.pipeline.escalation import ESCALATION
from tests.clinic import place
from tests.golden.mail.incidents import SECRETS, links_of
from tests.story import DAY, HOUR, MINUTE, Seat, clock

COUNTS = ((0, 2, 4, 5), (2, 4, 9, 10))
BEGAN = clock("11:00")
ABOUT = "cluster/pabrik/p1"
E_ID = escalation_id("mm2100", ABOUT)
HOME = "31.75"


def level_of(count: int) -> tuple[str, str, Because]:
    if count >= 10:
        return "large", "C3", Because.CLUSTER_LARGE
    return ("confirmed", "C2", Because.CLUSTER_CONFIRMED) if count else ("none", "C2", Because.NO_CLUSTER)


def alert(count: int, revision: int, at: int, **known) -> Alert:
    """R7's word on so many confirmed cases; of none that there is no cluster."""
    level, grade, because = level_of(count)
    known = {"first_day": "2023-12-10", "last_day": f"2023-12-{10 + count}", "residences": (HOME,) if count % 2 else ()} | known
    return Alert(
        id="R7-1",
        rule=Rule.CLUSTER,
        estate="mm2100",
        about=ABOUT,
        since=BEGAN,
        revision=revision,
        state=AlertState.FIRING if count else AlertState.WITHDRAWN,
        at=at,
        grade=grade,
        grade_now=grade,
        peak=count,
        reasons=(Reason(because, count, 2),),
        situation=ClusterSituation(place=place(), level=level, confirmed=count, workers=900, **known),
        exercise=True,
    )


def acted(seat: Seat, position: str, revision: int, at: int, /, id: str, *, act: str = "acknowledge") -> Answer:
    said = AdmittedAct(act, "https://people.example", id, E_ID, revision, position, "petugas", at, Origin("operator-acts", 0, 1))
    return seat.hears(said, "mm2100")[-1].word


def lived(counts: tuple[int, ...]) -> tuple[Seat, list[Answer]]:
    """A history: one count every half hour, of which a change alone is said, and what an outsider who took it at first is answered."""
    seat, known, revision, answers = Seat(ESCALATION), 0, 0, []
    for turn, count in enumerate(counts):
        at = BEGAN + turn * 30 * MINUTE
        if count != known:
            revision, known = revision + 1, count
            seat.hears(alert(count, revision, at), "mm2100")
        answers.append(acted(seat, "estate:mm2100", 1, at + MINUTE, f"a{turn}"))
    seat.tick_through(BEGAN + 3 * HOUR)
    return seat, answers


def received(seat: Seat, position: str) -> bytes:
    """All that leaves for one position, in every channel."""
    out, root, seen = [], "", None
    for told in seat.said(Delivery):
        if told.to.position != position:
            continue
        sent = Attempt(told, 1, told.at + DAY, root=root, seen=seen)
        links = links_of(sent)
        out += [render.mail(sent, links, 0).content, render.line(sent, links, 0).content, render.hook(sent, links, 0, SECRETS).content]
        root, seen = root or told.id, seen_of(told)
    return b"".join(one if isinstance(one, bytes) else one.encode() for one in out)


def page_of(seat: Seat, position: str) -> str:
    """The page behind the first link of a position, as it stands at last."""
    told = [each for each in seat.said(Delivery) if each.to.position == position]
    return paper.page(paper.Sheet(Opened(ticket(told[0], 1), told[0], told[-1]), seat.said(Escalation)[-1], "mark"))


def as_told(count: int) -> tuple[str, int]:
    return level_of(count)[0], step(count)


HISTORIES = [history for counts in COUNTS for history in itertools.product(counts, repeat=3) if history[0]]


def test_whole_histories_of_equal_steps_are_one_to_an_outsider():
    """Letters, short lines, webhooks, answers and page: byte by byte, in the same number."""
    read, ways = defaultdict(set), defaultdict(int)
    for counts in HISTORIES:
        seat, answers = lived(counts)
        steps = tuple(as_told(count) for count in counts)
        ways[steps] += 1
        outsiders = {each.to.position for each in seat.said(Delivery) if not counts_all(each.to.position)}
        for position in sorted(outsiders):
            heard = (received(seat, position), page_of(seat, position), tuple((each.judged, each.revision) for each in answers))
            read[steps, position].add(heard)
        read[steps, ""].add(tuple(sorted(outsiders)))
    assert max(ways.values()) >= 8
    assert [told for told, heard in read.items() if len(heard) > 1] == []


def test_those_who_treat_the_cases_are_told_of_each_change():
    seat, _ = lived((2, 3, 4))
    told = [each for each in seat.said(Delivery) if each.to.position == "satgas:32.16"]
    assert [each.revision for each in told] == [1, 2, 3]
    assert [each.situation.confirmed for each in told] == [2, 3, 4]
    assert [each.revision for each in seat.said(Delivery) if each.to.position == "estate:mm2100"] == [1]


def test_an_outsider_answers_what_it_was_told():
    """By its own count; by that of others it is out of date."""
    seat, answers = lived((2, 3, 4))
    assert [each.judged for each in answers] == [Judged.RECORDED, Judged.REPEATED, Judged.REPEATED]
    assert acted(seat, "estate:mm2100", 3, BEGAN + 4 * HOUR, "b").judged == Judged.OUTDATED
    assert acted(seat, "satgas:32.16", 1, BEGAN + 4 * HOUR, "c").judged == Judged.OUTDATED
    assert acted(seat, "satgas:32.16", 3, BEGAN + 4 * HOUR, "d").judged == Judged.TAKEN


def test_where_the_cases_live_they_stop_no_ladder():
    """A task force that is merely informed: its word is recorded, the ladder goes on, and it ends nothing."""
    seat = Seat(ESCALATION)
    seat.hears(alert(3, 1, BEGAN), "mm2100")
    assert acted(seat, f"satgas:{HOME}", 1, BEGAN + MINUTE, "a").judged == Judged.RECORDED
    assert acted(seat, f"satgas:{HOME}", 1, BEGAN + MINUTE, "b", act="stand_down").judged == Judged.NOT_ENTITLED
    seat.tick_through(BEGAN + 3 * HOUR)
    assert "dir-perwilayahan" in {each.to.position for each in seat.said(Delivery)}
    assert acted(seat, "satgas:32.16", 1, BEGAN + 3 * HOUR, "c").judged == Judged.TAKEN


@pytest.mark.parametrize(("position", "shows"), [("estate:mm2100", False), ("satgas:32.16", True), (f"dinkes:{HOME}", True)])
def test_the_page_shows_numbers_and_homes_to_those_who_treat_the_cases(position, shows):
    seat = Seat(ESCALATION)
    seat.hears(alert(3, 1, BEGAN), "mm2100")
    acted(seat, f"satgas:{HOME}", 1, BEGAN + MINUTE, "a", act="decline")
    page = page_of(seat, position)
    assert ("3 terkonfirmasi" in page) is shows
    assert ("kurang dari 5" in page) is not shows
    assert (HOME in page) is shows
