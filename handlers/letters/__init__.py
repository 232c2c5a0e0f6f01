"""The letters: for each kind of situation a module that says what only it can say. A new kind adds a line to `LETTERS`."""

from collections.abc import Mapping

from handlers.letters import cluster, digest, duty, incident, source
from handlers.letters.parts import Letter
from schemas.surveillance import ClusterSituation, DigestSituation, DutySituation, IncidentSituation, Situation, SourceSituation

LETTERS: Mapping[type[Situation], Letter] = {
    IncidentSituation: incident,
    SourceSituation: source,
    DutySituation: duty,
    ClusterSituation: cluster,
    DigestSituation: digest,
}


def letter_of(situation: Situation) -> Letter:
    """The letter that knows how to speak of this situation."""
    return LETTERS[type(situation)]
