"""The checker finds every kind of loss and of duplicate that is planted in a small history written by hand."""

import itertools
import json
from base64 import urlsafe_b64encode

import msgspec
import pytest

from schemas import codec
from schemas.delivery import Attempt, Ending, Outcome, Receipt, ReceiptKind
from schemas.escalation import (
    Addressee,
    AdmittedAct,
    Answer,
    Delivery,
    Escalation,
    EscalationState,
    Item,
    Judged,
    MessageType,
    Row,
    Standing,
    Told,
    Why,
)
from schemas.intake import IncidentBulletin, IntakeWatermark
from schemas.ledger import Admitted, Origin, Parked, Place, Rejected, Tick
from schemas.surveillance import Alert, AlertState, Certainty, IncidentSituation, Rule, Subject
from schemas.topics import (
    ACTS,
    ATTEMPTS,
    DELIVERY_INBOX,
    ESCALATION_INBOX,
    ESCALATIONS,
    INCIDENTS,
    LEDGER,
    PARKED,
    REGISTRY,
    REJECTED,
)
from streams.pipeline.line import Record
from streams.simulate.checker import CHECKS, check
from streams.simulate.checks import Verdict

SITUATION = IncidentSituation(kind="furnace_explosion", place=Place("itss", "PT ITSS", estate="imip"), incident="itss/2023-12-24")
ABOUT = {"estate": "imip", "about": "itss/2023-12-24"}
GRADES = {"grade": "S5", "grade_now": "S5", "reasons": ()}
NOT_AFTER = 5_000


class Night:
    """Records and log lines of one night, each at the next offset; `put` also writes where a word came from."""

    def __init__(self):
        self.records, self.mail, self.hook = [], [], []
        self.causes = itertools.count()

    def publish(self, topic, type, value=None):
        self._append(topic, json.dumps(value or {"type": type}).encode(), ())
        return Origin(topic.name, 0, self.records[-1].offset)

    def put(self, topic, word, *, cause="", by="room/0", n=0):
        cause = cause or f"somewhere/0/{next(self.causes)}"
        headers = (("word", codec.name_of(word).encode()), ("by", by.encode()), ("cause", cause.encode()), ("n", b"%d" % n))
        return self._append(topic, codec.encode(word), headers)

    def _append(self, topic, value, headers):
        offset = sum(record.topic == topic.name for record in self.records)
        self.records.append(Record(topic.name, 0, offset, 1_000 + len(self.records), b"key", value, headers))
        return f"{topic.name}/0/{offset}"

    def arrive(self, delivery, channel="mail", receiver="disnakertrans", says=""):
        if channel == "mail":
            token = urlsafe_b64encode(json.dumps([says or delivery, "E-1", "imip", 1]).encode()).decode().rstrip("=")
            raw = f"Subject: S5\n\nhttps://siaga.example/a/{token}.signature\nhttps://siaga.example/a/unreadable.signature\n"
            line = {"message_id": f"<{delivery}@siaga.example>", "to": [f"{receiver}@catcher.example"], "raw": raw}
            self.mail.append(json.dumps({"kind": "mail", **line}))
        else:
            body = json.dumps({"data": {"delivery": says or delivery}})
            self.hook.append(
                json.dumps({"kind": "webhook", "webhook_id": delivery, "path": f"/{receiver}", "body": body, "verified": True})
            )

    def words(self, kind):
        tag = codec.name_of(kind)
        return [record for record in self.records if record.header("word") == tag]

    def without(self, record):
        self.records.remove(record)

    def rewrite(self, record, **changes):
        word = msgspec.structs.replace(codec.decode(record.value), **changes)
        self.records[self.records.index(record)] = record._replace(value=codec.encode(word))

    def say_again(self, record):
        """The same word once more, said for another reason."""
        self.put(TOPIC[record.topic], codec.decode(record.value))

    def judge(self, **options):
        return check(self.records, self.mail, self.hook, **options)


TOPIC = {t.name: t for t in (LEDGER, ESCALATION_INBOX, DELIVERY_INBOX, ATTEMPTS, ESCALATIONS, REJECTED)}


def admitted(origin, subject):
    return Admitted(
        kind=IncidentBulletin.type, source="s", id="1", digest="d", at=1, accepted_at=1, origin=origin, subject=subject,
        incident="itss/2023-12-24", fact=msgspec.Raw(b'{"dead":12,"off_site":{"dead":0}}'),
    )  # fmt: skip


