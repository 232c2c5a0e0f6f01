"""Draft: one step in the making. Collects what changes and what is said; the memory that was passed in stays as it was."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from schemas.delivery import Attempt, Ending, GaveUp, Outcome
from schemas.escalation import Delivery
from schemas.policy import Delivering
from schemas.surveillance import IncidentSituation
from schemas.topics import ATTEMPTS, DELIVERY_INBOX, ESCALATION_INBOX
from schemas.word import Stamp, UtcMs
from streams.pipeline.delivery.instead import told_instead
from streams.pipeline.delivery.letterbox import Up, charged, in_order, letter_of, queued_up, turn
from streams.pipeline.delivery.memory import Letter, Letterbox, Open, Thread, Wait, letter_key, thread_key
from streams.pipeline.delivery.retry import lapses, may_be_double, not_after
from streams.pipeline.delivery.thread import closes_at, settle
from streams.pipeline.line import Due, Entry, Record, Said, Step

FACTS_OF_A_LETTER = ("revision", "grade", "grade_now", "certainty", "situation", "standing")
"""What of a letter is as old as the facts that it was written by."""


class Draft:
    """What one record does to one receiver's letterbox."""

    def __init__(self, entries: Mapping[str, Entry], record: Record, receiver: str, delivering: Delivering) -> None:
        """Open the receiver's letterbox; `wall` is set by a tick to its own."""
        self.receiver = receiver
        self.delivering = delivering
        self.wall: UtcMs = record.timestamp
        self.box: Letterbox = entries.get(receiver) or Letterbox()
        self._entries = entries
        self._threads: dict[str, Thread] = {}
        self._letters: dict[str, Letter | None] = {}
        self._words: list[Said] = []
        self._stamp = Stamp(record.header("policy"), record.header("roster"))

    def thread(self, name: str) -> Thread:
        """The thread as it is by now."""
        kept: Thread | None = self._threads.get(name) or self._entries.get(thread_key(self.receiver, name))
        return kept or Thread()

    def keep(self, name: str, thread: Thread) -> None:
        """Change a thread: what is settled in it is said at once, and the letterbox knows what waits."""
        attempt = self.box.open
        settled, withdrawn = settle(thread, attempt.wait if attempt and attempt.thread == name else None)
        self._threads[name] = replace(settled, touched=max(settled.touched, self.box.at))
        self.box = queued_up(self.box, name, settled)
        for wait, stands_for in withdrawn:
            self.end(name, wait, Ending.WITHDRAWN, stands_for=stands_for)

    def letter(self, name: str, delivery: str) -> Delivery:
        """The text of a letter that has not ended."""
        key = letter_key(self.receiver, name, delivery)
        letter: Letter = self._letters.get(key) or self._entries[key]
        return letter.delivery

    def post(self, delivery: Delivery) -> None:
        """A letter has come in."""
        self._letters[letter_key(self.receiver, delivery.thread, delivery.id)] = Letter(delivery)

    def bring_up_to_date(self, name: str, seen: Delivery) -> None:
        """Nobody reads older facts of an incident after newer ones: letters of other matters go on with those that were read (law 7)."""
        attempt = self.box.open
        waits = (*self.thread(name).waiting, *((attempt.wait,) if attempt and attempt.thread == name and not attempt.ended else ()))
        for older in (self.letter(name, wait.id) for wait in waits if wait.id != seen.id and wait.revision < seen.revision):
            if isinstance(older.situation, IncidentSituation) and isinstance(seen.situation, IncidentSituation):
                self.post(replace(older, **{field: getattr(seen, field) for field in FACTS_OF_A_LETTER}))

    def end(self, name: str, wait: Wait, ending: Ending, *, stands_for: str = "", answer: str = "", gave_up: GaveUp | None = None) -> None:
        """A letter has ended, in this one of three ways, and never again (law 9)."""
        delivery = self.letter(name, wait.id)
        disabled = self.box.disabled
        outcome = Outcome(
            delivery=wait.id,
            thread=name,
            estate=delivery.estate,
            receiver=self.receiver,
            position=delivery.to.position,
            ending=ending,
            at=self.box.at,
            attempts=wait.tries,
            gave_up=gave_up,
            stands_for=stands_for,
            answer=answer,
            possible_duplicate=may_be_double(wait),
            disabled=ending is Ending.GIVEN_UP and bool(disabled and disabled.address == wait.address),
        )
        self._words.append(Said(ESCALATION_INBOX, delivery.estate, outcome, self._stamp))
        self._letters[letter_key(self.receiver, name, wait.id)] = None

    def give_up(self, name: str, wait: Wait, gave_up: GaveUp, answer: str) -> None:
        """A letter is given up, for this reason; a digest is told to somebody else."""
        delivery, disabled = self.letter(name, wait.id), self.box.disabled
        self.end(name, wait, Ending.GIVEN_UP, answer=answer, gave_up=gave_up)
        refused = wait.tries > 0 and disabled is not None and disabled.address == wait.address
        others = told_instead(delivery, disabled=refused)
        self._words += (Said(DELIVERY_INBOX, other.to.receiver, other, self._stamp) for other in others)

    def waiting(self) -> Iterator[Up]:
        """All waiting letters in order."""
        return in_order(self.box, self.thread)

    def last(self) -> Up:
        """The last in order of all that wait."""
        return letter_of(max((*self.box.waiting[-1:], *self.box.passing[-1:])), self.thread)

    def finish(self) -> Step:
        """If no attempt is open, open that of whose turn it is; then the step."""
        due = Due()
        if self.box.open is None and (self.box.waiting or self.box.passing):
            up, due = turn(self.box, self.thread, self.delivering)
            if up:
                self._attempt(up)
        if self.box.open:
            due = Due(wall=self.box.open.lapses)
        return self._step(due)

    def _attempt(self, up: Up) -> None:
        wait = replace(up.wait, tries=up.wait.tries + 1, paid=not up.wait.free)
        retry = self.delivering.retry(wait.channel)
        begun_by = not_after(self.wall, retry)
        attempt = Attempt(
            delivery=self.letter(up.name, wait.id),
            number=wait.tries,
            not_after=begun_by,
            root="" if up.thread.root == wait.id else up.thread.root,
            seen=up.thread.seen,
            possible_duplicate=may_be_double(wait),
            coalesced=wait.coalesced,
            more_coalesced=wait.more_coalesced,
        )
        self._words.append(Said(ATTEMPTS, self.receiver, attempt, self._stamp))
        opened = Open(up.name, wait, self.box.at, lapses(begun_by, retry, self.delivering))
        self.box = replace(charged(self.box, up.wait, self.delivering), open=opened)
        self.keep(up.name, up.thread.without(wait))

    def _step(self, due: Due) -> Step:
        threads = {thread_key(self.receiver, name): thread for name, thread in self._threads.items()}
        letters = {key: letter for key, letter in self._letters.items() if letter or key in self._entries}
        dues = {key: Due(at=closes_at(thread, self.delivering)) for key, thread in threads.items()}
        if due != Due():
            dues[self.receiver] = due
        return Step({self.receiver: self.box, **threads, **letters}, tuple(self._words), dues)
