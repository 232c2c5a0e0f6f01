"""A made-up world for benchmarks: estates with one firm and one mailbox each, and a policy that tells the estate alone."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

from schemas.word import UtcMs, format_time

REVISION, ROSTER = "bench", "bench-roster"
SINCE = "2020-01-01T00:00:00Z"
SOURCE = "https://siaga.example/bench"


def policy_text() -> str:
    """The packaged policy, but an S4 is told to its estate and to nobody else."""
    text = files("streams").joinpath("policies", "2026-11-23.1.toml").read_text(encoding="utf-8")
    ladders = text.split("[[escalation.ladders]]")
    kept = [part for part in ladders if 'grade = "S4"' not in part]
    s4 = '\ngrade = "S4"\nrank = 4\nsource = "bench"\nurgent = true\nstops = [["estate:"]]\n\n'
    s4 += '[[escalation.ladders.levels]]\nafter_minutes = 0\ntell = [{ position = "estate:{estate}" }]\n\n'
    changed = "[[escalation.ladders]]".join([kept[0], s4, *kept[1:]])
    assert tomllib.loads(changed)
    return changed.replace('revision = "2026-11-23.1"', f'revision = "{REVISION}"')


def roster_text(estates: int) -> str:
    """A manager with a mailbox for each estate, and a duty officer."""
    ids = ["duty-officer", *(f"estate:b{number}" for number in range(estates))]
    rows = [f'revision = "{ROSTER}"\nexample = true']
    for id in ids:
        name = id.replace(":", "-")
        receivers = f'[{{ id = "{name}", channel = "mail", address = "{name}@bench.example" }}]'
        rows.append(f'[[positions]]\nid = "{id}"\ntitle_id = "{id}"\ntitle_en = "{id}"\nholder = "contoh"\nreceivers = {receivers}')
    return "\n\n".join(rows)


def install(directory: Path, estates: int) -> None:
    """Both revisions, where a worker finds them."""
    directory.mkdir(parents=True)
    (directory / "policy.toml").write_text(policy_text())
    (directory / "roster.toml").write_text(roster_text(estates))


def registry(estates: int, firms: int) -> list[bytes]:
    """Region, estates, firms, the source and the activation."""
    entries = [
        ("region", {"id": "72.06", "name": "Morowali", "province": "Sulawesi Tengah", "zone": "Asia/Makassar"}),
        ("source", {"id": SOURCE, "owner": "bench", "speaks_as": ["police"]}),
    ]
    entries += [("estate", {"id": f"b{number}", "name": f"B{number}", "regency": "72.06"}) for number in range(estates)]
    entries += [("firm", {"id": f"f{number}", "name": f"PT F{number}.", "estate": f"b{number % estates}"}) for number in range(firms)]
    events = [_event(f"siaga.registry-{kind}.v1", f"{kind}-{data['id']}", data | {"valid_from": SINCE}) for kind, data in entries]
    active = {"policy": REVISION, "roster": ROSTER, "effective_from": SINCE, "by": "bench"}
    return [*events, _event("siaga.activate.v1", "activate", active)]


def bulletin(firm: int, at: UtcMs) -> bytes:
    """One dead at a firm: an S4, whose first message always passes."""
    said = {"name": "Polres", "rank": "police"}
    data = {
        "firm": f"f{firm}",
        "kind": "fall",
        "asserted_by": said,
        "asserted_at": format_time(at),
        "occurred_at": format_time(at),
        "dead": 1,
    }
    return _event("siaga.incident-bulletin.v1", f"bulletin-{firm}-{at}", data, recordedtime=format_time(at))


def _event(kind: str, id: str, data: dict[str, object], **attributes: str) -> bytes:
    cloud = {"specversion": "1.0", "id": id, "source": SOURCE, "type": kind, **attributes}
    return json.dumps(cloud | {"data": data | {"exercise": True}}).encode()