def alert(revision=1):
    return Alert(
        id="R12-1",
        rule=Rule.SEVERITY,
        revision=revision,
        state=AlertState.FIRING,
        at=1,
        since=1,
        peak=12,
        situation=SITUATION,
        **ABOUT,
        **GRADES,
    )


def escalation(revision=1, state=EscalationState.OPEN):
    return Escalation(
        id="E-1", revision=revision, state=state, at=1, why=Why.FIRST_NOTICE, level=0, certainty=Certainty.REPORTED, since=1,
        standing=Standing(told=(Told("p", 0, 1),)), **ABOUT, **GRADES,
    )  # fmt: skip


def delivery(id, revision=1, receiver="disnakertrans", channel="mail"):
    return Delivery(
        id=id, thread="E-1", estate="imip", revision=revision, level=0, to=Addressee(receiver, channel, f"{receiver}@catcher.example", "p", "t", "t", "h"), exercise=True,
        why=Why.FIRST_NOTICE, matter="facts", msg_type=MessageType.ALERT, at=1, rank=5, peak=12,
        certainty=Certainty.REPORTED, situation=SITUATION, **GRADES,
    )  # fmt: skip


def tell(night, told, ending=Ending.ACCEPTED):
    """A delivery composed, attempted, begun, caught, answered and ended."""
    cause = night.put(DELIVERY_INBOX, told)
    night.put(ATTEMPTS, Attempt(told, 1, NOT_AFTER), cause=cause)
    night.put(DELIVERY_INBOX, Receipt(told.id, told.to.receiver, 1, ReceiptKind.BEGUN))
    night.arrive(told.id, told.to.channel, told.to.receiver)
    night.put(DELIVERY_INBOX, Receipt(told.id, told.to.receiver, 1, ReceiptKind.ACCEPTED))
    end(night, told, ending)


def end(night, told, ending, stands_for=""):
    night.put(ESCALATION_INBOX, Outcome(told.id, "E-1", "imip", told.to.receiver, "p", ending, 1, 1, stands_for=stands_for))


@pytest.fixture
def night():
    night = Night()
    night.publish(REGISTRY, "siaga.registry-firm.v1")
    night.publish(INCIDENTS, IntakeWatermark.type)
    fact, bad = night.publish(INCIDENTS, IncidentBulletin.type), night.publish(INCIDENTS, "nonsense", ["not", "an", "event"])
    act = night.publish(ACTS, "siaga.acknowledge.v1")
    night.put(LEDGER, admitted(fact, "firm:itss"))
    night.put(LEDGER, admitted(fact, "estate:imip"))
    night.put(REJECTED, Rejected("not_json", "value", "write JSON", "d", bad))
    night.put(ESCALATIONS, escalation(1), cause=night.put(ESCALATION_INBOX, alert(1)))
    tell(night, delivery("D-1"))
    tell(night, delivery("D-2", receiver="imip-hook", channel="webhook"))
    acted = night.put(ESCALATION_INBOX, AdmittedAct("acknowledge", "s", "1", "E-1", 1, "p", "n", 1, act))
    night.put(ESCALATIONS, escalation(1, EscalationState.TAKEN), cause=acted)
    night.put(ESCALATIONS, Answer("acknowledge", "1", "E-1", Judged.TAKEN, 1, 1, "p", "n"), cause=acted, n=1)
    night.put(ESCALATIONS, escalation(2, EscalationState.TAKEN), cause=night.put(ESCALATION_INBOX, alert(2)))
    end(night, delivery("D-3", 2), Ending.WITHDRAWN, stands_for="D-4")
    night.put(DELIVERY_INBOX, delivery("D-3", 2))
    night.put(ESCALATIONS, escalation(3, EscalationState.TAKEN))
    tell(night, delivery("D-4", 3))
    return night


def test_a_whole_night_is_delivered(night):
    found = night.judge()
    assert (found.verdict, found.first) == (Verdict.DELIVERED, "")
    assert (found.facts, found.admitted, found.rejected, found.alerts, found.escalations, found.deliveries) == (2, 1, 1, 1, 1, 4)
    assert (found.emails_accepted, found.webhooks_accepted, found.signatures_valid) == (2, 1, 1)
    assert (found.acknowledged, found.withdrawn, found.given_up, found.lost, found.told_twice, found.out_of_order) == (1, 1, 0, 0, 0, 0)


