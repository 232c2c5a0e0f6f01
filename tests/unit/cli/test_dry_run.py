"""`siaga dry-run`: the whole line over a file or a story, in memory; what it says is what the line in memory says."""

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from typer.testing import CliRunner

from schemas import codec
from schemas.escalation import Delivery, Escalation
from schemas.ids import digest
from schemas.surveillance import Alert
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, ESCALATIONS
from streams.cli.main import app
from streams.replay.story_time import play
from streams.simulate import shelf
from tests.story import admission, dry_run

POLICY = "2026-11-23.1"
BULLETIN = {"firm": "acme", "kind": "fire", "asserted_by": {"name": "Polres Morowali", "rank": "police"}, "dead": 1}


def event(kind, data, **attributes):
    return {
        "specversion": "1.0",
        "id": digest(kind, json.dumps(data)),
        "source": "https://desk.example",
        "type": kind,
        "data": data,
    } | attributes


def register():
    valid = {"valid_from": "2020-01-01T00:00:00Z"}
    region = {"id": "72.06", "name": "Morowali", "province": "Sulawesi Tengah", "zone": "Asia/Makassar"}
    source = {"id": "https://desk.example", "owner": "desk", "speaks_as": ["police", "estate"]}
    return [
        event("siaga.registry-region.v1", region | valid),
        event("siaga.registry-estate.v1", {"id": "imip", "name": "IMIP", "regency": "72.06"} | valid),
        event("siaga.registry-firm.v1", {"id": "acme", "name": "PT Acme", "estate": "imip"} | valid),
        event("siaga.registry-source.v1", source | valid),
    ]


def bulletin(at, **attributes):
    said = {"asserted_at": f"2026-11-23T{at}:00Z", "occurred_at": "2026-11-23T00:30:00Z"}
    return event("siaga.incident-bulletin.v1", BULLETIN | said, **attributes)


def mark(at, source="siaga/story"):
    return event("siaga.source-watermark.v1", {"complete_through": f"2026-11-23T{at}:00Z"}, source=source)


def received(line, at):
    return line | {"recordedtime": f"2026-11-23T{at}:00Z"}


def acknowledged(at, position, escalation, revision=1):
    on = {"escalation": escalation, "estate": "imip", "revision": revision}
    data = {"on": on, "position": position, "name": "petugas contoh", "acted_at": f"2026-11-23T{at}:00Z"}
    return event("siaga.acknowledge.v1", data, source="https://people.example")


@pytest.fixture
def siaga(tmp_path, monkeypatch):
    """Call `siaga dry-run` on these lines; answer the finished call. There is no Kafka, and none is looked for."""
    monkeypatch.chdir(tmp_path)

    def call(lines, *options):
        (tmp_path / "facts.ndjson").write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
        return CliRunner(env={"SIAGA_KAFKA": "127.0.0.1:1", "SIAGA_PREFIX": None}).invoke(app, ["dry-run", "facts.ndjson", *options])

    return call


def refusals(done):
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return [(word.get("file"), word.get("line"), word["field"], word["reason"]) for word in said if word["word"] == "refused"]


def words(done, kind=None):
    assert done.exit_code == 0, done.output
    said = [codec.decode(line.encode()) for line in done.stdout.splitlines()]
    return [word for word in said if kind is None or isinstance(word, kind)]


