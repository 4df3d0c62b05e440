"""Who works in a run directory: at most one process, and nobody once it is dead."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from gradewise.errors import RunError
from gradewise.file_locks import is_locked, locked

LOCK = "run.lock"
"""Held by the process that works in a run directory; the kernel lets go of it when the process ends."""

# Whoever asks for a run's state holds the lock for an instant.
PATIENCE_S = 0.5


@contextmanager
def working_in(directory: Path) -> Iterator[None]:
    """Be the one who works in a run directory.

    Raises:
        RunError: another process is.
        OSError: the directory cannot be written.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(directory / LOCK, wait_s=PATIENCE_S))
        except TimeoutError as error:
            raise RunError(in_use(directory)) from error
        yield


def is_worked_in(directory: Path) -> bool:
    """Whether a process of this machine works in a run directory."""
    return is_locked(directory / LOCK)


def in_use(directory: Path) -> str:
    """Why a run that goes on is left alone."""
    return f"run {directory.name} is going on; follow it with: gradewise runs tail -f {directory}"
