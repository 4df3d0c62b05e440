"""SIGHUP from the first moment to the last: what asks a service to look for another model never ends it.

A process that SIGHUP ends has ended in order, as service managers see it, and is not started again.
"""

import signal
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_NOTED: deque[int] = deque(maxlen=1)
"""The SIGHUP that came while nobody could look for another model. It may come at any step of Python."""


@contextmanager
def hangups_noted() -> Iterator[None]:
    """Note SIGHUP instead of ending, until something better is done upon it, and afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield  # whoever started it hears signals
        return
    _NOTED.clear()
    before = signal.signal(signal.SIGHUP, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def hung_up() -> bool:
    """Whether SIGHUP was noted; it is forgotten now."""
    with suppress(IndexError):
        _NOTED.pop()
        return True
    return False


def _note(number: int, _frame: FrameType | None) -> None:
    _NOTED.append(number)
