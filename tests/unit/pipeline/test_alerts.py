"""The lifecycle of alerts, for every rule alike: what is new is said, once; what ends is told where it fired; revisions count what is spoken."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.ledger import Place
from schemas.surveillance import AlertState, Because, IncidentSituation, Proven, Reason, Rule, Share
from streams.pipeline.surveillance.alerts import Finding, collapsed, speak

FIRING, RESOLVED, WITHDRAWN = AlertState
DEAD, OVER = (Reason(Because.DEAD, 1, 1),), (Reason(Because.FILED),)


def found(says: str = "one dead", *, estate: str = "imip", state: AlertState = FIRING, about: str = "i", grade: str = "S4") -> Finding:
    """A finding about one incident of a firm."""
    situation = IncidentSituation(incident=about, kind="fire", place=Place("itss", "PT ITSS", estate=estate))
    reasons = DEAD if state == FIRING else OVER
    grade = grade if state == FIRING else ""
    return Finding(Rule.SEVERITY, "firm:itss", about, reasons, situation, (says,), state=state, grade=grade, grade_now=grade, peak=1)


def heard(*findings: Finding) -> list[tuple[str, int, str]]:
    """One after the other, an hour apart: estate, revision and state of each alert."""
    spoken, said = (), []
    for hour, finding in enumerate(findings):
        spoken, alerts = speak(spoken, [finding], hour)
        said += alerts
    return [(alert.estate, alert.revision, alert.state) for alert in said]


def at_one_tick(before: tuple[Finding, ...], *findings: Finding) -> list[tuple[str, int, str]]:
    """What one tick says that finds these at one deadline after the other."""
    spoken = ()
    for finding in before:
        spoken, _ = speak(spoken, [finding], 0)
    after, said = spoken, []
    for hour, finding in enumerate(findings, start=1):
        after, alerts = speak(after, [finding], hour)
        said += alerts
    _, told = collapsed(spoken, after, said)
    return [(alert.estate, alert.revision, alert.state) for alert in told]


def test_what_is_said_again_unchanged_says_nothing():
    assert heard(found(), found(), found("two dead")) == [("imip", 1, FIRING), ("imip", 2, FIRING)]


def test_an_end_is_told_once_and_only_of_what_fired():
    assert heard(found(state=WITHDRAWN), found(), found(state=RESOLVED), found(state=RESOLVED)) == [
        ("imip", 1, FIRING),
        ("imip", 2, RESOLVED),
    ]


def test_an_end_bears_the_grade_that_was_told_last():
    spoken, _ = speak((), [found(grade="S5")], 0)
    _, (ended,) = speak(spoken, [found(state=RESOLVED)], 1)
    assert (ended.grade, ended.grade_now) == ("S5", "S5")


def test_what_moves_is_withdrawn_where_it_was_and_fires_where_it_is():
    """Even when nothing else of it has changed (law 7)."""
    assert heard(found(), found(estate="vdni")) == [("imip", 1, FIRING), ("imip", 2, WITHDRAWN), ("vdni", 3, FIRING)]


def test_what_has_moved_and_ended_is_only_withdrawn_where_it_was():
    assert heard(found(), found(estate="vdni", state=RESOLVED)) == [("imip", 1, FIRING), ("imip", 2, WITHDRAWN)]


def test_an_alert_is_dated_since_it_was_first_said():
    spoken, (first,) = speak((), [found()], 7)
    _, (second,) = speak(spoken, [found("two dead")], 9)
    assert (first.since, second.since, second.at) == (7, 7, 9)


def test_an_alert_bears_whatever_its_finding_says():
    """Every field that the two have in common: what a rule knows is not lost on the way."""
    said = {
        "held_until": 5,
        "deadlines": (("report", 6),),
        "open_until": 7,
        "share": Share("2021-08-03", 8, (("absent", 1),)),
        "proven": Proven(1, "siinas", 2, 3, 8, 8),
        "historic": True,
        "exercise": True,
        "grade_now": "S1",
        "peak": 12,
    }
    _, (alert,) = speak((), [found()._replace(**said)], 0)
    common = set(Finding._fields) & set(alert.__struct_fields__)
    assert {*said, "rule", "about", "state", "grade", "reasons", "situation"} == common
    assert {name: getattr(alert, name) for name in said} == said


def test_one_tick_speaks_the_last_word_and_numbers_what_it_speaks():
    """What a later deadline has overtaken takes no revision: a first word is r1."""
    assert at_one_tick((), found("reminder"), found("question")) == [("imip", 1, FIRING)]
    assert at_one_tick((found(),), found("reminder"), found("question")) == [("imip", 2, FIRING)]


def test_one_tick_swallows_no_withdrawal():
    """One alert in each estate: what fired in the old one ends there."""
    assert at_one_tick((found(),), found("reminder", estate="vdni"), found("question", estate="vdni")) == [
        ("imip", 2, WITHDRAWN),
        ("vdni", 3, FIRING),
    ]


def test_one_tick_says_nothing_of_what_has_come_and_gone_in_it():
    assert at_one_tick((), found(), found(state=WITHDRAWN)) == []
    assert at_one_tick((found(),), found("two dead"), found()) == []


FINDINGS = st.builds(found, st.sampled_from(["a", "b"]), estate=st.sampled_from(["imip", "vdni"]), state=st.sampled_from(AlertState))


@given(st.lists(FINDINGS, max_size=8), st.integers(0, 8))
def test_revisions_count_up_and_the_last_word_in_each_estate_is_the_truth(findings, ticked):
    """Whether they come one by one or several at one tick: 1, 2, 3; at the end it fires in one estate at most, and there if it is so."""
    spoken, alerts = (), []
    for finding in findings[:ticked]:
        spoken, said = speak(spoken, [finding], 0)
        alerts += said
    after, at_tick = spoken, []
    for finding in findings[ticked:]:
        after, said = speak(after, [finding], 1)
        at_tick += said
    spoken, said = collapsed(spoken, after, at_tick)
    alerts += said
    assert [alert.revision for alert in alerts] == list(range(1, len(alerts) + 1))
    last = {alert.estate: alert.state for alert in alerts}
    firing = [estate for estate, state in last.items() if state == FIRING]
    expected = [findings[-1].situation.place.estate] if findings and findings[-1].state == FIRING else []
    assert firing == expected
    if alerts:
        assert [s.revision for s in spoken] == [len(alerts)]
