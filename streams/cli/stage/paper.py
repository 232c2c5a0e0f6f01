"""Paper: a caught mail in, lines that fit a terminal out. Whole, but without the line breaks of a telephone."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from email import message_from_string, policy

_LABEL = 8
_LONG_LABELS = ("Laporan ", "Figures ", "Pekerja ", "Workers ", "Periksa ")
_NUMBERED = re.compile(r"\d+\. ")
_CAPITALS = re.compile(r"[A-Z][A-Z ]+")


def lines_of(raw: str, columns: int) -> Iterator[str]:
    """To, Subject, and the text part."""
    mail = message_from_string(raw, policy=policy.default)
    part = mail.get_body(("plain",))
    yield _cut(f"To: {_joined(str(mail.get('To', '')))}", columns)
    yield from textwrap.wrap(f"Subject: {_joined(str(mail.get('Subject', '')))}", columns, subsequent_indent=" ")
    for paragraph in _paragraphs(part.get_content().splitlines() if part else ()):
        if "://" in paragraph:
            yield _cut(paragraph, columns)
        else:
            yield from textwrap.wrap(paragraph, columns, subsequent_indent=" " * (3 if _NUMBERED.match(paragraph) else _indent(paragraph)))


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Sentences that follow one another are one paragraph; headings, numbered requests, labelled facts and links stand alone."""
    so_far = ""
    for line in lines:
        if so_far and line.strip() and not _stands_alone(line) and not _ends(so_far):
            so_far += f" {line.strip()}"
            continue
        if so_far:
            yield so_far
        so_far = line.rstrip()
    if so_far:
        yield so_far


def _stands_alone(line: str) -> bool:
    return bool(_NUMBERED.match(line)) or "://" in line or _is_heading(line) or bool(_indent(line))


def _ends(paragraph: str) -> bool:
    return "://" in paragraph or _is_heading(paragraph)


def _is_heading(line: str) -> bool:
    return line.startswith("-- ") or bool(_CAPITALS.fullmatch(line))


def _indent(line: str) -> int:
    """The column at which the text beside a label begins; 0 where there is none."""
    label = line[:_LABEL]
    is_label = label in _LONG_LABELS or (label.endswith("  ") and len(label.split()) == 1 and not label.startswith(" "))
    return _LABEL if is_label and line[_LABEL:].strip() else 0


def _cut(line: str, columns: int) -> str:
    return line if len(line) <= columns else f"{line[: columns - 1]}…"


def _joined(text: str) -> str:
    return " ".join(text.split())
