"""What stands in the code blocks of a document: by the name behind the language, as in ```python publish.py."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_BLOCK = re.compile(r"^```(\w+)(?: ([^\n`]+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(document: str) -> dict[str, str]:
    """The named blocks of a document of docs/."""
    return {name: code for _, name, code in _BLOCK.findall((DOCS / document).read_text(encoding="utf-8")) if name}


def unnamed(document: str, language: str) -> list[str]:
    """The blocks of a language that have no name, in their order."""
    return [code for said, name, code in _BLOCK.findall((DOCS / document).read_text(encoding="utf-8")) if said == language and not name]
