"""SIGHUP from the first moment to the last: what asks a service to look for another model never ends it.

A process that SIGHUP ends has ended in order, as service managers see it, and is not started again.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import ClassVar


class _Noted:
    """Whether SIGHUP came while nobody could look for another model."""

    hung_up: ClassVar[bool] = False


@contextmanager
def hangups_noted() -> Iterator[None]:
    """Note SIGHUP instead of ending, until something better is done upon it, and afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield  # whoever started it hears signals
        return
    _Noted.hung_up = False
    before = signal.signal(signal.SIGHUP, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def hung_up() -> bool:
    """Whether SIGHUP was noted; it is forgotten now."""
    noted, _Noted.hung_up = _Noted.hung_up, False
    return noted


def _note(_number: int, _frame: FrameType | None) -> None:
    _Noted.hung_up = True
