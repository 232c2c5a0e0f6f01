"""Law 8: replay cannot send, and must agree: the rooms say the same again over their recorded inboxes, or the first difference is named."""

from collections import Counter

import msgspec
import pytest

from schemas import codec
from schemas.topics import BY_NAME, DELIVERY_INBOX, ESCALATION_INBOX, INBOXES, LEDGER, PROGRESS, Topic
from streams.pipeline.clock import CLOCK, Pace
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.intake import INTAKE
from streams.pipeline.line import Record
from streams.pipeline.surveillance import SURVEILLANCE
from streams.replay.audit import Audit, Audited, Kind, Recollection, in_words
from streams.replay.dry_run import Hosted
from tests.story import LIBRARY, Shift, acknowledge, bulletin, filed, retraction

ROOMS = ("intake", "clock", "surveillance", "escalation", "delivery")
INBOX_NAMES = {inbox.name for room in ROOMS for inbox in INBOXES[room]}


@pytest.fixture(scope="module")
def night() -> Shift:
    """A night with everything: an S5, corrections, acts, a filing, a retraction, bad input."""
    tell = Shift(connected=True)
    first = bulletin("klinik", "firm", dead=12)
    tell("11:10", first)
    tell("11:31", acknowledge("disnakertrans:72"), acknowledge("dg-kpaii"))
    tell("15:00", bulletin("IMIP", "estate", dead=13))
    tell.put(BY_NAME["smelter-incidents"], b"not json")
    tell("16:00", bulletin(firm="smi", kind="slag_overflow", occurred_at="15:40"), filed())
    tell("17:00", retraction(first))
    tell("+3d 08:00")
    return tell


def audit_of(night: Shift, *, since: int = 0) -> Audit:
    recollection = Recollection(night.admission)
    hosted = (
        Hosted(INTAKE, recollection.admission),
        Hosted(CLOCK, lambda _: Pace(story_time=True, policy_of=LIBRARY.policy, roster_of=LIBRARY.roster)),
        *(Hosted(room, LIBRARY.in_force) for room in (SURVEILLANCE, ESCALATION, DELIVERY)),
    )
    return Audit(hosted, recollection, since=since)


def audited(night: Shift, changed=lambda record: record, *, since: int = 0) -> list[Audited]:
    """The audit of a night whose log was changed on the way: None takes a record out."""
    audit = audit_of(night, since=since)
    then = [record for records in night.line.records.values() for record in records]
    for record in filter(None, (changed(record) for record in then)):
        audit.wrote(record)
    for record in then:
        if record.topic in INBOX_NAMES:
            audit.hears(record)
    return list(audit.verdict())


def test_a_night_says_the_same_again(night):
    found = audited(night)
    assert [seat for seat in found if seat.first] == []
    counted = Counter()
    for seat in found:
        counted[seat.room] += seat.words
    assert set(counted) == set(ROOMS)
    assert min(counted.values()) > 0, "every room has said something, and it was compared"
    said = [r for records in night.line.records.values() for r in records if r.header("by") and not r.header("cause").endswith("~seat")]
    assert counted.total() == len([r for r in said if not r.header("by").startswith("senders")])


SAID_BY = {"intake": LEDGER, "clock": LEDGER, "surveillance": ESCALATION_INBOX, "escalation": DELIVERY_INBOX, "delivery": ESCALATION_INBOX}


