"""Law 6: an absence fires only where everything up to its deadline had been sent and read; anybody can verify that, years later.

The trials: seeded worlds in which something goes wrong upstream of the deadline. `make trials` plays a thousand of them.
"""

import json
import os
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.surveillance import Alert
from tests import verify_proof
from tests.circulars import GRACE, HOUR, due_at
from tests.deadlines import FRI, TUE, Deadlines
from tests.trials import BLOCKING, FAULTS, Trial

TRIALS = int(os.environ.get("SIAGA_TRIALS", "120"))
SEEDS_AT_ONCE = 5


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, -(-TRIALS // len(FAULTS)), SEEDS_AT_ONCE))
@pytest.mark.parametrize("fault", FAULTS)
def test_nobody_is_wrongly_accused_whatever_goes_wrong_upstream(fault, first):
    """Who was received in time never; every accusation verifies from the topics alone; in the end exactly the absent are accused."""
    wrong, counts = [], Counter()
    for seed in range(first, first + SEEDS_AT_ONCE):
        trial = Trial(seed, fault).play()
        wrong += trial.wrong()
        counts.update(trial.counts)
    assert not wrong, "\n".join(wrong)
    assert counts["absent"], "trials in which nobody is absent prove nothing"
    assert counts["on time"]


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200)), max_size=8),
    st.booleans(),
    st.sampled_from((TUE, FRI)),
)
def test_no_tick_accuses_anybody_before_both_have_come_far_enough(ticks, reported, day):
    """Whatever ticks come, and how far they say that has been read and published: in hours since the first deadline opened."""
    seat = Deadlines()
    seat.enrol()
    if reported:
        seat.report(day)
    begins = due_at(TUE) - 72 * HOUR
    for at, published, read in ((begins + hours * HOUR for hours in tick) for tick in ticks):
        for alert in (word for word in seat.tick(at, published=published, read=read) if isinstance(word, Alert)):
            if alert.rule == "R2":
                due = alert.situation.due_at
                assert published >= due
                assert read >= due + GRACE
                assert not (reported and alert.situation.period == day.isoformat())
                assert alert.at == due + GRACE
                assert (alert.proven.tick, alert.proven.through) == (seat.ticks, published)


def _spoilt(trial, spoil):
    """The topics of a trial, with one record changed or gone."""
    records = [record for records in trial.line.records.values() for record in records]
    return verify_proof.Topics(other for record in records if (other := spoil(record)) is not None)


def _without(is_it):
    return lambda record: None if is_it(record) else record


def _says(record, text):
    return text in (record.value or b"")


SPOILT = {
    "the tick": (_without(lambda r: r.topic == "ledger" and _says(r, b'"word":"tick"')), "is missing"),
    "the proof of the tick": (lambda r: r._replace(value=_unproven(r.value)) if r.topic == "ledger" else r, "carries no proof"),
    "INTAKE's watermarks of one partition": (
        _without(lambda r: (r.topic, r.partition) == ("operator-acts", 1) and _says(r, b"intake-watermark")),
        "is no watermark",
    ),
    "INTAKE's watermarks, appended earlier": (
        lambda r: r._replace(timestamp=r.timestamp - 40 * HOUR) if _says(r, b"intake-watermark") else r,
        "was vouched for up to",
    ),
    "SIINas's watermarks": (_without(lambda r: _says(r, b"source-watermark")), "does not say that"),
    "a report that nobody had heard of": (lambda r: r, "had not been heard of"),
}


def _unproven(value):
    word = json.loads(value)
    return json.dumps({**word, "proof": None}).encode() if word.get("word") == "tick" else value


@pytest.fixture(scope="module")
def trial():
    """A night on which somebody was accused."""
    return next(played for seed in range(20) if _accused(played := Trial(seed, "clock back a little").play()))


def _accused(trial):
    return list(verify_proof.Topics(r for records in trial.line.records.values() for r in records).absences())


@pytest.mark.parametrize("what", SPOILT)
def test_whoever_verifies_sees_what_is_missing(trial, what):
    """The verifier is no rubber stamp: each piece of the proof that is taken away is missed."""
    spoil, words = SPOILT[what]
    topics = _spoilt(trial, spoil)
    absence = next(topics.absences())
    if words == "had not been heard of":
        situation = absence.said["situation"]
        where = ("report-submissions", 0, -1)
        data = {"firm": situation["place"]["firm"], "permit": situation["permit"], "period": situation["period"], "state": "submitted"}
        topics.seen[where] = verify_proof.Seen(where, 0, {"type": verify_proof.REPORT, "source": verify_proof.RECEIVER, "id": "x"}, data)
    assert any(words in wrong for wrong in verify_proof.verify(topics, absence))


def test_an_absence_of_somebody_who_had_reported_does_not_verify(trial):
    """What stands in the firm's ledger is judged again, by the verifier's own reading of G1."""
    topics = _spoilt(trial, lambda r: r)
    absence = next(topics.absences())
    reported = next(s for s in topics.ledger if s.said.get("word") == "admitted" and s.said["kind"] == verify_proof.REPORT)
    fact = reported.said["fact"]
    accused = absence.said["situation"]
    accused |= {"permit": fact["permit"], "period": fact["period"], "place": {"firm": fact["firm"]}, "due_at": accused["due_at"]}
    absence.attributes["cause"] = f"ledger/{reported.where[1]}/{reported.where[2]}/x"
    assert any("had been received at" in wrong for wrong in verify_proof.verify(topics, absence))


def test_the_faults_that_block_are_among_those_that_are_drawn():
    assert set(BLOCKING) < set(FAULTS)
