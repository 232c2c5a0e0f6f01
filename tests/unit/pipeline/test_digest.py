"""Digests: many findings, one letter. What ESCALATION gathers in each estate, DELIVERY adds up for each receiver (law 11)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.delivery import Attempt
from schemas.escalation import Asked, Delivery, Escalation, Item, MessageType, Row, Why
from schemas.ledger import Parked, Place, Tick
from schemas.policy import Ask, Audience, Digest, How, Position, Receiver, Route
from schemas.surveillance import Alert, AlertState, Because, IncidentSituation, Proven, Reason, Rule, Share, Subject
from schemas.word import Word
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.delivery.digest import MOST_ESTATES, MOST_ROWS, Gathering
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.escalation.items import LARGEST_PAGE_BYTES, SUBJECTS_OF_A_PAGE, pages
from streams.pipeline.line import InForce
from tests.story import DAY, HOUR, MINUTE, POLICY, ROSTER, Seat, clock
from tests.unit.pipeline.test_delivery_driver import BOOKS as DRIVER_BOOKS
from tests.unit.pipeline.test_delivery_driver import NOON, House, addressee, attempted, only_attempt

CLOSES = clock("08:00")
FIRM = "PT Mangkir"
AUDIENCE = (
    Audience(position="dinas-perindustrian:{regency}", asks=(Ask(action="take_over", by="objection"),)),
    Audience(position="disnakertrans:{province}", role="inform"),
    Audience(position="dg-ilmate", role="inform"),
)
ROUTES = (
    Route(rule=Rule.REFUSED, how=How.DIGEST, matter="reporting", digest="reporting", lists=True, tell=AUDIENCE),
    Route(rule=Rule.SEVERITY, grade_at_least="S3", how=How.LADDER),
    Route(rule=Rule.SEVERITY, how=How.DIGEST, digest="weekly", tell=(Audience(position="dinas-perindustrian:{regency}"),)),
)
DIGESTS = (Digest(name="reporting", keep_days=60, source="test"), Digest(name="weekly", keep_days=60, source="test", weekday=0, hour=8))
ESCALATING = POLICY.escalation.model_copy(update={"routes": ROUTES, "digests": DIGESTS})
BATCH = Position(
    id="siinas",
    title_id="SIINas",
    title_en="SIINas",
    holder="x",
    receivers=(Receiver(id="siinas", channel="webhook", address="https://x.example", batch=True),),
)
BOOKS = InForce(POLICY.model_copy(update={"escalation": ESCALATING}), ROSTER.model_copy(update={"positions": (*ROSTER.positions, BATCH)}))


def place(estate: str, regency: str = "72.06", province: str = "72") -> Place:
    return Place(
        firm="f",
        firm_name=FIRM,
        estate=estate,
        estate_name=estate.upper(),
        regency=regency,
        regency_name=f"Kab. {regency}",
        province=province,
        province_name=f"Prov. {province}",
    )


def alert(about: str, estate: str = "imip", *, at: int = CLOSES, state: AlertState = AlertState.FIRING, **said) -> Alert:
    """One permit that did not report, by a deadline that closes at eight."""
    usual = {
        "rule": Rule.REFUSED,
        "estate": estate,
        "since": at,
        "revision": 1,
        "grade": "S2",
        "grade_now": "S2",
        "peak": 0,
        "reasons": (Reason(Because.NO_HARM),),
        "situation": IncidentSituation(incident=about, kind="other", place=place(estate)),
        "share": Share("2021-08-03", CLOSES, (("due", 1), ("absent", 1))),
        "deadlines": (("objection", CLOSES + 2 * DAY),),
        "proven": Proven(7, "siinas", CLOSES - 8 * HOUR, CLOSES, 8, 8),
    }
    return Alert(id=f"A-{about}", about=about, at=at, state=state, **{**usual, **said})


# ------------------------------------------------------------------------------------------------ within an estate


@pytest.fixture
def estate() -> Seat:
    return Seat(ESCALATION, BOOKS)


def said(seat: Seat, position: str) -> list[Item]:
    return [item for item in seat.said(Item) if item.to.position == position]


class TestWithinAnEstate:
    def test_nothing_is_said_before_it_closes_and_then_once(self, estate):
        """Three firms, one item for each of the audience, and no escalation."""
        for about in ("a", "b", "c"):
            assert estate.hears(alert(about, at=CLOSES - HOUR), "imip") == ()
        assert estate.tick(CLOSES - 1) == ()
        estate.tick(CLOSES)
        assert [item.to.position for item in estate.said(Item)] == ["dinas-perindustrian:72.06", "disnakertrans:72", "dg-ilmate"]
        assert {item.numbers for item in estate.said(Item)} == {(("due", 3), ("absent", 3))}
        assert estate.said(Escalation) == []

    def test_each_reader_looks_from_their_own_level(self, estate):
        """A regency sees estates, a province regencies, the nation provinces; and the place is the reader's own."""
        estate.hears(alert("a"), "imip")
        estate.tick(CLOSES)
        rows = {item.to.position: (item.row, item.place.regency, item.place.province) for item in estate.said(Item)}
        assert rows == {
            "dinas-perindustrian:72.06": (Row("imip", "IMIP"), "72.06", "72"),
            "disnakertrans:72": (Row("72.06", "Kab. 72.06"), "", "72"),
            "dg-ilmate": (Row("72", "Prov. 72"), "", ""),
        }

    def test_who_must_act_is_asked_with_the_deadline_and_the_others_are_not(self, estate):
        estate.hears(alert("a"), "imip")
        estate.tick(CLOSES)
        asked = {item.to.position: item.asked for item in estate.said(Item)}
        assert asked["dinas-perindustrian:72.06"] == (Asked("take_over", CLOSES + 2 * DAY),)
        assert asked["disnakertrans:72"] == ()

    def test_a_change_after_it_has_closed_is_the_next_revision(self, estate):
        """One came in after all: what was two is one, and its warning withdrawn."""
        for about in ("a", "b"):
            estate.hears(alert(about), "imip")
        estate.tick(CLOSES)
        estate.hears(alert("a", at=CLOSES + HOUR, state=AlertState.WITHDRAWN, revision=2, since=CLOSES), "imip")
        estate.tick(CLOSES + HOUR)
        first, second = said(estate, "dg-ilmate")
        assert (first.revision, dict(first.numbers)["absent"]) == (1, 2)
        assert (second.revision, dict(second.numbers)["absent"], [s.about for s in second.subjects]) == (2, 1, ["b"])

    def test_what_was_taken_back_before_it_closed_is_never_said(self, estate):
        estate.hears(alert("a", at=CLOSES - HOUR), "imip")
        estate.hears(alert("a", at=CLOSES - 1, state=AlertState.WITHDRAWN, revision=2, since=CLOSES - HOUR), "imip")
        assert estate.tick(CLOSES) == ()

    def test_a_repeated_alert_changes_nothing(self, estate):
        estate.hears(alert("a"), "imip")
        before = dict(estate.entries)
        estate.hears(alert("a"), "imip")
        assert estate.entries == before

    def test_the_past_is_told_to_nobody(self, estate):
        """G6."""
        estate.hears(alert("a", historic=True), "imip")
        assert estate.tick_through(CLOSES + DAY) == ()

    def test_a_system_that_passes_on_gets_every_subject_page_by_page(self, estate):
        """Two hundred at a time; afterwards only those that have changed, the withdrawn among them."""
        batch = ROUTES[0].model_copy(update={"tell": (Audience(position="siinas"),)})
        estate.in_force = BOOKS._replace(
            policy=POLICY.model_copy(update={"escalation": ESCALATING.model_copy(update={"routes": (batch,)})})
        )
        for number in range(450):
            estate.hears(alert(f"p{number}"), "imip")
        estate.tick(CLOSES)
        found = said(estate, "siinas")
        assert [item.page for item in found] == list(range(1, len(found) + 1))
        assert all(len(item.subjects) <= SUBJECTS_OF_A_PAGE for item in found)
        assert sorted(s.about for item in found for s in item.subjects) == sorted(f"p{n}" for n in range(450))
        estate.hears(alert("p7", at=CLOSES + HOUR, state=AlertState.WITHDRAWN, revision=2, since=CLOSES), "imip")
        estate.tick(CLOSES + HOUR)
        (page,) = said(estate, "siinas")[len(found) :]
        assert [(s.about, s.state) for s in page.subjects] == [("p7", AlertState.WITHDRAWN)]

    def test_five_thousand_firms_of_one_estate_stay_small(self, estate):
        for number in range(5_000):
            estate.hears(alert(f"permit-{number}/2021-08-03"), "imip")
        estate.tick(CLOSES)
        assert dict(said(estate, "dg-ilmate")[0].numbers)["absent"] == 5_000
        assert max(len(ESCALATION.pack(kept)) for kept in estate.entries.values()) < 64 * 1024
        assert max(len(codec.encode(s.word)) for s in estate.words) < 16 * 1024

    def test_it_is_forgotten_with_all_its_shares(self, estate):
        for number in range(3):
            estate.hears(alert(f"p{number}"), "imip")
        estate.tick(CLOSES)
        estate.tick(CLOSES + POLICY.escalation.forget_days * DAY)
        assert (estate.entries, estate.dues) == ({}, {})


