"""The broker's records as rooms see them."""

from aiokafka import ConsumerRecord

from streams.live.kafka import APPEND_TIME, as_record


def test_a_header_without_a_value_has_an_empty_one():
    """Kafka allows it, and no room is to meet anything but bytes."""
    headers = [("ce_id", None), ("by", b"intake/0")]
    record = as_record(ConsumerRecord("siaga.ledger", 1, 7, 5, APPEND_TIME, None, None, None, -1, -1, headers), "ledger")
    assert record.headers == (("ce_id", b""), ("by", b"intake/0"))
    assert (record.header("ce_id"), record.header("by")) == ("", "intake/0")
