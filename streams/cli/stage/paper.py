"""Paper: a caught mail in, lines that fit a terminal out: paragraph by paragraph, in Indonesian. The English half stays in the mailbox."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from email import message_from_string, policy

_MAIL_COLUMNS, _LABEL_COLUMNS = 72, 8
_ENGLISH = "-- English --"
_NUMBERED = re.compile(r"\d+\. ")
_LABEL = re.compile(r"[A-Z]\w{2,6} +")
_BAR = "      | "


def lines_of(raw: str, columns: int) -> Iterator[str]:
    """To, Subject, and the text, each line behind a bar. Blank lines are left out: a screen has few, and headings are in capitals."""
    mail = message_from_string(raw, policy=policy.default)
    part = mail.get_body(("plain",))
    indonesian, _, english = (part.get_content() if part else "").partition(_ENGLISH)
    head = [f"{name}: {' '.join(str(mail.get(name, '')).split())}" for name in ("To", "Subject")]
    foot = ["(the same in English follows)"] if english else []
    for paragraph in (*head, *_unwrapped(indonesian.rstrip().splitlines()), *foot):
        yield from (f"{_BAR}{line}" for line in _wrapped(paragraph, columns - len(_BAR)))


def _unwrapped(lines: Iterable[str]) -> list[str]:
    """What was wrapped at the width of a mail is whole again."""
    whole, above = list[str](), ""
    for line in lines:
        if _goes_on(above, line):
            whole[-1] += f" {line.strip()}"
        else:
            whole.append(line.rstrip())
        above = line.rstrip()
    return whole


def _goes_on(above: str, line: str) -> bool:
    """Its first word found no room on the line above."""
    if not (above and line.strip()) or "://" in above + line or _NUMBERED.match(line):
        return False
    return len(above) + 1 + len(line.split(maxsplit=1)[0]) > _MAIL_COLUMNS


def _wrapped(paragraph: str, columns: int) -> list[str]:
    if "://" in paragraph:
        return [paragraph if len(paragraph) <= columns else f"{paragraph[: columns - 1]}…"]
    return textwrap.wrap(paragraph, columns, subsequent_indent=" " * _indent(paragraph))


def _indent(paragraph: str) -> int:
    """Where the lines after the first begin: under the text beside a number or a label."""
    if number := _NUMBERED.match(paragraph):
        return number.end()
    if _LABEL.fullmatch(paragraph[:_LABEL_COLUMNS]):
        return _LABEL_COLUMNS
    return len(paragraph) - len(paragraph.lstrip())
