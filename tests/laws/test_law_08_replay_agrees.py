"""Law 8: replay cannot send, and must agree: the rooms say the same again over their recorded inboxes, or the first difference is named."""

from collections import Counter

import msgspec
import pytest

from schemas import codec
from schemas.ids import digest
from schemas.intake import SourceWatermark
from schemas.registry import SourceEntry
from schemas.topics import BY_NAME, DELIVERY_INBOX, ESCALATION_INBOX, INBOXES, INTAKE_TOPICS, LEDGER, PROGRESS, REPORTS, Topic
from schemas.word import format_time
from streams.pipeline.clock import Pace
from streams.pipeline.line import Record
from streams.pipeline.senders import SENDERS
from streams.replay.audit import Audit, Audited, Recollection, Span
from streams.replay.difference import Kind, in_words
from streams.replay.dry_run import Hosted
from streams.replay.rooms import hosted
from tests.story import LIBRARY, Shift, Uttered, acknowledge, bulletin, case, clock, entry, filed, retraction

ROOMS = ("intake", "clock", "surveillance", "escalation", "delivery")
BESIDE = tuple(room.name for room in SENDERS.values())
INBOX_NAMES = {inbox.name for room in (*ROOMS, *BESIDE) for inbox in INBOXES[room]}


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


def everything(night: Shift) -> list[Record]:
    return [record for records in night.line.records.values() for record in records]


def audit_of(night: Shift, *, keys=(), **span) -> Audit:
    recollection = Recollection(night.admission._replace(digest_key=b"", case_key=b""), keys)
    deciding = hosted(
        recollection.admission, Pace(story_time=True, policy_of=LIBRARY.policy, roster_of=LIBRARY.roster, exercise=True), LIBRARY.in_force
    )
    return Audit((*deciding, *(Hosted(room, LIBRARY.in_force) for room in SENDERS.values())), recollection, Span(**span))


def audited(night: Shift, changed=lambda record: record, *, keys=(), **span) -> list[Audited]:
    """The audit of a night whose log was changed on the way: None takes a record out."""
    audit = audit_of(night, keys=keys, **span)
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
    assert set(counted) == {*ROOMS, *BESIDE}
    assert min(counted[room] for room in (*ROOMS, "senders-mail", "senders-webhook")) > 0, (
        "every room has said something, and it was compared"
    )
    said = [r for records in night.line.records.values() for r in records if r.header("by") and not r.header("cause").endswith("~seat")]
    assert counted.total() == len([r for r in said if b'"accepted"' not in r.value or r.header("word") != "receipt"])


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


@pytest.mark.parametrize("room", ROOMS)
def test_a_word_that_stands_there_twice_is_found(night, room):
    """The same seat, cause and number, whatever it says: an audit must not take the second for the first."""
    victim = nth_word(night, room, SAID_BY[room])
    audit = audit_of(night)
    for record in everything(night):
        audit.wrote(record)
    audit.wrote(victim._replace(offset=10_000))
    for record in everything(night):
        audit.hears(record)
    (seat,) = [seat for seat in audit.verdict() if seat.first]
    assert (seat.room, seat.differing, seat.first.kind) == (room, 1, Kind.REPEATED)
    assert "says once what stands there twice" in in_words(seat.first, victim)


@pytest.mark.parametrize("cause", [b"", b"ledger/0", b"a/b/c", b"\xff"], ids=repr)
def test_a_word_with_a_cause_that_cannot_be_read_is_found(night, cause):
    """Nor does it break the audit."""
    model = nth_word(night, "escalation", DELIVERY_INBOX)
    audit = audit_of(night)
    for record in everything(night):
        audit.wrote(record)
    audit.wrote(model._replace(headers=tuple((name, cause if name == "cause" else text) for name, text in model.headers)))
    for record in everything(night):
        audit.hears(record)
    (seat,) = [seat for seat in audit.verdict() if seat.first]
    assert (seat.room, seat.first.kind) == ("escalation", Kind.MISSING)


