"""Reports: a submission or a finding in; the ledger's word out, or why nobody can have reported that.

Whatever is refused here names its firm, so that nobody concludes anything from that firm's silence while it is unresolved (law 2).
"""

from schemas.ids import FIRM
from schemas.registry import PermitEntry
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.topics import LEDGER
from schemas.word import UtcMs
from streams.pipeline.calendar import Period, find
from streams.pipeline.intake.admit import Reading, admitted, latest_of
from streams.pipeline.intake.decode import Refused, Refusing
from streams.pipeline.intake.registry import Stated
from streams.pipeline.line import Said

Report = ReportSubmission | InspectionFinding


def admit_report(reading: Reading, fact: Report) -> Said | Refused:
    """A report, to the ledger of its firm alone."""
    if reading.source is None:
        return _refused(fact, Refusing.UNKNOWN_SOURCE, "source", "publish from a source that the registry knows")
    obligation = reading.policy.obligation(fact.obligation)
    if obligation is None:
        return _refused(fact, Refusing.UNKNOWN_OBLIGATION, "obligation", "name an obligation of the policy in force")
    period = find(obligation, fact.period) if fact.period else None
    if fact.period and period is None:
        return _refused(fact, Refusing.UNKNOWN_PERIOD, "period", "name a day on which this obligation falls due")
    permit = reading.registry.last(PermitEntry, fact.permit, period.due_at if period else fact.said_at)
    received_at = _received_at(reading)
    if refused := _of_whom(fact, permit) or _when(reading, fact, period, received_at):
        return refused
    stated = Stated(fact.firm, fact.plant or (permit.plant if permit else None))
    return Said(LEDGER, f"{FIRM}{fact.firm}", admitted(reading, fact, stated, fact.said_at, received_at=received_at), reading.stamp)


def _of_whom(fact: Report, permit: PermitEntry | None) -> Refused | None:
    """The permit must be known, and have been the firm's when the period ended."""
    if permit is None:
        return _refused(fact, Refusing.UNKNOWN_PERMIT, "permit", "have the permit entered into the registry first")
    if permit.firm != fact.firm:
        return _refused(fact, Refusing.PERMIT_OF_ANOTHER_FIRM, "permit", "name the firm that holds the permit", permit.firm)
    return None


def _when(reading: Reading, fact: Report, period: Period | None, received_at: UtcMs) -> Refused | None:
    """Nobody receives a report before its period has begun, or after having published it."""
    if period and isinstance(fact, ReportSubmission) and received_at < period.opens_at:
        return _refused(fact, Refusing.BEFORE_ITS_PERIOD, "period", "report on a period after it has begun")
    if received_at > latest_of(reading):
        return _refused(fact, Refusing.AFTER_ITS_PUBLICATION, "recordedtime", "say when the report was received, which was before now")
    return None


def _received_at(reading: Reading) -> UtcMs:
    """When its source received it (G1): as the source says where the registry trusts its clock, else when it reached the broker."""
    recorded_at = reading.event.recorded_at
    is_trusted = reading.source is not None and reading.source.trusted_times
    return recorded_at if is_trusted and recorded_at is not None else reading.at


def _refused(fact: Report, reason: Refusing, field: str, correct: str, holder: str = "") -> Refused:
    return Refused(reason, field, correct, firm=fact.firm, holder=holder)
