"""Reports at INTAKE: to the ledger of their firm, received when their source says so; and what nobody can have reported."""

import json

import pytest

from schemas.ids import digest
from schemas.ledger import Admitted, Refusal, Rejected
from schemas.registry import FirmEntry, SourceEntry
from schemas.topics import LEDGER, REJECTED, REPORTS
from streams.pipeline.intake import INTAKE
from streams.pipeline.line import Record
from tests.story import DAY, DESK, MINUTE, POLICY, STRANGER, admission, clock, entry, finding, permit, register, report

UNTRUSTED = "https://untrusted.example"
OPENS, DUE = clock("2021-07-31T00:00:00+07:00"), clock("2021-08-04T00:00:00+07:00")
TOLERANCE = POLICY.intake.future_tolerance_minutes * MINUTE
SENT = DUE - DAY
"""When firms submit: on Monday, for the Tuesday."""


ENTRIES = (
    *register(),
    entry(SourceEntry, UNTRUSTED, owner="Portal", speaks_as=[]),
    entry(FirmEntry, "smi", name="PT SMI", estate="vdni", since="2021-08-01T00:00:00+07:00"),
    permit(),
    permit("IOMKI/2", firm="smi", plant=None),
)


def known(*entries, story_time=False):
    return admission(story_time=story_time, entries=(*ENTRIES, *entries))


def say(said, *, recorded=SENT, wall=SENT + MINUTE, admitting=None):
    """What INTAKE answers to a report that a publisher says it received at `recorded`, appended at `wall`."""
    cloud = said.at(SENT).cloud(recorded)
    record = Record(REPORTS.name, 2, 7, wall, None, json.dumps(cloud).encode())
    return INTAKE.step({}, record, admitting or known()).words


def admitted(*args, **kwargs):
    (said,) = say(*args, **kwargs)
    assert (said.topic, said.key) == (LEDGER, f"firm:{said.word.place.firm}")
    return said.word


class TestAdmitted:
    @pytest.mark.parametrize("said", [pytest.param(report(id="r-1"), id="a report"), pytest.param(finding(id="r-1"), id="a finding")])
    def test_it_goes_to_the_ledger_of_its_firm_alone(self, said):
        word = admitted(said)
        assert isinstance(word, Admitted)
        assert (word.kind, word.source, word.id, word.subject) == (said.type, DESK, "r-1", "firm:itss")
        assert (word.at, word.accepted_at, word.recorded_at, word.received_at, word.occurred_at) == (
            SENT + MINUTE, SENT + MINUTE, SENT, SENT, SENT,
        )  # fmt: skip
        assert (word.exercise, word.unresolved, word.incident, word.rank) == (True, (), "", "")
        assert json.loads(bytes(word.fact)) == said.at(SENT).data
        assert word.digest == digest(bytes(word.fact))

    def test_its_place_is_that_of_the_permits_plant(self):
        assert admitted(report()).place.plant == "itss-bahodopi"

    def test_its_place_is_what_it_was_when_it_was_submitted(self):
        """PT SMI moved on 1 August."""
        words = [admitted(report(firm="smi", permit="IOMKI/2", submitted_at=at)) for at in ("2021-07-31T20:00:00+07:00", None)]
        assert [word.place.estate for word in words] == ["imip", "vdni"]

    def test_a_report_of_an_estate_company_is_a_report(self):
        companys = permit("IOMKI/9", firm="pt-imip", plant=None, holder="estate_company")
        entries = (entry(FirmEntry, "pt-imip", name="PT IMIP", estate="imip"), companys)
        assert admitted(report(firm="pt-imip", permit="IOMKI/9"), admitting=known(*entries)).subject == "firm:pt-imip"

    def test_one_submitted_in_the_future_is_doubted(self):
        assert admitted(report(submitted_at="2021-08-09T00:00:00+07:00")).unresolved == ("time_in_the_future",)


class TestG1ReceivedByWhom:
    @pytest.mark.parametrize(
        ("source", "recorded", "received_at"),
        [
            pytest.param(DESK, SENT, SENT, id="the registry trusts its source's clock"),
            pytest.param(DESK, None, SENT + MINUTE, id="a trusted source says nothing: the broker's clock"),
            pytest.param(UNTRUSTED, SENT, SENT + MINUTE, id="any other source: the broker's clock"),
        ],
    )
    def test_when_a_report_was_received(self, source, recorded, received_at):
        assert admitted(report(source=source), recorded=recorded).received_at == received_at

    @pytest.mark.parametrize("source", [DESK, UNTRUSTED])
    def test_in_a_story_it_is_when_the_story_says(self, source):
        """The broker's clock is another year's."""
        word = admitted(report(source=source), wall=DUE + 900 * DAY, admitting=known(story_time=True))
        assert (word.received_at, word.at) == (SENT, SENT)


