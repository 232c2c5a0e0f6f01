"""The jars of Apache Kafka: fetched once into the user's cache, found there ever after. In: the cache. Out: a class path.

Nothing here touches the network when the list in the cache is whole, so a second run works without one.
"""

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

Say = Callable[[str], None]

KAFKA = "4.3.0"
_ENDPOINTS = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}+org.apache.kafka:kafka-tools:{KAFKA}",
    # Resolved apart: log4j's own list of versions would pull the Kafka client down to an old one.
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)
_WHOLE_MB = 56
_MB = 1_000_000
_STEP_MB, _LOOK_SECONDS = 15, 3


class NotFetchedError(RuntimeError):
    """The jars are not here and could not be had: says what to do. Whatever the resolver's libraries raise ends up here."""


def cache_directory() -> Path:
    """Where siaga keeps what can be fetched or made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "siaga"


def kafka_jars(say: Say, cache: Path | None = None) -> tuple[Path, ...]:
    """Every jar that the broker needs, fetched on the first call."""
    home = (cache or cache_directory()) / f"kafka-{KAFKA}"
    return _listed(home) or _fetched(home, say)


def _listed(home: Path) -> tuple[Path, ...]:
    """The jars of an earlier run; none when the list or any jar is missing."""
    try:
        jars = tuple(home / line for line in (home / "jars.txt").read_text().splitlines())
    except FileNotFoundError:
        return ()
    return jars if all(jar.is_file() for jar in jars) else ()


def _fetched(home: Path, say: Say) -> tuple[Path, ...]:
    say(f"fetching Apache Kafka {KAFKA} into {home}: about {_WHOLE_MB} MB, once")
    home.mkdir(parents=True, exist_ok=True)
    done = threading.Event()
    watcher = threading.Thread(target=_tell_size, args=(home, say, done), daemon=True)
    watcher.start()
    try:
        jars = _first_of_each_name(jar for endpoint in _ENDPOINTS for jar in _resolve(endpoint, home))
    except Exception as error:
        advice = "is there a network? Try again, or name a Kafka of yours in SIAGA_KAFKA"
        raise NotFetchedError(f"Apache Kafka could not be fetched ({type(error).__name__}): {advice}") from error
    finally:
        done.set()
        watcher.join()
    _write_list(home, jars)
    say(f"fetched Apache Kafka {KAFKA}: {_megabytes(jars)} MB in {len(jars)} jars")
    return jars


def _resolve(endpoint: str, home: Path) -> list[Path]:
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415  jgo takes half a second to import and is needed on the first run only
    from jgo.env import EnvironmentBuilder  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    context = MavenContext(repo_cache=home / "maven", remote_repos={"central": MAVEN_CENTRAL_URL})
    environment = EnvironmentBuilder(context=context, cache_dir=home).from_endpoint(endpoint)
    return [Path(jar) for jar in environment.all_jars]


def _first_of_each_name(jars: Iterable[Path]) -> tuple[Path, ...]:
    """Kafka's own version of a library wins over the one that the log binding asks for."""
    named: dict[str, Path] = {}
    for jar in jars:
        named.setdefault(jar.stem.rpartition("-")[0], jar)
    return tuple(named.values())


def _write_list(home: Path, jars: Iterable[Path]) -> None:
    """Moved into place whole: a list that was cut short by a crash would be taken for the truth."""
    draft = home / f"jars.{os.getpid()}.txt"
    draft.write_text("\n".join(str(jar.relative_to(home)) for jar in jars))
    draft.replace(home / "jars.txt")


def _tell_size(home: Path, say: Say, done: threading.Event) -> None:
    """First that it is being worked out what is needed, then each time that some more has come."""
    told = -_STEP_MB
    while not done.wait(_LOOK_SECONDS):
        fetched = _megabytes((home / "maven").rglob("*.jar"))
        if fetched >= told + _STEP_MB:
            told = fetched
            say(f"fetching Apache Kafka {KAFKA}: {fetched} of about {_WHOLE_MB} MB" if fetched else "working out which jars are needed")


def _megabytes(jars: Iterable[Path]) -> int:
    return sum(jar.stat().st_size for jar in jars) // _MB
