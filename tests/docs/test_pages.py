"""The pages of docs/: every link leads somewhere, every file and test that they name is there, and the index has them all."""

import re

import pytest

from tests.docs.blocks import DOCS

ROOT = DOCS.parent
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.parent.name not in ("adr", "reference"))
NAMED = re.compile(r"`((?:schemas|streams|handlers|tests|docs)/[A-Za-z0-9_./*-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_links_and_names_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [name for name in NAMED.findall(text) if "NAME" not in name and not list(ROOT.glob(name.rstrip("/")))] == []


def test_the_index_has_every_page():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [str(page.relative_to(DOCS)) for page in PAGES if page.name != "README.md"]
    assert [page for page in pages if f"({page})" not in index] == []