class TestByTheWeek:
    """Alerts that state no period: those of the week that ends on Monday at eight, WIB."""

    MONDAY = clock("2023-12-25T08:00:00+07:00")

    def severity(self, about: str, at: str, grade: str = "S2", **said) -> Alert:
        instant = clock(at)
        return alert(
            about, at=instant, since=said.pop("since", instant), rule=Rule.SEVERITY, share=None, grade=grade, grade_now=grade, **said
        )

    def test_they_are_counted_by_grade_at_the_weeks_end(self, estate):
        for about, grade in (("a", "S2"), ("b", "S1"), ("c", "S2")):
            estate.hears(self.severity(about, "11:10", grade), "imip")
        estate.tick(self.MONDAY - 1)
        assert estate.said(Item) == []
        estate.tick(self.MONDAY)
        (item,) = estate.said(Item)
        assert (item.period, item.closes, Counter(dict(item.numbers))) == ("2023-12-25", self.MONDAY, Counter(S2=2, S1=1))

    def test_the_week_is_that_in_which_the_alert_began(self, estate):
        """A revision in the next week changes this week's digest, and is not counted again."""
        estate.hears(self.severity("a", "11:10"), "imip")
        estate.tick(self.MONDAY)
        estate.hears(self.severity("a", "+5d 11:10", "S1", revision=2, since=clock("11:10")), "imip")
        estate.tick(clock("+5d 11:10"))
        assert [(item.period, item.revision, item.numbers) for item in estate.said(Item)] == [
            ("2023-12-25", 1, (("S2", 1),)),
            ("2023-12-25", 2, (("S1", 1),)),
        ]

    def test_what_begins_on_the_hour_belongs_to_the_next_week(self, estate):
        estate.hears(self.severity("a", "2023-12-25T08:00:00+07:00"), "imip")
        estate.tick_through(self.MONDAY + 7 * DAY)
        assert [item.period for item in estate.said(Item)] == ["2024-01-01"]

    def test_what_rises_to_a_ladder_leaves_the_digest(self, estate):
        """From S2 to S4 before the week has ended: told by its ladder, and not counted."""
        estate.hears(self.severity("a", "11:10"), "imip")
        estate.hears(self.severity("a", "11:20", "S4", revision=2, since=clock("11:10")), "imip")
        assert {d.why for d in estate.said(Delivery)} == {Why.FIRST_NOTICE}
        estate.tick(self.MONDAY)
        assert estate.said(Item) == []

    def test_what_falls_from_a_ladder_is_still_told_to_those_who_were(self, estate):
        """Law 7: they hear that it is less."""
        estate.hears(self.severity("a", "11:10", "S3"), "imip")
        estate.hears(self.severity("a", "11:20", "S2", revision=2, since=clock("11:10")), "imip")
        first, second = ({d.to.position for d in estate.said(Delivery) if d.revision == revision} for revision in (1, 2))
        assert first == second != set()
        estate.tick(self.MONDAY)
        assert [item.numbers for item in estate.said(Item)] == [(("S2", 1),)]


