"""Render: an attempt in; an e-mail, a webhook call or a line of a file out, to the byte the same whenever it is done again.

Pure: no network, no clock. `date` is the instant of sending (the broker's time of `begun`), `links` comes from `sign.Seal.links`.

    mail.send(render.mail(attempt, links, date))
    webhook.send(render.hook(attempt, links, date, secrets))
    file.send(render.line(attempt, links, date))
"""

import json
from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from handlers import sign
from handlers.channel import Hook, Line, Mail
from handlers.hook_body import body
from handlers.language import aligned, tidy, wrap
from handlers.letter import Side, sides, subject
from handlers.sign import Links
from handlers.telling import asks_something
from handlers.wording.cluster import of_its_day
from schemas.delivery import Attempt
from schemas.word import UtcMs, as_datetime, format_time

_TEMPLATES = Environment(
    loader=PackageLoader("handlers"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["wrap"] = wrap
_TEMPLATES.filters["aligned"] = aligned
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


def text(attempt: Attempt, links: Links) -> str:
    """The plain text: 72 columns, Indonesian first, English under it."""
    return _text(sides(attempt, links), links)


def html(attempt: Attempt, links: Links) -> str:
    """The same letter for programs that show HTML: no script, no image, nothing fetched, styles inline."""
    return _html(attempt, sides(attempt, links), links)


def _text(both: Sequence[Side], links: Links) -> str:
    return _TEMPLATES.get_template("letter.txt").render(sides=both, links=links).lstrip("\n")


def _html(attempt: Attempt, both: Sequence[Side], links: Links) -> str:
    return _INLINER.inline(_TEMPLATES.get_template("letter.html").render(sides=both, links=links, subject=subject(attempt)))


# The e-mail


def mail(attempt: Attempt, links: Links, date: UtcMs) -> Mail:
    """The whole message, with the envelope's sender of this one delivery."""
    delivery = attempt.delivery
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(attempt, links, date):
        message[name] = value
    both = sides(attempt, links)
    plain = _text(both, links)
    message.set_content(plain, cte="7bit" if plain.isascii() else "quoted-printable")
    message.add_alternative(_html(attempt, both, links), subtype="html", cte="quoted-printable")
    message["Content-Language"] = "id, en"  # set_content would have dropped it
    message.set_boundary(f"=_{sign.atom(delivery.id)}")
    return Mail(delivery.id, sign.bounce_address(delivery.id, links.domain), delivery.to.address, message.as_bytes())


def _headers(attempt: Attempt, links: Links, date: UtcMs) -> list[tuple[str, Any]]:
    delivery = attempt.delivery
    headers: list[tuple[str, Any]] = [
        ("From", Address("siaga", addr_spec=links.sender)),
        ("To", _receiver(attempt)),
        ("Subject", subject(attempt)),
        ("Date", format_datetime(as_datetime(date))),
        ("Message-ID", sign.message_id(delivery.id, links.domain)),
        ("Auto-Submitted", "auto-generated"),
    ]
    if attempt.root and attempt.root != delivery.id:
        root = sign.message_id(attempt.root, links.domain)
        headers += [("In-Reply-To", root), ("References", root)]
    return headers + ([("Importance", "high")] if _is_urgent(attempt) else [])


def _is_urgent(attempt: Attempt) -> bool:
    return attempt.delivery.urgent and asks_something(attempt.delivery)


def _receiver(attempt: Attempt) -> Address | Group:
    """The position by its title; where the address is none, a group without members, and the channel refuses the message."""
    to = attempt.delivery.to
    title = of_its_day(tidy(to.title_id), attempt.delivery.at) or tidy(to.position)
    try:
        return Address(title, addr_spec=to.address)
    except (MessageError, ValueError, IndexError):
        return Group(title)


# The webhook


def hook(attempt: Attempt, links: Links, date: UtcMs, secrets: tuple[str, ...]) -> Hook:
    """A signed Standard Webhooks call; every attempt of a delivery bears the delivery's id, so that receivers can tell repeats."""
    delivery = attempt.delivery
    kind = f"siaga.escalation.{delivery.msg_type.value.lower()}"
    content = _json({"type": kind, "timestamp": format_time(date), "data": body(attempt, links)})
    headers = (("content-type", "application/json"), *sign.hook_headers(sign.atom(delivery.id), date, content, secrets))
    return Hook(delivery.id, delivery.to.address, headers, content.encode(), date)


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"))


# The file


def line(attempt: Attempt, links: Links, date: UtcMs) -> Line:
    """One JSON line: enough for a printer, a screen or a shift log to show the letter as it stands."""
    said = {
        "at": format_time(date),
        "subject": subject(attempt),
        "text": text(attempt, links),
        "data": body(attempt, links),
    }
    return Line(attempt.delivery.id, attempt.delivery.to.address, _json(said).encode())
