"""CloudEvents 1.0: a fact with its attributes in, what a Kafka producer takes out, in either mode. The one writer of them."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.word import UtcMs, format_time

STRUCTURED = "application/cloudevents+json"
PLAIN = "application/json"


class Message(NamedTuple):
    """One Kafka message."""

    headers: tuple[tuple[str, bytes], ...]
    value: bytes


class Cloud(NamedTuple):
    """One event. `time` is when it was said, `recorded_at` when its source received it; an attribute without a value is left out."""

    type: str
    source: str
    id: str
    data: Mapping[str, Any]
    time: UtcMs | None = None
    recorded_at: UtcMs | None = None

    def as_object(self) -> dict[str, Any]:
        """Structured mode as one JSON object."""
        return {**self._attributes(), "datacontenttype": PLAIN, "data": dict(self.data)}

    def structured(self) -> Message:
        """Structured mode: everything in the value."""
        return Message((("content-type", f"{STRUCTURED}; charset=UTF-8".encode()),), _json(self.as_object()))

    def binary(self) -> Message:
        """Binary mode: the attributes in headers, the fact alone in the value."""
        headers = ((f"ce_{name}", text.encode()) for name, text in self._attributes().items())
        return Message((("content-type", PLAIN.encode()), *headers), _json(self.data))

    def _attributes(self) -> dict[str, str]:
        instants = {"time": self.time, "recordedtime": self.recorded_at}
        known = {name: format_time(instant) for name, instant in instants.items() if instant is not None}
        return {"specversion": "1.0", "id": self.id, "source": self.source, "type": self.type, **known}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
