"""What a worker must not be started with, and what it is given when nothing is said."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from schemas.escalation import Answer, Escalation
from schemas.topics import ESCALATIONS
from streams.live import library, wiring
from streams.live.library import LibraryError
from streams.live.settings import Settings
from streams.live.turn import Committed
from streams.live.wiring import WiringError
from streams.pipeline.line import Record, Said
from tests.golden.wire.samples import WORDS
from tests.story import STAMP


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings.load(kafka="127.0.0.1:1", state=tmp_path, **given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"smtp_host": "mail.example", "exercise_hooks": "http://127.0.0.1:1"}, "SIAGA_SMTP_HOST", id="a real relay"),
        pytest.param({}, "SIAGA_EXERCISE_HOOKS", id="no catcher"),
        pytest.param({"exercise_hooks": "https://hooks.example"}, "SIAGA_EXERCISE_HOOKS", id="a catcher elsewhere"),
    ],
)
def test_an_exercise_reaches_nobody_but_its_catcher(tmp_path, given, words):
    with pytest.raises(WiringError, match=words):
        wiring.build(settings(tmp_path, prefix="exercise.x.", **given))


def test_a_room_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(WiringError, match="kitchen"):
        wiring.build(settings(tmp_path), ["kitchen"])


def test_an_example_roster_gives_way_to_the_operators_own(tmp_path):
    """Without any `activate`, production goes by the operator's roster, whatever its name."""
    text = 'revision = "roster-2026"\n[[positions]]\nid = "duty-officer"\ntitle_id = "piket"\ntitle_en = "duty"\nholder = "piket"\n'
    (tmp_path / "own.toml").write_text(text + 'receivers = [{ id = "piket", channel = "mail", address = "piket@ministry.example" }]\n')
    assert set(library.load([tmp_path]).for_production().rosters) == {"roster-2026"}
    assert set(library.load().for_production().rosters) == {"example-1"}


def test_a_digest_of_what_was_refused_is_always_keyed(tmp_path):
    """Law 12: with an empty key anybody could try payloads until one fits."""
    known = {"case_secret": "old,new"}
    assert wiring._case_keys(settings(tmp_path, **known))[0] == b"new"
    one, two = (wiring._case_keys(settings(tmp_path)) for _ in range(2))
    assert set(one).isdisjoint(two)
    assert len(one[0]) > 40


def test_a_case_keeps_its_id_while_keys_rotate(tmp_path):
    """Else the same person, told of before and after, would be two of a cluster."""
    assert [wiring._case_keys(settings(tmp_path, case_secret=known))[1] for known in ("old", "old,new")] == [b"old", b"old"]
    one, two = (wiring._case_keys(settings(tmp_path)) for _ in range(2))
    assert one[1] != two[1], "without a secret nobody knows the key"


def test_a_missing_secret_is_never_an_empty_one(tmp_path):
    one, two = (wiring._secrets(settings(tmp_path).link_secret, "SIAGA_LINK_SECRET") for _ in range(2))
    assert one != two
    assert len(one[0]) > 40


async def test_each_word_on_an_escalation_is_a_line_for_the_operator(tmp_path):
    """And answers to acts, which name people, are none."""
    (seats,) = wiring.build(settings(tmp_path), ["escalation"]).seats
    record = Record("escalation-inbox", 0, 0, 0, None, None)
    words = [Committed(Said(ESCALATIONS, "imip", word, STAMP), record, 0) for word in WORDS if isinstance(word, Escalation | Answer)]
    with capture_logs() as lines:
        await seats.hosting.after_commit([record], words)
    escalations = [word.said.word for word in words if isinstance(word.said.word, Escalation)]
    assert [(line["event"], line["log_level"], line["id"], line["ladder_level"]) for line in lines] == [
        ("escalation", "info", word.id, word.level) for word in escalations
    ]
    assert lines


@pytest.mark.parametrize("given", [{}, {"smtp_host": "mail.example"}], ids=["nobody named a relay", "somebody did"])
def test_an_operator_is_told_where_mails_go_when_nobody_has_said(tmp_path, given):
    with capture_logs() as lines:
        wiring.build(settings(tmp_path, **given), ["senders"])
    told = [line["means"] for line in lines if line["event"] == "relay.unnamed"]
    assert told == ([] if given else ["mails go to 127.0.0.1:25"])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: None, "is no directory", id="it does not exist"),
        pytest.param(lambda path: path.mkdir(), "holds no revision", id="it is empty"),
        pytest.param(lambda path: path.write_text("x"), "is no directory", id="it is a file"),
    ],
)
def test_a_directory_of_revisions_without_any_is_never_taken_for_the_packages_own(tmp_path, make, words):
    """A misspelt SIAGA_ROSTERS would tell the example's positions, and nobody else."""
    make(tmp_path / "own")
    with pytest.raises(LibraryError, match=words):
        library.load([tmp_path / "own"])


def test_a_worker_says_what_is_in_force_before_anything_is_activated(tmp_path):
    """The least name of all that are installed: nobody should have to guess it."""
    own = (Path(library.__file__).parents[1] / "policies" / "2026-11-23.1.toml").read_text()
    (tmp_path / "own.toml").write_text(own.replace("2026-11-23.1", "1998-01-01.1"))
    with capture_logs() as logs:
        wiring.build(settings(tmp_path, prefix="exercise.x.", exercise_hooks="http://127.0.0.1:1", policies=tmp_path))
    (said,) = (line for line in logs if line["event"] == "policy.first")
    assert (said["policy"], said["roster"]) == ("1998-01-01.1", "example-1")
