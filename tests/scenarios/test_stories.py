"""Every story of streams/simulate through the whole line in memory, and what must come of it."""

from collections import Counter

import pytest

from schemas.delivery import Outcome
from schemas.escalation import Delivery, Escalation, EscalationState, Judged, MessageType, Why
from schemas.ledger import Oddity, Parked, Rejected
from schemas.surveillance import Alert, Because, Certainty, IncidentSituation, Rule
from schemas.topics import (
    ATTEMPTS,
    DELIVERY_INBOX,
    ESCALATION_INBOX,
    ESCALATIONS,
    LEDGER,
    PARKED,
    REJECTED,
)
from streams.replay.dry_run import DryRun
from streams.replay.story_time import play
from streams.simulate import history as checking
from streams.simulate import shelf
from streams.simulate.links import LINKS
from tests.story import (
    INFORMED_OF_S5,
    LEVEL_0_OF_S3,
    LEVEL_0_OF_S5,
    LEVEL_2_OF_S5,
    admission,
    clock,
    dry_run,
    figures,
    heard_of,
    read,
    told,
)

NAMES = shelf.names()
FIRST, CHANGED, UNANSWERED, INFORMED, FILING = (
    Why.FIRST_NOTICE,
    Why.FACTS_CHANGED,
    Why.UNANSWERED,
    Why.INFORMED_REGARDLESS,
    Why.MATTER,
)


def lived(name: str, *, binary: bool = True) -> DryRun:
    """The story, in lock-step, as the simulator plays it."""
    line = dry_run(admission(entries=()))
    assert play(line, shelf.load(name), binary=binary) == ()
    return line


@pytest.fixture(scope="module")
def lines():
    return {name: lived(name) for name in NAMES}


@pytest.fixture
def itss(lines):
    return lines["itss"]


@pytest.fixture
def unanswered(lines):
    return lines["itss-unanswered"]


def said(line, topic, kind):
    return [word for word in line.words(topic) if isinstance(word, kind)]


def deliveries(line, about="itss/2023-12-24", topic="facts"):
    ids = {word.id for word in said(line, ESCALATIONS, Escalation) if word.about == about}
    return [d for d in said(line, DELIVERY_INBOX, Delivery) if d.thread in ids and topic in ("", d.matter)]


def heard(line, until="+99d 00:00", **which):
    return heard_of(d for d in deliveries(line, **which) if d.at <= clock(until))


def headline(alert):
    return {name: (value, others) for name, value, others in figures(alert.situation)}.get("dead")


# ------------------------------------------------------------------------------------------------ every story


@pytest.mark.parametrize("name", NAMES)
class TestEveryStory:
    def test_nothing_is_refused_parked_or_odd(self, lines, name):
        line = lines[name]
        assert (said(line, REJECTED, Rejected | Oddity), said(line, PARKED, Parked)) == ([], [])

    def test_every_delivery_ends_once(self, lines, name):
        """Law 9: deliveries = accepted + withdrawn + given up."""
        line = lines[name]
        ended = Counter(word.delivery for word in said(line, ESCALATION_INBOX, Outcome))
        assert set(ended) == {d.id for d in said(line, DELIVERY_INBOX, Delivery)}
        assert set(ended.values()) <= {1}

    def test_every_receiver_was_last_sent_the_truth(self, lines, name):
        """Law 7: the last message that a receiver was sent of an escalation has its last figures, or is its end."""
        line = lines[name]
        last: dict[tuple[str, str], Delivery] = {}
        for attempt in line.words(ATTEMPTS):
            if isinstance(attempt.delivery.situation, IncidentSituation):
                last[attempt.delivery.thread, attempt.delivery.to.receiver] = attempt.delivery
        newest = {word.id: word for word in said(line, ESCALATIONS, Escalation)}
        truth = {word.about: list(figures(word.situation)) for word in said(line, ESCALATION_INBOX, Alert) if word.rule == Rule.SEVERITY}
        for (escalation, _), delivery in last.items():
            assert delivery.msg_type == MessageType.CANCEL or list(figures(delivery.situation)) == truth[newest[escalation].about]

    def test_everything_is_headed_exercise(self, lines, name):
        assert all(d.exercise for d in said(lines[name], DELIVERY_INBOX, Delivery))

    def test_a_second_run_writes_the_same_bytes(self, lines, name):
        """Law 8 begins here: nothing hangs on a clock, a hash seed or a memory address."""
        again = lived(name)
        for topic in (LEDGER, ESCALATION_INBOX, DELIVERY_INBOX, ATTEMPTS, ESCALATIONS):
            assert [(r.key, r.value, r.headers) for r in again.records[topic.name]] == [
                (r.key, r.value, r.headers) for r in lines[name].records[topic.name]
            ]

    def test_both_modes_of_cloudevents_tell_the_same(self, lines, name):
        structured = lived(name, binary=False)
        assert [d.id for d in said(structured, DELIVERY_INBOX, Delivery)] == [d.id for d in said(lines[name], DELIVERY_INBOX, Delivery)]


# ------------------------------------------------------------------------------------------------ Morowali, nobody answers


