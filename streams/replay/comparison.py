"""Comparison: the records of two runs of the same facts in; whether the same people were told the same, and what differs on the way, out.

Order across partitions cannot be recreated: one run may take in two facts before it speaks, where the other spoke in between. So what must
be the same is what an alert or escalation says in the end, and who was told which of its matters last. A revision on the way that one run
has and the other has not is named, and is no difference. Coordinates, revision numbers, and numbers of ticks are not compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from schemas import codec
from schemas.escalation import Delivery, Escalation
from schemas.surveillance import Alert
from schemas.topics import DELIVERY_INBOX, ESCALATION_INBOX, ESCALATIONS
from schemas.word import UtcMs, Word, format_time
from streams.pipeline.line import Record
from streams.replay.difference import differing, shortened, word_of

_NOT_COMPARED = frozenset({"revision", "tick", "read_at", "partitions", "of"})
"""Counters, and what a proof says of where it was read."""

_Content = Mapping[str, Any]


class Compared(NamedTuple):
    """alerts, escalations, receivers: how many both runs have. differences: what must not be. on_the_way: revisions that one run has."""

    alerts: int
    escalations: int
    receivers: int
    differences: tuple[str, ...]
    on_the_way: tuple[str, ...]


class _Run(NamedTuple):
    """What one run said, by the id of each thing, in the order in which it was said."""

    alerts: Mapping[str, Sequence[Alert]]
    escalations: Mapping[str, Sequence[Escalation]]
    told: Mapping[str, Sequence[Delivery]]


def compared(one: Iterable[Record], other: Iterable[Record], names: tuple[str, str] = ("dry-run", "live")) -> Compared:
    """Two runs, as the records of all topics, in order within a partition."""
    runs = _run(one), _run(other)
    differences, on_the_way = list[str](), list[str]()
    for field in _Run._fields:
        pair = getattr(runs[0], field), getattr(runs[1], field)
        for id in sorted(pair[0].keys() | pair[1].keys()):
            said = pair[0].get(id, ()), pair[1].get(id, ())
            if not (said[0] and said[1]):
                differences.append(f"{_what((said[0] or said[1])[-1], id)} is only in {names[not said[0]]}")
                continue
            differences += _last(id, said, names)
            on_the_way += _between(id, said, names)
    alerts, escalations, receivers = (len(getattr(runs[0], field).keys() & getattr(runs[1], field).keys()) for field in _Run._fields)
    return Compared(alerts, escalations, receivers, tuple(differences), tuple(on_the_way))


def _run(records: Iterable[Record]) -> _Run:
    run = _Run(defaultdict(list), defaultdict(list), defaultdict(list))
    for record in records:
        match _word(record):
            case Alert() as alert:
                run.alerts[alert.id].append(alert)  # type: ignore[attr-defined]
            case Escalation() as escalation:
                run.escalations[f"{escalation.estate}/{escalation.id}"].append(escalation)  # type: ignore[attr-defined]
            case Delivery() as told:
                run.told[f"{told.thread} {told.matter} to {told.to.receiver}"].append(told)  # type: ignore[attr-defined]
    return run


def _word(record: Record) -> Word | None:
    """A word that counts, on the topic on which it is said."""
    if (record.topic, record.header("word")) not in _COUNTS:
        return None
    return word_of(record.value)


_COUNTS = {(ESCALATION_INBOX.name, "alert"), (ESCALATIONS.name, "escalation"), (DELIVERY_INBOX.name, "delivery")}


def _last(id: str, said: tuple[Sequence[Word], Sequence[Word]], names: tuple[str, str]) -> Iterator[str]:
    """What a thing says in the end."""
    one, other = (_content(words[-1]) for words in said)
    for path, was, now in differing("", one, other):
        each = f"{shortened(was)} in {names[0]}, {shortened(now)} in {names[1]}"
        yield f"{_what(said[0][-1], id)}: in the end {path.lstrip('.')} is {each}"


def _between(id: str, said: tuple[Sequence[Word], Sequence[Word]], names: tuple[str, str]) -> Iterator[str]:
    """Every revision on the way that one run has and the other has not."""
    seen = [{_key(word) for word in words} for words in said]
    for mine, theirs, name in ((0, 1, names[0]), (1, 0, names[1])):
        for word in said[mine][:-1]:
            if _key(word) not in seen[theirs]:
                yield f"{_what(word, id)}: its revision {word.revision} of {format_time(_at(word))} is only in {name}"  # type: ignore[attr-defined]


def _at(word: Any) -> UtcMs:
    return int(word.at)


def _what(word: Word, id: str) -> str:
    return f"{codec.name_of(word)} {id}"


def _key(word: Word) -> bytes:
    return msgspec.json.encode(_content(word))


def _content(word: Word) -> _Content:
    """What a word says, without coordinates and counters. A delivery's id derives from its revision."""
    plain = _without(msgspec.to_builtins(word))
    return {name: value for name, value in plain.items() if name != "id"}


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(each) for name, each in value.items() if name not in _NOT_COMPARED}
    return [_without(each) for each in value] if isinstance(value, list | tuple) else value
