"""Enrolment: each record of the registry says what has become true of the permits and sources that it touches, as a whole."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.ledger import Bound, Connected, Connection, Enrolled, Oddity, Origin, StateSince
from schemas.registry import EstateEntry, FirmEntry, PlantEntry, RegionEntry, SourceEntry
from schemas.topics import LEDGER, REGISTRY, REJECTED
from streams.pipeline.intake import INTAKE
from tests.story import INSPECTION, NOON_2026, activation, admission, assigned, clock, entry, permit, published

Y20, Y21, Y22, Y23 = (f"{year}-01-01T00:00:00+07:00" for year in (2020, 2021, 2022, 2023))
T20, T21, T22, T23 = (clock(text) for text in (Y20, Y21, Y22, Y23))
BASE = (
    entry(RegionEntry, "72.06", name="Morowali", province="Sulawesi Tengah", zone="Asia/Makassar", since=Y20),
    entry(RegionEntry, "74.02", name="Konawe", province="Sulawesi Tenggara", zone="Asia/Makassar", since=Y20),
    entry(EstateEntry, "imip", name="IMIP", regency="72.06", since=Y20),
    entry(EstateEntry, "vdni", name="Morosi", regency="74.02", since=Y20),
    entry(FirmEntry, "itss", name="PT ITSS", estate="imip", since=Y20),
    entry(FirmEntry, "smi", name="PT SMI", estate="vdni", since=Y20),
    entry(PlantEntry, "itss-bahodopi", firm="itss", name="Bahodopi", since=Y20),
)
GRANTED = permit(since=Y20)


class Register:
    """The registry's own seat: says what it answers to each entry, in order. With `whole`, it has read the topic to its end before."""

    def __init__(self, *entries, whole=False):
        self.known = admission(story_time=False, entries=())
        records = [published(said, 0, offset=offset) for offset, said in enumerate(entries)]
        for record in records if whole else ():
            self.known.registry.take(record)
        self.answers = [self._answer(record) for record in records]

    def _answer(self, record):
        self.known.registry.take(record)
        return INTAKE.step({}, record, self.known).words

    def __call__(self, said):
        """One more entry."""
        offset = len(self.answers)
        self.answers.append(self._answer(published(said, 0, offset=offset)))
        return self.answers[-1]

    def last(self, kind=Enrolled):
        """The last word on each subject's permit or source, without when and why it was said."""
        words = [said.word for words in self.answers for said in words if isinstance(said.word, kind)]
        told = {(word.subject, getattr(word, "permit", "")): json.loads(codec.encode(word)) for word in words}
        return {key: {name: part for name, part in word.items() if name not in ("at", "registry", "origin")} for key, word in told.items()}


def enrolled(words):
    """The one enrolment among them."""
    (said,) = [said for said in words if isinstance(said.word, Enrolled)]
    assert (said.topic, said.key) == (LEDGER, said.word.subject)
    return said.word


