"""The command line: `siaga`. One file per verb; a verb imports what it needs when it runs, so that --help is quick.

Exit codes: 0 done, 1 the answer is no, 2 usage or bad input, with one line on stderr. 130 when interrupted.
"""

from streams.cli import ack, broker, demo, publish, simulate, topics, worker
from streams.cli.hall.say import Verbs, new_app

app = new_app(
    cls=Verbs,
    help="siaga: events of industry in, alerts and escalations out, on Kafka. Settings come from SIAGA_* of the environment.",
    epilog="Example: siaga demo",
)

app.command("demo", epilog=demo.EXAMPLE)(demo.demo)
app.command("worker", epilog=worker.EXAMPLE)(worker.worker)
app.command("broker", epilog=broker.EXAMPLE)(broker.broker)
app.add_typer(topics.app, name="topics")
app.command("publish", epilog=publish.EXAMPLE)(publish.publish)
app.command("simulate", epilog=simulate.EXAMPLE)(simulate.simulate)
app.command("ack", epilog=ack.EXAMPLE)(ack.ack)

if __name__ == "__main__":
    app()
