"""`siaga schemas`: what may be published, for a publisher's own tools: JSON Schemas and one AsyncAPI document."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.hall.say import AsJson, out

EXAMPLE = "Example: siaga schemas -o reference"

Into = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="DIR", help="Write asyncapi.json, and schemas/TYPE.json for each type, into this directory."),
]


def schemas(output: Into = None, as_json: AsJson = False) -> None:
    """List the types of event that may be published, each with its topics; or write their schemas down.

    --json prints, for each type, its topics and the JSON Schema of its data. Needs no Kafka.
    """
    from schemas.asyncapi import files, schema_of
    from schemas.facts import FACTS

    topics = {kind: [topic.name for topic in fact.topics] for kind, fact in FACTS.items()}
    if output is None:
        found = {kind: {"topics": topics[kind], "schema": schema_of(fact.model)} for kind, fact in FACTS.items()}
        out(as_json, found, (f"{kind:36} {', '.join(names)}" for kind, names in topics.items()))
        return
    written = files()
    for name, content in written.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    out(as_json, {"directory": str(output), "files": sorted(written)}, [f"{len(written)} files written to {output}"])
