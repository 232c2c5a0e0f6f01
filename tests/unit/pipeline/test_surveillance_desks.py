"""What the desks of SURVEILLANCE remember beside incidents: a source's refusals, a firm's doubts; and how all of it is forgotten."""

import pytest
from msgspec.structs import replace

from handlers.wording.source import unresolved
from schemas import codec
from schemas.intake import IncidentBulletin
from schemas.ledger import Origin, Refusal
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.surveillance import Alert, AlertState, Rule, SourceSituation, Trouble
from schemas.topics import CASES, INCIDENTS, REPORTS
from streams.pipeline.line import Record
from streams.pipeline.surveillance import SURVEILLANCE
from streams.pipeline.surveillance.doubts import MOST_ORIGINS
from tests.story import DAY, IN_FORCE, NOON_2026, POLICY, STAMP, Chain, Seat, World, bulletin, clock, filed, outcome

AT = clock("11:10")
FORGET = POLICY.surveillance.forget_days * DAY
HEADERS = tuple((name, value.encode()) for name, value in STAMP._asdict().items())


def refusal(offset: int = 1, subject: str = "source:https://desk.example", at: int = AT) -> Refusal:
    """A bulletin that was refused."""
    origin = Origin("smelter-incidents", 0, offset)
    return Refusal("siaga.incident-bulletin.v1", "https://desk.example", "wrong_value", "dead", subject, at, origin, exercise=True)


@pytest.fixture
def seat() -> Seat:
    return Seat(SURVEILLANCE)


class TestSources:
    def test_refusals_of_a_source_are_one_alert_that_counts(self, seat):
        """Who it was, how many so far, and what was wrong with the last."""
        for offset in range(3):
            seat.hears(refusal(offset))
        alerts = seat.said(Alert)
        assert [(a.rule, a.revision, a.estate, a.grade) for a in alerts] == [(Rule.REFUSED, n, "desk", "S3") for n in (1, 2, 3)]
        situation = alerts[-1].situation
        assert isinstance(situation, SourceSituation)
        assert (situation.who, situation.what, situation.counts) == ("https://desk.example", Trouble.REJECTED, (("rejected", 3),))
        assert situation.last == "siaga.incident-bulletin.v1: wrong_value (dead)"

    @pytest.mark.parametrize(
        ("topic", "kind", "interrupts"),
        [
            pytest.param(REPORTS.name, ReportSubmission.type, False, id="a report"),
            pytest.param(REPORTS.name, InspectionFinding.type, False, id="a finding"),
            pytest.param(REPORTS.name, REPORTS.name, False, id="what cannot be read, among reports"),
            pytest.param(REPORTS.name, "gossip.v1", False, id="what nobody knows, among reports"),
            pytest.param(REPORTS.name, IncidentBulletin.type, True, id="an explosion among reports"),
            pytest.param(INCIDENTS.name, INCIDENTS.name, True, id="what cannot be read, among incidents"),
            pytest.param(INCIDENTS.name, ReportSubmission.type, True, id="what says that it is a report, among incidents"),
            pytest.param(CASES.name, "", True, id="a case notice"),
        ],
    )
    def test_a_refused_report_interrupts_nobody(self, seat, topic, kind, interrupts):
        """G5 speaks of incidents and case notices; 22,000 reports a night would drown them."""
        seat.hears(replace(refusal(), kind=kind, origin=Origin(topic, 0, 1)))
        assert bool(seat.said(Alert)) == ("source:https://desk.example" in seat.entries) == interrupts

    def test_a_source_is_forgotten_after_its_last_refusal(self, seat):
        seat.hears(refusal(1))
        seat.hears(refusal(2, at=AT + DAY))
        seat.tick(AT + FORGET)
        assert "source:https://desk.example" in seat.entries
        seat.tick_through(AT + DAY + FORGET)
        assert (seat.entries, seat.dues) == ({}, {})


@pytest.mark.parametrize("before", [(), (bulletin(dead=2, id="b-1"),)], ids=["of nothing at all", "beside an incident"])
def test_a_retraction_that_does_not_say_of_what_reaches_the_desk(tell, before):
    """It asserts nothing, so no picture shows it; whoever sent it believes that something has been taken back (G5)."""
    tell("11:00", *before)
    heard = tell("11:10", bulletin(retracted=True, id="r"))
    assert [one.position for one in heard] == ["duty-officer"]
    situation = tell.deliveries[-1].situation
    assert (situation.who, situation.last) == (
        "https://desk.example",
        "siaga.incident-bulletin.v1: retraction_of_nothing (replaces)",
    )
    assert "tidak menyebut" in unresolved(situation.last, "id")


