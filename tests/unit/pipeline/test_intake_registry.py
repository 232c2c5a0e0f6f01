"""Registry: dated entries; a place is what it was when something occurred."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger import Rejected
from schemas.registry import EstateEntry, FirmEntry, PlantEntry, RegionEntry, SourceEntry
from schemas.topics import REGISTRY
from schemas.word import Stamp
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.registry import Registry, Stated
from streams.pipeline.line import Record
from tests.story import INSPECTION, LIBRARY, POLICY, ROSTER, activation, admission, clock, entry, published, register

T0, T1, T2 = (clock(f"{year}-06-01T00:00:00+08:00") for year in (2020, 2021, 2022))
SINCE = {"2020": "2020-06-01T00:00:00+08:00", "2021": "2021-06-01T00:00:00+08:00", "2022": "2022-06-01T00:00:00+08:00"}


def registry(*entries, **options):
    known = Registry(policies=LIBRARY.policies, rosters=LIBRARY.rosters, **options)
    for offset, said in enumerate(entries):
        known.take(published(said, T0, offset=offset))
    return known


def place(known, at, **stated):
    return known.place(Stated(**{"firm": "itss", **stated}), at)


MORE = (
    entry(RegionEntry, "72.06", name="Morowali", province="Sulawesi Tengah", zone="Asia/Makassar"),
    entry(RegionEntry, "74.02", name="Konawe", province="Sulawesi Tenggara", zone="Asia/Makassar"),
    entry(EstateEntry, "imip", name="IMIP", regency="72.06"),
    entry(EstateEntry, "vdni", name="Morosi", regency="74.02"),
)


class TestDates:
    def test_the_entry_in_force_then_counts(self):
        known = registry(
            *MORE,
            entry(FirmEntry, "itss", name="A", estate="imip", since=SINCE["2020"]),
            entry(FirmEntry, "itss", name="B", estate="vdni", since=SINCE["2022"]),
        )
        assert [(p.firm_name, p.estate) for p, _ in (place(known, at) for at in (T0, T1, T2 - 1, T2))] == [
            ("A", "imip"),
            ("A", "imip"),
            ("A", "imip"),
            ("B", "vdni"),
        ]

    def test_a_firm_does_not_appear_with_its_entry(self):
        """What the register learnt later than the event is better than nothing."""
        known = registry(*MORE, entry(FirmEntry, "itss", name="A", estate="imip", since=SINCE["2022"]))
        assert place(known, T0)[0].estate == "imip"

    def test_an_ended_entry_says_nothing_from_then_on(self):
        known = registry(
            *MORE,
            entry(FirmEntry, "itss", name="A", estate="imip", since=SINCE["2020"]),
            entry(FirmEntry, "itss", name="A", estate="imip", ended=True, since=SINCE["2021"]),
        )
        assert (place(known, T1 - 1)[1], place(known, T1)[1]) == ((), ("unknown_firm",))

    def test_of_two_entries_for_one_day_the_later_published_counts(self):
        """A correction of the register."""
        known = registry(*MORE, *(entry(FirmEntry, "itss", name=name, estate="imip", since=SINCE["2020"]) for name in ("A", "B")))
        assert place(known, T1)[0].firm_name == "B"

    def test_entries_may_come_in_any_order(self):
        entries = [entry(FirmEntry, "itss", name=name, estate="imip", since=SINCE[name]) for name in ("2020", "2021", "2022")]
        assert [place(registry(*MORE, *order), T1)[0].firm_name for order in (entries, entries[::-1])] == ["2021", "2021"]

    def test_a_regency_has_its_vintages(self):
        """Codes and provinces change: what occurred before is in the old one."""
        known = registry(
            entry(RegionEntry, "91.01", name="Merauke", province="Papua", zone="Asia/Jayapura", since=SINCE["2020"]),
            entry(RegionEntry, "91.01", name="Merauke", province="Papua Selatan", zone="Asia/Jayapura", since=SINCE["2022"]),
            entry(FirmEntry, "itss", name="A", regency="91.01", since=SINCE["2020"]),
        )
        assert [place(known, at)[0].province_name for at in (T1, T2)] == ["Papua", "Papua Selatan"]


class TestPlaces:
    @pytest.fixture
    def known(self):
        return registry(
            *MORE,
            entry(FirmEntry, "itss", name="PT ITSS", estate="imip"),
            entry(FirmEntry, "free", name="PT Bebas", regency="74.02"),
            entry(FirmEntry, "lost", name="PT Hilang", estate="atlantis"),
            entry(PlantEntry, "p-1", firm="itss", name="Satu"),
            entry(PlantEntry, "p-2", firm="itss", name="Dua", estate="vdni"),
            entry(PlantEntry, "p-3", firm="itss", name="Tiga", regency="74.02"),
        )

    @pytest.mark.parametrize(
        ("stated", "estate", "regency", "doubts"),
        [
            pytest.param({}, "imip", "72.06", (), id="a firm in an estate"),
            pytest.param({"firm": "free"}, "regency:74.02", "74.02", (), id="a firm outside every estate has its regency's pseudo-estate"),
            pytest.param({"plant": "p-1"}, "imip", "72.06", (), id="a plant that says no more than its firm"),
            pytest.param({"plant": "p-2"}, "vdni", "74.02", (), id="a plant in another estate"),
            pytest.param({"plant": "p-3"}, "regency:74.02", "74.02", (), id="a plant outside every estate"),
            pytest.param({"plant": "p-9"}, "imip", "72.06", ("unknown_plant",), id="an unknown plant stands with its firm"),
            pytest.param({"firm": "free", "plant": "p-2"}, "vdni", "74.02", ("plant_of_another_firm",), id="another firm's plant"),
            pytest.param({"firm": "x"}, "desk", "", ("unknown_firm",), id="nobody knows anything"),
            pytest.param({"firm": "x", "regency": "72.06"}, "regency:72.06", "72.06", ("unknown_firm",), id="only the regency is stated"),
            pytest.param({"firm": "x", "estate": "imip"}, "imip", "72.06", ("unknown_firm",), id="the estate is stated"),
            pytest.param(
                {"firm": "x", "estate": "y"}, "desk", "", ("unknown_firm", "unknown_estate"), id="an unknown firm in an unknown estate"
            ),
            pytest.param({"firm": "lost"}, "desk", "", ("unknown_estate",), id="the register names an estate that it does not have"),
            pytest.param({"estate": "vdni"}, "imip", "72.06", ("contradictory_estate",), id="the register outranks what is stated"),
            pytest.param(
                {"firm": "free", "estate": "imip"},
                "regency:74.02",
                "74.02",
                ("contradictory_estate",),
                id="an estate for a firm that has none",
            ),
        ],
    )
    def test_where_a_fact_belongs(self, known, stated, estate, regency, doubts):
        found, unresolved = place(known, T0, **stated)
        assert (found.estate, found.regency, unresolved) == (estate, regency, doubts)

    def test_a_place_carries_its_names_and_zone(self, known):
        found, _ = place(known, T0)
        assert (found.firm_name, found.estate_name, found.regency_name, found.province_name) == (
            "PT ITSS",
            "IMIP",
            "Morowali",
            "Sulawesi Tengah",
        )
        assert (found.province, found.zone) == ("72", "Asia/Makassar")

    def test_an_unknown_firm_is_called_what_it_was_called(self, known):
        assert place(known, T0, firm="x")[0].firm_name == "x"

    def test_an_inspection_is_connected_for_its_own_provinces(self):
        inspection = entry(SourceEntry, "https://i.example", owner="I", receives_accident_reports=["Sulawesi Tengah"], since=SINCE["2021"])
        ended = entry(SourceEntry, "https://i.example", owner="I", ended=True, since=SINCE["2022"])
        firms = (entry(FirmEntry, "itss", name="A", estate="imip"), entry(FirmEntry, "oss", name="B", estate="vdni"))
        known = registry(*MORE, *firms, inspection, ended)
        connected = [known.registered(place(known, T1, firm=firm)[0], T1).filing_connected for firm in ("itss", "oss")]
        assert connected == [True, False]
        assert not known.registered(place(known, T2)[0], T2).filing_connected


class TestActivations:
    def test_before_any_activation_the_first_revisions_are_in_force(self):
        assert registry().in_force(T0) == Stamp(POLICY.revision, ROSTER.revision)

    def test_an_activation_that_is_not_installed_is_passed_over(self):
        known = registry(activation("1999-01-01.1"), activation(POLICY.revision, roster="nobody-1"))
        assert known.in_force(clock("11:10")) == Stamp(POLICY.revision, ROSTER.revision)

    def test_policy_and_roster_are_activated_apart(self):
        known = Registry(policies={"a": POLICY, "b": POLICY}, rosters=("r", "s"))
        for offset, said in enumerate((activation("b", since=SINCE["2021"]), activation(None, roster="s", since=SINCE["2022"]))):
            known.take(published(said, T0, offset=offset))
        assert [known.in_force(at)[:2] for at in (T1 - 1, T1, T2 - 1, T2)] == [("a", "r"), ("b", "r"), ("b", "r"), ("b", "s")]

    def test_of_two_activations_for_one_instant_the_later_published_counts(self):
        known = Registry(policies={"a": POLICY, "b": POLICY}, rosters=("r",))
        for offset, revision in enumerate(("b", "a")):
            known.take(published(activation(revision, since=SINCE["2021"]), T0, offset=offset))
        assert known.in_force(T1).policy == "a"

    def test_an_activation_counts_from_when_it_is_taken(self):
        """Of the past, the present and the future; and nothing is known of it as of a revision before it."""
        known = Registry(policies={"a": POLICY, "b": POLICY}, rosters=("r", "s"))
        found = [[known.stamp(at)[:2] for at in (T0, T1, T2)]]
        for offset, said in enumerate((activation("b", since=SINCE["2022"]), activation(None, roster="s", since=SINCE["2021"]))):
            known.take(published(said, T0, offset=offset))
            found.append([known.stamp(at)[:2] for at in (T0, T1, T2)])
        assert found == [[("a", "r")] * 3, [("a", "r"), ("a", "r"), ("b", "r")], [("a", "r"), ("a", "s"), ("b", "s")]]
        assert [[known.as_of(revision).stamp(at)[:2] for at in (T0, T1, T2)] for revision in range(3)] == found

    def test_the_terms_are_those_of_the_policy_of_their_instant(self):
        short = POLICY.model_copy(update={"intake": POLICY.intake.model_copy(update={"largest_bytes": 400})})
        known = Registry(policies={"a": POLICY, "b": short}, rosters=("r",))
        known.take(published(activation("b", since=SINCE["2021"]), T0, offset=0))
        assert [known.terms(at).largest_bytes for at in (T1 - 1, T1)] == [POLICY.intake.largest_bytes, 400]


class TestTaking:
    def test_what_cannot_be_understood_is_passed_over_and_counted(self):
        known = registry(*register())
        revision = known.revision
        known.take(published(entry(RegionEntry, "72.06", name="M", province="S", zone="Nowhere/Land"), T0, offset=revision))
        assert known.revision == revision + 1
        assert place(known, T0)[0].zone == "Asia/Makassar"

    @pytest.mark.parametrize(("takes", "known"), [(None, True), (True, True), (False, False)])
    def test_an_exercises_entry_is_not_production_s(self, takes, known):
        """INTAKE refuses it there; so the register must not have it either."""
        found = registry(*register(), exercise=takes)
        assert (place(found, T0)[1] == ()) == known

    def test_a_record_is_taken_once(self):
        known = registry(*register())
        known.take(published(entry(FirmEntry, "late", name="PT Telat", estate="imip"), T0, offset=3))
        assert (known.revision, place(known, T0, firm="late")[1]) == (len(register()), ("unknown_firm",))

    def test_a_registry_is_bound_by_the_limit_of_the_policy_in_force(self):
        """Not by a figure of its own."""
        short = POLICY.model_copy(update={"intake": POLICY.intake.model_copy(update={"largest_bytes": 400})})
        long = entry(FirmEntry, "itss", name="A" * 200, estate="imip")
        for policy, doubts in ((POLICY, ()), (short, ("unknown_firm",))):
            known = Registry(policies={"p": policy}, rosters=("r",))
            for offset, said in enumerate((*MORE, long)):
                known.take(published(said, T0, offset=offset))
            assert place(known, T0)[1] == doubts


MISPLACED = {
    "an entry that is no exercise": entry(FirmEntry, "new", name="PT Baru", estate="imip", exercise=False),
    "a revision that nobody has": activation("1999-01-01.1"),
    "a good entry": entry(FirmEntry, "new", name="PT Baru", estate="imip"),
    "a good activation": activation(POLICY.revision),
}


@pytest.mark.parametrize("received", [T0, None], ids=["received", "nobody knows when"])
@pytest.mark.parametrize("said", [pytest.param(said, id=name) for name, said in MISPLACED.items()])
def test_the_register_takes_exactly_what_its_seat_does_not_refuse(said, received):
    """One judgement: else half of the line would know what the other half has refused."""
    known = admission()
    before, offset = known.registry._taken, known.registry.revision
    count = sum(map(len, (*before.entries._rows.values(), *before.activations._rows.values())))
    record = Record(REGISTRY.name, 0, offset, T0, None, json.dumps(said.at(T0).cloud(received)).encode())
    known.registry.take(record)
    refused = [said for said in INTAKE.step({}, record, known).words if isinstance(said.word, Rejected)]
    taken = sum(map(len, (*before.entries._rows.values(), *before.activations._rows.values()))) - count
    assert taken == (0 if refused else 1)


STATEMENTS = (
    *register(connected=True),
    entry(FirmEntry, "itss", name="PT Lain", estate="vdni", since=SINCE["2021"]),
    entry(EstateEntry, "imip", name="IMIP", regency="72.06", ended=True, since=SINCE["2022"]),
    entry(PlantEntry, "p-1", firm="smi", name="Satu", estate="vdni"),
    entry(SourceEntry, INSPECTION, owner="I", ended=True, since=SINCE["2021"]),
    activation(POLICY.revision, roster="roster-2", since=SINCE["2020"]),
)


@given(st.permutations(STATEMENTS), st.integers(0, len(STATEMENTS)), st.sampled_from([T0, T1, T2]))
def test_as_of_a_revision_nothing_later_is_known(statements, revision, at):
    """An audit folds the topic once, and asks as of each revision that was recorded."""
    records = [published(said, T0, offset=offset) for offset, said in enumerate(statements)]
    then, whole = (Registry(policies=LIBRARY.policies, rosters=("roster-1", "roster-2")) for _ in range(2))
    for record in records:
        whole.take(record)
        if record.offset < revision:
            then.take(record)
    earlier = whole.as_of(revision)
    asked = ({}, {"firm": "smi", "plant": "p-1"}, {"firm": "oss"}, {"firm": "gni"}, {"firm": "nobody", "estate": "imip"})
    assert (earlier.revision, whole.revision) == (revision, len(STATEMENTS))
    assert [place(earlier, at, **stated) for stated in asked] == [place(then, at, **stated) for stated in asked]
    assert (earlier.stamp(at), earlier.source(INSPECTION, at)) == (then.stamp(at), then.source(INSPECTION, at))


class TestEndedEstates:
    """Never to the desk where a regency is known."""

    @pytest.mark.parametrize(
        ("firm", "estate"),
        [
            pytest.param({"estate": "imip", "regency": "74.02"}, "regency:74.02", id="the firm's own regency"),
            pytest.param({"estate": "imip"}, "regency:72.06", id="else that of the estate's last entry"),
        ],
    )
    def test_a_firm_in_an_estate_that_has_ended_is_in_its_regency(self, firm, estate):
        ended = entry(EstateEntry, "imip", name="IMIP", regency="72.06", ended=True, since=SINCE["2021"])
        known = registry(*MORE, entry(FirmEntry, "itss", name="A", **firm), ended)
        assert [place(known, at)[0].estate for at in (T0, T1)] == ["imip", estate]
        assert place(known, T1)[1] == ("unknown_estate",)

    def test_a_plant_in_an_estate_that_has_ended_does_not_go_home_to_its_firm(self):
        firm, plant = entry(FirmEntry, "itss", name="A", estate="vdni"), entry(PlantEntry, "p-1", firm="itss", name="Satu", estate="imip")
        known = registry(*MORE, firm, plant, entry(EstateEntry, "imip", name="IMIP", regency="72.06", ended=True, since=SINCE["2021"]))
        assert place(known, T1, plant="p-1")[0].estate == "regency:72.06"

    def test_a_firm_that_has_ended_is_where_it_last_was(self):
        gone = entry(FirmEntry, "itss", name="A", estate="imip", ended=True, since=SINCE["2021"])
        known = registry(*MORE, entry(FirmEntry, "itss", name="A", estate="imip"), gone)
        assert (place(known, T1)[0].estate, place(known, T1)[1]) == ("regency:72.06", ("unknown_firm",))

    def test_a_regency_that_the_register_does_not_know_is_a_doubt(self):
        known = registry(*MORE, entry(FirmEntry, "itss", name="A", regency="99.99"))
        assert (place(known, T0)[0].estate, place(known, T0)[1]) == ("regency:99.99", ("unknown_regency",))
