"""The driver that the tests of DELIVERY share: a dict for memory, a list for the topics, and one clock each for law and broker.

Every step is taken twice and compared to the byte, on entries that were packed and unpacked before, and the entries passed in are
compared afterwards: so each test of this room is a test of law 2 as well.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.delivery import Attempt, Outcome, Receipt, ReceiptKind
from schemas.escalation import Addressee, Delivery, MessageType, Role, Why
from schemas.ledger import Parked, Place, Tick
from schemas.policy import Delivering, Policy, Retry, Roster
from schemas.surveillance import Certainty, Figure, IncidentSituation, Stated
from schemas.word import Word
from streams.pipeline.delivery import DELIVERY
from streams.pipeline.delivery.letterbox import missing
from streams.pipeline.delivery.memory import Letterbox, Thread, Wait
from streams.pipeline.delivery.thread import held_until
from streams.pipeline.line import Due, Entry, InForce, Record, Step

MINUTE = 60_000
NOON = 1_703_390_400_000
BROKER_AHEAD = 7_000
LARGEST_ENTRY = 64 * 1024
HEADERS = (("policy", b"test"), ("roster", b"roster-1"))

QUICK = Retry(after_seconds=(30, 60, 300), attempt_seconds=60, send_seconds=30)
DELIVERING = Delivering(
    source="test",
    bucket=3,
    refill_minutes=10,
    coalesce_minutes=5,
    digest_update_hours=6,
    most_waiting=1_000,
    forget_days=366,
    forget_days_after_end=30,
    mail=QUICK,
    webhook=QUICK,
    file=QUICK,
    breaker_after=3,
    breaker_seconds=240,
    tolerance_seconds=2,
    link_days=7,
)
BOOKS = InForce(Policy.model_construct(revision="test", delivery=DELIVERING), Roster(revision="test", positions=()))
LAPSE = (60 + 30 + 2) * 1_000 + 1


def addressee(**said: object) -> Addressee:
    """The duty officer's mailbox, unless something else is said."""
    usual: dict[str, object] = {
        "receiver": "duty-mail",
        "channel": "mail",
        "address": "duty@example.org",
        "position": "duty-officer",
        "title_id": "Petugas piket",
        "title_en": "Duty officer",
        "holder": "A. Example",
        "role": Role.ACT,
    }
    return Addressee(**{**usual, **said})  # type: ignore[arg-type]


def a_delivery(name: str, **said: object) -> Delivery:
    """A delivery called `name`, an update unless something else is said; `dead` sets the headline figure."""
    dead = said.pop("dead", None)
    figures = (Figure("dead", Stated(int(str(dead)), "Polres", "police", NOON)),) if dead is not None else ()
    usual: dict[str, object] = {
        "thread": "E-1",
        "estate": "imip",
        "to": addressee(**{name: said.pop(name) for name in Addressee.__struct_fields__ if name in said}),
        "revision": 1,
        "level": 0,
        "why": Why.FACTS_CHANGED,
        "matter": "facts",
        "msg_type": MessageType.UPDATE,
        "at": NOON,
        "grade": "S3",
        "grade_now": "S3",
        "rank": int(str(said.get("grade", "S3"))[1:]),
        "peak": int(str(dead or 0)),
        "certainty": Certainty.REPORTED,
        "situation": IncidentSituation(kind="explosion", place=Place("F1", "PT Example"), incident="I-1", figures=figures),
        "reasons": (),
    }
    return Delivery(id=name, **{**usual, **said})  # type: ignore[arg-type]


