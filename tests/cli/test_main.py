"""The program as a process: signals, streams, exit codes."""

import io
import os
import runpy
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradewise.cli import main as program


@pytest.fixture(autouse=True)
def _restored_signal() -> Iterator[None]:
    """The program's handler does not outlive the test."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def start(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Run the program in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["gradewise", *arguments])
    with pytest.raises(SystemExit) as stop:
        program.main()
    return stop.value.code


def test_the_exit_code_is_that_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Done is 0, refused is 2."""
    assert 0 == start(monkeypatch, "--version")
    assert 2 == start(monkeypatch, "trian")


def test_the_program_runs_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """``python -m gradewise`` is the command, where the directory of commands is not on the search path."""
    monkeypatch.setattr(sys, "argv", ["gradewise", "trian"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("gradewise", run_name="__main__")
    assert 2 == stop.value.code


def test_names_that_no_record_could_hold_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Linux allows any bytes in a file's name; a run writes down what it read."""
    assert 2 == program.run(["train", "caf\udce9.csv"])
    assert "is not UTF-8; rename the file" in capsys.readouterr().err


def test_a_polite_end_is_an_exit_with_the_signals_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGTERM unwinds what is going on, so that a run can record it, and says so."""

    def end(*_arguments: object, **_options: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("gradewise.cli.program.program", end)
    assert 128 + signal.SIGTERM == start(monkeypatch)
    assert "error: stopped; no file is half-written\n" == capsys.readouterr().err


def test_an_interrupt_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is not a traceback."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gradewise.cli.training.checking.show_machine", interrupted)
    assert 130 == program.run(["doctor"])
    assert "error: stopped; no file is half-written\n" == capsys.readouterr().err


def test_letters_that_a_terminal_lacks_are_shown_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ASCII terminal sees an escape, not a failure."""
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(screen, encoding="ascii"))
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert 2 == start(monkeypatch, "plan", "check", "å.yaml")
    sys.stderr.flush()
    assert b"plan \\xe5.yaml cannot be read" in screen.getvalue()


def test_a_closed_pipe_is_left_in_peace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When the reader has gone, the rest of the output goes nowhere and nothing fails."""
    with (tmp_path / "stdout").open("w") as file:

        class Closed(io.StringIO):
            def flush(self) -> None:
                raise BrokenPipeError

            def fileno(self) -> int:
                return file.fileno()

        monkeypatch.setattr(sys, "stdout", Closed())
        assert 0 == start(monkeypatch, "--version")
        assert os.fstat(file.fileno()).st_rdev == Path(os.devnull).stat().st_rdev


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "a.csv"), "a.csv: No space left on device; make room"),
        (OSError("odd"), "odd; make room"),
    ],
)
def test_what_the_system_refuses_is_one_line(
    error: OSError, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is named where the system names it; the exit code is 1."""

    def broken() -> None:
        raise error

    monkeypatch.setattr("gradewise.cli.training.checking.show_machine", broken)
    assert 1 == program.run(["doctor"])
    assert said in capsys.readouterr().err
