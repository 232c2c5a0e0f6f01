"""Stories: every line has a source or is marked as design, every fact is one that INTAKE takes, and the same text gives the same events."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

import streams.policies
from schemas.escalation import Escalation, EscalationState, Standing, Why
from schemas.intake import AccidentReportFiled, IncidentBulletin, Rank, SourceWatermark
from schemas.operator import Acknowledge
from schemas.reports import ReportSubmission
from schemas.surveillance import Certainty
from schemas.topics import ACTS, INCIDENTS, INTAKE_TOPICS, REGISTRY, REPORTS
from schemas.word import format_time, parse_time
from streams.pipeline.intake.decode import Event as Decoded
from streams.pipeline.intake.decode import decode
from streams.pipeline.line import Record
from streams.simulate import shelf
from streams.simulate.story import DESIGN, NobodyToldError, act_event, events, line_events, parse, registry_events, watermarks

POLICIES = Path(next(iter(streams.policies.__path__)))
TWO_LINES = """
title = "t"
zone = "Asia/Makassar"
description = "d"
publisher = "https://siaga.example/desk"
starts = "2024-01-01T00:00:00+08:00"
until = "2024-01-02T00:00:00+08:00"
sources = { paper = "https://paper.example/1" }
registry = []
[[lines]]
at = "2024-01-01T01:00:00+08:00"
source = ["paper"]
note = "one"
[[lines]]
at = "2024-01-01T02:00:00+08:00"
source = ["design"]
note = "two"
"""


STORIES = {name: shelf.load(name) for name in shelf.names()}


@pytest.fixture(params=STORIES)
def story(request):
    return STORIES[request.param]


@pytest.fixture
def itss():
    return STORIES["itss"]


@pytest.fixture(params=sorted(STORIES.keys() - shelf.MADE_UP.keys() - shelf.COUNTED.keys()))
def written(request):
    """A story that somebody wrote down, of what was reported."""
    return STORIES[request.param]


def facts(story):
    return [line.fact.fact() for line in story.lines if line.fact]


def bulletins(story):
    return [fact for fact in facts(story) if isinstance(fact, IncidentBulletin)]


def said(story):
    """Its events; a source's marks, which are one for each partition, are not among them."""
    return [event for event in events(story) if event.partition is None]


def escalation(revision, about="itss/2023-12-24"):
    return Escalation(
        id="E-1", estate="imip", about=about, revision=revision, state=EscalationState.OPEN, at=1, why=Why.FIRST_NOTICE, level=0,
        grade="S5", grade_now="S5", certainty=Certainty.REPORTED, reasons=(), standing=Standing(), since=1,
    )  # fmt: skip


def test_there_are_two_stories_of_morowali():
    assert {"itss", "itss-unanswered"} <= set(shelf.names())


def test_an_unknown_story_is_refused_with_the_names_there_are():
    with pytest.raises(LookupError, match="itss"):
        shelf.load("nobody-told-it")


def test_every_line_has_a_source_or_is_marked_as_design(story):
    for said in (*story.registry, *story.lines):
        assert said.source
        assert all(key == DESIGN or story.sources[key] for key in said.source)
    assert all(line.clock_is_design for line in story.lines if line.act), "nobody reported when anybody acknowledged"


def test_every_source_is_used(story):
    assert {key for said in (*story.registry, *story.lines) for key in said.source} - {DESIGN} == set(story.sources)


def test_intake_takes_every_event_in_either_mode(story):
    for event in (*events(story), *watermarks(story, story.starts)):
        modes = [Record(event.topic.name, 0, 0, 1, None, mode.value, mode.headers) for mode in (event.structured(), event.binary())]
        structured, binary = (decode(record, 65_536) for record in modes)
        assert structured == binary
        assert isinstance(structured, Decoded), structured


def test_every_event_is_marked_as_an_exercise(story):
    assert all(event.cloud["data"]["exercise"] for event in said(story))


