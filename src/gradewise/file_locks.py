"""Locks on files: held by one process at a time, and let go by the kernel however that process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ASK_EVERY_S = 0.02


@contextmanager
def locked(path: Path, *, wait_s: float | None = None) -> Iterator[int]:
    """Hold a file, which is made where there is none, until the block ends; yields its descriptor.

    A lock belongs to the open file, so that a second `locked` on it waits within one process too. What
    is written to the descriptor goes to the file's end.

    Args:
        path: the file; it must never be replaced, as the lock would stay with the old one.
        wait_s: for how long another's lock is waited for; as long as it takes when ``None``.

    Raises:
        TimeoutError: another held it all the while.
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        _acquire(descriptor, path, wait_s)
        yield descriptor
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether anybody holds a file; nobody holds one that is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        # Shared, so that two who ask at once do not take each other for the holder.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _acquire(descriptor: int, path: Path, wait_s: float | None) -> None:
    if wait_s is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError(f"{path} is held by another process") from None
            time.sleep(ASK_EVERY_S)
        else:
            return
