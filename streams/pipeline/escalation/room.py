"""ESCALATION: alerts, acts, outcomes and ticks of one estate in; escalations, deliveries and answers out."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from schemas import codec
from schemas.delivery import Outcome
from schemas.escalation import AdmittedAct, Answer, Escalation, Judged, Why
from schemas.ids import DESK, escalation_id
from schemas.ledger import Brake, CompletenessBroken, Tick
from schemas.policy import How, Policy
from schemas.surveillance import Alert, AlertState
from schemas.topics import ESCALATION_INBOX, ESCALATIONS
from schemas.word import UtcMs
from streams.pipeline.escalation import period_acts
from streams.pipeline.escalation.acts import carried_out, judge
from streams.pipeline.escalation.address import concerned, not_told
from streams.pipeline.escalation.books import Books
from streams.pipeline.escalation.climb import fallen_due
from streams.pipeline.escalation.compose import standing
from streams.pipeline.escalation.decide import Decision, decide
from streams.pipeline.escalation.desk import about_of, alert_of
from streams.pipeline.escalation.gathering import gather
from streams.pipeline.escalation.gathering import tick as tick_gathered
from streams.pipeline.escalation.group import is_news, opened
from streams.pipeline.escalation.ladder import forgotten_at, ladder_of, moves_at
from streams.pipeline.escalation.memory import Open, entry_name
from streams.pipeline.escalation.routes import historic_route, route_of
from streams.pipeline.escalation.shares import Gathered, Page, Shared
from streams.pipeline.escalation.unreached import heard_back
from streams.pipeline.line import NOTHING, Due, Entry, InForce, Record, Room, Said, Step


def step(entries: Mapping[str, Entry], record: Record, in_force: InForce) -> Step:
    """One record of the escalation inbox, or a tick at one due entry."""
    books = Books(in_force.policy.escalation, in_force.roster, in_force.stamp)
    key = (record.key or b"").decode()
    match codec.decode(record.value or b""):
        case Alert() as alert:
            return _alert(entries, alert, books)
        case AdmittedAct() as act if act.escalation:
            return _act(entries, key, act, books)
        case AdmittedAct() as act if period_acts.is_answered_at(act, key, record.partition):
            judged, kept = period_acts.judge(entries, key, act, in_force, books)
            return kept._replace(words=(_answer(key, act, (judged, 0), books),))
        case Outcome() as outcome:
            return _outcome(entries, outcome, books)
        case Brake() | CompletenessBroken() as word:
            return _desk(entries, word, in_force.policy, books)
        case Tick() as tick:
            return _tick(entries, entries.get(key), tick, books)
        case _:
            return NOTHING


def _alert(entries: Mapping[str, Entry], alert: Alert, books: Books) -> Step:
    """To its escalation, and into its digest; what is told in a digest alone has no escalation."""
    route = route_of(alert, books.policy)
    before: Open | None = entries.get(entry_name(alert.estate, escalation_id(alert.estate, alert.about)))
    is_past = alert.historic and not (before and before.hearers)
    gathered = gather(entries, alert, historic_route(alert, books.policy) if is_past else route, books)
    if before is None and (route.how is How.DIGEST or alert.state != AlertState.FIRING):
        return gathered
    before = before or opened(alert)
    if not is_news(before, alert):
        return gathered
    kept = _kept(decide(before, alert, books), alert.at, books)
    return Step({**kept.changes, **gathered.changes}, kept.words, {**kept.due, **gathered.due})


def _desk(entries: Mapping[str, Entry], word: Brake | CompletenessBroken, policy: Policy, books: Books) -> Step:
    """What CLOCK holds back or must take back is an alert like any other, of which the desk's own entry says the last word."""
    known = entries.get(entry_name(DESK, escalation_id(DESK, about_of(word))))
    return _alert(entries, alert_of(word, known, policy), books)