class House:
    """DELIVERY with its inbox in front and its outboxes behind. `clock` is milliseconds since noon, for both clocks."""

    def __init__(self, books: InForce = BOOKS) -> None:
        self.books = books
        self.clock = 0
        self.memory: dict[str, bytes] = {}
        self.dues: dict[str, Due] = {}
        self.words: list[Word] = []
        self._offset = 0

    @property
    def at(self) -> int:
        """The time of law."""
        return NOON + self.clock

    @property
    def wall(self) -> int:
        """The broker's clock."""
        return self.at + BROKER_AHEAD

    def hears(self, word: Word | bytes, key: str = "duty-mail") -> list[Word]:
        """One record of the inbox; what was said to it."""
        value = encode(word) if isinstance(word, Word) else word
        self._offset += 1
        step = self._step(Record("delivery-inbox", 0, self._offset, self.wall, key.encode(), value, HEADERS))
        self._remember(step)
        said = [decode(encode(out.word)) for out in step.words]
        self.words += said
        return said

    def tell(self, name: str, **said: object) -> list[Word]:
        """A delivery, dated now."""
        return self.hears(a_delivery(name, **{"at": self.at, **said}))

    def receipt(self, attempt: Attempt, kind: ReceiptKind, **said: object) -> list[Word]:
        """What a sender has to say of an attempt."""
        receiver = attempt.delivery.to.receiver
        return self.hears(Receipt(attempt.delivery.id, receiver, attempt.number, kind, **said), receiver)  # type: ignore[arg-type]

    def accept(self, attempt: Attempt) -> list[Word]:
        """The ordinary way: begun, then accepted."""
        self.receipt(attempt, ReceiptKind.BEGUN)
        return self.receipt(attempt, ReceiptKind.ACCEPTED)

    def tick(self) -> list[Word]:
        """One tick, for every entry that is due, in the order of (due, key); none of them may still be due afterwards."""
        before = len(self.words)
        tick = Tick(number=1, at=self.at, wall=self.wall, complete_through=self.at)
        for _, key in sorted((self._instant(due), key) for key, due in self.dues.items() if self._has_come(due)):
            self.hears(tick, key)
            assert not self._has_come(self.dues.get(key, Due())), f"{key} asks for a tick that it has had"
        return self.words[before:]

    def after(self, minutes: float) -> list[Word]:
        """Let time pass, then tick."""
        self.clock += round(minutes * MINUTE)
        return self.tick()

    def next_due(self) -> int | None:
        """On which clock reading the next tick is wanted."""
        return min((self._instant(due) for due in self.dues.values()), default=None)

    def box(self, receiver: str = "duty-mail") -> Letterbox:
        """The receiver's letterbox."""
        box = DELIVERY.unpack(self.memory[receiver])
        assert isinstance(box, Letterbox)
        return box

    def said(self, kind: type[Word]) -> Iterator[Word]:
        """All words of one kind so far."""
        return (word for word in self.words if isinstance(word, kind))

    def _step(self, record: Record) -> Step:
        first, again = (DELIVERY.step(self._entries(), record, self.books) for _ in range(2))
        assert _bytes(first) == _bytes(again)
        entries = self._entries()
        DELIVERY.step(entries, record, self.books)
        assert {key: DELIVERY.pack(entry) for key, entry in entries.items()} == self.memory
        assert set(first.due) <= {key for key, entry in first.changes.items() if entry is not None}
        return first

    def _entries(self) -> Mapping[str, Entry]:
        return MappingProxyType({key: DELIVERY.unpack(packed) for key, packed in self.memory.items()})

    def _remember(self, step: Step) -> None:
        for key, entry in step.changes.items():
            self.dues.pop(key, None)
            if entry is None:
                del self.memory[key]
                continue
            self.memory[key] = DELIVERY.pack(entry)
            assert len(self.memory[key]) < LARGEST_ENTRY
            if key in step.due:
                self.dues[key] = step.due[key]

    def _has_come(self, due: Due) -> bool:
        return (due.at is not None and due.at <= self.at) or (due.wall is not None and due.wall <= self.wall)

    def _instant(self, due: Due) -> int:
        instants = (due.at - NOON if due.at is not None else None, due.wall - BROKER_AHEAD - NOON if due.wall is not None else None)
        return min(instant for instant in instants if instant is not None)


def _bytes(step: Step) -> list[bytes]:
    changes = [key.encode() + (b"" if entry is None else DELIVERY.pack(entry)) for key, entry in step.changes.items()]
    return [*changes, *(encode(said.word) for said in step.words), repr(step.due).encode()]


def attempted(words: list[Word]) -> list[Attempt]:
    """The attempts among these words."""
    return [word for word in words if isinstance(word, Attempt)]


def only_attempt(words: list[Word]) -> Attempt:
    """The one attempt among these words."""
    (attempt,) = attempted(words)
    return attempt


