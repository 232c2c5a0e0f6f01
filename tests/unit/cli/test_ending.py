"""How a verb ends when it cannot go on: one line on stderr, exit code 2, never a traceback."""

import pytest
from typer.testing import CliRunner

from streams.cli.main import app

UNREACHED = {"SIAGA_KAFKA": "127.0.0.1:1"}

ENDINGS = [
    pytest.param(["nonsense"], {}, "nonsense", id="a verb that does not exist"),
    pytest.param(["ack", "E-1"], {}, "--revision", id="an option is missing"),
    pytest.param(["ack", "E-1"], {}, "siaga ack --help", id="where the option is explained"),
    pytest.param(["ack", "E-1", "--revision", "0", "--as", "x", "--name", "y"], {}, "--revision", id="a revision that cannot be"),
    pytest.param(["topics", "list"], {}, "siaga broker", id="no Kafka is named and none runs"),
    pytest.param(["topics", "apply"], UNREACHED, "127.0.0.1:1", id="Kafka does not answer"),
    pytest.param(["worker"], UNREACHED, "127.0.0.1:1", id="a worker without Kafka"),
    pytest.param(["topics", "list"], {"SIAGA_SMTP_PORT": "twenty"}, "SIAGA_SMTP_PORT", id="a setting that is no number"),
    pytest.param(["topics", "list"], {"SIAGA_PREFIX": "a b"}, "prefix", id="a prefix that is none"),
    pytest.param(["publish", "no-such-file.ndjson"], {}, "no-such-file.ndjson", id="a file that is missing"),
    pytest.param(["publish", "/"], {}, "directory", id="a directory"),
    pytest.param(["publish", "x", "--complete-through", "now"], {}, "--complete-through", id="no instant"),
    pytest.param(["simulate", "no-such-story"], {}, "itss-unanswered", id="a story that nobody has written"),
    pytest.param(["simulate", "itss", "--out", "/no/such/folder/x"], {}, "/no/such/folder/x", id="a folder that is missing"),
    pytest.param(["worker", "kitchen"], UNREACHED, "kitchen", id="a room that is none, before Kafka is looked for"),
    pytest.param(["worker"], UNREACHED | {"SIAGA_ROSTERS": "/no/such/folder"}, "/no/such/folder", id="a worker whose rosters are missing"),
    pytest.param(["topics", "apply"], UNREACHED | {"SIAGA_POLICIES": "/no/such/folder"}, "/no/such/folder", id="policies that are missing"),
    *(
        pytest.param(["simulate", "itss", "--publish"], UNREACHED, name, id=f"a story on a production prefix: {name}")
        for name in ("SIAGA_PREFIX", "SIAGA_TIME", "SIAGA_SMTP_HOST", "SIAGA_EXERCISE_HOOKS")
    ),
    pytest.param(["demo", "--story", "no-such-story"], UNREACHED, "no-such-story", id="a demo of nothing"),
]


@pytest.mark.parametrize(("arguments", "environment", "named"), ENDINGS)
def test_bad_input_is_one_line_that_names_what_is_wrong(tmp_path, arguments, environment, named):
    """Whoever reads it at night must not have to read a traceback."""
    clean = {"SIAGA_KAFKA": None, "SIAGA_PREFIX": None, "XDG_CACHE_HOME": str(tmp_path)}
    done = CliRunner(env=clean | environment).invoke(app, arguments)
    assert done.exit_code == 2, done.output
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("siaga: ")
    assert named in done.stderr


def test_a_misspelt_setting_is_told_of_and_stops_nobody(tmp_path):
    """It would otherwise be the default that decides, in silence."""
    (tmp_path / "facts.ndjson").write_text("{}")
    environment = {"SIAGA_KAFKA": None, "SIAGA_PERFIX": "x.", "SIAGA_ZZZZZZ": "1", "SIAGA_PREFIX_FILE": None}
    done = CliRunner(env=environment).invoke(app, ["publish", str(tmp_path / "facts.ndjson"), "--check"])
    assert done.stderr.splitlines()[:2] == [
        "siaga: nobody reads SIAGA_PERFIX; did you mean SIAGA_PREFIX?",
        "siaga: nobody reads SIAGA_ZZZZZZ",
    ]
    assert "lines are refused" in done.stderr.splitlines()[2]


@pytest.mark.parametrize("verb", [["broker"], ["demo", "--until-done"]], ids=" ".join)
def test_without_a_network_the_first_run_says_what_to_do(tmp_path, verb):
    """Nothing is started, and no library's own account of its troubles is printed."""
    nowhere = dict.fromkeys(("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    nowhere |= {"NO_PROXY": "", "no_proxy": ""}
    clean = {"SIAGA_KAFKA": None, "XDG_CACHE_HOME": str(tmp_path)}
    done = CliRunner(env=nowhere | clean).invoke(app, verb)
    assert done.exit_code == 2
    first, last = done.stderr.splitlines()
    assert first.startswith("siaga: fetching Apache Kafka ")
    assert last == (
        "siaga: Apache Kafka could not be fetched (ProxyError): is there a network? Try again, or name a Kafka of yours in SIAGA_KAFKA"
    )