def minutes(done):
    """Who is told how many minutes after midnight, each escalation once."""
    return [(word.at // 60_000 % 1440, str(word.why)) for word in words(done, Escalation)]


def test_a_story_says_what_the_line_in_memory_says():
    """Every alert, escalation and delivery, byte for byte, and nothing else."""
    done = CliRunner().invoke(app, ["dry-run", "itss"])
    line = dry_run(admission(entries=()))
    play(line, shelf.load("itss"))
    expected = sorted(
        codec.encode(word)
        for topic, kind in ((ESCALATION_INBOX, Alert), (ESCALATIONS, Escalation), (DELIVERY_INBOX, Delivery))
        for word in line.words(topic)
        if isinstance(word, kind)
    )
    assert done.exit_code == 0
    assert sorted(done.stdout.encode().splitlines()) == expected
    assert done.stderr.splitlines()[-1].endswith("19 alerts, 28 escalations, 161 deliveries; nothing was sent")


def test_time_goes_to_when_each_line_was_said_and_then_to_until(siaga):
    """An S4 nobody answers climbs after a while: a file that ends earlier does not see it."""
    first = [*register(), bulletin("01:00")]
    assert minutes(siaga(first)) == [(60, "first_notice")]
    climbs = minutes(siaga(first, "--until", "2026-11-23T04:00:00Z"))
    assert climbs[0] == (60, "first_notice")
    assert climbs[1:] == sorted(climbs[1:])
    assert climbs[1][1] == "unanswered"
    assert 60 < climbs[1][0] <= 240
    assert minutes(siaga([*first, bulletin("04:00")]))[: len(climbs)] == climbs


def test_what_was_received_later_than_until_is_not_read(siaga):
    lines = [*register(), bulletin("01:00"), bulletin("03:00", id="later")]
    assert words(siaga(lines, "--until", "2026-11-23T01:30:00Z")) == words(siaga(lines[:-1], "--until", "2026-11-23T01:30:00Z"))


def test_watermarks_of_the_story_alone_move_the_time_of_a_file_that_has_them(siaga):
    """The same facts; each watermark line moves time, and the line stops at every instant on the way."""
    facts = [received(line, "00:00") for line in register()] + [received(bulletin("01:00"), "01:00")]
    still = siaga([mark("00:00"), *facts, mark("01:00")])
    moved = siaga([mark("00:00"), *facts, mark("01:00"), mark("04:00")])
    assert minutes(still) == [(60, "first_notice")]
    assert minutes(moved) == minutes(siaga([*register(), bulletin("01:00")], "--until", "2026-11-23T04:00:00Z"))


def test_in_such_a_file_every_line_says_when_it_was_received(siaga):
    done = siaga([mark("00:00"), bulletin("01:00")])
    assert done.exit_code == 2
    assert refusals(done) == [("facts.ndjson", 2, "recordedtime", "header_missing")]


def test_acts_in_the_file_are_acts(siaga):
    """Labour inspection and ministry take it, and the ladder stops."""
    first = [*register(), bulletin("01:00")]
    (opened,) = words(siaga(first), Escalation)
    taken = [acknowledged("01:05", "disnakertrans:72", opened.id), acknowledged("01:06", "dir-perwilayahan", opened.id)]
    states = [word.state for word in words(siaga([*first, *taken], "--until", "2026-11-23T04:00:00Z"), Escalation)]
    assert states[-1] == "taken"
    assert "unanswered" not in [why for _, why in minutes(siaga([*first, *taken], "--until", "2026-11-23T04:00:00Z"))]


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        pytest.param("{", ("value", "not_json"), id="not JSON"),
        pytest.param(bulletin("01:00") | {"type": "siaga.furnace.v9"}, ("type", "unknown_type"), id="a type that nobody has"),
        pytest.param(event("siaga.incident-bulletin.v1", {"firm": "acme"}), ("kind", "field_missing"), id="a field is missing"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_run(siaga, bad, named):
    """Line, field and what to correct, as `siaga publish --check` says it."""
    lines = [*register(), bad, bulletin("01:00")]
    done, for_programs = siaga(lines), siaga(lines, "--json")
    assert (done.exit_code, for_programs.exit_code) == (2, 2)
    assert refusals(done) == [("facts.ndjson", 5, *named)]
    assert done.stderr == "siaga: 1 of 6 lines are refused, nothing was run; correct them and try again\n"
    (for_program,) = json.loads(for_programs.stdout)["refused"]
    (checked,) = json.loads(CliRunner().invoke(app, ["publish", "facts.ndjson", "--check", "--json"]).stdout)["refused"]
    assert {name: for_program[name] for name in ("line", "field", "reason", "correct")} == {
        name: checked[name] for name in ("line", "field", "reason", "correct")
    }


def test_what_intake_refuses_or_lists_when_its_time_has_come_is_told_with_its_line(siaga):
    """The same id with other content is listed; the run goes on. A watermark stands in every partition, and is told of once."""
    other = bulletin("01:10", id="b-1")
    other["data"] = other["data"] | {"dead": 9}
    stranger = mark("01:20", source="https://nobody.example")
    done = siaga([*register(), bulletin("01:00", id="b-1"), other, stranger])
    assert done.exit_code == 0
    assert "facts.ndjson:6: source and id are those of line 5; it has other content" in done.stderr
    assert done.stderr.count("facts.ndjson:7: watermark of a stranger; it is listed, and decides nothing") == 1


def report(permit="IOMKI/1", period="2021-08-03"):
    data = {"firm": "acme", "obligation": "iomki", "period": period, "permit": permit, "state": "submitted"}
    return event("siaga.report-submission.v1", data | {"submitted_at": "2021-08-03T10:00:00+07:00"})


def test_what_the_register_or_the_calendar_refuses_is_a_line_of_its_own_and_the_answer_is_no(siaga):
    """Everything else was run; programs read the exit code, or the words."""
    lines = [*register(), report(), report(period="2021-08-04"), bulletin("01:00")]
    done, for_programs = siaga(lines), siaga(lines, "--json")
    assert (done.exit_code, for_programs.exit_code) == (1, 1)
    assert refusals(done) == [
        ("facts.ndjson", 5, "permit", "unknown_permit"),
        ("facts.ndjson", 6, "period", "unknown_period"),
    ]
    assert {"alert", "escalation", "delivery"} <= {json.loads(line)["word"] for line in done.stdout.splitlines()}
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(", 2 refused; nothing was sent\n")
    assert [refused["line"] for refused in json.loads(for_programs.stdout)["refused"]] == [5, 6]


def test_one_object_for_programs(siaga):
    lines = [*register(), bulletin("01:00")]
    found = json.loads(siaga(lines, "--json").stdout)
    assert (found["facts"], found["lines"], found["until"]) == ("facts.ndjson", 5, "2026-11-23T01:00:00.000Z")
    assert [json.dumps(word) for word in found["said"]] == [json.dumps(json.loads(line)) for line in siaga(lines).stdout.splitlines()]
    assert found["alerts"] + found["escalations"] + found["deliveries"] == len(found["said"])


def test_the_register_may_be_a_file_of_its_own(siaga, tmp_path):
    """And the line number of a refusal names the right file."""
    (tmp_path / "register.ndjson").write_text("".join(json.dumps(line) + "\n" for line in register()))
    alone = siaga([bulletin("01:00")], "--registry", "register.ndjson")
    assert words(alone) == words(siaga([*register(), bulletin("01:00")]))
    (tmp_path / "register.ndjson").write_text("{\n")
    assert refusals(siaga([bulletin("01:00")], "--registry", "register.ndjson")) == [("register.ndjson", 1, "value", "not_json")]


def test_another_policy_decides_everything(siaga, tmp_path):
    """Whatever the file activates: a policy that climbs later climbs later."""
    packaged = files("streams").joinpath("policies", f"{POLICY}.toml").read_text()
    slower = packaged.replace(f'revision = "{POLICY}"', 'revision = "slower"')
    assert "after_minutes = 30" in slower
    (tmp_path / "slower.toml").write_text(slower.replace("after_minutes = 30", "after_minutes = 45"))
    activate = event("siaga.activate.v1", {"policy": POLICY, "effective_from": "2020-01-01T00:00:00Z", "by": "somebody"})
    lines, until = [*register(), activate, bulletin("01:00")], ("--until", "2026-11-23T04:00:00Z")
    before, after = minutes(siaga(lines, *until)), minutes(siaga(lines, *until, "--policy", "slower.toml"))
    assert (90, "unanswered") in before
    assert (90, "unanswered") not in after
    assert (105, "unanswered") in after
    story = CliRunner().invoke(app, ["dry-run", "itss-unanswered", "--policy", "slower.toml"])
    assert (story.exit_code, len(words(story)) > 10) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["nothing-here"], "no file nothing-here, and no story 'nothing-here'; there are: backfill, ", id="no file"),
        pytest.param(["itss", "--until", "yesterday"], "--until: not a time with a zone", id="no instant"),
        pytest.param(["itss", "--until", "2020-01-01T00:00:00Z"], "--until: itss starts at 2023-12-24T03", id="before the story"),
        pytest.param(["itss", "--registry", "x"], "a story has a register of its own", id="a story with a register"),
    ],
)
def test_what_makes_no_sense_ends_in_one_line(arguments, says):
    done = CliRunner().invoke(app, ["dry-run", *arguments])
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_of_today_is_of_today(siaga):
    """The line in memory has a clock of its own; dates far from it are dates like others."""
    for days in (-20_000, 20_000):
        day = (datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=days)).date()
        lines = [
            json.dumps(line).replace("2026-11-23", str(day)).replace("2020-01-01", "1900-01-01")
            for line in (*register(), bulletin("01:00"))
        ]
        assert len(words(siaga(lines), Alert)) == 1


def test_a_file_of_cases_says_the_same_in_every_run_and_no_token(tmp_path):
    """Ids of cases are made on paper with a key of its own: two runs, on whatever machine, can be compared (law 12)."""
    said = {"firm": "acme", "status": "confirmed", "onset": "2026-11-20", "reported_at": "2026-11-23T01:00:00Z", "area": "hall-2"}
    tokens = [f"kasus-abcdefgh-{number}" for number in (1, 2)]
    cases = [event("siaga.case-notice.v1", said | {"case": token}, id=f"{token}/1") for token in tokens]
    path = tmp_path / "facts.ndjson"
    path.write_text("\n".join(json.dumps(line) for line in (*register(), *cases)))
    one, two = (CliRunner().invoke(app, ["dry-run", str(path)]) for _ in range(2))
    assert one.exit_code == 0, one.output
    assert one.output == two.output
    assert '"rule":"R7"' in one.output
    assert not any(token in one.output for token in tokens)
