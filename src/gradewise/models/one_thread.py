"""What the whole process holds to while classifiers are fitted, in however many threads of ours."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Lock
from typing import Any

from threadpoolctl import threadpool_limits


class _Held:
    """A state of the process: entered by the first of those who want it, left by the last.

    Were each to set and reset it for itself, the first to leave would reset it for those still at work.
    """

    def __init__(self, state: Callable[[], AbstractContextManager[Any]]) -> None:
        self._state, self._lock, self._n, self._undo = state, Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if self._n == 0:
                self._undo.enter_context(self._state())
            self._n += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._n -= 1
            if self._n == 0:
                self._undo.close()


@contextmanager
def _unsaid() -> Iterator[None]:
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - a second, and never to score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        yield


_ONE_BLAS_THREAD = _Held(lambda: threadpool_limits(1, "blas"))
_WITHOUT_WARNINGS = _Held(_unsaid)


def one_blas_thread() -> AbstractContextManager[None]:
    """Hold BLAS to one thread: several wait for each other, and round otherwise."""
    return _ONE_BLAS_THREAD


def without_warnings() -> AbstractContextManager[None]:
    """Leave unsaid that a solver ran out of steps, as `FittedClassifier` tells, and that classes are many.

    Filters of warnings are the process's own, as the threads of BLAS are.
    """
    return _WITHOUT_WARNINGS
