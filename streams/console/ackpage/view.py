"""View: records of `escalations`, `delivery-inbox`, `attempts`, `progress` in; what a page shows out. Bounded; rebuilt at every start."""

from collections import OrderedDict
from typing import Generic, NamedTuple, TypeVar

import msgspec

from schemas import codec
from schemas.delivery import Attempt
from schemas.escalation import Answer, Delivery, Escalation
from schemas.topics import ATTEMPTS, DELIVERY_INBOX, ESCALATIONS, PROGRESS
from schemas.word import UtcMs
from streams.live.present import Present, told_by
from streams.live.settings import Settings
from streams.pipeline.line import Record

TOPICS = (ESCALATIONS, DELIVERY_INBOX, ATTEMPTS, PROGRESS)

MOST_LETTERS, MOST_ESCALATIONS, MOST_ANSWERS = 10_000, 10_000, 5_000
"""Some thousand octets each. What has been forgotten has a page of its own, which names the telephone."""

K = TypeVar("K")
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """The newest so many things, by their key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def put(self, key: K, value: V) -> None:
        """Keep this one; let go of the one that was put longest ago."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: K) -> V | None:
        """That one, if it is still kept."""
        return self._kept.get(key)

    def __len__(self) -> int:
        return len(self._kept)


class Newest(NamedTuple):
    """The newest letter about one thing to one receiver."""

    revision: int
    at: UtcMs
    delivery: str


class View:
    """What has been said, as far as it has been read."""

    def __init__(self, settings: Settings, most_letters: int = MOST_LETTERS) -> None:
        self._settings = settings
        self._letters: Shelf[str, bytes] = Shelf(most_letters)
        self._newest: Shelf[tuple[str, str], Newest] = Shelf(most_letters)
        self._escalations: Shelf[str, Escalation] = Shelf(MOST_ESCALATIONS)
        self._answers: Shelf[str, Answer] = Shelf(MOST_ANSWERS)
        self.present: Present | None = None
        self.wall: UtcMs = 0

    def take(self, record: Record) -> Answer | None:
        """One record; the answer, if it is one. What is no word of ours says nothing here."""
        self.wall = max(self.wall, record.timestamp)
        try:
            word = codec.decode(record.value or b"")
        except msgspec.MsgspecError:
            return None
        match word:
            case Escalation():
                self._escalations.put(word.id, word)
            case Answer():
                self._answers.put(word.act_id, word)
                return word
            case Delivery():
                self._file(word, record.value or b"")
            case Attempt():
                self._file(word.delivery, codec.encode(word.delivery))
            case _:
                self.present = told_by(word, record, self._settings) or self.present
        return None

    def _file(self, delivery: Delivery, raw: bytes) -> None:
        """The very bytes, and not the object: they are a tenth of its size."""
        self._letters.put(delivery.id, raw)
        key = (delivery.thread, delivery.to.receiver)
        here, known = Newest(delivery.revision, delivery.at, delivery.id), self._newest.get(key)
        self._newest.put(key, max(here, known) if known else here)

    def letter(self, id: str) -> Delivery | None:
        """That delivery, if it is known here."""
        raw = self._letters.get(id)
        found = codec.decode(raw) if raw else None
        return found if isinstance(found, Delivery) else None

    def newest_letter(self, thread: str, receiver: str) -> Delivery | None:
        """What this receiver has been told of it last."""
        newest = self._newest.get((thread, receiver))
        return self.letter(newest.delivery) if newest else None

    def escalation(self, id: str) -> Escalation | None:
        """Where it stands."""
        return self._escalations.get(id)

    def answer(self, act_id: str) -> Answer | None:
        """ESCALATION's word on an act."""
        return self._answers.get(act_id)