def unlinked(night, firm, **changes):
    """Cases that nothing links: no ladder has them."""
    night.put(
        ESCALATION_INBOX,
        msgspec.structs.replace(alert(), id=f"R7-{firm}", rule=Rule.CLUSTER, about=f"cluster/{firm}", grade="C0", **changes),
    )


def digested(night, count, *firms, revision=1, thread="G-1"):
    """What the estate adds to its week: a sum, and the first of those it is of."""
    subjects = tuple(Subject(f"cluster/{firm}") for firm in firms)
    to = Addressee("satgas", "mail", "satgas@catcher.example", "p", "t", "t", "h")
    night.put(DELIVERY_INBOX, Item(
        thread=thread, series="weekly", period="2020-09-07", to=to, place=SITUATION.place, estate="imip", revision=revision,
        row=Row("imip", "IMIP"), numbers=(("C0", count),), closes=9, at=9, matter="facts", rank=0, subjects=subjects,
    ))  # fmt: skip


def sum_that_was_never_told(night):
    unlinked(night, "acme")


def sum_that_is_short(night):
    for firm in ("acme", "brass", "coke"):
        unlinked(night, firm)
    digested(night, 2, "brass", "coke")


def sum_of_which_one_was_taken_back(night):
    for firm in ("acme", "brass"):
        unlinked(night, firm)
    digested(night, 2, "acme", "brass")
    digested(night, 1, "brass", revision=2)


def unreadable(night):
    record = night.words(Alert)[0]
    night.records[night.records.index(record)] = record._replace(value=b'{"word":"alert"}')


def unsigned(night):
    record = night.words(Alert)[0]
    night.records[night.records.index(record)] = record._replace(headers=record.headers[:2])


def forgotten_fact(night):
    for record in night.words(Admitted):
        night.without(record)


def forgotten_act(night):
    night.without(night.words(AdmittedAct)[0])


def forgotten_refusal(night):
    night.without(night.words(Rejected)[0])


def forgotten_escalation(night):
    for record in night.words(Escalation):
        night.without(record)


def open_delivery(night):
    night.without(night.words(Outcome)[0])


def delivery_never_written(night):
    night.without(next(r for r in night.words(Delivery) if codec.decode(r.value).id == "D-2"))


def withdrawn_for_nothing(night):
    night.rewrite(next(r for r in night.words(Outcome) if codec.decode(r.value).stands_for), stands_for="D-9")


def withdrawn_for_older(night):
    night.rewrite(next(r for r in night.words(Outcome) if codec.decode(r.value).stands_for), stands_for="D-1")


def mail_that_never_came(night):
    night.mail.pop()


def hook_that_never_came(night):
    night.hook.pop()


def ends_on_what_was_withdrawn(night):
    tell(night, delivery("D-5", 4), Ending.WITHDRAWN)


def grave_fact_without_an_alert(night):
    for kind in (Alert, Escalation):
        for record in night.words(kind):
            night.without(record)


def revision_without_a_word(night):
    night.without(night.words(Escalation)[2])


def end_without_a_word(night):
    night.put(ESCALATION_INBOX, msgspec.structs.replace(alert(3), state=AlertState.RESOLVED))


def told_without_a_delivery(night):
    told = (Told("p", 0, 1), Told("bpbd:72.06", 1, 2))
    night.rewrite(night.words(Escalation)[-1], standing=Standing(told=told))


def act_without_an_answer(night):
    night.without(night.words(Answer)[0])


def answer_to_another_act(night):
    night.rewrite(night.words(Answer)[0], act_id="2")


def mail_to_somebody_else(night):
    night.mail[-1] = night.mail[-1].replace("disnakertrans@", "disnakertran@")


def hook_at_another_door(night):
    night.hook[-1] = night.hook[-1].replace("/imip-hook", "/vdni-hook")


def mail_with_another_text(night):
    night.mail.pop()
    night.arrive("D-4", says="D-1")


def hook_with_another_text(night):
    night.hook.pop()
    night.arrive("D-2", "webhook", "imip-hook", says="D-1")


