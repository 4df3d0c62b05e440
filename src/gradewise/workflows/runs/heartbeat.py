"""A beat beside long work, so that others can tell a slow run from a dead one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def beating(beat: Callable[[], None], *, every_s: float) -> Iterator[None]:
    """Call a function now and then until the block ends, in a thread; what the disk refuses is left out."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(every_s):
            with suppress(OSError):
                beat()

    thread = threading.Thread(target=go_on, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
