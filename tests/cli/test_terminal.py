"""What the terminal shows while work goes on."""

import io

import pytest
from rich.console import Console

from gradewise.cli import terminal
from gradewise.cli.observer import heard_by
from gradewise.telemetry import Event, Notice, StageAdvanced, StageFinished, StageStarted

EVENTS = (
    StageStarted("features", 10, "essays"),
    StageAdvanced("features", 4),
    Notice("a [word] of :warning:"),
    StageFinished("features", 1.25),
    StageStarted("export", None, ""),
    StageFinished("export", 0.5),
)


def shown(monkeypatch: pytest.MonkeyPatch, *, tty: bool, quiet: bool = False) -> str:
    """What standard error shows of the events."""
    written = io.StringIO()
    console = Console(
        file=written, force_terminal=tty, width=100, markup=False, emoji=False, color_system=None
    )
    monkeypatch.setattr(terminal, "err", console)
    with terminal.progress_shown(quiet=quiet) as listener:
        for event in EVENTS:
            listener(event)
    return written.getvalue()


def test_a_terminal_gets_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stage has a bar that ends full; notices stand above, letter by letter."""
    text = shown(monkeypatch, tty=True)
    assert "• a [word] of :warning:" in text
    assert "10/10 essays" in text
    assert "✓ export" in text


def test_a_pipe_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a finished stage, one a notice."""
    expected = "note: a [word] of :warning:\nfeatures: 1.2 s\nexport: 0.5 s\n"
    assert expected == shown(monkeypatch, tty=False)


@pytest.mark.parametrize("tty", [False, True], ids=["pipe", "terminal"])
def test_quiet_shows_nothing(tty: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    """Neither progress nor notes."""
    assert "" == shown(monkeypatch, tty=tty, quiet=True)


def test_long_lines_are_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    """Where output is piped an error stays one line, however long, and keeps its brackets."""
    terminal.show_error("word " * 100 + "\n[end]")
    assert "error: " + "word " * 100 + "[end]\n" == capsys.readouterr().err


def test_a_log_on_standard_error_has_it_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever collects JSON lines there meets no plain one; without such a log people read the same."""
    heard: list[Event] = []
    with heard_by(heard.append, on_stderr=True):
        terminal.say("listening")
        terminal.say_unless_logged("try: curl")
        with terminal.progress_shown() as listener:
            listener(StageFinished("features", 1.0))
    assert ([Notice("listening"), StageFinished("features", 1.0)], "") == (heard, capsys.readouterr().err)
    terminal.say("listening\x1b")
    terminal.say_unless_logged("try: curl")
    assert ["listening\ufffd", "try: curl"] == capsys.readouterr().err.splitlines()
