"""History: the records of all topics and the catchers' own logs in; what was said and what was caught, indexed, out.

It knows the schemas and nothing of any room: what it cannot read, it says it cannot read.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from email import message_from_string, policy
from typing import NamedTuple, TypeVar, cast

import msgspec

from schemas import codec, ledger
from schemas.delivery import Attempt, Ending, Outcome, Receipt, ReceiptKind
from schemas.escalation import Delivery
from schemas.intake import IntakeWatermark, SourceWatermark
from schemas.topics import (
    ATTEMPTS,
    DELIVERY_INBOX,
    ESCALATION_INBOX,
    ESCALATIONS,
    INTAKE_TOPICS,
    LEDGER,
    PARKED,
    PROGRESS,
    REJECTED,
)
from schemas.word import Word
from streams.pipeline.line import Record

W = TypeVar("W", bound=Word)
Origin = tuple[str, int, int]
"""Topic, partition, offset."""

_LINK = re.compile(r"/a/([A-Za-z0-9_-]+)\.")
"""The readable part of the token of a link."""

_OURS = {t.name for t in (PROGRESS, LEDGER, ESCALATION_INBOX, DELIVERY_INBOX, ATTEMPTS, ESCALATIONS, REJECTED, PARKED)}
_INTAKE = {topic.name for topic in INTAKE_TOPICS}
_WATERMARKS = {SourceWatermark.type, IntakeWatermark.type}


class Heard(NamedTuple):
    """A word, and the record that carries it."""

    record: Record
    word: Word


class Caught(NamedTuple):
    """One message that arrived: which delivery it is by its envelope, where, and whether its signature was right (mails have none).

    to: the addresses of a mail; of a webhook the last part of its path. speaks_of: the deliveries that its own text is of, as far as that
    says so.
    """

    delivery: str
    channel: str
    where: str
    to: tuple[str, ...]
    speaks_of: tuple[str, ...]
    verified: bool = False


class History(NamedTuple):
    """Everything that was said and caught. `finished`: nothing more will come, so what is open is lost."""

    published: tuple[Record, ...]
    said: tuple[Heard, ...]
    unreadable: tuple[Record, ...]
    caught: tuple[Caught, ...]
    finished: bool
    by_kind: Mapping[type[Word], tuple[Heard, ...]]

    def heard(self, kind: type[W]) -> Iterator[tuple[Record, W]]:
        """The words of one kind with their records, in the order of reading."""
        return ((heard.record, cast(W, heard.word)) for heard in self.by_kind.get(kind, ()))

    def all(self, kind: type[W]) -> Iterator[W]:
        """The words of one kind."""
        return (word for _, word in self.heard(kind))

    def deliveries(self) -> dict[str, Delivery]:
        """Deliveries by their id."""
        return {delivery.id: delivery for delivery in self.all(Delivery)}

    def outcomes(self) -> dict[str, Outcome]:
        """How deliveries ended, by their id."""
        return {outcome.delivery: outcome for outcome in self.all(Outcome)}

    def accepted(self) -> Iterator[Outcome]:
        """The endings that say that somebody was told."""
        return (outcome for outcome in self.all(Outcome) if outcome.ending is Ending.ACCEPTED)

    def begun(self) -> set[str]:
        """Deliveries of which an attempt was begun, and that committed."""
        return {receipt.delivery for receipt in self.all(Receipt) if receipt.kind is ReceiptKind.BEGUN}

    def arrivals(self) -> Counter[str]:
        """How often each delivery arrived."""
        return Counter(message.delivery for message in self.caught)

    def marked(self) -> dict[str, int]:
        """How many attempts at a delivery were marked as possible duplicates."""
        marks: dict[str, int] = defaultdict(int)
        for attempt in self.all(Attempt):
            marks[attempt.delivery.id] += attempt.possible_duplicate
        return {delivery: count for delivery, count in marks.items() if count}


def read(records: Iterable[Record], mail_log: Iterable[str], hook_log: Iterable[str], *, finished: bool) -> History:
    """Records in the order of their partitions; logs line by line, as the catchers wrote them."""
    published, said, unreadable = [], [], []
    for record in records:
        if record.topic in _INTAKE and event_type(record) not in _WATERMARKS:
            published.append(record)
        elif record.topic in _OURS:
            word = _word(record)
            said.append(Heard(record, word)) if word else unreadable.append(record)
    caught = (*_caught(mail_log, "mail.ndjson"), *_caught(hook_log, "webhook.ndjson"))
    return History(tuple(published), tuple(said), tuple(unreadable), caught, finished, _by_kind(said))


def origin_of(record: Record) -> Origin:
    """Where a record stands."""
    return (record.topic, record.partition, record.offset)


def cause_of(record: Record) -> Origin | None:
    """The record because of which a word was said, from its header `cause`: topic/partition/offset, for ticks followed by an entry."""
    match record.header("cause").split("/", 3):
        case [topic, partition, offset, *_] if partition.isdigit() and offset.isdigit():
            return (topic, int(partition), int(offset))
    return None


def stated_origin(origin: ledger.Origin) -> Origin:
    """Where a word says that its fact was published."""
    return (origin.topic, origin.partition, origin.offset)


def where(record: Record) -> str:
    """The same, for people."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def event_type(record: Record) -> str:
    """The CloudEvents type of an intake record, in either mode; empty when it has none that can be read."""
    if binary := next((value for name, value in record.headers if name.lower() == "ce_type"), None):
        return binary.decode("utf-8", "replace")
    try:
        body = json.loads(record.value or b"")
    except (ValueError, RecursionError):
        return ""
    return str(body.get("type", "")) if isinstance(body, dict) else ""


def _word(record: Record) -> Word | None:
    try:
        return codec.decode(record.value or b"")
    except msgspec.MsgspecError:
        return None


def _by_kind(said: Iterable[Heard]) -> Mapping[type[Word], tuple[Heard, ...]]:
    kinds: dict[type[Word], list[Heard]] = defaultdict(list)
    for heard in said:
        kinds[type(heard.word)].append(heard)
    return {kind: tuple(words) for kind, words in kinds.items()}


def _caught(log: Iterable[str], name: str) -> Iterator[Caught]:
    for number, text in enumerate(log, 1):
        line = json.loads(text)
        place = f"{name}:{number}"
        if line["kind"] == "mail":
            delivery = line["message_id"].strip("<> ").split("@")[0]
            yield Caught(delivery, "mail", place, tuple(line["to"]), _linked(line["raw"]))
        elif line["kind"] == "webhook":
            to = (line["path"].rpartition("/")[2],)
            yield Caught(line["webhook_id"], "webhook", place, to, _stated(line["body"]), line["verified"])


def _linked(raw: str) -> tuple[str, ...]:
    """The deliveries that the links in a mail's plain text name."""
    part = message_from_string(raw, policy=policy.default).get_body(("plain",))
    return tuple(filter(None, map(_named, _LINK.findall(part.get_content() if part else ""))))


def _named(token: str) -> str:
    """The delivery of a link. Who cannot open it reads nothing in it; whether it is genuine is not for the checker to say."""
    try:
        return str(json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))[0])
    except (ValueError, LookupError, TypeError):
        return ""


def _stated(body: str) -> tuple[str, ...]:
    """The delivery that a webhook's body names."""
    try:
        return (str(json.loads(body)["data"]["delivery"]),)
    except (ValueError, LookupError, TypeError):
        return ("nothing that can be read",)