@given(st.lists(st.integers(1, 4_000), max_size=60), st.integers(0, 300))
def test_pages_hold_everything_in_order_and_no_page_is_too_large(lengths, short):
    """So many at a time, fewer where they are long."""
    subjects = [Subject("x" * length) for length in lengths] + [Subject("s")] * short
    found = list(pages(subjects))
    assert [subject for page in found for subject in page] == subjects
    assert all(1 <= len(page) <= SUBJECTS_OF_A_PAGE for page in found)
    assert all(len(page) == 1 or sum(len(subject.about) for subject in page) <= LARGEST_PAGE_BYTES for page in found)


# ------------------------------------------------------------------------------------------------ over estates


def item(estate: str, revision: int = 1, *, absent: int = 1, row: str = "", **more) -> Item:
    """What an estate adds to the duty officer's digest, which closes at noon."""
    usual = {
        "thread": "G-1",
        "series": "reporting",
        "period": "2021-08-03",
        "to": addressee(),
        "place": Place(firm="", firm_name="", regency_name="Kab. Bekasi"),
        "row": Row(row or estate, (row or estate).upper()),
        "numbers": (("due", 10 * absent), ("absent", absent)),
        "closes": NOON,
        "at": NOON,
        "matter": "reporting",
        "rank": 2,
        "subjects": (Subject(f"{estate}-1", name=FIRM),),
        "more_subjects": absent - 1,
    }
    return Item(estate=estate, revision=revision, **{**usual, **more})


