"""Story: the text of a story in, its lines and the CloudEvents they become out. No files, no clock, no Kafka.

A story is data (TOML): who there is (`registry`), what was said when and by whom (`lines`), and where each line is known from
(`source`). `at` is when the ministry's desk received a line: its `recordedtime`. Where no source gives the clock, `clock_is_design`.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from schemas.cloud import Cloud, Message
from schemas.discretion import revision_for
from schemas.escalation import Escalation
from schemas.facts import FACTS, FactType
from schemas.ids import STORY
from schemas.intake import Name, SourceWatermark, Statement, Words
from schemas.operator import Act, OnPeriod
from schemas.registry import Activate, Entry, Zone
from schemas.topics import INTAKE_TOPICS, REPORTS, Topic
from schemas.word import Fact, Instant, Published, UtcMs, format_time

DESIGN = "design"
"""The source of a line that nobody reported: it is there to make the story go."""

REGISTER = "https://siaga.example/register"
PEOPLE = "https://siaga.example/people"

Data = dict[str, Any]


class Event(NamedTuple):
    """One CloudEvent on its way to a topic. `at` is when it is received; a watermark also names its partition."""

    topic: Topic
    key: str
    said: Cloud
    at: UtcMs
    partition: int | None = None

    @property
    def cloud(self) -> Data:
        """The event as one JSON object."""
        return self.said.as_object()

    def structured(self) -> Message:
        """Structured mode."""
        return self.said.structured()

    def binary(self) -> Message:
        """Binary mode."""
        return self.said.binary()


class Known(Fact):
    """Where a statement of the story is known from: keys of `sources`, or `design`."""

    source: Annotated[tuple[str, ...], Field(min_length=1)]
    remark: Words | None = None


class Spoken(Fact):
    """What a publisher says: the word (`incident-bulletin`), its id at the publisher, and its data but for `exercise`."""

    word: Name
    id: Name
    publisher: Name | None = None
    data: Data

    @model_validator(mode="after")
    def _is_a_fact(self) -> Self:
        self.fact()
        return self

    @property
    def topic(self) -> Topic:
        """Where this word is published."""
        return _type(self.word).topics[0]

    def published(self) -> Data:
        """The data as they are published: a story is always an exercise."""
        return {**self.data, "exercise": True}

    def fact(self) -> Published:
        """The fact, as INTAKE will read it. Raises ValueError when it would refuse it."""
        return _type(self.word).model.model_validate_json(json.dumps(self.published()))


class Entered(Known):
    """One entry of the register."""

    entry: Spoken


class Mark(Fact):
    """A source's own word that everything it received up to then has been published, in every partition of the reports."""

    source: Name
    complete_through: Instant


class Acted(Fact):
    """What a position does about an incident: on which revision is known only when the time has come. `more`: a verdict or a reason."""

    act: Literal["acknowledge", "verify", "stand-down"]
    about: Name
    position: Name
    name: Name
    more: dict[str, str] = Field(default_factory=dict)


class Line(Known):
    """One line: a fact, an act, a source's mark, or a note of something that happened and that no word of ours carries.

    at: when it reached the desk. received_at: when the publisher had received it, where that was earlier.
    """

    at: Instant
    received_at: Instant | None = None
    clock_is_design: bool = False
    fact: Spoken | None = None
    act: Acted | None = None
    mark: Mark | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(thing is not None for thing in (self.fact, self.act, self.mark, self.note)) != 1:
            raise ValueError("a line is a fact, an act, a mark or a note")
        if self.received_at is not None and (self.fact is None or self.received_at > self.at):
            raise ValueError("only a fact was received, and never later than it reached the desk")
        return self

    @property
    def stops(self) -> bool:
        """Whether the line must have been dealt with before the story goes on. Reports come in heaps, and wait for nothing."""
        return self.note is None and (self.fact is None or self.fact.topic != REPORTS)


class Story(Fact):
    """A whole story, in order. Nothing happens at or before `starts`; it ends at `until`."""

    name: Name
    title: Name
    zone: Zone
    description: Words
    publisher: Name
    starts: Instant
    until: Instant
    sources: dict[str, str]
    registry: tuple[Entered, ...]
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        instants = [line.at for line in self.lines]
        if instants != sorted(instants) or not self.starts < instants[0] <= instants[-1] <= self.until:
            raise ValueError("lines stand in the order of `at`, after `starts` and not after `until`")
        if any(one.at == other.at and (one.act or other.act) for one, other in pairwise(self.lines)):
            raise ValueError("an act stands alone at its instant: the revision that it is about must be settled")
        return self

    @model_validator(mode="after")
    def _names_its_sources(self) -> Self:
        known = {DESIGN, *self.sources}
        if unknown := {key for said in (*self.registry, *self.lines) for key in said.source} - known:
            raise ValueError(f"these keys are not among the sources: {', '.join(sorted(unknown))}")
        return self


