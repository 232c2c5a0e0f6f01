"""Policy and roster: what to decide, and who holds which position, as dated, immutable data.

Every number has its unit in its name. Sources of numbers stand in the TOML revision beside each table (`source`, `unverified`).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from schemas.escalation import FACTS
from schemas.intake import Id, Name
from schemas.obligations import Obligation
from schemas.surveillance import Because, Rule
from schemas.word import Fact

Minutes = Annotated[int, Field(ge=0)]
Seconds = Annotated[int, Field(ge=0)]
Threshold = Annotated[int, Field(ge=1)]


class Sourced(Fact):
    """A table of policy says where its numbers come from; `unverified` ones could not be checked against an instrument."""

    source: str
    unverified: bool = False


class Severity(Sourced):
    """Thresholds of R12 (domain §3.4), by the grade that they give."""

    s5_dead: Threshold
    s5_dead_or_missing: Threshold
    s5_injured: Threshold
    s5_person_hours: Threshold
    s4_hospitalised: Threshold
    s4_toxic_exposed: Threshold
    s3_fire_minutes: Threshold
    s3_cost_usd: Threshold
    held_hours: Threshold
    headline_hours: Threshold


class Filing(Sourced):
    """The accident report's clock (R11)."""

    due_hours: Threshold
    remind_before_hours: Threshold


class Surveilling(Sourced):
    """What SURVEILLANCE remembers, and for how long.

    forget_days: after its last fact. refused_grade: the grade of a refused bulletin at the desk. newest_facts: facts of one incident that
    are remembered; beyond them, facts_each of each of so many parties, those of the highest rank. What a source's owner is told of its
    refusals: sent_back_gather_minutes after the first at the earliest, sent_back_every_minutes after what was told last, and that it is
    over when nothing has been refused for sent_back_quiet_minutes.
    """

    forget_days: Threshold
    refused_grade: str
    newest_facts: Threshold
    facts_each: Threshold
    parties: Threshold
    sent_back_gather_minutes: Minutes
    sent_back_every_minutes: Threshold
    sent_back_quiet_minutes: Threshold


class Ask(Fact):
    """One thing asked of a reader. by: the name of the alert's deadline that stands beside it, if one does.

    hours: of a digest: so long after it closes, where no deadline of an alert stands beside it.
    """

    action: str
    by: str = ""
    hours: Threshold | None = None


TAKE_OVER = (Ask(action="take_over"),)


class Audience(Fact):
    """Who is told: a position, written with `{province}`, `{regency}` or `{estate}` where it has one per place.

    `{residence}`: one for each other regency in which the cases of a cluster live.

    role: asked to act, or informed. regardless: told at the level's time whoever has acknowledged (G4). asks: what is asked of them.
    or_nobody: where the roster does not have the position, nobody is told in its place.
    """

    position: str
    or_nobody: bool = False
    role: Literal["act", "inform"] = "act"
    regardless: bool = False
    asks: tuple[Ask, ...] = TAKE_OVER


class Level(Fact):
    """One step of a ladder: `after_minutes` from the escalation's start."""

    after_minutes: Minutes
    tell: tuple[Audience, ...]
    all_again: bool = False


class Ladder(Sourced):
    """The ladder of one grade. rank: how grave the grade is beside others; the higher goes first.

    stops: groups of position prefixes; one acknowledgement from each group stops it (G4).
    """

    grade: str
    rank: Annotated[int, Field(ge=1)]
    levels: tuple[Level, ...]
    stops: tuple[tuple[str, ...], ...]
    urgent: bool


class How(StrEnum):
    """How an alert is told: by the ladder of its grade, once to an audience, in a digest, or not at all.

    raise: it is a reason beside those of the facts, and the next level of their ladder is told at once (R15, R19).
    """

    LADDER = "ladder"
    ONCE = "once"
    DIGEST = "digest"
    RAISE = "raise"
    RECORD = "record"


class Route(Fact):
    """How alerts of a rule are told. Of all routes the first that matches is taken.

    because: any of these reasons; any reason at all if none is named. matter: what it is about, in messages. rank: how grave within the
    matter; whoever heard of it is told when it falls. tell: the audience, of a ladder only of its digest. signal: who is asked to verify a
    signal before anybody wider hears of it (G7). doubt: who is told besides, where a person must look (G5), or a message could not be told.
    digest: the name of the digest that tells it. lists: whoever reads that digest is told of each by name, and not only of the sums.
    historic: only what occurred so long ago that it interrupts nobody (G6).
    """

    rule: Rule
    because: tuple[Because, ...] = ()
    grade_at_least: str = ""
    historic: bool = False
    how: How
    matter: str = FACTS
    rank: int = 0
    tell: tuple[Audience, ...] = ()
    signal: tuple[Audience, ...] = ()
    doubt: tuple[Audience, ...] = ()
    digest: str = ""
    lists: bool = False


Weekday = Annotated[int, Field(ge=0, le=6)]