def _act(entries: Mapping[str, Entry], estate: str, act: AdmittedAct, books: Books) -> Step:
    before = entries.get(entry_name(estate, act.escalation))
    if before is None:
        return Step(words=(_answer(estate, act, (Judged.UNKNOWN_ESCALATION, 0), books),))
    after, judged = judge(before, act, books)
    answer = _answer(estate, act, (judged, after.revision_for(act.position)), books)
    if after is before:
        return Step(words=(answer,))
    kept = _kept(carried_out(before, after, act, books), act.at, books)
    return kept._replace(words=(*kept.words, answer))


def _answer(estate: str, act: AdmittedAct, answer: tuple[Judged, int], books: Books) -> Said:
    judged, revision = answer
    word = Answer(
        act=act.act,
        act_id=act.id,
        escalation=act.escalation,
        judged=judged,
        revision=revision,
        at=act.at,
        position=act.position,
        name=act.name,
    )
    return Said(ESCALATIONS, estate, word, books.stamp)


def _outcome(entries: Mapping[str, Entry], outcome: Outcome, books: Books) -> Step:
    escalation = entries.get(entry_name(outcome.estate, outcome.thread))
    decision = heard_back(escalation, outcome, books) if escalation else None
    return _kept(decision, outcome.at, books) if decision else NOTHING


def _tick(entries: Mapping[str, Entry], entry: Entry | None, tick: Tick, books: Books) -> Step:
    match entry:
        case Open():
            return _climb(entry, tick, books)
        case Gathered():
            return tick_gathered(entries, entry, tick, books)
        case period_acts.Taken():
            return period_acts.tick(entry, tick, books)
        case _:
            return NOTHING


def _climb(escalation: Open, tick: Tick, books: Books) -> Step:
    """Everything that is due by now, in the order in which it fell due, each dated by itself (law 3); then it may be forgotten."""
    words: tuple[Said, ...] = ()
    after, why, at = escalation, None, tick.at
    while (due := moves_at(after, books.policy)) is not None and due <= tick.at:
        after, said, why = fallen_due(after, due, books)
        words, at = (*words, *said), due
    if after is not escalation:
        return _kept(Decision(after, words, why), at, books)
    forgotten = forgotten_at(after, books.policy) <= tick.at
    return Step({after.name: None}) if forgotten else NOTHING


def _kept(decision: Decision, at: UtcMs, books: Books) -> Step:
    """The entry, its due, and one word on where the escalation stands."""
    escalation = replace(decision.escalation, touched=max(decision.escalation.touched, at))
    instants = (moves_at(escalation, books.policy), forgotten_at(escalation, books.policy))
    word = Said(ESCALATIONS, escalation.estate, _word(escalation, decision.why, at, books), books.stamp)
    due = Due(at=min(instant for instant in instants if instant is not None))
    return Step({escalation.name: escalation}, (*decision.words, word), {escalation.name: due})


def _word(escalation: Open, why: Why | None, at: UtcMs, books: Books) -> Escalation:
    leading = escalation.leading
    return Escalation(
        id=escalation.id,
        estate=escalation.estate,
        about=escalation.about,
        since=escalation.since,
        revision=escalation.revision,
        state=escalation.state,
        at=at,
        why=why,
        level=escalation.level,
        grade=leading.grade,
        grade_now=leading.grade_now,
        certainty=leading.situation.certainty,
        reasons=leading.reasons,
        standing=standing(escalation, books),
        not_told=_spared(escalation, books),
        headline=leading.situation.place.firm_name,
        exercise=escalation.exercise,
        shown=escalation.shown,
    )


def _spared(escalation: Open, books: Books) -> tuple[str, ...]:
    """The positions of the ladder that have not been told: those whom an acknowledgement spared."""
    ladder = ladder_of(escalation, books.policy)
    audience = [one for level in (ladder.levels if ladder else ()) for one in level.tell]
    invited = concerned(audience, escalation.leading.situation, books)
    return tuple(one.position.id for one in not_told(invited, escalation))


_Kept = Open | Gathered | Page | Shared | period_acts.Taken
_decoder: msgspec.json.Decoder[_Kept] = msgspec.json.Decoder(_Kept)

ESCALATION = Room("escalation", (ESCALATION_INBOX,), step, msgspec.json.encode, _decoder.decode)
