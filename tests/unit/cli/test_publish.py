"""`siaga publish --check` says what INTAKE would say, with the line, before anything is sent."""

import json

import pytest
from typer.testing import CliRunner

from streams.cli.hall.reading import judge_of, read
from streams.cli.main import app
from streams.cli.publish import _vouching
from streams.live.settings import Settings

GOOD = {
    "specversion": "1.0",
    "id": "b-1",
    "source": "https://siaga.example/desk",
    "type": "siaga.incident-bulletin.v1",
    "time": "2023-12-24T11:10:00+08:00",
    "recordedtime": "2023-12-24T11:10:00+08:00",
    "datacontenttype": "application/json",
    "data": {
        "firm": "itss",
        "kind": "furnace_explosion",
        "asserted_by": {"name": "IMIP", "rank": "estate"},
        "asserted_at": "2023-12-24T11:10:00+08:00",
        "occurred_at": "2023-12-24T05:30:00+08:00",
        "dead": 12,
    },
}


def line(**changes):
    return json.dumps({**GOOD, **changes}).encode()


def data(**changes):
    return line(data={**GOOD["data"], **changes})


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Check one bad line between two good ones; answer the exit code, what was printed, and the one refusal."""
    for name in ("SIAGA_KAFKA", "SIAGA_PREFIX"):
        monkeypatch.delenv(name, raising=False)

    def checked(bad):
        file = tmp_path / "facts.ndjson"
        file.write_bytes(b"\n".join([line(), bad, line(id="b-3")]) + b"\n")
        told = CliRunner().invoke(app, ["publish", str(file), "--check"])
        for_programs = CliRunner().invoke(app, ["publish", str(file), "--check", "--json"])
        found = json.loads(for_programs.stdout)["refused"]
        assert len(found) == 1, "the lines beside it are in order"
        assert told.exit_code == for_programs.exit_code == 2
        assert told.stderr.count("\n") == 1
        return told.stdout, found[0]

    return checked


BAD = [
    pytest.param(b"\xff\xfe{}", "not_utf8", "value", id="not UTF-8"),
    pytest.param(b'{"specversion": ', "not_json", "value", id="not JSON"),
    pytest.param(b"[1, 2]", "not_json", "value", id="JSON, but no object"),
    pytest.param(line(type="siaga.furnace.v9"), "unknown_type", "type", id="a schema that nobody has"),
    pytest.param(data(colour="red"), "unknown_field", "colour", id="an unknown field"),
    pytest.param(line().replace(b'"dead": 12', b'"dead": 12, "dead": 13'), "duplicate_key", "dead", id="a duplicate JSON key"),
    pytest.param(
        line().replace(b'"source": "https://siaga.example/desk", ', b""), "header_missing", "source", id="an attribute is missing"
    ),
    pytest.param(data(cause="x" * 1_000_000), "too_large", "value", id="a megabyte of text"),
    pytest.param(data(occurred_at="2023-12-24T05:30:00"), "wrong_value", "occurred_at", id="a time without a zone"),
    pytest.param(line(time="2023-12-24T11:10:00"), "wrong_header", "time", id="an attribute's time without a zone"),
    pytest.param(data(dead=-1), "wrong_value", "dead", id="a negative count"),
    pytest.param(data(dead="12"), "wrong_value", "dead", id="a count in quotation marks"),
    pytest.param(b"null", "tombstone", "value", id="a tombstone"),
]


@pytest.mark.parametrize(("bad", "reason", "field"), BAD)
def test_a_refusal_names_line_field_reason_and_what_to_correct(check, bad, reason, field):
    """Every bad input of the issue is found before anything is sent, where it stands."""
    printed, refusal = check(bad)
    assert (refusal["line"], refusal["reason"]) == (2, reason)
    assert refusal["field"].startswith(field)
    assert refusal["correct"]
    assert "facts.ndjson:2: " in printed
    assert reason.replace("_", " ") in printed
    assert len(printed) < 2000, "a refusal never repeats what was sent (law 12)"


def invoke(tmp_path, content, *options, **environment):
    file = tmp_path / "facts.ndjson"
    file.write_bytes(content)
    return CliRunner(env={"SIAGA_KAFKA": None, "XDG_CACHE_HOME": str(tmp_path), **environment}).invoke(
        app, ["publish", str(file), *options]
    )


def test_what_is_admitted_with_a_doubt_is_no_refusal(tmp_path):
    """An unknown firm or a time in the future reaches a person; it is not turned away (G5)."""
    future = {"asserted_at": "2099-01-01T00:00:00Z", "occurred_at": "2099-01-01T00:00:00Z", "firm": "nobody"}
    done = invoke(tmp_path, line(time="2099-01-01T00:00:00Z", data={**GOOD["data"], **future}), "--check")
    assert done.exit_code == 0, done.output


def test_the_same_source_and_id_again_is_remarked(tmp_path):
    """The same with other content will be listed and decides nothing (law 5)."""
    done = invoke(tmp_path, b"\n".join([line(), line(), data(dead=13)]), "--check")
    assert done.exit_code == 0
    assert ":2: source and id are those of line 1; it says the same again" in done.stdout
    assert ":3: source and id are those of line 1; it has other content" in done.stdout


REPORT = {
    "firm": "itss",
    "obligation": "iomki",
    "period": "2021-08-03",
    "permit": "IOMKI/1",
    "state": "submitted",
    "submitted_at": "2021-08-03T10:00:00+07:00",
}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param(line(type="siaga.report-submission.v1", data=REPORT), 1, id="of a report"),
        pytest.param(line(type="siaga.source-watermark.v1", data={"complete_through": "2021-08-03T10:00:00Z"}), 1, id="of a watermark"),
        pytest.param(line(), 0, id="a bulletin is never refused for what the register lacks"),
    ],
)
def test_what_takes_the_register_or_the_calendar_is_said_to_be_unchecked_in_one_line(tmp_path, said, told):
    """A file alone cannot tell whose permit it is, or whether there is such a period."""
    done, for_programs = invoke(tmp_path, said, "--check"), invoke(tmp_path, said, "--check", "--json")
    assert (done.exit_code, for_programs.exit_code) == (0, 0)
    assert done.stdout.count("not checked, for it takes the register and the calendar: ") == told
    assert len(json.loads(for_programs.stdout)["unchecked"]) == told


def test_empty_lines_and_windows_line_ends_do_not_matter(tmp_path):
    assert invoke(tmp_path, line() + b"\r\n\r\n\n" + line(id="b-2") + b"\r\n", "--check").exit_code == 0


def test_stdin_is_read(tmp_path):
    done = CliRunner().invoke(app, ["publish", "-", "--check"], input=line())
    assert done.exit_code == 0, done.output


def test_an_exercise_is_not_published_on_a_production_prefix(tmp_path):
    """Refused before Kafka is even looked for."""
    done = invoke(tmp_path, data(exercise=True), SIAGA_PREFIX="siaga.")
    assert done.exit_code == 2
    assert "exercise misplaced" in done.stdout


def test_nothing_is_sent_where_one_line_is_refused(tmp_path):
    done = invoke(tmp_path, line() + b"\n{", SIAGA_KAFKA="127.0.0.1:1")
    assert done.exit_code == 2
    assert "1 of 2 lines are refused, nothing was sent" in done.stderr


@pytest.mark.parametrize("through", ["now", "2023-12-24", "2023-12-24T11:10:00"])
def test_a_watermark_needs_an_instant_with_its_zone(tmp_path, through):
    """No clock is read: whoever vouches for a source says up to when."""
    done = invoke(tmp_path, line(), "--complete-through", through)
    assert done.exit_code == 2
    assert "--complete-through" in done.stderr


def test_a_revision_that_is_not_installed_is_refused(tmp_path):
    activate = line(type="siaga.activate.v1", data={"policy": "1999-01-01.1", "effective_from": "2023-12-01T00:00:00Z", "by": "somebody"})
    done = invoke(tmp_path, activate, "--check", "--json")
    assert [(r["reason"], r["field"]) for r in json.loads(done.stdout)["refused"]] == [("unknown_revision", "policy")]


@pytest.mark.parametrize(
    ("time", "vouching"),
    [
        pytest.param("clock", ["https://siaga.example/desk"], id="in production each source of facts"),
        pytest.param("watermarks", ["https://siaga.example/desk", "siaga/story"], id="in a story also the story, whose marks move time"),
    ],
)
def test_who_vouches_for_a_file(time, vouching):
    """The register publishes no facts: a watermark of it would be a stranger's."""
    settings = Settings.load(kafka="127.0.0.1:1", prefix="exercise.x.", time=time)
    region = line(
        source="https://register.example",
        type="siaga.registry-region.v1",
        data={"id": "72.06", "valid_from": "2020-01-01T00:00:00Z", "name": "M", "province": "S", "zone": "Asia/Makassar"},
    )
    lines = read(region + b"\n" + line(), judge_of(settings, None, None))
    assert not any(each.refused for each in lines)
    assert _vouching(settings, lines) == vouching