class TestItssUnanswered:
    def test_it_climbs_to_the_top_within_the_hour(self, unanswered):
        """S5 from the first bulletin: seven at once, minister and governor at 15 minutes, all again and two more at 60."""
        assert heard(unanswered, "14:00") == [
            *told("11:10", FIRST, *LEVEL_0_OF_S5),
            *told("11:25", UNANSWERED, *INFORMED_OF_S5),
            *told("12:10", UNANSWERED, *LEVEL_0_OF_S5, *INFORMED_OF_S5, *LEVEL_2_OF_S5),
        ]

    def test_every_bulletin_after_that_is_an_update_to_all_eleven(self, unanswered):
        everybody = {*LEVEL_0_OF_S5, *INFORMED_OF_S5, *LEVEL_2_OF_S5}
        for at in ("15:00", "17:00", "18:30", "20:00"):
            heard_then = [h for h in heard(unanswered) if h.at == at]
            assert {(h.because, h.position) for h in heard_then} == {(CHANGED, position) for position in everybody}

    def test_the_reminder_comes_12_hours_before_the_earlier_time(self, unanswered):
        """05:30 says one, 06:15 says the other: reminded on the earliest, asked on the latest."""
        assert heard(unanswered, topic="filing") == [
            *told("+1d 17:30", FILING, "estate:imip", "disnakertrans:72"),
            *told("+2d 06:15", FILING, "disnakertrans:72"),
        ]

    def test_it_is_a_question_and_no_breach(self, unanswered):
        """No inspection publishes to us: we do not know whether it was filed."""
        asked = [d for d in deliveries(unanswered, topic="filing") if read(d.at) == "+2d 06:15"]
        assert {reason.because for d in asked for reason in d.reasons} == {Because.FILING_UNKNOWN}
        assert {asking.action for d in asked for asking in d.asked} == {"say_received"}

    def test_in_the_end_it_is_still_open_and_everybody_has_been_told(self, unanswered):
        last = said(unanswered, ESCALATIONS, Escalation)[-1]
        assert (last.state, last.grade, last.not_told, last.standing.taken) == (EscalationState.OPEN, "S5", (), ())


# ------------------------------------------------------------------------------------------------ Morowali, the first day


class TestItssTheFirstDay:
    def test_who_is_told_when(self, itss):
        """Seven at 11:10, minister and governor at 11:25; the joint acknowledgement of 11:31 stops it there."""
        assert heard(itss, "14:59") == [*told("11:10", FIRST, *LEVEL_0_OF_S5), *told("11:25", UNANSWERED, *INFORMED_OF_S5)]

    def test_one_acknowledgement_is_not_enough_and_two_are(self, itss):
        """G4: the inspection, then the ministry twenty seconds later."""
        answers = [word for word in itss.words(ESCALATIONS) if hasattr(word, "judged")]
        assert [(a.position, a.judged, read(a.at)) for a in answers[:2]] == [
            ("disnakertrans:72", Judged.TAKEN_IN_PART, "11:31"),
            ("dg-kpaii", Judged.TAKEN, "11:31:20"),
        ]

    def test_who_is_therefore_not_told(self, itss):
        """The Ministry of Manpower and the coordinating ministry would have been, at 12:10."""
        taken = next(word for word in said(itss, ESCALATIONS, Escalation) if word.state == EscalationState.TAKEN)
        assert (taken.not_told, taken.standing.next_level_at) == (LEVEL_2_OF_S5, None)

    @pytest.mark.parametrize("at", ["15:00", "17:00", "18:30", "20:00"])
    def test_an_update_reaches_exactly_those_who_were_told(self, itss, at):
        """Acknowledged or not: exactly these nine."""
        then = [h for h in heard(itss, "20:00") if h.at == at]
        assert sorted(then) == sorted(told(at, CHANGED, *LEVEL_0_OF_S5, *INFORMED_OF_S5))

    def test_the_figures_of_the_day(self, itss):
        """12, then 13 by the estate; the split corrected while the total stays; the union's 15 beside it and never the headline."""
        alerts = [a for a in said(itss, ESCALATION_INBOX, Alert) if a.rule == Rule.SEVERITY and a.at <= clock("20:00")]
        assert [(read(a.at), headline(a)) for a in alerts] == [
            ("11:10", (12, ())),
            ("15:00", (13, (12,))),
            ("17:00", (13, (12,))),
            ("18:30", (13, (12,))),
            ("20:00", (13, (12, 15))),
        ]
        assert [(a.situation.wni, a.situation.wna) for a in alerts] == [(None, None), (7, 6), (9, 4), (9, 4), (9, 4)]

    def test_two_times_and_two_causes_stand_side_by_side(self, itss):
        alert = [a for a in said(itss, ESCALATION_INBOX, Alert) if a.at == clock("18:30")][-1]
        assert [read(t.occurred_at) for t in alert.situation.times] == ["05:30", "06:15"]
        assert [len(c.digest) > 0 for c in alert.situation.causes] == [True, True, True]
        assert alert.situation.certainty == Certainty.REPORTED  # the police speak, and state no figure: 13 is the estate's alone

    def test_it_is_s5_from_the_first_bulletin(self, itss):
        """Twelve dead."""
        first = next(a for a in said(itss, ESCALATION_INBOX, Alert) if a.rule == Rule.SEVERITY)
        assert (first.grade, [reason.because for reason in first.reasons]) == ("S5", [Because.DEAD, Because.DEAD_OR_MISSING])


