"""Settings: names, files for secrets, and the one combination that is refused."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from streams.live.settings import Settings, misnamed


def test_a_story_needs_a_prefix_of_an_exercise() -> None:
    """Made-up time under a production prefix would decide real cases."""
    with pytest.raises(ValidationError, match="is for exercises"):
        Settings.load(time="watermarks")
    assert Settings.load(time="watermarks", prefix="exercise.").exercise
    assert not Settings.load(prefix="noexercise.").exercise


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By a name in the environment, or in a directory of secrets; and it is not printed."""
    (tmp_path / "mail").write_text("hunter2\n")
    (tmp_path / "siaga_link_secret").write_text("two")
    monkeypatch.setenv("SIAGA_SMTP_PASSWORD_FILE", str(tmp_path / "mail"))
    monkeypatch.setenv("SIAGA_SECRETS_DIR", str(tmp_path))
    settings = Settings.load()
    assert settings.smtp_password.get_secret_value() == "hunter2"
    assert settings.link_secret.get_secret_value() == "two"
    assert "hunter2" not in repr(settings)


def test_spans_and_lists_are_written_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds, and names with commas between."""
    monkeypatch.setenv("SIAGA_WATERMARK_PERIOD", "2.5")
    monkeypatch.setenv("SIAGA_WEBHOOK_ALLOW", "10.0.0.0/8, 10.1.2.3/32:8443")
    settings = Settings.load()
    assert settings.watermark_period == timedelta(seconds=2.5)
    assert settings.webhook_allow == ("10.0.0.0/8", "10.1.2.3/32:8443")


def test_an_allowance_that_is_neither_network_nor_port_is_refused() -> None:
    """A misspelt allowance must not open or close anything by accident."""
    with pytest.raises(ValidationError):
        Settings.load(webhook_allow=("everything",))


def test_names_that_nobody_reads_are_found_with_what_was_meant() -> None:
    """Files that hold a setting have names too, and other programs' names are none of ours."""
    names = ["SIAGA_KAFKA", "SIAGA_LINK_SECRET_FILE", "SIAGA_SECRETS_DIR", "PATH", "SIAGA_ROSTER", "SIAGA_COLOUR_FILE"]
    assert dict(misnamed(names)) == {"SIAGA_ROSTER": "SIAGA_ROSTERS", "SIAGA_COLOUR_FILE": ""}
