"""Signals that a process hears while it answers: those that end it in order, and SIGHUP."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = (signal.SIGTERM, signal.SIGINT)
"""Signals that end it in order."""


@contextmanager
def signals_heard(*, end: Callable[[signal.Signals], object], reload: Callable[[], object]) -> Iterator[None]:
    """Do something upon signals until the block ends; then they do what they did before.

    Beside the main thread nothing is heard: whoever started that thread ends it.

    Args:
        end: done upon SIGTERM and Ctrl-C, which end the process no more.
        reload: done upon SIGHUP.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, numbers = asyncio.get_running_loop(), (*ENDING, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in ENDING:
        loop.add_signal_handler(number, end, number)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
