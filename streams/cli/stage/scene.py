"""Scene: what the line has said so far, as far as it has been heard. In: records of our own topics. Out: answers to "is it done yet?"."""

import asyncio
from collections.abc import Callable

import msgspec

from schemas import codec
from schemas.delivery import Attempt, Outcome, Receipt, ReceiptKind
from schemas.escalation import Answer, Delivery, Escalation
from schemas.ledger import Parked, Progress, Rejected, Tick
from schemas.surveillance import Alert, Rule
from schemas.topics import ATTEMPTS, DELIVERY_INBOX, ESCALATION_INBOX, ESCALATIONS, PARKED, PROGRESS, REJECTED
from schemas.word import UtcMs, Word
from streams.pipeline.line import Record

HEARD = (PROGRESS, DELIVERY_INBOX, ATTEMPTS, ESCALATION_INBOX, ESCALATIONS, REJECTED, PARKED)


class Scene:
    """Everything heard, by kind. `moves` counts the words that moved something on; ticks and progress do not.

    tallies: how an estate stood when a deadline was decided; what came later is not among them.
    """

    def __init__(self) -> None:
        self.deliveries: dict[str, Delivery] = {}
        self.outcomes: dict[str, Outcome] = {}
        self._newest: dict[str, int] = {}
        self.receipts: dict[tuple[str, int], Receipt] = {}
        self.escalations: list[Escalation] = []
        self.answers: list[Answer] = []
        self.tallies: dict[str, Alert] = {}
        self.moves = 0
        self._ticks: dict[int, Tick] = {}
        self._progress: dict[tuple[str, str, int], Progress] = {}
        self._bell = asyncio.Event()
        self._broken: Exception | None = None

    def hear(self, record: Record) -> None:
        """One more record."""
        try:
            word = codec.decode(record.value or b"")
        except msgspec.MsgspecError:
            return
        self._take(record, word)
        self._bell.set()

    def fail(self, error: Exception) -> None:
        """Nothing more will be heard."""
        self._broken = error
        self._bell.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so."""
        while not is_so():
            if self._broken:
                raise self._broken
            self._bell.clear()
            await self._bell.wait()

    @property
    def has_ticked(self) -> bool:
        """Whether the line has come to life."""
        return bool(self._ticks)

    @property
    def present(self) -> UtcMs:
        """The story's present: the time of law and policy of the last tick heard; 0 before the first."""
        return max((tick.at for tick in self._ticks.values()), default=0)

    @property
    def open_attempts(self) -> set[tuple[str, int]]:
        """The newest attempt of each delivery that has not ended, as long as nobody knows how it went.

        One whose worker died in its middle is never heard of again: the next attempt, or the outcome, takes its place.
        """
        newest = {(delivery, number) for delivery, number in self._newest.items() if delivery not in self.outcomes}
        return newest - self.receipts.keys()

    @property
    def nothing_open(self) -> bool:
        """Whether every delivery has ended."""
        return self.deliveries.keys() <= self.outcomes.keys()

    def is_done(self, through: UtcMs) -> bool:
        """Whether every seat of DELIVERY has committed a tick at or past `through`, and no attempt is open."""
        return all(self._committed(partition, through) for partition in range(DELIVERY_INBOX.partitions)) and not self.open_attempts

    def least_due(self) -> UtcMs | None:
        """The least instant of law and policy, or of what has been proven, that any seat waits for."""
        waited = [(word.due_at, *(instant for _, instant in word.due_proven)) for word in self._progress.values()]
        return min((instant for instants in waited for instant in instants if instant is not None), default=None)

    def stands(self) -> str:
        """Where things stand, in words for whoever waited in vain."""
        reported = sorted({room for room, _, _ in self._progress}) or ["no room"]
        open_ = len(self.deliveries.keys() - self.outcomes.keys())
        return f"heard from {', '.join(reported)}; {open_} deliveries and {len(self.open_attempts)} attempts open"

    def _committed(self, partition: int, through: UtcMs) -> bool:
        """The tick is heard in the inbox itself too, so that every delivery before it has been heard."""
        tick, reported = self._ticks.get(partition), self._progress.get(("delivery", DELIVERY_INBOX.name, partition))
        return tick is not None and tick.at >= through and reported is not None and reported.tick >= tick.number

    def _take(self, record: Record, word: Word) -> None:
        self.moves += not isinstance(word, Tick | Progress)
        match word:
            case Tick() if record.topic == DELIVERY_INBOX.name:
                self._ticks[record.partition] = word
            case Progress():
                self._progress[word.room, word.topic, word.partition] = word
            case Delivery():
                self.deliveries[word.id] = word
            case Outcome():
                self.outcomes[word.delivery] = word
            case Attempt():
                self._newest[word.delivery.id] = max(word.number, self._newest.get(word.delivery.id, 0))
            case Receipt() if word.kind is not ReceiptKind.BEGUN:
                self.receipts[word.delivery, word.attempt] = word
            case Escalation():
                self.escalations.append(word)
            case Answer():
                self.answers.append(word)
            case Alert(rule=Rule.COUNTED):
                self.tallies.setdefault(word.id, word)
            case Rejected() | Parked():
                pass  # They move the scene on; the checker counts them.
