"""Reporting: who had to report by when, and who did (R1 to R4)."""
