"""Paper: a file of facts or a story, taken through the whole line in memory. Out: what it says, what it refuses, and what is odd. No Kafka.

A file knows no partitions and need not say when a line was received: what it leaves out is filled in here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from schemas import codec
from schemas.cloud import STRUCTURED, Message
from schemas.escalation import Delivery, Escalation
from schemas.ids import STORY
from schemas.intake import IntakeWatermark, SourceWatermark
from schemas.ledger import Oddity, Parked, Rejected
from schemas.registry import Activate
from schemas.surveillance import Alert
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, ESCALATIONS, PARKED, REGISTRY, REJECTED, Topic
from schemas.word import Dated, UtcMs, Word, format_time
from streams.cli.hall import reading
from streams.cli.hall.reading import Read
from streams.cli.hall.say import Stop, one_line
from streams.live import library
from streams.live.library import Library
from streams.live.settings import Settings
from streams.pipeline.clock import Pace
from streams.pipeline.intake.admit import Admission
from streams.pipeline.intake.decode import Refused
from streams.pipeline.intake.judge import Terms
from streams.pipeline.intake.registry import Registry
from streams.replay.dry_run import DryRun
from streams.replay.rooms import hosted
from streams.replay.story_time import Heard, Spoken, play, read_out
from streams.simulate import shelf
from streams.simulate.story import Story

SAID: Mapping[Topic, type[Word]] = {ESCALATION_INBOX: Alert, ESCALATIONS: Escalation, DELIVERY_INBOX: Delivery}
"""What is told of a run, and where it stands."""

PAPER_KEY = b"paper"
"""Keys the case ids of a run on paper, so that every run of a file says the same. Whoever has the file has its tokens."""

_HEADERS = (("content-type", STRUCTURED.encode()),)


Refusal = Mapping[str, Any]
"""One line that is refused: where it stands (or which record it was), the field, the reason, and what to correct."""


class Chosen(NamedTuple):
    """What everything is decided by: the revisions that are installed, or one policy alone."""

    books: Library
    only: str | None = None


class Run(NamedTuple):
    """What came of a run. refused: what was not taken in, for programs. said: words as they are written, in order.

    ran: whether every line could be read; else nothing was run.
    """

    name: str
    lines: int
    refused: Sequence[Refusal] = ()
    said: Sequence[bytes] = ()
    remarks: Sequence[str] = ()
    until: UtcMs = 0
    ran: bool = True

    def counts(self) -> Mapping[str, int]:
        """Words by their kind."""
        words = [codec.name_of(codec.decode(word)) for word in self.said]
        return {f"{name}s" if name != "delivery" else "deliveries": words.count(name) for name in ("alert", "escalation", "delivery")}

    def in_short(self) -> str:
        """One line."""
        if not self.ran:
            return f"{len(self.refused)} of {self.lines} lines are refused, nothing was run; correct them and try again"
        counts = ", ".join(f"{count} {name}" for name, count in self.counts().items())
        counts += f", {len(self.refused)} refused" if self.refused else ""
        return f"{self.name}: {self.lines} lines up to {format_time(self.until)}: {counts}; nothing was sent"

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs."""
        refused = list(self.refused)
        if not self.ran:
            return {"facts": self.name, "lines": self.lines, "refused": refused}
        said = [json.loads(word) for word in self.said]
        counts = {"facts": self.name, "lines": self.lines, "until": format_time(self.until), **self.counts()}
        return {**counts, "refused": refused, "remarks": list(self.remarks), "said": said}

    def as_lines(self) -> Iterator[str]:
        """What was said, and behind it what was refused: one JSON object per line."""
        yield from (word.decode() for word in self.said)
        yield from (json.dumps(refusal, ensure_ascii=False) for refusal in self.refused)


def chosen(settings: Settings, policy: Path | None) -> Chosen:
    """The revisions of these settings; of the policies that of the file alone, if one is named."""
    books = library.load(path for path in (settings.policies, settings.rosters) if path)
    if policy is None:
        return Chosen(books)
    only = library.load_policy(policy)
    return Chosen(Library({only.revision: only}, books.rosters), only.revision)