def hook_without_a_text(night):
    night.hook[-1] = json.dumps(json.loads(night.hook[-1]) | {"body": "[]"})


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        pytest.param(
            grave_fact_without_an_alert,
            "bulletin 1 of s about itss/2023-12-24 at ledger/0/0 led to no alert",
            id="twelve dead and no alert",
        ),
        pytest.param(
            revision_without_a_word, "alert R12-1 r2 at escalation-inbox/0/4 led to no word", id="a revision that changed nothing"
        ),
        pytest.param(end_without_a_word, "alert R12-1 r3 at escalation-inbox/0/7 led to no word", id="an end that changed nothing"),
        pytest.param(told_without_a_delivery, "E-1 says that bpbd:72.06 was told at level 1", id="told, and nothing was written"),
        pytest.param(
            act_without_an_answer, "acknowledge 1 by p on E-1 at escalation-inbox/0/3 was never answered", id="an act without an answer"
        ),
        pytest.param(
            answer_to_another_act, "acknowledge 1 by p on E-1 at escalation-inbox/0/3 was never answered", id="another act's answer"
        ),
        pytest.param(mail_to_somebody_else, "caught D-4 for disnakertran@catcher.example; it was", id="a mail to another address"),
        pytest.param(
            hook_at_another_door, "webhook.ndjson:1 caught D-2 for vdni-hook; it was to go to imip-hook", id="a webhook at another door"
        ),
        pytest.param(
            mail_with_another_text, "mail.ndjson:2 caught D-4, and its text is that of D-1", id="another delivery's text in a mail"
        ),
        pytest.param(hook_with_another_text, "webhook.ndjson:1 caught D-2, and its text is that of D-1", id="another's text in a webhook"),
        pytest.param(hook_without_a_text, "D-2, and its text is that of nothing that can be read", id="a webhook that says nothing"),
        pytest.param(unreadable, "escalation-inbox/0/0 is no word", id="a record that is no word"),
        pytest.param(unsigned, "does not say where it came from", id="a word without its cause"),
        pytest.param(forgotten_fact, "smelter-incidents/0/1 was neither", id="a fact that nobody admitted"),
        pytest.param(forgotten_act, "operator-acts/0/0 was neither", id="an act that nobody admitted"),
        pytest.param(forgotten_refusal, "smelter-incidents/0/2 was neither", id="nonsense that nobody refused"),
        pytest.param(forgotten_escalation, "alert R12-1 r1 at escalation-inbox/0/0 led to no escalation", id="an alert that led nowhere"),
        pytest.param(sum_that_was_never_told, "alert R7-acme r1 at escalation-inbox/0/7 is in no digest of imip", id="no digest at all"),
        pytest.param(sum_that_is_short, "alert R7-acme r1 at escalation-inbox/0/7 is in no digest of imip", id="a digest of the others"),
        pytest.param(sum_of_which_one_was_taken_back, "alert R7-acme r1", id="a digest that has one no longer"),
        pytest.param(open_delivery, "delivery D-1 has not ended", id="a delivery that did not end"),
        pytest.param(delivery_never_written, "D-2 ended and was never composed", id="an ending without a delivery"),
        pytest.param(withdrawn_for_nothing, "withdrawn for D-9", id="withdrawn for a delivery that does not exist"),
        pytest.param(withdrawn_for_older, "withdrawn for D-1", id="withdrawn for a delivery that knows less"),
        pytest.param(mail_that_never_came, "D-4 to disnakertrans counts as accepted", id="an accepted mail that never came"),
        pytest.param(hook_that_never_came, "D-2 to imip-hook counts as accepted", id="an accepted webhook that never came"),
        pytest.param(ends_on_what_was_withdrawn, "last got r4", id="the last that arrived was withdrawn"),
    ],
)
def test_a_planted_loss_is_found(night, plant, words):
    plant(night)
    found = night.judge()
    assert found.verdict is Verdict.LOST
    assert words in found.first
    assert found.lost >= 1


def word_written_twice(night):
    record = night.words(Alert)[1]
    night.put(REJECTED, Rejected("r", "f", "c", "d", Origin("x", 0, 0)))
    night.records[-1] = night.records[-1]._replace(headers=record.headers)


def fact_admitted_twice(night):
    night.say_again(night.words(Admitted)[0])


def fact_admitted_and_refused(night):
    night.put(REJECTED, Rejected("r", "f", "c", "d", Origin("smelter-incidents", 0, 1)))


def fact_parked_and_admitted(night):
    night.put(PARKED, Parked("intake", "k", "e", Origin("smelter-incidents", 0, 1)))


def nonsense_refused_twice(night):
    night.say_again(night.words(Rejected)[0])


