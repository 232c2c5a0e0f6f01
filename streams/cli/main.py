"""The command line: `siaga`. One file per verb; a verb imports what it needs when it runs, so that --help is quick.

Exit codes: 0 done, 1 the answer is no, 2 usage or bad input, with one line on stderr. 130 when interrupted.
"""

from typing import Annotated

import typer

from streams.cli import ack, ackpage, act, audit, broker, demo, doctor, dry_run, publish, schemas, simulate, topics, worker
from streams.cli.hall.say import Verbs, new_app

app = new_app(cls=Verbs)


def _tell_version(asked: bool) -> None:
    if asked:
        from streams.live.process import release

        print(f"siaga {release()}")
        raise typer.Exit


@app.callback(epilog="Example: siaga demo")
def siaga(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Print the release, and end.")] = False,
) -> None:
    """siaga: events of industry in, alerts and escalations out, on Kafka. Settings come from SIAGA_* of the environment."""


app.command("demo", short_help="See it all: Kafka, workers, a mailbox, a story.", epilog=demo.EXAMPLE)(demo.demo)
app.command("worker", short_help="Run all rooms, or some of them.", epilog=worker.EXAMPLE)(worker.worker)
app.command("broker", short_help="Run the embedded Apache Kafka.", epilog=broker.EXAMPLE)(broker.broker)
app.add_typer(topics.app, name="topics")
app.command("doctor", short_help="What is wrong, and what to do about it.", epilog=doctor.EXAMPLE)(doctor.doctor)
app.command("publish", short_help="Judge a file of facts, and publish it.", epilog=publish.EXAMPLE)(publish.publish)
app.command("schemas", short_help="What may be published: JSON Schemas, AsyncAPI.", epilog=schemas.EXAMPLE)(schemas.schemas)
app.command("simulate", short_help="Write a story to a file, or play it on Kafka.", epilog=simulate.EXAMPLE)(simulate.simulate)
app.command("dry-run", short_help="What would be said of a file, and to whom; sends nothing.", epilog=dry_run.EXAMPLE)(dry_run.dry_run)
app.command("audit", short_help="Say everything again, and compare.", epilog=audit.EXAMPLE)(audit.audit)
app.command("ack", short_help="Acknowledge: you take an escalation.", epilog=ack.EXAMPLE)(ack.ack)
app.add_typer(act.app, name="act")
app.command("ackpage", short_help="The page that links of messages open.", epilog=ackpage.EXAMPLE)(ackpage.ackpage)

if __name__ == "__main__":
    app()
