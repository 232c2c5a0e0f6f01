"""What the pictures of SURVEILLANCE have in common: the rulebook that a record is decided by, and how alerts are said."""

from collections.abc import Iterable

import msgspec

from schemas.ledger import Admitted, Odd, Oddity
from schemas.policy import Policy, Roster
from schemas.surveillance import Alert
from schemas.topics import ESCALATION_INBOX, REJECTED
from schemas.word import Stamp, UtcMs
from streams.pipeline.line import Due, Said

DAY_MS = 86_400_000


class Rulebook(msgspec.Struct, frozen=True, gc=False):
    """The policy and roster that a record is decided by, the stamp that what is said of it bears, and the partition that it is in."""

    policy: Policy
    roster: Roster
    stamp: Stamp
    partition: int

    def said(self, alerts: Iterable[Alert]) -> tuple[Said, ...]:
        """The alerts, each to the escalations of its estate."""
        return tuple(Said(ESCALATION_INBOX, alert.estate, alert, self.stamp) for alert in alerts)

    def forgotten_at(self, heard_at: UtcMs) -> UtcMs:
        """When what was last heard of then is forgotten."""
        return heard_at + self.policy.surveillance.forget_days * DAY_MS

    def odd(self, admitted: Admitted, first_digest: str = "", what: Odd = Odd.OTHER_CONTENT) -> Said:
        """What was understood and decides nothing is listed; most often the same id has come with other content (law 5)."""
        oddity = Oddity(
            what=what,
            source=admitted.source,
            id=admitted.id,
            kind=admitted.kind,
            subject=admitted.subject,
            digest=admitted.digest,
            first_digest=first_digest,
            origin=admitted.origin,
        )
        return Said(REJECTED, admitted.source, oddity, self.stamp)


def sooner(*instants: UtcMs | None) -> Due:
    """Due at the first of these."""
    return Due(at=min((instant for instant in instants if instant is not None), default=None))
