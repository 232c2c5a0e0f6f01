"""The IOMKI obligation as the circulars had it, for tests of the calendar and of what it leads to."""

from datetime import date

from schemas.obligations import Obligation, Proposing, Regime, Step, Weekly

SUNDAY = Weekly(days=("sunday",))
REVOKED_AFTER_THREE = (Proposing(proposes=Step.REVOCATION, in_a_row=3),)
V1 = Regime(
    version="V1",
    source="SE Menperin 8/2020",
    announced=date(2020, 4, 28),
    effective_from=date(2020, 4, 28),
    first_due=date(2020, 5, 3),
    due=SUNDAY,
    proposals=REVOKED_AFTER_THREE,
)
V1B = Regime(
    version="V1b",
    source="SE Menperin 697/2020",
    announced=date(2020, 9, 21),
    effective_from=date(2020, 9, 21),
    first_due=date(2020, 9, 27),
    due=SUNDAY,
    proposals=REVOKED_AFTER_THREE,
)
V2A = Regime(
    version="V2a",
    source="SE Menperin 3/2021",
    announced=date(2021, 7, 24),
    effective_from=date(2021, 7, 24),
    first_due=date(2021, 7, 28),
    due=Weekly(days=("wednesday", "saturday")),
)
V2B = Regime(
    version="V2b",
    source="SE Menperin 3/2021, corrected",
    announced=date(2021, 7, 26),
    effective_from=date(2021, 7, 27),
    first_due=date(2021, 7, 27),
    due=Weekly(days=("tuesday", "friday")),
    warns=True,
    proposals=(
        Proposing(proposes=Step.DEACTIVATION, in_a_row=3, within_a_month=3),
        Proposing(proposes=Step.REVOCATION, after=Step.DEACTIVATION),
        Proposing(proposes=Step.REVOCATION, repeats=Step.DEACTIVATION, in_a_row=3, within_a_month=3),
        Proposing(proposes=Step.REVOCATION, on_mismatch=True),
    ),
)
V3 = Regime(
    version="V3",
    source="SE Menperin 5/2021",
    announced=date(2021, 9, 2),
    effective_from=date(2021, 9, 10),
    first_due=date(2021, 9, 10),
    last_due=date(2022, 12, 30),
    due=Weekly(days=("friday",)),
    warns=True,
    proposals=(
        Proposing(proposes=Step.FREEZE, in_a_row=3),
        Proposing(proposes=Step.REVOCATION, after=Step.FREEZE),
        Proposing(proposes=Step.REVOCATION, repeats=Step.FREEZE, in_a_row=3),
        Proposing(proposes=Step.REVOCATION, on_mismatch=True),
    ),
)
IOMKI = Obligation(
    id="iomki",
    name_id="laporan IOMKI",
    name_en="IOMKI report",
    received_by="https://siinas.example",
    in_service_since=date(2021, 7, 27),
    holders=("industrial_firm", "estate_company"),
    regimes=(V1, V1B, V2A, V2B, V3),
)
