"""Law 7: a correction reaches exactly those who were told; each receiver's last message equals the truth; a retraction cancels."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.escalation import MessageType, Why
from schemas.registry import FirmEntry
from schemas.surveillance import AlertState, Because, Rule
from tests.story import HOUR, MINUTE, Chain, Shift, acknowledge, bulletin, clock, entry, figures, filed, outcome, retraction, told
from tests.strategies import acts, nights

FIRST, CHANGED, CANCELLED, FILING = Why.FIRST_NOTICE, Why.FACTS_CHANGED, Why.CANCELLED, Why.MATTER


def lived(facts, moves) -> Chain:
    """A night with ticks and acts between its facts."""
    chain = Chain()
    for fact, move in zip(facts, moves, strict=False):
        chain.tick_through(fact.at)
        chain.hears(fact.said, fact.at)
        for escalation in list(chain.standing.values()):
            if move:
                chain.act(move, fact.at, escalation)
    return chain


moves = st.lists(st.one_of(st.none(), acts()), min_size=8, max_size=8)


@given(nights(), moves)
def test_each_receivers_last_message_equals_the_truth(facts, moves):
    """Whoever was told of the facts has been told the present ones: grade, figures, or the end."""
    chain = lived(facts, moves)
    truth = {alert.about: alert for alert in chain.alerts if alert.rule == Rule.SEVERITY}
    for escalation in chain.standing.values():
        mine = [d for d in chain.deliveries if d.thread == escalation.id and d.matter == "facts"]
        alert = truth[escalation.about]
        for receiver in {d.to.receiver for d in mine}:
            last = [d for d in mine if d.to.receiver == receiver][-1]
            assert last.msg_type == MessageType.CANCEL or last.revision == escalation.revision
            assert (last.grade, list(figures(last.situation))) == (alert.grade, list(figures(alert.situation)))


@given(nights(), moves)
def test_a_correction_reaches_exactly_those_who_were_told(facts, moves):
    """Nobody is left with what has changed, and an update is nobody's first message."""
    chain = lived(facts, moves)
    seen: dict[str, set[str]] = {}
    for delivery in chain.deliveries:
        known = seen.setdefault(delivery.thread, set())
        assert delivery.msg_type == MessageType.ALERT or delivery.to.position in known
        known.add(delivery.to.position)
    for escalation in chain.standing.values():
        updates: dict[int, set[str]] = {}
        for delivery in chain.deliveries:
            if (delivery.thread, delivery.why) == (escalation.id, CHANGED):
                updates.setdefault(delivery.revision, set()).add(delivery.to.position)
        for revision, positions in updates.items():
            before = {d.to.position for d in chain.deliveries if d.thread == escalation.id and d.revision < revision}
            assert positions == before


@given(nights(), moves)
def test_the_end_is_told_to_those_who_heard_of_the_beginning(facts, moves):
    """Cancel goes to everybody who was told, and to nobody else."""
    chain = lived(facts, moves)
    heard: dict[str, set[str]] = {}
    ends: dict[tuple[str, int, str], set[str]] = {}
    for delivery in chain.deliveries:
        if delivery.matter == "facts" and delivery.msg_type == MessageType.CANCEL:
            ends.setdefault((delivery.thread, delivery.revision, delivery.why), set()).add(delivery.to.position)
            assert ends[delivery.thread, delivery.revision, delivery.why] <= heard[delivery.thread]
        heard.setdefault(delivery.thread, set()).add(delivery.to.position)


def test_an_update_goes_to_whoever_acknowledged_too(tell: Shift):
    """Thirteen dead instead of twelve: all nine hear, those who took it as well."""
    tell("11:10", bulletin(dead=12, id="b-1"))
    tell("11:20", acknowledge("disnakertrans:72"))
    tell("11:20:20", acknowledge("dg-kpaii"))
    before = tell("15:00")
    heard = tell("15:01", bulletin(dead=13, id="b-2", replaces={"id": "b-1"}))
    positions = {h.position for h in tell.heard}
    assert {h.position for h in before} == {"minister-office", "governor:72"}
    assert sorted(heard) == sorted(told("15:01", CHANGED, *positions))


def test_a_retraction_by_the_only_source_cancels_at_once(tell: Shift):
    """G8: nothing is held of what was never true."""
    first = bulletin(dead=12, id="b-1")
    heard = tell("11:10", first)
    assert tell("11:12", retraction(first)) == told("11:12", CANCELLED, *(h.position for h in heard))
    assert tell.escalation().state == "ended"
    assert tell("+3d 11:00") == []


def test_what_is_said_again_after_a_retraction_opens_it_again(tell: Shift):
    """The same thread: those who were told hear that it stands after all."""
    first = bulletin(dead=12, id="b-1")
    heard = tell("11:10", first)
    tell("11:12", retraction(first))
    again = tell("11:14", bulletin("IMIP", "estate", dead=12, id="b-2"))
    assert again == told("11:14", CHANGED, *(h.position for h in heard))
    assert tell.escalation().state == "open"


