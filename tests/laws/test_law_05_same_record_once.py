"""Law 5: a repeated fact says nothing; the same id with other content is listed and decides nothing; ids derive from content."""

from hypothesis import given

from schemas.ledger import Oddity
from schemas.surveillance import Alert
from schemas.topics import REJECTED
from streams.pipeline.surveillance import SURVEILLANCE
from tests.story import NOON_2026, Chain, Seat, Shift, World, bulletin, clock, filed, outcome
from tests.strategies import nights


@given(nights())
def test_everything_repeated_changes_nothing(facts):
    """A night replayed after itself: no word, no change of memory."""
    chain = Chain()
    for fact in facts:
        chain.hears(fact.said, fact.at)
    entries = dict(chain.surveillance.entries)
    assert [said for fact in facts for said in chain.hears(fact.said, fact.at)] == []
    assert chain.surveillance.entries == entries


def test_the_same_record_at_another_offset_is_the_same_record(tell: Shift):
    """A producer that retries: nobody is told twice."""
    first = bulletin(dead=12, id="b-1")
    tell("11:10", first)
    assert tell("11:11", first.at(clock("11:10"))) == []
    assert len(tell.alerts) == 1


def test_the_same_id_with_other_content_is_listed_and_decides_nothing(tell: Shift):
    """An oddity names both digests; the first content stands."""
    tell("11:10", bulletin(dead=12, id="b-1"))
    heard = tell("11:12", bulletin(dead=99, id="b-1"))
    (oddity,) = tell.words(REJECTED, Oddity)
    assert heard == []
    assert (oddity.source, oddity.id, oddity.subject) == ("https://desk.example", "b-1", "firm:itss")
    assert oddity.digest != oddity.first_digest
    assert [alert.situation.figures[0].headline.value for alert in tell.alerts] == [12]


def test_filings_and_outcomes_have_oddities_too(chain: Chain):
    """Whatever the word: one id, one content."""
    chain.hears(bulletin(id="b"), clock("11:10"))
    for first, other in ((filed(id="f"), filed(id="f", received_by="somebody else")), (outcome("dead", id="o"), outcome("ill", id="o"))):
        chain.hears(first, clock("12:00"))
        said = chain.surveillance.hears_all(chain.world.says(other, clock("12:30")))
        assert [type(s.word) for s in said] == [Oddity]


def test_the_same_id_of_another_source_is_another_fact(chain: Chain):
    """Ids belong to their source."""
    chain.hears(bulletin(id="b-1", dead=1), clock("11:10"))
    chain.hears(bulletin("koran", "media", id="b-1", dead=2, source="https://other.example"), clock("11:10"))
    assert [alert.revision for alert in chain.alerts] == [1, 2]


@given(nights(most=4))
def test_ids_know_neither_coordinates_nor_clocks(facts):
    """The same night at other offsets, partitions and append times has the same ids of alerts, escalations and deliveries."""
    ids = []
    for offset in (0, 77_000):
        chain = Chain()
        chain.world.offset = offset
        chain.surveillance.offset = chain.escalation.offset = offset * 3
        for fact in facts:
            chain.hears(fact.said, fact.at)
        ids.append([*(a.id for a in chain.alerts), *chain.standing, *(d.id for d in chain.deliveries)])
    assert ids[0] == ids[1]


def test_every_delivery_of_a_night_has_an_id_of_its_own(tell: Shift):
    """R16: (escalation, revision, level, receiver) and what it is about; nothing collides, whatever happens in one night."""
    tell("11:10", bulletin(dead=2, id="b-1"))
    tell("11:40", bulletin(dead=12, id="b-2"))
    tell("12:00", bulletin(dead=3, id="b-3", replaces={"id": "b-2"}))
    tell("+4d 05:30")
    ids = [delivery.id for delivery in tell.deliveries]
    assert len(ids) == len(set(ids))


def test_reopening_is_a_revision_of_the_same_alert(chain: Chain):
    """Taken back, then said again by another: the same alert, the same escalation, the next revision."""
    first = bulletin(id="b-1", dead=1)
    chain.hears(first, clock("11:10"))
    chain.hears(bulletin(id="b-2", replaces={"id": "b-1"}, retracted=True), clock("12:00"))
    chain.hears(bulletin("IMIP", "estate", id="b-3", dead=1), clock("13:00"))
    assert [(a.revision, a.state) for a in chain.alerts] == [(1, "firing"), (2, "withdrawn"), (3, "firing")]
    assert len({a.id for a in chain.alerts}) == len(chain.standing) == 1


def test_a_seat_that_reads_a_batch_again_says_nothing_new():
    """Redelivery of whole ledgers, as after a restart from an older offset."""
    world, seat = World(), Seat(SURVEILLANCE)
    ledger = [said for n in range(5) for said in world.says(bulletin(id=f"b-{n}", dead=n), clock("11:10") + n)]
    for _ in range(2):
        seat.hears_all(ledger)
    assert [alert.revision for alert in seat.said(Alert)] == [1, 2, 3, 4, 5]
    assert seat.offset > 5
    assert seat.words[0].stamp.policy
    assert world.offset < NOON_2026