def act_admitted_twice(night):
    again = night.put(ESCALATION_INBOX, codec.decode(night.words(AdmittedAct)[0].value))
    night.put(ESCALATIONS, codec.decode(night.words(Answer)[0].value), cause=again)


def delivery_composed_twice(night):
    night.say_again(night.words(Delivery)[0])


def delivery_ended_twice(night):
    night.say_again(night.words(Outcome)[0])


def mail_sent_twice(night):
    night.mail.append(night.mail[-1])


def hook_sent_twice(night):
    night.arrive("D-2", "webhook", "imip-hook")


def mail_nobody_asked_for(night):
    night.arrive("D-99")


def mail_not_begun(night):
    night.without(night.words(Receipt)[0])


def attempt_begun_twice(night):
    night.say_again(night.words(Receipt)[0])


def attempt_written_twice(night):
    night.say_again(night.words(Attempt)[0])


def two_attempts_open(night):
    """The second attempt is made because of the very receipt that says that the first has begun."""
    told, begun = delivery("D-1"), night.words(Receipt)[0]
    night.put(ATTEMPTS, Attempt(told, 2, NOT_AFTER, possible_duplicate=True), cause=f"delivery-inbox/0/{begun.offset}")
    late = night.records.pop()
    night.records.insert(night.records.index(night.words(Attempt)[0]) + 1, late)


def escalated_twice(night):
    night.put(ESCALATIONS, escalation(3, EscalationState.TAKEN), cause="escalation-inbox/0/4", n=1)


def written_to_twice(night):
    tell(night, msgspec.structs.replace(delivery("D-1"), id="D-5"))


def answered_twice(night):
    night.put(ESCALATIONS, codec.decode(night.words(Answer)[0].value), cause="escalation-inbox/0/3", n=2)


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        pytest.param(escalated_twice, "E-1 was said 2 times because of escalation-inbox/0/4", id="one alert, two words on its escalation"),
        pytest.param(written_to_twice, "D-5 tells disnakertrans what D-1 tells, word for word", id="the same letter under two ids"),
        pytest.param(answered_twice, "acknowledge 1 by p on E-1 at escalation-inbox/0/3 was answered 2 times", id="an act answered twice"),
        pytest.param(word_written_twice, "repeats escalation-inbox/0/", id="the same word of the same cause twice"),
        pytest.param(fact_admitted_twice, "was admitted 2 times to firm:itss", id="a fact admitted twice to one subject"),
        pytest.param(fact_admitted_and_refused, "more than one thing: admitted, rejected", id="a fact admitted and refused"),
        pytest.param(fact_parked_and_admitted, "more than one thing: admitted, parked", id="a fact admitted and parked"),
        pytest.param(nonsense_refused_twice, "was rejected 2 times", id="nonsense refused twice"),
        pytest.param(act_admitted_twice, "was admitted 2 times for E-1", id="an act admitted twice"),
        pytest.param(delivery_composed_twice, "D-1 was composed 2 times", id="a delivery composed twice"),
        pytest.param(delivery_ended_twice, "D-1 ended 2 times", id="a delivery that ended twice"),
        pytest.param(mail_sent_twice, "D-4 arrived 2 times", id="a mail that came twice"),
        pytest.param(hook_sent_twice, "D-2 arrived 2 times", id="a webhook that came twice"),
        pytest.param(mail_nobody_asked_for, "mail.ndjson:3 caught D-99", id="a mail that nobody composed"),
        pytest.param(mail_not_begun, "mail.ndjson:1 caught D-1, which nobody had begun", id="a mail without a committed begun"),
        pytest.param(attempt_begun_twice, "attempt 1 at D-1 was begun 2 times", id="an attempt begun twice"),
        pytest.param(attempt_written_twice, "attempt 1 at D-1 follows attempt 1", id="an attempt written twice"),
        pytest.param(two_attempts_open, "attempt 2 at D-1 was made while attempt 1 at D-1 was open", id="two open attempts"),
    ],
)
def test_a_planted_duplicate_is_found(night, plant, words):
    plant(night)
    found = night.judge()
    assert found.verdict is Verdict.TOLD_TWICE
    assert words in found.first
    assert found.told_twice >= 1


def alert_skips_a_revision(night):
    night.rewrite(night.words(Alert)[1], revision=3)


def alert_goes_back(night):
    night.rewrite(night.words(Alert)[1], revision=1)


def escalation_starts_late(night):
    for record in night.words(Escalation):
        night.rewrite(record, revision=codec.decode(record.value).revision + 1)


