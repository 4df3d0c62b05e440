"""Who hears for logs and metrics while a command runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from gradewise.telemetry import Listener, all_hear, silent

_logged: ContextVar[bool] = ContextVar("logged", default=False)
_observer: ContextVar[Listener] = ContextVar("observer", default=silent)


def with_observer(listener: Listener) -> Listener:
    """A listener of the command that is running, with whoever hears for logs and metrics."""
    return all_hear(listener, _observer.get())


def logs_to_stderr() -> bool:
    """Whether standard error is a log of JSON lines, whose readers take nothing else."""
    return _logged.get()


@contextmanager
def heard_by(observer: Listener, *, on_stderr: bool = False) -> Iterator[None]:
    """Let somebody hear for logs and metrics within the block.

    Args:
        observer: who hears.
        on_stderr: whether what it hears becomes JSON lines on standard error.
    """
    hears, logged = _observer.set(observer), _logged.set(on_stderr)
    try:
        yield
    finally:
        _observer.reset(hears)
        _logged.reset(logged)
