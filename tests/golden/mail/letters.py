"""All golden letters by their names, and how they are written down."""

import json
from pathlib import Path

from handlers import hook_body, render
from schemas.delivery import Attempt
from schemas.word import UtcMs
from tests.golden.mail.clusters import CLUSTERS
from tests.golden.mail.deadlines import DEADLINES
from tests.golden.mail.incidents import INCIDENTS, links_of

LETTERS: dict[str, Attempt] = {**INCIDENTS, **DEADLINES, **CLUSTERS}


def sent_at(told: Attempt) -> UtcMs:
    """Five seconds after it was composed."""
    return told.delivery.at + 5_000


def written(name: str) -> bytes:
    """A golden letter as it leaves the house, with the line ends of the repository."""
    told = LETTERS[name]
    return render.mail(told, links_of(told), sent_at(told)).content.replace(b"\r\n", b"\n")


if __name__ == "__main__":  # python -m tests.golden.mail.letters: after a change of wording; read the difference before you keep it
    for each in LETTERS:
        Path(__file__).with_name(f"{each}.eml").write_bytes(written(each))
    shown = LETTERS["itss-s5-r2"]
    notice = json.dumps(hook_body.body(shown, links_of(shown)), indent=2, ensure_ascii=False)
    (Path(__file__).parents[1] / "webhook" / "itss-s5-r2.json").write_text(notice + "\n")
