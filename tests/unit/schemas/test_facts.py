"""Facts: strict, frozen, and in agreement with themselves."""

import json

import pytest
from pydantic import ValidationError

from schemas.intake import IncidentBulletin, Rank
from schemas.operator import Acknowledge, Confirm, Dispute, Excuse, Release, Waive
from schemas.registry import Activate, FirmEntry, RegionEntry, SourceEntry
from schemas.topics import ALL, BY_NAME, INBOXES, config_of, partition_of
from streams.pipeline.intake.decode import Refused, Refusing, decode
from tests.story import act_on, assigned, bulletin, clock, entry, finding, permit, published, report


def made(**said):
    return IncidentBulletin.model_validate_json(json.dumps(bulletin(**said).at(clock("11:10")).data))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"dead": -1}, id="a negative count"),
        pytest.param({"dead": 1.0}, id="a count with a decimal point"),
        pytest.param({"dead": "1"}, id="a count as text"),
        pytest.param({"dead": True}, id="a count as yes or no"),
        pytest.param({"dead": 1_000_001}, id="more people than there can be"),
        pytest.param({"fire_minutes": "long"}, id="a duration in words other than unknown"),
        pytest.param({"dead_by_nationality": {"wni": 7}}, id="half a split"),
        pytest.param({"kind": ""}, id="an empty kind"),
        pytest.param({"kind": 7}, id="a kind that is a number"),
        pytest.param({"kind": "x" * 61}, id="a kind as long as a sentence"),
        pytest.param({"rank": "minister"}, id="a rank that is not in the list"),
        pytest.param({"cause": ""}, id="an empty cause"),
        pytest.param({"cause": "x" * 2001}, id="a cause as long as a book"),
        pytest.param({"firm": "it|ss"}, id="a firm with a bar in its id"),
        pytest.param({"firm": ""}, id="no firm"),
        pytest.param({"regency": "7206"}, id="a regency without the dot"),
    ],
)
def test_a_bulletin_that_cannot_be_read_is_refused(said):
    with pytest.raises(ValidationError):
        made(**said)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"dead": 0}, id="nobody died"),
        pytest.param({"fire_minutes": "unknown"}, id="nobody knows how long it burned"),
        pytest.param({"dead_by_nationality": {"wni": 7, "wna": 6}}, id="a split without a total"),
        pytest.param({"dead": 13, "dead_by_nationality": {"wni": 9, "wna": 4}}, id="a split that adds up"),
        pytest.param({"cause": "🔥 tungku"}, id="any script"),
    ],
)
def test_a_bulletin_may_know_little(said):
    assert made(**said).dead == said.get("dead")


@pytest.mark.parametrize(
    ("said", "doubts", "kind"),
    [
        pytest.param({}, (), "furnace_explosion", id="nothing is odd"),
        pytest.param({"kind": "explosion"}, ("unknown_kind",), "other", id="a kind that is not in the list"),
        pytest.param({"kind": "other"}, (), "other", id="a kind that its source has no name for"),
        pytest.param(
            {"dead": 12, "dead_by_nationality": {"wni": 7, "wna": 6}}, ("contradictory_split",), "furnace_explosion", id="a split too large"
        ),
        pytest.param({"retracted": True}, ("retraction_of_nothing",), "furnace_explosion", id="a retraction of nothing"),
        pytest.param({"retracted": True, "replaces": {"id": "b-0"}}, (), "furnace_explosion", id="a retraction of something"),
        pytest.param(
            {"kind": "?", "retracted": True}, ("unknown_kind", "retraction_of_nothing"), "other", id="two things are odd, and both are said"
        ),
    ],
)
def test_a_bulletin_that_contradicts_itself_is_doubted_and_not_refused(said, doubts, kind):
    """G5: an explosion is never refused for being contradictory."""
    assert (made(**said).doubts, made(**said).kind) == (doubts, kind)


def test_what_is_not_stated_is_absent_and_not_zero():
    assert made().dead is None
    assert made().injured.total is None


def test_ranks_are_ordered():
    """R13: Polres > Disnaker > estate manager > firm > union and media."""
    order = [Rank.POLICE, Rank.LABOUR_INSPECTION, Rank.ESTATE, Rank.FIRM, Rank.UNION, Rank.MEDIA]
    assert sorted(order, key=lambda rank: rank.order) == order
    assert [rank for rank in Rank if not rank.is_official] == [Rank.UNION, Rank.MEDIA]