def nth_word(night: Shift, room: str, topic: Topic) -> Record:
    """A word of that room in the middle of its topic."""
    words = [r for r in night.line.records[topic.name] if r.header("by").startswith(room) and not r.header("cause").endswith("~seat")]
    return words[len(words) // 2]


def only(night: Shift, changed) -> Audited:
    """The one seat that differs."""
    (seat,) = [seat for seat in audited(night, changed) if seat.first]
    return seat


@pytest.mark.parametrize("room", ROOMS)
def test_a_word_that_was_altered_is_found(night, room):
    """One field of one word, in each room."""
    victim = nth_word(night, room, SAID_BY[room])
    word = codec.decode(victim.value)
    altered = victim._replace(value=codec.encode(msgspec.structs.replace(word, **{field(word): 7})))
    seat = only(night, lambda record: altered if record is victim else record)
    assert (seat.room, seat.differing, seat.first.kind) == (room, 1, Kind.CHANGED)
    words = in_words(seat.first, altered)
    assert words.startswith(f"{victim.header('by')}, because of {victim.header('cause')}")
    assert f"value.{field(word)} was 7, is now" in words


def field(word) -> str:
    return next(name for name in ("at", "number", "revision") if hasattr(word, name))


@pytest.mark.parametrize("room", ROOMS)
def test_a_word_that_was_taken_out_is_found(night, room):
    victim = nth_word(night, room, SAID_BY[room])
    seat = only(night, lambda record: None if record is victim else record)
    assert (seat.room, seat.differing, seat.first.kind) == (room, 1, Kind.ADDED)
    assert "says now what it did not say then" in in_words(seat.first, None)


@pytest.mark.parametrize("room", ROOMS)
def test_a_word_that_was_slipped_in_is_found(night, room):
    model = nth_word(night, room, SAID_BY[room])
    headers = tuple((name, b"99" if name == "n" else text) for name, text in model.headers)
    audit = audit_of(night)
    for records in night.line.records.values():
        for record in records:
            audit.wrote(record)
    audit.wrote(model._replace(headers=headers, offset=10_000))
    for records in night.line.records.values():
        for record in records:
            audit.hears(record)
    (seat,) = [seat for seat in audit.verdict() if seat.first]
    assert (seat.room, seat.first.kind) == (room, Kind.MISSING)
    assert "does not say now what it said then" in in_words(seat.first, model)


def test_another_policy_on_the_stamp_is_found(night):
    victim = nth_word(night, "escalation", DELIVERY_INBOX)
    headers = tuple((name, b"another" if name == "policy" else text) for name, text in victim.headers)
    altered = victim._replace(headers=headers)
    seat = only(night, lambda record: altered if record is victim else record)
    assert "policy was another, is now" in in_words(seat.first, altered)


def test_the_release_is_not_compared(night):
    later = [("release", b"2031.1.0")]
    found = audited(night, lambda r: r._replace(headers=(*(h for h in r.headers if h[0] != "release"), *later)) if r.header("by") else r)
    assert [seat for seat in found if seat.first] == []


def test_the_first_difference_is_the_first_of_the_inbox(night):
    victims = [
        r for r in night.line.records[DELIVERY_INBOX.name] if r.header("by") == nth_word(night, "escalation", DELIVERY_INBOX).header("by")
    ]
    causes = [victims[-1], victims[0]]
    seat = only(night, lambda record: None if record in causes else record)
    assert (seat.differing, seat.first.cause) == (2, victims[0].header("cause"))


def test_what_came_before_the_audited_span_is_not_compared(night):
    """The rooms are taken through it all the same: their memory comes from there."""
    inbox = night.line.records[LEDGER.name]
    since = inbox[len(inbox) // 2].timestamp
    early = next(r for r in night.line.records[ESCALATION_INBOX.name] if r.header("by").startswith("surveillance"))
    found = audited(night, lambda record: None if record is early else record, since=since)
    assert [seat for seat in found if seat.first] == []
    assert 0 < sum(seat.words for seat in found) < sum(seat.words for seat in audited(night))


def test_words_of_records_that_are_not_read_again_are_left_alone(night):
    """A line that goes on while it is audited: what came of later records is not missing."""
    audit = audit_of(night)
    for records in night.line.records.values():
        for record in records:
            audit.wrote(record)
    for records in night.line.records.values():
        for record in records[: len(records) // 2] if records and records[0].topic == PROGRESS.name else records:
            audit.hears(record)
    assert [seat for seat in audit.verdict() if seat.first] == []
