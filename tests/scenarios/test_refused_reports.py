"""Refused reports, from the publisher's lines to every attempt: their owner hears, in one message; nobody else does."""

from schemas import codec
from schemas.topics import ATTEMPTS
from tests.circulars import DAY, due_at
from tests.story import HOUR, MINUTE
from tests.trials import DAYS, SIINAS
from tests.unit.pipeline.test_deadline_bad_input import Night, report

DUE = due_at(DAYS[0])


def test_through_the_whole_line_the_owner_hears_of_refused_reports_within_ten_minutes():
    """From the publisher's lines to attempts: one message for what came together, without a word of what was in it (law 12)."""
    noon = DUE - DAY
    wrong = [report(noon + number * 1000, id=f"bad-{number}", workers=-4711 - number) for number in range(20)]
    line = Night((*wrong, report(noon, permit="CANARY-9", id="bad")), DUE + 30 * HOUR, ()).play().line
    told = [attempt.delivery for attempt in line.words(ATTEMPTS) if attempt.delivery.matter == "sent_back"]
    assert {delivery.to.position for delivery in told} == {f"source:{SIINAS}"}
    first, over = told
    assert noon < first.at <= noon + 10 * MINUTE
    found = {(group.reason, group.field): group.count for group in first.situation.sent_back}
    assert found == {("wrong_value", "workers"): 20, ("unknown_permit", "permit"): 1}
    assert first.situation.more_sent_back == 0
    assert (over.situation.sent_back, over.at - first.at > 10 * MINUTE) == ((), True)
    written = b"".join(codec.encode(delivery) for delivery in told)
    assert (b"4711" in written, b"CANARY" in written) == (False, False)
