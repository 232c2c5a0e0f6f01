"""The screen of the demo: lines that stay, and on a terminal one that says what is being waited for."""

import io

from streams.cli.stage.screen import Screen


class Terminal(io.StringIO):
    """A stream that is one."""

    def isatty(self) -> bool:
        return True


def test_in_a_pipe_there_are_lines_and_nothing_else():
    """No escape codes, and nobody who reads a log later is told what was being waited for."""
    stream = io.StringIO()
    screen = Screen(stream)
    screen.wait("Kafka starts")
    screen.line("one")
    screen.draw()
    screen.wait("")
    assert stream.getvalue() == "one\n"


def test_on_a_terminal_what_is_waited_for_stands_below_and_gives_way(monkeypatch):
    """It counts the seconds, and leaves nothing behind."""
    monkeypatch.setenv("TERM", "xterm")
    stream, now = Terminal(), [0.0]
    screen = Screen(stream, elapsed=lambda: now[0])
    screen.wait("Kafka starts")
    now[0] = 3.5
    screen.draw()
    screen.line("one")
    screen.wait("")
    shown = [text for text in stream.getvalue().replace("\n", "\n\r\x1b[K").split("\r\x1b[K") if text]
    assert shown == ["        … Kafka starts", "        … Kafka starts (3 s)", "one\n", "        … Kafka starts (3 s)"]
    assert stream.getvalue().endswith("\r\x1b[K")


def test_what_is_waited_for_is_never_wider_than_the_terminal(monkeypatch):
    """A line that wraps cannot be taken back."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    Screen(stream).wait("x" * 200)
    assert len(stream.getvalue().removeprefix("\r\x1b[K")) == 39
