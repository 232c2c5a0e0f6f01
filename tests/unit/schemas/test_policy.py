"""A policy revision names what there is, and forgets in the order of the line; the packaged one does."""

import json

import pytest
from pydantic import ValidationError

from schemas.policy import Escalating, Policy
from tests.story import POLICY


def changed(**escalation: object) -> str:
    """The packaged escalation policy, with what differs."""
    return json.dumps({**json.loads(POLICY.escalation.model_dump_json()), **escalation})


ROUTE = {"rule": "R12", "how": "ladder"}


@pytest.mark.parametrize(
    ("escalation", "words"),
    [
        pytest.param({"routes": [{**ROUTE, "grade_at_least": "S9"}]}, "no ladder is called S9", id="a grade without a ladder"),
        pytest.param({"routes": [{**ROUTE, "how": "digest"}]}, "no digest is called", id="a digest without a name"),
        pytest.param({"routes": [{**ROUTE, "digest": "daily"}]}, "no digest is called 'daily'", id="a digest that there is not"),
        pytest.param({"ladders": json.loads(changed())["ladders"] * 2}, "two ladders of one grade", id="a grade with two ladders"),
    ],
)
def test_what_a_policy_names_exists(escalation, words):
    with pytest.raises(ValidationError, match=words):
        Escalating.model_validate_json(changed(**escalation))


@pytest.mark.parametrize(("room", "days"), [("escalation", 430), ("escalation", 366), ("delivery", 500), ("surveillance", 300)])
def test_nobody_forgets_what_somebody_before_them_still_tells(room, days):
    """Else a revision would be taken for one of long ago."""
    policy = json.loads(POLICY.model_dump_json())
    policy[room]["forget_days"] = days
    with pytest.raises(ValidationError, match="must rise in this order"):
        Policy.model_validate_json(json.dumps(policy))


@pytest.mark.parametrize(("digest", "days"), [("deadlines", 60), ("weekly", 366), ("historic", 366)])
def test_a_digest_is_kept_for_longer_than_what_it_tells_may_change(digest, days):
    """Else its correction would be told as if it were the first word, or not at all (law 7)."""
    policy = json.loads(POLICY.model_dump_json())
    for plan in policy["escalation"]["digests"]:
        plan["keep_days"] = days if plan["name"] == digest else plan["keep_days"]
    with pytest.raises(ValidationError, match=f"digest {digest} must be kept for more than {days} days"):
        Policy.model_validate_json(json.dumps(policy))


def test_the_packaged_policy_is_whole():
    assert Policy.model_validate_json(POLICY.model_dump_json()) == POLICY


def test_of_what_no_ladder_is_called_the_rank_is_none():
    assert (POLICY.escalation.rank("S5"), POLICY.escalation.rank("cluster")) == (5, 0)
