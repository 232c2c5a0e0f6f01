"""`siaga topics`: make the list of topics true, or look at what is there."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from streams.cli.hall.say import NO, AsJson, end, new_app, out

if TYPE_CHECKING:
    from streams.live.kafka import TopicState

app = new_app(help="Create the topics, or look at them.", epilog="Example: siaga topics apply")


@app.command("apply", short_help="Create the topics that are missing.", epilog="Example: SIAGA_KAFKA=localhost:9092 siaga topics apply")
def apply(as_json: AsJson = False) -> None:
    """Create the topics that are missing. What exists is never altered; where it differs, the exit code is 1."""
    from schemas import topics
    from streams.cli.hall.place import answered, in_time, located
    from streams.live import kafka, library

    settings = located()
    policies = library.load(path for path in (settings.policies, settings.rosters) if path).policies
    days = max(policy.audit_days for policy in policies.values())
    answered(settings)
    applied = asyncio.run(in_time(kafka.apply(settings, topics.ALL, audit_days=days), seconds=60))
    found = {"prefix": settings.prefix, "created": applied.created, "differences": applied.differences}
    summary = f"{len(applied.created)} created, {len(topics.ALL)} declared under {settings.prefix}"
    out(as_json, found, (*(f"created {settings.prefix}{name}" for name in applied.created), *applied.differences, summary))
    end(NO if applied.differences else 0)


@app.command("list", short_help="What is declared, what is there.", epilog="Example: siaga topics list --json")
def list_(as_json: AsJson = False) -> None:
    """List the declared topics, and those under the prefix that nobody declared. Where any is missing, the exit code is 1."""
    from schemas.topics import ALL
    from streams.cli.hall.place import in_time, settings_with_kafka
    from streams.live import kafka

    settings = settings_with_kafka()
    present = asyncio.run(in_time(kafka.list_topics(settings)))
    missing = [topic.name for topic in ALL if topic.name not in present]
    out(as_json, {"prefix": settings.prefix, "topics": _described(present), "missing": missing}, _lines(settings.prefix, present))
    end(NO if missing else 0)


def _described(present: Mapping[str, "TopicState"]) -> list[dict[str, object]]:
    return [{"name": name, "partitions": state.partitions, "config": dict(state.config)} for name, state in present.items()]


def _lines(prefix: str, present: Mapping[str, "TopicState"]) -> Iterator[str]:
    from schemas.topics import ALL, BY_NAME

    for topic in ALL:
        state = present.get(topic.name)
        is_there = f"{state.partitions} of {topic.partitions}" if state else "missing"
        yield f"{prefix}{topic.name:40} {is_there:9} kept {topic.kept.value:16} {' '.join(topic.words)}"
    yield from (f"{prefix}{name:40} {state.partitions:<9} not declared" for name, state in present.items() if name not in BY_NAME)