def escalation_goes_back(night):
    night.rewrite(night.words(Escalation)[-1], revision=1)


def older_mail_last(night):
    night.mail.reverse()


def older_accepted_last(night):
    first = night.words(Outcome)[0]
    night.without(first)
    night.records.append(first)


def attempt_skipped(night):
    night.rewrite(night.words(Attempt)[-1], number=2)


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        pytest.param(alert_skips_a_revision, "alert R12-1 went from r1 to r3", id="an alert skips a revision"),
        pytest.param(alert_goes_back, "alert R12-1 went from r1 to r1", id="an alert repeats a revision"),
        pytest.param(escalation_starts_late, "escalation E-1 went from r0 to r2", id="an escalation does not begin with 1"),
        pytest.param(escalation_goes_back, "escalation E-1 went from r2 to r1", id="an escalation goes back"),
        pytest.param(older_mail_last, "disnakertrans got r1 of E-1 after r3 (mail.ndjson:2)", id="an older mail comes last"),
        pytest.param(older_accepted_last, "was last told r1 of E-1; what was composed last is r3", id="the older one is accepted last"),
        pytest.param(attempt_skipped, "attempt 2 at D-4 follows attempt 0", id="an attempt is skipped"),
    ],
)
def test_a_planted_disorder_is_found(night, plant, words):
    plant(night)
    found = night.judge()
    assert found.verdict is Verdict.OUT_OF_ORDER
    assert words in found.first


def test_a_loss_is_worse_than_a_duplicate(night):
    mail_sent_twice(night)
    night.hook.clear()
    found = night.judge()
    assert (found.verdict, found.lost, found.told_twice) == (Verdict.LOST, 1, 1)
    assert "D-2" in found.first


def test_while_work_is_under_way_nothing_open_is_lost(night):
    open_delivery(night)
    forgotten_fact(night)
    assert night.judge(finished=False).verdict is Verdict.DELIVERED
    assert night.judge().verdict is Verdict.LOST


def retry(night, mark):
    """D-1 once more, after nobody may execute the first attempt any more; both arrive."""
    tick = night.put(DELIVERY_INBOX, Tick(1, 1, NOT_AFTER + 1, 1))
    night.put(ATTEMPTS, Attempt(delivery("D-5", 4), 1, NOT_AFTER), cause=tick)
    later = night.put(DELIVERY_INBOX, Tick(2, 1, 2 * NOT_AFTER, 1))
    night.put(ATTEMPTS, Attempt(delivery("D-5", 4), 2, 3 * NOT_AFTER, possible_duplicate=mark), cause=later)
    night.put(DELIVERY_INBOX, delivery("D-5", 4))
    for number in (1, 2):
        night.put(DELIVERY_INBOX, Receipt("D-5", "disnakertrans", number, ReceiptKind.BEGUN))
        night.arrive("D-5")
    end(night, delivery("D-5", 4), Ending.ACCEPTED)


def test_a_marked_duplicate_is_counted_and_excused(night):
    """The one exception of the first promise is marked and counted."""
    retry(night, mark=True)
    found = night.judge()
    assert (found.verdict, found.possible_duplicates, found.caught_again) == (Verdict.DELIVERED, 1, 1)


def test_an_unmarked_duplicate_is_not(night):
    retry(night, mark=False)
    assert night.judge().first == "D-5 arrived 2 times, with 0 attempts marked as possible duplicates"


def test_one_mark_excuses_one_repetition(night):
    retry(night, mark=True)
    night.arrive("D-5")
    assert night.judge().told_twice == 1


def test_giving_up_is_explicit_and_no_loss(night):
    told = delivery("D-5", 4)
    night.put(DELIVERY_INBOX, told)
    end(night, told, Ending.GIVEN_UP)
    found = night.judge()
    assert (found.verdict, found.given_up) == (Verdict.DELIVERED, 1)


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(b'{"injured":{"total":3},"off_site":{"evacuated":4}}', id="nobody is dead or missing"),
        pytest.param(b'{"dead":0,"missing":null}', id="nobody at all"),
        pytest.param(b'{"dead":1,"retracted":true}', id="it takes back"),
    ],
)
def test_what_is_not_grave_by_itself_is_the_policys_to_judge(night, fact):
    grave_fact_without_an_alert(night)
    for record in night.words(Admitted):
        night.rewrite(record, fact=msgspec.Raw(fact))
    assert night.judge().lost == 0 or "no alert" not in night.judge().first


