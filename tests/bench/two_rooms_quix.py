"""The same job in Quix Streams, run by the interpreter that has it: two_rooms_quix.py quix BROKERS PREFIX EVENTS DIRECTORY."""

import json
import sys
import time

import plain_job
from quixstreams import Application


def main(brokers: str, prefix: str, events: int, directory: str) -> None:
    """One topic in, state per firm with its changelog, one topic out, exactly once; the last checkpoint counts."""
    begun: list[float] = []
    app = Application(
        broker_address=brokers,
        consumer_group=f"{prefix}quix",
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=directory,
        loglevel="ERROR",
    )
    inbox = app.topic(f"{prefix}smelter-incidents", key_deserializer="bytes", value_deserializer="bytes")
    alerts = app.topic(f"{prefix}bench-alerts", key_serializer="bytes", value_serializer="bytes")

    def correlate(value: bytes, state) -> bytes | None:
        if not begun:
            begun.append(time.monotonic())
        cloud = plain_job.read(value)
        name = plain_job.about(cloud)
        known = state.get(name)
        after, alert = plain_job.correlate(cloud, known.encode() if known else None)
        state.set(name, after.decode())
        return alert

    frame = app.dataframe(inbox).apply(correlate, stateful=True)
    frame.filter(lambda alert: alert is not None).to_topic(alerts)
    app.run(count=events)
    print(json.dumps({"rate": events / (time.monotonic() - begun[0])}), flush=True)


if __name__ == "__main__":
    main(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
