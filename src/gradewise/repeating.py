"""Something done now and then beside other work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(do: Callable[[], None], *, every_s: float, name: str) -> Iterator[None]:
    """Do something every so many seconds until the block ends, in a thread of that name."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(every_s):
            do()

    thread = threading.Thread(target=go_on, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
