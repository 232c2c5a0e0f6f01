"""Checker: all topics and the catchers' own logs in; LOST, TOLD-TWICE, OUT-OF-ORDER or ALL-RECORDS-DELIVERED out, with a counter-example.

It believes nobody and shares no code path with the line. Demo, tests and the chaos suite use this one. Filtering by story is the caller's.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from schemas.delivery import Ending, Outcome
from schemas.escalation import Escalation, EscalationState
from schemas.ledger import Admitted, Parked, Rejected
from schemas.surveillance import Alert
from schemas.topics import ACTS, REGISTRY
from streams.pipeline.line import Record
from streams.simulate import checks
from streams.simulate.checks import Found, Verdict
from streams.simulate.history import History, read, stated_origin
from streams.simulate.links import LINKS

CHECKS = (*checks.CHECKS, *LINKS)


class Tally(NamedTuple):
    """What was counted, and the verdict.

    facts, admitted: records, acts and registry entries apart. rejected: records of any intake topic. alerts, escalations: identities, not
    revisions. acknowledged: escalations whose ladder was stopped. possible_duplicates: deliveries with an attempt so marked;
    caught_again: messages that really came twice under such a mark. first: the first counter-example of the verdict.
    """

    facts: int
    admitted: int
    rejected: int
    alerts: int
    escalations: int
    deliveries: int
    emails_accepted: int
    webhooks_accepted: int
    signatures_valid: int
    acknowledged: int
    withdrawn: int
    given_up: int
    parked: int
    possible_duplicates: int
    caught_again: int
    lost: int
    told_twice: int
    out_of_order: int
    verdict: Verdict
    first: str


def check(records: Iterable[Record], mail_log: Iterable[str], hook_log: Iterable[str], *, finished: bool = True) -> Tally:
    """The verdict on a history. `finished=False` while work is under way: what is open is then not lost."""
    history = read(records, mail_log, hook_log, finished=finished)
    return tally(history, tuple(found for one_check in CHECKS for found in one_check(history)))


def tally(history: History, found: tuple[Found, ...]) -> Tally:
    """The counts, and the worst of what was found."""
    counts = Counter(finding.verdict for finding in found)
    verdict = next((v for v in Verdict if counts[v]), Verdict.DELIVERED)
    deliveries, marked = history.deliveries(), history.marked()
    ended = Counter(outcome.ending for outcome in history.all(Outcome))
    accepted = Counter(deliveries[o.delivery].to.channel for o in history.accepted() if o.delivery in deliveries)
    return Tally(
        facts=sum(record.topic not in (ACTS.name, REGISTRY.name) for record in history.published),
        admitted=len({stated_origin(fact.origin) for fact in history.all(Admitted)}),
        rejected=len({stated_origin(refusal.origin) for refusal in history.all(Rejected)}),
        alerts=len({alert.id for alert in history.all(Alert)}),
        escalations=len({escalation.id for escalation in history.all(Escalation)}),
        deliveries=len(deliveries),
        emails_accepted=accepted["mail"],
        webhooks_accepted=accepted["webhook"],
        signatures_valid=sum(message.verified for message in history.caught),
        acknowledged=len({e.id for e in history.all(Escalation) if e.state is EscalationState.TAKEN}),
        withdrawn=ended[Ending.WITHDRAWN],
        given_up=ended[Ending.GIVEN_UP],
        parked=len(history.by_kind.get(Parked, ())),
        possible_duplicates=len(marked),
        caught_again=sum(count - 1 for one, count in history.arrivals().items() if one in marked),
        lost=counts[Verdict.LOST],
        told_twice=counts[Verdict.TOLD_TWICE],
        out_of_order=counts[Verdict.OUT_OF_ORDER],
        verdict=verdict,
        first=next((finding.words for finding in found if finding.verdict is verdict), ""),
    )