class NobodyToldError(LookupError):
    """An act of a story is about an incident that no escalation is about."""


def parse(name: str, text: str) -> Story:
    """The story that `text` tells. Raises ValueError (pydantic's, or tomllib's) that says where it does not."""
    return Story.model_validate_json(json.dumps({"name": name, **tomllib.loads(text)}))


def events(story: Story) -> Iterator[Event]:
    """The register, then every fact and mark, in order. Acts are not among them: see `act_event`."""
    yield from registry_events(story)
    for line in story.lines:
        yield from line_events(story, line)


def registry_events(story: Story) -> Iterator[Event]:
    """What the register must know before the story starts."""
    for entered in story.registry:
        match entry := entered.entry.fact():
            case Entry():
                yield _event(entered.entry, entry.id, REGISTER, (entry.said_at, story.starts))
            case Activate():
                yield _event(entered.entry, "activate", REGISTER, (entry.said_at, story.starts))
            case _:
                raise TypeError("the register holds entries and activations only")


def line_events(story: Story, line: Line) -> Iterator[Event]:
    """A line that is a fact, or a source's mark in every partition of the reports; of any other nothing."""
    if line.fact:
        yield _fact_event(story, line, line.fact)
    if line.mark:
        through = line.mark.complete_through
        yield from marks(line.mark.source, f"{story.name}/{format_time(through)}", through, (REPORTS,))


def _fact_event(story: Story, line: Line, said: Spoken) -> Event:
    """A statement about a firm, or an act that names no revision: what somebody says of a firm's period, or of everybody's."""
    match fact := said.fact():
        case Statement():
            key, source = fact.firm, said.publisher or story.publisher
        case Act(on=OnPeriod() as on):
            key, source = getattr(on, "firm", None) or on.period.isoformat(), said.publisher or PEOPLE
        case _:
            raise TypeError(f"{said.word} is no word of a line")
    received_at = line.at if line.received_at is None else line.received_at
    return _event(said, key, source, (fact.said_at, received_at))


def act_event(story: Story, line: Line, said: Iterable[Escalation]) -> Event:
    """The event of a line that is an act, on the latest revision among the escalations said so far about its incident."""
    if line.act is None:
        raise ValueError("the line is no act")
    act, escalation = line.act, latest(said, line.act.about)
    data = {
        "on": {"escalation": escalation.id, "estate": escalation.estate, "revision": revision_for(act.position, escalation)},
        "position": act.position,
        "name": act.name,
        "acted_at": format_time(line.at),
        **act.more,
    }
    spoken = Spoken(word=act.act, id=f"{story.name}/{act.act}/{act.position}/{format_time(line.at)}", data=data)
    return _event(spoken, escalation.estate, PEOPLE, (line.at, line.at))


def latest(said: Iterable[Escalation], about: str) -> Escalation:
    """The latest word on the escalation about an incident. Raises NobodyToldError when there is none."""
    found = max((word for word in said if word.about == about), key=lambda word: word.revision, default=None)
    if found is None:
        raise NobodyToldError(f"no escalation is about {about}")
    return found


def watermarks(story: Story, through: UtcMs) -> Iterator[Event]:
    """The story's own word, in every partition that INTAKE reads, that everything up to `through` has been published."""
    return marks(STORY, f"{story.name}/{format_time(through)}", through, INTAKE_TOPICS)


def marks(source: str, id: str, through: UtcMs, topics: Iterable[Topic]) -> Iterator[Event]:
    """A source's word, in every partition of these topics, that everything it received up to `through` has been published."""
    said = Cloud(SourceWatermark.type, source, id, {"complete_through": format_time(through)}, through, through)
    for topic in topics:
        for partition in range(topic.partitions):
            yield Event(topic, "watermark", said, through, partition)


def _event(spoken: Spoken, key: str, source: str, said_and_received: tuple[UtcMs, UtcMs]) -> Event:
    said_at, received_at = said_and_received
    said = Cloud(_type(spoken.word).model.type, source, spoken.id, spoken.published(), said_at, received_at)
    return Event(spoken.topic, key, said, received_at)


def _type(word: str) -> FactType:
    found = FACTS.get(f"siaga.{word}.v1")
    if found is None:
        raise ValueError(f"{word!r} is no word that a story can say")
    return found