class TestDoubts:
    def test_a_refusal_of_a_firm_is_remembered_and_interrupts_nobody(self, seat):
        """Law 2: an absence will ask. How often, when last, and where to look."""
        assert seat.hears(refusal(4, "firm:itss")) == ()
        seat.hears(refusal(5, "firm:itss", AT + 1))
        doubts = seat.entries["firm:itss|doubts"]
        assert (doubts.count, doubts.at, [o.offset for o in doubts.origins]) == (2, AT + 1, [4, 5])

    def test_a_record_on_which_the_room_broke_is_remembered_too(self):
        """By where its fact was published; read again it is counted once."""
        (word,) = [said for said in World().says(bulletin(id="b"), AT) if said.key == "firm:itss"]
        record = Record("ledger", 0, 7, NOON_2026, b"firm:itss", codec.encode(word.word), HEADERS)
        step = SURVEILLANCE.broken({}, record, IN_FORCE)
        doubts = step.changes["firm:itss|doubts"]
        assert (doubts.count, doubts.at, doubts.origins) == (1, AT, (word.word.origin,))
        assert SURVEILLANCE.broken(step.changes, record, IN_FORCE).changes == {}

    def test_of_what_cannot_be_read_the_ledgers_own_record_is_remembered(self):
        record = Record("ledger", 2, 7, NOON_2026, b"firm:itss", b"\xff", HEADERS)
        doubts = SURVEILLANCE.broken({}, record, IN_FORCE).changes["firm:itss|doubts"]
        assert (doubts.at, doubts.origins) == (NOON_2026, (Origin("ledger", 2, 7),))

    @pytest.mark.parametrize("key", [b"source:x", b"estate:imip", b"firm:itss|itss/2023-12-24", b"", None])
    def test_only_a_firms_own_record_puts_a_firm_in_doubt(self, key):
        """A tick's key is an entry, whose facts have been heard; sources and estates report to nobody."""
        assert SURVEILLANCE.broken({}, Record("ledger", 0, 7, NOON_2026, key, b"\xff", HEADERS), IN_FORCE).changes == {}

    def test_the_origins_are_bounded_and_the_count_is_not(self, seat):
        for offset in range(MOST_ORIGINS + 5):
            seat.hears(refusal(offset, "firm:itss"))
        doubts = seat.entries["firm:itss|doubts"]
        assert (doubts.count, len(doubts.origins), doubts.origins[-1].offset) == (MOST_ORIGINS + 5, MOST_ORIGINS, MOST_ORIGINS + 4)

    def test_doubts_are_forgotten(self, seat):
        seat.hears(refusal(4, "firm:itss"))
        seat.tick_through(AT + FORGET)
        assert set(seat.entries) == set(seat.dues) == {"~ruled"}


class TestForgetting:
    def test_an_incident_is_forgotten_with_all_its_facts(self, chain: Chain):
        """After the policy's days without a fact: the entry, its facts, and its due."""
        for said, at in ((bulletin(dead=1, id="b-1"), "11:10"), (filed(id="f"), "12:00"), (outcome("ill", id="o"), "+9d 11:10")):
            chain.hears(said, at)
        chain.surveillance.tick_through(clock("+9d 11:10") + FORGET - 1)
        assert len(chain.surveillance.entries) == 4
        chain.surveillance.tick_through(clock("+9d 11:10") + FORGET)
        assert (chain.surveillance.entries, chain.surveillance.dues) == ({}, {})

    def test_what_is_said_again_after_it_was_forgotten_begins_anew(self, chain: Chain):
        """Revision 1 again, of the same alert; since when tells the two apart."""
        chain.hears(bulletin(dead=1, id="b-1", incident="ref"), "11:10")
        chain.surveillance.tick_through(AT + FORGET)
        chain.hears(bulletin(dead=1, id="b-1", incident="ref"), AT + FORGET + DAY)
        first, *_, again = [alert for alert in chain.alerts if alert.rule == Rule.SEVERITY]
        assert (first.id, first.revision, first.since) == (again.id, 1, AT)
        assert (again.revision, again.since, again.state) == (1, AT + FORGET + DAY, AlertState.FIRING)

    def test_forgetting_tells_nobody(self, chain: Chain):
        chain.hears(bulletin(dead=1), "11:10")
        chain.surveillance.tick_through(AT + FORGET - 1)
        assert chain.surveillance.tick(AT + FORGET) == ()


def test_the_two_hundred_and_first_bulletin_tells_like_any_other(chain: Chain):
    """An incident of which very much is said is never refused: the newest word still changes the picture."""
    for number in range(201):
        chain.hears(bulletin("Polres", "police", dead=1, id=f"b-{number}"), AT + number)
    words = chain.hears(bulletin("Polres", "police", dead=2, id="b-201"), AT + 201)
    assert words
    assert dict(chain.alerts[-1].situation.numbers())["dead"] == 2


def test_beyond_what_is_remembered_the_oldest_go(chain: Chain):
    """Their entries are closed, and the alert says what the newest say."""
    few = POLICY.surveillance.model_copy(update={"newest_facts": 3, "facts_each": 1, "parties": 1})
    chain.surveillance.in_force = IN_FORCE._replace(policy=POLICY.model_copy(update={"surveillance": few}))
    for number in range(6):
        chain.hears(bulletin("IMIP", "estate", dead=number, id=f"b-{number}"), AT + number)
    chain.hears(bulletin("koran", "media", dead=9, id="old"), clock("06:00"))
    facts = [entry for name, entry in chain.surveillance.entries.items() if name.count("|") == 2]
    assert sorted(fact.id for fact in facts) == ["b-3", "b-4", "b-5"]
