"""A model for as long as somebody uses it, and what it held given back afterwards."""

import asyncio
import contextlib
import ctypes
import logging
import weakref
from collections.abc import Callable, Sequence
from functools import cache

from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import GradingModel, ModelIdentity, Reading

_logger = logging.getLogger(__name__)


class InUse:
    """A model that is closed once nobody refers to it: the slot lets go of it, requests finish on it.

    Whoever answers a request keeps this object, not what it gives, from start to end.
    """

    __slots__ = ("__weakref__", "_model")

    def __init__(self, model: GradingModel, *, closed: Callable[[], None]) -> None:
        """Begin to use a model.

        Args:
            model: nobody else closes it.
            closed: is called after it was closed, in whatever thread let go of it last.
        """
        self._model = model
        weakref.finalize(self, _close, model, closed).atexit = False

    @property
    def identity(self) -> ModelIdentity:
        """Which model it is."""
        return self._model.identity

    @property
    def scale(self) -> Scale:
        """Of the overall grade."""
        return self._model.scale

    @property
    def width(self) -> int:
        """Numbers in a reading."""
        return self._model.width

    @property
    def reading_fingerprint(self) -> str:
        """What the numbers of a reading are."""
        return self._model.reading_fingerprint

    @property
    def reads_judgement(self) -> bool:
        """Whether it reads what comparative judgement found."""
        return self._model.reads_judgement

    @property
    def model(self) -> GradingModel:
        """The model itself, for what is peculiar to its kind; to be kept no longer than this object is."""
        return self._model

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Read essays."""
        return self._model.read(essays)

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade what was read."""
        return self._model.grade(essay_ids, readings, n_reasons=n_reasons)

    def close(self) -> None:
        """Do nothing: others may be using it; it is closed with the last of them."""


def trim_memory() -> None:
    """Give memory that nobody uses back to the system, where the C library can.

    Without it, forty reloads leave glibc with twice the memory that is needed.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


def trims_soon(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Gives memory back soon, from whatever thread it is asked: now the model is still being let go of."""

    def soon() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and so has the service
            loop.call_soon_threadsafe(loop.run_in_executor, None, trim_memory)

    return soon


def _close(model: GradingModel, closed: Callable[[], None]) -> None:
    try:
        model.close()
    except Exception as error:  # noqa: BLE001 - nobody is there who could be told
        _logger.warning("a model that was replaced could not be closed: %s", type(error).__name__)
    closed()


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    try:
        function = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return None
    function.argtypes, function.restype = (ctypes.c_size_t,), ctypes.c_int
    return function