class TestTheWholeTruth:
    def test_a_permit_is_told_to_the_ledger_of_its_firm(self):
        seat = Register(*BASE)
        word = enrolled(seat(GRANTED))
        assert (word.permit, word.firm, word.subject, word.holder, word.exercise) == (
            "IOMKI/1", "itss", "firm:itss", "industrial_firm", True,
        )  # fmt: skip
        assert word.obligations == (Bound("iomki", T20),)
        assert word.states == (StateSince(T20, "active"),)
        assert [(p.since, p.place.estate, p.place.plant, p.place.regency_name) for p in word.places] == [
            (T20, "imip", "itss-bahodopi", "Morowali")
        ]
        assert (word.at, word.registry, word.origin) == (NOON_2026 + 7, 8, Origin(REGISTRY.name, 0, 7))

    def test_its_states_are_what_officials_have_decided_and_when(self):
        seat = Register(*BASE, GRANTED, permit(state="frozen", decided_by="dirjen-kpaii", since=Y22), permit(since=Y23))
        word = enrolled(seat(permit(state="deactivated", since=Y21)))
        assert word.states == (
            StateSince(T20, "active"), StateSince(T21, "deactivated"), StateSince(T22, "frozen", "dirjen-kpaii"), StateSince(T23, "active"),
        )  # fmt: skip

    def test_of_two_entries_for_one_day_the_later_published_counts(self):
        """Officials correct themselves; and what they have not said stays as it was."""
        word = enrolled(Register(*BASE, GRANTED, permit(state="frozen", since=Y21))(permit(state="active", since=Y21)))
        assert word.states == (StateSince(T20, "active"),)

    def test_a_permit_that_has_ended_binds_nobody_from_then_on(self):
        word = enrolled(Register(*BASE, GRANTED)(permit(ended=True, since=Y22)))
        assert word.states == (StateSince(T20, "active"), StateSince(T22, "ended"))
        assert word.obligations == (Bound("iomki", T20, T22),)

    def test_an_obligation_binds_from_the_entry_that_names_it_to_the_one_that_does_not(self):
        without = permit(obligations=["lkpm"], since=Y21)
        word = enrolled(Register(*BASE, GRANTED, without)(permit(obligations=["iomki", "lkpm"], since=Y22)))
        assert word.obligations == (Bound("iomki", T20, T21), Bound("iomki", T22), Bound("lkpm", T21))

    def test_a_permit_in_other_hands_is_told_to_both(self):
        """The one holds it no more, the other only since then."""
        words = Register(*BASE, GRANTED)(permit(firm="smi", plant=None, since=Y22))
        was, now = (said.word for said in words)
        assert ([was.subject, now.subject], was.states[-1], now.states) == (
            ["firm:itss", "firm:smi"], StateSince(T22, "ended"), (StateSince(T22, "active"),),
        )  # fmt: skip
        assert (was.obligations, now.obligations) == ((Bound("iomki", T20, T22),), (Bound("iomki", T22),))
        assert ([p.place.estate for p in was.places], [p.place.estate for p in now.places]) == (["imip"], ["vdni"])

    @pytest.mark.parametrize(
        ("since", "taken_over"),
        [
            pytest.param(Y22, T22, id="for years its reports bore the other's name"),
            pytest.param("2030-01-01T00:00:00+07:00", None, id="it will: nobody has reported yet"),
        ],
    )
    def test_who_has_it_since_before_its_entry_is_told_since_when(self, since, taken_over):
        """Once: the next word about the same permit learns of no other holder."""
        seat = Register(*BASE, GRANTED)
        was, now = (said.word for said in seat(permit(firm="smi", plant=None, since=since)))
        assert (was.taken_over, now.taken_over) == (None, taken_over)
        again = [said.word for said in seat(permit(firm="smi", plant=None, since="2031-01-01T00:00:00+07:00", state="frozen"))]
        assert [word.taken_over for word in again if word.firm == "smi"] == [None]

    def test_a_permit_that_was_never_theirs_is_taken_back(self):
        """A correction of the same day: the firm that was told of it must hear of its end."""
        was, now = (said.word for said in Register(*BASE, GRANTED)(permit(firm="smi", plant=None, since=Y20)))
        assert (was.subject, was.states, was.obligations) == ("firm:itss", (StateSince(T20, "ended"),), ())
        assert (now.subject, now.states) == ("firm:smi", (StateSince(T20, "active"),))


