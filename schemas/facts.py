"""The facts: the one list of the types of event that the outside may publish, each with its model and the topics that it belongs to."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.cases import CaseNotice, RegencyCounts, ResponseAction
from schemas.intake import AccidentReportFiled, IncidentBulletin, InjuryOutcome, IntakeWatermark, SourceWatermark
from schemas.operator import Acknowledge, Confirm, Decline, Dispute, Done, Excuse, Handover, Release, Silence, StandDown, Verify, Waive
from schemas.registry import Activate, EstateEntry, FirmEntry, ObligationAssigned, PermitEntry, PlantEntry, RegionEntry, SourceEntry
from schemas.reports import InspectionFinding, ReportSubmission
from schemas.topics import ACTS, CASES, INCIDENTS, INTAKE_TOPICS, REGISTRY, REPORTS, Topic
from schemas.word import Published


class FactType(NamedTuple):
    """One type: the model of its data, and where it may be published. The first topic is the usual one."""

    model: type[Published]
    topics: tuple[Topic, ...]


FACTS: Mapping[str, FactType] = {
    model.type: FactType(model, topics)
    for models, topics in (
        ((IncidentBulletin, AccidentReportFiled, InjuryOutcome), (INCIDENTS,)),
        ((ReportSubmission, InspectionFinding), (REPORTS,)),
        ((CaseNotice, ResponseAction), (CASES,)),
        (
            (RegionEntry, EstateEntry, FirmEntry, PlantEntry, PermitEntry, ObligationAssigned, SourceEntry, RegencyCounts, Activate),
            (REGISTRY,),
        ),
        ((Acknowledge, Verify, Decline, Done, Handover, Silence, StandDown, Confirm, Waive, Excuse, Dispute, Release), (ACTS,)),
        ((SourceWatermark, IntakeWatermark), INTAKE_TOPICS),
    )
    for model in models
}
"""Every type by its name, which is the CloudEvents type."""
