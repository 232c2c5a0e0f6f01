"""Memory of incidents: what is kept of each beside its facts, which are entries of their own."""

from schemas.ledger import Place
from schemas.word import Part, UtcMs
from streams.pipeline.surveillance.alerts import Spoken


class Incident(Part, frozen=True, array_like=True, tag="incident"):
    """What SURVEILLANCE remembers of one incident at one firm, beside its facts.

    facts: under which keys they are kept, in the order of the keys. filing_connected: a labour inspection of the province publishes the
    accident reports that it receives. at: the latest instant of law and policy at which a fact came. overdue: the firm's reports that were
    due and never received, when the incident was looked at last (R15). ticked_at: the latest deadline that a tick has fired; only that ends
    a held grade and fires R11's deadlines (law 3).
    """

    subject: str
    incident: str
    place: Place
    exercise: bool
    filing_connected: bool = False
    facts: tuple[str, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    at: UtcMs = 0
    overdue: tuple[str, ...] = ()
    ticked_at: UtcMs = 0