def test_a_retraction_beside_another_source_is_an_update(tell: Shift):
    """What the other party says stands, at the grade its own figures give."""
    police = bulletin(dead=12, id="b-1")
    tell("11:10", police, bulletin("IMIP", "estate", id="b-2", dead=0))
    tell("11:11", retraction(police))
    escalation = tell.escalation()
    assert (escalation.state, escalation.grade, escalation.grade_now) == ("open", "S3", "S3")


def test_a_bulletin_that_moves_to_another_firm_is_taken_back_there(tell: Shift):
    """It was SMI's furnace, not ITSS's: ITSS's escalation ends, SMI's begins."""
    tell("11:10", bulletin(dead=2, id="b-1"))
    heard = tell("11:20", bulletin(dead=2, id="b-2", firm="smi", replaces={"id": "b-1", "firm": "itss"}))
    assert {h.because for h in heard} == {CANCELLED, FIRST}
    assert {e.about: e.state for e in tell.words_on_escalations()} == {"itss/2023-12-24": "ended", "smi/2023-12-24": "open"}


def test_an_incident_whose_estate_becomes_known_is_cancelled_where_it_was(tell: Shift):
    """First nobody knew the firm; then the same bulletin's successor names its estate: the first desk is told that it is not theirs."""
    first = bulletin(firm="unknown-works", dead=1, id="b-1")
    tell("11:10", first)
    heard = tell("11:20", bulletin(firm="unknown-works", estate="imip", regency="72.06", dead=1, id="b-2", replaces={"id": "b-1"}))
    assert told("11:20", CANCELLED, "duty-officer")[0] in heard
    assert told("11:20", FIRST, "estate:imip")[0] in heard
    states = {e.estate: e.state for e in tell.words_on_escalations()}
    assert states == {"desk": "ended", "imip": "open"}


def test_a_filing_takes_the_question_back_from_those_who_were_asked(tell: Shift):
    """Filed after all: the reminder and the question end for those who had them, and for nobody else."""
    tell("11:10", bulletin(dead=12, id="b-1"))
    tell("+2d 05:31")
    heard = tell("+2d 09:00", filed(id="f-1"))
    assert [h for h in heard if h.because == FILING] == told("+2d 09:00", FILING, "estate:imip", "disnakertrans:72")


def test_a_breach_that_a_later_time_undoes_is_taken_back(connected: Shift):
    """Counted on the latest time: when it moves, whoever was told of a breach is told that there is none yet."""
    connected("11:10", bulletin(dead=1, id="b-1"))
    connected("+2d 05:31")
    heard = connected("+2d 06:00", bulletin("IMIP", "estate", dead=1, occurred_at="07:00", id="b-2"))
    assert set(told("+2d 06:00", FILING, "estate:imip", "disnakertrans:72", "dir-perwilayahan")) <= set(heard)
    last = [a for a in connected.alerts if a.rule == Rule.FILING][-1]
    assert [r.because for r in last.reasons] == [Because.FILING_DUE_SOON]


def test_a_filing_clock_does_not_speak_of_grades(tell: Shift):
    """More dead on the third day: R12 says so; the question about the report is not asked twice."""
    tell("11:10", bulletin(dead=1, id="b-1"))
    tell("+2d 05:31")
    tell("+2d 10:00", bulletin(dead=18, id="b-2"))
    heard = tell("+2d 11:00", bulletin(dead=19, id="b-3"))
    assert FILING not in {h.because for h in heard}


def test_a_retraction_is_not_called_a_filing(chain: Chain):
    """A clock that ends because nothing happened does not say that a report was received."""
    first = bulletin(dead=1, id="b-1")
    chain.hears(first, clock("11:10"))
    chain.hears(outcome("disabled", id="o-1"), clock("12:00"))
    chain.tick_through(clock("+2d 06:00"))
    chain.hears(retraction(first), clock("+2d 07:00"))
    ended = [a for a in chain.alerts if a.rule == Rule.FILING][-1]
    assert (ended.state, [r.because for r in ended.reasons]) == (AlertState.WITHDRAWN, [Because.ALL_RETRACTED])


def test_an_earlier_time_taken_back_is_not_called_a_filing(chain: Chain):
    """The reminder was for a time that nobody states any more."""
    early = bulletin(id="b-1", occurred_at="05:30")
    chain.hears(early, clock("11:10"))
    chain.hears(bulletin("IMIP", "estate", id="b-2", occurred_at="09:00"), clock("11:20"))
    chain.tick_through(clock("+1d 18:00"))
    chain.hears(retraction(early), clock("+1d 18:30"))
    ended = [a for a in chain.alerts if a.rule == Rule.FILING][-1]
    assert [r.because for r in ended.reasons] == [Because.ALL_RETRACTED]


def test_a_registry_that_learns_later_changes_nothing_told(chain: Chain):
    """Law 1 beside law 7: only facts revise decisions."""
    chain.hears(bulletin(dead=1, id="b-1"), clock("11:10"))
    before = list(chain.alerts)
    chain.world.take(entry(FirmEntry, "itss", name="PT ITSS", estate="vdni", since="2023-12-01T00:00:00+08:00"))
    chain.tick_through(clock("11:10") + 3 * HOUR + MINUTE)
    assert chain.alerts == before
    assert before
