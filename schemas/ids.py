"""Ids: all derive from content, never from coordinates or clocks (law 5)."""

import hashlib

FIRM, ESTATE, SOURCE = "firm:", "estate:", "source:"
DESK = "desk"
REGENCY = "regency:"
STORY = "siaga/story"
"""The CloudEvents source whose watermarks move a story, and nothing else."""

COMPLETE = ""
"""The gate that has come as far as everything has been read."""


def gate(topic: str, source: str) -> str:
    """The gate that has come as far as `topic` has been read and `source` has published in all of its partitions."""
    return f"{topic}|{source}"


def digest(*parts: str | bytes) -> str:
    """Sixteen hex digits over the parts, each preceded by its length so that no two lists collide by concatenation."""
    running = b""
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        running += b"%d:%b" % (len(raw), raw)
    return hashlib.sha256(running).hexdigest()[:16]


def alert_id(rule: str, subject: str, about: str) -> str:
    """The fingerprint of an alert: rule, subject, and the plant or incident it is about."""
    return f"{rule}-{digest(rule, subject, about)}"


def escalation_id(estate: str, about: str) -> str:
    """One escalation for all alerts of one estate about one incident; short enough to be read out."""
    return f"E-{digest('escalation', estate, about)[:10]}"


def delivery_id(*, thread: str, revision: int, level: int, receiver: str, matter: str) -> str:
    """R16's idempotency key. `receiver` is one channel's endpoint; `matter` tells a reminder from the message of the same revision."""
    return f"D-{digest(thread, str(revision), str(level), receiver, matter)}"


def digest_id(*parts: str) -> str:
    """The thread of a digest, by its series and period; a list that is passed on page by page has one for each page."""
    return f"G-{digest('digest', *parts)[:10]}"
