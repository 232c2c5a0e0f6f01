"""Troupe: what the demo starts, and ends again by its own process id: a broker, a catcher, two workers. Out: where they listen."""

import asyncio
import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from streams.cli.hall.say import NO, Stop
from streams.live.broker import Broker, BrokerDied, DirectoryInUse, death_follows_parent, demo_directory
from streams.live.settings import Settings
from streams.simulate.catchers import HOOK_LOG, LOOPBACK, MAIL_LOG

MAIL_VIEW_PORT, PAGE_PORT = 8025, 8080
WATERMARK_SECONDS = "2"
_STOP_SECONDS, _START_SECONDS = 12, 20
_OURS_ALONE = ("SIAGA_INSTANCE", "SIAGA_SECRETS_DIR", "SIAGA_SMTP_PASSWORD_FILE", "SIAGA_WEBHOOK_SECRET_FILE", "SIAGA_LINK_SECRET_FILE")

FAULTS = ("--mail-fault", "what=code,code=451,first=1,to=polres@", "--hook-fault", "what=code,code=503,first=2,to=imip-hook")
"""What goes wrong in the demo on purpose: the police's mailbox asks to come back once, the estate's receiver is down for two calls."""

Say = Callable[[str], None]
T = TypeVar("T")


class Kafka(NamedTuple):
    """The Kafka that the demo runs on. `name` is what a reader is told; `check` raises when it is known to have died."""

    bootstrap: str
    name: str
    check: Callable[[], None]


class Catcher(NamedTuple):
    """A running mailbox and webhook receiver, and where it writes down what it has caught."""

    mail_port: int
    hook_port: int
    folder: Path
    secret: str

    @property
    def mails(self) -> list[str]:
        """The mailbox's own log, line by line."""
        return _lines(self.folder / MAIL_LOG)

    @property
    def hooks(self) -> list[str]:
        """The receiver's own log, line by line."""
        return _lines(self.folder / HOOK_LOG)


def free_port(usual: int) -> int:
    """The usual port of such a thing, or any that is free."""
    for port in (usual, 0):
        try:
            with socket.create_server((LOOPBACK, port)) as held:
                return int(held.getsockname()[1])
        except OSError:
            continue
    raise Stop("no port is free on 127.0.0.1")


@asynccontextmanager
async def embedded(say: Say) -> AsyncIterator[Kafka]:
    """The embedded broker, on data that the next demo finds again; for a demo beside another, on some of its own."""
    async with AsyncExitStack() as stack:
        try:
            broker = await stack.enter_async_context(Broker(demo_directory(), say=say))
        except DirectoryInUse:
            another = stack.enter_context(tempfile.TemporaryDirectory(prefix="siaga-broker-"))
            broker = await stack.enter_async_context(Broker(Path(another), say=say))
        yield Kafka(broker.bootstrap, f"Apache Kafka {broker.version}", broker.check)


@contextmanager
def folder() -> Iterator[Path]:
    """Where this run keeps its logs; gone when it has ended well."""
    path = Path(tempfile.mkdtemp(prefix="siaga-demo-"))
    try:
        yield path
    except Exception:
        print(f"siaga: what the workers said is in {path}", file=sys.stderr)
        raise
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    else:
        shutil.rmtree(path, ignore_errors=True)


@asynccontextmanager
async def catcher(directory: Path, http_port: int, faults: Sequence[str] = FAULTS) -> AsyncIterator[Catcher]:
    """A mailbox and a webhook receiver as a process of their own, until the block is left. `faults`: what they do wrong."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    options = ["--log", str(directory), "--secret", secret, "--http-port", str(http_port), *faults]
    process = _start(["streams.simulate.catchers", *options], directory / "catcher.log", os.environ, subprocess.PIPE)
    try:
        async with asyncio.timeout(_START_SECONDS):
            assert process.stdout  # noqa: S101  it is a pipe
            first = await asyncio.to_thread(process.stdout.readline)
        ports = json.loads(first or b"{}")
        if not ports:
            raise Stop(f"the catcher of mails did not start: {(directory / 'catcher.log').read_text()[-300:]}")
        yield Catcher(ports["mail_port"], ports["hook_port"], directory, secret)
    finally:
        await _ended([process])


def environment(settings: Settings, caught: Catcher, state: Path, page_port: int = PAGE_PORT) -> dict[str, str]:
    """What a worker of the demo is told: the caller's own environment, but every way out leads to the catcher, every link to our page."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS_ALONE}
    return kept | {
        "SIAGA_KAFKA": settings.kafka,
        "SIAGA_PREFIX": settings.prefix,
        "SIAGA_TIME": "watermarks",
        "SIAGA_WATERMARK_PERIOD": WATERMARK_SECONDS,
        "SIAGA_SMTP_HOST": LOOPBACK,
        "SIAGA_SMTP_PORT": str(caught.mail_port),
        "SIAGA_SMTP_TLS": "plain",
        "SIAGA_SMTP_USER": "",
        "SIAGA_SMTP_PASSWORD": "",
        "SIAGA_EXERCISE_HOOKS": f"http://{LOOPBACK}:{caught.hook_port}",
        "SIAGA_WEBHOOK_SECRET": caught.secret,
        "SIAGA_LINK_SECRET": secrets.token_hex(16),
        "SIAGA_CASE_SECRET": secrets.token_hex(16),
        "SIAGA_PUBLIC_URL": f"http://{LOOPBACK}:{page_port}",
        "SIAGA_STATE": str(state),
        "SIAGA_METRICS_PORT": "0",
    }


