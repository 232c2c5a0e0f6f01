"""The IOMKI obligation of the packaged policy, and its regimes by their version."""

from tests.story import POLICY

IOMKI = POLICY.obligation("iomki")
V1, V1B, V2A, V2B, V3 = IOMKI.regimes