class TestAssigned:
    def test_what_is_assigned_to_a_firm_binds_its_permits(self):
        seat = Register(*BASE, GRANTED, permit("IOMKI/2", since=Y20))
        words = seat(assigned(until="2025-01-01T00:00:00+07:00"))
        assert [said.word.permit for said in words] == ["IOMKI/1", "IOMKI/2"]
        bound = Bound("wasdal", clock("2024-01-01T00:00:00+07:00"), clock("2025-01-01T00:00:00+07:00"), "Pemkab Morowali")
        assert all(said.word.obligations == (Bound("iomki", T20), bound) for said in words)

    def test_what_is_assigned_to_a_permit_binds_that_permit(self):
        seat = Register(*BASE, GRANTED, permit("IOMKI/2", since=Y20))
        assert enrolled(seat(assigned(permit="IOMKI/2"))).permit == "IOMKI/2"

    def test_an_assignment_is_changed_by_saying_it_again(self):
        seat = Register(*BASE, GRANTED, assigned())
        ended = enrolled(seat(assigned(until=Y23.replace("2023", "2026"))))
        assert [bound.until for bound in ended.obligations] == [None, clock("2026-01-01T00:00:00+07:00")]
        annulled = enrolled(seat(assigned(until="2024-01-01T00:00:00+07:00")))
        assert annulled.obligations == (Bound("iomki", T20),)

    @pytest.mark.parametrize(
        ("said", "subject"),
        [
            pytest.param(assigned(firm="smi"), "firm:smi", id="a firm without a permit"),
            pytest.param(assigned(permit="IOMKI/9"), "permit:IOMKI/9", id="a permit that nobody knows"),
        ],
    )
    def test_what_binds_nobody_is_listed(self, said, subject):
        """On the January list and under no permit: somebody must look."""
        (odd,) = Register(*BASE, GRANTED)(said)
        assert (odd.topic, odd.word.what, odd.word.subject) == (REJECTED, "assigned_without_permit", subject)

    def test_a_permit_that_comes_later_has_what_was_assigned_before(self):
        assert [b.obligation for b in enrolled(Register(*BASE, assigned())(GRANTED)).obligations] == ["iomki", "wasdal"]


class TestPlaces:
    def test_a_firm_that_moves_takes_its_permits_along_from_then_on(self):
        word = enrolled(Register(*BASE, GRANTED)(entry(FirmEntry, "itss", name="PT ITSS", estate="vdni", since=Y22)))
        assert [(p.since, p.place.estate) for p in word.places] == [(T20, "imip"), (T22, "vdni")]

    def test_where_a_firm_was_before_it_had_the_permit_is_nothing_of_the_permits(self):
        moved = entry(FirmEntry, "itss", name="PT ITSS", estate="vdni", since=Y21)
        word = enrolled(Register(*BASE, moved)(permit(since=Y22)))
        assert [(p.since, p.place.estate) for p in word.places] == [(T22, "vdni")]

    def test_a_plant_that_moves_takes_its_permit_along(self):
        moved = entry(PlantEntry, "itss-bahodopi", firm="itss", name="Bahodopi", regency="74.02", since=Y22)
        word = enrolled(Register(*BASE, GRANTED)(moved))
        assert [(p.since, p.place.estate) for p in word.places] == [(T20, "imip"), (T22, "regency:74.02")]

    def test_an_estate_that_ends_with_firms_in_it_leaves_them_in_its_regency_and_is_listed(self):
        words = Register(*BASE, GRANTED)(entry(EstateEntry, "imip", name="IMIP", regency="72.06", ended=True, since=Y22))
        assert [(p.since, p.place.estate) for p in enrolled(words).places] == [(T20, "imip"), (T22, "regency:72.06")]
        (odd,) = [said.word for said in words if isinstance(said.word, Oddity)]
        assert (odd.what, odd.subject, odd.origin.topic) == ("estate_ended_with_firms", "estate:imip", REGISTRY.name)

    @pytest.mark.parametrize(
        "homes",
        [
            pytest.param((), id="nobody stands in it"),
            pytest.param((entry(FirmEntry, "x", name="X", estate="empty", ended=True, since=Y21),), id="its firm has ended"),
            pytest.param(
                (
                    entry(FirmEntry, "x", name="X", estate="empty", since=Y20),
                    entry(FirmEntry, "x", name="X", estate="imip", since=Y21),
                ),
                id="its firm has moved",
            ),
        ],
    )
    def test_an_estate_that_ends_empty_is_no_oddity(self, homes):
        empty = entry(EstateEntry, "empty", name="E", regency="72.06", since=Y20)
        assert Register(*BASE, empty, *homes)(entry(EstateEntry, "empty", name="E", regency="72.06", ended=True, since=Y22)) == ()

    def test_a_new_name_of_a_regency_reaches_the_permits_in_it(self):
        renamed = entry(RegionEntry, "72.06", name="Morowali Baru", province="Sulawesi Tengah", zone="Asia/Makassar", since=Y22)
        word = enrolled(Register(*BASE, GRANTED)(renamed))
        assert [p.place.regency_name for p in word.places] == ["Morowali", "Morowali Baru"]