def test_a_word_that_cannot_be_read_is_found_and_breaks_nothing(night):
    """Neither as a parked word nor as a receipt or a refusal, of which parts are not compared."""
    victim = nth_word(night, "escalation", DELIVERY_INBOX)
    for word in (b"parked", b"receipt", b"rejected"):
        headers = tuple((name, word if name == "word" else text) for name, text in victim.headers)
        broken = victim._replace(headers=headers, value=b"[" * 100_000)
        seat = only(night, lambda record, broken=broken: broken if record is victim else record)
        assert (seat.room, seat.first.kind) == ("escalation", Kind.CHANGED)
        assert "word was" in in_words(seat.first, broken)


def test_a_word_because_of_a_record_that_there_is_not_is_found(night):
    """A forger may name any cause: one beyond the end of the inbox is nobody's later work."""
    model = nth_word(night, "escalation", DELIVERY_INBOX)
    topic, partition, _ = model.header("cause").split("/")[:3]
    end = sum((r.topic, r.partition) == (topic, int(partition)) for r in everything(night))
    forged = f"{topic}/{partition}/{end}".encode()
    audit = audit_of(night)
    for record in everything(night):
        audit.wrote(record)
    audit.wrote(model._replace(headers=tuple((name, forged if name == "cause" else text) for name, text in model.headers)))
    for record in everything(night):
        audit.hears(record)
    assert [seat for seat in audit.verdict() if seat.first] == [], "it might be the cause of what is said while we read"
    (seat,) = [seat for seat in audit.verdict({(topic, int(partition)): end}) if seat.first]
    assert (seat.room, seat.first.kind, seat.first.cause) == ("escalation", Kind.MISSING, forged.decode())


def test_a_record_that_is_by_no_seat_is_listed(night):
    """Whatever it says: rooms would act on it."""
    model = nth_word(night, "escalation", DELIVERY_INBOX)
    audit = audit_of(night)
    for record in everything(night):
        if record.topic not in {topic.name for topic in INTAKE_TOPICS}:
            audit.wrote(record)
    assert audit.strangers == []
    audit.wrote(model._replace(headers=()))
    audit.wrote(model._replace(headers=(("by", b"nobody/0"),)))
    assert [stranger.by for stranger in audit.strangers] == ["", "nobody/0"]


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


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        pytest.param((b"secret",), (0, 0), id="with the key"),
        pytest.param((b"older", b"secret", b"newer"), (0, 0), id="with several, of which one was it"),
        pytest.param((), (0, 1), id="without the key it is withheld"),
        pytest.param((b"another",), (1, 0), id="under no key of these"),
    ],
)
def test_the_digest_of_a_refused_record_is_told_by_the_key_alone(keys, found):
    """Law 12: the key stands outside Kafka. The rest of the refusal is compared by everybody."""
    tell = Shift(digest_key=b"secret")
    tell.put(BY_NAME["smelter-incidents"], b"not json")
    seats = audited(tell, keys=keys)
    assert (sum(seat.differing for seat in seats), sum(seat.withheld for seat in seats)) == found


CASES_TOLD = (
    case(contact_of="kasus-abcdefgh-0002", id="kasus-abcdefgh-0001/1"),
    case(id="kasus-abcdefgh-0001/2", replaces={"id": "kasus-abcdefgh-0001/1"}),
)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        pytest.param((b"secret",), (0, 0), id="with the key"),
        pytest.param((b"older", b"secret", b"newer"), (0, 0), id="with several, of which one was it"),
        pytest.param((), (0, 4), id="without the key it is withheld"),
        pytest.param((b"another",), (4, 0), id="under no key of these"),
    ],
)
def test_the_id_of_a_case_is_told_by_the_key_alone(keys, found):
    """Law 12: only what INTAKE says of a notice needs the key, at its firm and at its estate; from the ledger on none is needed."""
    tell = Shift(digest_key=b"secret")
    tell("11:10", *CASES_TOLD)
    seats = audited(tell, keys=keys)
    assert {seat.room for seat in seats if seat.differing or seat.withheld} <= {"intake"}
    assert (sum(seat.differing for seat in seats), sum(seat.withheld for seat in seats)) == found


