"""One thread of BLAS while classifiers are fitted: several wait for each other, and round otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from threadpoolctl import threadpool_limits

_LOCK = Lock()
_STATE: dict[str, Any] = {"n": 0, "limits": None}


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread as long as anybody, in any thread of ours, is within.

    The limit is the process's own: were each to set and reset it for itself, the first to leave would set
    free those who are still at work.
    """
    with _LOCK:
        if _STATE["n"] == 0:
            _STATE["limits"] = threadpool_limits(1, "blas")
        _STATE["n"] += 1
    try:
        yield
    finally:
        with _LOCK:
            _STATE["n"] -= 1
            if _STATE["n"] == 0:
                _STATE["limits"].restore_original_limits()
