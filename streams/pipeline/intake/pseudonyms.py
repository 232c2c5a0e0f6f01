"""Pseudonyms: a case notice with its publisher's tokens in, the same with case ids out. Nothing after it ever holds a token (law 12).

The key stands outside Kafka: whoever has not got it cannot tell from a case id which token, and so which case of a publisher, it is.
"""

import hmac
import json
from base64 import b32encode
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.cases import CaseNotice
from schemas.ids import digest
from schemas.ledger import Admitted
from streams.pipeline.intake.decode import Event, decode
from streams.pipeline.line import Record

_LETTERS = 14
"""With its mark a case id is as long as the shortest token: no text that it is written into becomes too long."""


def case_id(token: str, key: bytes) -> str:
    """The id of a case: the same token under the same key is the same case, whoever publishes it."""
    return "c-" + b32encode(hmac.digest(key, b"case:" + token.encode(), "sha256"))[:_LETTERS].decode().lower()


def pseudonymised(event: Event, key: bytes) -> Event:
    """A case notice with case ids for tokens, also where the ids of notices are made of them. Any other event as it is."""
    fact = event.fact
    if not isinstance(fact, CaseNotice):
        return event
    ids = {token: case_id(token, key) for token in (fact.case, fact.contact_of) if token}
    changed: dict[str, Any] = {"case": ids[fact.case]}
    if fact.contact_of:
        changed["contact_of"] = ids[fact.contact_of]
    data = json.loads(event.data) | changed
    if fact.replaces:
        replaced = _written(fact.replaces.id, ids)
        data["replaces"] = data["replaces"] | {"id": replaced}
        changed["replaces"] = fact.replaces.model_copy(update={"id": replaced})
    raw = json.dumps(data, separators=(",", ":")).encode()
    return event._replace(id=_written(event.id, ids), data=raw, fact=fact.model_copy(update=changed))


def _written(text: str, ids: Mapping[str, str]) -> str:
    """With every token in it replaced, the longer first: one may stand within the other."""
    for token in sorted(ids, key=len, reverse=True):
        text = text.replace(token, ids[token])
    return text


def without_tokens(word: Admitted) -> Admitted:
    """A notice of a case as everybody says it again, whatever their key. A digest that is not that of its fact is left in."""
    raw = bytes(word.fact)
    data = json.loads(raw)
    ids = {token: "" for token in (data.pop("case", ""), data.pop("contact_of", None)) if token}
    if replaces := data.get("replaces"):
        data["replaces"] = replaces | {"id": _written(replaces["id"], ids)}
    named = "" if word.digest == digest(raw) else word.digest
    return replace(word, id=_written(word.id, ids), fact=msgspec.Raw(json.dumps(data).encode()), digest=named)


def digest_under(key: bytes, record: Record) -> str:
    """The digest of what stands for a notice of a case under this key; empty for any other record."""
    event = decode(record, len(record.value or b""))
    return digest(pseudonymised(event, key).data) if isinstance(event, Event) and isinstance(event.fact, CaseNotice) else ""
