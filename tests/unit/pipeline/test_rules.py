"""R12 and R11: every threshold of domain §3.4 below, at and above; an unknown count never lowers; two clocks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.intake import Grade, IncidentBulletin
from schemas.surveillance import Because
from streams.pipeline.surveillance.incident.facts import Declared, Filed, assertion_of
from streams.pipeline.surveillance.incident.rules import filing_clocks, filing_due, filing_reasons, grade_of, graded
from streams.pipeline.surveillance.incident.rules import held as held_of
from streams.pipeline.surveillance.incident.timeline import walked
from tests.story import DESK, HOUR, POLICY, World, bulletin, clock, read
from tests.strategies import bulletins

SEVERITY, FILING = POLICY.severity, POLICY.filing
WORLD = World()
QUIET = {"kind": "vehicle"}
"""A kind that gives no grade of its own."""


def assertion(said, at="11:10"):
    admitted = WORLD.admits(said, at)["firm:itss"]
    return assertion_of(admitted, IncidentBulletin.model_validate_json(json.dumps(said.at(admitted.at).data)))


def picture(*said):
    found = [assertion(one._replace(id=one.id or f"b-{number}"), clock("11:10") + number) for number, one in enumerate(said)]
    return walked(found, lambda deciding: grade_of(deciding, SEVERITY))


def grade(*said):
    found = graded(picture(*said).deciding, SEVERITY)
    assert found.grade == grade_of(picture(*said).deciding, SEVERITY)
    return found


def held(assertions, at, severity):
    along = walked(assertions, lambda deciding: grade_of(deciding, severity))
    return held_of(along.stretches, graded(along.deciding, severity).grade, at, severity)


def injured(**counts):
    return {"injured": counts}


def off_site(**counts):
    return {"off_site": counts}


@pytest.mark.parametrize(
    ("below", "at", "above", "expected", "because"),
    [
        pytest.param({"dead": 4}, {"dead": 5}, {"dead": 6}, "S5", Because.DEAD, id="five dead are S5"),
        pytest.param(
            {"dead": 4, "missing": 5},
            {"dead": 4, "missing": 6},
            {"dead": 4, "missing": 7},
            "S5",
            Because.DEAD_OR_MISSING,
            id="ten dead or missing are S5",
        ),
        pytest.param({"missing": 9}, {"missing": 10}, {"missing": 11}, "S5", Because.DEAD_OR_MISSING, id="ten missing are S5"),
        pytest.param(injured(total=29), injured(total=30), injured(total=31), "S5", Because.INJURED, id="thirty injured are S5"),
        pytest.param(
            injured(serious=9, light=20),
            injured(serious=10, light=20),
            injured(serious=11, light=20),
            "S5",
            Because.INJURED,
            id="thirty injured in parts are S5",
        ),
        pytest.param(
            off_site(evacuated=499, hours=1),
            off_site(evacuated=100, hours=5),
            off_site(evacuated=101, hours=5),
            "S5",
            Because.COMMUNITY,
            id="500 person-hours of evacuation are S5",
        ),
        pytest.param(
            off_site(declared=False),
            off_site(declared=True),
            off_site(declared=True),
            "S5",
            Because.COMMUNITY,
            id="a declared evacuation is S5",
        ),
        pytest.param(off_site(dead=0), off_site(dead=1), off_site(dead=2), "S5", Because.OFF_SITE_DEATH, id="a death outside is S5"),
        pytest.param({"dead": 0}, {"dead": 1}, {"dead": 4}, "S4", Because.DEAD, id="one dead is S4"),
        pytest.param({"missing": 0}, {"missing": 1}, {"missing": 9}, "S4", Because.MISSING, id="one missing is S4"),
        pytest.param(
            injured(hospitalised=5),
            injured(hospitalised=6),
            injured(hospitalised=7),
            "S4",
            Because.HOSPITALISED,
            id="six in hospital are S4",
        ),
        pytest.param(
            off_site(hospitalised=0),
            off_site(hospitalised=1),
            off_site(hospitalised=2),
            "S4",
            Because.OFF_SITE_HOSPITALISED,
            id="one in hospital outside is S4",
        ),
        pytest.param(
            {"exposed": 9, "release": {"substance": "CO", "toxic": True}},
            {"exposed": 10, "release": {"substance": "CO", "toxic": True}},
            {"exposed": 40, "release": {"substance": "CO", "toxic": True}},
            "S4",
            Because.TOXIC_EXPOSURE,
            id="ten exposed to toxic gas are S4",
        ),
        pytest.param(
            injured(serious=0), injured(serious=1), injured(serious=2), "S3", Because.SERIOUS_INJURY, id="one serious injury is S3"
        ),
        pytest.param(
            {"fire_minutes": 59}, {"fire_minutes": 60}, {"fire_minutes": 61}, "S3", Because.LONG_FIRE, id="sixty minutes of fire are S3"
        ),
        pytest.param({"cost_usd": 99_999}, {"cost_usd": 100_000}, {"cost_usd": 100_001}, "S3", Because.COST, id="USD 100,000 are S3"),
        pytest.param(injured(total=0), injured(total=1), injured(total=29), "S2", Because.ANY_INJURY, id="any injury is S2"),
    ],
)
def test_a_threshold_below_at_and_above(below, at, above, expected, because):
    """The grade begins at the figure and not before it, and says which figure gave it."""
    assert grade(bulletin(**{**QUIET, **below})).grade < expected
    for said in (at, above):
        found = grade(bulletin(**{**QUIET, **said}))
        assert (found.grade, because in {reason.because for reason in found.reasons}) == (expected, True)


@pytest.mark.parametrize(
    ("said", "expected", "because"),
    [
        pytest.param({"kind": "near_miss"}, "S1", Because.NO_HARM, id="a near miss is S1"),
        pytest.param({"kind": "fall"}, "S1", Because.NO_HARM, id="nothing known is S1"),
        pytest.param({"kind": "furnace_breakout"}, "S3", Because.CONTAINMENT_LOST, id="a furnace breakout is S3"),
        pytest.param({"kind": "slag_overflow"}, "S3", Because.CONTAINMENT_LOST, id="a slag overflow is S3"),
        pytest.param({"kind": "slag_water_eruption"}, "S3", Because.CONTAINMENT_LOST, id="a slag eruption is S3"),
        pytest.param({"kind": "furnace_explosion"}, "S3", Because.EXPLOSION, id="an explosion is S3"),
        pytest.param({"kind": "dust_explosion"}, "S3", Because.EXPLOSION, id="a dust explosion is S3"),
        pytest.param({"kind": "fire"}, "S3", Because.LONG_FIRE, id="a fire of which no duration is stated is S3"),
        pytest.param({"kind": "fire", "fire_minutes": "unknown"}, "S3", Because.LONG_FIRE, id="a fire of unknown duration is S3"),
        pytest.param({"kind": "fire", "fire_minutes": 59}, "S2", Because.SHORT_FIRE, id="a short fire without injury is S2"),
        pytest.param({"exposed": 1_000}, "S1", Because.NO_HARM, id="exposed is not injured"),
        pytest.param(
            {"exposed": 40, "release": {"substance": "steam", "toxic": False}}, "S1", Because.NO_HARM, id="exposed to what is not toxic"
        ),
        pytest.param({"injured": {"treated": 35}}, "S1", Because.NO_HARM, id="a clinic's own count may include the dead"),
        pytest.param({"potential": "S5"}, "S1", Because.NO_HARM, id="potential is not actual severity"),
    ],
)
def test_a_circumstance_gives_its_grade(said, expected, because):
    found = grade(bulletin(**{**QUIET, **said}))
    assert (found.grade, [reason.because for reason in found.reasons]) == (expected, [because])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param((bulletin("klinik", "firm", dead=12, injured={"treated": 35}),), "S5", id="ITSS 2023: S5 from the first bulletin"),
        pytest.param(
            (bulletin("IMIP", "estate", firm="itss", kind="slag_overflow", dead=0, injured={"observed": 2}, fire_minutes=45),),
            "S3",
            id="SMI 2024: slag overflow",
        ),
        pytest.param(
            (bulletin("IWIP", "firm", kind="dust_explosion", injured={"total": 7, "serious": 2, "light": 5}),),
            "S3",
            id="IWIP 2023: seven injured, two of them badly",
        ),
        pytest.param(
            (bulletin("IWIP", "firm", kind="dust_explosion", injured={"total": 7, "hospitalised": 6}),),
            "S4",
            id="IWIP 2023: if six are in hospital",
        ),
        pytest.param(
            (bulletin("KFI", "firm", kind="fire", dead=0, injured={"total": 1}, fire_minutes="unknown"),),
            "S3",
            id="KFI 2023: the first day",
        ),
        pytest.param(
            (
                bulletin("KFI", "firm", kind="fire", dead=0, injured={"total": 1}),
                bulletin("KFI", "firm", kind="fire", dead=1, injured={"total": 1}),
            ),
            "S4",
            id="KFI 2023: the next day, one dead",
        ),
    ],
)
def test_the_domains_own_checks(said, expected):
    assert grade(*said).grade == expected


@given(bulletins(parties=(("Polres", "police", DESK),)), st.sampled_from(["dead", "missing", "injured", "cost_usd", "exposed"]))
def test_an_unknown_count_never_lowers_a_grade(said, name):
    """Saying nothing of a count is never worse than saying none: leaving a zero out changes nothing."""
    known = said.data.get(name)
    if known == 0:
        without = said._replace(data={n: v for n, v in said.data.items() if n != name})
        assert grade(without) == grade(said)
    assert Grade.S1 <= grade(said).grade <= Grade.S5


@given(bulletins(parties=(("Polres", "police", DESK),)), bulletins(parties=(("IMIP", "estate", DESK),)))
def test_more_official_facts_never_lower_a_grade(one, other):
    """What a second official party adds can raise, and can never lower (except a fire's unknown duration made known)."""
    kinds = {said.data["kind"] for said in (one, other)}
    burning = "fire" in kinds or any("fire_minutes" in said.data for said in (one, other))
    both = grade(one._replace(id="b-1"), other._replace(id="b-2")).grade
    assert burning or both >= max(grade(one).grade, grade(other).grade)


def test_the_highest_official_figure_decides_not_the_headline():
    """R13: the police say 4, the firm says 6: S5, whoever ranks higher."""
    assert grade(bulletin(**QUIET, dead=4), bulletin("PT", "firm", **QUIET, dead=6)).grade == "S5"


def test_an_unofficial_figure_decides_nothing_beside_an_official_one():
    """Fifteen says the union, four says the estate."""
    assert grade(bulletin("IMIP", "estate", **QUIET, dead=4), bulletin("Partai", "union", **QUIET, dead=15)).grade == "S4"


def test_while_there_is_only_a_signal_its_own_figures_grade_it():
    assert grade(bulletin("Partai", "union", **QUIET, dead=15)).grade == "S5"


def test_a_party_that_learns_the_duration_of_a_fire_is_believed():
    """First unknown, later 45 minutes, by the same party: a short fire."""
    assert grade(bulletin(kind="fire", fire_minutes="unknown"), bulletin(kind="fire", fire_minutes=45)).grade == "S2"


class TestHeld:
    def of(self, *said):
        return tuple(assertion(one._replace(id=f"b-{number}"), at) for number, (at, one) in enumerate(said))

    def test_a_grade_is_held_72_hours_from_when_it_ceased_to_stand(self):
        timeline = self.of(("11:10", bulletin(dead=12)), ("15:00", bulletin(dead=0)))
        until = clock("+3d 15:00")
        assert held(timeline, clock("15:00"), SEVERITY) == ("S5", until)
        assert held(timeline, until - 1, SEVERITY) == ("S5", until)
        assert held(timeline, until, SEVERITY) == ("S3", None)

    def test_a_rise_is_held_by_nothing(self):
        timeline = self.of(("11:10", bulletin(dead=0)), ("15:00", bulletin(dead=12)))
        assert held(timeline, clock("15:00"), SEVERITY) == ("S5", None)

    def test_the_order_of_arrival_does_not_matter(self):
        timeline = self.of(("11:10", bulletin(dead=12)), ("13:00", bulletin(dead=2)), ("15:00", bulletin(dead=0)))
        assert held(timeline, clock("15:00"), SEVERITY) == held(timeline[::-1], clock("15:00"), SEVERITY)

    def test_grades_fall_one_after_the_other(self):
        """S5 until the third day, then S4 until two hours later, then S3."""
        timeline = self.of(("11:10", bulletin(dead=12)), ("13:00", bulletin(dead=2)), ("15:00", bulletin(dead=0)))
        found = [held(timeline, clock(at), SEVERITY) for at in ("+1d 00:00", "+3d 13:00", "+3d 15:00")]
        assert [(h.grade, h.until and read(h.until)) for h in found] == [("S5", "+3d 13:00"), ("S4", "+3d 15:00"), ("S3", None)]


class TestFiling:
    """R11, in Morowali, where something occurred at 05:30 says one, at 06:15 says the other."""

    ONE, OTHER = bulletin(occurred_at="05:30"), bulletin("IMIP", "estate", occurred_at="06:15")

    def clocks(self, *, said=(ONE,), declared=(), filed=()):
        return filing_clocks(picture(*said).standing, declared, filed, FILING)

    def filing(self, at, rank="labour_inspection"):
        return Filed("s", f"f-{at}", "d", clock(at), "Disnakertrans", rank)

    def declaration(self, at, what="disabled", rank="labour_inspection"):
        return Declared("s", f"o-{at}", "d", what, clock(at), rank)

    def test_48_hours_from_the_occurrence(self):
        (only,) = self.clocks()
        assert (only.opened_by, read(only.due_first), read(only.due_last)) == ("occurrence", "+2d 05:30", "+2d 05:30")

    def test_with_conflicting_times_it_reminds_on_the_earliest_and_counts_on_the_latest(self):
        (only,) = self.clocks(said=(self.ONE, self.OTHER))
        assert (read(only.due_first), read(only.due_last)) == ("+2d 05:30", "+2d 06:15")
        due = clock("00:00")
        instants = []
        while (due := filing_due((only,), due, FILING)) is not None:
            instants.append(read(due))
        assert instants == ["+1d 17:30", "+2d 06:15"]

    @pytest.mark.parametrize(
        ("at", "connected", "expected"),
        [
            pytest.param("+1d 17:29", True, [], id="thirteen hours before, nothing"),
            pytest.param("+1d 17:30", True, [Because.FILING_DUE_SOON], id="twelve hours before, a reminder"),
            pytest.param("+2d 05:30", True, [Because.FILING_DUE_SOON], id="at the earlier time it still only reminds"),
            pytest.param("+2d 06:14", True, [Because.FILING_DUE_SOON], id="a minute before the later time, too"),
            pytest.param("+2d 06:15", True, [Because.FILING_OVERDUE], id="at the later time a breach, where the inspection is connected"),
            pytest.param("+2d 06:15", False, [Because.FILING_UNKNOWN], id="and a question, never a breach, where it is not"),
        ],
    )
    def test_what_it_says_when(self, at, connected, expected):
        overdue = Because.FILING_OVERDUE if connected else Because.FILING_UNKNOWN
        found = filing_reasons(self.clocks(said=(self.ONE, self.OTHER)), clock(at), overdue, FILING)
        assert [reason.because for reason in found] == expected
        assert all(reason.source == FILING.source for reason in found)

    def test_every_later_declaration_opens_another_clock(self):
        found = self.clocks(declared=(self.declaration("+1d 09:00"), self.declaration("+1d 08:00", "dead")))
        assert [(c.opened_by, read(c.due_last)) for c in found] == [
            ("occurrence", "+2d 05:30"),
            ("dead", "+3d 08:00"),
            ("disabled", "+3d 09:00"),
        ]

    def test_the_press_opens_no_clock(self):
        """A statutory 48 hours begins with somebody official's word."""
        assert [c.opened_by for c in self.clocks(declared=(self.declaration("+1d 09:00", rank="media"),))] == ["occurrence"]

    def test_a_filing_answers_what_had_begun_by_then(self):
        """The report of the first day says nothing of who was declared disabled on the next."""
        found = self.clocks(declared=(self.declaration("+1d 08:00"),), filed=(self.filing("20:00"),))
        assert [c.filed_at and read(c.filed_at) for c in found] == ["20:00", None]
        assert filing_due(found, clock("20:00"), FILING) == clock("+2d 20:00")

    def test_the_first_filing_counts(self):
        found = self.clocks(filed=(self.filing("+1d 08:00"), self.filing("20:00")))
        assert read(found[0].filed_at) == "20:00"

    def test_a_filing_before_the_accident_is_of_another_one(self):
        assert self.clocks(filed=(self.filing("05:00"),))[0].filed_at is None

    def test_only_the_inspection_s_own_word_is_a_filing(self):
        """G4: not the firm's, not the press's."""
        assert self.clocks(filed=(self.filing("20:00", rank="media"),))[0].filed_at is None

    def test_filed_it_says_nothing(self):
        found = self.clocks(filed=(self.filing("20:00"),))
        assert filing_reasons(found, clock("+3d 00:00"), Because.FILING_OVERDUE, FILING) == ()
        assert filing_due(found, 0, FILING) is None

    def test_nothing_asserted_no_clock(self):
        assert self.clocks(said=()) == ()
        assert HOUR * FILING.due_hours == clock("+2d 05:30") - clock("05:30")
