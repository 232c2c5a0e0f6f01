"""Digest: what each estate adds in, one letter to one receiver out, when it closes; one update for what changes afterwards (law 11).

Everything in the letter derives from the estates' latest items, so that neither their order nor a repeat leaves a trace (law 4). The letter
is said as a delivery to this room's own inbox, for whoever looks there, and posted in the same step: it is a letter like any other.
"""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from schemas.escalation import Asked, Delivery, Item, MessageType, Why
from schemas.ids import DESK, delivery_id, digest, digest_id
from schemas.policy import Delivering
from schemas.surveillance import RULE_OF, Certainty, Deadline, DigestRow, DigestSituation, Numbers, Proven, Rule, Subject
from schemas.topics import DELIVERY_INBOX
from schemas.word import Part, Stamp, UtcMs
from streams.pipeline.line import NOTHING, Due, Entry, Said, Step

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MOST_ROWS = 24
"""Lines of a table; what is left is added up in one more."""
MOST_COLUMNS = 12
"""All that a deadline is counted by; a letter prints those that a line has room for."""
MOST_SUBJECTS = 12
MOST_ESTATES = 2_500
"""Estates that may add to one receiver's digest: 38 KB of an entry. There are some 200, and a pseudo-estate for each of 514 regencies."""
_KEY = 12


class Gathering(Part, frozen=True, array_like=True, tag="gathering"):
    """One receiver's digest. estates: under which keys their items are kept, in the order of the keys.

    revision: of the letter told; content: a digest of it. changed_at: since when something has been waiting to be told. before:
    what was told of the period before.
    """

    receiver: str
    thread: str
    series: str
    period: str
    closes: UtcMs
    estates: tuple[str, ...] = ()
    revision: int = 0
    content: str = ""
    changed_at: UtcMs | None = None
    touched: UtcMs = 0
    before: Numbers = ()
    before_period: str = ""

    @property
    def name(self) -> str:
        """The entry it is kept under."""
        return gathering_key(self.receiver, self.thread)


class Added(Part, frozen=True, array_like=True, tag="added"):
    """The latest item of one estate."""

    item: Item


class Series(Part, frozen=True, array_like=True, tag="series"):
    """The sums of a series that a receiver was told last, and of which period they are."""

    period: str
    closes: UtcMs
    numbers: Numbers


def gathering_key(receiver: str, thread: str) -> str:
    """The entry of a receiver's digest. Receivers' ids hold no bar."""
    return f"{receiver}|{thread}"


def add(entries: Mapping[str, Entry], item: Item, delivering: Delivering, stamp: Stamp) -> Step:
    """One estate's item: kept until the digest closes; a page of a list is passed on at once."""
    if item.to.batch:
        return Step(words=(Said(DELIVERY_INBOX, item.to.receiver, _page(item), stamp),))
    name = gathering_key(item.to.receiver, item.thread)
    key = digest(item.estate)[:_KEY]
    known = entries.get(f"{name}|{key}")
    if known is not None and known.item.revision >= item.revision:
        return NOTHING
    gathering = entries.get(name) or Gathering(item.to.receiver, item.thread, item.series, item.period, item.closes)
    changed_at = item.at if gathering.changed_at is None else min(gathering.changed_at, item.at)
    gathering = replace(
        gathering,
        estates=tuple(sorted({*gathering.estates, key})),
        closes=max(gathering.closes, item.closes),
        changed_at=changed_at,
        touched=max(gathering.touched, item.at),
    )
    return Step({name: gathering, f"{name}|{key}": Added(item)}, due={name: _due(gathering, delivering)})


def has_room(entries: Mapping[str, Entry], item: Item) -> bool:
    """Whether the receiver's digest can still take this estate in."""
    name = gathering_key(item.to.receiver, item.thread)
    gathering: Gathering | None = entries.get(name)
    return gathering is None or digest(item.estate)[:_KEY] in gathering.estates or len(gathering.estates) < MOST_ESTATES