def ended(words: list[Word]) -> list[tuple[str, str]]:
    """How deliveries ended, by name."""
    return [(word.delivery, word.ending.value) for word in words if isinstance(word, Outcome)]


def outcome(words: list[Word], name: str) -> Outcome:
    """How this delivery ended."""
    (found,) = [word for word in words if isinstance(word, Outcome) and word.delivery == name]
    return found


class Night(House):
    """A house with a sender behind it that keeps the senders' protocol, and a receiver that remembers every message it got.

    The laws are judged here, at every word, from the outside: by what was told, attempted, sent and heard.
    """

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, Delivery] = {}
        self.ended: dict[str, Outcome] = {}
        self.tries: dict[str, int] = {}
        self.in_hand: dict[str, Attempt] = {}
        self.open: dict[str, Attempt] = {}
        self.begun: set[tuple[str, int]] = set()
        self.heard_of: set[tuple[str, int]] = set()
        self.came_to_nothing: set[tuple[str, int]] = set()
        self.disabled: set[str] = set()
        self.underway: list[Receipt] = []
        self.mailbox: list[Attempt] = []
        self.free: set[str] = set()
        self.charged: dict[str, list[int]] = {}
        self.left: list[tuple[int, Attempt]] = []
        self.revisions: dict[tuple[str, str], int] = {}

    # What ESCALATION says.

    def tells(self, escalation: str, *, ahead: int = 1, **said: object) -> None:
        """A delivery of the thread's next revision; `ahead` 0 for the same one again, -1 for one that comes late."""
        receiver = str(said.get("receiver", "duty-mail"))
        revision = max(1, self.revisions.get((receiver, escalation), 0) + ahead)
        self.revisions[receiver, escalation] = max(revision, self.revisions.get((receiver, escalation), 0))
        name = f"D-{len(self.told)}"
        delivery = a_delivery(name, thread=escalation, revision=revision, at=self.at, **said)
        self.told[name] = delivery
        if delivery.urgent and delivery.msg_type is MessageType.ALERT:
            self.free.add(name)
        self.hears(delivery, receiver)

    def repeats(self, number: int) -> None:
        """A delivery that was told before."""
        if self.told:
            delivery = list(self.told.values())[number % len(self.told)]
            assert self.hears(delivery, delivery.to.receiver) == []

    # What the sender does with the attempt in its hand.

    def begins(self, receiver: str) -> None:
        """Begun, if there is still time; else expired."""
        if attempt := self.in_hand.get(receiver):
            if self.wall > attempt.not_after:
                del self.in_hand[receiver]
                self.says(attempt, ReceiptKind.EXPIRED)
            elif _try(attempt) not in self.begun:
                self.begun.add(_try(attempt))
                self.says(attempt, ReceiptKind.BEGUN)

    def sends(self, receiver: str, fate: str) -> None:
        """The message goes out, if it may; of its receipt `fate` says whether it is heard now, late, twice or never."""
        self.begins(receiver)
        if attempt := self._may_send(receiver):
            self.mailbox.append(attempt)
            self._deliver(attempt, ReceiptKind.ACCEPTED, fate)

    def fails(self, receiver: str, kind: ReceiptKind, fate: str, **said: object) -> None:
        """The message does not go out, or nobody knows."""
        self.begins(receiver)
        if attempt := self._may_send(receiver):
            self._deliver(attempt, kind, fate, **said)

    def crashes(self, receiver: str) -> None:
        """The sender forgets what it had in hand."""
        self.in_hand.pop(receiver, None)

    def is_slow(self, receiver: str) -> None:
        """The message goes out, but its receipt comes when the next try is already in the sender's hand."""
        self.sends(receiver, "late")
        self.after(1.6)
        self.begins(receiver)
        self.late(-1)

    def late(self, number: int) -> None:
        """A receipt that was on its way arrives."""
        if self.underway:
            self._hears_receipt(self.underway.pop(number % len(self.underway)))

    def says(self, attempt: Attempt, kind: ReceiptKind, **said: object) -> None:
        """A receipt that arrives now."""
        self._hears_receipt(Receipt(attempt.delivery.id, attempt.delivery.to.receiver, attempt.number, kind, **said))

    def drains(self) -> None:
        """From now on all goes well, until nothing is on its way any more."""
        self.crashes("duty-mail")
        self.crashes("governor-mail")
        for _ in range(1_000):
            for receiver in list(self.in_hand):
                self.sends(receiver, "now")
            boxes = [entry for entry in self._entries().values() if isinstance(entry, Letterbox)]
            if not any(box.open or box.waiting or box.passing for box in boxes):
                break
            if not self.in_hand:
                self.clock = max(self.clock, self.next_due())
                self.tick()
        assert self.ended.keys() == self.told.keys()

    # What the laws say.

    def hears(self, word: Word | bytes, key: str = "duty-mail") -> list[Word]:
        """Every word is judged as it is said. Only a tick past the sender's last moment closes an attempt without a receipt."""
        if isinstance(word, Tick) and key in self.open:
            last_moment = self.open[key].not_after + (QUICK.send_seconds + DELIVERING.tolerance_seconds) * 1_000
            if word.wall > last_moment:
                del self.open[key]
        said = super().hears(word, key)
        for out in said:
            match out:
                case Attempt():
                    self._judge_attempt(out)
                case Outcome():
                    assert out.delivery not in self.ended, "a delivery ends once"
                    self.ended[out.delivery] = out
        return said

    def _judge_attempt(self, attempt: Attempt) -> None:
        name, receiver = attempt.delivery.id, attempt.delivery.to.receiver
        assert name not in self.ended, "what has ended is not tried"
        assert receiver not in self.open, "two attempts are open"
        assert receiver not in self.disabled, "who wants nothing any more gets nothing"
        self.tries[name] = self.tries.get(name, 0) + 1
        assert attempt.number == self.tries[name], "numbers count the tries"
        doubt = any((name, number) in self.begun - self.heard_of for number in range(1, attempt.number))
        assert attempt.possible_duplicate == doubt, "marked if and only if an earlier try began and its end is unknown"
        if attempt.delivery.msg_type is MessageType.CANCEL:
            heard = {
                self.told[other].thread for other, number in self.begun - self.came_to_nothing if self.told[other].to.receiver == receiver
            }
            assert attempt.delivery.thread in heard, "the end of what was never heard of"
        self.open[receiver] = self.in_hand[receiver] = attempt
        self._judge_budget(attempt)

    def _judge_budget(self, attempt: Attempt) -> None:
        box = self.box(attempt.delivery.to.receiver)
        self.left.append((box.open.at, attempt))
        free = self.free & {attempt.delivery.id, *attempt.coalesced}
        if attempt.number == 1 and not free:
            self.charged.setdefault(attempt.delivery.to.receiver, []).append(box.open.at)
        higher = 0
        for escalation in dict.fromkeys(queued.thread for queued in (*box.passing, *box.waiting)):
            thread = DELIVERY.unpack(self.memory[f"{attempt.delivery.to.receiver}/{escalation}"])
            for wait in thread.waiting:
                assert not wait.free or free or self._rests(box, thread, wait), "a free one waits for one that pays"
                if not wait.free and wait.rank > box.open.wait.rank:
                    higher += not wait.paid
                    assert free or self._rests(box, thread, wait) or not wait.paid, "a higher grade waits for a lower"
        if attempt.number == 1 and not free:
            assert missing(box, DELIVERING) + higher <= DELIVERING.bucket, "a lower grade took the token of a higher"

    def _rests(self, box: Letterbox, thread: Thread, wait: Wait) -> bool:
        held = held_until(thread, wait, DELIVERING.coalesce_minutes * MINUTE) > max(box.ticked_at, wait.at)
        return held or wait.not_before > max(box.ticked_wall, wait.wall)

    def _may_send(self, receiver: str) -> Attempt | None:
        attempt = self.in_hand.get(receiver)
        if attempt is None or _try(attempt) not in self.begun:
            return None
        del self.in_hand[receiver]
        return attempt if self.wall <= attempt.not_after + QUICK.send_seconds * 1_000 else None

    def _deliver(self, attempt: Attempt, kind: ReceiptKind, fate: str, **said: object) -> None:
        receipt = Receipt(attempt.delivery.id, attempt.delivery.to.receiver, attempt.number, kind, **said)
        if fate in {"now", "twice"}:
            self._hears_receipt(receipt)
        if fate in {"late", "twice"}:
            self.underway.append(receipt)

    def _hears_receipt(self, receipt: Receipt) -> None:
        attempt = self.open.get(receipt.receiver)
        known = (receipt.delivery, receipt.attempt)
        if receipt.kind is not ReceiptKind.BEGUN and attempt and _try(attempt) == known:
            del self.open[receipt.receiver]
            if not receipt.in_doubt:
                self.heard_of.add(known)
                self.came_to_nothing |= {known} if receipt.kind is not ReceiptKind.ACCEPTED else set()
            self.disabled |= {receipt.receiver} if receipt.disable else set()
        self.hears(receipt, receipt.receiver)