def letters(house: House) -> list[Delivery]:
    return [word for word in house.words if isinstance(word, Delivery)]


def pass_on(house: House, words: list[Word]) -> list[Word]:
    """What the room says to its own inbox comes back to it, and is known already: what is to be said has been."""
    for word in words:
        assert not isinstance(word, Delivery) or house.hears(word, word.to.receiver) == []
    return words


class TestOverEstates:
    @pytest.fixture
    def house(self) -> House:
        house = House()
        house.clock = -HOUR
        return house

    def closed(self, house: House, *items: Item) -> Attempt:
        """These items, until the digest closes."""
        for one in items:
            assert house.hears(one) == []
        house.clock = max(house.clock, 0)
        return only_attempt(pass_on(house, house.tick()))

    def test_it_is_told_once_when_it_closes(self, house):
        attempt = self.closed(house, item("a", absent=3), item("b", absent=4))
        situation = attempt.delivery.situation
        assert (situation.columns, situation.totals) == (("due", "absent"), (70, 7))
        assert [(row.key, row.counts) for row in situation.rows] == [("b", (40, 4)), ("a", (30, 3))]
        assert (len(situation.subjects), situation.more_subjects) == (2, 5)
        assert (attempt.delivery.msg_type, attempt.delivery.why, attempt.delivery.thread) == (MessageType.ALERT, Why.DIGEST, "G-1")
        house.accept(attempt)
        assert house.after(24 * 60) == []

    def test_estates_of_one_row_are_added_up(self, house):
        attempt = self.closed(house, item("a", absent=3, row="72"), item("b", absent=4, row="72"), item("c", absent=1, row="74"))
        assert [(row.key, row.counts) for row in attempt.delivery.situation.rows] == [("72", (70, 7)), ("74", (10, 1))]

    def test_a_later_revision_takes_the_place_of_an_earlier_one(self, house):
        attempt = self.closed(house, item("a", 1, absent=3), item("a", 3, absent=1), item("a", 2, absent=9))
        assert attempt.delivery.situation.totals == (10, 1)

    def test_what_changes_afterwards_is_told_once_more_after_it_has_waited_for_others(self, house):
        """One update in the same thread, six hours after the first change."""
        house.accept(self.closed(house, item("a", absent=3), item("b", absent=4)))
        house.clock = HOUR
        house.hears(item("a", 2, absent=2, at=NOON + HOUR))
        house.clock = 2 * HOUR
        house.hears(item("b", 2, absent=3, at=NOON + 2 * HOUR))
        assert pass_on(house, house.after(5 * 60 - 1)) == []
        attempt = only_attempt(pass_on(house, house.after(1)))
        assert (attempt.delivery.revision, attempt.delivery.msg_type, attempt.delivery.situation.totals) == (2, MessageType.UPDATE, (50, 5))
        assert attempt.seen is not None
        assert attempt.seen.numbers == (("due", 70), ("absent", 7))
        assert attempt.root == letters(house)[0].id

    def test_a_revision_that_changes_nothing_told_says_nothing(self, house):
        house.accept(self.closed(house, item("a", absent=3)))
        house.hears(item("a", 2, absent=3))
        assert pass_on(house, house.after(6 * 60)) == []

    def test_an_estate_that_comes_after_the_digest_was_told_is_an_update(self, house):
        house.accept(self.closed(house, item("a", absent=3)))
        house.hears(item("b", absent=1, at=house.at))
        assert only_attempt(pass_on(house, house.after(6 * 60))).delivery.situation.totals == (40, 4)

    def test_it_says_what_the_period_before_was(self, house):
        house.accept(self.closed(house, item("a", absent=5)))
        house.clock = 3 * 24 * HOUR
        later = {"thread": "G-2", "period": "2021-08-06", "closes": house.at, "at": house.at}
        attempt = self.closed(house, item("a", absent=2, **later))
        assert (attempt.delivery.situation.before_period, dict(attempt.delivery.situation.before)["absent"]) == ("2021-08-03", 5)

    def test_many_rows_are_cut_and_still_add_up(self, house):
        items = [item(f"e{number:03}", absent=number + 1) for number in range(MOST_ROWS + 10)]
        situation = self.closed(house, *items).delivery.situation
        assert len(situation.rows) == MOST_ROWS + 1
        assert situation.rows[-1].key == ""
        assert tuple(map(sum, zip(*(row.counts for row in situation.rows), strict=True))) == situation.totals

    def test_a_digest_costs_one_token_however_many_estates(self, house):
        attempt = self.closed(house, *(item(f"e{number}") for number in range(50)))
        assert attempt.number == 1
        assert house.box().spent == 1

    def test_pages_of_a_list_are_free_and_stand_for_themselves(self, house):
        """A system that passes on: each page is told, whatever its budget, and none stands for another."""
        for number in range(1, 8):
            told = item("a", page=number, to=addressee(batch=True), subjects=(Subject(f"p{number}"),))
            pass_on(house, house.hears(told))
            for attempt in attempted(house.words)[-1:]:
                house.accept(attempt)
        assert [attempt.delivery.situation.page for attempt in attempted(house.words)] == list(range(1, 8))
        assert house.box().spent == 0

    def test_seven_hundred_estates_and_five_thousand_subjects_stay_small(self):
        seat = Seat(DELIVERY, DRIVER_BOOKS)
        subjects = tuple(Subject("p" * 60, "f" * 120, "n" * 60) for _ in range(12))
        for number in range(700):
            seat.hears(item(f"estate-{number:03}" + "x" * 100, absent=8, subjects=subjects), "duty-mail")
        seat.tick(NOON)
        (letter,) = seat.said(Delivery)
        assert len(codec.encode(letter)) < 16 * 1024
        assert letter.situation.totals == (56_000, 5_600)
        assert max(len(DELIVERY.pack(kept)) for kept in seat.entries.values()) < 64 * 1024

    def test_more_estates_than_a_digest_can_have_are_parked(self, house):
        house.memory["duty-mail|G-1"] = _full()
        assert [type(word) for word in house.hears(item("one-too-many"))] == [Parked]

    def test_it_is_forgotten(self, house):
        house.accept(self.closed(house, item("a"), item("b")))
        house.after(366 * 24 * 60 + 1)
        assert [key for key in house.memory if key != "duty-mail"] == []

    @pytest.mark.parametrize("key", ["duty-mail|G-1", "duty-mail|reporting"])
    def test_a_tick_before_its_time_says_nothing(self, house, key):
        house.accept(self.closed(house, item("a")))
        dues = dict(house.dues)
        assert house.hears(Tick(1, house.at, house.wall, house.at), key) == []
        assert house.dues == dues