def _due(gathering: Gathering, delivering: Delivering) -> Due:
    """Told when it closes; a change of what was told after it has waited for others; forgotten when it has long been quiet."""
    if gathering.changed_at is None:
        return Due(at=gathering.touched + delivering.forget_days * DAY_MS)
    waits = delivering.digest_update_hours * HOUR_MS if gathering.revision else 0
    return Due(at=max(gathering.closes, gathering.changed_at + waits))


def tick(entries: Mapping[str, Entry], gathering: Gathering, at: UtcMs, books: tuple[Delivering, Stamp]) -> Step:
    """What has closed is told, once; what has changed since, once more. Nobody is written to because nothing is the matter."""
    delivering, stamp = books
    due = _due(gathering, delivering).at
    if due is None or due > at:
        return Step({gathering.name: gathering}, due={gathering.name: Due(at=due)})
    items = _items(entries, gathering)
    if gathering.changed_at is None:
        return Step(dict.fromkeys((gathering.name, *(f"{gathering.name}|{key}" for key in gathering.estates))))
    untold = gathering.revision == 0
    series = f"{gathering.receiver}|{gathering.series}"
    last: Series | None = entries.get(series)
    if untold and last is not None and last.closes < gathering.closes:
        gathering = replace(gathering, before=last.numbers, before_period=last.period)
    letter = _letter(gathering, items, due)
    content = digest(msgspec.json.encode(letter.situation))
    after = replace(gathering, changed_at=None, touched=max(gathering.touched, due))
    if content == gathering.content or (untold and all(item.quiet for item in items)):
        return Step({after.name: after}, due={after.name: _due(after, delivering)})
    after = replace(after, revision=letter.revision, content=content)
    changes: dict[str, Entry | None] = {after.name: after}
    if last is None or last.closes <= gathering.closes:
        changes[series] = Series(gathering.period, gathering.closes, letter.situation.numbers())
    dues = {after.name: _due(after, delivering), series: Due(at=gathering.closes + delivering.forget_days * DAY_MS)}
    words = (Said(DELIVERY_INBOX, gathering.receiver, letter, stamp),)
    return Step(changes, words, {name: due for name, due in dues.items() if name in changes})


def tick_series(series: Series, name: str, at: UtcMs, delivering: Delivering) -> Step:
    """The sums of a period long past are forgotten."""
    due = series.closes + delivering.forget_days * DAY_MS
    return Step({name: None}) if due <= at else Step({name: series}, due={name: Due(at=due)})


def _items(entries: Mapping[str, Entry], gathering: Gathering) -> list[Item]:
    added = (entries.get(f"{gathering.name}|{key}") for key in gathering.estates)
    return sorted((one.item for one in added if one is not None), key=lambda item: item.estate)


def _letter(gathering: Gathering, items: list[Item], at: UtcMs) -> Delivery:
    newest = max(items, key=lambda item: (item.at, item.estate))
    revision = gathering.revision + 1
    return Delivery(
        id=delivery_id(thread=gathering.thread, revision=revision, level=0, receiver=gathering.receiver, matter=newest.matter),
        thread=gathering.thread,
        estate=DESK,
        to=newest.to,
        matter=newest.matter,
        revision=revision,
        level=0,
        why=Why.DIGEST,
        msg_type=MessageType.ALERT if revision == 1 else MessageType.UPDATE,
        at=at,
        grade="",
        grade_now="",
        rank=max(item.rank for item in items),
        peak=0,
        certainty=Certainty.VERIFIED,
        situation=_situation(gathering, items),
        reasons=(),
        asked=_asked(items),
        exercise=newest.exercise,
        instead=newest.instead,
    )


def _asked(items: list[Item]) -> tuple[Asked, ...]:
    """What any estate's item asks, once, by the earliest deadline."""
    found: dict[str, UtcMs | None] = {}
    for asked in (asked for item in items for asked in item.asked):
        known = found.get(asked.action, asked.due)
        found[asked.action] = min((due for due in (known, asked.due) if due is not None), default=None)
    return tuple(Asked(action, due) for action, due in found.items())


