"""What a process says and how it crashes, kept in a run directory while a run goes on."""

import faulthandler
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, TextIO

STACKS_EVERY_S = 600.0
"""A stage that takes longer leaves a snapshot of what every thread does; that is no failure."""

STDERR = 2


@contextmanager
def watch_process(directory: Path, *, stacks_every_s: float = STACKS_EVERY_S) -> Iterator[None]:
    """Keep crash traces in ``fault.log`` and standard error in ``stderr.log`` until the block ends.

    ``fault.log`` gets the stacks of all threads when the process crashes, every ten minutes, and at SIGUSR1.
    ``stderr.log`` gets what libraries write to file descriptor 2, which the terminal is spared, and a copy
    of what Python writes to ``sys.stderr``, which still goes where it went. Watches may be nested; the
    inner one keeps everything.
    """
    with ExitStack() as watched:
        faults = watched.enter_context((directory / "fault.log").open("a", encoding="utf-8"))
        log = watched.enter_context((directory / "stderr.log").open("a", encoding="utf-8", errors="replace"))
        watched.enter_context(_faults_kept(faults, stacks_every_s))
        watched.enter_context(_stderr_kept(log))
        yield


class _Watches:
    """Where crash traces go, the innermost watch last."""

    going_on: ClassVar[list[tuple[TextIO, float]]] = []


@contextmanager
def _faults_kept(file: TextIO, every_s: float) -> Iterator[None]:
    enabled = faulthandler.is_enabled()
    _Watches.going_on.append((file, every_s))
    _keep_faults(file, every_s)
    try:
        yield
    finally:
        _Watches.going_on.pop()
        faulthandler.cancel_dump_traceback_later()
        faulthandler.unregister(signal.SIGUSR1)
        if _Watches.going_on:
            _keep_faults(*_Watches.going_on[-1])
        elif enabled and sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)
        else:
            faulthandler.disable()


def _keep_faults(file: TextIO, every_s: float) -> None:
    faulthandler.enable(file)
    faulthandler.register(signal.SIGUSR1, file)
    faulthandler.dump_traceback_later(every_s, repeat=True, file=file)


@contextmanager
def _stderr_kept(log: TextIO) -> Iterator[None]:
    """Lead descriptor 2 into a log, and ``sys.stderr`` both there and where it led before."""
    before = sys.stderr
    with suppress(OSError, ValueError):
        before.flush()
    drawn_on = getattr(before, "rich_proxied_file", before)
    encoding = getattr(drawn_on, "encoding", None) or "utf-8"
    with os.fdopen(os.dup(STDERR), "w", 1, encoding=encoding, errors="backslashreplace") as terminal:
        os.dup2(log.fileno(), STDERR)
        copied = _copied(before, terminal, log)
        sys.stderr = copied
        try:
            yield
        finally:
            if sys.stderr is copied:  # else somebody has put another in its place, and will see to it
                sys.stderr = before
            with suppress(OSError, ValueError):
                terminal.flush()
            os.dup2(terminal.fileno(), STDERR)


def _copied(before: TextIO, terminal: TextIO, log: TextIO) -> "_Copied":
    """What takes the place of ``sys.stderr``, whether that leads to descriptor 2 or elsewhere."""
    shown = terminal if _leads_to_stderr(before) else before
    drawn_on = getattr(before, "rich_proxied_file", None)
    if drawn_on is None:
        return _Copied(shown, log)
    # rich draws progress on the stream behind its proxy, and lets what is written to the proxy appear
    # above it: the drawing must go on reaching the terminal, the words must go through the proxy.
    copied = _Copied(before, log)
    copied.rich_proxied_file = terminal if _leads_to_stderr(drawn_on) else drawn_on
    return copied


def _leads_to_stderr(stream: TextIO) -> bool:
    try:
        return stream.fileno() == STDERR
    except (OSError, ValueError, AttributeError):
        return False


class _Copied(io.TextIOBase):
    """A text stream that shows what is written to it, and keeps a copy."""

    rich_proxied_file: TextIO

    def __init__(self, shown: TextIO, log: TextIO) -> None:
        self._shown, self._log = shown, log

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Of the stream on which it shows."""
        return self._shown.encoding or "utf-8"

    def write(self, text: str) -> int:
        """Show, and copy; a log that cannot be written is no reason to be silent."""
        with suppress(OSError, ValueError):
            self._log.write(text)
            self._log.flush()
        self._shown.write(text)
        return len(text)

    def flush(self) -> None:
        """Show what was held back."""
        with suppress(ValueError):
            self._shown.flush()

    def isatty(self) -> bool:
        """Whether it shows on a terminal."""
        return self._shown.isatty()

    def fileno(self) -> int:
        """Of the stream on which it shows."""
        return self._shown.fileno()

    def writable(self) -> bool:
        """It is."""
        return True
