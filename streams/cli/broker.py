"""`siaga broker`: the embedded Apache Kafka in the foreground, for development."""

import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.hall.say import NO, AsJson, Stop, out

EXAMPLE = "Example: siaga broker --data ./kafka --port 9092"

_LOOK_SECONDS = 0.5

Data = Annotated[Path | None, typer.Option(help="Where it keeps its data; in the user's cache by default.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="The port it listens on; any free one by default.")]


def broker(data: Data = None, port: Port = None, as_json: AsJson = False) -> None:
    """Run the embedded Apache Kafka in the foreground until Ctrl-C.

    Prints where clients connect. Other verbs of siaga find it by themselves; other programs are told with SIAGA_KAFKA.
    """
    from streams.cli.hall.place import noted
    from streams.live.broker import Broker, BrokerDied
    from streams.live.jars import cache_directory

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    home = data or cache_directory() / "development"
    try:
        running = Broker(home, ports=[port] if port else [], say=_tell)
        with running, noted(running.bootstrap):
            said = {"bootstrap": running.bootstrap, "version": running.version, "data": str(home), "pid": running.nodes[0].pid}
            out(as_json, said, [f"Apache Kafka {running.version} on {running.bootstrap}   (Ctrl-C ends it)"])
            while not stopping.wait(_LOOK_SECONDS):
                running.check()
    except BrokerDied as died:
        raise Stop(str(died), NO) from None


def _tell(words: str) -> None:
    print(f"siaga: {words}", file=sys.stderr, flush=True)
