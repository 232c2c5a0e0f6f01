"""The same job in Quix Streams, run by the interpreter that has it: two_rooms_quix.py quix JOB BROKERS PREFIX EVENTS DIRECTORY."""

import json
import sys
import time

import plain_job
from quixstreams import Application


def main(job: plain_job.Job, brokers: str, prefix: str, events: int, directory: str) -> None:
    """One topic in, state per key with its changelog, one topic out, exactly once; the last checkpoint counts."""
    begun: list[float] = []
    app = Application(
        broker_address=brokers,
        consumer_group=f"{prefix}quix",
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=directory,
        loglevel="ERROR",
    )
    inbox = app.topic(f"{prefix}{job.topic}", key_deserializer="bytes", value_deserializer="bytes")
    alerts = app.topic(f"{prefix}bench-alerts", key_serializer="bytes", value_serializer="bytes")

    def hear(value: bytes, state) -> bytes | None:
        if not begun:
            begun.append(time.monotonic())
        fact = job.read(value)
        name = job.about(fact)
        known = state.get(name)
        after, alert = job.keep(fact, known.encode() if known else None)
        state.set(name, after.decode())
        return alert

    frame = app.dataframe(inbox).apply(hear, stateful=True)
    if job.alerts:  # What is filtered out does not count as one that is done.
        frame.filter(lambda alert: alert is not None).to_topic(alerts)
    app.run(count=events)
    print(json.dumps({"rate": events / (time.monotonic() - begun[0])}), flush=True)


if __name__ == "__main__":
    main(plain_job.JOBS[sys.argv[2]], sys.argv[3], sys.argv[4], int(sys.argv[5]), sys.argv[6])
