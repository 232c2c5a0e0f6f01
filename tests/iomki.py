"""The IOMKI obligation of the packaged policy, its regimes by their version, and how its deadlines are decided."""

from tests.story import POLICY

IOMKI = POLICY.obligation("iomki")
V1, V1B, V2A, V2B, V3 = IOMKI.regimes
DEADLINES = POLICY.deadlines
