"""Ids derive from content, and two contents do not share one."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import alert_id, delivery_id, digest, escalation_id

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
parts = st.lists(texts, max_size=4)


@given(parts, parts)
def test_no_two_lists_of_parts_collide_by_concatenation(one, other):
    assert (digest(*one) == digest(*other)) == (one == other)


def test_text_and_its_bytes_are_the_same_part():
    assert digest("é") == digest("é".encode())


def test_every_part_of_r16s_key_counts():
    """(thread, revision, level, receiver, matter): change one and it is another delivery."""
    base = {"thread": "E", "revision": 1, "level": 0, "receiver": "r", "matter": "facts"}
    other = {"thread": "F", "revision": 2, "level": 1, "receiver": "s", "matter": "filing"}
    ids = {delivery_id(**base), *(delivery_id(**{**base, name: value}) for name, value in other.items())}
    assert len(ids) == 6


def test_alerts_and_escalations_are_told_apart_by_rule_place_and_matter():
    assert (
        len(
            {alert_id("R11", "firm:a", "x"), alert_id("R12", "firm:a", "x"), alert_id("R12", "firm:b", "x"), alert_id("R12", "firm:a", "y")}
        )
        == 4
    )
    assert len({escalation_id("imip", "x"), escalation_id("vdni", "x"), escalation_id("imip", "y")}) == 3