def run(chosen: Chosen, facts: str, registry: str | None, until: UtcMs | None) -> Run:
    """The whole line over a file of that name, or a story."""
    if facts != "-" and not Path(facts).exists():
        return _run_story(chosen, _story(facts), registry, until)
    files = [(file, reading.content_of(file)) for file in (registry, facts) if file]
    lines = [(file, line) for file, content in files for line in _judged(chosen, content)]
    if refused := [_refusal(f"{file}:{line.number}", line.refused) for file, line in lines if line.refused]:
        return Run(facts, len(lines), refused, ran=False)
    spoken = list(_spoken(chosen, [line for _, line in lines]))
    line = _line(chosen, _exercise(lines), wall=max((each.at or 0 for each in spoken), default=0))
    heard = read_out(line, spoken, until=until)
    where = [f"{file}:{read.number}" for file, read in lines]
    noted = [note for file, content in files for note in reading.remarks(file, [read for name, read in lines if name == file])]
    return _told(Run(facts, len(lines), remarks=noted, until=heard.until), line, _Origins(heard, where))


def _story(name: str) -> Story:
    try:
        return shelf.load(name)
    except LookupError as error:
        raise Stop(f"no file {name}, and {error.args[0]}") from None


def _run_story(chosen: Chosen, told: Story, registry: str | None, until: UtcMs | None) -> Run:
    if registry:
        raise Stop("--registry is for files: a story has a register of its own")
    if until is not None and until <= told.starts:
        raise Stop(f"--until: {told.name} starts at {format_time(told.starts)}")
    if until is not None:
        told = told.model_copy(update={"until": until, "lines": tuple(line for line in told.lines if line.at <= until)})
    if chosen.only:
        told = told.model_copy(update={"registry": tuple(_activating(entered, chosen.only) for entered in told.registry)})
    line = _line(chosen, exercise=True, wall=told.until)
    undone = play(line, told)
    return _told(Run(told.name, len(told.lines), remarks=undone, until=told.until), line, _Origins(Heard({}, 0), ()))


def _activating(entered: Any, policy: str) -> Any:
    if not entered.entry.data.get("policy"):
        return entered
    return entered.model_copy(update={"entry": entered.entry.model_copy(update={"data": {**entered.entry.data, "policy": policy}})})


def _line(chosen: Chosen, exercise: bool | None, *, wall: UtcMs) -> DryRun:
    """The line in memory. By its broker's clock everything has long been received: nothing of a file lies in the future."""
    books = chosen.books
    registry = Registry(policies=books.policies, rosters=books.rosters, exercise=exercise, story_time=True)
    admission = Admission(registry, case_key=PAPER_KEY)
    pace = Pace(True, books.policy, books.roster, bool(exercise))
    return DryRun(hosted(lambda _: admission, pace, books.in_force), admission, wall=wall)


def _judged(chosen: Chosen, content: bytes) -> list[Read]:
    """Every line as INTAKE will see it. Where the file itself moves time, each must say when it was received."""
    books = chosen.books
    largest = books.policies[max(books.policies)].intake.largest_bytes

    def judged(content: bytes, *, story_time: bool) -> list[Read]:
        return reading.read(content, reading.judge_by(Terms(None, story_time, largest, books.policies, books.rosters)))

    content = _with_policy(content, chosen.only) if chosen.only else content
    lines = judged(content, story_time=False)
    return judged(content, story_time=True) if any(_moves(line) for line in lines) else lines


def _with_policy(content: bytes, policy: str) -> bytes:
    """Whatever policy a line activates, it is the chosen one."""
    return b"\n".join(_activated(raw, policy) if Activate.type.encode() in raw else raw for raw in content.split(b"\n"))


def _activated(raw: bytes, policy: str) -> bytes:
    try:
        event = json.loads(raw)
        if event["type"] == Activate.type and event["data"].get("policy"):
            event["data"]["policy"] = policy
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return raw
    return json.dumps(event, ensure_ascii=False).encode()


