"""Memory of incidents: what is kept of each beside its facts, which are entries of their own."""

from schemas.ledger import Place
from schemas.word import Part, UtcMs
from streams.pipeline.surveillance.alerts import Spoken

NOT_ASKED = -1
"""Nobody has asked yet what else the firm owed."""


class Incident(Part, frozen=True, array_like=True, tag="incident"):
    """What SURVEILLANCE remembers of one incident at one firm, beside its facts.

    facts: under which keys they are kept, in the order of the keys. filing_connected: a labour inspection of the province publishes the
    accident reports that it receives. at: the latest instant of law and policy at which a fact came. ticked_at: the latest deadline that a
    tick has fired; only that ends a held grade and fires R11's deadlines (law 3). overdue: how many reports the firm owed at the first tick
    at which the incident was grave (R15); whatever comes later, that is how it was.
    """

    subject: str
    incident: str
    place: Place
    exercise: bool
    filing_connected: bool = False
    facts: tuple[str, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    at: UtcMs = 0
    ticked_at: UtcMs = 0
    overdue: int = NOT_ASKED