def _try(attempt: Attempt) -> tuple[str, int]:
    return attempt.delivery.id, attempt.number


RECEIVERS = st.sampled_from(["duty-mail", "duty-mail", "duty-mail", "governor-mail"])
FATES = st.sampled_from(["now", "now", "now", "late", "twice", "never"])
KINDS = st.sampled_from([ReceiptKind.FAILED, ReceiptKind.FAILED, ReceiptKind.REFUSED])


@st.composite
def messages(draw: st.DrawFn) -> dict[str, object]:
    """What ESCALATION may say of a delivery."""
    grade = draw(st.sampled_from(["S1", "S2", "S3", "S4", "S5"]))
    msg_type = draw(
        st.sampled_from(
            [MessageType.ALERT, MessageType.ALERT, MessageType.UPDATE, MessageType.UPDATE, MessageType.UPDATE, MessageType.CANCEL]
        )
    )
    return {
        "escalation": draw(st.sampled_from(["E-1", "E-1", "E-1", "E-2", "E-3"])),
        "ahead": draw(st.sampled_from([1, 1, 0, -1])),
        "matter": draw(st.sampled_from(["facts", "facts", "facts", "filing"])),
        "receiver": draw(RECEIVERS),
        "grade": grade,
        "urgent": grade in {"S4", "S5"},
        "msg_type": msg_type,
        "dead": draw(st.sampled_from([None, 0, 1, 2])),
    }


