"""Reading: the bytes of an NDJSON file in; per line the event, or why INTAKE would refuse it, out. No Kafka, no printing."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from schemas.facts import FACTS
from schemas.intake import SourceWatermark
from schemas.topics import BY_NAME, INCIDENTS, INTAKE_TOPICS, REPORTS, Topic
from streams.cli.hall.say import Stop, one_line
from streams.live import library
from streams.live.settings import Settings, TimeSource
from streams.pipeline.intake.decode import Event, Refused
from streams.pipeline.intake.judge import Terms, judge
from streams.pipeline.line import Record

Judge = Callable[[bytes], tuple[Topic, Event | Refused]]
TOMBSTONE = b"null"
"""What a line says where a record would have no value."""


class Read(NamedTuple):
    """One line: where it stands, what it says, and the refusal if it would be refused."""

    number: int
    raw: bytes
    topic: Topic
    event: Event | None
    refused: Refused | None

    @property
    def source(self) -> str:
        """The CloudEvents source of an event."""
        return self.event.source if self.event else ""

    @property
    def key(self) -> bytes | None:
        """What keeps events about one firm, estate or entity in order on the way in. INTAKE relies on no key."""
        if self.event is None:
            return None
        known = (self.event.fact, getattr(self.event.fact, "on", None))
        found = next((about for each in known for name in ("firm", "estate", "id") if (about := getattr(each, name, None))), None)
        return str(found).encode() if found else None

    def as_json(self) -> dict[str, Any]:
        """A refusal for programs."""
        assert self.refused  # noqa: S101  only refused lines are asked
        return {
            "line": self.number,
            "field": self.refused.field,
            "reason": str(self.refused.reason),
            "correct": one_line(self.refused.correct),
            "topic": self.topic.name,
        }

    def in_words(self, file: str) -> str:
        """A refusal for people: where, which field, why, and what to correct."""
        assert self.refused  # noqa: S101  only refused lines are asked
        reason = str(self.refused.reason).replace("_", " ")
        return f"{file}:{self.number}: {one_line(self.refused.field)}: {reason}; {one_line(self.refused.correct)}"


def judge_of(settings: Settings, topic: str | None, exercise: bool | None) -> Judge:
    """What INTAKE will say of a line under these settings, by the size limit of the newest policy. `exercise`: as in `Terms`."""
    if topic is not None and BY_NAME.get(topic) not in INTAKE_TOPICS:
        raise Stop(f"--topic {topic}: events go to {', '.join(each.name for each in INTAKE_TOPICS)}")
    books = library.load(path for path in (settings.policies, settings.rosters) if path)
    largest = books.policies[max(books.policies)].intake.largest_bytes
    return judge_by(Terms(exercise, settings.time is TimeSource.WATERMARKS, largest, books.policies, books.rosters), topic)


def judge_by(terms: Terms, topic: str | None = None) -> Judge:
    """What INTAKE will say of a line on these terms."""

    def judged(raw: bytes) -> tuple[Topic, Event | Refused]:
        target = BY_NAME[topic] if topic else _topic_of(raw)
        return target, judge(Record(target.name, 0, 0, 0, None, None if raw.strip() == TOMBSTONE else raw), terms)

    return judged


def read(content: bytes, judge: Judge) -> list[Read]:
    """Every line but empty ones, judged."""
    numbered = ((number, raw.rstrip(b"\r")) for number, raw in enumerate(content.split(b"\n"), 1))
    found = [_read(number, raw, judge) for number, raw in numbered if raw.strip()]
    if not found:
        raise Stop("there is no event in it; write one CloudEvent per line")
    return found


def remarks(file: str, lines: Sequence[Read]) -> list[str]:
    """What is no refusal, and yet worth knowing."""
    said, first = [], dict[tuple[str, str], Read]()
    for line in lines:
        if line.event is None:
            continue
        before = first.setdefault((line.event.source, line.event.id), line)
        if before is not line:
            same = before.event is not None and before.event.data == line.event.data
            what = "says the same again and changes nothing" if same else "has other content: it will be listed, and decides nothing"
            said.append(f"{file}:{line.number}: source and id are those of line {before.number}; it {what}")
    return said


def unchecked(file: str, lines: Sequence[Read]) -> list[str]:
    """What a file alone cannot tell of reports and watermarks, in one line; nothing where it has none."""
    if not any(line.topic == REPORTS or (line.event and isinstance(line.event.fact, SourceWatermark)) for line in lines):
        return []
    needs = "whether source, permit and firm belong together, and the period had begun"
    return [f"{file}: not checked, for it takes the register and the calendar: {needs}; siaga dry-run FILE --registry FILE does"]


def content_of(file: str) -> bytes:
    """The bytes of a file, or of stdin for `-`."""
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if path.is_dir():
        raise Stop(f"{file}: is a directory; name a file of CloudEvents")
    return path.read_bytes()


def _read(number: int, raw: bytes, judge: Judge) -> Read:
    topic, judged = judge(raw)
    if isinstance(judged, Refused):
        return Read(number, raw, topic, None, judged)
    return Read(number, raw, topic, judged, None)


def _topic_of(raw: bytes) -> Topic:
    """Where its type belongs. What cannot be read is judged as an incident would be: it is refused for what it is anyway."""
    try:
        kind = json.loads(raw).get("type")
    except (ValueError, AttributeError, RecursionError):
        return INCIDENTS
    known = FACTS.get(kind) if isinstance(kind, str) else None
    return known.topics[0] if known else INCIDENTS