class TestRefused:
    @pytest.mark.parametrize(
        ("said", "reason", "field"),
        [
            pytest.param(report(source=STRANGER), "unknown_source", "source", id="a source that nobody knows"),
            pytest.param(report(obligation="gossip"), "unknown_obligation", "obligation", id="an obligation that nobody has"),
            pytest.param(report(period="2021-08-04"), "unknown_period", "period", id="a day on which nothing falls due"),
            pytest.param(report(permit="IOMKI/99"), "unknown_permit", "permit", id="a permit that nobody has"),
            pytest.param(finding(source=STRANGER), "unknown_source", "source", id="a finding of a stranger"),
            pytest.param(finding(period="2021-08-04"), "unknown_period", "period", id="a finding about a day on which nothing falls due"),
            pytest.param(finding(permit="IOMKI/99"), "unknown_permit", "permit", id="a finding about a permit that nobody has"),
        ],
    )
    def test_it_names_its_reason_and_its_firm(self, said, reason, field):
        """Law 2: while it is unresolved, that firm's absence is undecided."""
        rejected, *told = say(said._replace(id="r-1"))
        assert (rejected.topic, rejected.word.reason, rejected.word.field) == (REJECTED, reason, field)
        assert rejected.word.correct
        assert (rejected.word.source, rejected.word.id, rejected.word.kind) == (said.source, "r-1", said.type)
        assert [(each.topic, each.word.reason) for each in told] == [(LEDGER, reason)] * 2
        assert [each.key for each in told][1:] == ["firm:itss"]
        assert all(isinstance(each.word, Refusal) for each in told)

    @pytest.mark.parametrize(
        ("said", "received_at"),
        [
            pytest.param(report(period="2021-08-04"), SENT, id="understood, by a source whose clock is trusted"),
            pytest.param(report(workers=-1), SENT, id="not understood, by the same"),
            pytest.param(report(source=UNTRUSTED, workers=-1), None, id="its source's clock is not trusted"),
            pytest.param(report(source=STRANGER, workers=-1), None, id="its source is a stranger"),
        ],
    )
    def test_it_says_when_it_was_received_where_that_can_be_believed(self, said, received_at):
        """G1: a source that was down over the deadline publishes in the end what it had received before."""
        told = [each.word for each in say(said, wall=DUE + DAY) if isinstance(each.word, Refusal)]
        assert {(word.received_at, word.at) for word in told} == {(received_at, DUE + DAY)}

    def test_without_a_time_it_says_nothing_of_when_it_was_received(self):
        told = [each.word for each in say(report(workers=-1), recorded=None) if isinstance(each.word, Refusal)]
        assert {word.received_at for word in told} == {None}

    def test_a_permit_of_another_firm_concerns_both(self):
        """One of them has a report missing; nobody can say which."""
        rejected, *told = say(report(permit="IOMKI/2"))
        assert (rejected.word.reason, rejected.word.field) == ("permit_of_another_firm", "permit")
        assert [each.key for each in told] == [f"source:{DESK}", "firm:itss", "firm:smi"]

    @pytest.mark.parametrize(
        ("firm", "reasons"),
        [pytest.param("itss", [], id="the one that held it"), pytest.param("smi", ["permit_of_another_firm"], id="not")],
    )
    def test_a_permit_is_theirs_who_held_it_when_the_period_ended(self, firm, reasons):
        """Sold in September: who owes the report of August?"""
        sold = permit(firm="smi", plant=None, since="2021-09-01T00:00:00+07:00")
        late = clock("2021-10-01T00:00:00+07:00")
        words = say(report(firm=firm, submitted_at="2021-10-01T00:00:00+07:00"), recorded=late, wall=late, admitting=known(sold))
        assert [said.word.reason for said in words if isinstance(said.word, Rejected)] == reasons

    @pytest.mark.parametrize(
        ("received", "reasons"),
        [
            pytest.param(OPENS - 1, ["before_its_period"], id="a millisecond before it began"),
            pytest.param(OPENS, [], id="as it begins"),
            pytest.param(DUE + 40 * DAY, [], id="late: that is for SURVEILLANCE to say"),
        ],
    )
    def test_nobody_receives_a_report_before_its_period_has_begun(self, received, reasons):
        words = say(report(), recorded=received, wall=received + MINUTE)
        assert [said.word.reason for said in words if isinstance(said.word, Rejected)] == reasons

    def test_a_finding_may_be_made_at_any_time(self):
        assert admitted(finding(), recorded=OPENS - DAY, wall=OPENS)

    def test_a_finding_about_all_periods_names_none(self):
        assert admitted(finding(period=None))

    @pytest.mark.parametrize(
        ("ahead", "reasons"),
        [pytest.param(TOLERANCE, [], id="clocks differ"), pytest.param(TOLERANCE + 1, ["after_its_publication"], id="not by so much")],
    )
    def test_nobody_receives_a_report_after_having_published_it(self, ahead, reasons):
        words = say(report(), recorded=SENT + ahead, wall=SENT)
        assert [said.word.reason for said in words if isinstance(said.word, Rejected)] == reasons