class TestSources:
    def test_a_source_is_told_to_its_own_ledger(self):
        """R20: who is asked, and after how long."""
        known = {"owner": "Pusdatin", "topics": ["report-submissions"], "silent_after_minutes": 30}
        seat = Register(*BASE, entry(SourceEntry, INSPECTION, **known, since=Y20))
        (said,) = seat(entry(SourceEntry, INSPECTION, owner="Pusdatin", ended=True, since=Y22))
        assert (said.topic, said.key, type(said.word)) == (LEDGER, f"source:{INSPECTION}", Connected)
        assert said.word.connections == (
            Connection(T20, "Pusdatin", ("report-submissions",), 30),
            Connection(T22, "Pusdatin", ended=True),
        )
        assert (said.word.source, said.word.registry, said.word.exercise) == (INSPECTION, 9, True)


REGISTERED = (
    *BASE,
    GRANTED,
    permit(state="frozen", since=Y22),
    permit("IOMKI/2", firm="smi", plant=None, since=Y20),
    permit("IOMKI/2", plant=None, since=Y22),
    assigned(),
    assigned(permit="IOMKI/2", until="2025-01-01T00:00:00+07:00"),
    entry(FirmEntry, "smi", name="PT SMI", estate="imip", since=Y21),
    entry(EstateEntry, "imip", name="IMIP", regency="72.06", ended=True, since=Y23),
    entry(PlantEntry, "itss-bahodopi", firm="itss", name="Bahodopi", estate="vdni", since=Y23),
    entry(SourceEntry, INSPECTION, owner="I", since=Y20),
    entry(SourceEntry, INSPECTION, owner="I", topics=["report-submissions"], silent_after_minutes=5, since=Y21),
)


@given(st.permutations(REGISTERED))
def test_the_order_of_the_entries_leaves_no_trace(entries):
    """Whoever replaces what they had by the last word knows the same."""
    in_order, shuffled = Register(*REGISTERED), Register(*entries)
    assert shuffled.last() == in_order.last()
    assert shuffled.last(Connected) == in_order.last(Connected)


@given(st.permutations(REGISTERED))
def test_an_audit_that_has_read_the_whole_topic_says_the_same(entries):
    """Each record is answered as of exactly that record."""
    assert Register(*entries, whole=True).answers == Register(*entries).answers


@given(st.permutations(REGISTERED))
def test_what_is_said_again_changes_nothing_and_says_nothing(entries):
    """Law 5; but for what is odd, which is odd each time."""
    seat = Register(*entries)
    again = [said.word for one in entries for said in seat(one)]
    assert [word for word in again if not isinstance(word, Oddity)] == []


def test_an_entry_that_touches_no_permit_says_nothing():
    """And neither does an activation."""
    for said in (*BASE, activation("2026-11-23.1")):
        assert Register(*BASE)(said) == ()


def test_a_thousand_permits_of_an_estate_are_told_one_by_one():
    """Each to the ledger of its firm, once."""
    firms = [entry(FirmEntry, f"f-{n}", name=f"PT {n}", estate="imip", since=Y20) for n in range(100)]
    permits = [permit(f"P/{n}", firm=f"f-{n}", plant=None, since=Y20) for n in range(100)]
    words = Register(*BASE, *firms, *permits)(entry(EstateEntry, "imip", name="IMIP", regency="72.06", ended=True, since=Y22))
    told = Counter(said.key for said in words if said.topic == LEDGER)
    assert told == {f"firm:f-{n}": 1 for n in range(100)}
