"""Caught: what the catchers' own logs say to somebody who watches. In: their lines. Out: one whole mail, and who was down for a while."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from streams.cli.stage.bill import COLUMNS
from streams.cli.stage.paper import lines_of

MAIL_TO = "kpaii"

Entry = dict[str, Any]


def first_mail(mails: Iterable[str]) -> list[str]:
    """One whole mail: to the Director General, or to whoever got one."""
    caught = [entry for entry in _entries(mails) if entry["kind"] == "mail"]
    chosen = next((mail for mail in caught if any(to.startswith(MAIL_TO) for to in mail["to"])), caught[0] if caught else None)
    return list(lines_of(chosen["raw"], COLUMNS)) if chosen else []


def down(mails: Iterable[str], hooks: Iterable[str]) -> str:
    """Who failed at first and was told all the same; nothing where nobody failed, or somebody has not been told yet."""
    failed, told = defaultdict[str, list[str]](list), set[str]()
    for entry in (*_entries(mails), *_entries(hooks)):
        if entry["kind"] == "fault":
            failed[_receiver(entry)].append(str(entry.get("code") or entry["what"]))
        else:
            told.add(_receiver(entry))
    if not failed or failed.keys() - told:
        return ""
    each = [f"{receiver} {' '.join(codes)}" for receiver, codes in sorted(failed.items())]
    return f"down   {', '.join(each)}; tried again and told, nobody else waited"


def _entries(lines: Iterable[str]) -> Iterator[Entry]:
    return (json.loads(line) for line in lines)


def _receiver(entry: Entry) -> str:
    """The box before the @ of a mail, the last part of a webhook's path."""
    where = str(entry["to"][0] if "to" in entry else entry.get("path", ""))
    return where.partition("@")[0].rpartition("/")[2]