def test_what_its_source_took_back_needs_no_alert(night):
    grave_fact_without_an_alert(night)
    night.put(LEDGER, msgspec.structs.replace(codec.decode(night.words(Admitted)[0].value), id="2", subject="source:s",
              fact=msgspec.Raw(b'{"retracted":true,"replaces":{"id":"1"}}')))  # fmt: skip
    assert "no alert" not in night.judge().first


def test_what_a_room_has_parked_is_not_lost_here(night):
    """It is said, and counted."""
    act_without_an_answer(night)
    night.put(PARKED, Parked("escalation", "k", "e", Origin("escalation-inbox", 0, 3)))
    assert night.judge().verdict is Verdict.DELIVERED


def excused_for_all(night, answers):
    """An act on a period of all firms is put to two partitions of ESCALATION and one of the ledger; one of them answers."""
    origin = night.publish(ACTS, "siaga.excuse.v1")
    act = AdmittedAct("excuse", "s", "9", "", 0, "p", "n", 1, origin, obligation="iomki", period="2021-08-03")
    for partition, topic in enumerate((ESCALATION_INBOX, ESCALATION_INBOX, LEDGER)):
        place = night.put(topic, act)
        night.records[-1] = night.records[-1]._replace(partition=partition)
        if partition < answers:
            cause = f"{topic.name}/{partition}/{place.rpartition('/')[2]}"
            night.put(ESCALATIONS, Answer("excuse", "9", "", Judged.TAKEN, 0, 1, "p", "n"), cause=cause)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        pytest.param(0, "excuse 9 by p on iomki/2021-08-03 at escalation-inbox/0/", id="nobody answers"),
        pytest.param(1, "", id="one answers"),
        pytest.param(2, "was answered 2 times", id="two answer"),
    ],
)
def test_an_act_on_a_period_is_heard_in_many_places_and_answered_once(night, answers, words):
    excused_for_all(night, answers)
    assert words in night.judge().first
    assert (night.judge().verdict is Verdict.DELIVERED) == (answers == 1)


@pytest.mark.parametrize(
    "named",
    [pytest.param(("acme", "brass"), id="both are named"), pytest.param(("acme",), id="the other is counted")],
)
def test_what_nothing_links_is_told_in_sums(night, named):
    """No ladder has it, a digest names the first of them only, and of what is over nobody must be told."""
    for firm in ("acme", "brass"):
        unlinked(night, firm)
    unlinked(night, "coke")
    unlinked(night, "coke", revision=2, state=AlertState.WITHDRAWN)
    assert night.judge(finished=False).lost == 0
    digested(night, 2, *named)
    assert (night.judge().first, night.judge().verdict) == ("", Verdict.DELIVERED)


def test_a_file_is_its_own_evidence(night):
    told = delivery("D-5", receiver="piket-log", channel="file")
    night.put(DELIVERY_INBOX, told)
    end(night, told, Ending.ACCEPTED)
    assert night.judge().verdict is Verdict.DELIVERED


def test_topics_that_hold_no_words_are_passed_over(night):
    night.records.append(Record("delivery-changelog", 0, 0, 1, b"~offset", b"12"))
    assert night.judge().verdict is Verdict.DELIVERED


def test_a_watermark_in_binary_mode_is_known_too(night):
    night.records.append(Record(INCIDENTS.name, 0, 9, 1, None, b"{}", (("ce_type", IntakeWatermark.type.encode()),)))
    assert night.judge().facts == 2


def test_every_check_says_what_it_protects():
    assert all(one.__doc__ for one in CHECKS)


def test_every_check_can_fail(night):
    """Each check is the one that finds something in at least one of the planted histories."""
    plants = [mark.args[1] for test in (test_a_planted_loss_is_found, test_a_planted_duplicate_is_found, test_a_planted_disorder_is_found)
              for mark in test.pytestmark]  # fmt: skip
    from streams.simulate.history import read

    fired = set()
    for param in (param for params in plants for param in params):
        copy = Night()
        copy.records, copy.mail, copy.hook, copy.causes = list(night.records), list(night.mail), list(night.hook), itertools.count(99)
        param.values[0](copy)
        history = read(copy.records, copy.mail, copy.hook, finished=True)
        fired |= {one for one in CHECKS if any(one(history))}
    assert fired == set(CHECKS)