class Digest(Sourced):
    """A digest. Alerts that state no period of their own fall into the week that ends on `weekday` (0 is Monday) at `hour`, WIB.

    keep_days: after its last change it is forgotten.
    """

    name: str
    keep_days: Threshold
    weekday: Weekday = 0
    hour: Annotated[int, Field(ge=0, le=23)] = 8


class Escalating(Sourced):
    """What holds for every ladder. silence_hours: at most, of one position. forget_days: after the last word of an escalation."""

    ladders: tuple[Ladder, ...]
    routes: tuple[Route, ...]
    digests: tuple[Digest, ...] = ()
    supervised: tuple[str, ...]
    signal_minutes: Minutes
    desk_of_last_resort: str
    rearm_hours: Threshold
    silence_hours: Threshold
    history_days: Threshold
    forget_days: Threshold

    def ladder(self, grade: str) -> Ladder | None:
        """The ladder of that name."""
        return next((ladder for ladder in self.ladders if ladder.grade == grade), None)

    def rank(self, grade: str) -> int:
        """How grave a grade is; 0 where no ladder has that name."""
        ladder = self.ladder(grade)
        return ladder.rank if ladder else 0

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        grades, digests = {ladder.grade for ladder in self.ladders}, {digest.name for digest in self.digests}
        if len(grades) != len(self.ladders):
            raise ValueError("two ladders of one grade")
        for route in self.routes:
            if route.grade_at_least and route.grade_at_least not in grades:
                raise ValueError(f"no ladder is called {route.grade_at_least}")
            if (route.how is How.DIGEST or route.digest) and route.digest not in digests:
                raise ValueError(f"no digest is called {route.digest!r}")
        return self

    def digest(self, name: str) -> Digest | None:
        """The digest of that name."""
        return next((digest for digest in self.digests if digest.name == name), None)


class Retry(Fact):
    """When to try again after a failure, and how long one try may take."""

    after_seconds: tuple[Seconds, ...]
    attempt_seconds: Seconds
    send_seconds: Seconds


class Delivering(Sourced):
    """Budgets, coalescing, retries and breakers of law 11 and design §6.

    digest_update_hours: how long a change of a digest that has been told waits for others. most_waiting: letters that may wait at one
    receiver. forget_days: after a thread's last message; forget_days_after_end: after its end was told. link_days: how long a message's
    link opens the page.
    """

    bucket: Threshold
    refill_minutes: Threshold
    coalesce_minutes: Minutes
    digest_update_hours: Threshold
    most_waiting: Threshold
    forget_days: Threshold
    forget_days_after_end: Threshold
    mail: Retry
    webhook: Retry
    file: Retry
    breaker_after: Threshold
    breaker_seconds: Seconds
    tolerance_seconds: Seconds
    link_days: Threshold

    def retry(self, channel: str) -> Retry:
        """The schedule of a channel."""
        return {"mail": self.mail, "webhook": self.webhook, "file": self.file}[channel]


class Clock(Sourced):
    """What time is proven by, and how it moves.

    tolerance_seconds: how far INTAKE's own watermark vouches behind its append time. patience_seconds: how long a room is waited for
    before the next one is given the tick all the same.
    """

    tolerance_seconds: Seconds
    patience_seconds: Seconds
    tick_every_minutes: Threshold


class Deadlines(Sourced):
    """How a deadline is decided, and when nobody is accused (R1 to R4, G2).

    grace_hours: an absence fires so long after it was due. remind_before_hours: when the firm is reminded. lateness_days: how far back a
    late report still changes what was decided. unproven_after_hours: how long after the grace a deadline may lack its proof before its
    source and the operator are told. silence_before_hours: a source that was silent beyond its limit so shortly before a deadline puts on
    the brake. brake_percent, brake_times_median: more absences than either are not believed without a person. decided_by: the positions
    that confirm, waive, excuse and release.
    """

    grace_hours: Threshold
    remind_before_hours: tuple[Threshold, ...]
    lateness_days: Threshold
    unproven_after_hours: Threshold
    silence_before_hours: Threshold
    brake_percent: Annotated[int, Field(ge=0, le=100)]
    brake_times_median: Threshold
    decided_by: tuple[Name, ...]


class Clusters(Sourced):
    """When cases are a cluster (R6 to R9), and what is owed then (R19).

    window_days: of correlation, by onset. lateness_days: how long after its day a notice still changes anything. contact_before_days: a
    contact may have had its onset so long before the case. suspected_probable, confirmed, large: cases of one plant in a window;
    large_percent: of the firm's workers. rate_times: an attack rate above so many times that of the regency is a link. estate_firms: firms
    of an estate with confirmed clusters, or estate_cases confirmed among estate_case_firms. close_days: the closure recommended for a large
    one; regional_minimum_hours: what a region asks for at least. closes_after_days: without new onset. reopens_hours: it closes or
    opens again once in so long at most. coordinate_hours, act_hours: what is owed after a cluster was confirmed.
    """

    window_days: Threshold
    lateness_days: Threshold
    contact_before_days: Threshold
    suspected_probable: Threshold
    confirmed: Threshold
    large: Threshold
    large_percent: Annotated[int, Field(ge=1, le=100)]
    rate_times: Threshold
    estate_firms: Threshold
    estate_cases: Threshold
    estate_case_firms: Threshold
    close_days: Threshold
    regional_minimum_hours: Threshold
    closes_after_days: Threshold
    reopens_hours: Threshold
    coordinate_hours: Threshold
    act_hours: Threshold


class Intake(Sourced):
    """What INTAKE may take in."""

    future_tolerance_minutes: Minutes
    largest_bytes: Threshold


class Policy(Fact):
    """One revision."""

    revision: Name
    describes: str
    audit_days: Threshold
    intake: Intake
    clock: Clock
    deadlines: Deadlines
    severity: Severity
    filing: Filing
    clusters: Clusters
    surveillance: Surveilling
    escalation: Escalating
    delivery: Delivering
    obligations: tuple[Obligation, ...] = ()

    def obligation(self, obligation: str) -> Obligation | None:
        """The obligation of that id, if the policy has it."""
        for each in self.obligations:
            if each.id == obligation:
                return each
        return None

    @model_validator(mode="after")
    def _forgets_in_order(self) -> Self:
        """Nobody forgets what somebody before them in the line still tells: else a revision would be taken for one of long ago."""
        days = (self.delivery.forget_days, self.escalation.forget_days, self.surveillance.forget_days)
        if list(days) != sorted(set(days)):
            raise ValueError("forget_days of delivery, escalation and surveillance must rise in this order")
        return self

    @model_validator(mode="after")
    def _keeps_what_may_change(self) -> Self:
        """A digest is kept for longer than what it tells may still change; a reminder never changes."""
        rules = (Rule.COUNTED, Rule.WARNING, Rule.PROPOSAL, Rule.UNDECIDED, Rule.OBJECTION)
        settled = dict.fromkeys(rules, self.deadlines.lateness_days) | {Rule.REMINDER: 0}
        for route in self.escalation.routes:
            plan, days = self.escalation.digest(route.digest), settled.get(route.rule, self.delivery.forget_days)
            if plan is not None and plan.keep_days <= days:
                raise ValueError(f"digest {plan.name} must be kept for more than {days} days: it tells of {route.rule}")
        return self


class Receiver(Fact):
    """One configured endpoint. `address`: an e-mail address, a URL, or a file name. batch: a system that passes on, as SIINas is (G3)."""

    id: Id
    channel: Literal["mail", "webhook", "file"]
    address: Annotated[str, Field(min_length=1, max_length=500)]
    fallback: bool = False
    batch: bool = False


class Position(Fact):
    """A position, who holds it, and where they are reached. Titles in both languages; `holder` is recorded when addressed."""

    id: str
    title_id: Name
    title_en: Name
    holder: Name
    receivers: Annotated[tuple[Receiver, ...], Field(min_length=1)]


class Pattern(Fact):
    """Positions that are alike: one for each row of the table `each`, whose columns stand in braces in any text."""

    each: str
    id: Name
    title_id: Name
    title_en: Name
    holder: Name
    receivers: tuple[dict[str, str | bool], ...]

    def positions(self, rows: Iterable[Mapping[str, str]]) -> Iterator[Position]:
        """The position of each row. Raises ValueError where a row lacks what a text names."""
        for row in rows:
            filled = _filled(self.model_dump(exclude={"each"}), row)
            yield Position.model_validate_json(json.dumps(filled))


def _filled(text: Any, row: Mapping[str, str]) -> Any:
    match text:
        case str():
            return re.sub(r"\{(\w+)\}", lambda column: row[column[1]] if column[1] in row else _lacking(column[1]), text)
        case dict():
            return {name: _filled(each, row) for name, each in text.items()}
        case list() | tuple():
            return [_filled(each, row) for each in text]
        case _:
            return text


def _lacking(column: str) -> str:
    raise ValueError(f"a row has no {column!r}")


class Roster(Fact):
    """One dated revision of who is who. What patterns give stands in `positions` too, where no position of its own has that id."""

    revision: Name
    positions: tuple[Position, ...]
    patterns: tuple[Pattern, ...] = ()
    each: dict[str, tuple[dict[str, str], ...]] = Field(default_factory=dict)
    example: bool = False

    @model_validator(mode="after")
    def _is_spelled_out(self) -> Self:
        if len({position.id for position in self.positions}) != len(self.positions):
            raise ValueError("two positions of one id")
        if not self.patterns:
            return self
        missing = next((pattern.each for pattern in self.patterns if pattern.each not in self.each), None)
        if missing is not None:
            raise ValueError(f"no table is called {missing!r}")
        alike = (position for pattern in self.patterns for position in pattern.positions(self.each[pattern.each]))
        known = {position.id: position for position in (*alike, *self.positions)}
        return self.model_copy(update={"positions": tuple(known.values()), "patterns": (), "each": {}})

    def position(self, position: str) -> Position | None:
        """The position of that id, or None."""
        return next((p for p in self.positions if p.id == position), None)