def _moves(line: Read) -> bool:
    return line.event is not None and isinstance(line.event.fact, SourceWatermark) and line.event.source == STORY


def _spoken(chosen: Chosen, lines: Sequence[Read]) -> Iterator[Spoken]:
    """The lines with their instants; what the register says without one is known from the beginning."""
    instants = [_received(line) for line in lines]
    first = min((instant for instant in instants if instant is not None), default=0)
    for number, (line, instant) in enumerate(zip(lines, instants, strict=True)):
        assert line.event  # noqa: S101  refused lines do not come so far
        fact = line.event.fact
        if isinstance(fact, IntakeWatermark):
            continue
        at = first if instant is None else instant
        through = fact.complete_through if isinstance(fact, SourceWatermark) else None
        yield Spoken(number, line.topic, Message(_HEADERS, _received_at(line.raw, at)), at, through, moves=_moves(line))


def _received(line: Read) -> UtcMs | None:
    """When a line was received: as it says; else when it was said. An entry of the register is dated by what it is valid from."""
    assert line.event  # noqa: S101  refused lines do not come so far
    fact = line.event.fact
    if line.event.recorded_at is not None:
        return line.event.recorded_at
    if isinstance(fact, SourceWatermark):
        return fact.complete_through
    return fact.said_at if isinstance(fact, Dated) and line.topic != REGISTRY else None


def _received_at(raw: bytes, at: UtcMs) -> bytes:
    """The line with the instant at which it was received, if it did not say so."""
    event = json.loads(raw)
    return raw if "recordedtime" in event else json.dumps({**event, "recordedtime": format_time(at)}, ensure_ascii=False).encode()


def _exercise(lines: Sequence[tuple[str, Read]]) -> bool | None:
    """Whether everything is made up, or nothing; both beside each other are taken as they come."""
    said = {getattr(read.event.fact, "exercise", None) for _, read in lines if read.event} - {None}
    return said.pop() if len(said) == 1 else None


def _said(line: DryRun) -> list[bytes]:
    """Alerts, escalations and deliveries as they are written, in the order in which they were said."""
    found = [
        (record.timestamp, record.value)
        for topic, kind in SAID.items()
        for record in line.records[topic.name]
        if record.value and record.header("word") == kind.__struct_config__.tag
    ]
    return [value for _, value in sorted(found)]


class _Origins(NamedTuple):
    """Which line of which file a record was."""

    heard: Heard
    where: Sequence[str]

    def of(self, word: Rejected | Oddity | Parked) -> str:
        """The file and line; of a story, the record."""
        origin = word.origin
        number = self.heard.origins.get((origin.topic, origin.partition, origin.offset))
        return self.where[number] if number is not None else f"{origin.topic}/{origin.partition}/{origin.offset}"


def _told(run: Run, line: DryRun, origins: _Origins) -> Run:
    """With what was said, what INTAKE refused only when its time had come, what is odd, and what a room broke on.

    A watermark stands in every partition: what is the matter with it is told once.
    """
    refused, remarks = list[Refusal](), list(run.remarks)
    for word in (word for topic in (REJECTED, PARKED) for word in line.words(topic)):
        match word:
            case Rejected():
                refused.append(_refusal(origins.of(word), word))
            case Oddity():
                remarks.append(f"{origins.of(word)}: {str(word.what).replace('_', ' ')}; it is listed, and decides nothing")
            case Parked():
                remarks.append(f"{origins.of(word)}: {word.room} broke on it ({word.error}); it is set aside")
    once = {json.dumps(refusal): refusal for refusal in refused}
    return run._replace(refused=list(once.values()), said=_said(line), remarks=list(dict.fromkeys(remarks)))


def _refusal(where: str, refused: Refused | Rejected) -> Refusal:
    file, _, number = where.rpartition(":")
    place = {"file": file, "line": int(number)} if file else {"record": where}
    said = {"field": one_line(refused.field), "reason": str(refused.reason), "correct": one_line(refused.correct)}
    return {"word": "refused", **place, **said}
