"""Who may import whom, what may not be read, and what is in the box: also red where nobody runs `make check`."""

import ast
import gc
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGES = ("handlers", "schemas", "streams")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()


def run(*command, cwd=ROOT, **options):
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, **options)


def tool(name):
    return Path(sys.executable).with_name(name)


def folders_with_python(*tops):
    return sorted({path.parent for top in tops for path in (ROOT / top).rglob("*.py")})


def dotted(folder):
    return ".".join(folder.relative_to(ROOT).parts)


def test_the_import_contracts_hold():
    """The table of design.md §1, as import-linter contracts."""
    done = run(tool("lint-imports"), "--no-logo", "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("schemas/word.py", "import os"),
        ("schemas/word.py", "from streams.pipeline import line"),
        ("streams/pipeline/line.py", "import importlib.resources"),
        ("streams/pipeline/line.py", "import handlers"),
        ("handlers/render.py", "import time"),
        ("handlers/sign.py", "import aiohttp"),
        ("handlers/__init__.py", "from streams.pipeline import line"),
        ("streams/replay/__init__.py", "from streams import live"),
        ("streams/replay/__init__.py", "import smtplib"),
        ("streams/simulate/__init__.py", "import handlers"),
        ("streams/live/__init__.py", "from streams import simulate"),
        ("streams/live/__init__.py", "from streams import console"),
        ("streams/console/__init__.py", "from streams import cli"),
        ("streams/cli/stage/__init__.py", "from streams.cli import worker"),
        ("streams/cli/hall/__init__.py", "from streams.cli import stage"),
        ("streams/cli/ack.py", "from streams.cli import demo"),
    ],
    ids=lambda text: text.removesuffix("/__init__.py"),
)
def test_a_contract_refuses(tmp_path, file, line):
    """A contract that cannot break guards nothing: each forbidden import, in a copy of the house, is found."""
    for name in (*PACKAGES, "pyproject.toml"):
        copied = ROOT / name
        (shutil.copytree if copied.is_dir() else shutil.copy)(copied, tmp_path / name)
    for guarded in ("streams/console/__init__.py", file):
        (tmp_path / guarded).parent.mkdir(exist_ok=True)
        (tmp_path / guarded).touch()
    with (tmp_path / file).open("a") as source:
        source.write(f"\n{line}\n")
    done = run(tool("lint-imports"), "--no-logo", "--no-cache", cwd=tmp_path)
    assert "BROKEN" in done.stdout, done.stdout + done.stderr


def test_every_folder_with_python_is_a_package():
    """A folder without __init__.py is invisible to import-linter, and its contracts pass in silence."""
    assert [dotted(folder) for folder in folders_with_python(*PACKAGES) if not (folder / "__init__.py").exists()] == []


def test_there_is_no_package_under_tests():
    """A package tests/unit/schemas would shadow the one that it tests."""
    assert [str(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


CLOCK = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
    "uuid.uuid4",
}
CHANCE = {"os.urandom", "random", "secrets"}
OWN_CLOCK = {"streams/simulate/catchers.py": {"datetime.datetime.now"}}
"""The catchers stand for the outside, which has clocks of its own: their logs are evidence that owes nothing to ours."""

PURE = ("schemas", "streams/pipeline", "streams/replay", "streams/simulate")


def parsed(source):
    """No memory is collected meanwhile: Python code that a collection runs makes CPython 3.11 stumble over its own count of nested nodes."""
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        gc.enable()


def readings(source):
    """Every use of a clock or of chance in a module, by its full name, however it was imported."""
    tree = parsed(source)
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {
                alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}

    def full(node):
        if isinstance(node, ast.Name):
            return names.get(node.id, "")
        if isinstance(node, ast.Attribute) and (owner := full(node.value)):
            return f"{owner}.{node.attr}"
        return ""

    seeded = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args and full(node.func) == "random.Random"}
    typed = {id(node.annotation) for node in ast.walk(tree) if isinstance(node, ast.arg | ast.AnnAssign)}
    typed |= {id(node.returns) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        name = full(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        if name == "random.Random" and id(node) in seeded | typed:
            yield "a seeded generator"
        elif name in CLOCK | {"os.urandom"} or ("." in name and name.partition(".")[0] in CHANCE):
            yield name


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("import datetime\nx = datetime.datetime.now(datetime.UTC)", "datetime.datetime.now", id="a module's clock"),
        pytest.param("from datetime import datetime as dt\nx = dt.utcnow()", "datetime.datetime.utcnow", id="a renamed clock"),
        pytest.param("from time import time\nread = time", "time.time", id="a clock passed on"),
        pytest.param("import time as t\nx = t.time_ns()", "time.time_ns", id="a renamed module"),
        pytest.param("from uuid import uuid4\nx = uuid4()", "uuid.uuid4", id="an id from nowhere"),
        pytest.param("import random\nx = random.random()", "random.random", id="the shared generator"),
        pytest.param("from random import Random\nx = Random()", "random.Random", id="a generator without a seed"),
        pytest.param("from random import Random\nx = Random(7)", "a seeded generator", id="a generator with a seed"),
        pytest.param("from random import Random\ndef f(world: Random) -> Random: ...", "a seeded generator", id="a generator passed in"),
        pytest.param("import secrets\nx = secrets.token_hex()", "secrets.token_hex", id="a token"),
    ],
)
def test_the_reader_finds(source, found):
    assert set(readings(source)) == {found}


def test_an_instant_that_is_passed_in_is_no_clock():
    assert list(readings("from datetime import datetime\nx = datetime.fromisoformat('2021-07-01')\nthe.random.choice\n")) == []


