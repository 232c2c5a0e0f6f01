"""Law 12, behind the door: what is planted in every place of a notice of a case is in no byte that leaves INTAKE."""

import json
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from handlers import render
from schemas.cases import CaseNotice, ResponseAction
from schemas.ledger import Admitted, Rejected
from schemas.topics import BY_NAME, CASES, CHANGELOGS, INTAKE_TOPICS, LEDGER, REJECTED
from streams.pipeline.line import Record
from streams.pipeline.surveillance import SURVEILLANCE
from tests.golden.mail.incidents import SECRETS, links_of
from tests.story import Shift, Uttered, case, clock, responded

NIK, PHONE, NAME = "3216061205850003", "081234567890", "Siti-Canary"
TOKENS = ("canary-token-of-a-case", "canary-token-of-another")
CANARIES = tuple(text.encode() for text in (NIK, PHONE, NAME, *TOKENS, "canary-token"))
INSIDE = frozenset(topic.name for topic in INTAKE_TOPICS)
"""Readable by INTAKE alone: the one stated exception."""

FIELDS = {field.alias or name for model in (CaseNotice, ResponseAction) for name, field in model.model_fields.items()}
PLACES = [
    *(pytest.param(said, {}, {name: text}, (), None, id=f"{kind} {name}: {what}")
      for kind, said in (("notice", case(TOKENS[0])), ("response", responded("closure")))
      for name in sorted(FIELDS)
      for what, text in (("a number", NIK), ("a telephone", PHONE))
      if (what, name) not in {("a telephone", each) for each in ("firm", "plant", "estate")}),
    *(pytest.param(case(TOKENS[0]), {}, {name: NAME}, (), None, id=name)
      for name in ("nik", "nama", "NAMA", "phone", "birth_date", "alamat", "office_address", "email", "rt")),
    pytest.param(case(TOKENS[0]), {}, {"patient": {"contact": {"Nama": NAME}}}, (), None, id="nested"),
    pytest.param(case(TOKENS[0]), {}, {NAME + " " + PHONE: 1}, (), None, id="the name of a field"),
    *(pytest.param(case(TOKENS[0]), {name: f"{NIK}/1"}, {}, (), None, id=f"attribute {name}")
      for name in ("id", "source", "type", "subject", "nama", "recordedtime", "time", "specversion", "datacontenttype")),
    pytest.param(case(TOKENS[0]), {"id": f"{TOKENS[0]}/1"}, {"contact_of": TOKENS[1], "status": ""}, (), None, id="a refused id made of its token"),
    pytest.param(case(TOKENS[0]), {}, {}, (("ce_nik", NIK.encode()),), None, id="a header"),
    pytest.param(case(TOKENS[0]), {}, {}, (("trace", PHONE.encode()),), None, id="what a header holds"),
    pytest.param(case(TOKENS[0]), {}, {}, (), NIK.encode(), id="the key"),
]  # fmt: skip


def leaving(tell: Shift) -> Iterator[bytes]:
    """Every byte: what our topics and memories hold, and what people and machines receive."""
    for topic, records in tell.line.records.items():
        if topic not in INSIDE:
            yield from (part for record in records for part in _parts(record))
    for room in (name for name in BY_NAME if name in {topic.reader for topic in CHANGELOGS}):
        yield from (repr(entry).encode() for entry in tell.line.entries(room).items())
    yield from (SURVEILLANCE.pack(entry) for entry in tell.line.entries("surveillance").values())
    for attempt in tell.attempts:
        links = links_of(attempt)
        yield repr(render.mail(attempt, links, attempt.delivery.at)).encode()
        yield repr(render.hook(attempt, links, attempt.delivery.at, SECRETS)).encode()
        yield repr(render.line(attempt, links, attempt.delivery.at)).encode()


def _parts(record: Record) -> Iterator[bytes]:
    yield from (record.key or b"", record.value or b"")
    yield from (part for name, value in record.headers for part in (name.encode(), value))


def found(tell: Shift) -> set[bytes]:
    return {canary for canary in CANARIES for raw in leaving(tell) if canary in raw}


def put(tell: Shift, said: Uttered, envelope: dict, data: dict, *, headers: tuple = (), key: bytes | None = None) -> None:
    event = said.at(clock("11:10")).cloud(clock("11:10"))
    event |= envelope | {"data": event["data"] | data}
    tell.line._append(CASES, key, json.dumps(event).encode(), headers, 0)
    tell.line.settle()


@pytest.mark.parametrize(("said", "envelope", "data", "headers", "key"), PLACES)
def test_what_names_a_person_is_refused_and_leaves_no_trace(said, envelope, data, headers, key):
    tell = Shift(digest_key=b"secret")
    with capture_logs() as logs:
        put(tell, said, envelope, data, headers=headers, key=key)
        tell("+1d 08:00")
    assert len(tell.words(REJECTED, Rejected)) == 1
    assert not any("case-notice" in word.kind or "response" in word.kind for word in tell.admitted)
    assert tell.attempts, "the operator is interrupted (G5)"
    assert found(tell) == set()
    assert not any(canary in repr(logs).encode() for canary in CANARIES)


def test_what_is_taken_in_goes_on_without_its_tokens():
    """A cluster of them, corrected, moved to another firm, discarded and withdrawn."""
    tell = Shift(digest_key=b"secret")
    first = case(TOKENS[0], id=f"{TOKENS[0]}/1", area="hall-2", residence="74.02")
    tell("11:10", first, case(TOKENS[1], id=f"{TOKENS[1]}/1", contact_of=TOKENS[0], area="hall-2"))
    tell("11:20", case(TOKENS[0], id=f"{TOKENS[0]}/2", replaces={"id": f"{TOKENS[0]}/1", "firm": "smi"}))
    tell("11:30", case(TOKENS[1], id=f"{TOKENS[1]}/2", status="discarded", replaces={"id": f"{TOKENS[1]}/1"}))
    tell("11:40", case(TOKENS[0], id=f"{TOKENS[0]}/3", withdrawn=True, replaces={"id": f"{TOKENS[0]}/2"}))
    tell("+3d 08:00")
    assert len([word for word in tell.words(LEDGER, Admitted) if word.kind == CaseNotice.type]) == 5 * 2 + 1
    assert found(tell) == set()


def test_the_search_finds_what_leaves():
    """A canary that nobody could find would prove nothing."""
    tell = Shift()
    tell("11:10", case(area="canary-token"))
    assert found(tell) == {b"canary-token"}


def test_the_desk_reads_that_it_was_personal_data():
    """R17: from then on the clock of a breach runs; a field that was merely mistyped opens none."""
    tell = Shift(digest_key=b"secret")
    put(tell, case(), {}, {"nik": "x"})
    tell("+0d 11:20")
    (attempt, *_) = tell.attempts
    text = render.text(attempt, links_of(attempt))
    assert "data pribadi" in text
    assert "personal data" in text

    assert "(`nik`)" in text
