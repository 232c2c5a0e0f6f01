"""What a newcomer sees: the stories of the demo played in memory before a screen, and every line of it looked at."""

import io
from itertools import pairwise

import pytest

from handlers import render
from schemas.delivery import Attempt
from streams.cli.stage import bill, caught
from streams.cli.stage.bill import COLUMNS, FRAME, LINES, SCREEN_LINES
from streams.cli.stage.brief import teller_of
from streams.cli.stage.play import NOBODY
from streams.cli.stage.screen import Screen
from streams.cli.stage.show import Show, Teller
from streams.simulate import shelf
from tests.golden.mail.incidents import links_of
from tests.scenarios.rehearsal import rehearse


def mail_to(scene, position):
    """What the catcher of the demo would have written down of the mail to a position."""
    delivery = next(d for d in scene.deliveries.values() if d.to.position == position and d.to.channel == "mail")
    raw = render.mail(Attempt(delivery, 1, delivery.at), links_of(Attempt(delivery, 1, 0)), delivery.at).content.decode()
    return list(caught.lines_of(raw, COLUMNS))


async def seen(name, *, is_first=False):
    """The lines of a story, and how it stood at the end."""
    story, stream, kills = bill.load(name), io.StringIO(), []
    screen = Screen(stream)
    teller = teller_of(story, screen, bill.lines_of(name))
    teller.title()

    async def back():
        return "lost 0 · twice 0"

    more = {"down": lambda: "down   the estate's receiver; told" if kills else "", "kill": lambda: kills.append(1), "back": back}
    show = Show(story, teller, screen, **more if is_first else {})
    scene = await rehearse(story, show.audience(NOBODY.act))
    teller.rest(story.until, scene)
    return stream.getvalue().splitlines(), scene


@pytest.mark.parametrize("name", shelf.names())
async def test_a_story_keeps_to_its_lines_and_its_columns(name):
    """Whatever happens in it: what is not told line by line is counted in the last."""
    lines, _ = await seen(name)
    assert len(lines) <= bill.lines_of(name)
    assert [line for line in lines if len(line) > COLUMNS or "…" in line.removeprefix(" ...") or not line.isprintable()] == []


async def test_the_whole_demo_fits_a_screen():
    """Prompts, one whole mail, the question and the verdict included."""
    assert sum(FRAME.values()) + sum(LINES.values()) <= SCREEN_LINES
    assert set(bill.IN_DEMO) <= LINES.keys()
    _, scene = await seen("itss")
    assert len(mail_to(scene, "dg-kpaii")) <= FRAME["one whole mail"]


async def test_morowali_is_told_in_the_order_in_which_it_happened():
    """A correction and a contradiction can be seen, and the worker is killed on the fact that stands above it."""
    lines, _ = await seen("itss", is_first=True)
    expected = [
        "MOROWALI  Sun 24 Dec 2023, WITA",
        "~11:10  fact   klinik dan pekerja PT ITSS (lewat pers): 12 dead, 35 treated   furnace 41, IMIP",
        "~11:10  S5     because dead 12 >= 5       told 7: IMIP, Disnakertrans, Polres, BPBD, 3 ministry",
        "~11:25  climbs S5, 15 min                 told 2: Minister's office, governor",
        "~11:31  ACK    Disnakertrans + DG KPAII   not told: Kemnaker, Kemenko",
        " 15:00  change IMIP: 12 -> 13 dead, 46 injured   the same 9 told again, same thread",
        "  !!    kill -9 worker 1 … worker 2 holds all ",
        "  !!    down   the estate's receiver; told",
        "~17:00  change IMIP corrects: 13 dead (9 Indonesian, 4 foreign), 46 injured   the same 9 told again",
        "~20:00  change Partai Buruh: 15 dead, 20 injured; the 13 stand   the same 9 told again, same thread",
        " ...    to 13 Feb 2024: 21 dead, 38 injured   then 1 new incident, 9 changes, 5 questions, ",
    ]
    assert [line[: len(begins)] for line, begins in zip(lines, expected, strict=True)] == expected
    assert lines[6].endswith("lost 0 · twice 0")


async def test_an_unanswered_story_climbs_line_by_line():
    lines, _ = await seen("itss-unanswered")
    climbs = [line for line in lines if " climbs " in line]
    assert [line.split("told")[1] for line in climbs] == [" 2: Minister's office, governor", " 2: Kemnaker, Kemenko, and 9 again"]
    assert lines[-1] == " ...    to 26 Dec 2023: 13 dead, 46 injured   then 4 changes, 2 questions"


async def test_bekasi_shows_how_the_first_cluster_rose():
    """Who was told of each grade and because of what, how many factories it came to, and where nobody was told."""
    lines, _ = await seen("bekasi")
    assert lines == [
        "BEKASI  Wed 19 Aug 2020, WIB",
        "~21 Aug C1     because cases 2 >= 2       told 5: 2 task forces, 2 health offices, MM2100",
        "~25 Aug C2     because confirmed 2 >= 2   told 5: the same again",
        "~25 Aug C3     because confirmed 10 >= 10   told 7: 5 again, and 1 province, 1 ministry",
        " ...    to 08 Sep 2020: 22 factories, 19 of them in one digest; KIIC and Kota Jakarta Timur quiet",
    ]


async def test_lines_of_another_day_say_which():
    """~10:00 of Tuesday must not be taken for ~10:00 of Sunday."""
    story, stream = bill.load("itss"), io.StringIO()
    teller = Teller(story, Screen(stream), 99)
    await rehearse(story, Show(story, teller, Screen(stream)).audience(NOBODY.act))
    whens = [line[1:7] for line in stream.getvalue().splitlines() if line[0] in " ~"]
    assert whens[-1] == "12 Feb"
    assert sum(one[2] == ":" and other[2] != ":" for one, other in pairwise(whens)) == 1