def _is_undecided(subject: Subject) -> bool:
    """Those of whom nobody can tell come last: after a night of refusals they would fill the list."""
    return any(RULE_OF[because] is Rule.UNDECIDED for because in subject.because)


def _situation(gathering: Gathering, items: list[Item]) -> DigestSituation:
    columns = tuple(dict.fromkeys(name for item in items for name, _ in item.numbers))[:MOST_COLUMNS]
    rows = _rows(items, columns)
    subjects = sorted((subject for item in items for subject in item.subjects), key=_is_undecided)
    newest = max(items, key=lambda item: (item.at, item.estate))
    return DigestSituation(
        place=newest.place,
        certainty=Certainty.VERIFIED,
        series=gathering.series,
        period=gathering.period,
        closes=gathering.closes,
        columns=columns,
        rows=rows,
        totals=tuple(sum(counts) for counts in zip(*(row.counts for row in rows), strict=True)),
        subjects=tuple(subjects[:MOST_SUBJECTS]),
        more_subjects=len(subjects[MOST_SUBJECTS:]) + sum(item.more_subjects for item in items),
        before=gathering.before,
        before_period=gathering.before_period,
        deadline=_deadline(items),
        proven=_proven(items),
    )


def _deadline(items: list[Item]) -> Deadline | None:
    """All estates' is one; of two, because an instrument has been corrected, the later."""
    return max(
        (item.deadline for item in items if item.deadline is not None),
        key=lambda deadline: (deadline.due_at, deadline.source),
        default=None,
    )


def _proven(items: list[Item]) -> Proven | None:
    """The last that any estate waited for."""
    return max((item.proven for item in items if item.proven is not None), key=lambda proven: (proven.read_at, proven.source), default=None)


def _rows(items: list[Item], columns: tuple[str, ...]) -> tuple[DigestRow, ...]:
    """A line for each row that an estate falls into, the fullest first, and after them what lies in no estate; the rest is added up."""
    sums: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for item in items:
        numbers = dict(item.numbers)
        before = sums.setdefault(item.row.key, [0] * len(columns))
        sums[item.row.key] = [known + numbers.get(name, 0) for known, name in zip(before, columns, strict=True)]
        names[item.row.key] = names.get(item.row.key) or item.row.name
    rows = sorted((DigestRow(key, names[key], tuple(counts)) for key, counts in sums.items()), key=_weight)
    if len(rows) <= MOST_ROWS:
        return tuple(rows)
    rest = tuple(sum(counts) for counts in zip(*(row.counts for row in rows[MOST_ROWS:]), strict=True))
    return (*rows[:MOST_ROWS], DigestRow("", "", rest))


def _weight(row: DigestRow) -> tuple[bool, tuple[int, ...], str, str]:
    return not row.name, tuple(-count for count in row.counts), row.name, row.key


def _page(item: Item) -> Delivery:
    """A page of a list: a message of its own, which no other stands for."""
    thread = digest_id(item.thread, item.estate, str(item.revision), str(item.page))
    situation = DigestSituation(
        place=item.place,
        certainty=Certainty.VERIFIED,
        series=item.series,
        period=item.period,
        closes=item.closes,
        columns=(),
        rows=(),
        totals=(),
        subjects=item.subjects,
        deadline=item.deadline,
        proven=item.proven,
        page=item.page,
    )
    return Delivery(
        id=delivery_id(thread=thread, revision=item.revision, level=0, receiver=item.to.receiver, matter=item.matter),
        thread=thread,
        estate=DESK,
        to=item.to,
        matter=item.matter,
        revision=item.revision,
        level=0,
        why=Why.DIGEST,
        msg_type=MessageType.ALERT,
        at=item.at,
        grade="",
        grade_now="",
        rank=item.rank,
        peak=0,
        certainty=Certainty.VERIFIED,
        situation=situation,
        reasons=(),
        exercise=item.exercise,
        instead=item.instead,
    )
