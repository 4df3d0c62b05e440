"""Who hears for logs and metrics while a command runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from gradewise.telemetry import Listener, all_hear, silent

_observer: ContextVar[Listener] = ContextVar("observer", default=silent)


def with_observer(listener: Listener) -> Listener:
    """A listener of the command that is running, with whoever hears for logs and metrics."""
    return all_hear(listener, _observer.get())


@contextmanager
def heard_by(observer: Listener) -> Iterator[None]:
    """Let somebody hear for logs and metrics within the block."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)
