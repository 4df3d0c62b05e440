"""A beat beside long work, so that others can tell a slow run from a dead one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from gradewise.repeating import repeating


@contextmanager
def beating(beat: Callable[[], None], *, every_s: float) -> Iterator[None]:
    """Call a function now and then until the block ends, in a thread; what the disk refuses is left out."""

    def beat_once() -> None:
        with suppress(OSError):
            beat()

    with repeating(beat_once, every_s=every_s, name="heartbeat"):
        yield
