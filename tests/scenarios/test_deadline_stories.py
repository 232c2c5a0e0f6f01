"""The stories of deadlines, from the publisher's line to every attempt: who is written to, how often, and who never is."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from schemas.delivery import Attempt
from schemas.escalation import MessageType
from schemas.ledger import Brake, Count
from schemas.surveillance import Alert, AlertState, DigestSituation, Rule, SourceSituation, Trouble
from schemas.topics import ATTEMPTS, ESCALATION_INBOX, PROGRESS
from streams.replay.dry_run import DryRun
from streams.replay.story_time import play
from streams.simulate import shelf
from streams.simulate.worlds.deadlines import ABSENT_SHARE, BEKASI, FRIDAY
from tests.story import HOUR, MINUTE, admission, dry_run

DISTRICT = ("dinas-perindustrian:", "estate:")
MINISTRY = ("dir-", "dg-", "minister-")


def lived(name: str) -> DryRun:
    """The story on the line in memory."""
    line = dry_run(admission(entries=()))
    assert play(line, shelf.load(name)) == ()
    return line


def attempts(line: DryRun) -> list[Attempt]:
    return list(line.words(ATTEMPTS))


def alerts(line: DryRun, *rules: Rule) -> dict[str, Alert]:
    """The latest word on each alert of these rules."""
    return {word.id: word for word in line.words(ESCALATION_INBOX) if isinstance(word, Alert) and word.rule in rules}


def told_of(line: DryRun, period: str) -> dict[str, list[Attempt]]:
    """What each position was sent of one period, and the batch receiver apart."""
    sent = defaultdict(list)
    for attempt in attempts(line):
        situation = attempt.delivery.situation
        if isinstance(situation, DigestSituation) and situation.period == period and not attempt.delivery.to.batch:
            sent[attempt.delivery.to.receiver].append(attempt)
    return dict(sent)


@pytest.fixture(scope="module")
def night():
    return lived("deadline-night")


@pytest.fixture(scope="module")
def bekasi():
    return lived("bekasi-deadline")


class TestQuietWeek:
    def test_not_one_message_leaves(self):
        """Two deadlines of 999 firms, all in order."""
        line = lived("quiet-week")
        assert attempts(line) == []
        counts = [word for word in line.words(PROGRESS) if isinstance(word, Count)]
        assert sum(count.due for count in counts) == 2 * 999
        assert sum(count.absent + count.undecided for count in counts) == 0


class TestDeadlineNight:
    PERIOD = FRIDAY.day.isoformat()

    def test_those_who_did_not_report_are_warned_of_and_nobody_else(self, night):
        """A fifth by design; five of them had been in time after all, and three have answered."""
        warned = alerts(night, Rule.WARNING)
        assert len(warned) == 2_000 * ABSENT_SHARE
        assert Counter(alert.state for alert in warned.values()) == {
            AlertState.FIRING: 392,
            AlertState.WITHDRAWN: 5,
            AlertState.RESOLVED: 3,
        }
        assert {alert.at for alert in warned.values() if alert.revision == 1} == {FRIDAY.decided_at}

    def test_every_absence_cites_its_proof(self, night):
        fired = (alert for alert in alerts(night, Rule.WARNING).values() if alert.state is AlertState.FIRING)
        assert all(alert.proven and alert.proven.through >= FRIDAY.due_at for alert in fired)

    def test_no_brake_is_put_on(self, night):
        assert [word for word in night.words(ESCALATION_INBOX) if isinstance(word, Brake)] == []

    def test_each_office_gets_one_message(self, night):
        """Law 11: one to a district receiver, at most three to a ministry one; a correction is an update of the same thread."""
        sent = told_of(night, f"iomki/{self.PERIOD}")
        for each in sent.values():
            first = [attempt for attempt in each if attempt.delivery.msg_type is MessageType.ALERT]
            assert len(first) == 1
            assert {attempt.delivery.thread for attempt in each} == {first[0].delivery.thread}
        positions = {each[0].delivery.to.position for each in sent.values()}
        assert {position.partition(":")[0] for position in positions} == {"dinas-perindustrian", "estate", "dir-perwilayahan"}

    def test_the_directorate_reads_the_whole_night(self, night):
        (first, *_) = told_of(night, f"iomki/{self.PERIOD}")["perwilayahan"]
        totals = dict(first.delivery.situation.numbers())
        assert (totals["due"], totals["absent"], totals["reported"]) == (2_000, 400, 1_600)
        assert first.delivery.situation.deadline.source == "SE Menperin 3/2021"

    def test_firms_are_written_to_by_siinas_alone(self, night):
        """G3."""
        naming = {a.delivery.to.position for a in attempts(night) if a.delivery.situation.subjects}
        assert naming == {"siinas"}

    def test_only_who_has_not_reported_by_then_is_reminded(self, night):
        lines = [line for line in shelf.load("deadline-night").lines if line.fact]
        reminded_at = FRIDAY.due_at - 3 * HOUR
        by_then = {line.fact.data["permit"] for line in lines if line.at < reminded_at}
        soon_after = {line.fact.data["permit"] for line in lines if line.at < reminded_at + MINUTE}
        reminded = {alert.situation.permit for alert in alerts(night, Rule.REMINDER).values() if alert.about.endswith("/3h")}
        assert reminded & by_then == set()
        assert 2_000 - len(soon_after) <= len(reminded) <= 2_000 - len(by_then)


class TestBekasi:
    """messages.md's second example."""

    def totals(self, bekasi, day):
        sent = told_of(bekasi, f"iomki/{day.isoformat()}")["disperin-bekasi"]
        assert len(sent) == 1
        return sent[0].delivery.situation

    def test_the_office_of_the_regency_reads_the_figures_of_its_estates(self, bekasi):
        situation = self.totals(bekasi, FRIDAY.day + timedelta(days=4))
        totals = dict(situation.numbers())
        assert [totals[name] for name in ("due", "absent", "warnings_1", "warnings_2", "warnings_3")] == [1_611, 322, 240, 64, 18]
        assert (totals["to_check"], totals["objections"]) == (18, 2)
        assert [row.name for row in situation.rows] == ["Jababeka", "MM2100", "GIIC Deltamas", ""]
        rows = {row.name: dict(zip(situation.columns, row.counts, strict=True)) for row in situation.rows}
        for estate, count in (("MM2100", "mm2100"), ("Jababeka", "jababeka"), ("GIIC Deltamas", "giic")):
            owed = BEKASI[count]
            assert [rows[estate][name] for name in ("due", "warnings_1", "warnings_2", "warnings_3")] == list(owed)

    def test_it_says_what_has_changed_since_the_last_deadline(self, bekasi):
        situation = self.totals(bekasi, FRIDAY.day + timedelta(days=4))
        assert (dict(situation.before)["absent"], situation.before_period) == (351, "iomki/2021-07-30")

    def test_only_those_to_be_checked_are_named(self, bekasi):
        situation = self.totals(bekasi, FRIDAY.day + timedelta(days=4))
        assert len(situation.subjects) + situation.more_subjects == 18

    def test_an_estate_reads_of_itself_alone(self, bekasi):
        (sent,) = told_of(bekasi, "iomki/2021-08-03")["keselamatan-mm2100"]
        assert dict(sent.delivery.situation.numbers())["due"] == 210


class TestSiinasDown:
    def test_nobody_is_accused_and_its_owner_and_the_duty_officer_are_told(self):
        """G1, R20: what SIINas received in its last hours it did not publish."""
        line = lived("siinas-down")
        assert alerts(line, Rule.COUNTED, Rule.WARNING, Rule.PROPOSAL) == {}
        told = {
            (a.delivery.situation.what, a.delivery.to.position) for a in attempts(line) if isinstance(a.delivery.situation, SourceSituation)
        }
        assert told == {
            (trouble, position)
            for trouble in (Trouble.SILENT, Trouble.UNPROVEN)
            for position in ("duty-officer", "source:https://siinas.example")
        }


class TestBackfill:
    def test_a_year_of_history_interrupts_nobody(self):
        """G6: one digest of what is past, on Monday; of the reports nothing at all."""
        line = lived("backfill")
        assert {a.delivery.situation.series for a in attempts(line)} == {"historic"}
        assert not any(a.delivery.urgent for a in attempts(line))
        assert max(Counter(a.delivery.to.receiver for a in attempts(line)).values()) == 1
        assert alerts(line, Rule.WARNING, Rule.PROPOSAL) == {}