def _full() -> bytes:
    keys = tuple(f"{number:012x}" for number in range(MOST_ESTATES))
    packed = DELIVERY.pack(Gathering("duty-mail", "G-1", "reporting", "2021-08-03", NOON, keys))
    assert len(packed) < 64 * 1024
    return packed


ITEMS = st.lists(
    st.builds(
        lambda estate, revision, absent, row: item(estate, revision, absent=absent + revision, row=row, at=NOON - revision * MINUTE),
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(1, 3),
        st.integers(0, 9),
        st.sampled_from(["", "72"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: (one.estate, one.revision),
)


@given(st.data(), ITEMS)
def test_neither_the_order_of_items_nor_a_repeat_leaves_a_trace(data, items):
    """Permuted and repeated before it closes: the same letter, to the byte, and the same memory; and it adds up."""
    houses = []
    for order in (items, data.draw(st.permutations([*items, *items[:3]]))):
        house = House()
        house.clock = -HOUR
        for one in order:
            house.hears(one)
        house.clock = 0
        house.tick()
        houses.append(house)
    assert [codec.encode(letter) for letter in letters(houses[0])] == [codec.encode(letter) for letter in letters(houses[1])]
    assert houses[0].memory == houses[1].memory
    latest = {one.estate: one for one in sorted(items, key=lambda one: one.revision)}
    assert dict(letters(houses[0])[0].situation.numbers())["absent"] == sum(dict(one.numbers)["absent"] for one in latest.values())


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from([AlertState.FIRING, AlertState.WITHDRAWN])), min_size=1, max_size=20))
def test_the_digest_says_what_fires_whatever_happened_on_the_way(changes):
    """Alerts that come and go before and after it closes: each estate's last item counts what still fires."""
    seat, revisions, states = Seat(ESCALATION, BOOKS), Counter(), {}
    for hour, (number, state) in enumerate(changes):
        revisions[number] += 1
        if state == AlertState.WITHDRAWN and states.get(number) != AlertState.FIRING:
            continue
        at = CLOSES - 5 * HOUR + hour * HOUR
        states[number] = state
        seat.hears(alert(f"p{number}", at=at, since=CLOSES, revision=revisions[number], state=state), "imip")
        seat.tick_through(at)
    seat.tick_through(CLOSES + DAY)
    found = said(seat, "dg-ilmate")
    firing = sum(state == AlertState.FIRING for state in states.values())
    assert (dict(found[-1].numbers).get("absent", 0) if found else 0) == firing
    assert [one.revision for one in found] == list(range(1, len(found) + 1))