class Workers:
    """Workers, and the supervisor that starts again whoever ended. `numbers` count from 1."""

    def __init__(self, environment: Mapping[str, str], logs: Path, check: Callable[[], None], count: int = 2) -> None:
        self.kills = 0
        self._check = check
        self._environment, self._logs = environment, logs
        self._paused = False
        self._running = {number: self._start(number) for number in range(1, count + 1)}

    def kill(self, number: int) -> None:
        """Kill -9 one worker. It stays down until `revive`."""
        self._paused = True
        os.kill(self._running[number].pid, signal.SIGKILL)
        self._running[number].wait()
        self.kills += 1

    def revive(self) -> None:
        """Let the supervisor go on."""
        self._paused = False

    async def _supervise(self) -> None:
        """Start again whoever ended, for ever. A worker that cannot start is told of, with its last words."""
        ended = 0
        while True:
            await asyncio.sleep(0.3)
            self._check_kafka()
            for number, process in self._running.items():
                if process.poll() is None or self._paused:
                    continue
                ended += process.returncode != -signal.SIGKILL
                if ended > len(self._running) + 1:
                    raise Stop(f"worker {number} ends with code {process.returncode}: {self._last_words(number)}", 1)
                self._running[number] = self._start(number)

    def _check_kafka(self) -> None:
        try:
            self._check()
        except BrokerDied as died:
            raise Stop(str(died), NO) from None

    async def while_they_work(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something that needs workers; give up, in words, when they cannot be kept running."""
        supervising, working = asyncio.create_task(self._supervise()), asyncio.create_task(work)
        try:
            await asyncio.wait({supervising, working}, return_when=asyncio.FIRST_COMPLETED)
            if supervising.done():
                supervising.result()
            return await working
        finally:
            supervising.cancel()
            working.cancel()
            await asyncio.gather(supervising, working, return_exceptions=True)

    async def stop(self) -> None:
        """Ask all to end in good order, and insist on it."""
        await _ended(list(self._running.values()))

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        return _start(["streams.cli.main", "worker"], self._log(number), self._environment, subprocess.DEVNULL)

    def _log(self, number: int) -> Path:
        return self._logs / f"worker-{number}.log"

    def _last_words(self, number: int) -> str:
        said = self._log(number).read_text(errors="replace").strip().splitlines()
        return said[-1] if said else "it said nothing"


@asynccontextmanager
async def workers(environment: Mapping[str, str], logs: Path, check: Callable[[], None] = lambda: None) -> AsyncIterator[Workers]:
    """Two workers under supervision, until the block is left. `check` raises BrokerDied when the Kafka under them has died."""
    two = Workers(environment, logs, check)
    try:
        yield two
    finally:
        await two.stop()


@asynccontextmanager
async def page(environment: Mapping[str, str], logs: Path, port: int) -> AsyncIterator[None]:
    """The acknowledgement page, until the block is left. It may still be starting: the simulator goes on without it."""
    process = _start(["streams.cli.main", "ackpage", "--port", str(port)], logs / "ackpage.log", environment, subprocess.DEVNULL)
    try:
        yield
    finally:
        await _ended([process])


def _start(module: Sequence[str], log: Path, environment: Mapping[str, str], stdout: int) -> subprocess.Popen[bytes]:
    """A process that Ctrl-C does not reach: whoever started it ends it. It does not outlive us, however we end."""
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603  our own programs
            [sys.executable, "-m", *module],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=stdout if stdout == subprocess.PIPE else said,
            stderr=said,
            start_new_session=True,
            preexec_fn=death_follows_parent(),  # noqa: PLW1509  it only makes one system call
        )


async def _ended(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    await asyncio.gather(*(asyncio.to_thread(_reap, process) for process in processes))


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