def test_time_is_when_it_was_said_and_recordedtime_when_it_was_received(story):
    for line in (line for line in story.lines if line.fact):
        event, fact = next(line_events(story, line)), line.fact.fact()
        assert parse_time(event.cloud["time"]) == fact.said_at <= line.at
        received_at = line.at if line.received_at is None else line.received_at
        assert parse_time(event.cloud["recordedtime"]) == received_at == event.at <= line.at
    assert all(bulletin.occurred_at <= bulletin.said_at for bulletin in bulletins(story))


def test_counts_that_nobody_stated_are_absent(itss):
    polres = next(line for line in itss.lines if line.fact and line.fact.id == "itss-polres-2")
    assert "injured" not in next(line_events(itss, polres)).cloud["data"]


def test_events_are_deterministic_and_have_ids_of_their_own(story):
    once, again = list(events(story)), list(events(shelf.load(story.name)))
    assert [event.structured() for event in once] == [event.structured() for event in again]
    assert len({(event.cloud["source"], event.cloud["id"]) for event in said(story)}) == len(said(story))


def test_events_come_in_order_and_go_to_their_topics(story, written):
    assert [event.at for event in events(written)] == sorted(event.at for event in events(written))
    assert {event.topic for event in registry_events(story)} == {REGISTRY}
    assert {event.topic for event in events(written)} >= {REGISTRY, INCIDENTS}
    assert {event.topic for event in events(story)} <= {REGISTRY, INCIDENTS, REPORTS, ACTS}


def test_the_source_may_quote_everybody_it_quotes(story):
    desk = next(e.entry.fact() for e in story.registry if e.entry.word == "registry-source")
    assert desk.id == story.publisher
    assert {bulletin.asserted_by.rank for bulletin in bulletins(story)} <= set(desk.speaks_as)


def test_firms_and_plants_are_in_the_register(story):
    known = {entered.entry.data.get("id") for entered in story.registry}
    assert {bulletin.firm for bulletin in bulletins(story)} <= known
    assert {bulletin.plant for bulletin in bulletins(story)} - {None} <= known
    assert {fact.permit for fact in facts(story) if isinstance(fact, ReportSubmission)} <= known


def test_what_is_activated_is_installed(story):
    activate = next(entered.entry.fact() for entered in story.registry if entered.entry.word == "activate")
    assert (POLICIES / f"{activate.policy}.toml").exists()
    assert (POLICIES / f"roster-{activate.roster}.toml").exists()
    assert activate.effective_from < story.starts


def test_the_dead_of_morowali_are_counted_as_they_were(itss):
    """12, 13, and 15 that was never official; then 18, 19, 21, and 20 for a paper."""
    dead = [(b.asserted_by.rank, b.dead) for b in bulletins(itss) if b.firm == "itss" and b.dead is not None]
    official = [count for rank, count in dead if rank.is_official]
    assert official == [12, 13, 13, 18, 19, 21, 21]
    assert [count for rank, count in dead if not rank.is_official] == [15, 20, 21]


def test_the_split_is_corrected_while_the_total_stays(itss):
    first, second = (b for b in bulletins(itss) if b.dead == 13)
    assert (first.dead_by_nationality.wni, second.dead_by_nationality.wni, second.replaces.id) == (7, 9, "itss-imip-1")


def test_sources_differ_about_time_and_cause(itss):
    stated = [b for b in bulletins(itss) if b.firm == "itss"]
    assert {format_time(b.occurred_at)[11:16] for b in stated} == {"21:30", "22:15"}  # 05:30 and 06:15 in Morowali
    assert len({b.cause for b in stated if b.cause}) == 2
    assert {format_time(b.occurred_at)[11:16] for b in bulletins(itss) if b.firm == "smi"} == {"11:40", "11:50", "12:45"}


def test_no_source_says_that_a_report_was_filed(story):
    assert not any(isinstance(fact, AccidentReportFiled) for fact in facts(story))
    assert all(not e.entry.data.get("receives_accident_reports") for e in story.registry)


def test_nobody_answers_the_unanswered_and_its_facts_are_the_same(itss):
    unanswered = shelf.load("itss-unanswered")
    assert not any(line.act for line in unanswered.lines)
    assert unanswered.lines == tuple(line for line in itss.lines if line.at <= unanswered.until and not line.act)