EVENTS = st.one_of(
    *[st.tuples(st.just("tells"), messages())] * 6,
    st.tuples(st.just("repeats"), st.integers(0, 50)),
    st.tuples(st.just("begins"), RECEIVERS),
    *[st.tuples(st.just("sends"), RECEIVERS, FATES)] * 4,
    st.tuples(st.just("fails"), RECEIVERS, KINDS, FATES, st.fixed_dictionaries({"in_doubt": st.booleans()})),
    st.tuples(st.just("fails"), st.just("governor-mail"), st.just(ReceiptKind.REFUSED), FATES, st.just({"disable": True})),
    st.tuples(st.just("crashes"), RECEIVERS),
    st.tuples(st.just("is_slow"), RECEIVERS),
    st.tuples(st.just("late"), st.integers(0, 20)),
    st.tuples(st.just("after"), st.sampled_from([0.1, 0.6, 1.0, 1.6, 5.0, 10.0])),
    st.tuples(st.just("waits"), st.sampled_from([0.1, 1.0, 1.6, 6.0])),
)
NIGHTS = st.one_of(st.lists(EVENTS, max_size=12), st.lists(EVENTS, min_size=25, max_size=50))


def a_night(events: list[tuple[object, ...]]) -> Night:
    """Everything that happens, in its order; then it is left to run out."""
    night = Night()
    for name, *how in events:
        match name:
            case "tells":
                night.tells(**how[0])
            case "fails":
                night.fails(*how[:-1], **how[-1])
            case "waits":
                night.clock += round(how[0] * MINUTE)
            case _:
                getattr(night, name)(*how)
    night.drains()
    return night


def test_a_word_of_another_room_is_parked_with_its_coordinates() -> None:
    """What this room cannot understand becomes a word, never an exception (law 2)."""
    house = House()
    (parked,) = house.hears(Outcome("D-1", "E-1", "imip", "r", "p", "accepted", NOON, 1))  # type: ignore[arg-type]
    assert isinstance(parked, Parked)
    assert (parked.room, parked.key, parked.error) == ("delivery", "duty-mail", "outcome is not said to this room")
    assert parked.origin.offset == 1
    assert house.memory == {}