# ------------------------------------------------------------------------------------------------ Morowali, the rest


class TestItssToTheEnd:
    def test_the_count_rises_as_it_did(self, itss):
        """18 and 19 by the police, 21 by the estate when the police have been silent for a day, 21 by the police at last."""
        alerts = [a for a in said(itss, ESCALATION_INBOX, Alert) if a.rule == Rule.SEVERITY and a.about == "itss/2023-12-24"]
        counts = list(dict.fromkeys(headline(a)[0] for a in alerts))
        assert counts == [12, 13, 18, 19, 21]

    def test_the_headline_is_never_unofficial(self, itss):
        alerts = [a for a in said(itss, ESCALATION_INBOX, Alert) if a.about == "itss/2023-12-24"]
        ranks = {f.headline.rank for a in alerts for f in a.situation.figures if f.name == "dead"}
        assert ranks <= {"police", "labour_inspection", "ministry", "estate", "firm"}

    def test_the_inspection_is_reminded_and_asked_of_each_incident(self, itss):
        """The question is put at 48 hours; again only where the press states a later time, and then dated by that."""
        asked = {}
        for about in ("itss/2023-12-24", "smi/2024-01-19"):
            questions = [d for d in deliveries(itss, about, "filing") if {r.because for r in d.reasons} == {Because.FILING_UNKNOWN}]
            assert {d.to.position for d in questions} == {"disnakertrans:72"}
            asked[about] = [read(at) for at in sorted({d.at for d in questions})]
        assert asked == {"itss/2023-12-24": ["+2d 06:15"], "smi/2024-01-19": ["+28d 19:50", "+28d 20:45"]}

    def test_nobody_is_told_of_a_breach(self, itss):
        assert Because.FILING_OVERDUE not in {r.because for d in said(itss, DELIVERY_INBOX, Delivery) for r in d.reasons}

    def test_the_second_incident_is_another_escalation_of_s3(self, itss):
        """19 January: slag overflow at SMI, in the same estate."""
        first = next(w for w in said(itss, ESCALATIONS, Escalation) if w.about == "smi/2024-01-19")
        assert first.grade == "S3"
        assert {t.position for t in first.standing.told} >= set(LEVEL_0_OF_S3)

    def test_two_badly_burned_by_the_press_alone_raise_nothing(self, itss):
        assert {a.grade for a in said(itss, ESCALATION_INBOX, Alert) if a.about == "smi/2024-01-19"} == {"S3"}

    def test_no_act_of_the_story_is_refused(self, itss):
        answers = [word for word in itss.words(ESCALATIONS) if hasattr(word, "judged")]
        assert {a.judged for a in answers} <= {Judged.TAKEN, Judged.TAKEN_IN_PART, Judged.RECORDED}

    def test_the_contractor_is_named_as_the_employer_in_the_end(self, itss):
        alerts = [a for a in said(itss, ESCALATION_INBOX, Alert) if a.about == "itss/2023-12-24"]
        assert "PT OSMI" in alerts[-1].situation.employer


class TestOss2021:
    """16 November 2021: a furnace burns while its firm owes a report (R15)."""

    ABOUT = "oss/2021-11-16"

    def test_the_director_hears_at_once_and_not_after_two_hours(self, lines):
        told = [(d.to.position, d.why) for d in deliveries(lines["oss-2021"], self.ABOUT) if d.why in (FIRST, Why.RAISED)]
        assert list(dict.fromkeys(told)) == [
            ("estate:vdni", FIRST),
            ("disnakertrans:74", FIRST),
            ("dinas-perindustrian:74.02", FIRST),
            ("dir-perwilayahan", Why.RAISED),
        ]

    def test_those_who_are_told_one_level_up_are_told_why(self, lines):
        raised = [d for d in deliveries(lines["oss-2021"], self.ABOUT) if d.why == Why.RAISED]
        assert {reason.because for d in raised for reason in d.reasons} == {Because.EXPLOSION, Because.LONG_FIRE, Because.OVERDUE_REPORT}

    def test_it_burns_without_a_report_all_the_same(self, lines):
        """Whoever has not reported is asked for the accident's report like everybody else; no breach is alleged (R11)."""
        reasons = {r.because for d in deliveries(lines["oss-2021"], self.ABOUT, "filing") for r in d.reasons}
        assert reasons == {Because.FILING_DUE_SOON, Because.FILING_UNKNOWN}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_the_line_holds(name):
    """From each admitted fact to what was written to each position, and from each act to its answer."""
    line = lived(name)
    history = checking.read((record for records in line.records.values() for record in records), (), (), finished=True)
    assert [found.words for link in LINKS for found in link(history)] == []