def test_an_act_is_on_the_latest_revision(itss):
    line = next(line for line in itss.lines if line.act)
    event = act_event(itss, line, [escalation(1), escalation(2), escalation(7, about="smi/2024-01-19")])
    act = Acknowledge.model_validate_json(json.dumps(event.cloud["data"]))
    assert (event.topic, event.key, act.on.revision, act.position, act.exercise) == (ACTS, "imip", 2, "disnakertrans:72", True)
    assert parse_time(event.cloud["time"]) == act.said_at == line.at


def test_labour_inspection_and_ministry_acknowledge_together(itss):
    first, second, *_ = (line for line in itss.lines if line.act)
    assert [first.act.position, second.act.position] == ["disnakertrans:72", "dg-kpaii"]
    assert {first.act.act, second.act.act} == {"acknowledge"}
    assert second.at - first.at < 60_000


def test_every_act_is_one_that_intake_takes(itss):
    for line in (line for line in itss.lines if line.act):
        event = act_event(itss, line, [escalation(1)])
        message = event.structured()
        assert isinstance(decode(Record(event.topic.name, 0, 0, 1, None, message.value, message.headers), 65_536), Decoded)


def test_an_act_needs_somebody_who_was_told(itss):
    with pytest.raises(NobodyToldError, match="itss/2023-12-24"):
        act_event(itss, next(line for line in itss.lines if line.act), [])


def test_the_publisher_marks_every_partition_that_intake_reads(itss):
    marks = list(watermarks(itss, itss.starts))
    assert {(m.topic, m.partition) for m in marks} == {(t, p) for t in INTAKE_TOPICS for p in range(t.partitions)}
    fact = SourceWatermark.model_validate_json(json.dumps(marks[0].cloud["data"]))
    assert fact.complete_through == itss.starts == parse_time(marks[0].cloud["time"])


def test_both_modes_carry_the_same(itss):
    event = next(line_events(itss, itss.lines[0]))
    headers, value = event.binary()
    attributes = {name.removeprefix("ce_"): text.decode() for name, text in headers if name.startswith("ce_")}
    whole = json.loads(event.structured().value)
    assert json.loads(value) == whole["data"]
    assert attributes == {name: text for name, text in whole.items() if name not in ("data", "datacontenttype")}
    assert IncidentBulletin.model_validate_json(value).asserted_by.rank is Rank.FIRM


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param('note = "one"', "", "a line is a fact, an act, a mark or a note", id="a line that is nothing"),
        pytest.param("T01:00", "T03:00", "in the order of `at`", id="lines out of order"),
        pytest.param("T02:00:00+08:00", "T02:00:00", "a time with a zone", id="a time without a zone"),
        pytest.param('["paper"]', '["rumour"]', "rumour", id="a source that is not listed"),
        pytest.param('["paper"]', "[]", "at least 1 item", id="a line without a source"),
        pytest.param("2024-01-02T00", "2024-01-01T00", "not after `until`", id="a line after the end"),
        pytest.param('note = "one"', 'fact = { word = "gossip", id = "1", data = {} }', "no word", id="a word that is none"),
        pytest.param('note = "one"', 'fact = { word = "incident-bulletin", id = "1", data = { firm = "f" } }', "kind", id="not a fact"),
        pytest.param('title = "t"', 'title = "t"\ncolour = "red"', "colour", id="an unknown field"),
        pytest.param("T02:00:00", "T01:00:00", None, id="two notes at one instant are in order"),
    ],
)
def test_a_story_that_does_not_hold_is_refused(before, after, words):
    text = TWO_LINES.replace(before, after, 1)
    if words is None:
        assert len(parse("x", text).lines) == 2
        return
    with pytest.raises(ValidationError, match=words):
        parse("x", text)


def test_an_act_stands_alone_at_its_instant():
    act = 'act = { act = "acknowledge", about = "f/1", position = "dg-kpaii", name = "petugas contoh" }'
    text = TWO_LINES.replace('note = "two"', act)
    assert parse("x", text).lines[1].act
    with pytest.raises(ValidationError, match="stands alone"):
        parse("x", text.replace("T02:00:00", "T01:00:00"))