def test_a_digest_waits_like_any_other_letter():
    """Behind what is graver, before what is less."""
    house = House()
    attempt = only_attempt(house.tell("a", msg_type=MessageType.ALERT))
    house.hears(item("a", rank=2))
    pass_on(house, house.tick())
    house.tell("grave", thread="E-2", grade="S4", msg_type=MessageType.ALERT)
    house.tell("less", thread="E-3", grade="S1", msg_type=MessageType.ALERT)
    assert [queued.thread for queued in house.box().waiting] == ["E-2", "G-1", "E-3"]
    assert only_attempt(house.accept(attempt)).delivery.id == "grave"


def test_from_the_alerts_of_two_estates_to_one_letter():
    """Through both rooms: the regency's office gets one letter about both, the nation's one with one line for the province."""
    escalation, delivery = Seat(ESCALATION, BOOKS), Seat(DELIVERY, BOOKS)
    for about, estate in (("a", "imip"), ("b", "imip"), ("c", "regency:72.06")):
        escalation.hears(alert(about, estate, at=CLOSES - HOUR), estate)
    delivery.hears_all(escalation.tick(CLOSES))
    attempts = [said.word for said in delivery.tick(CLOSES) if isinstance(said.word, Attempt)]
    assert {attempt.delivery.to.position: [(row.key, row.counts) for row in attempt.delivery.situation.rows] for attempt in attempts} == {
        "dinas-perindustrian:72.06": [("imip", (2, 2)), ("regency:72.06", (1, 1))],
        "disnakertrans:72": [("72.06", (3, 3))],
        "dg-ilmate": [("72", (3, 3))],
    }
    assert all(attempt.delivery.situation.proven for attempt in attempts)