@pytest.mark.parametrize("keys", [(b"secret",), ()])
@pytest.mark.parametrize(
    ("was", "put"),
    [
        pytest.param(b"2023-12-22", b"2023-12-21", id="a day in the fact"),
        pytest.param(b'"digest":"', b'"digest":"0', id="a digest that is not that of its fact"),
        pytest.param(b'"firm":"itss"', b'"firm":"smi"', id="a firm"),
    ],
)
def test_whoever_changes_a_notice_in_the_ledger_is_found_without_the_key_too(keys, was, put):
    tell = Shift(digest_key=b"secret")
    tell("11:10", *CASES_TOLD)
    victim = next(record for record in tell.line.records[LEDGER.name] if b"siaga.case-notice.v1" in record.value)
    altered = victim._replace(value=victim.value.replace(was, put))
    assert altered != victim
    assert [seat.differing for seat in audited(tell, lambda record: altered if record is victim else record, keys=keys) if seat.first] == [
        1
    ]


def test_whoever_puts_another_case_into_a_notice_is_found_with_the_key():
    """Its digest made to fit; without the key nobody can tell one case id from another."""
    tell = Shift(digest_key=b"secret")
    tell("11:10", *CASES_TOLD)
    victim = next(record for record in tell.line.records[LEDGER.name] if b"siaga.case-notice.v1" in record.value)
    word = codec.decode(victim.value)
    fact = msgspec.json.encode(msgspec.json.decode(word.fact) | {"case": "c-aaaaaaaaaaaaaa"})
    altered = victim._replace(value=codec.encode(msgspec.structs.replace(word, fact=msgspec.Raw(fact), digest=digest(fact))))
    found = audited(tell, lambda record: altered if record is victim else record, keys=(b"secret",))
    assert [seat.differing for seat in found if seat.first] == [1]


def test_a_source_that_the_register_learns_of_in_between_is_answered_by_what_was_known_then():
    """An accepted watermark leads to no word, and so tells no revision: it is answered by one by which it leads to none."""
    tell = Shift()
    late = entry(SourceEntry, "https://late.example", owner="late", speaks_as=["police"])
    mark = Uttered(REPORTS, SourceWatermark.type, {"complete_through": format_time(clock("11:00"))}, source="https://late.example")
    tell("11:00", late, mark)
    tell("11:10")
    assert [seat for seat in audited(tell) if seat.first] == []


def test_a_seat_whose_inbox_has_lost_its_beginning_is_named_and_not_compared(night):
    """What it remembered cannot be said again: no difference may be made of that."""
    cut = {("progress", 0), (LEDGER.name, 1)}
    gone = {id(r) for where in cut for r in [r for r in night.line.records[where[0]] if r.partition == where[1]][:5]}
    audit = audit_of(night, cut=cut)
    for record in everything(night):
        if id(record) not in gone:
            audit.wrote(record)
    for record in everything(night):
        if id(record) not in gone:
            audit.hears(record)
    seats = audit.verdict()
    assert {(seat.inbox, seat.partition) for seat in seats if seat.is_cut} == cut
    assert [seat for seat in seats if seat.first] == []
    assert [(seat.records, seat.words) for seat in seats if seat.is_cut] == [(0, 0)] * len(cut)
    assert sum(seat.gone for seat in seats) > 0, "what others had written to what is gone"


def test_a_word_that_is_younger_than_what_retention_has_left_must_be_there(night):
    """Only what may have been deleted is excused."""
    victim = nth_word(night, "escalation", DELIVERY_INBOX)
    cut = {(victim.topic, victim.partition)}
    audit = audit_of(night, cut=cut)
    for record in everything(night):
        if record is not victim:
            audit.wrote(record)
    for record in everything(night):
        audit.hears(record)
    (seat,) = [seat for seat in audit.verdict() if seat.first]
    assert (seat.room, seat.first.kind, seat.gone) == ("escalation", Kind.ADDED, 0)


def test_a_seat_is_audited_as_far_as_it_has_come(night):
    """What it wrote because of later records is not its yet."""
    victim = nth_word(night, "surveillance", ESCALATION_INBOX)
    by, offset = victim.header("by"), int(victim.header("cause").split("/")[2])
    assert [seat for seat in audited(night, limits={by: offset}, changed=lambda r: None if r is victim else r) if seat.first] == []
    (seat,) = [seat for seat in audited(night, limits={by: offset + 1}, changed=lambda r: None if r is victim else r) if seat.first]
    assert (seat.records, seat.first.cause.split("/")[2]) == (offset + 1, str(offset))


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