@pytest.mark.parametrize(
    ("model", "data"),
    [
        pytest.param(FirmEntry, {"id": "x", "name": "X"}, id="a firm that is nowhere"),
        pytest.param(RegionEntry, {"id": "72.06", "name": "M", "province": "S", "zone": "Asia/Morowali"}, id="a zone that does not exist"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(model, data):
    with pytest.raises(ValidationError):
        model.model_validate_json(json.dumps({"valid_from": "2019-01-01T00:00:00Z", **data}))


def test_an_activation_of_nothing_is_refused():
    with pytest.raises(ValidationError):
        Activate.model_validate_json('{"effective_from": "2019-01-01T00:00:00Z", "by": "x"}')


def judged(said):
    """How INTAKE reads what is said: None for a fact, else the reason and the field."""
    event = decode(published(said, clock("11:10")), 65_536)
    return (event.reason, event.field) if isinstance(event, Refused) else None


WRONG, MISSING, UNKNOWN = Refusing.WRONG_VALUE, Refusing.FIELD_MISSING, Refusing.UNKNOWN_FIELD
ON_ALL = {"firm": None, "permit": None}


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        pytest.param(report(), None, id="a report that states no counts"),
        pytest.param(report(workers=0, positives=0), None, id="zero is stated"),
        pytest.param(report(permit="503/A.1 - 2020 §"), None, id="a permit's number is anybody's text"),
        pytest.param(report(permit="1\n2"), (WRONG, "permit"), id="but one line"),
        pytest.param(report(permit="x" * 121), (WRONG, "permit"), id="and a short one"),
        pytest.param(report(period="2021-8-3"), (WRONG, "period"), id="a day that is written in another way"),
        pytest.param(report(period="2021-02-30"), (WRONG, "period"), id="a day that does not exist"),
        pytest.param(report(period="2021-08-03T00:00:00Z"), (WRONG, "period"), id="an instant for a day"),
        pytest.param(report(period="20210803"), (WRONG, "period"), id="a day without hyphens"),
        pytest.param(report(period="2021-W31-2"), (WRONG, "period"), id="a day of a week"),
        pytest.param(report(period=20210803), (WRONG, "period"), id="a day in digits"),
        pytest.param(report(period="9999-12-31"), (WRONG, "period"), id="a day at the end of the calendar"),
        pytest.param(report(positives=-1), (WRONG, "positives"), id="a negative count"),
        pytest.param(report(statement_true="yes"), (WRONG, "statement_true"), id="a declaration in words"),
        pytest.param(report("draft"), (WRONG, "state"), id="a state that nobody submits"),
        pytest.param(report("corrected"), (WRONG, "data"), id="a correction of nothing"),
        pytest.param(report("returned", replaces="r-1"), None, id="returned to be completed"),
        pytest.param(report("withdrawn", replaces="r-1"), None, id="withdrawn"),
        pytest.param(report(replaces="r-1"), (WRONG, "data"), id="a first submission that replaces another"),
        pytest.param(report(nib="1"), (UNKNOWN, "nib"), id="a field of somebody else's"),
        pytest.param(finding(), None, id="a finding"),
        pytest.param(finding(period=None), None, id="a finding about no period"),
        pytest.param(finding(agrees=None), (MISSING, "agrees"), id="a finding that finds nothing"),
        pytest.param(finding(what=""), (WRONG, "what"), id="a finding without words"),
        pytest.param(permit(), None, id="a permit"),
        pytest.param(permit(holder="person"), (WRONG, "holder"), id="a permit of a person"),
        pytest.param(permit(state="expired"), (WRONG, "state"), id="a state that no official decides"),
        pytest.param(permit(obligations="iomki"), (WRONG, "obligations"), id="obligations that are no list"),
        pytest.param(assigned(), None, id="an assignment to a firm"),
        pytest.param(assigned(permit="IOMKI/1"), None, id="an assignment to a permit"),
        pytest.param(assigned(firm=None), (WRONG, "data"), id="an assignment to nobody"),
        pytest.param(assigned(permit="IOMKI/1", firm="itss"), (WRONG, "data"), id="an assignment to a firm and a permit"),
        pytest.param(assigned(until="2023-12-31T00:00:00Z"), (WRONG, "data"), id="an assignment that ends before it begins"),
        pytest.param(assigned(agreed_with=None), (MISSING, "agreed_with"), id="an assignment that nobody has agreed to"),
        pytest.param(entry(SourceEntry, "s", owner="O", topics=["report-submissions"]), None, id="a source's topic"),
        pytest.param(entry(SourceEntry, "s", owner="O", topics=["ledger"]), (WRONG, "topics.0"), id="a topic that is none of theirs"),
        pytest.param(act_on(Confirm), None, id="a warning confirmed"),
        pytest.param(act_on(Confirm, step="fine"), (WRONG, "step"), id="a step that nobody proposes"),
        pytest.param(act_on(Waive), (MISSING, "reason"), id="a waiver without a reason"),
        pytest.param(act_on(Dispute), (MISSING, "reason"), id="a dispute without a reason"),
        pytest.param(act_on(Release, on=ON_ALL), (MISSING, "reason"), id="a release without a reason"),
        pytest.param(act_on(Excuse, on=ON_ALL, reason="x"), None, id="a period of all firms excused"),
        pytest.param(act_on(Excuse, on={"permit": None}, reason="x"), (WRONG, "on"), id="a firm excused without a permit"),
        pytest.param(act_on(Release, reason="x"), (UNKNOWN, "on.firm"), id="a release for one firm"),
        pytest.param(act_on(Waive, on=ON_ALL, reason="x"), (MISSING, "on.firm"), id="a waiver for all firms"),
        pytest.param(act_on(Acknowledge), (MISSING, "on.escalation"), id="an acknowledgement of a period"),
    ],
)
def test_what_a_report_a_permit_and_an_act_may_say(said, refused):
    assert judged(said) == refused


class TestTopics:
    def test_names_are_unique_and_every_inbox_is_in_the_list(self):
        assert len(BY_NAME) == len(ALL)
        assert {topic for inboxes in INBOXES.values() for topic in inboxes} <= set(ALL)

    def test_every_topic_is_stamped_by_the_broker(self):
        """The broker's clock is the only one that decides anything."""
        assert {config_of(topic, 1826)["message.timestamp.type"] for topic in ALL} == {"LogAppendTime"}

    def test_a_key_has_one_partition_for_ever(self):
        """CRC-32 of the key: frozen, or history would be read in another order."""
        keys = {"firm:itss": 3, "estate:imip": 3, "firm:gni": 0, "desk": 2, "": 0}
        assert {key: partition_of(key, BY_NAME["ledger"]) for key in keys} == keys