@pytest.mark.parametrize("top", PURE)
def test_no_clock_and_no_chance(top):
    """Time, ids and chance come in as arguments (design.md §2); made-up worlds may seed a generator."""
    allowed = {"a seeded generator"} if top == "streams/simulate" else set()
    found = {
        name: sorted(used)
        for path in (ROOT / top).rglob("*.py")
        if (used := set(readings(path.read_text())) - allowed - OWN_CLOCK.get(name := str(path.relative_to(ROOT)), set()))
    }
    assert found == {}


def test_the_lint_has_one_reader_of_the_clock():
    """The exceptions to the ban are these, and a new one is a decision."""
    exceptions = PROJECT["tool"]["ruff"]["lint"]["per-file-ignores"]
    assert {where for where, rules in exceptions.items() if "TID251" in rules} == {
        "streams/live/clock.py",
        "streams/simulate/**",
        "tests/**",
    }


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "time.time()", "time.time_ns()", "uuid.uuid4()", "random.Random(1)"])
def test_the_lint_refuses_a_clock_outside_its_one_file(line):
    source = f'"""A module."""\n\nimport random\nimport time\nimport uuid\nfrom datetime import UTC, datetime\n\nX = {line}\n'
    banned = [tool("ruff"), "check", "--select=TID251", "--output-format=concise", "--no-cache", "--stdin-filename"]
    refused = run(*banned, "streams/live/senders.py", "-", input=source)
    assert ":8:" in refused.stdout or "random" in line, refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert run(*banned, "streams/live/clock.py", "-", input=source).returncode == 0


PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[0-9][A-Za-z0-9.!+_-]*)")


def pins():
    return {canonicalize_name(pin["name"]): pin["version"] for line in LOCK.splitlines() if (pin := PIN.fullmatch(line))}


def test_the_lock_is_plain_pins():
    """No addresses, no hashes, no options: anybody's index will do."""
    assert [line for line in LOCK.splitlines() if not PIN.fullmatch(line)] == []
    assert [name for name, times in Counter(line.partition("==")[0].lower() for line in LOCK.splitlines()).items() if times > 1] == []


@pytest.mark.parametrize("name", [*PACKAGES, "siaga"])
def test_the_lock_holds_no_distribution_called(name):
    """A distribution called `schemas` exists, and is not ours."""
    assert name not in pins()


def wanted(names, extras=frozenset({""})):
    """The requirements of distributions that apply here, and theirs."""
    for requirement in map(Requirement, names):
        if any(requirement.marker is None or requirement.marker.evaluate({"extra": extra}) for extra in extras):
            yield requirement


def test_the_lock_meets_every_dependency():
    """What pyproject.toml asks for, and what that asks for in turn, is pinned at a version that satisfies it."""
    own = PROJECT["project"]["optional-dependencies"]
    open_ones = list(
        wanted([*PROJECT["project"]["dependencies"], *(name for names in own.values() for name in names if not name.startswith("siaga["))])
    )
    seen, missing = set(), []
    while open_ones:
        requirement = open_ones.pop()
        name = canonicalize_name(requirement.name)
        if not (pins().get(name) and requirement.specifier.contains(pins()[name], prereleases=True)):
            missing.append(str(requirement))
        elif (asked := (name, *sorted(requirement.extras))) not in seen:
            seen.add(asked)
            open_ones += wanted(requires(name) or (), {"", *requirement.extras})
    assert missing == []
    assert set(pins()) - {name for name, *_ in seen} == set()


# In two pieces each, so that this file does not hold what it looks for.
ELSEWHERE = [
    "".join(pieces)
    for pieces in (
        ("py", "pi.org"),
        ("python", "hosted"),
        ("repo1.", "maven"),
        ("repo.", "maven"),
        ("maven.apache.org/", "maven2"),
        ("registry.", "npmjs"),
        ("crates", ".io"),
        ("proxy.", "golang"),
        ("deb.", "debian"),
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("/Us", "ers/"),
        ("/tmp/ba", "sh"),
    )
]


def kept_files():
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.returncode:
        pytest.skip("not a git working copy: which files are kept is not known")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    """What is kept works at anybody's place, against anybody's index."""
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in kept_files()
        for name in ELSEWHERE
        if name.encode() in path.read_bytes() and path.suffix not in {".gz", ".png", ".zst"}
    ]
    assert found == []


def test_every_package_is_listed():
    """Packages are listed one by one: what is not on the list is not in the wheel."""
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == [dotted(folder) for folder in folders_with_python(*PACKAGES)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy, so that nothing built before gets into it."""
    copy, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    done = run(
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "wheel",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        built,
        ".",
        cwd=copy,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(built.glob("siaga-*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(wheel):
    """Code, policies, templates and stories: a file that a clone has and an installation lacks is found here."""
    here = {
        str(path.relative_to(ROOT))
        for top in PACKAGES
        for path in (ROOT / top).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}
        [entry_points] = [archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert here - there == set()
    assert there - here == set()
    assert "siaga = streams.cli.main:app" in entry_points


@pytest.mark.slow
def test_the_unpacked_wheel_imports_and_finds_its_policies(wheel, tmp_path):
    """Away from the clone every package imports, and data is read through the package, not through a path."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        "import importlib, importlib.resources, sys\n"
        "modules = [importlib.import_module(name) for name in sys.argv[1:]]\n"
        "print(*[module.__file__ for module in modules], sep='\\n')\n"
        "print(*[p.name for p in (importlib.resources.files('streams') / 'policies').iterdir()])\n"
    )
    done = run(
        sys.executable,
        "-c",
        script,
        *PROJECT["tool"]["setuptools"]["packages"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    *modules, policies = done.stdout.splitlines()
    assert all(Path(module).is_relative_to(tmp_path) for module in modules)
    assert ".toml" in policies
