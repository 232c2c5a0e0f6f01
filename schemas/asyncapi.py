"""AsyncAPI: the facts and their topics in; what a publisher's own tools read, out.

That is one JSON Schema for each type of event, and one AsyncAPI 3.0 document about where it goes and what stands around it. All of it is
derived from the models (`schemas.facts`) and the topics (`schemas.topics`). How one is allowed to connect is the operator's to say, so no
security scheme is named.
"""

import json
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from schemas.cloud import PLAIN, STRUCTURED
from schemas.facts import FACTS
from schemas.intake import IntakeWatermark
from schemas.topics import INTAKE_TOPICS, Topic
from schemas.word import Published

Json = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that AsyncAPI's tools read without a plugin."""

_OURS = frozenset({IntakeWatermark.type})
"""What INTAKE alone says, in topics that others publish to."""

_INSTANT = {"type": "string", "format": "date-time"}
_ATTRIBUTES: Mapping[str, Json] = {
    "specversion": {"const": "1.0"},
    "id": {
        "type": "string",
        "minLength": 1,
        "maxLength": 200,
        "description": "Names one statement of its source: the same again changes nothing, anything else under it decides nothing.",
    },
    "source": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The name under which the register knows the publisher."},
    "time": _INSTANT | {"description": "When it was said."},
    "recordedtime": _INSTANT | {"description": "When the source itself received it. On time is judged by it where its clock is trusted."},
}
_REQUIRED = ("specversion", "id", "source", "type")

_ABOUT = """\
What siaga takes in, as a publisher sees it. Events are CloudEvents 1.0, in binary mode (attributes in headers, the fact alone in the
value) or in structured mode (one JSON object in the value). A schema says what a single field may hold; what only holds between fields is
said in its description, and judged by `siaga publish --check`. The version of a type is in its name: what is published stays readable."""


class _Untitled(GenerateJsonSchema):
    """Names of fields are said once: a title that only repeats one is left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


def schema_of(model: type[Published]) -> Json:
    """The data of one type of event."""
    schema = model.model_json_schema(ref_template="#/definitions/{model}", schema_generator=_Untitled)
    definitions = {"definitions": schema.pop("$defs")} if "$defs" in schema else {}
    return {"$schema": DRAFT, "$id": f"{model.type}.json", **schema, "title": model.type, **definitions}


def document() -> Json:
    """Channels, messages and operations of a publisher. Schemas are named by their file beside it."""
    messages = {name: message for kind in FACTS for name, message in _messages(kind)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "siaga: what publishers say", "version": "1.0.0", "description": _ABOUT, "license": {"name": "Apache-2.0"}},
        "defaultContentType": PLAIN,
        "servers": {"kafka": _SERVER},
        "channels": {topic.name: _channel(topic) for topic in INTAKE_TOPICS},
        "operations": {f"publish-{topic.name}": _operation(topic) for topic in INTAKE_TOPICS},
        "components": {"messages": messages},
    }


def files() -> Mapping[str, bytes]:
    """Everything as it is written down, by its name."""
    schemas = {_file(kind): schema_of(fact.model) for kind, fact in FACTS.items()}
    return {name: _written(content) for name, content in {**schemas, "asyncapi.json": document()}.items()}


_SERVER: Json = {
    "host": "{bootstrap}",
    "protocol": "kafka",
    "description": "Apache Kafka of the operator, who says how to connect (TLS, SASL, and which topics are yours to write).",
    "variables": {"bootstrap": {"default": "localhost:9092", "description": "host:port of any broker."}},
}
_PREFIX: Json = {"default": "siaga.", "description": "What all topics of one installation begin with; an exercise has its own."}


def _channel(topic: Topic) -> Json:
    return {
        "address": f"{{prefix}}{topic.name}",
        "description": f"Written by {', '.join(topic.writers)}. Kept: {topic.kept.value}.",
        "parameters": {"prefix": _PREFIX},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for kind in _kinds(topic) for name, _ in _messages(kind)},
        "bindings": {"kafka": {"partitions": topic.partitions, "bindingVersion": "0.5.0"}},
    }


def _operation(topic: Topic) -> Json:
    channel = f"#/channels/{topic.name}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": f"Publish to {topic.name}.",
        "messages": [{"$ref": f"{channel}/messages/{name}"} for kind in _kinds(topic) for name, _ in _messages(kind)],
    }


def _kinds(topic: Topic) -> Iterator[str]:
    """What others may say there."""
    return (kind for kind, fact in FACTS.items() if topic in fact.topics and kind not in _OURS)


def _messages(kind: str) -> Iterator[tuple[str, Json]]:
    """The two modes of one type of event."""
    if kind in _OURS:
        return
    fact = FACTS[kind]
    data, attributes = {"$ref": f"./{_file(kind)}"}, {**_ATTRIBUTES, "type": {"const": kind}}
    said = {"title": kind, "summary": cleandoc(fact.model.__doc__ or "").partition("\n")[0], "bindings": _key(fact.topics)}
    headers = {"content-type": _starting_with(PLAIN), **{f"ce_{name}": rule for name, rule in attributes.items()}}
    yield (
        f"{kind}.binary",
        said
        | {
            "name": f"{kind}.binary",
            "contentType": PLAIN,
            "headers": _object(headers, [f"ce_{name}" for name in _REQUIRED]),
            "payload": _of_draft(data),
        },
    )
    yield (
        f"{kind}.structured",
        said
        | {
            "name": f"{kind}.structured",
            "contentType": STRUCTURED,
            "headers": _object({"content-type": _starting_with(STRUCTURED)}, []),
            "payload": _of_draft(_object({**attributes, "datacontenttype": {"const": PLAIN}, "data": data}, [*_REQUIRED, "data"])),
        },
    )


def _key(topics: tuple[Topic, ...]) -> Json:
    """Keys order what is published; INTAKE relies on none."""
    wanted = topics[0].key if len(topics) == 1 and topics[0].key != "any" else "the firm"
    rule = {"type": "string", "description": f"Any or none is taken; {wanted} keeps what is said of one thing in its order."}
    return {"kafka": {"key": rule, "bindingVersion": "0.5.0"}}


def _starting_with(media: str) -> Json:
    """A media type, with or without a charset behind it."""
    return {"type": "string", "pattern": f"^{media.replace('+', '[+]')}"}


def _object(properties: Json, required: list[str]) -> Json:
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _of_draft(schema: Json) -> Json:
    return {"schemaFormat": "application/schema+json;version=draft-07", "schema": schema}


def _file(kind: str) -> str:
    return f"schemas/{kind}.json"


def _written(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
