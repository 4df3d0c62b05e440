"""What a process says and how it crashes is kept, and everything is as it was afterwards."""

import faulthandler
import io
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradewise.adapters.process_watch import watch_process

SOURCE = str(Path(__file__).parents[2] / "src")

NOISY = """
import os, sys
from pathlib import Path
from gradewise.adapters.process_watch import watch_process
{before}
with watch_process(Path(sys.argv[1])):
    os.write(2, b"native noise\\n")
    print("python words", file=sys.stderr)
    {within}
os.write(2, b"native again\\n")
print("python again", file=sys.stderr)
{after}
"""
BARS = """
from rich.progress import Progress
from rich.console import Console
bars = Progress(console=Console(stderr=True))
bars.start()
task = bars.add_task("reading", total=3)
"""


def noisy(directory: Path, *, before: str = "", within: str = "", after: str = "") -> list[str]:
    """A process that writes to standard error in every way, while it is watched and after that."""
    script = NOISY.format(before=before, within=within, after=after)
    return [sys.executable, "-c", script, str(directory)]


def test_native_noise_is_kept_from_the_terminal_and_python_words_are_copied(tmp_path: Path) -> None:
    """Afterwards both go where they went before."""
    said = subprocess.run(
        noisy(tmp_path), check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": SOURCE}
    )
    assert ["python words", "native again", "python again"] == said.stderr.splitlines()
    assert ["native noise", "python words"] == (tmp_path / "stderr.log").read_text().splitlines()
    assert "" == (tmp_path / "fault.log").read_text()


def test_progress_bars_go_on_reaching_the_terminal(tmp_path: Path) -> None:
    """Bars are drawn on the terminal and not in the log; words appear above them and in the log."""
    drawn, terminal = pty.openpty()
    with subprocess.Popen(
        noisy(tmp_path, before=BARS, within="bars.update(task, completed=3)", after="bars.stop()"),
        stderr=terminal,
        env={**os.environ, "PYTHONPATH": SOURCE, "TERM": "xterm", "COLUMNS": "80"},
    ) as process:
        os.close(terminal)
        shown = bytearray()
        while True:
            try:
                part = os.read(drawn, 4096)
            except OSError:
                break
            shown += part
    os.close(drawn)
    assert 0 == process.returncode
    assert (True, True, False) == (b"100%" in shown, b"python words" in shown, b"native noise" in shown)
    assert ["native noise", "python words"] == (tmp_path / "stderr.log").read_text().splitlines()


def test_a_stream_that_leads_elsewhere_is_left_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words go to whatever stands for standard error, and to the log, as long as the log can be written."""
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stderr", heard)
    with watch_process(tmp_path):
        assert not sys.stderr.isatty()
        assert sys.stderr.writable()
        sys.stderr.write("words\n")
        sys.stderr.flush()
    assert heard is sys.stderr
    assert ("words\n", "words\n") == (heard.getvalue(), (tmp_path / "stderr.log").read_text())


def test_everything_is_restored_after_an_error(tmp_path: Path) -> None:
    """Descriptor 2, the stream, and the handlers; a stream that somebody put there meanwhile stays."""
    before, enabled = os.fstat(2), faulthandler.is_enabled()
    stream, other = sys.stderr, io.StringIO()

    def break_off() -> None:
        with watch_process(tmp_path):
            assert before.st_ino != os.fstat(2).st_ino
            sys.stderr = other
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    replaced, sys.stderr = sys.stderr, stream
    assert replaced is other
    assert (before.st_dev, before.st_ino) == (os.fstat(2).st_dev, os.fstat(2).st_ino)
    assert enabled == faulthandler.is_enabled()
    assert signal.SIG_DFL == signal.getsignal(signal.SIGUSR1)


def test_stacks_are_kept_at_a_signal_and_now_and_then(tmp_path: Path) -> None:
    """In the inner of two nested watches while it lasts, then in the outer one again."""
    outer, inner = tmp_path / "outer", tmp_path / "inner"
    outer.mkdir()
    inner.mkdir()
    with watch_process(outer):
        with watch_process(inner, stacks_every_s=0.02):
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.1)
        assert "" == (outer / "fault.log").read_text()
        os.kill(os.getpid(), signal.SIGUSR1)
    name = "test_stacks_are_kept"
    assert name in (outer / "fault.log").read_text()
    kept = (inner / "fault.log").read_text()
    assert (True, True) == (name in kept, "Timeout (0:00:00.020000)!" in kept)


def test_a_crash_leaves_a_trace(tmp_path: Path) -> None:
    """A fault in native code ends the process; where it was is written down."""
    crashed = subprocess.run(
        noisy(tmp_path, within="import faulthandler; faulthandler._sigsegv()"),
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )
    assert -signal.SIGSEGV == crashed.returncode
    assert "Fatal Python error: Segmentation fault" in (tmp_path / "fault.log").read_text()


def test_without_crash_traces_before_there_are_none_after(tmp_path: Path) -> None:
    """A process that had not asked for them is left as it was, wherever its errors go."""
    quiet = "import faulthandler\nassert not faulthandler.is_enabled()"
    subprocess.run(
        noisy(tmp_path, before=quiet, after=quiet),
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )
