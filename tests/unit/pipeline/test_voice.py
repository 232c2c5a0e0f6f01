"""How a seat signs: the registry's revision stands on words that have one, and nothing is remembered for ever."""

from schemas.ledger import Tick
from schemas.word import Stamp
from streams.pipeline.voice import Voice

TICK = Tick(1, 1, 1, 1)
CAUSE = ("cause", b"ledger/0/7")


def test_only_what_has_a_registry_revision_says_it():
    voice = Voice("intake/ledger/0", "r1")
    with_it, without = (dict(voice.headers(TICK, stamp, CAUSE, 0)) for stamp in (Stamp("p", "r", "17"), Stamp("p", "")))
    assert (with_it["policy"], with_it["roster"], with_it["registry"]) == (b"p", b"r", b"17")
    assert (without["roster"], "registry" in without) == (b"", False)


def test_a_registry_of_a_hundred_thousand_entries_fills_no_memory():
    """Each entry is answered under a revision of its own."""
    voice = Voice("intake/firm-registry/0", "r1")
    for revision in range(5_000):
        assert dict(voice.headers(TICK, Stamp("p", "r", str(revision)), CAUSE, 0))["registry"] == b"%d" % revision
    assert len(voice._stamps) <= 1_000
