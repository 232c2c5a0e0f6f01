"""Library: the policy and roster revisions that are installed, read once from the package and the operator's directories."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import structlog
from pydantic import ValidationError

from schemas.policy import Policy, Roster
from streams.pipeline.line import InForce, NotInstalledError, Record, UnstampedError

log = structlog.get_logger()


class LibraryError(Exception):
    """A revision cannot be read, or is not installed: says which file and what to do."""


class Library(NamedTuple):
    """Revisions by their name."""

    policies: Mapping[str, Policy]
    rosters: Mapping[str, Roster]

    def for_production(self) -> "Library":
        """What may be in force in production: no example roster, where the operator has one of their own."""
        own = {name: roster for name, roster in self.rosters.items() if not roster.example}
        if not own:
            log.warning("roster.example", means="only example positions can be told; put a roster into SIAGA_ROSTERS")
        return Library(self.policies, own or self.rosters)

    def policy(self, revision: str) -> Policy:
        """The policy revision of that name. Raises NotInstalledError."""
        if revision not in self.policies:
            raise NotInstalledError(f"revision {revision} is not installed; put its file into the directory of SIAGA_POLICIES")
        return self.policies[revision]

    def roster(self, revision: str) -> Roster:
        """The roster revision of that name. Raises NotInstalledError."""
        if revision not in self.rosters:
            raise NotInstalledError(f"revision {revision} is not installed; put its file into the directory of SIAGA_ROSTERS")
        return self.rosters[revision]

    def in_force(self, record: Record) -> InForce:
        """The revisions that a record of an inner topic is stamped with. Raises NotInstalledError, UnstampedError."""
        policy, roster = record.header("policy"), record.header("roster")
        if not (policy and roster):
            raise UnstampedError
        try:
            return InForce(self.policies[policy], self.rosters[roster])
        except KeyError:
            directory = "SIAGA_ROSTERS" if policy in self.policies else "SIAGA_POLICIES"
            missing = roster if policy in self.policies else policy
            where = f"{record.topic}/{record.partition}/{record.offset}"
            words = f"revision {missing}, by which {where} was decided, is not installed; put its file into the directory of {directory}"
            raise NotInstalledError(words) from None


def load(directories: Iterable[Path] = ()) -> Library:
    """The packaged revisions and those of the operator's directories. A name given twice with other content is refused."""
    packaged = [entry for entry in files("streams").joinpath("policies").iterdir() if entry.name.endswith(".toml")]
    own = [path for directory in directories for path in _held_in(directory)]
    texts = [(entry.name, entry.read_text(encoding="utf-8")) for entry in (*packaged, *own)]
    revisions = [_read(name, text) for name, text in texts]
    policies = {r.revision: r for r in revisions if isinstance(r, Policy)}
    rosters = {r.revision: r for r in revisions if isinstance(r, Roster)}
    if clash := next((r.revision for r in revisions if r not in (policies.get(r.revision), rosters.get(r.revision))), None):
        raise LibraryError(f"revision {clash} is installed twice with different content; revisions are immutable, give one a new name")
    return Library(policies, rosters)


def load_policy(path: Path) -> Policy:
    """The policy revision of one file. Raises LibraryError, OSError."""
    found = _read(path.name, path.read_text(encoding="utf-8"))
    if isinstance(found, Roster):
        raise LibraryError(f"{path.name} is a roster, and no policy")
    return found


def _held_in(directory: Path) -> list[Path]:
    """The revisions of an operator's directory; one that is missing or holds none is a mistake, and never taken for the package's own."""
    found = sorted(directory.glob("*.toml"))
    if not found:
        lacks = "holds no revision (*.toml)" if directory.is_dir() else "is no directory"
        raise LibraryError(f"{directory}, named by SIAGA_POLICIES or SIAGA_ROSTERS, {lacks}")
    return found


def _read(name: str, text: str) -> Policy | Roster:
    try:
        table = tomllib.loads(text)
        kind = Roster if "positions" in table else Policy
        return kind.model_validate_json(json.dumps(table, default=str))
    except tomllib.TOMLDecodeError as error:
        raise LibraryError(f"{name}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise LibraryError(f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
